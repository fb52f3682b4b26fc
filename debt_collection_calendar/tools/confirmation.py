"""When a debtor is asked whether a meeting stands."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import NamedTuple

from odoo.addons.debt_collection.tools.clock import instant, local

#: A meeting is confirmed two to three hours before.
EARLY, LATE = timedelta(hours=3), timedelta(hours=2)
#: One that was agreed on an earlier day, in the morning as well; minutes of the day.
MORNING = 9 * 60
#: Whoever is asked needs so long to answer.
TO_ANSWER = timedelta(minutes=30)


class Step(NamedTuple):
    """He is asked at an instant (naive UTC); ``again``: since he has not answered."""

    at: datetime
    again: bool


def steps(
    agreed: datetime,
    start: datetime,
    zone: str,
    lawful: Callable[[datetime], datetime | None],
) -> list[Step]:
    """Return when a debtor is asked to confirm a meeting.

    On the day it was agreed: three hours before, and again two hours before. On a later
    day: in the morning, and again three hours before; where the morning is too late for
    that, as on the same day.

    ``lawful`` returns the first instant from another one on at which he may be written
    to, None where there is none. All instants are naive UTC.

    >>> def always(at): return at
    >>> monday, three = datetime(2026, 3, 9, 9), datetime(2026, 3, 10, 15)
    >>> [str(one.at) for one in steps(monday, three, "UTC", always)]
    ['2026-03-10 09:00:00', '2026-03-10 12:00:00']
    >>> ten = datetime(2026, 3, 10, 10)
    >>> [str(one.at) for one in steps(ten, three, "UTC", always)]
    ['2026-03-10 12:00:00', '2026-03-10 13:00:00']
    """
    first, second = start - EARLY, start - LATE
    day = local(zone, start).date()
    morning = instant(zone, day, MORNING)
    if local(zone, agreed).date() < day and morning + TO_ANSWER <= first:
        first, second = morning, first
    found: list[Step] = []
    for wanted, again in ((first, False), (second, True)):
        at = lawful(wanted) if wanted > agreed else None
        late = not at or at > start - TO_ANSWER
        soon = found and at and at < found[-1].at + TO_ANSWER
        if at and not late and not soon:
            found.append(Step(at, again))
    return found
