"""The audit's own judgement of a contact that was made: was it lawful?

It is worked out apart from the gate, the slow and plain way: the wall clock of every
zone, every past contact, every limit, one by one.  What both agree on is not the slip
of one of them.
"""

from collections.abc import Collection, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

from . import tz_database
from .policy import (
    ANYWHERE,
    CALLBACK_TOLERANCE,
    HOLIDAY,
    Contact,
    Limit,
    Policy,
    Target,
)

HOURS = timedelta(hours=1)
SPANS = {"day": 24 * HOURS, "week": 7 * 24 * HOURS, "month": 30 * 24 * HOURS}


class Violation(NamedTuple):
    """Why a contact was not lawful.

    ``reason``: no_policy, no_zone, no_consent, hours, holiday,
    before_callback or limit; unannounced for a recording that nobody was told of.
    ``zone``: where.  ``limit`` and ``used``: which one, and how many counted already.
    """

    reason: str
    zone: str | None = None
    limit: Limit | None = None
    used: int = 0


def violations(
    policy: Policy | None,
    zones: Sequence[str],
    channel: str,
    at: datetime,
    before: Sequence[Contact] = (),
    *,
    holidays: Collection[date] = frozenset(),
    callback: datetime | None = None,
    case: int | None = None,
    target: Target = ANYWHERE,
) -> list[Violation]:
    """Return what a contact at ``at`` broke; nothing where it was lawful.

    ``policy`` is what held at that instant; ``before`` are the contacts made earlier;
    ``target`` is where this one went, and whether he had consented to it.

    >>> from .policy import Window
    >>> weekdays = Window(frozenset(range(5)), 480, 1200)
    >>> policy = Policy((weekdays,), (Limit("attempt", 1, "day"),))
    >>> noon = datetime(2026, 3, 10, 12)
    >>> violations(policy, ["UTC"], "call", noon)
    []
    >>> earlier = [Contact(noon - HOURS, "call")]
    >>> [one.reason for one in violations(policy, ["UTC"], "call", noon, earlier)]
    ['limit']
    >>> night = noon + 10 * HOURS
    >>> [one.reason for one in violations(policy, ["UTC"], "call", night)]
    ['hours']
    """
    if policy is None:
        return [Violation("no_policy")]
    if not zones:
        return [Violation("no_zone")]
    found = [
        Violation("holiday" if _clock(zone, at).date() in holidays else "hours", zone)
        for zone in zones
        if not _is_open(policy, zone, channel, at, holidays)
    ]
    if any(consent.is_missing(channel, target) for consent in policy.consents):
        found.append(Violation("no_consent"))
    if callback and at < callback:
        found.append(Violation("before_callback"))
    asked_for = bool(callback and callback <= at < callback + CALLBACK_TOLERANCE)
    for limit in policy.limits:
        spared = policy.callback_beyond_limits or limit.spares_callback
        if limit.restrains(channel, target.place) and not (
            spared and asked_for and channel == "call"
        ):
            used, zone = _used(limit, zones, at, limit.counted(before, case))
            if used >= limit.maximum:
                found.append(Violation("limit", zone, limit, used))
    return found


def _is_open(
    policy: Policy, zone: str, channel: str, at: datetime, holidays: Collection[date]
) -> bool:
    """Tell whether one of the windows is open by the wall clock of a zone."""
    clock = _clock(zone, at)
    kind = HOLIDAY if clock.date() in holidays else clock.weekday()
    minute = clock.hour * 60 + clock.minute
    named = [window for window in policy.windows if channel in window.channels]
    general = [window for window in policy.windows if not window.channels]
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
