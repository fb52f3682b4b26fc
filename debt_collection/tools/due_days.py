"""Days past due as a condition on the due date, for any operator and any number."""

from collections.abc import Iterable
from datetime import date, timedelta
from math import ceil, floor, isfinite

#: Days that lie further back than any due date.
FURTHEST = 1_000_000
#: A condition: an operator and a day, or whether it holds for every due date.
Condition = tuple[str, date] | bool


def compared(operator: str, days: float, today: date) -> Condition:
    """What ``days past due <operator> days`` says of the due date.

    Days past due are never negative: without a due date, and before it, they are zero.

    :param operator: one of ``> >= < <=``
    :param days: any number
    :return: ``("<=", day)``: due on or before a day; ``(">", day)``: due after it, or
        not at all; or True or False for all
    :raises TypeError, ValueError: it is no number

    >>> compared(">", 30, date(2026, 3, 31))
    ('<=', datetime.date(2026, 2, 28))
    >>> compared("<=", 0.5, date(2026, 3, 31))
    ('>', datetime.date(2026, 3, 30))
    >>> compared(">=", 0, date(2026, 3, 31)), compared("<", -1, date(2026, 3, 31))
    (True, False)
    """
    more = operator in (">", ">=")
    number = bounded(days)
    # The first number of days that is more than asked for, or as many.
    least = floor(number) + 1 if operator in (">", "<=") else ceil(number)
    if least <= 0:
        return more
    return ("<=" if more else ">", before(today, least))


def on_days(values: Iterable[float], today: date) -> tuple[list[date], bool]:
    """The due dates that lie one of these numbers of days back.

    :return: those dates, and whether what is not past due is among them

    >>> on_days([0, 5, 1.5], date(2026, 3, 31))
    ([datetime.date(2026, 3, 26)], True)
    """
    known = {bounded(value) for value in values}
    days = sorted(int(day) for day in known if day > 0 and day == int(day))
    return [before(today, day) for day in days], 0 in known


def bounded(days: float) -> float:
    """A number of days within what there can be.

    :raises ValueError: it is no number
    """
    number = float(days)
    if number != number:
        raise ValueError("not a number of days")
    if not isfinite(number):
        return FURTHEST if number > 0 else -FURTHEST
    return max(-FURTHEST, min(FURTHEST, number))


def before(today: date, days: int) -> date:
    """So many days before today, or the first day there is."""
    return today - timedelta(days=min(days, (today - date.min).days))
