"""What the ladders of many cases ask for in the coming days, under one rule or another.

Each case is played through by the planner itself, from one call to the next, as if
nobody answered and nobody paid: the most work that there can be.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import zip_longest
from typing import NamedTuple

from .clock import DAY, instant, local
from .contact import Contact, Policy
from .ladder import Plan, plan
from .policy import ANYWHERE, Target
from .steps import Step

A_CALL = timedelta(minutes=1)
"""After a call the planner is asked again."""
STUCK = frozenset({"never", "no_hours", "no_zone", "no_policy", "no_consent"})
"""Reasons of the planner for which there is no lawful instant at all."""


@dataclass(frozen=True, slots=True)
class Course:
    """All that the planner must know of one case; see ``ladder.plan``.

    ``policy`` None: no law was found, and nothing is lawful.
    """

    steps: tuple[Step, ...]
    started_on: date
    policy: Policy | None
    zones: tuple[str, ...]
    history: Sequence[Contact] = ()
    holidays: Collection[date] = frozenset()
    callback: datetime | None = None
    not_before: datetime | None = None
    preferred_hours: Mapping[int, float] | None = None
    case: int | None = None
    target: Target = ANYWHERE

    def next(self, now: datetime, history: Sequence[Contact], callback) -> Plan:
        if self.policy is None:
            return Plan(None, None, "no_policy")
        return plan(
            self.steps,
            self.started_on,
            now,
            self.policy,
            self.zones,
            history,
            holidays=self.holidays,
            callback=callback,
            not_before=self.not_before,
            preferred_hours=self.preferred_hours,
            case=self.case,
            channels={"call"},
            target=self.target,
        )


class Calls(NamedTuple):
    """When a case is called, in naive UTC, and whether nothing is lawful for it."""

    times: tuple[datetime, ...]
    stuck: bool


class Moves(NamedTuple):
    """What became of the calls of some cases when a rule was changed."""

    kept: int = 0
    other_hour: int = 0
    other_day: int = 0
    gone: int = 0
    added: int = 0

    def __add__(self, other):
        return Moves(*(a + b for a, b in zip(self, other, strict=True)))

    @property
    def moved(self) -> int:
        return self.other_hour + self.other_day


def play(course: Course, now: datetime, until: datetime) -> Calls:
    """Call again and again, always in vain, until a day in the future.

    >>> from .contact import Limit, Window
    >>> weekdays = Window(frozenset(range(5)), 8 * 60, 22 * 60)
    >>> once = Policy((weekdays,), (Limit("attempt", 1, "day"),))
    >>> friday = datetime(2026, 1, 30, 6)  # 09:00 in Moscow
    >>> twice = Step(1, 4, attempts=2)
    >>> course = Course((twice,), friday.date(), once, ("Europe/Moscow",))
    >>> for at in play(course, friday, friday + 30 * DAY).times:
    ...     print(at)
    2026-01-30 06:00:00
    2026-02-02 05:00:00
    """
    times, history = [], list(course.history)
    callback, planned = course.callback, None
    while now < until:
        planned = course.next(now, history, callback)
        if planned.at is None or planned.at >= until:
            break
        times.append(planned.at)
        history.append(Contact(planned.at, "call", case=course.case))
        callback, now = None, planned.at + A_CALL
    stuck = bool(planned) and not times and planned.reason in STUCK
    return Calls(tuple(times), stuck)


def compare(before: Sequence[datetime], after: Sequence[datetime], home: str) -> Moves:
    """Tell what became of the calls of one case; days are those of the zone ``home``.

    A call at the very same instant is kept.  The others are paired in their order: each
    has moved, or has no partner.

    >>> nine, two = datetime(2026, 2, 2, 9), datetime(2026, 2, 2, 14)
    >>> compare([nine, two], [nine], "UTC")
    Moves(kept=1, other_hour=0, other_day=0, gone=1, added=0)
    >>> compare([nine], [two, nine + DAY], "UTC")
    Moves(kept=0, other_hour=1, other_day=0, gone=0, added=1)
    """
    kept = Counter(before) & Counter(after)
    pairs = zip_longest(_without(before, kept), _without(after, kept))
    kinds = Counter(_kind(*pair, home) for pair in pairs)
    return Moves(**kinds)._replace(kept=kept.total())


def by_day(times: Iterable[datetime], home: str, today: date, days: int) -> list[int]:
    """Count instants by the local day of a zone, from ``today`` on.

    >>> night = datetime(2026, 2, 2, 23)
    >>> by_day([night, night - 2 * DAY], "Europe/Brussels", date(2026, 2, 2), 3)
    [0, 1, 0]
    """
    counts = Counter(local(home, at).date() for at in times)
    return [counts[today + number * DAY] for number in range(days)]


def day_after(home: str, today: date, days: int) -> datetime:
    """Return the first instant behind so many local days."""
    return instant(home, today + days * DAY)


def _without(times: Sequence[datetime], kept: Counter) -> list[datetime]:
    return sorted((Counter(times) - kept).elements())


def _kind(old: datetime | None, new: datetime | None, home: str) -> str:
    if new is None:
        return "gone"
    if old is None:
        return "added"
    same = local(home, old).date() == local(home, new).date()
    return "other_hour" if same else "other_day"
