"""The audit's own judgement of a contact that was made: was it lawful?

It is worked out apart from the gate, the slow and plain way: the wall clock of every
zone, every past contact, every limit, one by one.  What both agree on is not the slip
of one of them.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

from . import tz_database
from .policy import CALLBACK_TOLERANCE, HOLIDAY, TALKS, Contact, Limit
from .question import Question

HOURS = timedelta(hours=1)
SPANS = {"day": 24 * HOURS, "week": 7 * 24 * HOURS, "month": 30 * 24 * HOURS}


class Violation(NamedTuple):
    """Why a contact was not lawful.

    ``reason``: no_policy, no_zone, no_consent, not_recorded, hours, holiday,
    before_callback or limit; unannounced for a recording that nobody was told of.
    ``zone``: where.  ``limit`` and ``used``: which one, and how many counted already.
    """

    reason: str
    zone: str | None = None
    limit: Limit | None = None
    used: int = 0


def violations(asked: Question | None, at: datetime) -> list[Violation]:
    """Return what a contact at ``at`` broke; nothing where it was lawful.

    ``asked`` is what the gate knew then: the policy that held at that instant, the
    contacts made before, where it went, and whether the debtor had consented.  None:
    no policy applied.

    >>> from .history import History
    >>> from .policy import Policy, Window
    >>> weekdays = Window(frozenset(range(5)), 480, 1200)
    >>> policy = Policy((weekdays,), (Limit("attempt", 1, "day"),))
    >>> noon, night = datetime(2026, 3, 10, 12), datetime(2026, 3, 10, 22)
    >>> asked = Question(policy, ("UTC",))
    >>> violations(asked, noon)
    []
    >>> earlier = History.of([Contact(noon - HOURS, "call")])
    >>> again = Question(policy, ("UTC",), history=earlier)
    >>> [one.reason for one in violations(again, noon)]
    ['limit']
    >>> [one.reason for one in violations(asked, night)]
    ['hours']
    """
    if asked is None:
        return [Violation("no_policy")]
    if not asked.zones:
        return [Violation("no_zone")]
    free = asked.holidays
    found = [
        Violation("holiday" if _clock(zone, at).date() in free else "hours", zone)
        for zone in asked.zones
        if not _is_open(asked, zone, at)
    ]
    consents, callback = asked.policy.consents, asked.callback
    if any(consent.is_missing(asked.channel, asked.target) for consent in consents):
        found.append(Violation("no_consent"))
    if asked.policy.recorded and asked.channel in TALKS and not asked.target.recorded:
        found.append(Violation("not_recorded"))
    if callback and at < callback:
        found.append(Violation("before_callback"))
    return [*found, *_exceeded(asked, at)]


def _exceeded(asked: Question, at: datetime) -> Iterator[Violation]:
    """Yield the limits that were used up, but for those that spare a callback."""
    policy, callback = asked.policy, asked.callback
    asked_for = bool(callback and callback <= at < callback + CALLBACK_TOLERANCE)
    for limit in policy.limits:
        spared = policy.callback_beyond_limits or limit.spares_callback
        if limit.restrains(asked.channel, asked.target.place) and not (
            spared and asked_for and asked.channel == "call"
        ):
            counted = limit.counted(asked.history, asked.case)
            used, zone = _used(limit, asked.zones, at, counted)
            if used >= limit.maximum:
                yield Violation("limit", zone, limit, used)


def _is_open(asked: Question, zone: str, at: datetime) -> bool:
    """Tell whether one of the windows is open by the wall clock of a zone."""
    clock, windows = _clock(zone, at), asked.policy.windows
    kind = HOLIDAY if clock.date() in asked.holidays else clock.weekday()
    minute = clock.hour * 60 + clock.minute
    named = [window for window in windows if asked.channel in window.channels]
    general = [window for window in windows if not window.channels]
    return any(
        kind in window.days and window.start <= minute < window.end
        for window in named or general
    )


def _used(
    limit: Limit, zones: Sequence[str], at: datetime, counted: Sequence[Contact]
) -> tuple[int, str | None]:
    """Return how many contacts counted, where most did, and in which zone."""
    if limit.rolling:
        since = at - limit.length * SPANS[limit.period]
        return sum(contact.at > since for contact in counted), None
    found = []
    for zone in zones:
        last = _number(limit.period, zone, at)
        first = last - limit.length + 1
        numbers = (_number(limit.period, zone, contact.at) for contact in counted)
        found.append((sum(first <= number <= last for number in numbers), zone))
    return max(found)


def _number(period: str, zone: str, at: datetime) -> int:
    """Number the local days, weeks from Monday, or months, so that they follow on."""
    day = _clock(zone, at).date()
    if period == "day":
        return day.toordinal()
    if period == "week":
        return (day.toordinal() - 1) // 7
    return day.year * 12 + day.month


@lru_cache(maxsize=65536)
def _clock(name: str, at: datetime) -> datetime:
    clock = tz_database.zone(name)
    return at.replace(tzinfo=UTC).astimezone(clock).replace(tzinfo=None)
