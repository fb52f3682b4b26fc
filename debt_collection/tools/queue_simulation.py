"""Two ways to order a queue, tried on debtors whose truth neither knows.

A *world* says who owes, answers and pays; `Protocol` below is all that is asked of it.
The simulator lets operators call through the day, in whichever order, within the law,
and counts what was collected for each hour of theirs.
"""

import math
import random
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import mean, stdev
from typing import NamedTuple, Protocol

from .queue_score import (
    Learned,
    Sight,
    features,
    learn,
    may_wait_for,
    per_minute,
    place,
    reach,
    worth,
)

#: The law of the simulation: one call a day, none for a week after a talk.
REST_DAYS = 7
#: Money counts for a talk, or for having waited, within so many days.
FOLLOWS = 7
#: What is learned is learned anew after so many days, from at most so many rows.
LEARNS_EVERY, MOST_ROWS, MOST_WAITS = 5, 1500, 300
#: The share of debtors who are called in any order, to learn from.
RANDOM_SHARE = 0.05


class Called(NamedTuple):
    """What a call brought.

    ``answered``: somebody picked up.  ``talked``: it was the debtor.  ``promised``: he
    promised to pay.  ``minutes``: of the operator, all in all.
    """

    answered: bool
    talked: bool
    promised: bool
    minutes: float


class World(Protocol):
    """Debtors, and what becomes of them. A class of your own with these names will do.

    ``days``: how many are simulated.  ``hours``: at which calls are lawful, each an
    integer.  ``operators``: who call in each of these hours.
    """

    days: int
    hours: Sequence[int]
    operators: int

    def __init__(self, seed: int) -> None:
        """Make the debtors; the same seed makes the same ones."""

    def owing(self, day: int) -> Mapping[int, Sight]:
        """Return by id who owes on the morning of a day (from 0), and what is seen.

        Calls and answers are kept by the simulator: what a `Sight` says of them here is
        replaced.
        """

    def call(self, debtor: int, day: int, hour: int) -> Called:
        """Call a debtor, and let it have its effect on him."""

    def paid(self, day: int) -> Mapping[int, float]:
        """Return by id what came at the end of a day, called or not."""


class ByAgeAndAmount:
    """The usual order: what is old and large comes first."""

    learns = False

    def __init__(self, luck: random.Random, hours: Sequence[int] = ()) -> None:
        self.worth: dict[int, float] = {}

    def morning(self, seen: Mapping[int, Sight], _learned: Learned) -> None:
        """Look at everybody who owes, once a day."""
        self.worth = {one: s.days_late * s.amount for one, s in seen.items()}

    def order(self, free: Mapping[int, Sight], _hour: int) -> list[int]:
        """Return the ids of those who may be called, in order."""
        return sorted(free, key=lambda one: -self.worth[one])


class ByGain(ByAgeAndAmount):
    """By what a call is expected to add; a few come in any order.

    >>> queue = ByGain(random.Random(1), [9, 10])
    >>> seen = {1: Sight(10, 5), 2: Sight(5000, 5), 3: Sight(300, 5)}
    >>> queue.morning(seen, Learned())
    >>> queue.order(seen, 10)
    [2, 3, 1]
    """

    learns = True

    def __init__(self, luck: random.Random, hours: Sequence[int] = ()) -> None:
        super().__init__(luck)
        self.luck, self.hours = luck, sorted(hours)
        self.places: dict[int, dict[int, float]] = {}

    def morning(self, seen: Mapping[int, Sight], learned: Learned) -> None:
        self.places = {one: self._places(sight, learned) for one, sight in seen.items()}

    def _places(self, sight: Sight, learned: Learned) -> dict[int, float]:
        """By what a debtor is ordered at each hour of the day."""
        added, best, places = worth(sight, learned), 0.0, {}
        for hour in reversed(self.hours):
            rate = per_minute(added, reach(sight, hour, learned), learned)
            places[hour] = place(rate, [best])
            if may_wait_for(hour, sight, learned):
                best = max(rate, best)
        return places

    def order(self, free: Mapping[int, Sight], hour: int) -> list[int]:
        ranked = sorted(free, key=lambda one: -self.places[one][hour])
        places = [n for n in range(len(ranked)) if self.luck.random() < RANDOM_SHARE]
        return mixed(ranked, places, self.luck)


def mixed(ranked: list[int], places: Sequence[int], luck: random.Random) -> list[int]:
    """Return the ids with those of some places put anywhere else.

    >>> mixed([1, 2, 3], [], random.Random(1))
    [1, 2, 3]
    """
    chosen = {ranked[place] for place in places}
    rest = [one for one in ranked if one not in chosen]
    for one in chosen:
        rest.insert(luck.randrange(len(rest) + 1), one)
    return rest


@dataclass
class Result:
    """What came of a simulation; ``collected`` in money, ``hours`` of operators."""

    collected: float = 0.0
    hours: float = 0.0
    calls: int = 0
    talks: int = 0

    @property
    def per_hour(self) -> float:
        return self.collected / self.hours if self.hours else 0.0


class _Memory:
    """What was seen of each debtor so far, as the product keeps it."""

    def __init__(self) -> None:
        self.dials: dict[int, list[tuple[int, int, bool]]] = defaultdict(list)
        self.talked: dict[int, int] = {}
        self.by_hour: dict[int, list[int]] = defaultdict(lambda: [0, 0])
        # Minutes and calls, answered and not.
        self.spent = ([0.0, 0], [0.0, 0])
        self.made: dict[int, int] = defaultdict(int)
        self.kept: dict[int, int] = defaultdict(int)
        self.open: dict[int, int] = {}
        self.paid_on: dict[int, list[int]] = defaultdict(list)
        self.talks: list[tuple[int, int, tuple[float, ...]]] = []
        self.waits: list[tuple[int, int, tuple[float, ...]]] = []

    def sight(self, debtor: int, seen: Sight, day: int) -> Sight:
        """What is seen of a debtor, his calls and promises with us put in."""
        hours: dict[int, list[int]] = defaultdict(lambda: [0, 0])
        recent = [one for one in self.dials[debtor] if one[0] > day - 30]
        for _day, hour, answered in self.dials[debtor]:
            hours[hour][0] += 1
            hours[hour][1] += answered
        return replace(
            seen,
            made=seen.made + self.made[debtor],
            kept=seen.kept + self.kept[debtor],
            attempts=len(recent),
            answered=sum(one[2] for one in recent),
            part_paid=seen.part_paid
            or any(one > day - 30 for one in self.paid_on[debtor]),
            hours={hour: (one[0], one[1]) for hour, one in hours.items()},
        )

    def may_be_called(self, debtor: int, day: int) -> bool:
        """Whether a week has passed since the last talk."""
        return day - self.talked.get(debtor, -REST_DAYS) >= REST_DAYS

    def note_waits(
        self, seen: Mapping[int, Sight], day: int, luck: random.Random
    ) -> None:
        """Once a week some whom nobody talked with are noted, to see who pays."""
        if day % FOLLOWS:
            return
        quiet = [one for one in seen if self.may_be_called(one, day)]
        for debtor in luck.sample(quiet, min(len(quiet), MOST_WAITS)):
            self.waits.append((debtor, day, features(seen[debtor])))

    def note_call(
        self, debtor: int, seen: Sight, day: int, hour: int, called: Called
    ) -> None:
        self.dials[debtor].append((day, hour, called.answered))
        self.by_hour[hour][0] += 1
        self.by_hour[hour][1] += called.answered
        spent = self.spent[not called.answered]
        spent[0] += called.minutes
        spent[1] += 1
        if called.talked:
            self.talked[debtor] = day
            self.talks.append((debtor, day, features(seen)))
        if called.promised:
            self.open[debtor] = day

    def note_evening(self, day: int, paid: Mapping[int, float]) -> None:
        """Keep who paid; promises of a week ago are kept or broken."""
        for debtor, amount in paid.items():
            if amount > 0:
                self.paid_on[debtor].append(day)
        for debtor, since in list(self.open.items()):
            kept = any(one >= since for one in self.paid_on[debtor])
            if kept or day - since >= FOLLOWS:
                self.made[debtor] += 1
                self.kept[debtor] += kept
                del self.open[debtor]

    def learned(self, day: int) -> Learned:
        talks, tries = ((minutes, int(calls)) for minutes, calls in self.spent)
        return learn(
            self._rows(self.talks, day),
            self._rows(self.waits, day),
            {hour: (one[0], one[1]) for hour, one in self.by_hour.items()},
            (talks, tries),
        )

    def _rows(
        self, kept: list[tuple[int, int, tuple[float, ...]]], day: int
    ) -> list[tuple[tuple[float, ...], bool]]:
        """Those whose week is over, the last ones, and whether money came in it."""
        over = [one for one in kept if one[1] + FOLLOWS <= day][-MOST_ROWS:]
        return [
            (
                values,
                any(since <= one < since + FOLLOWS for one in self.paid_on[debtor]),
            )
            for debtor, since, values in over
        ]


def simulate(world: World, kind: type[ByAgeAndAmount], seed: int) -> Result:
    """Return what is collected when a world's debtors are called in a kind of order."""
    memory, result, luck = _Memory(), Result(), random.Random(seed)
    learned, queue = Learned(), kind(luck, world.hours)
    for day in range(world.days):
        if day % LEARNS_EVERY == 0 and queue.learns:
            learned = memory.learned(day)
        morning = world.owing(day)
        seen = {one: memory.sight(one, sight, day) for one, sight in morning.items()}
        memory.note_waits(seen, day, luck)
        queue.morning(seen, learned)
        free = {one: seen[one] for one in seen if memory.may_be_called(one, day)}
        for hour in world.hours:
            _work_hour(world, memory, result, queue, free, day, hour)
        paid = world.paid(day)
        memory.note_evening(day, paid)
        result.collected += sum(paid.values())
    return result


def _work_hour(
    world: World,
    memory: _Memory,
    result: Result,
    queue: ByAgeAndAmount,
    free: dict[int, Sight],
    day: int,
    hour: int,
) -> None:
    """Call from the top of the queue until the hour of every operator is over.

    Whoever was called is not ``free`` any more today.
    """
    left = 60.0 * world.operators
    for debtor in queue.order(free, hour):
        if left <= 0:
            break
        called = world.call(debtor, day, hour)
        left -= called.minutes
        memory.note_call(debtor, free.pop(debtor), day, hour, called)
        result.calls += 1
        result.talks += called.talked
    result.hours += world.operators


class Compared(NamedTuple):
    """By how much one order collects more than the other, as a factor, in an hour."""

    factor: float
    low: float
    high: float


def compare(pairs: Iterable[tuple[float, float]]) -> Compared:
    """Return the mean factor of pairs (before, after) and its interval of 95 %.

    Of the logarithms, by Student's t: each pair is of one world of another seed.

    >>> compare([(100, 120), (100, 130), (100, 125)]).factor > 1.2
    True
    """
    logs = [math.log(after / before) for before, after in pairs]
    middle = mean(logs)
    if len(logs) < 2:
        return Compared(math.exp(middle), 0.0, math.inf)
    half = _student(len(logs) - 1) * stdev(logs) / math.sqrt(len(logs))
    return Compared(*(math.exp(middle + one) for one in (0, -half, half)))


#: Two-sided 95 % of Student's t by degrees of freedom.
STUDENT = {
    1: 12.706, 2: 4.303, 3: 3.182, 4: 2.776, 5: 2.571, 6: 2.447, 7: 2.365, 8: 2.306,
    9: 2.262, 10: 2.228, 11: 2.201, 12: 2.179, 13: 2.160, 14: 2.145, 15: 2.131,
    16: 2.120, 17: 2.110, 18: 2.101, 19: 2.093, 20: 2.086, 25: 2.060, 30: 2.042,
    40: 2.021, 60: 2.000, 120: 1.980,
}  # fmt: skip


def _student(freedom: int) -> float:
    """The value for at most these degrees of freedom: rather too wide an interval."""
    return STUDENT[max(one for one in STUDENT if one <= freedom)]
