"""Promises and buckets: plans, kept or broken, current or collectible."""

from calendar import monthrange
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.debt_collection.tools.promise import (
    Claim,
    Payment,
    promise_state,
    share,
    split,
    take,
)

from .buckets import days_past_due, stage_for
from .test_tools_oracle import thorough

DUE = date(2026, 3, 2)
STAGES = [(0, "current"), (1, "overdue"), (91, "collectible")]


@pytest.mark.parametrize(
    ("paid", "days", "state"),
    [
        (0, 0, "open"),
        (0, 2, "open"),  # the last day of grace
        (0, 3, "broken"),
        (40, 2, "open"),
        (40, 3, "partial"),
        (100, -5, "kept"),  # paid before it was due
        (100, 30, "kept"),  # late, yet paid
        (120, 3, "kept"),
        (99.996, 3, "kept"),  # less than half a cent is missing
        (99.99, 3, "partial"),
        (0.004, 3, "broken"),
        (-20, 3, "broken"),  # a payment was taken back
    ],
)
def test_a_promise_of_a_hundred_with_two_days_of_grace(paid, days, state):
    assert promise_state(100, paid, DUE, 2, DUE + timedelta(days=days)) == state


def test_a_currency_without_cents():
    asked = {"due": DUE, "grace_days": 0, "today": DUE + timedelta(days=1)}
    assert promise_state(1000, 999.6, **asked, rounding=1) == "kept"
    assert promise_state(1000, 999, **asked, rounding=1) == "partial"


@thorough
@given(
    st.integers(1, 10**9),
    st.lists(st.integers(0, 10**9), max_size=5),
    st.integers(0, 10),
    st.dates(date(2024, 1, 1), date(2027, 1, 1)),
)
def test_cents_are_never_lost_in_floats(cents, payments, grace, today):
    """The same in whole cents, where nothing is rounded."""
    due = date(2025, 6, 30)
    paid = sum(payment / 100 for payment in payments)
    state = promise_state(cents / 100, paid, due, grace, today)
    if sum(payments) >= cents:
        assert state == "kept"
    elif (today - due).days <= grace:
        assert state == "open"
    else:
        assert state == ("partial" if sum(payments) else "broken")


def test_days_past_due_begin_the_day_after():
    assert days_past_due(DUE, DUE) == 0
    assert days_past_due(DUE, DUE + timedelta(days=1)) == 1
    assert days_past_due(DUE, DUE - timedelta(days=1)) == 0
    assert days_past_due(None, DUE) == 0
    assert days_past_due(date(2024, 2, 28), date(2024, 3, 1)) == 2


def test_a_stage_begins_with_its_day():
    reached = [stage_for(days, STAGES) for days in (0, 1, 90, 91, 4000)]
    assert reached == ["current", "overdue", "overdue", "collectible", "collectible"]


def test_the_order_of_the_stages_does_not_matter():
    assert stage_for(90, STAGES[::-1]) == "overdue"


def test_below_the_first_stage_there_is_none():
    assert stage_for(0, STAGES[1:]) is None
    assert stage_for(5, []) is None


def test_of_two_stages_for_one_day_the_first_counts():
    assert stage_for(5, [(1, "one"), (1, "other")]) == "one"


# --- plans ------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("first", "second"),
    [
        (date(2026, 1, 31), date(2026, 2, 28)),
        (date(2024, 1, 31), date(2024, 2, 29)),
        (date(2026, 12, 15), date(2027, 1, 15)),
        (date(2026, 11, 30), date(2026, 12, 30)),
    ],
)
def test_a_month_later(first, second):
    assert [day for _, day in split(100, 2, first, every_months=1)] == [first, second]


def test_yen_have_no_cents():
    parts = [part for part, _ in split(1000, 3, DUE, every_days=7, rounding=1)]
    assert parts == [334, 333, 333]


@pytest.mark.parametrize(
    ("amount", "parts", "interval"),
    [
        (100, 0, {"every_days": 1}),
        (100, 37, {"every_days": 1}),
        (0.02, 3, {"every_days": 1}),  # less than a cent each
        (100, 2, {}),
        (100, 2, {"every_days": 7, "every_months": 1}),
        (100, 2, {"every_days": -7}),
    ],
)
def test_no_such_plan(amount, parts, interval):
    with pytest.raises(ValueError):
        split(amount, parts, DUE, **interval)


@thorough
@given(
    st.integers(36, 10**11),
    st.integers(1, 36),
    st.dates(date(2024, 1, 1), date(2030, 1, 1)),
    st.integers(1, 12),
    st.sampled_from([0.01, 0.05, 1.0, 0.001]),
)
def test_instalments_add_up_and_keep_their_day(units, parts, first, months, rounding):
    amount = float(units * Decimal(str(rounding)))
    plan = split(amount, parts, first, every_months=months, rounding=rounding)
    amounts = [Decimal(str(part)) for part, _ in plan]
    assert sum(amounts) == Decimal(str(amount))
    assert max(amounts) - min(amounts) <= Decimal(str(rounding))
    assert len(plan) == parts
    for number, (_part, day) in enumerate(plan):
        assert (day.year - first.year) * 12 + day.month - first.month == number * months
        assert day.day == min(first.day, monthrange(day.year, day.month)[1])


@thorough
@given(st.integers(1, 36), st.dates(date(2024, 1, 1), date(2030, 1, 1)), st.integers(1))
def test_instalments_of_days_are_evenly_spaced(parts, first, every):
    every = min(every, 90)
    days = [day for _, day in split(100, parts, first, every_days=every)]
    assert days[0] == first
    assert all((later - day).days == every for day, later in pairwise(days))


# --- whose money is it? -----------------------------------------------------------
MADE_AT = datetime(2026, 3, 2, 10)


def claim(amount, *items, until=date(2026, 3, 9)):
    return Claim(amount, DUE, MADE_AT, until, frozenset(items))


def paid(amount, day=3, hour=12, **matched):
    at = datetime(2026, 3, day, hour)
    items = {int(name[1:]): part for name, part in matched.items()}
    return Payment(at.date(), amount, at, items)


def test_one_payment_keeps_one_promise():
    payments = [paid(100)]
    assert [take(payments, claim(60)), take(payments, claim(60))] == [60, 40]


def test_money_outside_the_span_does_not_count():
    assert take([paid(50, day=1), paid(50, day=10)], claim(100)) == 0
    assert take([paid(50, day=9)], claim(100)) == 50


def test_what_came_in_before_the_call_was_known():
    assert take([paid(50, day=2, hour=9)], claim(100)) == 0
    assert take([paid(50, day=2, hour=11)], claim(100)) == 50


def test_with_items_only_what_was_matched_with_them_counts():
    payments = [paid(100, _1=30, _2=70), paid(10)]
    assert take(payments, claim(100, 1)) == 30
    assert take(payments, claim(100, 2, 3)) == 70
    assert take(payments, claim(100)) == 10


def test_what_was_paid_on_an_item_is_for_the_promise_about_it():
    on_item, other = paid(100, _1=100), paid(30)
    assert share([on_item, other], [claim(100), claim(100, 1)]) == [30, 100]
    assert share([paid(100)], [claim(60), claim(60)]) == [60, 40]


@thorough
@given(
    st.lists(
        st.tuples(st.integers(1, 28), st.integers(0, 500), st.integers(0, 500)),
        max_size=6,
    ),
    st.lists(st.tuples(st.integers(1, 500), st.booleans()), max_size=6),
)
def test_no_money_is_counted_twice(received, wanted):
    payments = [
        paid(float(left), day=day, _1=float(min(left, matched)))
        for day, left, matched in received
    ]
    total = sum(payment.left for payment in payments)
    matched = sum(payment.matched[1] for payment in payments)
    claims = [claim(amount, *([1] if named else [])) for amount, named in wanted]
    taken = share(payments, claims)
    assert all(part <= one.amount for part, one in zip(taken, claims, strict=True))
    assert sum(taken) + sum(payment.left for payment in payments) == total
    named = [part for part, one in zip(taken, claims, strict=True) if one.items]
    assert sum(named) <= matched
    assert all(payment.left >= 0 for payment in payments)
