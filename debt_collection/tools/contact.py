"""The one gate: may this debtor be contacted now, and if not, from when on?

A policy is data: *windows* say at which local hours a channel may be used, *limits* how
often.  The gate refuses unless all zones in which the debtor may be agree.
"""

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

from .clock import zone
from .hours import hours
from .limits import Counter
from .policy import (
    CALLBACK_TOLERANCE,
    CHANNELS,
    HOLIDAY,
    Answer,
    Contact,
    Limit,
    Policy,
    Window,
)

__all__ = [
    "CALLBACK_TOLERANCE",
    "CHANNELS",
    "HOLIDAY",
    "Answer",
    "Contact",
    "Gate",
    "Limit",
    "Policy",
    "Window",
    "check",
]


class Refusal(NamedTuple):
    """Why not; ``zone`` and ``limit`` where one of them is to blame."""

    reason: str
    limit: Limit | None = None
    zone: str | None = None


@lru_cache(maxsize=4096)
def no_zone(zones: tuple[str, ...]) -> Refusal | None:
    """Refuse when there is no zone to reckon with, or one that nobody knows.

    >>> no_zone(("Europe/Moscow", "Etc/Unknown")).zone
    'Etc/Unknown'
    """
    unknown = next((name for name in zones if not zone(name)), None)
    return None if zones and unknown is None else Refusal("no_zone", None, unknown)


class Gate:
    """The rules for one debtor and channel, prepared for many questions.

    ``callback`` is the instant at which the debtor asked to be called: nothing is
    allowed before it, and from it on, for ``CALLBACK_TOLERANCE``, calls are not refused
    by the limits where the policy says so.
    """

    def __init__(
        self,
        policy: Policy,
        zones: Sequence[str],
        channel: str,
        history: Sequence[Contact] = (),
        *,
        holidays: Collection[date] = frozenset(),
        callback: datetime | None = None,
        case: int | None = None,
    ):
        zones = tuple(zones)
        self.refused_for_good = no_zone(zones)
        self._callback = callback
        self._exempts = policy.callback_beyond_limits and channel == "call"
        if not self.refused_for_good:
            free = frozenset(holidays)
            self._hours = hours(policy.windows, channel, zones, free)
            self._counters = [
                Counter(limit, zones, history, case)
                for limit in policy.limits
                if limit.restrains(channel)
            ]
            if not self._hours:
                self.refused_for_good = Refusal("no_hours")

    def refusal(self, at: datetime) -> Refusal | None:
        """Tell why the debtor may not be contacted at ``at``, None when he may."""
        if self.refused_for_good:
            return self.refused_for_good
        if closed := self._hours.refusal(at):
            return Refusal(closed[0], None, closed[1])
        if self._callback and at < self._callback:
            return Refusal("before_callback")
        return None if self.exempt(at) else self._used_up(at)

    def exempt(self, at: datetime) -> bool:
        """Tell whether ``at`` is the call he asked for and the limits do not bind."""
        return (
            self._exempts
            and self._callback is not None
            and self._callback <= at < self._callback + CALLBACK_TOLERANCE
        )

    def thanks_to_callback(self, at: datetime) -> bool:
        """Tell whether ``at`` is lawful only because he asked for it."""
        return self.exempt(at) and self._used_up(at) is not None

    def stretch(self, at: datetime, last: datetime) -> tuple[datetime, datetime] | None:
        """Return the first lawful stretch from ``at`` on that begins by ``last``.

        Jumps from bound to bound: the next common hours, then the latest release of the
        limits used up there, and again, until nothing refuses.
        """
        if self.refused_for_good:
            return None
        if self._callback:
            at = max(at, self._callback)
        while at <= last and (open_ := self._hours.stretch(at, last)):
            at, end = open_
            at = self._release(at)
            if at == open_[0]:
                return at, self._tightened(at, end)
        return None

    def _release(self, at: datetime) -> datetime:
        """Return ``at``, or the earliest later instant that the limits may allow."""
        if self.exempt(at):
            return at
        releases = (counter.release(at) for counter in self._counters)
        return max((over for over, _ in filter(None, releases)), default=at)

    def _used_up(self, at: datetime) -> Refusal | None:
        """Return the limit that refuses for longest."""
        found = [(counter.release(at), counter.limit) for counter in self._counters]
        found = [(release, limit) for release, limit in found if release]
        if not found:
            return None
        (_, name), limit = max(found, key=lambda one: one[0][0])
        return Refusal("limit", limit, name)

    def _tightened(self, at: datetime, end: datetime) -> datetime:
        """Return where a limit ends the stretch that the hours leave open."""
        exempt = self.exempt(at)
        ahead = [counter for counter in self._counters if counter.looks_ahead(at)]
        if not (ahead or exempt):
            return end
        turns = {turn for counter in ahead for turn in counter.tightenings(at)}
        if exempt:
            turns.add(self._callback + CALLBACK_TOLERANCE)
        for turn in sorted(t for t in turns if at < t < end):
            if not self.exempt(turn) and self._used_up(turn):
                return turn
        return end


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
    """Tell whether the debtor may be contacted at ``at``, else from when on.

    ``at`` and ``callback`` are naive UTC, ``zones`` all IANA zones in which he may be,
    ``holidays`` the public holidays as local dates, ``history`` every contact that may
    count, of all his cases and in any order.

    >>> weekdays = Window(frozenset(range(5)), 8 * 60, 22 * 60)
    >>> policy = Policy((weekdays,), (Limit("connect", 1, "day"),))
    >>> friday = datetime(2026, 1, 30, 6, 30)  # 09:30 in Moscow
    >>> check(policy, ["Europe/Moscow"], "call", friday).until
    datetime.datetime(2026, 1, 30, 19, 0)
    >>> spoken = [Contact(friday, "call", connected=True)]
    >>> later = friday + timedelta(hours=2)
    >>> answer = check(policy, ["Europe/Moscow"], "call", later, spoken)
    >>> answer.reason, answer.next_at
    ('limit', datetime.datetime(2026, 2, 2, 5, 0))
    """
    gate = Gate(
        policy,
        zones,
        channel,
        history,
        holidays=holidays,
        callback=callback,
        case=case,
    )
    last = at + timedelta(days=horizon_days)
    start, until = gate.stretch(at, last) or (None, None)
    if start == at:
        reason = "callback" if gate.thanks_to_callback(at) else "ok"
        return Answer(True, reason, start, until)
    reason, limit, name = gate.refusal(at)
    if start is None and not gate.refused_for_good:
        reason = "never"
    return Answer(False, reason, start, until, limit, name)
