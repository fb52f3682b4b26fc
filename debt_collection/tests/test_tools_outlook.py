"""The strip of the coming days says at every instant what the gate says then."""

from datetime import date, datetime, timedelta
from itertools import pairwise
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.addons.debt_collection.tools.clock import instant, local
from odoo.addons.debt_collection.tools.contact import (
    Contact,
    Limit,
    Pause,
    Policy,
    Question,
    Window,
    check,
)
from odoo.addons.debt_collection.tools.outlook import outlook, uses

from . import questions
from .test_tools_oracle import EXAMPLES, debtors, random_policy, seeds, thorough

WEEKDAYS = Window(frozenset(range(5)), 9 * 60, 18 * 60)
BRUSSELS = "Europe/Brussels"
some = settings(thorough, max_examples=max(40, EXAMPLES // 4))


def question(debtor, **changes):
    known = {key: value for key, value in debtor.items() if key != "at"}
    return questions.question(**known | changes)


def flat(days):
    return [segment for day in days for segment in day.segments]


def judged(asked, at):
    """What the gate says at an instant: what the strip must say."""
    answer = check(asked, at)
    return answer.reason, answer.limit, answer.zone


def probes(rnd, strip):
    """Some random instants, and those next to where the strip says things change."""
    first, last = strip[0].start, strip[-1].end
    seconds = int((last - first).total_seconds())
    yield from (first + timedelta(seconds=rnd.randrange(seconds)) for _ in range(6))
    for one in rnd.sample(strip, min(4, len(strip))):
        yield one.start
        yield one.end - timedelta(seconds=1)


@some
@given(debtors(step=60), seeds)
def test_the_strip_agrees_with_the_gate_at_every_instant(debtor, seed):
    rnd = Random(seed)
    pause = rnd.choice((None, Pause("promised", debtor["at"] + timedelta(days=3))))
    asked = question(debtor, pause=pause)
    home = asked.zones[0]
    days = outlook(asked, local(home, debtor["at"]).date(), home=home)
    strip = flat(days)
    for at in probes(rnd, strip):
        (one,) = (one for one in strip if one.start <= at < one.end)
        assert (one.reason, one.limit, one.zone) == judged(asked, at), at


@some
@given(debtors(step=60), seeds)
def test_so_it_does_across_a_change_of_law(debtor, seed):
    rnd = Random(seed)
    home = debtor["zones"][0]
    today = local(home, debtor["at"]).date()
    old, new = random_policy(rnd), random_policy(rnd)
    turn = today + timedelta(days=rnd.randrange(14))
    policy = Policy(old.windows, old.limits, old.callback_beyond_limits, (turn, new))
    asked = question(debtor, policy=policy)
    strip = flat(outlook(asked, today, home=home))
    for at in probes(rnd, strip):
        (one,) = (one for one in strip if one.start <= at < one.end)
        assert (one.reason, one.limit, one.zone) == judged(asked, at), at


@some
@given(debtors(step=60))
def test_the_days_are_whole_and_follow_one_another(debtor):
    asked = question(debtor)
    home = asked.zones[0]
    today = local(home, debtor["at"]).date()
    days = outlook(asked, today, home=home)
    assert [day.day for day in days] == [today + timedelta(days=n) for n in range(14)]
    for day in days:
        assert day.start == instant(home, day.day) == day.segments[0].start
        assert day.end == day.segments[-1].end
        for one, other in pairwise(day.segments):
            assert one.end == other.start
            assert one[2:] != other[2:]


@some
@given(debtors(step=60), st.integers(0, 14 * 1440))
def test_what_is_assumed_changes_only_what_is_behind_it(debtor, minutes):
    asked = question(debtor)
    home = asked.zones[0]
    today = local(home, debtor["at"]).date()
    at = instant(home, today) + timedelta(minutes=minutes)
    made = Contact(at, asked.channel, case=asked.case)
    before = flat(outlook(asked, today, home=home))
    strip = flat(outlook(asked, today, home=home, assumed=made))
    callback = None if asked.channel == "call" else asked.callback
    after = question(debtor, history=[*asked.history, made], callback=callback)
    for one in strip:
        middle = one.start + (one.end - one.start) / 2
        if middle < at:
            (same,) = (old for old in before if old.start <= middle < old.end)
            assert same[2:] == one[2:]
        else:
            assert (one.reason, one.limit, one.zone) == judged(after, middle)


def test_a_day_on_which_the_clocks_go_forward_has_23_hours():
    asked = Question(Policy((WEEKDAYS,)), (BRUSSELS,), "call")
    saturday, sunday, monday = outlook(asked, date(2026, 3, 28), home=BRUSSELS, days=3)
    assert (sunday.end - sunday.start) == timedelta(hours=23)
    assert {one.reason for one in (*saturday.segments, *sunday.segments)} == {"hours"}
    allowed = [one for one in monday.segments if one.allowed]
    assert [(one.start, one.end) for one in allowed] == [
        (datetime(2026, 3, 30, 7), datetime(2026, 3, 30, 16))
    ]


def test_the_planned_call_uses_up_the_days_behind_it():
    twice_a_week = Limit("attempt", 2, "week", rolling=True)
    tuesday = date(2026, 3, 10)
    called = Contact(datetime(2026, 3, 9, 10), "call")
    planned = Contact(datetime(2026, 3, 11, 10), "call")
    policy = Policy((WEEKDAYS,), (twice_a_week,))
    asked = questions.question(policy, (BRUSSELS,), "call", [called])
    plain = outlook(asked, tuesday, home=BRUSSELS)
    then = outlook(asked, tuesday, home=BRUSSELS, assumed=planned)
    open_days = [
        [day.day.day for day in days if any(one.allowed for one in day.segments)]
        for days in (plain, then)
    ]
    assert open_days == [
        [10, 11, 12, 13, 16, 17, 18, 19, 20, 23],
        [10, 11, 16, 17, 18, 19, 20, 23],
    ]


def test_no_zone_and_no_policy_say_so_all_day():
    policy = Policy((WEEKDAYS,))
    for asked, reason in (
        (Question(policy, (), "call"), "no_zone"),
        (Question(Policy(()), (BRUSSELS,), "call"), "no_hours"),
    ):
        days = outlook(asked, date(2026, 3, 10), home=BRUSSELS, days=2)
        assert [one.reason for one in flat(days)] == [reason] * 2


def test_hours_that_never_come():
    only_holidays = Policy((Window(frozenset({7}), 9 * 60, 18 * 60),))
    today = date(2026, 3, 10)
    far = today + timedelta(days=405)
    for holidays, reasons in (
        (frozenset(), ["never"] * 14),
        (frozenset({far}), ["never"] * 5 + ["hours"] * 9),
    ):
        asked = Question(only_holidays, (BRUSSELS,), "call", holidays=holidays)
        days = outlook(asked, today, home=BRUSSELS)
        assert [day.segments[-1].reason for day in days] == reasons
        for one in flat(days):
            assert one[2:] == judged(asked, one.start)


def test_a_limit_tells_how_far_it_is_used_up():
    limits = (Limit("attempt", 3, "week", rolling=True), Limit("attempt", 2, "day"))
    history = [Contact(datetime(2026, 3, day, 9), "call") for day in (2, 5, 9, 10)]
    policy = Policy((WEEKDAYS,), limits)
    asked = questions.question(policy, (BRUSSELS,), "call", history)
    week, day = uses(asked, datetime(2026, 3, 10, 12))
    assert (week.used, week.free_at) == (3, datetime(2026, 3, 12, 9))
    assert (day.used, day.free_at) == (1, None)
