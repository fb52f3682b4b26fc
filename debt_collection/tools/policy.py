"""What a contact policy is made of, and what the gate answers: plain values.

Sources of the rules that these values can express: US Regulation F, 12 CFR 1006.14
(rolling limits, cool-down after a conversation, hours in the debtor's time), Russian
Federal Law 230-FZ article 7 (hours of weekdays, weekends and holidays; calendar limits
per channel), Massachusetts 940 CMR 7 (limits per debt).
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import product
from typing import NamedTuple, Protocol

CHANNELS = ("call", "robot_call", "sms", "email", "voice_message", "letter", "visit")
TALKS = frozenset({"call", "robot_call"})
"""Channels by which somebody, or a robot, talks with the debtor."""
HOLIDAY = 7
"""Pseudo weekday of a window: 0 is Monday, 6 Sunday, 7 a public holiday."""
CALLBACK_TOLERANCE = timedelta(minutes=60)
"""From the instant a debtor asked for on, how long a call still counts as that call."""
CALLBACK_LASTS = timedelta(hours=24)
"""How long a callback stands that nobody made; then it is an ordinary call again."""


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

    ``count`` is what counts: every "attempt", every "connect" (somebody answered),
    every "conversation" (with the debtor, whoever rang), or every "minute" begun of our
    attempts, ``maximum`` being minutes then.  ``period`` is "day", "week" or "month".
    Calendar periods run in the debtor's local time, weeks start on Monday; rolling ones
    are spans of 1, 7 or 30 times 24 hours.  ``channels`` are counted and restrained
    together, empty means all.  ``scope`` "case" counts the contacts of the case asked
    for (all of them when none is named; see `Contact`), "debtor" those of all his
    cases.  With ``place`` only contacts that are known to reach him there count and are
    restrained.

    A cool-down after a conversation is a rolling limit of one conversation.
    ``spares_callback``: a call at the time the debtor asked for is not refused by it.
    """

    count: str
    maximum: int
    period: str
    length: int = 1
    rolling: bool = False
    channels: frozenset[str] = frozenset()
    scope: str = "debtor"
    spares_callback: bool = False
    place: str = ""

    def restrains(self, channel: str, place: str = "") -> bool:
        """Tell whether the channel is one of those counted and restrained there."""
        there = not self.place or self.place == place
        return there and (not self.channels or channel in self.channels)

    def weight(self, contact: "Countable", case: int | None) -> int:
        """Return how much of this limit a contact uses up, asked for ``case``.

        He who rings us is not contacted by us, but has been spoken with.
        """
        if self.channels and contact.channel not in self.channels:
            return 0
        if self.place and contact.place != self.place:
            return 0
        if self.scope == "case" and case is not None and contact.case != case:
            return 0
        if self.count == "conversation":
            return int(contact.conversed)
        if contact.incoming:
            return 0
        if self.count == "connect":
            return int(contact.connected or contact.conversed)
        return contact.minutes if self.count == "minute" else 1

    def counted(
        self, history: Iterable["Contact"], case: int | None
    ) -> list["Contact"]:
        """Return the contacts that use this limit up, as often as they count."""
        return [c for c in history for _ in range(self.weight(c, case))]


@dataclass(frozen=True, slots=True)
class Consent:
    """That the debtor must have consented before he is contacted by these channels.

    Empty ``channels`` mean all.  ``mobile``: only on numbers that are, or may be,
    mobile ones.
    """

    channels: frozenset[str] = frozenset()
    mobile: bool = False

    def is_missing(self, channel: str, target: "Target") -> bool:
        if target.consented or self.mobile and not target.mobile:
            return False
        return not self.channels or channel in self.channels


@dataclass(frozen=True)
class Policy:
    """The windows and limits that hold for a debtor.

    ``callback_beyond_limits``: a call at the time the debtor asked for is not refused
    by any of the limits; the hours hold all the same.  ``then``: from this day on, in
    the debtor's local time, another policy holds instead.  ``consents`` tell what is
    lawful only with the debtor's consent.  ``recorded``: what is talked is recorded, or
    it is not lawful.
    """

    windows: tuple[Window, ...]
    limits: tuple[Limit, ...] = ()
    callback_beyond_limits: bool = False
    then: tuple[date, "Policy"] | None = None
    consents: tuple[Consent, ...] = ()
    recorded: bool = False

    def __hash__(self) -> int:
        # What was worked out for a policy is looked up by it, for each of thousands.
        found = self.__dict__.get("_hash")
        if found is None:
            rules = self.windows, self.limits, self.then, self.consents, self.recorded
            found = hash(rules)
            object.__setattr__(self, "_hash", found)
        return int(found)

    def misses_recording(self, channel: str, target: "Target") -> bool:
        """Tell whether it wants a contact recorded that would not be.

        >>> recorded = Policy((), recorded=True)
        >>> [recorded.misses_recording(way, Target()) for way in ("call", "sms")]
        [True, False]
        >>> recorded.misses_recording("call", Target(recorded=True))
        False
        """
        return self.recorded and channel in TALKS and not target.recorded


NOTHING = Policy(())
"""The policy under which nothing is lawful."""


class Countable(Protocol):
    """What a limit asks of a contact; see `Contact`."""

    @property
    def channel(self) -> str: ...
    @property
    def connected(self) -> bool: ...
    @property
    def conversed(self) -> bool: ...
    @property
    def case(self) -> int | None: ...
    @property
    def incoming(self) -> bool: ...
    @property
    def minutes(self) -> int: ...
    @property
    def place(self) -> str: ...


class Contact(NamedTuple):
    """A contact made or planned, ``at`` in naive UTC.

    A conversation is a connect, whatever the record says.  ``requested`` (the debtor
    had asked for it) is for the record: such contacts count like all others.
    ``case`` stands for what he owes to one of our companies, be it the company's id: it
    stays the same when a record of it is closed and another one opened.
    ``incoming``: he rang us; that is no attempt of ours.  ``minutes`` are those begun.
    ``place`` is where it reached him, "home" or "work", empty where that is not known.
    ``busy``: the line was engaged, or whatever else is worth trying again soon.
    """

    at: datetime
    channel: str
    connected: bool = False
    conversed: bool = False
    requested: bool = False
    case: int | None = None
    incoming: bool = False
    minutes: int = 1
    place: str = ""
    busy: bool = False


class Target(NamedTuple):
    """Where a contact is to go, as far as that is known.

    ``place`` as of `Contact`.  ``mobile``: the number is, or may be, a mobile one.
    ``consented``: the debtor has consented to be contacted there by that channel.
    ``recorded``: what is talked there is recorded.
    """

    place: str = ""
    mobile: bool = True
    consented: bool = False
    recorded: bool = False


ANYWHERE = Target()
"""Nothing is known of where the contact goes, no consent, and nothing is recorded."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the gate says.

    ``reason``: ok, callback (allowed thanks to the callback), no_zone, no_consent,
    not_recorded, no_hours, hours, holiday, before_callback, limit, never.  ``next_at``
    is the earliest lawful instant from the one asked for on, None when there is none
    within the horizon; ``until`` the end of the uninterrupted lawful stretch that
    begins there, or the horizon.  ``limit`` and ``zone`` tell which one refused.
    """

    allowed: bool
    reason: str
    next_at: datetime | None = None
    until: datetime | None = None
    limit: Limit | None = None
    zone: str | None = None


def windows_for(windows: Iterable[Window], channel: str) -> tuple[Window, ...]:
    """Return the channel's own windows, or else the general ones.

    >>> weekdays, any_day = frozenset(range(5)), frozenset(range(8))
    >>> general, visits = Window(any_day, 480, 1260), Window(weekdays, 600, 1080,
    ...     frozenset({"visit"}))
    >>> windows_for((general, visits), "visit") == (visits,)
    True
    >>> windows_for((general, visits), "call") == (general,)
    True
    """
    if channel not in CHANNELS:
        return ()
    own = tuple(window for window in windows if channel in window.channels)
    return own or tuple(window for window in windows if not window.channels)


def combine(policies: Iterable[Policy]) -> Policy:
    """Return the policy under which is lawful what each of these allows, and no more.

    The hours are those common to all; every limit of each holds, and every consent and
    recording that one of them asks for is needed.  A callback is spared
    by the limits of those policies only that spare it.  No policies: nothing is lawful.

    >>> week = frozenset(range(7))
    >>> state = Policy((Window(week, 450, 1260),), (Limit("attempt", 3, "week"),))
    >>> nation = Policy((Window(week, 480, 1260),), (), callback_beyond_limits=True)
    >>> both = combine([state, nation])
    >>> [(window.start, window.end) for window in both.windows]
    [(480, 1260)]
    >>> both.limits == state.limits
    True
    """
    policies = tuple(dict.fromkeys(policies))
    if len(policies) < 2:
        return policies[0] if policies else NOTHING
    limits = (limit for policy in policies for limit in _spelled_out(policy))
    consents = (consent for policy in policies for consent in policy.consents)
    return Policy(
        _common_windows(policies),
        tuple(dict.fromkeys(limits)),
        consents=tuple(dict.fromkeys(consents)),
        recorded=any(policy.recorded for policy in policies),
    )


def _spelled_out(policy: Policy) -> Iterable[Limit]:
    """Yield the limits, each saying for itself whether it spares a callback."""
    for limit in policy.limits:
        spares = limit.spares_callback or policy.callback_beyond_limits
        yield replace(limit, spares_callback=spares)


def _common_windows(policies: Iterable[Policy]) -> tuple[Window, ...]:
    """Intersect the windows channel by channel; each names its channels afterwards."""
    channels = defaultdict(set)
    for channel in CHANNELS:
        choices = (windows_for(policy.windows, channel) for policy in policies)
        for windows in product(*choices):
            days = frozenset.intersection(*(window.days for window in windows))
            start = max(window.start for window in windows)
            end = min(window.end for window in windows)
            if days and start < end:
                channels[days, start, end].add(channel)
    return tuple(Window(*hours, frozenset(named)) for hours, named in channels.items())
