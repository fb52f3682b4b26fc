"""A search by days past due finds what counting the days of each would find."""

import operator
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.debt_collection.tools.due_days import compared, on_days

TODAY = date(2026, 3, 31)
OPERATORS = {
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
}
dues = st.none() | st.integers(-400, 4000).map(lambda d: TODAY - timedelta(days=d))
numbers = st.integers(-5, 400) | st.floats(allow_nan=False) | st.integers()


def past_due(due):
    return max(0, (TODAY - due).days) if due else 0


def holds(condition, due):
    """Whether a condition holds for a due date, as a search would decide it."""
    if isinstance(condition, bool):
        return condition
    name, day = condition
    if due is None:
        return name == ">"
    return OPERATORS[name](due, day)


@given(st.sampled_from(sorted(OPERATORS)), numbers, dues)
def test_a_comparison_finds_what_it_says(name, days, due):
    expected = OPERATORS[name](past_due(due), days)
    assert holds(compared(name, days, TODAY), due) == expected


@given(st.lists(numbers), dues)
def test_equality_finds_what_it_says(values, due):
    days, none = on_days(values, TODAY)
    found = due in days or (none and not past_due(due))
    assert found == (past_due(due) in values)


@pytest.mark.parametrize("value", ["abc", None, float("nan"), []])
def test_what_is_no_number_is_an_error(value):
    with pytest.raises((TypeError, ValueError)):
        compared(">", value, TODAY)
