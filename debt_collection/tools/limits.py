"""How often: is a limit used up at an instant, and until when?

A contact counts against an instant when it is less than the span of the limit away,
before or after: contacts already planned, or dated ahead by a clock that is wrong,
count as well, so that no order of events ever exceeds the maximum.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

from .clock import instant, local, period_start
from .policy import Contact, Limit

DAYS = {"day": 1, "week": 7, "month": 30}


class Counter:
    """One limit over the candidate zones.

    ``times`` are the instants of the contacts that it counts, in their order.
    """

    def __init__(self, limit: Limit, zones: tuple[str, ...], times: Sequence[datetime]):
        self.limit = limit
        self._zones = zones
        self._times = times

    def release(self, at: datetime) -> tuple[datetime, str | None] | None:
        """Return the next instant at which things may be better, and the zone.

        None when the limit is not used up at ``at``.
        """
        if len(self._times) < self.limit.maximum:
            return None
        if self.limit.maximum <= 0:
            return datetime.max, None
        return self._rolling(at) if self.limit.rolling else self._calendar(at)

    def tightenings(self, at: datetime) -> Iterator[datetime]:
        """Yield when contacts planned after ``at`` begin to count."""
        ahead = self._times[bisect_right(self._times, at) :]
        if self.limit.rolling:
            yield from (planned - self._span for planned in ahead)
            return
        period, back = self.limit.period, 1 - self.limit.length
        for planned in ahead:
            for name in self._zones:
                day = local(name, planned).date()
                yield instant(name, period_start(day, period, back))

    def looks_ahead(self, at: datetime) -> bool:
        """Tell whether contacts are planned after ``at``."""
        return bool(self._times) and self._times[-1] > at

    @property
    def _span(self) -> timedelta:
        return timedelta(days=self.limit.length * DAYS[self.limit.period])

    def _rolling(self, at: datetime) -> tuple[datetime, None] | None:
        first = bisect_right(self._times, at - self._span)
        excess = bisect_right(self._times, at + self._span) - first - self.limit.maximum
        return (self._times[first + excess] + self._span, None) if excess >= 0 else None

    def _calendar(self, at: datetime) -> tuple[datetime, str] | None:
        periods = _periods(self._zones, self.limit, at)
        if not self._reached(periods.start, periods.end):
            return None
        found = [
            (over, name)
            for (start, over, end), name in periods.by_clock.items()
            if self._reached(start, end)
        ]
        return max(found, default=None)

    def _reached(self, start: datetime, end: datetime) -> bool:
        counted = bisect_left(self._times, end) - bisect_left(self._times, start)
        return counted >= self.limit.maximum


def counters(
    limits: Iterable[Limit],
    zones: tuple[str, ...],
    history: Sequence[Contact],
    case: int | None,
) -> list[Counter]:
    """Return a counter for each limit; the history is read once for all alike."""
    times: dict[tuple, list[datetime]] = {}
    found = []
    for limit in limits:
        counts = limit.count, limit.channels, limit.scope, limit.place
        if counts not in times:
            times[counts] = sorted([c.at for c in limit.counted(history, case)])
        found.append(Counter(limit, zones, times[counts]))
    return found


class _Periods(NamedTuple):
    """The calendar periods that matter at an instant, in all candidate zones.

    ``start`` to ``end`` covers them all; the first that ends is ``over`` then.
    ``by_clock`` has the first counted instant, the end of the period and the last
    counted instant of each zone, zones that agree only once.
    """

    start: datetime
    over: datetime
    end: datetime
    by_clock: dict[tuple[datetime, datetime, datetime], str]


def _periods(zones: tuple[str, ...], limit: Limit, at: datetime) -> _Periods:
    quarter = at.replace(minute=at.minute // 15 * 15, second=0, microsecond=0)
    periods = _periods_at(zones, limit.period, limit.length, quarter)
    if at < periods.over:
        return periods
    return _periods_at(zones, limit.period, limit.length, at)


@lru_cache(maxsize=4096)
def _periods_at(zones, period: str, length: int, at: datetime) -> _Periods:
    found = {}
    for name in reversed(zones):
        day = local(name, at).date()
        shifts = (1 - length, 1, length)
        times = (instant(name, period_start(day, period, shift)) for shift in shifts)
        found[tuple(times)] = name
    starts, overs, ends = zip(*found, strict=True)
    return _Periods(min(starts), min(overs), max(ends), found)
