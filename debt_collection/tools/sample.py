"""A sample that chance draws, and that is the same whoever draws it again."""

from collections.abc import Iterable
from hashlib import blake2b


def sample(ids: Iterable[int], count: int) -> list[int]:
    """Draw so many of the ids, all of them when there are fewer.

    Which ones depends on the ids alone: adding one changes the draw by one at most, so
    nobody can draw until he likes it.

    >>> sample(range(1, 100), 3) == sample(reversed(range(1, 100)), 3)
    True
    >>> sample([7, 5], 3) == sample([5, 7], 3)
    True
    """
    return sorted(ids, key=_lot)[:count]


def _lot(number: int) -> bytes:
    return blake2b(str(number).encode(), digest_size=8).digest()
