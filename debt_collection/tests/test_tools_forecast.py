"""The calls to come, and what a change of the rules does to them."""

from datetime import date, datetime, timedelta
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.addons.debt_collection.tools.contact import (
    Contact,
    Limit,
    Policy,
    Window,
)
from odoo.addons.debt_collection.tools.forecast import (
    Course,
    by_day,
    compare,
    day_after,
    play,
)
from odoo.addons.debt_collection.tools.steps import Step

from .test_tools_oracle import EXAMPLES, debtors, lawful, seeds, thorough

WEEKDAYS = Window(frozenset(range(5)), 9 * 60, 18 * 60)
BRUSSELS = "Europe/Brussels"
TUESDAY = datetime(2026, 3, 10, 8)
MONTH = timedelta(days=30)
some = settings(thorough, max_examples=max(20, EXAMPLES // 8))

instants = st.integers(0, 40 * 96).map(
    lambda quarters: TUESDAY + quarters * timedelta(minutes=15)
)
days_of_calls = st.lists(instants, max_size=12, unique=True)


def random_course(debtor, seed):
    rnd = Random(seed)
    steps = tuple(
        Step(
            first, first + 6, attempts=rnd.randint(1, 4), every_days=rnd.choice((1, 7))
        )
        for first in (1, 8)
    )
    return Course(
        steps,
        debtor["at"].date() - timedelta(days=rnd.randrange(10)),
        debtor["policy"],
        tuple(debtor["zones"]),
        debtor["history"],
        debtor["holidays"],
        debtor["callback"],
        case=debtor["case"],
    )


@some
@given(debtors(step=60, size=6), seeds)
def test_no_call_foreseen_breaks_the_law_after_those_before_it(debtor, seed):
    course, now = random_course(debtor, seed), debtor["at"]
    calls = play(course, now, now + MONTH)
    assert list(calls.times) == sorted(set(calls.times))
    assert all(now <= at < now + MONTH for at in calls.times)
    made, callback = list(course.history), course.callback
    for at in calls.times:
        assert lawful(
            course.policy,
            course.zones,
            "call",
            at,
            made,
            course.holidays,
            callback,
            course.case,
        )
        made.append(Contact(at, "call", case=course.case))
        callback = None


@given(days_of_calls, days_of_calls)
def test_every_call_is_accounted_for(before, after):
    moves = compare(before, after, BRUSSELS)
    assert moves.kept + moves.moved + moves.gone == len(before)
    assert moves.kept + moves.moved + moves.added == len(after)
    assert moves.kept == len(set(before) & set(after))
    back = compare(after, before, BRUSSELS)
    assert (back.gone, back.added) == (moves.added, moves.gone)
    assert back.moved == moves.moved


@given(days_of_calls)
def test_what_nobody_changed_stays(calls):
    moves = compare(calls, list(reversed(calls)), BRUSSELS)
    assert moves == (len(calls), 0, 0, 0, 0)


@given(days_of_calls, st.integers(1, 30))
def test_the_days_hold_every_call_before_their_end(calls, days):
    counts = by_day(calls, BRUSSELS, TUESDAY.date(), days)
    end = day_after(BRUSSELS, TUESDAY.date(), days)
    assert len(counts) == days
    assert sum(counts) == sum(at < end for at in calls)


def test_law_tightened_from_three_to_one_a_day():
    """Three calls on each of three days; then one a day, the others fall away."""
    steps = (Step(1, 3, attempts=3),)
    three, one = (
        Policy((WEEKDAYS,), (Limit("attempt", maximum, "day"),)) for maximum in (3, 1)
    )
    before, after = (
        play(
            Course(steps, date(2026, 3, 10), policy, (BRUSSELS,)),
            TUESDAY,
            TUESDAY + MONTH,
        )
        for policy in (three, one)
    )
    tuesday = TUESDAY.date()
    assert by_day(before.times, BRUSSELS, tuesday, 4) == [3, 3, 3, 0]
    assert by_day(after.times, BRUSSELS, tuesday, 4) == [1, 1, 1, 0]
    moves = compare(before.times, after.times, BRUSSELS)
    assert (moves.kept, moves.gone, moves.added) == (3, 6, 0)


def test_nothing_lawful_is_told_from_nothing_wanted():
    nothing = Policy((Window(frozenset({7}), 540, 600),))
    steps = (Step(1, 3),)
    for policy, day, stuck in (
        (nothing, date(2026, 3, 10), True),
        (None, date(2026, 3, 10), True),
        (Policy((WEEKDAYS,)), date(2026, 2, 10), False),
    ):
        calls = play(Course(steps, day, policy, (BRUSSELS,)), TUESDAY, TUESDAY + MONTH)
        assert calls == ((), stuck)
