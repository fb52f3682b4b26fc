"""The order of the queue: chances, what is learned of them, and what a call adds."""

import math
import random
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from ..tools.queue_score import (
    NAMES,
    NONE_AT,
    SHIPPED,
    TALK_AT,
    Learned,
    Sight,
    features,
    fit,
    gain,
    learn,
    place,
    points,
    reach,
    shipped,
    worth,
)
from ..tools.queue_simulation import (
    ByAgeAndAmount,
    ByGain,
    Called,
    compare,
    mixed,
    simulate,
)

COUNTS = st.tuples(st.integers(0, 30), st.integers(0, 30)).map(sorted)
HOURS = st.dictionaries(
    st.integers(0, 23), COUNTS.map(lambda two: (two[1], two[0])), max_size=5
)


@st.composite
def sights(draw):
    (on_time, paid), (kept, made), (answered, attempts) = (
        draw(COUNTS) for _n in range(3)
    )
    return Sight(
        draw(st.floats(0, 1e6)),
        draw(st.integers(0, 3000)),
        paid=paid,
        paid_on_time=on_time,
        made=made,
        kept=kept,
        attempts=attempts,
        answered=answered,
        usual=draw(st.floats(0, 1e6)),
        part_paid=draw(st.booleans()),
        hours=draw(HOURS),
    )


@given(sights(), st.integers(0, 23))
def test_features_and_chances_are_between_0_and_1(seen, hour):
    assert all(0 <= one <= 1 for one in features(seen))
    assert 0 <= points(seen) <= sum(SHIPPED.values()) == 100
    assert 0 < reach(seen, hour, Learned()) < 1
    found = gain(seen, hour, Learned())
    assert 0 <= found.gain <= seen.amount
    assert set(found.parts) == set(NAMES)
    assert math.isclose(found.gain, found.reach * worth(seen, Learned()))


@given(sights(), st.integers(0, 23))
def test_who_owes_more_and_is_alike_is_not_called_later(seen, hour):
    more = replace(seen, amount=seen.amount * 2, usual=seen.usual * 2)
    assert worth(more, Learned()) >= worth(seen, Learned())


@given(sights(), st.integers(0, 23), st.integers(1, 9))
def test_an_answer_at_an_hour_speaks_for_it_and_a_failure_against(seen, hour, more):
    tried, answered = seen.hours.get(hour, (0, 0))
    tried, answered = max(tried, answered), min(tried, answered)
    up = replace(seen, hours={**seen.hours, hour: (tried + more, answered + more)})
    down = replace(seen, hours={**seen.hours, hour: (tried + more, answered)})
    assert reach(up, hour, Learned()) > reach(down, hour, Learned())


@given(sights(), st.integers(0, 23), st.sets(st.integers(0, 23)))
def test_whoever_is_easier_to_reach_later_today_stands_further_down(seen, hour, later):
    found = gain(seen, hour, Learned(), later)
    assert found == gain(seen, hour, Learned())._replace(
        place=found.place, better=found.better
    )
    if found.better is None:
        assert found.place == found.rate
    else:
        assert found.better in later
        assert reach(seen, found.better, Learned()) > found.reach
        assert found.place < found.rate


#: Nine hours of 2,000 dials each, of which 7 % are answered.
SELDOM = {hour: (2000, 140) for hour in range(9, 18)}
EVENING = range(11, 21)


def test_nobody_waits_for_an_hour_at_which_nobody_works():
    learned = learn([], [], SELDOM)
    assert math.isclose(reach(Sight(100, 20), 18, learned), 0.07, abs_tol=0.001)
    for evening in ({}, {18: (30, 25)}):
        learned = learn([], [], {**SELDOM, **evening})
        found = [
            gain(Sight(amount, 20, usual=amount), 10, learned, EVENING)
            for amount in (100, 10000)
        ]
        assert [one.better for one in found] == [None, None]
        assert 0 < found[0].place < found[1].place


def test_of_two_who_had_better_wait_the_larger_debt_comes_first():
    learned = learn([], [], {**SELDOM, 18: (2000, 600)})
    small, large = (
        gain(Sight(amount, 20, usual=amount), 10, learned, EVENING)
        for amount in (100, 10000)
    )
    assert small.better == large.better == 18
    assert 0 < small.place < large.place < large.rate


@given(st.floats(0, 1e6), st.lists(st.floats(0, 1e6)), st.floats(1, 100))
def test_a_place_is_never_negative_and_grows_with_the_debt(now, later, times):
    before = place(now, later)
    after = place(now * times, [one * times for one in later])
    assert 0 <= before <= now
    assert math.isclose(after, before * times, rel_tol=1e-6, abs_tol=1e-6)


def test_who_owes_most_is_called_when_he_is_there():
    """At ten the one, at eighteen the other, though the other owes more."""
    here = Sight(900, 20, hours={10: (9, 8), 18: (9, 0)})
    later = Sight(1000, 20, hours={10: (9, 0), 18: (9, 8)})
    queue = ByGain(random.Random(2), [10, 18])
    queue.morning({1: here, 2: later}, Learned())
    assert queue.order({1: here, 2: later}, 10) == [1, 2]
    assert queue.order({1: here, 2: later}, 18) == [2, 1]


def test_how_long_calls_take_is_drawn_towards_what_is_assumed():
    talking, failing = learn([], [], {}, ((2000, 200), (0, 0))).minutes
    assert math.isclose(talking, 2080 / 220)
    assert failing == Learned().minutes[1]


def rows_of(truth, count, luck):
    """Rows that were drawn from true weights, of random debtors."""
    rows = []
    for _n in range(count):
        values = [luck.random() for _name in NAMES]
        rows.append((values, luck.random() < truth.chance(values)))
    return rows


def test_nothing_learned_is_what_was_shipped():
    assert fit([], shipped(TALK_AT)) == shipped(TALK_AT)
    assert learn([], [], {}).none == shipped(NONE_AT)


def test_few_rows_change_little_and_many_find_the_truth():
    luck = random.Random(3)
    start = shipped(TALK_AT)
    truth = start._replace(by_name=(-2.0, 1.0, 3.0, 0.0, 0.0, 1.0, 0.0, 2.0))
    far = [abs(a - b) for a, b in zip(start.by_name, truth.by_name, strict=True)]
    few = fit(rows_of(truth, 10, luck), start)
    many = fit(rows_of(truth, 3000, luck), start)
    moved = [abs(a - b) for a, b in zip(few.by_name, start.by_name, strict=True)]
    assert max(moved) < 1
    left = [abs(a - b) for a, b in zip(many.by_name, truth.by_name, strict=True)]
    assert sum(left) < sum(far) / 2


@given(st.integers(0, 1000))
def test_the_fit_is_a_maximum(seed):
    """The slope is zero where Newton's method ends."""
    luck = random.Random(seed)
    start = shipped(TALK_AT)
    rows = rows_of(start, 40, luck)
    found = fit(rows, start)
    slope = start.base - found.base
    slope += sum(paid - found.chance(values) for values, paid in rows)
    assert abs(slope) < 1e-3


def test_a_day_on_which_everybody_pays_is_no_error():
    rows = [([1.0] * len(NAMES), True)] * 500
    found = fit(rows, shipped(TALK_AT))
    assert found.chance([1.0] * len(NAMES)) > 0.9


@given(st.lists(st.integers(), unique=True, max_size=30), st.integers(0, 99))
def test_nobody_is_lost_by_mixing(ids, seed):
    luck = random.Random(seed)
    places = [n for n in range(len(ids)) if luck.random() < 0.3]
    found = mixed(ids, places, luck)
    assert sorted(found) == sorted(ids)
    moved = {ids[place] for place in places}
    rest = [one for one in found if one not in moved]
    assert rest == [one for one in ids if one not in moved]


class Small:
    """Twenty debtors, of whom those with kept promises pay after a talk."""

    days, hours, operators = 20, (9, 10), 1

    def __init__(self, seed):
        self.luck = random.Random(seed)
        self.calls = []
        self.seen = {
            one: Sight(
                100 * (one + 1), 100 if one % 2 else 20, made=4, kept=4 * (one % 2)
            )
            for one in range(20)
        }
        self.due = {}

    def owing(self, day):
        return dict(self.seen)

    def call(self, debtor, day, hour):
        self.calls.append((debtor, day))
        talked = self.luck.random() < 0.4
        if talked and self.seen[debtor].kept:
            self.due[debtor] = day + 1
        return Called(talked, talked, talked, 10.0 if talked else 5.0)

    def paid(self, day):
        return {
            one: self.seen.pop(one).amount
            for one in list(self.seen)
            if self.due.get(one) == day
        }


def test_the_simulation_keeps_the_law_and_counts_what_came():
    for kind in (ByAgeAndAmount, ByGain):
        world = Small(5)
        owed = sum(one.amount for one in world.seen.values())
        result = simulate(world, kind, 5)
        left = sum(one.amount for one in world.seen.values())
        assert math.isclose(result.collected, owed - left)
        assert result.calls == len(world.calls) == len(set(world.calls)), "once a day"
        assert result.hours == world.days * len(world.hours)
        again = simulate(Small(5), kind, 5)
        assert again == result, "the same seed, the same result"


def test_intervals_cover_what_they_say():
    """The mean factor is in the interval of 95 % in about so many of 400 runs."""
    luck = random.Random(11)
    covered = 0
    for _run in range(400):
        pairs = [(100, 100 * math.exp(luck.gauss(0.2, 0.3))) for _n in range(12)]
        found = compare(pairs)
        covered += found.low <= math.exp(0.2) <= found.high
    assert 0.92 <= covered / 400 <= 0.98
