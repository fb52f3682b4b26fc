"""What a contact policy is made of, and what the gate answers: plain values.

Sources of the rules that these values can express: US Regulation F, 12 CFR 1006.14
(rolling limits, cool-down after a conversation, hours in the debtor's time), Russian
Federal Law 230-FZ article 7 (hours of weekdays, weekends and holidays; calendar limits
per channel), Massachusetts 940 CMR 7 (limits per debt).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

CHANNELS = ("call", "robot_call", "sms", "email", "voice_message", "letter", "visit")
HOLIDAY = 7
"""Pseudo weekday of a window: 0 is Monday, 6 Sunday, 7 a public holiday."""
CALLBACK_TOLERANCE = timedelta(minutes=60)
"""From the instant a debtor asked for on, how long a call still counts as that call."""


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
    every "conversation" (with the debtor).  ``period`` is "day", "week" or "month".
    Calendar periods run in the debtor's local time, weeks start on Monday; rolling ones
    are spans of 1, 7 or 30 times 24 hours.  ``channels`` are counted and restrained
    together, empty means all.  ``scope`` "case" counts the contacts of the case asked
    for (all of them when none is named), "debtor" those of all his cases.

    A cool-down after a conversation is a rolling limit of one conversation.
    """

    count: str
    maximum: int
    period: str
    length: int = 1
    rolling: bool = False
    channels: frozenset[str] = frozenset()
    scope: str = "debtor"

    def restrains(self, channel: str) -> bool:
        """Tell whether the channel is one of those counted and restrained."""
        return not self.channels or channel in self.channels

    def counted(self, history: Iterable["Contact"], case: int | None):
        """Return the contacts that use this limit up, asked on behalf of ``case``."""
        if self.channels:
            history = [c for c in history if c.channel in self.channels]
        if self.scope == "case" and case is not None:
            history = [c for c in history if c.case == case]
        if self.count == "conversation":
            return [c for c in history if c.conversed]
        if self.count == "connect":
            return [c for c in history if c.connected or c.conversed]
        return history


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

    A conversation is a connect, whatever the record says.  ``requested`` (the debtor
    had asked for it) is for the record: such contacts count like all others.
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
    holiday, before_callback, limit, never.  ``next_at`` is the earliest lawful instant
    from the one asked for on, None when there is none within the horizon; ``until`` the
    end of the uninterrupted lawful stretch that begins there, or the horizon.
    ``limit`` and ``zone`` tell which one refused.
    """

    allowed: bool
    reason: str
    next_at: datetime | None = None
    until: datetime | None = None
    limit: Limit | None = None
    zone: str | None = None
