"""What happened with the debtors of the demo so far, as plain tables.

Days are counted back from today, so that the demo is of the same age whenever it is
loaded.
"""

from typing import NamedTuple


class Call(NamedTuple):
    """One past call.

    ``days``: how long ago. ``promises``: see `Promise`, made in this call. ``back``:
    the debtor asked to be called back so many hours from now (negative: it was missed).
    """

    days: int
    outcome: str = "no_answer"
    promises: tuple = ()
    back: int | None = None
    inbound: bool = False


class Promise(NamedTuple):
    """``due``: days from today, negative is past; ``share`` of what was overdue then;
    ``paid``: part of the promised amount that came, ``paid_days`` ago."""

    due: int
    share: float = 1.0
    paid: float = 0.0
    paid_days: int = 1
    cancelled: bool = False


class Story(NamedTuple):
    """The calls, oldest first, and the name of what else belongs to the story."""

    calls: tuple = ()
    ending: str = ""

    @property
    def ladder_day(self):
        """How many days ago the retry ladder began: with the first call."""
        return max((call.days for call in self.calls), default=0)


def _calls(text):
    """Write simple calls shortly: ``"9 5:busy"`` is 9 days ago, and 5 days ago busy."""
    found = (word.partition(":") for word in text.split())
    return tuple(Call(int(days), code or "no_answer") for days, _, code in found)


STORIES = {
    "fresh": Story(),
    "ringing": Story(_calls("3 3:busy 2 1:voicemail 1 0")),
    "voicemail": Story(_calls("8 8 7:voicemail 6:busy 5 4:voicemail 3 2:voicemail 1")),
    "gatekeeper": Story(
        _calls("12 11:third_party 9 8 7:third_party 4 3:busy 2:third_party 1 0")
    ),
    "talks": Story(
        _calls("20 19 18:third_party 15:refused 11 9 7:refused 4:busy 3 1 0:voicemail")
    ),
    "talks_ru": Story(_calls("16 14:third_party 13 10:refused 6 5:busy 2:other 0")),
    "callback_today": Story(
        (*_calls("9 8:busy 6 4:third_party 3"), Call(1, "callback", back=2))
    ),
    "callback_tomorrow": Story(
        (*_calls("6 5:voicemail 3"), Call(1, "callback", back=22))
    ),
    "callback_missed": Story((*_calls("8 7 5:busy"), Call(4, "callback", back=-20))),
    "promise_open": Story(
        (
            *_calls("14 13:voicemail 10:third_party 8"),
            Call(3, "promise", (Promise(5, 0.8),)),
        )
    ),
    "promise_today": Story((*_calls("11 9:busy"), Call(6, "promise", (Promise(0),)))),
    "promise_grace": Story(
        (*_calls("15 14 12:third_party"), Call(9, "promise", (Promise(-1, 0.5),)))
    ),
    "promise_late": Story(
        (
            *_calls("17 15 13:voicemail"),
            Call(9, "promise", (Promise(3, 0.9, 0.4, 3),)),
        )
    ),
    "plan": Story(
        (
            *_calls("26 25:busy 24:third_party"),
            Call(
                22,
                "promise",
                (Promise(-12, 0.25, 1, 13), Promise(18, 0.35), Promise(48, 0.4)),
            ),
        )
    ),
    "plan_ru": Story(
        (
            *_calls("24 22"),
            Call(21, "hardship"),
            Call(7, "promise", (Promise(9, 0.4), Promise(39, 0.6))),
        )
    ),
    "kept": Story(
        (
            *_calls("21 20"),
            Call(18, "promise", (Promise(-9, 0.6, 1, 10),)),
            *_calls("4 2:voicemail 1"),
        )
    ),
    "kept_rest": Story(
        (Call(13, "promise", (Promise(-6, 0.5, 1, 7),)), *_calls("2 1:third_party"))
    ),
    "broken": Story(
        (
            *_calls("28 27 26:third_party"),
            Call(25, "promise", (Promise(-18, 0.7),)),
            *_calls("14 13:busy"),
            Call(12, "promise", (Promise(-6, 0.7),)),
            *_calls("2 1"),
        )
    ),
    "broken_talks": Story(
        (
            *_calls("23 22:voicemail"),
            Call(20, "promise", (Promise(-13, 0.5),)),
            *_calls("9 8:refused 6 4:refused 2 0"),
        )
    ),
    "partial": Story(
        (
            *_calls("19 18:voicemail"),
            Call(16, "promise", (Promise(-8, 0.5, 0.35, 9),)),
            *_calls("4 3:third_party 1"),
        )
    ),
    "settled_promise": Story(
        (*_calls("17 16"), Call(13, "promise", (Promise(-3),))),
    ),
    "dispute": Story(_calls("10 9:third_party 5:disputed"), "dispute"),
    "dispute_all": Story(_calls("8 7:busy 3:disputed"), "dispute"),
    "dispute_settled": Story(
        _calls("27 26:disputed 6 4:voicemail 2"), "dispute_rejected"
    ),
    "claims_paid": Story(_calls("7 5 3:busy 1:claims_paid")),
    "hardship": Story(_calls("12 11:voicemail 9 5:hardship")),
    "do_not_call": Story(_calls("15 13 12:third_party 6:do_not_call")),
    "legal": Story(_calls("25 24:refused 22 19 15:refused 9:represented")),
    "bankrupt": Story(_calls("22 21 20:third_party 14:bankrupt")),
    "dormant": Story(
        _calls("33 32 31:busy 30 29:voicemail 28 26 24:voicemail 21 18 14 10 5")
    ),
    "wrong_number": Story(
        _calls("11 10:busy 9:wrong_number 6 4:third_party 2"), "wrong"
    ),
    "inbound": Story(
        (
            *_calls("5 4:voicemail 3"),
            Call(2, "promise", (Promise(2), Promise(20, 0.5, cancelled=True))),
            Call(1, "other", inbound=True),
        )
    ),
    "training": Story(
        _calls("9 8:busy 7:third_party 4 2:refused 1:voicemail"), "training"
    ),
    "merged": Story(ending="merged"),
    "closed_calls": Story(_calls("18 17:voicemail 15 13:third_party 10:refused 8")),
    "closed_manual": Story(_calls("29 28 26:invalid_number"), "manual"),
}
"""By name, as in ``debtors.csv``."""

SECONDS = {
    "busy": (4, 9),
    "no_answer": (24, 45),
    "voicemail": (18, 35),
    "invalid_number": (3, 6),
    "wrong_number": (15, 40),
    "third_party": (25, 90),
    "callback": (40, 120),
    "claims_paid": (90, 180),
    "promise": (150, 420),
    "refused": (90, 300),
    "disputed": (180, 480),
    "hardship": (200, 540),
}
"""Shortest and longest call by outcome; others last one to three minutes."""

OBJECTIONS = {
    "promise": ("later", "forgot", "salary_late", "invoice", "partial"),
    "refused": ("no_money", "sue_me", "accountant", "dispute_service"),
    "callback": ("busy", "accountant"),
    "hardship": ("lost_job", "no_money"),
    "claims_paid": ("paid",),
    "disputed": ("dispute_amount", "dispute_service"),
    "represented": ("lawyer",),
    "do_not_call": ("stop_calling",),
    "third_party": ("third_party",),
    "wrong_number": ("not_mine",),
    "bankrupt": ("bankrupt",),
}
"""Codes of what debtors said, by outcome."""

NOTES = {
    "en": {
        "busy": ("",),
        "no_answer": ("", "", "Rang out after 30 seconds.", ""),
        "voicemail": ("Left our name and number only.", "", "Mailbox full."),
        "invalid_number": ("The network says the number is not in use.",),
        "wrong_number": ("A stranger; has had this number for a year.",),
        "third_party": (
            "Reception: accounts payable is in from ten.",
            "A colleague answered; said nothing but our name.",
            "Switchboard put me through to an empty desk.",
        ),
        "callback": ("In a meeting, asked to be called back.", "Driving; call later."),
        "promise": (
            "Had mislaid the invoice. Sent it again while on the phone.",
            "Waits for a customer's payment, then pays by transfer.",
            "Repeated amount and date back to me.",
        ),
        "refused": (
            "Says the boss decides; would not name a date.",
            "No money at present, did not want a plan.",
            "Wants to be paid by his own customers first.",
        ),
        "disputed": (
            "Two boxes arrived damaged; has photographs.",
            "Says twelve were ordered, twenty were billed.",
            "The price is not the one of the offer of spring.",
        ),
        "claims_paid": ("Transferred last week, looks for the receipt.",),
        "hardship": ("On sick leave since spring. Friendly, wants a plan.",),
        "do_not_call": ("Asked not to be called again; will read e-mails.",),
        "represented": ("Only through the lawyer from now on.",),
        "bankrupt": ("Administrator appointed; claims are to be filed in writing.",),
        "other": ("Asked for a copy of all invoices; sent them.",),
    },
    "ru": {
        "busy": ("",),
        "no_answer": ("", "", "Гудки полминуты, никто не взял.", ""),
        "third_party": (
            "Секретарь: бухгалтер будет после обеда.",
            "Ответил коллега, о долге ничего не сказала.",
        ),
        "callback": ("На совещании, просит перезвонить.",),
        "promise": (
            "Счёт потерялся, отправила ещё раз во время разговора.",
            "Ждёт оплату от заказчика, затем переведёт.",
        ),
        "refused": ("Говорит, решает директор; дату не назвал.",),
        "hardship": ("На больничном, хочет рассрочку.",),
        "voicemail": ("Оставила только имя и номер.",),
        "other": ("Просил акт сверки, отправила.",),
    },
}
"""What the operators wrote, by language and outcome; English where a language lacks."""
