"""What a debtor refuses when he answers: whether he does, and until when it is heeded.

US law (47 CFR 64.1200(a)(10), read on 29 November 2026) names words that always refuse
and lets a debtor refuse by whatever a reasonable person understands; it leaves ten
business days.  A word alone is a refusal for a machine; what is said in sentences is
for a person to read.
"""

import re
from collections.abc import Collection, Iterable
from datetime import date, timedelta
from typing import NamedTuple

DAY = timedelta(days=1)
SATURDAY = 5
# So much of a text is read: whoever refuses says so at the beginning.
READ = 400
# Words that refuse when they are all that is said, in the languages of our laws.
_REFUSING = """
    stop, stopall, stop all, quit, end, cancel, unsubscribe, revoke, opt out, optout,
    opt-out, remove, remove me, no more, stop sms, stop it, stop texting,
    stop texting me, stop calling, stop calling me, no sms, do not contact me, стоп,
    отписка, отписаться, отпишите, отказ, отказываюсь, хватит, не пишите, не звоните,
    stopp, abmelden, abbestellen, ende, widerruf, kein sms, keine sms, keine mails,
    arret, arrêt, arrêter, desabonner, désabonner, désinscrire, stop svp, plus de sms,
    afmelden, uitschrijven, stoppen, geen sms, alto, baja, parar, cancelar, no mas,
    no más, sair, pare, chega, basta, disiscrivi, ferma, cancella, rezygnuje,
    rezygnuję, wypisz, відписатися, відмова, відписка, не пишіть, не дзвоніть, тоқтат,
    тоқтату, бас тарту, रोकें, बंद, बंद करें, iptal, dur, ret, avsluta, avmeld,
    afmeld, lopeta,
    keine anrufe, keine e-mails, keine sms mehr, nicht mehr schreiben, löschen,
    отказ от sms, отказ от смс, відмова від sms, відмова від смс, geen sms meer,
    sms-тен бас тарту, смс-тен бас тарту,
    arrêtez, arretez, désinscription, desinscription, je refuse, plus de mails,
    plus d'e-mails, plus d’e-mails, plus d'appels, plus d’appels, ne plus recevoir,
    stop ermee, geen e-mails, geen e-mail, niet meer sturen, niet meer bellen,
    darme de baja, dar de baja, deme de baja, no más sms, no mas sms, no recibir sms,
    no más correos, no más llamadas, no me escriban, no me llamen, detener,
    parar sms, parem, descadastrar, cancelar envio, não quero, nao quero, não enviar,
    nao enviar, não ligue, nao ligue, não me ligue, nao me ligue, não quero receber,
    cancellami, disiscrivimi, annulla, niente sms, niente più sms, niente piu sms,
    niente e-mail, non chiamatemi, non scrivetemi, fermare, rifiuto,
    відписатись, відпишіть, відпишіть мене, відмовляюся, відмовляюсь, досить,
    припиніть, не телефонуйте, не надсилайте, не надсилати, без sms,
    тоқта, тоқтатыңыз, бас тартамын, жазбаңыз, жазбаңыздар, хабарласпаңыз,
    қоңырау шалмаңыз, жібермеңіз, керек емес, sms керек емес
"""
REFUSING = frozenset(word.strip() for word in _REFUSING.split(","))
# Words by which he takes it back.
CONSENTING = frozenset(("start", "unstop", "yes start", "старт", "resume", "subscribe"))
_POLITE = """
    please pls plz thanks thank you now bitte danke svp merci пожалуйста прошу спасибо
    por favor gracias obrigado obrigada alstublieft aub graag grazie prego prosze proszę
    будь ласка дякую прошу рақмет өтінемін өтінеміз
"""
POLITE = frozenset(_POLITE.split())
# Whatever is no punctuation: letters of India have marks that are no letters.
WORD = re.compile(r"[^\s.,;:!?…*\"“”„«»()\[\]]+")
# What may be a refusal in a sentence: a person reads it.
PHRASES = re.compile(
    r"""(?<!\w)(?:
        stop\b | (?:do\ not|don['’]?t|never) \s (?:\w+\s){0,2}
            (?:contact|call|text|write|email|e-mail|phone|message|ring|bother)
        | leave\ me\ alone | unsubscribe | opt\ (?:me\ )?out | remove\ me | revoke
        | (?:withdraw|take\ back) \s (?:\w+\s){0,2} consent | no\ (?:more\ )?
            (?:calls|texts|sms|e-?mails|messages|contact)
        | не\ (?:пишите|звоните|беспокойте|присылайте|шлите|связывайтесь)
        | прекратите | перестаньте | отзываю | отказываюсь | отпишите | удалите
        | не\ (?:пишіть|дзвоніть|турбуйте) | припиніть | відмовляюс
        | (?:keine|kein) \s (?:\w+\s){0,2} (?:anrufe|sms|mails?|e-mails?|kontakt)
        | widerruf | unterlassen\ sie | rufen\ sie \s (?:\w+\s){0,3} nicht
        | (?:ne|n['’]) \s? (?:me|m['’]) \s? (?:\w+\s?){0,2}
            (?:contactez|appelez|écrivez|envoyez) \s plus
        | plus\ (?:de\ )?(?:sms|appels|mails|messages) | laissez-moi
        | (?:arrêtez|cessez)\ de | (?:je\ )?retire\ mon\ consentement
        | geen\ (?:sms|e-?mails?|telefoon|berichten|oproepen)
        | (?:bel|mail|schrijf|sms)\ (?:mij|me)\ niet
        | niet\ meer\ (?:bellen|mailen|schrijven|sms)
        | no\ me\ (?:llam|escrib|contact|envíe|mande) | dej(?:e|en)\ de
        | no\ quiero\ (?:más|recibir)
        | n[ãa]o\ (?:me\ )?(?:ligu|contat|envi|escrev|mand)
        | par(?:e|em)\ de | n[ãa]o\ quero\ (?:mais|receber)
        | non\ (?:mi\ )?(?:chiam|scriv|contatt|invia) | smett(?:a|ete|etela)\ di
        | revoco\ (?:il\ )?consenso | не\ (?:телефонуйте|надсилайте)
        | (?:қоңырау\ шалма|хабарласпа|мазалама|жазба)ң(?:ыз|дар) | жіберме(?:ңіз|ңдер)
        | бас\ тартамын | келісімімді\ қайтар
        | nie\ (?:dzwoń|pisz|kontaktuj)
    )""",
    re.IGNORECASE | re.VERBOSE,
)
# Where the answer to an e-mail ends and the mail it answers begins.
QUOTED = re.compile(
    r"^\s*(?:>|-{2,}\s*(?:original|исходное|ursprüngliche|message)|_{5,}"
    r"|(?:on|am|le|el|em|op|il)\b.{5,120}(?:wrote|schrieb|écrit|escribió|ha scritto)"
    r"|from:\s|von:\s|от:\s|.{5,120}(?:пишет|написал\w*):\s*$)",
    re.IGNORECASE | re.MULTILINE,
)


class Rule(NamedTuple):
    """How a law has a refusal heeded.

    ``everywhere``: it is about every medium, not only the one it came by.  ``days``:
    working days within which it is heeded, 0 for at once.  ``confirmed``: one message
    may say that it has been noted.
    """

    everywhere: bool = False
    days: int = 0
    confirmed: bool = False


def read(text: str) -> str:
    """Tell what an answer says: refused, perhaps, consented, or nothing of either.

    >>> read("STOP!"), read("Please stop"), read("СТОП"), read("Opt-out.")
    ('refused', 'refused', 'refused', 'refused')
    >>> read("I pay at the end of the month"), read("Do not call me at work again")
    ('', 'perhaps')
    """
    answer = _answer(text)
    words = " ".join(WORD.findall(answer))
    said = " ".join(one for one in words.split() if one not in POLITE)
    if said in REFUSING or words in REFUSING:
        return "refused"
    if said in CONSENTING:
        return "consented"
    return "perhaps" if PHRASES.search(answer) else ""


def combined(rules: Iterable[Rule]) -> Rule:
    """Return what satisfies all laws that hold: the most for the debtor.

    >>> combined([Rule(days=10, confirmed=True), Rule(everywhere=True)])
    Rule(everywhere=True, days=0, confirmed=False)
    """
    rules = list(rules)
    if not rules:
        return Rule()
    return Rule(
        everywhere=any(rule.everywhere for rule in rules),
        days=min(rule.days for rule in rules),
        confirmed=all(rule.confirmed for rule in rules),
    )


def deadline(received: date, days: int, holidays: Collection[date] = ()) -> date:
    """Return the last day on which a refusal is heeded in time.

    ``days`` are working days after the one on which it arrived; Saturdays, Sundays and
    ``holidays`` are none.

    >>> str(deadline(date(2026, 11, 25), 10, {date(2026, 11, 26)}))
    '2026-12-10'
    >>> str(deadline(date(2026, 11, 25), 0))
    '2026-11-25'
    """
    day = received
    while days > 0:
        day += DAY
        days -= day.weekday() < SATURDAY and day not in holidays
    return day


def alert(last: date, holidays: Collection[date] = ()) -> date:
    """Return the working day before a deadline: then somebody is told once more.

    >>> str(alert(date(2026, 11, 30)))  # a Monday
    '2026-11-27'
    """
    day = last - DAY
    while day.weekday() >= SATURDAY or day in holidays:
        day -= DAY
    return day


def _answer(text: str) -> str:
    """Return what was written, without the message it answers, in small letters."""
    quoted = QUOTED.search(text)
    own = text[: quoted.start()] if quoted else text
    return re.sub(r"\s+", " ", own[:READ]).strip().casefold()
