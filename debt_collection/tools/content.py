"""What a message to a debtor must say, and must not.

The check reads the finished text, not the template: a name that was never entered
leaves a gap that only the text shows.  What is demanded comes in as data, from the
contact policies that hold and from what the company knows of itself.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

# By so many last digits a telephone number is known in a text.
SAME_DIGITS = 7
# A robot says what it is within so many characters of the start.
BEGINNING = 250
SHORT_WORD = 3
LONGEST_DECIMALS = 2
FIGURE = re.compile(r"\d(?:[\d.,'’ \u00a0\u202f]*\d)?")
# One short word tells no language: “No SMS” is English as well as Spanish.
TELLING = 2
# “E-mail” and “l'offre” are one word: their letters alone are words elsewhere.
WORD = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*")
# Addresses say nothing of a text's language: neither “acme.de” nor what signs a link.
ADDRESS = re.compile(r"\S*(?:://|@|\w\.\w)\S*")
# What signs a link is letters and digits by chance: they may spell any word or amount.
SIGNED = re.compile(r"(://\S*?[/=])[\w-]{24,}")
BLANKS = re.compile(r"[\s\u200b\u2060\ufeff]+")
BETWEEN_DIGITS = r"[\s().,'’/\u2010-\u2015-]{0,3}"
# What only speaks of a debt, by the beginnings of words, whatever the language of the
# message: whoever else reads it must not learn of it.
DEBT_WORDS = (
    *(
        "debt",
        "overdue",
        "past due",
        "unpaid",
        "arrears",
        "owe",
        "owing",
        "owes",
        "owed",
    ),
    *("invoice", "collection agen", "collection of", "amount due", "balance due"),
    *("долг", "должник", "задолжен", "просроч", "неоплач", "взыскан", "коллектор"),
    *("schuld", "mahnung", "überfällig", "inkasso", "rechnung", "forderung"),
    *("zahlungserinnerung", "zahlungsrückst", "zahlungsverzug", "счёт-фактур"),
    *("dette", "impay", "facture", "recouvrement", "créance", "retard de paiement"),
    *("achterstal", "factuur", "facturen", "incasso", "openstaand", "vordering"),
    *("aanmaning", "betalingsherinnering", "deuda", "adeud", "impag", "moros"),
    *("factura", "vencid", "recobro", "dívida", "fatura", "inadimpl", "débito"),
    *("cobrança", "em atraso", "devedor", "debito", "debiti", "fattur", "insolut"),
    *("scadut", "morosit", "recupero credit", "sollecito di pagamento"),
    *("dług", "zaległ", "faktur", "windykac", "борг", "боржник", "заборгован"),
    *("простроч", "несплач", "стягнен", "рахунок-фактур", "рахунку-фактур"),
    *("қарыз", "берешек", "борышкер", "төленбеген", "мерзімі өткен", "шот-фактура"),
    *("өндіріп ал", "borç", "skuld", "inkasso", "gjeld", "gæld"),
)
# How a robot names itself, in the languages of the laws that want it.
ROBOT_WORDS = (
    *("robot", "automated", "automatic", "artificial", "virtual assistant", "ai"),
    *("робот", "автоматическ", "искусственн", "виртуальн", "автоматичн", "штучн"),
    *("automatisch", "künstlich", "automatique", "artificiel", "automático"),
    *("automatica", "artificiale", "artificial", "kunstmatig", "geautomatiseerd"),
    *("automátic", "автоматты", "жасанды", "виртуалды"),
    *("automatyczn", "sztuczn", "virtuel", "virtuell", "automat"),
)


# Short words that stand in nearly every text of a language, and what tells apart those
# that share them: enough to know which of the shipped languages a message is in.
COMMON_WORDS = {
    "en": "the to and of for is are please you your we us not this that",
    "ru": "и в на не вы ваш вам мы нам просим если или по это пожалуйста счёту что",
    "uk": "і та в на не ви ваш вам ми нам просимо якщо або за це будь ласка рахунку що",
    "kk": "және сіз сізге біз бізге үшін бойынша бұл егер немесе құрметті өтінеміз "
    "дейін туралы енді мына рақмет",
    "de": "die der das und ist nicht sie wir bitte für oder ihre uns ein von",
    "fr": "le la les et est vous nous pour ne pas votre veuillez de ou cette",
    "nl": "de het een en is niet u wij voor uw of van ons dit graag",
    "es": "el la los y es no usted nosotros para su por favor de o esta",
    "it": "il la gli e è non lei noi per di o questo si prega della",
    "pt": "o a os e é não você nós para seu por favor de ou esta",
    "pl": "i w na nie pan pani my prosimy jeśli lub do to proszę się oraz",
}


@dataclass(frozen=True, slots=True)
class Demands:
    """What one message has to say.

    ``creditor``: his name, as the debtor knows it, ``addressee`` the debtor's.
    ``numbers``: telephone numbers at which the creditor answers, ``links``: addresses
    where he does.  ``by_phone``: only a number will do.  ``refusals``: links or words
    of which one tells how to refuse; not ``refusable``: none is asked for.
    ``amounts``: amounts of which each must be named, as digits with a point.
    ``secrets``: texts that must not appear, and no word that speaks of a debt either.
    ``forbidden``: the company's own list.  ``robot``: it must say at the beginning that
    a robot speaks.  ``disclosures``: sentences that must stand in it.  ``languages``:
    codes of those in one of which it must be written; empty: in any.
    """

    creditor: str
    numbers: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    by_phone: bool = False
    addressee: str = ""
    refusals: tuple[str, ...] = ()
    refusable: bool = True
    amounts: tuple[str, ...] = ()
    secrets: tuple[str, ...] | None = None
    forbidden: tuple[str, ...] = ()
    robot: bool = False
    languages: tuple[str, ...] = ()
    disclosures: tuple[str, ...] = ()


class Problem(NamedTuple):
    """What is wrong with a text.

    ``code``: no_creditor, no_phone, no_answer, no_refusal, no_amount, reveals,
    forbidden, no_robot, no_disclosure, language.  ``detail``: the text it is about,
    empty where there is none.
    """

    code: str
    detail: str = ""


def check(text: str, demands: Demands) -> list[Problem]:
    """Return what a finished text lacks or must not say; nothing when it may leave.

    >>> acme = Demands("Acme Ltd", ("+3225550000",), refusals=("STOP",))
    >>> check("Acme Ltd: please call 02 555 00 00. No SMS: STOP", acme)
    []
    >>> [one.code for one in check("Please call us back: Olivia Martens", acme)]
    ['no_creditor', 'no_answer', 'no_refusal']
    """
    plain = _plain(text)
    return [*_missing(plain, demands), *_too_much(plain, demands)]


def forbidden(text: str, phrases: Iterable[str]) -> list[str]:
    """Return those phrases that a text contains.

    >>> forbidden("Or the  Bailiff comes", ["the bailiff", "prison"])
    ['the bailiff']
    """
    return list(_found(phrases, _plain(text)))


def reveals(text: str, names: Iterable[str] = ()) -> list[str]:
    """Return the words by which a text tells whoever hears it of a debt.

    ``names`` are what they are, even where they speak of collecting.

    >>> reveals("Acme Debt Ltd about your overdue invoice", ["Acme Debt Ltd"])
    ['overdue', 'invoice']
    """
    rest = _read(text)
    for name in filter(None, map(_plain, names)):
        rest = rest.replace(name, " ")
    return list(_found(DEBT_WORDS, rest))


def names_number(text: str, number: str) -> bool:
    """Tell whether a text has a telephone number, however it is written there.

    >>> names_number("Call 02/555.00.00", "+32 2 555 00 00")
    True
    >>> names_number("Call 02/555.00.01", "+32 2 555 00 00")
    False
    """
    digits = re.sub(r"\D", "", number)[-SAME_DIGITS:]
    return len(digits) >= SAME_DIGITS and _has_digits(text, digits)


def figures(text: str) -> tuple[str, ...]:
    """Return the amounts of a text as digits with a point, whatever their country.

    >>> figures("1,000.00 CHF and 1.250,5 €, ¥ 1,000")
    ('1000.00', '1250.5', '1000')
    """
    return tuple(map(_figure, FIGURE.findall(_unsigned(text))))


def _figure(written: str) -> str:
    """Bring an amount into one form: of its marks only that of decimals is kept."""
    *whole, decimals = re.split(r"\D+", written)
    if not whole or len(decimals) > LONGEST_DECIMALS:
        return "".join([*whole, decimals])
    return f"{''.join(whole)}.{decimals}"


def names_robot(text: str) -> bool:
    """Tell whether a text says at its beginning that no person speaks.

    >>> names_robot("This is an automated message."), names_robot("We call again.")
    (True, False)
    """
    return any(_found(ROBOT_WORDS, _read(text)[:BEGINNING]))


def language(text: str) -> str | None:
    """Return the code of the language of a text, nothing where that cannot be told.

    >>> language("Please call us back. To refuse, write to us"), language("Acme 12 €")
    ('en', None)
    >>> language("We call you: https://acme.de/la-le.les")
    'en'
    >>> language("Просим Вас перезвонить нам по этому счёту")
    'ru'
    """
    words = Counter(WORD.findall(ADDRESS.sub(" ", _plain(text))))
    scores = Counter(
        {
            code: sum(words[word] for word in set(common.split()))
            for code, common in COMMON_WORDS.items()
        }
    )
    (best, most), (_next, second) = scores.most_common(2)
    return best if most > second and most >= TELLING else None


def names_amount(text: str, amount: str) -> bool:
    """Tell whether a text names an amount, however it is written there.

    ``amount`` has a point before its decimals; whole ones may be named without.

    >>> [names_amount(text, "1250.00") for text in ("1.250,00 €", "$1,250", "250.00")]
    [True, True, False]
    """
    whole, _point, decimals = amount.partition(".")
    forms = [whole + decimals] + [whole] * (not decimals.strip("0"))
    rest = _unsigned(text)
    return any(_has_digits(rest, digits) for digits in forms)


def _missing(plain: str, demands: Demands) -> Iterator[Problem]:
    """Yield what is demanded and not there."""
    if not demands.creditor or _plain(demands.creditor) not in plain:
        yield Problem("no_creditor", demands.creditor)
    yield from _missing_answer(plain, demands)
    if demands.refusable and not _any_of(demands.refusals, plain):
        yield Problem("no_refusal")
    for amount in demands.amounts:
        if not names_amount(plain, amount):
            yield Problem("no_amount", amount)
    yield from _missing_by_law(plain, demands)


def _missing_by_law(plain: str, demands: Demands) -> Iterator[Problem]:
    """Yield what only some laws want: who speaks, in what language, which words."""
    if demands.robot and not names_robot(plain):
        yield Problem("no_robot")
    for sentence in demands.disclosures:
        if _plain(sentence) not in plain:
            yield Problem("no_disclosure", sentence)
    if demands.languages and language(plain) not in (None, *demands.languages):
        yield Problem("language", ", ".join(demands.languages))


def _missing_answer(plain: str, demands: Demands) -> Iterator[Problem]:
    if any(names_number(plain, number) for number in demands.numbers):
        return
    if demands.by_phone:
        yield Problem("no_phone")
    elif not _any_of(demands.links, plain):
        yield Problem("no_answer")


def _too_much(plain: str, demands: Demands) -> Iterator[Problem]:
    """Yield what is there and must not be."""
    for phrase in _found(demands.forbidden, plain):
        yield Problem("forbidden", phrase)
    if demands.secrets is not None:
        # Names are what they are, even where they speak of collecting.
        rest = plain
        for name in (demands.creditor, demands.addressee, *demands.refusals):
            rest = rest.replace(_plain(name) or "\0", " ")
        for phrase in _found((*demands.secrets, *DEBT_WORDS), rest):
            yield Problem("reveals", phrase)


def _any_of(phrases: Iterable[str], plain: str) -> bool:
    return any(_plain(phrase) in plain for phrase in phrases if phrase.strip())


def _found(phrases: Iterable[str], plain: str) -> Iterator[str]:
    """Yield the phrases that begin at the beginning of a word of the text."""
    for phrase in phrases:
        wanted = _plain(phrase)
        # The shortest are whole words: a name may begin like them.
        end = r"(?!\w)" if len(wanted) <= SHORT_WORD else ""
        if wanted and re.search(rf"(?<!\w){re.escape(wanted)}{end}", plain):
            yield phrase


def _has_digits(text: str, digits: str) -> bool:
    """Tell whether digits stand together in a text, as the end of a number."""
    pattern = BETWEEN_DIGITS.join(digits)
    return bool(re.search(rf"{pattern}(?!\d)", text)) and _whole(text, digits)


def _whole(text: str, digits: str) -> bool:
    """Tell whether a short figure is not merely the end of a longer one."""
    if len(digits) >= SAME_DIGITS:
        return True
    pattern = BETWEEN_DIGITS.join(digits)
    return bool(re.search(rf"(?<!\d)(?<!\d[.,' ]){pattern}(?![.,]?\d)", text))


def _plain(text: str) -> str:
    """Return a text in small letters, with single blanks and no marks of bold type."""
    return BLANKS.sub(" ", text.replace("*", "")).strip().casefold()


def _read(text: str) -> str:
    """Return what a reader takes in of a text: all but the signatures of links."""
    return _unsigned(_plain(text))


def _unsigned(text: str) -> str:
    """Return a text without what signs its links."""
    return SIGNED.sub(r"\1", text)
