"""A team's day: hours at the telephone, and what falls short."""

import random
from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from ..tools.targets import ENOUGH, PAUSE, Measure, hours_at_telephone

MORNING = datetime(2026, 3, 10, 8)
SPAN = st.tuples(st.integers(0, 600), st.integers(0, 60)).map(
    lambda one: (
        MORNING + timedelta(minutes=one[0]),
        MORNING + timedelta(minutes=sum(one)),
    )
)


def minute_by_minute(calls):
    """The same hours, told otherwise: each minute is work or it is not."""
    worked = set()
    for start, end in calls:
        first = (start - MORNING) // timedelta(minutes=1)
        worked |= set(range(first, first + (end - start) // timedelta(minutes=1)))
    ends = sorted({end for _start, end in calls})
    for end in ends:
        later = [start for start, _end in calls if start > end]
        if any(start <= end < other for start, other in calls):
            continue
        if later and min(later) - end <= PAUSE:
            first = (end - MORNING) // timedelta(minutes=1)
            last = (min(later) - MORNING) // timedelta(minutes=1)
            worked |= set(range(first, last))
    return len(worked) / 60


@given(st.lists(SPAN, max_size=12))
def test_hours_as_counted_by_the_minute(calls):
    assert abs(hours_at_telephone(calls) - minute_by_minute(calls)) < 1e-9


@given(st.lists(SPAN, max_size=12), st.randoms(use_true_random=False))
def test_the_order_of_calls_does_not_matter(calls, luck: random.Random):
    shuffled = calls * 2
    luck.shuffle(shuffled)
    assert hours_at_telephone(shuffled) == hours_at_telephone(calls)


@given(
    st.sampled_from(sorted(ENOUGH)),
    st.integers(0, 100),
    st.integers(0, 100),
    st.floats(0, 1),
)
def test_only_what_is_enough_and_below_falls_short(name, count, among, target):
    measure = Measure(name, min(count, among), among)
    if measure.falls_short(target):
        assert measure.rate < target
        assert measure.among >= ENOUGH[name]
    else:
        assert target == 0 or among < ENOUGH[name] or measure.rate >= target
