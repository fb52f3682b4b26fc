"""The one gate: may this debtor be contacted now, and if not, from when on?

A policy is data: *windows* say at which local hours a channel may be used, *limits* how
often.  The gate refuses unless all zones in which the debtor may be agree.
"""

from bisect import bisect_right
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

from .clock import instant, local, zone
from .hours import hours
from .limits import Counter, counters
from .policy import (
    ANYWHERE,
    CALLBACK_TOLERANCE,
    CHANNELS,
    HOLIDAY,
    Answer,
    Consent,
    Contact,
    Limit,
    Policy,
    Target,
    Window,
    combine,
)

__all__ = [
    "ANYWHERE",
    "CALLBACK_TOLERANCE",
    "CHANNELS",
    "HOLIDAY",
    "Answer",
    "Consent",
    "Contact",
    "Gate",
    "Limit",
    "Policy",
    "Succession",
    "Target",
    "Window",
    "check",
    "gate",
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


def no_consent(policy: Policy, channel: str, target: Target) -> Refusal | None:
    """Refuse when the debtor would have to consent before, and has not."""
    missing = any(consent.is_missing(channel, target) for consent in policy.consents)
    return Refusal("no_consent") if missing else None


class Gate:
    """The rules for one debtor and channel, prepared for many questions.

    ``callback`` is the instant at which the debtor asked to be called: nothing is
    allowed before it, and from it on, for ``CALLBACK_TOLERANCE``, calls are not refused
    by the limits where the policy says so.  ``target`` is where the contact would go.
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
        target: Target = ANYWHERE,
    ):
        zones = tuple(zones)
        self.refused_for_good = no_zone(zones) or no_consent(policy, channel, target)
        self._callback = callback
        self._call = channel == "call"
        self._spares_all = policy.callback_beyond_limits
        if not self.refused_for_good:
            free = frozenset(holidays)
            self._hours = hours(policy.windows, channel, zones, free)
            limits = [
                limit
                for limit in policy.limits
                if limit.restrains(channel, target.place)
            ]
            self._counters = counters(limits, zones, history, case)
            # What restrains a call too that the debtor asked for.
            self._strict = [
                counter for counter in self._counters if not self._spares(counter.limit)
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
        return self._used_up(at, self._binding(at))

    def thanks_to_callback(self, at: datetime) -> bool:
        """Tell whether ``at`` is lawful only because he asked for it."""
        return self._asked_for(at) and self._used_up(at, self._counters) is not None

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

    def _spares(self, limit: Limit) -> bool:
        return self._call and (self._spares_all or limit.spares_callback)

    def _asked_for(self, at: datetime) -> bool:
        """Tell whether ``at`` is the call he asked for."""
        return (
            self._call
            and self._callback is not None
            and self._callback <= at < self._callback + CALLBACK_TOLERANCE
        )

    def _binding(self, at: datetime) -> list[Counter]:
        """Return the limits that bind at ``at``."""
        return self._strict if self._asked_for(at) else self._counters

    def _release(self, at: datetime) -> datetime:
        """Return ``at``, or the earliest later instant that the limits may allow."""
        releases = (counter.release(at) for counter in self._binding(at))
        return max((over for over, _ in filter(None, releases)), default=at)

    @staticmethod
    def _used_up(at: datetime, counters: Sequence[Counter]) -> Refusal | None:
        """Return the limit that refuses for longest."""
        found = [(counter.release(at), counter.limit) for counter in counters]
        found = [(release, limit) for release, limit in found if release]
        if not found:
            return None
        (_, name), limit = max(found, key=lambda one: one[0][0])
        return Refusal("limit", limit, name)

    def _tightened(self, at: datetime, end: datetime) -> datetime:
        """Return where a limit ends the stretch that the hours leave open."""
        ahead = [counter for counter in self._counters if counter.looks_ahead(at)]
        turns = {turn for counter in ahead for turn in counter.tightenings(at)}
        if self._asked_for(at):
            turns.add(self._callback + CALLBACK_TOLERANCE)
        for turn in sorted(t for t in turns if at < t < end):
            if self._used_up(turn, self._binding(turn)):
                return turn
        return end


class Succession:
    """The gates that follow one another as the law changes; asked like one `Gate`.

    A day begins at another instant in each candidate zone: between the first and the
    last of them, the policies of both days hold together.  So the planner looks across
    the day of a change of law, and no plan made before it breaks the law behind it.
    """

    def __init__(self, policy: Policy, zones: Sequence[str], *asked, **rules):
        self._versions = tuple(_versions(policy))
        self._zones = zones
        self._asked, self._rules = asked, rules
        days = (day for day, _ in self._versions[1:])
        self._turns = sorted({instant(name, day) for day in days for name in zones})
        self._gates: dict[int, Gate] = {}

    @property
    def refused_for_good(self) -> Refusal | None:
        numbers = range(len(self._turns) + 1)
        refused = [self._gate(number).refused_for_good for number in numbers]
        return refused[-1] if all(refused) else None

    def refusal(self, at: datetime) -> Refusal | None:
        return self._gate(bisect_right(self._turns, at)).refusal(at)

    def thanks_to_callback(self, at: datetime) -> bool:
        return self._gate(bisect_right(self._turns, at)).thanks_to_callback(at)

    def stretch(self, at: datetime, last: datetime) -> tuple[datetime, datetime] | None:
        for number in range(bisect_right(self._turns, at), len(self._turns) + 1):
            turn = (*self._turns, datetime.max)[number]
            found = self._gate(number).stretch(at, min(last, turn))
            if found and found[1] < turn:
                return found
            if found and found[0] < turn:
                return found[0], self._followed(turn, last)
            at = turn
        return None

    def _followed(self, turn: datetime, last: datetime) -> datetime:
        """Return the end of a stretch that reaches the turn: it may go on behind it."""
        behind = self.stretch(turn, last) if turn <= last else None
        return behind[1] if behind and behind[0] == turn else turn

    def _gate(self, number: int) -> Gate:
        if number not in self._gates:
            policy = combine(self._policies(number))
            self._gates[number] = Gate(policy, self._zones, *self._asked, **self._rules)
        return self._gates[number]

    def _policies(self, number: int) -> Iterator[Policy]:
        """Yield what holds between two turns, where it is which day."""
        if not number:
            yield self._versions[0][1]
            return
        for name in self._zones:
            today = local(name, self._turns[number - 1]).date()
            yield [policy for day, policy in self._versions if day <= today][-1]


def _versions(policy: Policy | None) -> Iterator[tuple[date, Policy]]:
    """Yield the policies that hold one after the other, and the first day of each."""
    day = date.min
    while True:
        yield day, replace(policy, then=None)
        if not policy.then:
            return
        day, policy = policy.then


def gate(policy: Policy, zones: Sequence[str], *asked, **rules) -> Gate | Succession:
    """Return what answers for the policy, and for what it will be one day."""
    kind = Succession if policy.then and not no_zone(tuple(zones)) else Gate
    return kind(policy, zones, *asked, **rules)


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
    target: Target = ANYWHERE,
    horizon_days: int = 400,
) -> Answer:
    """Tell whether the debtor may be contacted at ``at``, else from when on.

    ``at`` and ``callback`` are naive UTC, ``zones`` all IANA zones in which he may be,
    ``holidays`` the public holidays as local dates, ``history`` every contact that may
    count, of all his cases and in any order, ``target`` where this one would go.

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
    asked = gate(
        policy,
        zones,
        channel,
        history,
        holidays=holidays,
        callback=callback,
        case=case,
        target=target,
    )
    last = at + timedelta(days=horizon_days)
    start, until = asked.stretch(at, last) or (None, None)
    if start == at:
        reason = "callback" if asked.thanks_to_callback(at) else "ok"
        return Answer(True, reason, start, until)
    reason, limit, name = asked.refusal(at)
    never = start is None and not asked.refused_for_good
    if never and reason != "no_consent":
        # Whoever gives consent is contacted after all.
        reason = "never"
    return Answer(False, reason, start, until, limit, name)
