"""How often: is a limit used up at an instant, and until when?

A contact counts against an instant when it is less than the span of the limit away,
before or after: contacts already planned, or dated ahead by a clock that is wrong,
count as well, so that no order of events ever exceeds the maximum.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

from .clock import instant, local, period_start
from .history import History, Kind
from .policy import Limit

SPANS = {
    "day": timedelta(days=1),
    "week": timedelta(days=7),
    "month": timedelta(days=30),
}
"""How long a rolling period lasts."""


class Counter:
    """One limit over the candidate zones.

    ``times`` are the instants of the contacts that it counts, in their order.
    ``spared``: a call at the time the debtor asked for is not restrained by it.
    """

    __slots__ = ("_maximum", "_times", "_zones", "limit", "spared")

    def __init__(
        self,
        limit: Limit,
        zones: tuple[str, ...],
        times: Sequence[datetime],
        spared: bool = False,
    ):
        self.limit = limit
        self.spared = spared
        self._maximum = limit.maximum
        self._zones = zones
        self._times = times

    def release(self, at: datetime) -> tuple[datetime, str | None] | None:
        """Return the next instant at which things may be better, and the zone.

        None when the limit is not used up at ``at``.
        """
        if len(self._times) < self._maximum:
            return None
        if self._maximum <= 0:
            return datetime.max, None
        return self._rolling(at) if self.limit.rolling else self._calendar(at)

    def tightenings(self, at: datetime) -> Iterator[datetime]:
        """Yield when contacts planned after ``at`` begin to count."""
        ahead = self._times[bisect_right(self._times, at) :]
        if self.limit.rolling:
            span = rolling_span(self.limit)
            yield from (planned - span for planned in ahead)
            return
        period, back = self.limit.period, 1 - self.limit.length
        for planned in ahead:
            for name in self._zones:
                day = local(name, planned).date()
                yield instant(name, period_start(day, period, back))

    def looks_ahead(self, at: datetime) -> bool:
        """Tell whether contacts are planned after ``at``."""
        return bool(self._times) and self._times[-1] > at

    def _rolling(self, at: datetime) -> tuple[datetime, None] | None:
        span, times = rolling_span(self.limit), self._times
        first = bisect_right(times, at - span)
        excess = bisect_right(times, at + span) - first - self._maximum
        return (times[first + excess] + span, None) if excess >= 0 else None

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
        return counted >= self._maximum


class Tally:
    """Which contacts these limits count, worked out once for each kind of contact.

    Limits that count the same share their times.  ``spares``: a call at the time the
    debtor asked for is not restrained by any of them.
    """

    def __init__(self, limits: Sequence[Limit], case: int | None, spares: bool = False):
        self._case = case
        ways: dict[tuple[object, ...], int] = {}
        self._limits = []
        for limit in limits:
            way = limit.count, limit.channels, limit.scope, limit.place
            number = ways.setdefault(way, len(ways))
            spared = spares or limit.spares_callback
            self._limits.append((limit, number, limit.maximum, spared))
        self._first = [(number, limit) for limit, number, *_ in self._limits]
        self._first = list(dict(self._first).items())
        self._weights: dict[Kind, tuple[tuple[int, int], ...]] = {}

    def counters(
        self, zones: tuple[str, ...], history: History, every: bool = False
    ) -> list[Counter]:
        """Return a counter for each limit that the history may use up.

        The history is read once for all of them.  ``every``: for each limit.
        """
        times: list[list[datetime]] = [[] for _way in self._first]
        weights = self._weights
        for kind, made in history.groups:
            if kind not in weights:
                weights[kind] = self._weigh(kind)
            for way, weight in weights[kind]:
                times[way] += made if weight == 1 else made * weight
        for counted in times:
            if len(counted) > 1:
                counted.sort()
        return [
            Counter(limit, zones, times[way], spared)
            for limit, way, maximum, spared in self._limits
            if every or len(times[way]) >= maximum
        ]

    def _weigh(self, kind: Kind) -> tuple[tuple[int, int], ...]:
        """Return the ways of counting that count a kind, and how much each."""
        found = ((way, limit.weight(kind, self._case)) for way, limit in self._first)
        return tuple((way, weight) for way, weight in found if weight)


def rolling_span(limit: Limit) -> timedelta:
    """Return the span of a rolling limit."""
    return limit.length * SPANS[limit.period]


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
def _periods_at(
    zones: tuple[str, ...], period: str, length: int, at: datetime
) -> _Periods:
    found = {}
    for name in reversed(zones):
        day = local(name, at).date()
        start, over, end = (
            instant(name, period_start(day, period, shift))
            for shift in (1 - length, 1, length)
        )
        found[start, over, end] = name
    starts, overs, ends = zip(*found, strict=True)
    return _Periods(min(starts), min(overs), max(ends), found)
