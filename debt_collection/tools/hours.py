"""The hours at which all candidate zones agree that a channel may be used."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache, reduce
from typing import TypeVar

from .clock import DAY, SECOND, segments
from .policy import HOLIDAY, Window, windows_for

Span = tuple[datetime, datetime]
Offsets = tuple[tuple[datetime, datetime, timedelta], ...]
Moment = TypeVar("Moment", datetime, timedelta)


def union(spans: Iterable[tuple[Moment, Moment]]) -> tuple[tuple[Moment, Moment], ...]:
    """Join the spans that touch or overlap."""
    joined: list[tuple[Moment, Moment]] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return tuple(joined)


def intersection(one: Iterable[Span], other: Iterable[Span]) -> tuple[Span, ...]:
    """Keep what lies in both."""
    pairs = ((max(a, c), min(b, d)) for a, b in one for c, d in other)
    return tuple((start, end) for start, end in pairs if start < end)


class Hours:
    """Lawful hours as UTC spans, worked out once per UTC day.

    Get one from ``hours``, so that all debtors with the same rules share it.
    """

    def __init__(
        self,
        windows: Sequence[Window],
        zones: tuple[str, ...],
        holidays: frozenset[date],
    ):
        self._zones = zones
        self._holidays = holidays
        self._minutes = {
            day: union(
                (timedelta(minutes=window.start), timedelta(minutes=window.end))
                for window in windows
                if day in window.days and window.start < window.end
            )
            for day in range(HOLIDAY + 1)
        }
        whole_day = ((timedelta(), DAY),)
        kinds = range(HOLIDAY + 1 if holidays else HOLIDAY)
        self._always = all(self._minutes[kind] == whole_day for kind in kinds)
        self._days: dict[int, tuple[Span, ...]] = {}
        self._clocks: dict[int, list[tuple[str, Offsets, tuple[Span, ...]]]] = {}

    def stretch(self, at: datetime, last: datetime) -> Span | None:
        """Return the first lawful stretch from ``at`` on that begins by ``last``."""
        if self._always:
            return at, last
        for day in range(at.toordinal(), last.toordinal() + 1):
            for start, end in self._day(day):
                if at < end:
                    start = max(start, at)
                    return (start, self._end(day, end, last)) if start <= last else None
        return None

    def refusal(self, at: datetime) -> tuple[str, str] | None:
        """Return the reason and the first zone in which ``at`` is unlawful."""
        day = at.toordinal()
        if day not in self._clocks:
            self._clocks[day] = list(self._by_zone(day))
        for name, offsets, spans in self._clocks[day]:
            if not any(start <= at < end for start, end in spans):
                ahead = next(ahead for _, end, ahead in offsets if at < end)
                free = (at + ahead).date() in self._holidays
                return ("holiday" if free else "hours"), name
        return None

    def _end(self, day: int, end: datetime, last: datetime) -> datetime:
        """Follow a stretch over midnight UTC as long as it goes on."""
        while end < last and end == datetime.fromordinal(day + 1):
            day += 1
            first = next(iter(self._day(day)), None)
            if not first or first[0] != end:
                break
            end = first[1]
        return end

    def _day(self, day: int) -> tuple[Span, ...]:
        """Return the spans of a UTC day that are lawful in all zones."""
        if day not in self._days:
            spans = (spans for _, _, spans in self._by_zone(day))
            self._days[day] = reduce(intersection, spans)
        return self._days[day]

    def _by_zone(self, day: int) -> Iterator[tuple[str, Offsets, tuple[Span, ...]]]:
        """Yield (zone, offsets, lawful spans) of a UTC day for each distinct clock."""
        start = datetime.fromordinal(day)
        seen = set()
        for name in self._zones:
            offsets = segments(name, start, start + DAY)
            if offsets not in seen:
                seen.add(offsets)
                yield name, offsets, self._spans(offsets)

    def _spans(self, offsets: Offsets) -> tuple[Span, ...]:
        """Return a zone's lawful spans; its wall clock is what counts."""
        found: list[Span] = []
        for start, end, ahead in offsets:
            day = (start + ahead).date()
            while day <= (end - SECOND + ahead).date():
                midnight = datetime(day.year, day.month, day.day) - ahead
                kind = HOLIDAY if day in self._holidays else day.weekday()
                spans = ((midnight + a, midnight + b) for a, b in self._minutes[kind])
                found += intersection(spans, ((start, end),))
                day += DAY
        return union(found)


@lru_cache(maxsize=1024)
def hours(
    windows: tuple[Window, ...],
    channel: str,
    zones: tuple[str, ...],
    holidays: frozenset[date],
) -> Hours | None:
    """Return the lawful hours of a channel, None when the policy gives it none."""
    own = windows_for(windows, channel)
    return Hours(own, zones, holidays) if own else None
