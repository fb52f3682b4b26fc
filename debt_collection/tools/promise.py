"""Has a promise to pay been kept?"""

from datetime import date, timedelta


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
