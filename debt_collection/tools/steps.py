"""What a retry ladder wants on a day, and in which part of the day first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

PARTS = {"morning": (0, 660), "midday": (660, 960), "evening": (960, 1440)}
"""Parts of the local day in minutes, half-open; together they are the whole day."""


PART_OF_HOUR = tuple(
    next(part for part, (start, end) in PARTS.items() if start <= 60 * hour < end)
    for hour in range(24)
)


@dataclass(frozen=True, slots=True)
class Step:
    """What the ladder wants from its day ``first_day`` to ``last_day``, inclusive.

    Day 1 is the day the ladder started.  ``attempts`` are made per ``every_days`` days,
    at least ``gap`` minutes apart.  ``parts`` of the day are taken in turn; where none
    of them is lawful or left, any other part serves.  ``key`` is the caller's.

    By another channel than ``call`` one message is sent per ``every_days`` days: at
    once, or where ``after_unanswered`` is not 0, after a day that ends with so many
    attempts in vain since the last conversation.  ``group``: the caller's, of the cases
    for which alone the step is.
    """

    first_day: int
    last_day: int
    channel: str = "call"
    attempts: int = 1
    every_days: int = 1
    gap: int = 120
    parts: tuple[str, ...] = ("morning", "midday", "evening")
    key: int | None = None
    after_unanswered: int = 0
    group: int | None = None

    def span(self, day: int) -> tuple[int, int]:
        """Return the first and last ladder day over which a day's attempts count.

        >>> Step(22, 30, attempts=2, every_days=7).span(30)
        (29, 30)
        """
        first = day - (day - self.first_day) % self.every_days
        return first, min(first + self.every_days - 1, self.last_day)

    def left(self, day: int, made: int, made_today: int) -> int:
        """Return how many attempts are still wanted on a ladder day.

        ``made`` are the attempts of the span, today's included.  They are laid evenly
        over the span; what was missed is made up on its last day.

        >>> twice_a_week = Step(1, 7, attempts=2, every_days=7)
        >>> [twice_a_week.left(day, 1, 0) for day in range(1, 8)]
        [0, 0, 0, 1, 1, 1, 1]
        """
        first, last = self.span(day)
        if day == last:
            return self.attempts - made
        due = -(-self.attempts * (day - first + 1) // self.every_days)
        a_day = -(-self.attempts // self.every_days)
        return min(due - made, a_day - made_today)


class Slot(NamedTuple):
    """A lawful stretch in one part of a day, ``used``: attempts made there already."""

    start: datetime
    until: datetime
    part: str
    used: int = 0


def step_on(steps: Sequence[Step], day: int) -> tuple[Step, ...]:
    """Return the steps that hold on a ladder day.

    >>> [step.attempts for step in step_on([Step(1, 7, attempts=3), Step(8, 14)], 8)]
    [1]
    """
    return tuple(step for step in steps if step.first_day <= day <= step.last_day)


def weigh(hours: Mapping[int, float]) -> dict[str, float]:
    """Weigh the parts of the day by their best hour.

    >>> weigh({9: 0.1, 13: 0.2, 18: 0.4, 19: 0.3})
    {'morning': 0.1, 'midday': 0.2, 'evening': 0.4}
    """
    found: dict[str, float] = dict.fromkeys(PARTS, 0) if hours else {}
    for hour, weight in hours.items():
        part = PART_OF_HOUR[hour]
        if weight > found[part]:
            found[part] = weight
    return found


def choose(
    step: Step, slots: Sequence[Slot], left: int, weights: Mapping[str, float]
) -> Slot | None:
    """Choose today's next slot.

    The step's own parts come before others, parts not used today before used ones.  Of
    those, as many as attempts are ``left`` are wanted, the likeliest to be answered
    first; the earliest of them is next.

    >>> nine, six = datetime(2026, 2, 2, 9), datetime(2026, 2, 2, 18)
    >>> slots = [Slot(nine, nine, "morning"), Slot(six, six, "evening")]
    >>> liked = {"morning": 0.1, "evening": 0.4}
    >>> [choose(Step(1, 7), slots, left, liked).part for left in (1, 2)]
    ['evening', 'morning']
    """

    def rank(slot: Slot) -> tuple[bool, int]:
        own = slot.part in step.parts
        return not own, slot.used

    def liking(slot: Slot) -> tuple[float, int]:
        order = step.parts.index(slot.part) if slot.part in step.parts else 0
        return -weights.get(slot.part, 0), order

    if len(slots) < 2:
        return slots[0] if slots and left > 0 else None
    best = min(map(rank, slots), default=None)
    equal = sorted((slot for slot in slots if rank(slot) == best), key=liking)
    return min(equal[:left], default=None)
