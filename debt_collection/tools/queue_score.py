"""Whom to call first: what a call now is expected to add, and why.

The gain of a call is the chance to reach the debtor at this hour, times by how much a
talk raises the chance that he pays within a week, times what he owes. What would come
without a call is taken off: who pays anyway need not be called. Nor is a debtor called
now who will be easier to reach later today: he is called once a day.

The chances are learned from one's own calls. Until there are many, the shipped weights
hold (RESEARCH.md: payment history 25, days past due 20, promises kept 20, connects 15,
balance against the usual invoice 10, part payment 10): what is learned is drawn towards
them, the more the less there is to learn from. Nothing about the person goes in.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

#: Points of each feature in the shipped score of 0 to 100, see `features`.
SHIPPED = {
    "history": 25,
    "fresh": 20,
    "kept": 20,
    "connects": 15,
    "fits": 10,
    "part": 10,
    # Known, and worth nothing until one's own calls say otherwise.
    "size": 0,
    "middle": 0,
}
NAMES = tuple(SHIPPED)
#: Chances that a talk is followed by money within a week, at 0 and at 100 points, and
#: that money comes without one. Our own starting values, not sourced.
TALK_AT, NONE_AT = (0.05, 0.55), (0.01, 0.15)
#: The share of dials that somebody answers, before anything is known. Not sourced.
REACH = 0.25
#: Minutes of an operator for a call that is answered, and for one that is not, before
#: they are measured. Not sourced.
MINUTES = (4.0, 0.75)
#: So many calls of one's own weigh as much as what was assumed of an hour, of a debtor,
#: of an hour of a debtor, and of how long a call takes.
HOUR_WEIGHT, DEBTOR_WEIGHT, OWN_HOUR_WEIGHT, MINUTES_WEIGHT = 20.0, 2.0, 4.0, 20.0
#: An hour may be waited for if it has as many calls as `HOUR_WEIGHT`, and this share of
#: those of the busiest hour: at others nobody works, save for calls asked for.
WORKED = 0.1
#: Whoever is easier to reach later keeps at least this share of what a call adds now.
LEAST = 0.01
#: How firmly the shipped weights hold: the inverse of a squared deviation.
FIRMNESS = 1.0
STEPS = 12
"""Of Newton's method, at most."""


@dataclass(frozen=True, slots=True)
class Sight:
    """What may be seen of a debtor.

    ``amount``: overdue, in company currency.  ``days_late``: of the oldest item.
    ``paid`` and ``paid_on_time``: earlier invoices, and those of them paid by 30 days
    after they were due.  ``made`` and ``kept``: promises that are decided.
    ``attempts`` and ``answered``: outgoing calls of the last 30 days.  ``usual``: what
    his invoices come to on average.  ``part_paid``: paid a part in the last 30 days.
    ``hours``: attempts and answers by the hour of his day.
    """

    amount: float
    days_late: int
    paid: int = 0
    paid_on_time: int = 0
    made: int = 0
    kept: int = 0
    attempts: int = 0
    answered: int = 0
    usual: float = 0.0
    part_paid: bool = False
    hours: Mapping[int, tuple[int, int]] = field(default_factory=dict)


def features(seen: Sight) -> tuple[float, ...]:
    """Return what counts of a debtor, each from 0 to 1, in the order of `NAMES`.

    >>> seen = Sight(1000, 0, paid=8, paid_on_time=8, usual=500)
    >>> [round(one, 2) for one in features(seen)]
    [0.9, 1.0, 0.5, 0.5, 0.5, 0.0, 0.6, 0.0]
    """
    return (
        (seen.paid_on_time + 1) / (seen.paid + 2),
        math.exp(-max(0, seen.days_late) / 90),
        (seen.kept + 1) / (seen.made + 2),
        (seen.answered + 1) / (seen.attempts + 2),
        min(1.0, seen.usual / seen.amount) if seen.amount > 0 else 0.0,
        float(seen.part_paid),
        min(1.0, math.log10(1 + max(0.0, seen.amount)) / 5),
        float(30 < seen.days_late <= 120),
    )


def points(seen: Sight) -> float:
    """Return the shipped score, 0 to 100.

    >>> round(points(Sight(100, 0, paid=8, paid_on_time=8, usual=100)))
    70
    """
    return sum(
        weight * value
        for weight, value in zip(SHIPPED.values(), features(seen), strict=True)
    )


class Weights(NamedTuple):
    """A chance by features: their sum, weighted, on the scale of log odds."""

    base: float
    by_name: tuple[float, ...]

    def chance(self, values: Sequence[float]) -> float:
        """Return the chance, from 0 to 1."""
        total = self.base
        for weight, value in zip(self.by_name, values, strict=True):
            total += weight * value
        return _logistic(total)


def shipped(at: tuple[float, float]) -> Weights:
    """Return the shipped weights of a chance that is ``at`` 0 and at 100 points.

    >>> round(shipped(TALK_AT).chance([0] * 8), 2)
    0.05
    >>> round(shipped(TALK_AT).chance([1] * 8), 2)
    0.55
    """
    low, high = map(_log_odds, at)
    return Weights(low, tuple((high - low) * one / 100 for one in SHIPPED.values()))


@dataclass(frozen=True, slots=True)
class Learned:
    """What one's own calls have taught.

    ``talk``: the chance that money follows within a week of a talk.  ``none``: that it
    comes in a week without one.  ``hours``: the share of dials answered, by hour, and
    ``usual`` at any.  ``worked``: the hours at which calls are made.
    ``talks`` and ``waits``: how many of each were learned from.  ``minutes``: of the
    operator, for a call that somebody answers and for one that nobody does.
    """

    talk: Weights = field(default_factory=lambda: shipped(TALK_AT))
    none: Weights = field(default_factory=lambda: shipped(NONE_AT))
    hours: Mapping[int, float] = field(default_factory=dict)
    talks: int = 0
    waits: int = 0
    minutes: tuple[float, float] = MINUTES
    usual: float = REACH
    worked: frozenset[int] = frozenset()


Spent = tuple[float, int]
"""Minutes of operators for so many calls."""
Row = tuple[Sequence[float], bool]
"""The features of a debtor, and whether money came in the week after."""


def learn(
    talks: Sequence[Row],
    waits: Sequence[Row],
    dials: Mapping[int, tuple[int, int]],
    spent: tuple[Spent, Spent] = ((0, 0), (0, 0)),
) -> Learned:
    """Return what calls have taught.

    :param talks: rows of talks with the right party
    :param waits: rows of weeks in which nobody spoke with the debtor
    :param dials: attempts and answers by the hour of the debtor's day
    :param spent: on calls that somebody answered, and on those that nobody did

    >>> learn([], [], {}, ((380, 60), (0, 0))).minutes
    (5.75, 0.75)
    """
    tried = {hour: calls for hour, (calls, _answers) in dials.items()}
    answers = sum(answered for _calls, answered in dials.values())
    usual = _answered(sum(tried.values()), answers, REACH)
    hours = {hour: _answered(*found, usual) for hour, found in dials.items()}
    return Learned(
        fit(talks, shipped(TALK_AT)),
        fit(waits, shipped(NONE_AT)),
        hours,
        len(talks),
        len(waits),
        (_measured(spent[0], MINUTES[0]), _measured(spent[1], MINUTES[1])),
        usual,
        _worked(tried),
    )


def _answered(tried: int, answered: int, usual: float) -> float:
    """Return the share of dials that are answered, drawn towards the usual one."""
    return (answered + HOUR_WEIGHT * usual) / (tried + HOUR_WEIGHT)


def _worked(tried: Mapping[int, int]) -> frozenset[int]:
    """Return the hours at which calls are made, by how many there were at each.

    >>> sorted(_worked({9: 2000, 10: 1500, 18: 30})), sorted(_worked({9: 3}))
    ([9, 10], [])
    """
    least = max(HOUR_WEIGHT, WORKED * max(tried.values(), default=0))
    return frozenset(hour for hour, calls in tried.items() if calls >= least)


def _measured(spent: Spent, usual: float) -> float:
    """Return the minutes of a call, drawn towards those assumed."""
    minutes, calls = spent
    return (minutes + MINUTES_WEIGHT * usual) / (calls + MINUTES_WEIGHT)


def fit(rows: Sequence[Row], start: Weights) -> Weights:
    """Return the weights most likely after some rows, drawn towards those at the start.

    Logistic regression with a normal prior about the start, by Newton's method.
    """
    if not rows:
        return start
    prior = (start.base, *start.by_name)
    weights = list(prior)
    data = [((1.0, *values), float(paid)) for values, paid in rows]
    for _step in range(STEPS):
        slope = [FIRMNESS * (p - w) for p, w in zip(prior, weights, strict=True)]
        curve = [[0.0] * len(prior) for _one in prior]
        for i in range(len(prior)):
            curve[i][i] = FIRMNESS
        for values, paid in data:
            chance = _logistic(sum(map(float.__mul__, weights, values)))
            spread = chance * (1 - chance)
            for i, value in enumerate(values):
                slope[i] += (paid - chance) * value
                row, part = curve[i], spread * value
                for j in range(i + 1):
                    row[j] += part * values[j]
        change = _solve(curve, slope)
        weights = [w + c for w, c in zip(weights, change, strict=True)]
        if max(map(abs, change)) < 1e-6:
            break
    return Weights(weights[0], tuple(weights[1:]))


def reach(seen: Sight, hour: int, learned: Learned) -> float:
    """Return the chance that somebody answers at an hour of the debtor's day.

    What is known of the hour, of the debtor beside others at his hours, and of him at
    this hour, each drawn towards the one before.
    """
    usual = learned.hours.get(hour, learned.usual)
    expected, tried, answered = DEBTOR_WEIGHT, 0, DEBTOR_WEIGHT
    for at, (attempts, answers) in seen.hours.items():
        expected += attempts * learned.hours.get(at, learned.usual)
        tried += attempts
        answered += answers
    own = min(0.95, usual * answered / expected) if tried else usual
    attempts, answers = seen.hours.get(hour, (0, 0))
    return (answers + OWN_HOUR_WEIGHT * own) / (attempts + OWN_HOUR_WEIGHT)


def per_minute(added: float, answers: float, learned: Learned) -> float:
    """Return what a minute of an operator is expected to add: what is ordered by.

    :param added: what a talk adds, see `worth`
    :param answers: the chance to reach the debtor

    >>> per_minute(100, 0.5, Learned(minutes=(4.0, 1.0)))
    20.0
    """
    talking, failing = learned.minutes
    return answers * added / (answers * talking + (1 - answers) * failing)


def place(now: float, later: Iterable[float]) -> float:
    """Return by what a call is ordered: what it adds, less what waiting would add.

    A share of what it adds is left: of two who are alike, the larger debt comes first.

    :param now: what a minute adds now, see `per_minute`
    :param later: and at the other hours of today at which the debtor may be called

    >>> place(3, []), place(3, [1, 2]), place(3, [1, 5]), place(10, [100])
    (3, 3, 1, 0.1)
    """
    return max(LEAST * now, now - max(0, max(later, default=now) - now))


def may_wait_for(hour: int, seen: Sight, learned: Learned) -> bool:
    """Return whether a debtor is really called at an hour, where he may be.

    Calls are made then, or he himself was called then more than once or twice.

    >>> may_wait_for(18, Sight(100, 5), Learned())
    False
    >>> may_wait_for(18, Sight(100, 5, hours={18: (9, 2)}), Learned())
    True
    """
    calls, _answers = seen.hours.get(hour, (0, 0))
    return hour in learned.worked or calls >= OWN_HOUR_WEIGHT


class Gain(NamedTuple):
    """What a call is expected to add, and what that is made of.

    ``gain``: in company currency.  ``rate``: the same for a minute of the operator.
    ``place``: by what the queue is ordered, see `place`.  ``better``: the hour of today
    that is worth waiting for, None where it is now.  ``reach``, ``talk`` and ``none``
    are chances; see `Learned`.  ``parts``: by the name of a feature, how much it moves
    the chance that a talk brings money, on the scale of log odds, against a debtor in
    the middle.
    """

    gain: float
    rate: float
    place: float
    better: int | None
    reach: float
    talk: float
    none: float
    parts: Mapping[str, float]


def worth(seen: Sight, learned: Learned) -> float:
    """Return what a talk is expected to add, in company currency.

    >>> worth(Sight(0, 10), Learned())
    0.0
    """
    values = features(seen)
    added = learned.talk.chance(values) - learned.none.chance(values)
    return max(0.0, added) * max(0.0, seen.amount)


def gain(seen: Sight, hour: int, learned: Learned, later: Iterable[int] = ()) -> Gain:
    """Return what a call at an hour of the debtor's day is expected to add.

    :param later: hours of the same day at which he may be called instead; those at
        which nobody calls are not waited for

    >>> fresh = Sight(1000, 10, paid=8, paid_on_time=8, usual=900)
    >>> old = Sight(1000, 400, made=3, attempts=9, hours={10: (9, 0)})
    >>> gain(fresh, 10, Learned()).gain > 3 * gain(old, 10, Learned()).gain
    True
    """
    values = features(seen)
    talk, none = learned.talk.chance(values), learned.none.chance(values)
    answers = reach(seen, hour, learned)
    parts = {
        name: weight * (value - 0.5)
        for name, weight, value in zip(NAMES, learned.talk.by_name, values, strict=True)
    }
    added = worth(seen, learned)
    rate = per_minute(added, answers, learned)
    waiting = {
        at: per_minute(added, reach(seen, at, learned), learned)
        for at in later
        if may_wait_for(at, seen, learned)
    }
    best = max(waiting, key=waiting.__getitem__, default=hour)
    better = best if waiting.get(best, 0) > rate else None
    stands = place(rate, waiting.values())
    return Gain(answers * added, rate, stands, better, answers, talk, none, parts)


def _logistic(total: float) -> float:
    if total < -700:
        return 0.0
    return 1 / (1 + math.exp(-total))


def _log_odds(chance: float) -> float:
    return math.log(chance / (1 - chance))


def _solve(lower: list[list[float]], right: Iterable[float]) -> list[float]:
    """Solve a symmetric, positive definite system, of which the lower half is given."""
    size = len(lower)
    root = [[0.0] * size for _row in lower]
    for i in range(size):
        for j in range(i + 1):
            rest = lower[i][j] - sum(root[i][k] * root[j][k] for k in range(j))
            root[i][j] = math.sqrt(rest) if i == j else rest / root[j][j]
    halfway: list[float] = []
    for i, value in enumerate(right):
        known = sum(root[i][k] * halfway[k] for k in range(i))
        halfway.append((value - known) / root[i][i])
    found = [0.0] * size
    for i in reversed(range(size)):
        known = sum(root[k][i] * found[k] for k in range(i + 1, size))
        found[i] = (halfway[i] - known) / root[i][i]
    return found
