"""The planner: when should this debtor be contacted next?

A ladder is a list of steps over the days since it began: so many attempts a day by this
channel, spread over the parts of the day.  The ladder only wishes; the gate of
``contact`` decides.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from .contact import Contact, Policy

PARTS = {"morning": (0, 660), "midday": (660, 960), "evening": (960, 1440)}
"""Parts of the local day in minutes, half-open."""


@dataclass(frozen=True, slots=True)
class Step:
    """What the ladder wants from its day ``first_day`` to ``last_day``, inclusive.

    Day 1 is the day the ladder started.  ``attempts`` are made per ``every_days`` days,
    at least ``gap`` minutes apart, over ``parts`` of the day.  ``key`` is the caller's.
    """

    first_day: int
    last_day: int
    channel: str = "call"
    attempts: int = 1
    every_days: int = 1
    gap: int = 120
    parts: tuple[str, ...] = ("morning", "midday", "evening")
    key: int | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """The next contact.

    ``at``: naive UTC or None; ``until``: end of the lawful stretch and of that part of
    the day.  ``reason``: callback, ladder, ladder_end, no_steps, no_zone, no_hours,
    never.  ``blocked``: the gate's reason why not now, when now is not possible.
    """

    at: datetime | None
    until: datetime | None
    reason: str
    step: Step | None = None
    blocked: str | None = None


def plan(
    steps: Sequence[Step],
    started_on: date,
    now: datetime,
    policy: Policy,
    zones: Sequence[str],
    history: Sequence[Contact] = (),
    *,
    holidays: Collection[date] = frozenset(),
    callback: datetime | None = None,
    not_before: datetime | None = None,
    preferred_hours: Mapping[int, float] | None = None,
    case: int | None = None,
    channels: Collection[str] | None = None,
) -> Plan:
    """Find the earliest contact that is due, lawful and well spread."""
    raise NotImplementedError


def step_on(steps: Sequence[Step], day: int) -> tuple[Step, ...]:
    """Return the steps that hold on a ladder day.

    >>> [step.attempts for step in step_on([Step(1, 7, attempts=3), Step(8, 14)], 8)]
    [1]
    """
    return tuple(step for step in steps if step.first_day <= day <= step.last_day)
