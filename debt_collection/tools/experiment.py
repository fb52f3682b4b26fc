"""Champion and challenger: who gets what, and whether it is decided which is better.

Who gets the challenger follows from a hash of experiment and debtor: as good as drawn
by lot, and the same whenever it is asked.

The interval for the difference holds however often one looks (Robbins' mixture of
normal likelihoods, "always valid"). An ordinary one of 95 % does not: who looks daily
and stops on a lucky day finds a difference where there is none far more often than one
time in twenty.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import blake2b
from statistics import NormalDist
from typing import NamedTuple

#: How often a difference may be claimed where there is none.
ALPHA = 0.05
#: How often a difference of the size asked for is to be found.
POWER = 0.8
#: Of fewer debtors in an arm nothing is said: the normal curve is not near enough.
LEAST = 50
MOST_NEEDED = 10_000_000
CHAMPION, CHALLENGER = "champion", "challenger"


def arm(experiment: int | str, debtor: int, share: float = 0.5) -> str:
    """Return the arm of a debtor.

    :param experiment: its id, or a name for what else is drawn by lot
    :param share: of the debtors, how many get the challenger

    >>> arm(1, 7) == arm(1, 7)
    True
    >>> sum(arm(3, debtor, 0.2) == CHALLENGER for debtor in range(10_000)) // 100
    19
    """
    lot = blake2b(f"{experiment}:{debtor}".encode(), digest_size=8).digest()
    return CHALLENGER if int.from_bytes(lot) < share * 2**64 else CHAMPION


class Arm(NamedTuple):
    """What came of the debtors of an arm: how many, the sum, the sum of squares."""

    debtors: int = 0
    total: float = 0.0
    squares: float = 0.0

    @property
    def mean(self) -> float:
        """What a debtor brought on average; of yes and no, the share of yes."""
        return self.total / self.debtors if self.debtors else 0.0

    def error(self, top: float) -> float:
        """Return the variance of the mean.

        Two debtors, one of each kind, are added in thought: an arm in which nobody has
        paid yet is not known for sure to bring nothing.

        :param top: what the one who pays brings, see `typical`
        """
        count, total = self.debtors + 2, self.total + top
        squares = self.squares + top * top
        spread = (squares - total * total / count) / (count - 1)
        return max(spread, 0.0) / max(self.debtors, 1)


def typical(*arms: Arm) -> float:
    """Return what one who paid brought, by all arms together; 0 where nobody did.

    >>> typical(Arm(50), Arm(50, 100, 5000))
    50.0
    """
    total = sum(one.total for one in arms)
    return sum(one.squares for one in arms) / total if total > 0 else 0.0


def collect(values: Iterable[float]) -> Arm:
    """Return the arm of what some debtors brought.

    >>> collect([1, 0, 1, 0])
    Arm(debtors=4, total=2.0, squares=2.0)
    """
    count, total, squares = 0, 0.0, 0.0
    for value in values:
        count, total, squares = count + 1, total + value, squares + value * value
    return Arm(count, total, squares)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What may be said: challenger less champion, and between what it lies.

    ``result``: ``few`` (debtors, or none of them paid: nothing is said), ``open``,
    ``champion`` or ``challenger`` (is better), ``same`` (whatever the difference is, it
    is smaller than the one asked for).
    """

    result: str
    difference: float = 0.0
    low: float = 0.0
    high: float = 0.0

    @property
    def decided(self) -> bool:
        """Whether one may stop."""
        return self.result not in ("few", "open")


def judge(champion: Arm, challenger: Arm, least: float) -> Verdict:
    """Return what may be said today, and on every other day on which it is asked.

    :param least: the smallest difference that matters, above zero

    >>> judge(Arm(400, 80, 80), Arm(400, 160, 160), 0.05).result
    'challenger'
    >>> judge(Arm(400, 80, 80), Arm(400, 85, 85), 0.05).result
    'open'
    >>> judge(Arm(9, 1, 1), Arm(9, 9, 9), 0.05).result
    'few'
    """
    difference = challenger.mean - champion.mean
    top = typical(champion, challenger)
    if min(champion.debtors, challenger.debtors) < LEAST or not top:
        return Verdict("few", difference)
    reach = half_width(champion.error(top) + challenger.error(top), least)
    low, high = difference - reach, difference + reach
    if low > 0:
        result = CHALLENGER
    elif high < 0:
        result = CHAMPION
    else:
        result = "same" if max(-low, high) < least else "open"
    return Verdict(result, difference, low, high)


def half_width(variance: float, least: float, alpha: float = ALPHA) -> float:
    """Return half the width of the interval that holds at every look.

    It is narrowest, against its deviation, for differences about as large as ``least``.

    :param variance: of the difference

    >>> usual = NormalDist().inv_cdf(0.975) * math.sqrt(0.0004)
    >>> round(half_width(0.0004, 0.05) / usual, 1)
    1.6
    """
    if variance <= 0:
        return 0.0
    spread = least * least
    whole = variance + spread
    return math.sqrt(
        variance
        * (whole / spread)
        * (2 * math.log(1 / alpha) + math.log(whole / variance))
    )


def needed(share: float, least: float, part: float = 0.5) -> int:
    """Return how many debtors both arms need together for a difference of that size.

    :param share: of the champion's debtors, how many pay, as far as known
    :param part: of all debtors, how many get the challenger

    >>> needed(0.3, 0.1) < needed(0.3, 0.05) < needed(0.3, 0.02)
    True
    >>> needed(0.3, 0.05) < needed(0.3, 0.05, 0.2)
    True
    """
    one = max(share * (1 - share), 0.01)
    return needed_of(one, one, least, part)


def needed_of(
    champion: float, challenger: float, least: float, part: float = 0.5
) -> int:
    """Return the same for any measure.

    :param champion: the variance of one debtor of this arm
    :param challenger: and of one of the other
    """
    margin = NormalDist().inv_cdf(POWER)
    variance = champion / (1 - part) + challenger / part
    fewest = math.ceil(LEAST / min(part, 1 - part))

    def finds(debtors: int) -> bool:
        error = variance / debtors
        return least >= half_width(error, least) + margin * math.sqrt(error)

    low, high = 1, fewest
    while not finds(high):
        low, high = high, 2 * high
        if high > MOST_NEEDED:
            return MOST_NEEDED
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if finds(middle) else (middle, high)
    return max(high, fewest)
