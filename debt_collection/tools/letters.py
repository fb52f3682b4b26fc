"""Demand letters: how strictly is a debtor written to?

By the age of the oldest item and the amount, and never by leaps: what is strict is said
to nobody who has not been told so in milder words before.
"""

from collections.abc import Sequence
from typing import NamedTuple


class Level(NamedTuple):
    """How strict a letter is.

    ``days``, ``amount``: the letter is for debts at least so old and so high.
    ``after``: key of the level that was posted before, None: none has to be.
    ``wait``: days that must have passed since that one.
    """

    key: int
    days: int = 0
    amount: float = 0
    after: int | None = None
    wait: int = 0


def choose(
    levels: Sequence[Level], days: int, amount: float, posted: dict[int, int]
) -> int | None:
    """Return the key of the strictest level that is due, None where none is.

    :param levels: from mild to strict
    :param days: past due, of the oldest item
    :param amount: in the currency in which levels name theirs
    :param posted: days since the last letter of each level, by key

    >>> mild, firm = Level(1, days=1), Level(2, days=30, after=1, wait=10)
    >>> choose([mild, firm], 45, 100, {})
    1
    >>> choose([mild, firm], 45, 100, {1: 12})
    2
    >>> choose([mild, firm], 45, 100, {1: 3})
    1
    >>> choose([mild, firm], 0, 100, {}) is None
    True
    """
    due = [one for one in levels if _is_due(one, days, amount, posted)]
    return due[-1].key if due else None


def _is_due(level: Level, days: int, amount: float, posted: dict[int, int]) -> bool:
    if days < level.days or amount < level.amount:
        return False
    return level.after is None or posted.get(level.after, -1) >= level.wait
