"""How much of every limit is used up at an instant: what is kept of a decision.

The gate only asks whether a limit refuses; here is counted how many contacts count, and
since when.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import NamedTuple

from .clock import instant, local, period_start
from .limits import rolling_span
from .policy import Limit, Policy, combine
from .question import Question


class Reading(NamedTuple):
    """One limit as it stands at an instant.

    ``used`` of ``limit.maximum``: contacts (or minutes) that count, where most of them
    do.  ``since``: naive UTC, where the span begins that is counted.  ``zone``: whose
    calendar it is, None for a rolling limit.
    """

    limit: Limit
    used: int
    since: datetime
    zone: str | None = None

    @property
    def reached(self) -> bool:
        """Tell whether the limit refuses one more contact."""
        return self.used >= self.limit.maximum


def readings(limits: Iterable[Limit], asked: Question, at: datetime) -> list[Reading]:
    """Read those of the limits that restrain a channel, in their order.

    ``at`` is naive UTC; the history is without the contact that is asked for.

    >>> from .clock import DAY
    >>> from .history import History
    >>> from .policy import Contact
    >>> weekly = Limit("attempt", 3, "week", rolling=True)
    >>> noon = datetime(2026, 3, 10, 12)
    >>> made = [Contact(noon - day * DAY, "call") for day in (1, 2, 9)]
    >>> asked = Question(Policy(()), ("UTC",), history=History.of(made))
    >>> [reading] = readings([weekly], asked, noon)
    >>> reading.used, str(reading.since), reading.reached
    (2, '2026-03-03 12:00:00', False)
    """
    return [
        max(_by_zone(limit, asked, at), key=lambda reading: reading.used)
        for limit in limits
        if limit.restrains(asked.channel, asked.target.place)
    ]


def in_force(policy: Policy, zones: Sequence[str], at: datetime) -> Policy:
    """Return what holds at an instant: the policies of the day in all zones together.

    >>> limit = Limit("attempt", 1, "day")
    >>> law = Policy((), then=(date(2026, 9, 1), Policy((), (limit,))))
    >>> in_force(law, ["Europe/Berlin"], datetime(2026, 8, 31, 21, 59)).limits
    ()
    >>> in_force(law, ["Europe/Berlin"], datetime(2026, 8, 31, 22)).limits == (limit,)
    True
    """
    return combine(_of_day(policy, local(name, at).date()) for name in zones)


def _of_day(policy: Policy, day: date) -> Policy:
    while policy.then and policy.then[0] <= day:
        policy = policy.then[1]
    return replace(policy, then=None)


def _by_zone(limit: Limit, asked: Question, at: datetime) -> Iterable[Reading]:
    """Yield what counts by the calendar of each zone, once for a rolling limit."""
    counted = limit.counted(asked.history, asked.case)
    if limit.rolling:
        span = rolling_span(limit)
        used = sum(at - span < contact.at <= at + span for contact in counted)
        yield Reading(limit, used, at - span)
        return
    for name in asked.zones:
        day = local(name, at).date()
        start = instant(name, period_start(day, limit.period, 1 - limit.length))
        end = instant(name, period_start(day, limit.period, limit.length))
        used = sum(start <= contact.at < end for contact in counted)
        yield Reading(limit, used, start, name)
