"""Several laws at once, and laws that change: never more than any of them allows."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from random import Random

import pytest
from hypothesis import given, settings

from odoo.addons.debt_collection.tools.contact import (
    CHANNELS,
    Contact,
    Limit,
    Policy,
    Window,
)
from odoo.addons.debt_collection.tools.ladder import Step
from odoo.addons.debt_collection.tools.law import Choice, Debtor, Law
from odoo.addons.debt_collection.tools.policy import NOTHING, combine

from .questions import check, plan
from .test_tools_oracle import (
    ALWAYS,
    EXAMPLES,
    GRID,
    NOON,
    debtors,
    lawful,
    local,
    random_policy,
    seeds,
    thorough,
)

MICROSECOND = timedelta(microseconds=1)
often = settings(thorough, max_examples=EXAMPLES)
USA, RUSSIA = 233, 190
NEW_YORK, TEXAS = 27, 44
WEEK = frozenset(range(8))
MORNING, EVENING = Window(WEEK, 480, 720), Window(WEEK, 960, 1200)
SEPTEMBER = date(2026, 9, 1)


def policies(rnd, most=3):
    return [random_policy(rnd) for _ in range(rnd.randint(1, most))]


# --- several at once ---


@often
@given(debtors(step=1), seeds)
def test_together_they_allow_what_each_of_them_allows(debtor, seed):
    """To the instant, for every channel, with callbacks: never more and never less."""
    rnd = Random(seed)
    parts = policies(rnd)
    debtor["channel"] = rnd.choice(CHANNELS)
    answer = check(**debtor | {"policy": combine(parts)})

    def allowed(at):
        return all(lawful(**debtor | {"policy": one, "at": at}) for one in parts)

    assert answer.allowed == allowed(debtor["at"])
    if answer.next_at:
        assert allowed(answer.next_at)
        assert allowed(answer.until - MICROSECOND)
        if not answer.allowed:
            assert not allowed(answer.next_at - MICROSECOND)


@often
@given(debtors(), seeds)
def test_in_whatever_order_and_however_often(debtor, seed):
    rnd = Random(seed)
    parts = policies(rnd)
    first = check(**debtor | {"policy": combine(parts)})
    rnd.shuffle(parts)
    again = check(**debtor | {"policy": combine([*parts, combine(parts)])})
    assert (again.allowed, again.next_at) == (first.allowed, first.next_at)
    assert again.until == first.until


def test_hours_without_overlap_leave_nothing():
    both = combine([Policy((MORNING,)), Policy((EVENING,))])
    assert check(both, ["UTC"], "call", NOON).reason == "no_hours"


def test_nothing_together_is_nothing():
    assert combine([]) == NOTHING
    assert combine([Policy((ALWAYS,)), NOTHING]).windows == ()


def test_a_callback_is_spared_by_the_law_that_says_so_only():
    """Federal law exempts the calls he asks for, the state's law does not."""
    nation = Policy((ALWAYS,), (Limit("conversation", 1, "week", rolling=True),), True)
    state = Policy((ALWAYS,), (Limit("attempt", 2, "week", rolling=True),))
    both = combine([nation, state])
    spoken = [Contact(NOON - timedelta(days=1), "call", True, True)]
    answer = check(both, ["UTC"], "call", NOON, spoken, callback=NOON)
    assert (answer.allowed, answer.reason) == (True, "callback")
    spoken.append(Contact(NOON - timedelta(days=2), "call"))
    answer = check(both, ["UTC"], "call", NOON, spoken, callback=NOON)
    assert (answer.allowed, answer.limit.maximum) == (False, 2)


def test_robots_talk_half_an_hour_a_day():
    robots = frozenset({"robot_call", "voice_message"})
    thirty = Limit("minute", 30, "day", channels=robots)
    policy = Policy((ALWAYS,), (thirty,))
    talked = [Contact(NOON - timedelta(hours=1), "robot_call", minutes=29)]
    assert check(policy, ["UTC"], "voice_message", NOON, talked).allowed
    talked.append(Contact(NOON - timedelta(minutes=5), "voice_message"))
    answer = check(policy, ["UTC"], "robot_call", NOON, talked)
    assert (answer.limit, answer.next_at) == (thirty, datetime(2026, 2, 3))
    assert check(policy, ["UTC"], "call", NOON, talked).allowed


def test_a_weekend_may_be_friday_and_saturday():
    """The Gulf's old week: Sunday is a working day like others."""
    workdays = frozenset({6, 0, 1, 2, 3})
    policy = Policy((Window(workdays, 540, 1080),))
    thursday_night = datetime(2026, 2, 5, 20)
    answer = check(policy, ["Asia/Riyadh"], "call", thursday_night)
    assert answer.next_at == datetime(2026, 2, 8, 6)


# --- one after the other ---


def dated(rnd, around, number):
    """Laws with random days about an instant."""
    days = range(-6, 7)
    found = []
    for id_ in range(number):
        first = around + timedelta(days=rnd.choice(days))
        last = first + timedelta(days=rnd.choice((0, 1, 2, 5)))
        law = Law(id_, random_policy(rnd), first=first, last=last)
        open_ = rnd.choice(({}, {"first": None}, {"last": None}))
        found.append(replace(law, **open_))
    return found


@often
@given(debtors(), seeds)
def test_each_instant_is_under_the_law_of_its_local_day(debtor, seed):
    rnd = Random(seed)
    laws = dated(rnd, debtor["at"].date(), rnd.randint(1, 3))
    default = Law(9, random_policy(rnd))
    choice = Choice(None, tuple(laws), default, always=rnd.random() < 0.5)
    policy = choice.policy()

    def allowed(at):
        days = {local(zone, at).date() for zone in debtor["zones"]}
        valid = [law.policy for day in days for law in choice.on(day)]
        return all(lawful(**debtor | {"policy": one, "at": at}) for one in valid)

    days = 8
    at, last = debtor["at"], debtor["at"] + timedelta(days=days)
    answer = check(**debtor | {"policy": policy}, horizon_days=days)
    assert answer.allowed == allowed(at)
    while at <= last and not allowed(at):
        at += GRID
    assert answer.next_at == (at if at <= last else None)
    while at <= last and allowed(at):
        at += GRID
    if answer.next_at and at <= last:
        assert answer.until == at


@often
@given(debtors(step=1), seeds)
def test_no_plan_made_before_a_change_breaks_the_law_behind_it(debtor, seed):
    rnd = Random(seed)
    at, zones = debtor["at"], debtor["zones"]
    choice = Choice(fitting=tuple(dated(rnd, at.date(), 2)), default=Law(9, NOTHING))
    asked = {key: debtor[key] for key in ("history", "holidays", "callback", "case")}
    steps = [Step(1, 20, attempts=rnd.choice((1, 4)))]
    found = plan(steps, at.date(), at, choice.policy(), zones, **asked)
    if not found.at:
        return
    for instant in (found.at, found.until - MICROSECOND):
        for day in {local(zone, instant).date() for zone in zones}:
            valid = combine(law.policy for law in choice.on(day))
            assert lawful(valid, zones, "call", instant, **asked)


def test_a_stricter_law_of_next_month_is_planned_with_today():
    today = Law(1, Policy((Window(WEEK, 480, 1260),)), last=date(2026, 8, 31))
    then = Law(2, Policy((Window(WEEK, 600, 1080),)), first=SEPTEMBER)
    policy = Choice(fitting=(today, then)).policy()
    evening = datetime(2026, 8, 31, 21)
    assert check(policy, ["UTC"], "call", evening).next_at == datetime(2026, 9, 1, 10)
    day_before = evening - timedelta(days=1)
    assert check(policy, ["UTC"], "call", day_before).next_at == datetime(
        2026, 8, 31, 8
    )


def test_a_stretch_goes_on_over_a_change_that_changes_nothing():
    one = Law(1, Policy((ALWAYS,)), last=date(2026, 8, 31))
    other = Law(2, Policy((ALWAYS,), (Limit("attempt", 9, "day"),)), first=SEPTEMBER)
    policy = Choice(fitting=(one, other)).policy()
    at = datetime(2026, 8, 31, 12)
    answer = check(policy, ["UTC"], "call", at, horizon_days=5)
    assert answer.until == at + timedelta(days=5)


# --- the choice ---


@pytest.mark.parametrize(
    ("debtor", "fits"),
    [
        (Debtor(USA, NEW_YORK, "10001"), True),
        (Debtor(USA, NEW_YORK, "14201"), False),
        (Debtor(USA, NEW_YORK), True),
        (Debtor(USA), True),
        (Debtor(USA, TEXAS), False),
        (Debtor(USA, zip="73301"), False),
        (Debtor(USA, NEW_YORK, "10001", person=False, consumer=False), False),
        (Debtor(USA, NEW_YORK, "10001", consumer=False), False),
        (Debtor(RUSSIA, zip="101000"), False),
        (Debtor(None), False),
    ],
)
def test_whom_a_citys_law_is_about(debtor, fits):
    """What is not known about a debtor excludes no law."""
    city = Law(
        1,
        NOTHING,
        countries=frozenset({USA}),
        states=frozenset({NEW_YORK}),
        state_countries=frozenset({USA}),
        zips=("100", "112"),
        persons=True,
        consumers=True,
    )
    assert city.fits(debtor, company=1) == fits
    assert not replace(city, company=2).fits(debtor, company=1)


def test_states_of_one_country_do_not_narrow_another():
    law = Law(
        1,
        NOTHING,
        countries=frozenset({USA, RUSSIA}),
        states=frozenset({NEW_YORK}),
        state_countries=frozenset({USA}),
    )
    assert law.fits(Debtor(RUSSIA, 77), company=1)
    assert not law.fits(Debtor(USA, TEXAS), company=1)


def ids(choice, day=SEPTEMBER):
    return [law.id for law in choice.on(day)]


def test_a_persons_choice_wins_as_long_as_it_is_in_force():
    own = Law(1, NOTHING, last=SEPTEMBER)
    choice = Choice(own, (Law(2, NOTHING),), Law(3, NOTHING), always=True)
    assert ids(choice) == [1]
    assert ids(choice, SEPTEMBER + timedelta(days=1)) == [2, 3]


def test_the_default_is_for_those_without_a_law_or_beside_it():
    laws, default = (Law(1, NOTHING), Law(2, NOTHING)), Law(3, NOTHING)
    assert ids(Choice(None, laws, default)) == [1, 2]
    assert ids(Choice(None, laws, default, always=True)) == [1, 2, 3]
    assert ids(Choice(None, (), default)) == [3]
    assert ids(Choice(None, laws)) == [1, 2]
    assert Choice().policy() is None


def test_what_was_adapted_is_replaced_while_the_copy_is_in_force():
    copy = Law(2, NOTHING, replaces=1, last=SEPTEMBER)
    choice = Choice(None, (Law(1, NOTHING), copy, Law(3, NOTHING)))
    assert ids(choice) == [2, 3]
    assert ids(choice, SEPTEMBER + timedelta(days=1)) == [1, 3]
