"""Whether a team's day came up to what was aimed at.

Chance is not to raise an alarm: a rate of few is no rate, see `ENOUGH`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

#: A longer pause between two calls of an operator is no work at the telephone.
PAUSE = timedelta(minutes=30)
#: What each rate is counted among, at least, before it is judged.
ENOUGH = {"answered": 20, "kept": 10, "calls_hour": 1.0}
"""Attempts; promises fallen due; hours at the telephone."""


@dataclass(frozen=True, slots=True)
class Measure:
    """What was reached: ``count`` of ``among``.

    ``answered``: calls answered of attempts. ``kept``: promises kept of those fallen
    due. ``calls_hour``: attempts of hours at the telephone.
    """

    name: str
    count: float
    among: float

    @property
    def rate(self) -> float:
        """What was reached, 0 where there was nothing.

        >>> Measure("answered", 5, 20).rate
        0.25
        """
        return self.count / self.among if self.among else 0.0

    def falls_short(self, target: float) -> bool:
        """Return whether it is below a target that is set, and of enough to tell.

        >>> Measure("answered", 4, 20).falls_short(0.25)
        True
        >>> Measure("answered", 1, 19).falls_short(0.25)
        False
        >>> Measure("kept", 0, 50).falls_short(0.0)
        False
        """
        enough = self.among >= ENOUGH[self.name]
        return target > 0 and enough and self.rate < target


def hours_at_telephone(calls: Iterable[tuple[datetime, datetime]]) -> float:
    """Return the hours of one operator's day from call to call, pauses taken out.

    :param calls: first and last instant of each call, in any order; they may overlap

    >>> at = lambda hour, minute: datetime(2026, 3, 10, hour, minute)
    >>> calls = [(at(9, 0), at(9, 10)), (at(9, 30), at(9, 40)), (at(13, 0), at(13, 20))]
    >>> hours_at_telephone(calls)
    1.0
    """
    total, until = timedelta(), None
    for start, end in sorted(calls):
        if until is None or start - until > PAUSE:
            until = start
        if end > until:
            total += end - until
            until = end
    return total / timedelta(hours=1)
