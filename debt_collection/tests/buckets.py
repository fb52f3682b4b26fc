"""Days past due and the stage they lead to, said plainly: an oracle for tests."""

from collections.abc import Sequence
from datetime import date
from typing import TypeVar

T = TypeVar("T")


def days_past_due(oldest_due: date | None, today: date) -> int:
    """Count the days since the oldest due date, 0 when nothing is overdue.

    >>> days_past_due(date(2026, 2, 28), date(2026, 3, 1))
    1
    """
    return max(0, (today - oldest_due).days) if oldest_due else 0


def stage_for(days: int, thresholds: Sequence[tuple[int, T]]) -> T | None:
    """Return the stage with the highest threshold reached, None below the lowest.

    The order of the thresholds does not matter.

    >>> stage_for(91, [(0, "current"), (1, "overdue"), (91, "collectible")])
    'collectible'
    """
    reached = [(start, -i) for i, (start, _) in enumerate(thresholds) if start <= days]
    return thresholds[-max(reached)[1]][1] if reached else None
