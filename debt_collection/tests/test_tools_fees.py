"""Late fees: examples worked out by hand, and what holds for all of them."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.debt_collection.tools.fees import (
    Paid,
    Rate,
    Terms,
    percent_on,
    still_due,
    work_out,
)

from .test_tools_oracle import thorough

CENT = Decimal("0.01")
#: The European Central Bank's main refinancing rate, as it was.
ECB = (
    Rate(date(2024, 12, 18), Decimal("3.15")),
    Rate(date(2025, 2, 5), Decimal("2.90")),
    Rate(date(2025, 6, 11), Decimal("2.15")),
)
DIRECTIVE = Terms(
    percent=Decimal(8),
    rates=ECB,
    taken="half_year",
    known_until=date(2025, 12, 31),
    fixed=((Decimal(0), Decimal(40)),),
)


def amounts(fee):
    return [str(line.amount) for line in fee.lines]


def test_a_thousand_for_thirty_days():
    """1000 x 10 % x 30 / 365 = 8.219."""
    terms = Terms(percent=Decimal(10))
    fee = work_out(Decimal(1000), date(2026, 3, 1), [], terms, date(2026, 3, 31))
    assert (fee.interest, fee.lines[0].days) == (Decimal("8.22"), 30)
    assert fee.lines[0].first == date(2026, 3, 2)


@pytest.mark.parametrize(
    ("year", "expected"),
    [
        # 10000 x 12 % x 60 days: 31 of December 2023 and January 2024, 29 of February
        ("365", "200.55"),  # 61 days / 365 = 200.548
        ("360", "203.33"),  # 61 days / 360 = 203.333
        # 1 day of 2023: 3.2877; 60 of 2024: 10000 x 12 % x 60 / 366 = 196.7213
        ("actual", "200.01"),
    ],
)
def test_a_leap_year(year, expected):
    terms = Terms(percent=Decimal(12), year=year)
    due, until = date(2023, 12, 30), date(2024, 2, 29)
    fee = work_out(Decimal(10000), due, [], terms, until)
    assert sum(line.days for line in fee.lines) == 61
    assert fee.total == Decimal(expected)


def test_what_is_paid_bears_no_more_from_the_day_after():
    """1000 for 10 days, 400 for 20: (1000 x 10 + 400 x 20) x 9 % / 365 = 4.438."""
    terms = Terms(percent=Decimal(9))
    paid = [Paid(date(2026, 5, 20), Decimal(400)), Paid(date(2026, 4, 30), 600)]
    fee = work_out(Decimal(1000), date(2026, 4, 20), paid, terms, date(2026, 12, 31))
    assert [line.days for line in fee.lines] == [10, 20]
    assert fee.total == Decimal("4.44")


def test_the_directive_takes_the_rate_of_the_half_year():
    """From 1 May 2025, 61 days at 3.15 + 8, then 31 at 2.15 + 8, and 40 euro."""
    fee = work_out(Decimal(5000), date(2025, 4, 30), [], DIRECTIVE, date(2025, 7, 31))
    # 5000 x 11.15 % x 61 / 365 = 93.171; 5000 x 10.15 % x 31 / 365 = 43.103
    assert [line.percent for line in fee.lines] == [Decimal("11.15"), Decimal("10.15")]
    assert amounts(fee) == ["93.17", "43.10"]
    assert (fee.fixed, fee.total) == (Decimal(40), Decimal("176.27"))


def test_a_rate_that_changes_in_between():
    """As Russia's article 395 has it: the key rate of each day, real days of a year."""
    key = (Rate(date(2024, 10, 28), Decimal(21)), Rate(date(2025, 6, 9), Decimal(20)))
    terms = Terms(year="actual", rates=key, known_until=date(2025, 7, 1))
    fee = work_out(Decimal(100000), date(2024, 12, 26), [], terms, date(2025, 6, 18))
    # 5 days of 2024: 100000 x 21 % x 5 / 366 = 286.885
    # 159 days until 8 June: 100000 x 21 % x 159 / 365 = 9147.945
    # 10 days at 20 %: 547.945
    assert [line.days for line in fee.lines] == [5, 159, 10]
    assert fee.total == Decimal("9982.78")


def test_britain_keeps_the_rate_with_which_it_began():
    base = (Rate(date(2025, 5, 8), Decimal("4.25")), Rate(date(2025, 8, 7), Decimal(4)))
    terms = Terms(percent=Decimal(8), rates=base, taken="start")
    first = date(2025, 7, 10)
    assert percent_on(terms, date(2025, 12, 1), first) == Decimal("12.25")
    tiers = ((0, 40), (1000, 70), (10000, 100))
    terms = Terms(fixed=tuple((Decimal(a), Decimal(b)) for a, b in tiers))
    for owed, expected in (("999.99", 40), (1000, 70), ("9999.99", 70), (10000, 100)):
        fee = work_out(Decimal(owed), date(2025, 7, 9), [], terms, date(2025, 8, 1))
        assert fee.total == expected


def test_interest_ends_where_the_rate_is_not_known():
    fee = work_out(Decimal(1000), date(2025, 12, 1), [], DIRECTIVE, date(2026, 3, 1))
    assert fee.unknown == date(2026, 1, 1)
    assert fee.lines[-1].last == date(2025, 12, 31)
    before = work_out(Decimal(1000), date(2020, 1, 1), [], DIRECTIVE, date(2020, 3, 1))
    assert (before.lines, before.unknown) == ((), date(2020, 1, 2))
    each = Terms(rates=ECB, known_until=date(2025, 8, 10))
    fee = work_out(Decimal(1000), date(2025, 8, 1), [], each, date(2025, 9, 1))
    assert (fee.lines[-1].last, fee.unknown) == (date(2025, 8, 10), date(2025, 8, 11))


def test_a_negative_reference_rate_never_pays_the_debtor():
    below = (Rate(date(2020, 1, 1), Decimal("-0.88")),)
    terms = Terms(rates=below)
    assert percent_on(terms, date(2020, 2, 1), date(2020, 2, 1)) == 0
    consumer = Terms(percent=Decimal(5), rates=below)
    assert percent_on(consumer, date(2020, 2, 1), date(2020, 2, 1)) == Decimal("4.12")


def test_grace_takes_all_or_nothing():
    terms = Terms(percent=Decimal(10), grace_days=5, fixed=((Decimal(0), Decimal(10)),))
    due = date(2026, 3, 1)
    assert work_out(Decimal(100), due, [], terms, date(2026, 3, 6)).total == 0
    fee = work_out(Decimal(100), due, [], terms, date(2026, 3, 7))
    assert (fee.lines[0].days, fee.fixed) == (6, 10)
    paid = [Paid(date(2026, 3, 6), Decimal(100))]
    assert work_out(Decimal(100), due, paid, terms, date(2026, 9, 1)).total == 0


def test_from_the_notice_on():
    terms = Terms(percent=Decimal("3.65"))
    due, until = date(2026, 3, 1), date(2026, 3, 31)
    fee = work_out(Decimal(1000), due, [], terms, until, notice=date(2026, 3, 21))
    assert fee.total == Decimal("1.00")
    early = work_out(Decimal(1000), due, [], terms, until, notice=date(2026, 2, 1))
    assert early.total == Decimal("3.00")


def test_caps():
    terms = Terms(
        percent=Decimal(365),
        fixed=((Decimal(0), Decimal(40)),),
        cap_percent=Decimal(10),
    )
    due = date(2026, 3, 1)
    fee = work_out(Decimal(1000), due, [], terms, date(2026, 3, 31))
    # 300 of interest and 40; a tenth of 1000 is allowed.
    assert (fee.interest, fee.capped, fee.total) == (300, 240, 100)
    terms = Terms(percent=Decimal(365), cap_amount=Decimal(25))
    fee = work_out(Decimal(1000), due, [], terms, date(2026, 3, 31))
    assert fee.total == 25


def test_what_there_is_not():
    for terms in (Terms(year="364"), Terms(taken="month")):
        with pytest.raises(ValueError, match="terms"):
            work_out(Decimal(1), date(2026, 1, 1), [], terms, date(2026, 2, 1))


def test_other_units_of_currency():
    terms = Terms(percent=Decimal(10))
    due, until = date(2026, 3, 1), date(2026, 3, 31)
    for unit, expected in (("1", "8"), ("0.05", "8.20"), ("0.001", "8.219")):
        fee = work_out(Decimal(1000), due, [], terms, until, rounding=Decimal(unit))
        assert fee.total == Decimal(expected)


# --- what holds for all -------------------------------------------------------------
days = st.dates(date(2019, 1, 1), date(2028, 12, 31))
money = st.integers(0, 2_000_000).map(lambda cents: cents * CENT)
percents = st.integers(-200, 3000).map(lambda hundredths: hundredths * CENT)
payments = st.lists(st.builds(Paid, days, money), max_size=5)
rates = st.lists(st.builds(Rate, days, percents), min_size=1, max_size=5).map(tuple)


@st.composite
def terms(draw, **fixed):
    return Terms(
        **{
            "percent": draw(percents),
            "year": draw(st.sampled_from(["365", "360", "actual"])),
            "rates": draw(st.none() | rates),
            "taken": draw(st.sampled_from(["day", "half_year", "start"])),
            "known_until": draw(days),
            "grace_days": draw(st.integers(0, 40)),
            "fixed": draw(st.lists(st.tuples(money, money), max_size=3).map(tuple)),
            "cap_percent": draw(st.just(Decimal(0)) | money),
            "cap_amount": draw(st.just(Decimal(0)) | money),
        }
        | fixed
    )


@thorough
@given(money, days, payments, terms(), days)
def test_no_part_is_negative_and_the_parts_are_the_whole(
    principal, due, paid, how, until
):
    fee = work_out(principal, due, paid, how, until)
    assert all(line.amount >= 0 and line.days > 0 for line in fee.lines)
    assert fee.interest == sum(line.amount for line in fee.lines)
    assert fee.total == fee.interest + fee.fixed - fee.capped >= 0
    assert all(line.open <= principal for line in fee.lines)
    for one, other in zip(fee.lines, fee.lines[1:], strict=False):
        assert one.last < other.first


def by_the_day(principal, due, paid, how, until):
    """The interest again, one day after the other."""
    first, exact, day = due + timedelta(1), 0, due + timedelta(1)
    while day <= until:
        owed = principal - sum(one.amount for one in paid if one.day < day)
        percent = percent_on(how, day, first)
        if percent is None:
            break
        year = int(how.year) if how.year != "actual" else 365 + (day.year % 4 == 0)
        exact += max(0, owed) * percent / 100 / year
        day += timedelta(1)
    return exact


@thorough
@given(money, days, payments, terms(grace_days=0, fixed=()), st.integers(0, 800))
def test_the_same_as_day_by_day(principal, due, paid, how, late):
    until = due + timedelta(late)
    fee = work_out(principal, due, paid, how, until)
    expected = by_the_day(principal, due, paid, how, until)
    assert abs(fee.interest - expected) <= CENT / 2 + Decimal("1e-12")


@thorough
@given(money, days, payments, terms(), days, st.integers(0, 500))
def test_it_never_shrinks_with_time_nor_grows_by_paying(
    principal, due, paid, how, until, more
):
    fee = work_out(principal, due, paid, how, until)
    later = work_out(principal, due, paid, how, until + timedelta(more))
    assert later.total >= fee.total
    unpaid = work_out(principal, due, [], how, until)
    assert unpaid.interest >= fee.interest


@thorough
@given(money, days, payments, terms(), days, money, st.lists(st.integers(0, 90)))
def test_charged_piece_by_piece_it_is_never_more_than_at_once(
    principal, due, paid, how, until, minimum, steps
):
    charged = Decimal(0)
    for step in [0, 0, *steps]:
        until += timedelta(step)
        total = work_out(principal, due, paid, how, until).total
        now = still_due(total, charged, minimum)
        assert now >= 0
        charged += now
        assert still_due(total, charged, minimum) == 0
        assert charged <= total or not now
    assert charged <= work_out(principal, due, paid, how, until).total
