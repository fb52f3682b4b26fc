"""A message says who writes, where he answers and how to refuse, or it stays here."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.debt_collection.tools.content import (
    Demands,
    check,
    figures,
    language,
    names_amount,
    names_number,
    names_robot,
    reveals,
)

ACME = Demands(
    "Acme Collections NV",
    ("+32 2 555 00 00",),
    ("mail@acme.example",),
    refusals=("https://acme.example/consent/AQ/sms", "STOP"),
)
GOOD = "Acme Collections NV: please call us on 02 555 00 00. No SMS: STOP"


def codes(text, **changes):
    values = {name: getattr(ACME, name) for name in ACME.__slots__}
    return [one.code for one in check(text, Demands(**(values | changes)))]


def test_what_a_good_message_says():
    assert codes(GOOD) == []
    assert codes(GOOD.replace("02 555 00 00", "mail@acme.example")) == []


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        ("Please call us back: Olivia Martens", ["creditor", "answer", "refusal"]),
        ("Acme Collections NV. Questions: OdooBot", ["answer", "refusal"]),
        ("Acme: call 02 555 00 00. No SMS: STOP", ["creditor"]),
        ("Acme Collections NV: call 02 555 00 01, STOP", ["answer"]),
        ("Acme Collections NV: call +32 (0)2 555.00.00", ["refusal"]),
        ("", ["creditor", "answer", "refusal"]),
    ],
)
def test_what_is_missing(text, problems):
    assert codes(text) == [f"no_{one}" for one in problems]


def test_a_link_is_no_telephone():
    text = GOOD.replace("02 555 00 00", "mail@acme.example")
    assert codes(text, by_phone=True) == ["no_phone"]
    assert codes(GOOD, by_phone=True) == []


def test_a_company_without_a_name_or_a_number_sends_nothing():
    assert codes(GOOD, creditor="") == ["no_creditor"]
    assert codes(GOOD, numbers=(), links=()) == ["no_answer"]
    assert codes(GOOD, numbers=("",), links=("", " ")) == ["no_answer"]
    assert codes(GOOD, refusals=("",)) == ["no_refusal"]


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("Your 1.250,50 € are due", True),
        ("Your €1,250.50 are due", True),
        ("Your 1 250,50 € are due", True),
        ("Your 1\u202f250,50 € are due", True),
        ("Your 11.250,50 € are due", False),
        ("Your 250,50 € are due", False),
        ("Your 1.250,505 are due", False),
        ("Your debt is due", False),
    ],
)
def test_an_amount_in_the_ways_people_write_it(text, named):
    assert names_amount(text, "1250.50") == named


def test_the_reminder_names_the_amount():
    assert codes(f"{GOOD} 100 EUR", amounts=("100.00",)) == []
    assert codes(f"{GOOD} on Friday", amounts=("100.00",)) == ["no_amount"]


@pytest.mark.parametrize(
    "words",
    [
        "your debt",
        "an overdue matter",
        "your invoice INV/12",
        "ваша задолженность",
        "Ihre Rechnung",
        "votre facture impayée",
        "a sua dívida",
        "ваш борг",
        "прострочений платіж",
        "uw openstaande factuur",
        "su factura vencida",
        "la Sua fattura scaduta",
        "sua fatura em atraso",
        "мерзімі өткен төлем",
        "Сіздің қарызыңыз",
        "250,00 €",
    ],
)
def test_before_identity_nothing_of_the_debt_is_said(words):
    assert "reveals" in codes(f"{GOOD} about {words}", secrets=("250,00 €",))
    assert codes(f"{GOOD} about {words}") == []


def test_the_name_of_the_creditor_is_no_secret():
    name = "Debt Collection of Brussels"
    text = GOOD.replace("Acme Collections NV", name)
    assert codes(text, creditor=name, secrets=()) == []


def test_the_name_of_the_debtor_is_no_secret():
    assert codes(f"Dear Owen Debtor, {GOOD}", secrets=(), addressee="Owen Debtor") == []
    assert codes(f"Dear Mr Owen, {GOOD}", secrets=()) == []


def test_the_companys_own_list():
    assert codes(f"{GOOD} or the bailiff comes", forbidden=("the  Bailiff",)) == [
        "forbidden"
    ]


@pytest.mark.parametrize(
    "start",
    [
        "This is a robot.",
        "Говорит робот.",
        "Dies ist eine künstliche Stimme.",
        "Ceci est un message automatique.",
        "Dit is een geautomatiseerd bericht.",
        "Este es un mensaje automático.",
        "Questo è un messaggio automatico.",
        "Esta é uma mensagem automática.",
        "Це автоматичне повідомлення.",
        "Бұл автоматты хабарлама.",
    ],
)
def test_a_robot_says_so_at_the_beginning(start):
    assert codes(f"{start} {GOOD}", robot=True) == []
    assert codes(GOOD, robot=True) == ["no_robot"]
    assert codes(f"{GOOD} {'x' * 300} {start}", robot=True) == ["no_robot"]


digits = st.text("0123456789", min_size=9, max_size=12)


@given(digits, st.sampled_from((" ", ".", "-", " - ", "/", "")))
def test_a_number_is_known_in_any_spelling(number, between):
    text = f"call {between.join(number[n : n + 2] for n in range(0, 12, 2))}!"
    assert names_number(text, number)


@given(st.text(max_size=80))
def test_no_text_without_the_creditor_leaves(text):
    if "acme collections nv" not in " ".join(text.split()).casefold():
        assert "no_creditor" in codes(text)


@pytest.mark.parametrize(
    ("text", "demanded", "fits"),
    [
        ("Будь ласка, зателефонуйте нам щодо рахунку", ("uk",), True),
        ("Пожалуйста, перезвоните нам по этому счёту", ("uk",), False),
        ("Please call us about your invoice", ("uk",), False),
        ("Please call us about your invoice", ("en", "uk"), True),
        ("Bitte rufen Sie uns an, es ist dringend", ("fr",), False),
        ("Veuillez nous appeler pour votre dossier", ("fr",), True),
        ("Acme Collections NV 02 555 00 00", ("fr",), True),
        ("Acme: 12 €, account -, reference 7. No SMS: acme.example", ("en",), True),
    ],
)
def test_the_language_that_the_law_wants(text, demanded, fits):
    """Where a text says too little to tell, it is not refused."""
    assert ("language" not in codes(text, languages=demanded)) is fits


@given(st.from_regex(r"[A-Za-z0-9_-]{24,90}", fullmatch=True))
def test_what_signs_a_link_says_nothing(signature):
    """Its letters come by chance: they spell no word, no amount and no language."""
    text = f"Merci de nous rappeler : https://acme.example/consent/{signature}/sms"
    assert language(text) in (None, "fr")
    assert not reveals(text)
    assert not names_robot(text)
    assert not figures(text)
    assert not names_amount(text, "12.00")
