"""Who writes STOP, in whatever way, is heard; who writes of an end is not."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.debt_collection.tools.revocation import (
    REFUSING,
    Rule,
    alert,
    combined,
    deadline,
    read,
)

THE_LAWS_OWN = ("stop", "quit", "end", "revoke", "opt out", "cancel", "unsubscribe")


@pytest.mark.parametrize("word", THE_LAWS_OWN)
def test_the_words_that_the_law_names_always_refuse(word):
    for text in (word, word.upper(), f" {word.title()}.\n", f"{word}!!!", f"“{word}”"):
        assert read(text) == "refused", text


@pytest.mark.parametrize(
    "text",
    [
        "Keine SMS mehr, bitte",
        "Plus de SMS svp",
        "Geen sms meer aub",
        "No más SMS, por favor",
        "Niente SMS, grazie",
        "Parar SMS, por favor",
        "Відмова від SMS, будь ласка",
        "SMS-тен бас тарту",
        "Отказ от SMS, спасибо",
    ],
)
def test_what_our_own_sms_call_it_refuses_in_every_language(text):
    assert read(text) == "refused"


@pytest.mark.parametrize("word", sorted(REFUSING))
def test_a_word_alone_refuses_politely_as_well(word):
    assert read(word) == "refused"
    assert read(f"{word}, please") == "refused"
    assert read(f"Bitte {word}!") == "refused"


@pytest.mark.parametrize(
    "text",
    [
        "Stop contacting me, I told you I have paid",
        "Please do not ever call me at work",
        "I withdraw my consent to these messages",
        "Больше не звоните мне, пожалуйста, на работу",
        "Ich will keine weiteren SMS von Ihnen",
        "Ne m'appelez plus à ce numéro",
        "No me llame más al trabajo",
        "Não me ligue mais",
        "Parem de me ligar, por favor",
        "Dejen de escribirme a este correo",
        "Arrêtez de m'envoyer des messages",
        "Bel mij niet meer op dit nummer",
        "Non mi contattate più a casa",
        "Не телефонуйте мені на роботу",
        "Маған енді қоңырау шалмаңыз, мен жұмыстамын",
    ],
)
def test_a_sentence_is_for_a_person_to_read(text):
    assert read(text) == "perhaps"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "I pay at the end of the month",
        "Can we cancel the second instalment?",
        "Оплачу в конце месяца",
        "Ende des Monats zahle ich",
        "Yes",
        "Who is this?",
    ],
)
def test_other_answers_refuse_nothing(text):
    assert read(text) == ""


def test_the_mail_that_is_answered_is_not_read():
    mail = "I will pay tomorrow.\n\nOn Tue, 10 Mar 2026 Acme wrote:\n> No SMS: STOP"
    assert read(mail) == ""
    assert read("STOP\n\n> I will pay tomorrow") == "refused"
    assert read("Отказ\n\n10 марта 2026 г. Acme <a@b.c> пишет:\n> долг") == "refused"


def test_start_takes_it_back():
    assert read("START") == read("unstop") == "consented"


@given(st.text(max_size=60))
def test_any_text_is_read(text):
    assert read(text) in ("refused", "perhaps", "consented", "")


@given(st.dates(date(2024, 1, 1), date(2030, 1, 1)), st.integers(1, 15))
def test_a_deadline_has_its_working_days(received, days):
    last = deadline(received, days)
    between = ((received + timedelta(n)) for n in range(1, (last - received).days + 1))
    assert sum(day.weekday() < 5 for day in between) == days
    assert last.weekday() < 5
    assert alert(last) < last


def test_holidays_do_not_count():
    thanksgiving = {date(2026, 11, 26)}
    assert deadline(date(2026, 11, 25), 1, thanksgiving) == date(2026, 11, 27)


def test_together_the_most_for_the_debtor_holds():
    federal, state = Rule(days=10, confirmed=True), Rule(everywhere=True, days=3)
    assert combined([federal, state]) == Rule(True, 3, False)
    assert combined([]) == Rule()
