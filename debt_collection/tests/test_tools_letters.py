"""Which letter is written: by age, amount, and what was written before."""

from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.debt_collection.tools.letters import Level, choose

FRIENDLY, REMINDER, DEMAND, LAST = 1, 2, 3, 4
LEVELS = (
    Level(FRIENDLY, days=1),
    Level(REMINDER, days=15),
    Level(DEMAND, days=30, amount=20, after=REMINDER, wait=10),
    Level(LAST, days=60, amount=50, after=DEMAND, wait=14),
)
DAYS = st.integers(-30, 400)
AMOUNT = st.floats(0, 10_000)
POSTED = st.dictionaries(st.integers(FRIENDLY, LAST), st.integers(0, 400))


def test_age_decides():
    chosen = [choose(LEVELS, days, 100, {}) for days in (0, 1, 14, 15, 29, 300)]
    assert chosen == [None, FRIENDLY, FRIENDLY, REMINDER, REMINDER, REMINDER]


def test_a_small_debt_is_not_demanded():
    assert choose(LEVELS, 100, 19, {REMINDER: 30}) == REMINDER


def test_nothing_strict_without_the_milder_one_some_time_before():
    assert choose(LEVELS, 100, 100, {REMINDER: 9}) == REMINDER
    assert choose(LEVELS, 100, 100, {REMINDER: 10}) == DEMAND
    assert choose(LEVELS, 100, 100, {REMINDER: 40, DEMAND: 14}) == LAST


@given(DAYS, AMOUNT, POSTED)
def test_what_is_chosen_is_due(days, amount, posted):
    key = choose(LEVELS, days, amount, posted)
    if key is None:
        assert days < 1
        return
    [level] = [one for one in LEVELS if one.key == key]
    assert days >= level.days and amount >= level.amount
    if level.after is not None:
        assert posted[level.after] >= level.wait


@given(DAYS, AMOUNT, POSTED, st.integers(0, 60), st.floats(0, 500))
def test_older_and_more_is_never_milder(days, amount, posted, later, more):
    before = choose(LEVELS, days, amount, posted) or 0
    assert (choose(LEVELS, days + later, amount + more, posted) or 0) >= before
