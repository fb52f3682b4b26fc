"""Promises to pay: into which parts they are split, and whether they were kept."""

from calendar import monthrange
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

MAX_PARTS = 36
"""A plan has at most so many instalments."""


@dataclass(slots=True)
class Payment:
    """Money received, and how much of it no promise has taken yet.

    ``matched`` says how much of it was reconciled with which open item, by id.
    """

    day: date
    left: float
    created: datetime
    matched: dict[int, float] = field(default_factory=dict)


class Claim(NamedTuple):
    """What a promise may count as its own.

    Money received from ``made_on`` to ``until``, both inclusive; with ``items`` only
    what was reconciled with these.
    """

    amount: float
    made_on: date
    made_at: datetime
    until: date
    items: frozenset[int] = frozenset()


def split(
    amount: float,
    parts: int,
    first: date,
    *,
    every_months: int = 0,
    every_days: int = 0,
    rounding: float = 0.01,
) -> list[tuple[float, date]]:
    """Return equal instalments that add up to the amount, as (amount, date).

    They differ by one ``rounding`` at most, the larger ones first.  Months are counted
    from ``first``, so that the 31st comes back after a short month.

    :raises ValueError: too many or too few parts, or no interval

    >>> [day.isoformat() for _, day in split(90, 3, date(2026, 1, 31), every_months=1)]
    ['2026-01-31', '2026-02-28', '2026-03-31']
    >>> [part for part, _ in split(100, 3, date(2026, 1, 1), every_days=14)]
    [33.34, 33.33, 33.33]
    """
    unit = Decimal(str(rounding))
    units = int((Decimal(str(amount)) / unit).quantize(Decimal(1), ROUND_HALF_UP))
    if not 1 <= parts <= min(MAX_PARTS, units):
        raise ValueError("parts")
    if parts > 1 and (every_months <= 0) == (every_days <= 0):
        raise ValueError("interval")
    each, larger = divmod(units, parts)
    return [
        (
            float((each + (number < larger)) * unit),
            _add(first, every_months * number, every_days * number),
        )
        for number in range(parts)
    ]


def rebalance(
    amounts: Sequence[float], changed: int, total: float, *, rounding: float = 0.01
) -> list[float]:
    """Return the instalments of a plan after one was changed: the total stays.

    The later ones share what is left, in equal parts; after the last one the earlier
    ones do.  Where nothing would be left for them, all stay as they are.

    :param amounts: in the order of their dates, the changed one included
    :param changed: which one was changed, counted from 0

    >>> rebalance([500, 300, 300], 0, 900)
    [500, 200.0, 200.0]
    >>> rebalance([300, 300, 100], 2, 900)
    [400.0, 400.0, 100]
    """
    others = range(changed + 1, len(amounts)) or range(changed)
    kept = sum(amount for n, amount in enumerate(amounts) if n not in others)
    result = list(amounts)
    if not others or total - kept < len(others) * rounding:
        return result
    # The days do not matter here, only how it is divided.
    shares = split(
        total - kept, len(others), date(2000, 1, 1), every_days=1, rounding=rounding
    )
    for number, (share_, _day) in zip(others, shares, strict=True):
        result[number] = share_
    return result


def _add(day: date, months: int, days: int) -> date:
    """Return the day so many months later, at the latest the month's last, and days.

    >>> _add(date(2024, 1, 31), 1, 0)
    datetime.date(2024, 2, 29)
    """
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    last = monthrange(year, month)[1]
    return date(year, month, min(day.day, last)) + timedelta(days=days)


def share(payments: Iterable[Payment], claims: Sequence[Claim]) -> list[float]:
    """Return what each claim takes from the payments, which are used up by it.

    Those who named items go first, for what was paid on these is theirs; then the
    others, in the order given.
    """
    payments = list(payments)
    taken = [0.0] * len(claims)
    for number in sorted(range(len(claims)), key=lambda n: not claims[n].items):
        taken[number] = take(payments, claims[number])
    return taken


def take(payments: Iterable[Payment], claim: Claim) -> float:
    """Take from the payments what counts for a promise, and return how much.

    The payments are used up by it: one payment never keeps two promises.  Money that
    was received on the day of the promise, but before it, was known when it was made.
    """
    taken = 0.0
    for payment in payments:
        known = payment.day == claim.made_on and payment.created < claim.made_at
        if not known and claim.made_on <= payment.day <= claim.until:
            taken += _take_one(payment, claim, claim.amount - taken)
    return taken


def _take_one(payment: Payment, claim: Claim, wanted: float) -> float:
    if not claim.items:
        part = min(payment.left, wanted)
        payment.left -= part
        return part
    taken = 0.0
    for item in sorted(claim.items & payment.matched.keys()):
        part = min(payment.left, payment.matched[item], wanted - taken)
        payment.left -= part
        payment.matched[item] -= part
        taken += part
    return taken


def cover(
    due: Mapping[int, float],
    not_due: Mapping[int, float],
    promised: Iterable[tuple[float, frozenset[int]]],
) -> tuple[float, float]:
    """Return what of the due items no promise covers, and what is promised beyond all.

    Promises about certain items are laid on these; the others on what is left, due
    items first.

    :param due: what is left of each item that is due, by id, the oldest first
    :param not_due: the same of items that are not due yet
    :param promised: pairs of amount and the ids of items it is about (none: any)

    >>> cover({1: 500.5, 2: 1252.25}, {}, [(400, frozenset({1}))])
    (1352.75, 0.0)
    >>> cover({1: 100}, {2: 50}, [(170, frozenset())])
    (0.0, 20.0)
    """
    left = {**due, **not_due}
    beyond = 0.0
    for amount, items in sorted(promised, key=lambda one: not one[1]):
        for item in left:
            if not items or item in items:
                part = min(left[item], amount)
                left[item] -= part
                amount -= part
        beyond += amount
    return float(sum(left[item] for item in due)), float(beyond)


def promise_state(
    amount: float,
    paid: float,
    due: date,
    grace_days: int,
    today: date,
    *,
    rounding: float = 0.01,
) -> str:
    """Return open, kept, partial or broken.

    Kept as soon as the amount is paid; open until ``due`` plus ``grace_days``,
    inclusive; afterwards partial when something was paid, broken when nothing was.

    >>> promise_state(100, 40, date(2026, 3, 1), 2, date(2026, 3, 3))
    'open'
    >>> promise_state(100, 40, date(2026, 3, 1), 2, date(2026, 3, 4))
    'partial'
    """
    if paid >= amount - rounding / 2:
        return "kept"
    if today <= due + timedelta(days=grace_days):
        return "open"
    return "partial" if paid >= rounding / 2 else "broken"
