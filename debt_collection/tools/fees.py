"""Late fees: simple interest on what was open day by day, and fixed sums.

The day something falls due bears no interest, the day it is paid does: ten days late
are ten days of interest. Interest bears no interest.
"""

from calendar import isleap
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import NamedTuple

YEARS = ("365", "360", "actual")
"""Days of a year: always so many, or as the calendar has them (366 in leap years)."""
TAKEN = ("day", "half_year", "start")
"""Which reference rate holds: that of each day; that of the first day of the half
year; or that of the last day before the half year in which interest began."""
DAY = timedelta(days=1)


class Rate(NamedTuple):
    """A reference rate in percent a year, from a day on."""

    day: date
    percent: Decimal


class Paid(NamedTuple):
    """So much was paid on a day."""

    day: date
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Terms:
    """What is charged for being late, amounts in one currency.

    ``percent`` is what a year costs, on top of the reference ``rates`` where there are
    any; they are known until ``known_until``. ``fixed`` are pairs of what was open on
    the first day late, at least, and the sum that is then charged once. The caps hold
    for interest and sum together, zero: none; ``cap_percent`` is of what was open.
    """

    percent: Decimal = Decimal(0)
    year: str = "365"
    rates: tuple[Rate, ...] | None = None
    taken: str = "day"
    known_until: date = date.max
    grace_days: int = 0
    fixed: tuple[tuple[Decimal, Decimal], ...] = ()
    cap_percent: Decimal = Decimal(0)
    cap_amount: Decimal = Decimal(0)


class Line(NamedTuple):
    """Interest of some days, both inclusive, over which nothing changed."""

    first: date
    last: date
    days: int
    open: Decimal
    percent: Decimal
    year_days: int
    amount: Decimal


class Fee(NamedTuple):
    """What a late payment costs: ``interest`` and ``fixed`` less ``capped``.

    ``unknown`` is the first day whose reference rate is not known: interest ends there.
    """

    lines: tuple[Line, ...] = ()
    interest: Decimal = Decimal(0)
    fixed: Decimal = Decimal(0)
    capped: Decimal = Decimal(0)
    unknown: date | None = None

    @property
    def total(self) -> Decimal:
        """Interest and fixed sum, as far as the caps allow."""
        return self.interest + self.fixed - self.capped


def work_out(
    principal: Decimal,
    due: date,
    paid: Iterable[Paid],
    terms: Terms,
    until: date,
    *,
    notice: date | None = None,
    rounding: Decimal = Decimal("0.01"),
) -> Fee:
    """Return what one item has cost from the day after it fell due.

    :param principal: what was owed, less what was credited
    :param paid: payments in any order; what exceeds the principal counts for nothing
    :param until: the last day that bears interest
    :param notice: interest begins the day after this, if that is later
    :param rounding: smallest unit of the currency
    :raises ValueError: the terms name a year or a rate that there is not

    A hundred days of a thousand at 7.3 % a year, half of it paid after fifty days:

    >>> half = Paid(date(2026, 2, 19), Decimal(500))
    >>> terms = Terms(percent=Decimal("7.3"))
    >>> fee = work_out(
    ...     Decimal(1000), date(2025, 12, 31), [half], terms, date(2026, 4, 10)
    ... )
    >>> [(line.days, line.open, line.amount) for line in fee.lines]
    [(50, Decimal('1000'), Decimal('10.00')), (50, Decimal('500'), Decimal('5.00'))]
    >>> fee.total
    Decimal('15.00')
    """
    if terms.year not in YEARS or terms.taken not in TAKEN:
        raise ValueError("terms")
    payments = sorted(paid)
    first = max(due, notice or due) + DAY
    owed = _open_on(principal, payments, first)
    end = min(until, _settled_on(principal, payments) or until)
    if owed <= 0 or end < first or (end - due).days <= terms.grace_days:
        return Fee()
    pieces, unknown = _pieces(principal, payments, terms, first, end)
    lines = tuple(_rounded(pieces, rounding))
    interest = sum((line.amount for line in lines), Decimal(0))
    fixed = _round(_fixed(terms, owed), rounding)
    capped = _round(_capped(terms, owed, interest + fixed), rounding)
    return Fee(lines, interest, fixed, capped, unknown)


def still_due(total: Decimal, charged: Decimal, minimum: Decimal) -> Decimal:
    """What is to be charged now, of a total of which some was charged before.

    >>> still_due(Decimal(30), Decimal(10), Decimal(5))
    Decimal('20')
    >>> still_due(Decimal(14), Decimal(10), Decimal(5))
    Decimal('0')
    """
    left = total - charged
    return left if left > 0 and left >= minimum else Decimal(0)


def half_year(day: date) -> date:
    """The first day of the half year of a day.

    >>> half_year(date(2026, 6, 30)), half_year(date(2026, 7, 1))
    (datetime.date(2026, 1, 1), datetime.date(2026, 7, 1))
    """
    return date(day.year, 1 if day.month <= 6 else 7, 1)


def percent_on(terms: Terms, day: date, first: date) -> Decimal | None:
    """What a year costs on a day, in percent; None: the reference rate is not known.

    :param first: the first day that bears interest

    >>> rates = (Rate(date(2025, 1, 1), Decimal(3)), Rate(date(2025, 5, 1), Decimal(2)))
    >>> each = Terms(percent=Decimal(8), rates=rates)
    >>> first = date(2025, 4, 1)
    >>> percent_on(each, date(2025, 5, 2), first)
    Decimal('10')
    >>> half = Terms(percent=Decimal(8), rates=rates, taken="half_year")
    >>> percent_on(half, date(2025, 5, 2), first), percent_on(
    ...     half, date(2025, 7, 1), first
    ... )
    (Decimal('11'), Decimal('10'))
    """
    if terms.rates is None:
        return max(Decimal(0), terms.percent)
    match terms.taken:
        case "half_year":
            day = half_year(day)
        case "start":
            day = half_year(first) - DAY
    before = [rate for rate in terms.rates if rate.day <= day]
    if not before or day > terms.known_until:
        return None
    return max(Decimal(0), max(before).percent + terms.percent)


def _open_on(principal: Decimal, payments: Sequence[Paid], day: date) -> Decimal:
    """What was open when a day began."""
    before = sum((one.amount for one in payments if one.day < day), Decimal(0))
    return max(Decimal(0), principal - before)


def _settled_on(principal: Decimal, payments: Sequence[Paid]) -> date | None:
    """The day on which the last of it was paid, None: some is open."""
    left = principal
    for payment in payments:
        left -= payment.amount
        if left <= 0:
            return payment.day
    return None


def _pieces(
    principal: Decimal, payments: Sequence[Paid], terms: Terms, first: date, end: date
) -> tuple[list[tuple[Line, Fraction]], date | None]:
    """Stretches of days over which nothing changes, with their exact amounts.

    Beside them the first day whose rate is not known, or None.
    """
    pieces: list[tuple[Line, Fraction]] = []
    starts = _changes(payments, terms, first, end)
    for start, following in zip(starts, [*starts[1:], end + DAY], strict=True):
        percent = percent_on(terms, start, first)
        last = min(following, _known_end(terms) + DAY) - DAY
        if percent is None or last < start:
            return pieces, start
        owed = _open_on(principal, payments, start)
        days, year = (last - start).days + 1, _year_days(terms, start)
        amount = Fraction(owed) * Fraction(percent) * days / (100 * year)
        if owed > 0:
            line = Line(start, last, days, owed, percent, year, Decimal(0))
            pieces.append((line, amount))
        if last + DAY < following:
            return pieces, last + DAY
    return pieces, None


def _changes(
    payments: Sequence[Paid], terms: Terms, first: date, end: date
) -> list[date]:
    """The days on which something changes, and the first."""
    days = {first, *(payment.day + DAY for payment in payments)}
    years = range(first.year, end.year + 1)
    if terms.year == "actual":
        days |= {date(year, 1, 1) for year in years}
    if terms.rates is not None and terms.taken == "day":
        days |= {rate.day for rate in terms.rates}
    if terms.rates is not None and terms.taken == "half_year":
        days |= {date(year, month, 1) for year in years for month in (1, 7)}
    return sorted(day for day in days if first <= day <= end)


def _known_end(terms: Terms) -> date:
    """The last day on which the rate of that day is known."""
    if terms.rates is None or terms.taken != "day":
        # Of half years `percent_on` knows whether their first day is.
        return date.max - DAY
    return min(terms.known_until, date.max - DAY)


def _year_days(terms: Terms, day: date) -> int:
    if terms.year == "actual":
        return 366 if isleap(day.year) else 365
    return int(terms.year)


def _rounded(
    pieces: Iterable[tuple[Line, Fraction]], rounding: Decimal
) -> Iterator[Line]:
    """Round the lines so that they add up to the rounded whole."""
    exact, told = Fraction(0), Decimal(0)
    for line, amount in pieces:
        exact += amount
        whole = _round(exact, rounding)
        yield line._replace(amount=whole - told)
        told = whole


def _round(amount: Fraction | Decimal, rounding: Decimal) -> Decimal:
    """Round half up to the unit, which may be any (0.05, 1, 0.001)."""
    units = Fraction(amount) / Fraction(rounding)
    whole = Decimal(units.numerator) / Decimal(units.denominator)
    return whole.quantize(Decimal(1), ROUND_HALF_UP) * rounding


def _fixed(terms: Terms, owed: Decimal) -> Decimal:
    """The fixed sum for what was open: that of the highest step reached."""
    reached = [step for step in terms.fixed if owed >= step[0]]
    return max(reached)[1] if reached else Decimal(0)


def _capped(terms: Terms, owed: Decimal, amount: Decimal) -> Decimal:
    """What the caps take off."""
    caps = [terms.cap_amount] if terms.cap_amount else []
    if terms.cap_percent:
        caps.append(owed * terms.cap_percent / 100)
    return max(Decimal(0), amount - min(caps)) if caps else Decimal(0)
