"""Who works which cases, laid out so that nobody has more than his share."""

from collections.abc import Callable, Collection, Hashable, Mapping
from fractions import Fraction
from typing import NamedTuple


class Worker(NamedTuple):
    """An operator: how many cases he should have, and how many he has now."""

    id: Hashable
    capacity: int
    load: int


class Movable(NamedTuple):
    """A case that may change hands: whose it is, None when nobody's, and who could.

    ``able`` are the ids of the workers who may have it, e.g. speak its language.
    """

    id: Hashable
    owner: Hashable
    able: frozenset[Hashable]


def rebalance(
    workers: Collection[Worker], cases: Collection[Movable]
) -> dict[Hashable, Hashable]:
    """Return the new owner by case, of those that change hands; as few as possible.

    A load is a worker's cases divided by his capacity. Cases of nobody are given away
    first, each to the lowest load; then one case after the other goes from a higher
    load to a lower one, as long as the giver would still not have less than the taker.
    Whoever is no worker (any more) gives all his cases away.

    >>> two = [Worker("a", 100, 4), Worker("b", 100, 0)]
    >>> both = frozenset("ab")
    >>> rebalance(two, [Movable(n, "a", both) for n in range(4)])
    {0: 'b', 1: 'b'}
    """
    capacity = {one.id: max(1, one.capacity) for one in workers}
    load = {one.id: one.load for one in workers}
    moved: dict[Hashable, Hashable] = {}

    def share(worker: Hashable, more: int = 0) -> Fraction:
        return Fraction(load[worker] + more, capacity[worker])

    def give(case: Movable, giver: Hashable) -> bool:
        takers = [one for one in capacity if one in case.able and one != giver]
        taker = min(takers, key=lambda one: (share(one, 1), str(one)), default=None)
        if taker is None:
            return False
        if giver in load:
            if share(giver, -1) < share(taker, 1):
                return False
            load[giver] -= 1
        load[taker] += 1
        moved[case.id] = taker
        return True

    for case in cases:
        if case.owner not in capacity:
            give(case, None)
    _level([case for case in cases if case.owner in capacity], share, give)
    return moved


def _level(
    cases: list[Movable],
    share: Callable[..., Fraction],
    give: Callable[[Movable, Hashable], bool],
) -> None:
    """Let the highest load give, until nobody can give any more."""
    rest: dict[Hashable, list[Movable]] = {}
    for case in cases:
        rest.setdefault(case.owner, []).append(case)
    stuck: set[Hashable] = set()
    while able := rest.keys() - stuck:
        giver = max(able, key=lambda one: (share(one), str(one)))
        given = next((one for one in rest[giver] if give(one, giver)), None)
        if given is None:
            stuck.add(giver)
            continue
        rest[giver].remove(given)
        # Whoever found no taker before may find one in him now.
        stuck -= {one for one in stuck if share(one, -1) >= share(giver, 1)}


def loads_after(
    workers: Collection[Worker],
    cases: Mapping[Hashable, Hashable],
    moved: Mapping[Hashable, Hashable],
) -> dict[Hashable, int]:
    """Return how many cases each worker has in the end.

    :param cases: owner by case before
    :param moved: owner by case after, of those that change hands
    """
    loads = {one.id: one.load for one in workers}
    for case, taker in moved.items():
        if cases[case] in loads:
            loads[cases[case]] -= 1
        loads[taker] += 1
    return loads
