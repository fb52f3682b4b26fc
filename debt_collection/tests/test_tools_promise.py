"""Promises and buckets: kept or broken, current or collectible."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.debt_collection.tools.buckets import days_past_due, stage_for
from odoo.addons.debt_collection.tools.promise import promise_state

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
