from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.debt_collection.tools import page_form
from odoo.addons.debt_collection.tools.page_form import Refused, Tries

FIRST, LAST = date(2026, 3, 10), date(2026, 4, 9)


def refused(function, *args, **kwargs):
    with pytest.raises(Refused) as caught:
        function(*args, **kwargs)
    return caught.value.code


@pytest.mark.parametrize("text", ["2026-03-09", "2026-04-10", "", None, "soon", "1-1"])
def test_a_day_outside_is_none(text):
    assert refused(page_form.read_day, text, FIRST, LAST) == "day"


@pytest.mark.parametrize(
    "text", ["0", "-1", "nan", "inf", "1e99", "", None, "1,5", "x"]
)
def test_an_amount_is_a_number_above_zero(text):
    assert refused(page_form.read_amount, text) == "amount"


@pytest.mark.parametrize("text", ["0", "0.00", "-0"])
def test_who_has_nothing_may_say_so(text):
    assert str(page_form.read_amount(text, zero=True)) == "0.0"
    assert refused(page_form.read_amount, "-1", zero=True) == "amount"


@pytest.mark.parametrize("text", ["0", "4", "-1", "1.5", "²", "9" * 5000])
def test_a_plan_has_as_many_parts_as_are_offered(text):
    assert refused(page_form.read_count, text, 3) == "count"


@pytest.mark.parametrize("texts", [[], ["9"], ["1", "9"], ["1.0"], ["01"]])
def test_only_what_was_offered_is_ticked(texts):
    assert refused(page_form.read_ids, texts, [1, 2]) == "items"


@pytest.mark.parametrize("text", ["", None, "now", "2026-03-10T10:00:00+02:00"])
def test_a_moment_is_one_of_the_page(text):
    assert refused(page_form.read_instant, text) == "time"


def test_a_file_is_known_by_what_is_in_it():
    kept = page_form.read_files([("a/../b.pdf", b"%PDF-1.7 ..."), ("", b"")])
    assert kept == [("a .. b.pdf", b"%PDF-1.7 ...", "application/pdf")]
    [(name, *_rest)] = page_form.read_files([("proof.bat", b"%PDF-1.4 @calc.exe")])
    assert name == "proof.pdf"
    for content in (b"<html>", b"MZ\x90", b"%PDF-" + b"x" * page_form.MOST_BYTES):
        assert refused(page_form.read_files, [("a.pdf", content)]) == "files"
    many = [("a.pdf", b"%PDF-")] * (page_form.MOST_FILES + 1)
    assert refused(page_form.read_files, many) == "files"


@given(st.text())
def test_what_somebody_writes_is_kept_readable(text):
    said = page_form.read_text(text)
    assert len(said) <= page_form.LONGEST_TEXT
    assert all(one in "\n\t" or one.isprintable() for one in said)
    assert page_form.read_text(said) == said


@given(st.text())
def test_nothing_that_is_sent_breaks_it(text):
    for read in (
        lambda: page_form.read_day(text, FIRST, LAST),
        lambda: page_form.read_amount(text),
        lambda: page_form.read_count(text, 36),
        lambda: page_form.read_ids([text], [1]),
        lambda: page_form.read_instant(text),
        lambda: page_form.read_choice(text, ("a", "b")),
    ):
        try:
            read()
        except Refused as error:
            assert error.code


def test_a_guesser_is_forgotten_and_costs_little():
    tries = Tries(most=3, seconds=60, kept=100)
    for number in range(1000):
        tries.note(f"10.0.{number}", 0)
    assert len(tries.failed) == 100
    for second in range(10):
        tries.note("one", second)
    assert len(tries.failed["one"]) == 3
    assert tries.is_over("one", 10)
    assert not tries.is_over("one", 100)


MONEY = st.floats(0.01, 1e9)
FIGURES = st.none() | st.just(0.0) | MONEY


@given(MONEY, MONEY, st.integers(1, 36))
def test_a_plan_is_one_he_can_keep(total, monthly, most):
    parts = page_form.parts_of(total, monthly, most)
    assert 0 <= parts <= most
    if parts:
        assert total / parts <= monthly * (1 + 1e-9)
    else:
        assert total > monthly * most


@given(FIGURES, FIGURES, st.none() | MONEY)
def test_nobody_is_asked_for_more_than_he_has(income, outgoings, monthly):
    try:
        spare = page_form.can_pay(income, outgoings, monthly)
    except Refused:
        assert monthly is None and (income is None or outgoings is None)
        return
    assert 0 <= spare <= (monthly or spare)
    if income is not None:
        assert spare <= max(0, income - (outgoings or 0))
