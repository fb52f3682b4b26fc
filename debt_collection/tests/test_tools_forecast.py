"""The calls to come, and what a change of the rules does to them."""

from datetime import date, datetime, timedelta
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.addons.debt_collection.tools.contact import (
    ANYWHERE,
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

from .questions import question
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
    letters = Step(1, 14, channel="email", every_days=rnd.choice((1, 3)), key=1)
    asked = Step(1, 14, channel="email", after_unanswered=rnd.randint(1, 3), key=2)
    written = rnd.choice(((), (letters,), (letters, asked)))
    known = {key: debtor[key] for key in debtor.keys() - {"at", "channel", "target"}}
    return Course(
        question(**known),
        (*steps, *written),
        debtor["at"].date() - timedelta(days=rnd.randrange(10)),
        ways={step.key: ("email", ANYWHERE) for step in written},
    )


@some
@given(debtors(step=60, size=6), seeds)
def test_no_contact_foreseen_breaks_the_law_after_those_before_it(debtor, seed):
    course, now = random_course(debtor, seed), debtor["at"]
    foreseen = play(course, now, now + MONTH)
    # At one instant a message comes before a call.
    contacts = sorted(
        [(at, 1, "call") for at in foreseen.calls]
        + [(at, 0, "email") for at in foreseen.messages]
    )
    assert len(contacts) == len(set(contacts))
    asked = course.asked
    made, callback = list(asked.history), asked.callback
    for at, _order, channel in contacts:
        assert now <= at < now + MONTH
        assert lawful(
            asked.policy,
            asked.zones,
            channel,
            at,
            made,
            asked.holidays,
            callback,
            asked.case,
        )
        made.append(Contact(at, channel, case=asked.case))
        callback = None if channel == "call" else callback


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
            Course(question(policy, (BRUSSELS,)), steps, date(2026, 3, 10)),
            TUESDAY,
            TUESDAY + MONTH,
        )
        for policy in (three, one)
    )
    tuesday = TUESDAY.date()
    assert by_day(before.calls, BRUSSELS, tuesday, 4) == [3, 3, 3, 0]
    assert by_day(after.calls, BRUSSELS, tuesday, 4) == [1, 1, 1, 0]
    moves = compare(before.calls, after.calls, BRUSSELS)
    assert (moves.kept, moves.gone, moves.added) == (3, 6, 0)


def test_a_message_kept_back_for_too_long_falls_away():
    """Letters on Sundays only: Monday's has waited too long, Friday's goes out."""
    sunday = Window(frozenset({6}), 600, 700, frozenset({"email"}))
    monday = TUESDAY - timedelta(days=1)
    for step, sent in (
        (Step(1, 1, channel="email", key=1), []),
        (Step(5, 5, channel="email", key=1), [datetime(2026, 3, 15, 9)]),
    ):
        course = Course(
            question(Policy((WEEKDAYS, sunday)), (BRUSSELS,)),
            (step,),
            monday.date(),
            ways={1: ("email", ANYWHERE)},
        )
        foreseen = play(course, monday, monday + MONTH)
        assert list(foreseen.messages) == sent
        assert not foreseen.stuck


def test_nothing_lawful_is_told_from_nothing_wanted():
    nothing = Policy((Window(frozenset({7}), 540, 600),))
    steps = (Step(1, 3),)
    for policy, day, stuck in (
        (nothing, date(2026, 3, 10), True),
        (None, date(2026, 3, 10), True),
        (Policy((WEEKDAYS,)), date(2026, 2, 10), False),
    ):
        asked = policy and question(policy, (BRUSSELS,))
        course = Course(asked, steps, day)
        calls = play(course, TUESDAY, TUESDAY + MONTH)
        assert calls == ((), (), stuck)
