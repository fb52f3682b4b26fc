"""The one gate: may this debtor be contacted now, and if not, from when on?

A policy is data: *windows* say at which local hours a channel may be used, *limits* how
often.  Both come from contact law or from choice (US Regulation F 12 CFR 1006.14,
Russian Federal Law 230-FZ article 7, ...); this module only does the arithmetic.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

CHANNELS = ("call", "robot_call", "sms", "email", "voice_message", "letter", "visit")
HOLIDAY = 7
"""Pseudo weekday of a window: 0 is Monday, 6 Sunday, 7 a public holiday."""
CALLBACK_TOLERANCE = timedelta(minutes=60)
"""How long after the instant a debtor asked for we still count as calling him then."""


@dataclass(frozen=True, slots=True)
class Window:
    """Hours of the debtor's local day at which contact is lawful.

    ``start`` and ``end`` are minutes of the local day, half-open, ``end`` at most 1440.
    Without ``channels`` it holds for every channel that has no window of its own.
    """

    days: frozenset[int]
    start: int
    end: int
    channels: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Limit:
    """At most ``maximum`` contacts in ``length`` periods.

    ``count`` is what counts: every "attempt", every "connect" (somebody answered) or
    every "conversation" (with the debtor).  A calendar period runs in the debtor's
    local time, weeks start on Monday; a rolling one is ``length`` times 1, 7 or 30
    spans of 24 hours.  ``channels`` are counted and restrained together, empty means
    all.  ``scope`` "case" counts the contacts of the case asked for, "debtor" all.
    A cool-down after a conversation is a rolling limit of one conversation.
    """

    count: str
    maximum: int
    period: str
    length: int = 1
    rolling: bool = False
    channels: frozenset[str] = frozenset()
    scope: str = "debtor"


@dataclass(frozen=True, slots=True)
class Policy:
    """The windows and limits that hold for a debtor.

    ``callback_beyond_limits``: a call at the time the debtor asked for is not refused
    by the limits; the hours hold all the same.
    """

    windows: tuple[Window, ...]
    limits: tuple[Limit, ...] = ()
    callback_beyond_limits: bool = False


class Contact(NamedTuple):
    """A contact made or planned, ``at`` in naive UTC.

    ``requested``: the debtor had asked for it.
    """

    at: datetime
    channel: str
    connected: bool = False
    conversed: bool = False
    requested: bool = False
    case: int | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What the gate says.

    ``reason``: ok, callback (allowed thanks to the callback), no_zone, no_hours, hours,
    holiday, limit, before_callback, never.  ``next_at`` is the earliest lawful instant
    from the one asked for on, None when there is none within the horizon; ``until`` the
    end of the uninterrupted lawful stretch that begins there.  ``limit`` and ``zone``
    tell which one refused.
    """

    allowed: bool
    reason: str
    next_at: datetime | None = None
    until: datetime | None = None
    limit: Limit | None = None
    zone: str | None = None


def check(
    policy: Policy,
    zones: Sequence[str],
    channel: str,
    at: datetime,
    history: Sequence[Contact] = (),
    *,
    holidays: Collection[date] = frozenset(),
    callback: datetime | None = None,
    case: int | None = None,
    horizon_days: int = 400,
) -> Answer:
    """Tell whether the debtor may be contacted at ``at``, else from when on."""
    raise NotImplementedError
