"""The one gate: may this debtor be contacted now, and if not, from when on?

A policy is data: *windows* say at which local hours a channel may be used, *limits* how
often.  The gate refuses unless all zones in which the debtor may be agree.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple, Protocol

from .clock import instant, local
from .history import NO_CONTACTS, History
from .hours import Span, hours
from .limits import Counter, Tally
from .policy import (
    ANYWHERE,
    CALLBACK_TOLERANCE,
    CHANNELS,
    HOLIDAY,
    TALKS,
    Answer,
    Consent,
    Contact,
    Limit,
    Policy,
    Target,
    Window,
    combine,
)
from .question import Pause, Question
from .tz_database import zone

__all__ = [
    "ANYWHERE",
    "CALLBACK_TOLERANCE",
    "CHANNELS",
    "HOLIDAY",
    "NO_CONTACTS",
    "TALKS",
    "Answer",
    "Consent",
    "Contact",
    "Gate",
    "History",
    "Limit",
    "Pause",
    "Policy",
    "Question",
    "Succession",
    "Target",
    "Window",
    "check",
    "gate",
]

MENDED = frozenset({"no_consent", "not_recorded"})
"""Reasons that somebody can do something about, whatever the clock says."""
HORIZON_DAYS = 400
"""So far ahead the gate looks for a lawful instant."""


class Refusal(NamedTuple):
    """Why not; ``zone`` and ``limit`` where one of them is to blame."""

    reason: str
    limit: Limit | None = None
    zone: str | None = None


class Judge(Protocol):
    """What answers for one debtor and channel, asked about many instants."""

    @property
    def refused_for_good(self) -> Refusal | None: ...
    def refusal(self, at: datetime) -> Refusal | None: ...
    def thanks_to_callback(self, at: datetime) -> bool: ...
    def stretch(self, at: datetime, last: datetime) -> Span | None: ...


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


def not_recorded(policy: Policy, channel: str, target: Target) -> Refusal | None:
    """Refuse when the law wants the talk recorded, and it would not be."""
    missing = policy.misses_recording(channel, target)
    return Refusal("not_recorded") if missing else None


class Rules:
    """What holds for a channel, prepared once for all debtors who are asked alike.

    ``refused``: why nothing is lawful at all.
    """

    def __init__(
        self,
        policy: Policy,
        zones: tuple[str, ...],
        channel: str,
        holidays: frozenset[date],
        target: Target,
        case: int | None,
    ):
        self.zones = zones
        self.refused = (
            no_zone(zones)
            or no_consent(policy, channel, target)
            or not_recorded(policy, channel, target)
        )
        if not self.refused:
            found = hours(policy.windows, channel, zones, holidays)
            if found:
                self.hours = found
            else:
                self.refused = Refusal("no_hours")
        limits = [one for one in policy.limits if one.restrains(channel, target.place)]
        self.tally = Tally(limits, case, policy.callback_beyond_limits)


#: Rules are few, debtors many.
rules = lru_cache(maxsize=4096)(Rules)


class Gate:
    """The rules for one debtor and channel, prepared for many instants."""

    def __init__(self, asked: Question):
        found = rules(
            asked.policy,
            asked.zones,
            asked.channel,
            asked.holidays,
            asked.target,
            asked.case,
        )
        self.refused_for_good = found.refused
        self._callback = asked.callback
        self._call = asked.channel == "call"
        if not found.refused:
            self._hours = found.hours
            self._counters = found.tally.counters(found.zones, asked.history)
            # What restrains a call too that the debtor asked for.
            self._strict = self._counters
            if asked.callback and self._call:
                self._strict = [one for one in self._counters if not one.spared]

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
        latest = at
        for counter in self._binding(at):
            if (found := counter.release(at)) and found[0] > latest:
                latest = found[0]
        return latest

    @staticmethod
    def _used_up(at: datetime, counters: Sequence[Counter]) -> Refusal | None:
        """Return the limit that refuses for longest."""
        latest, refusal = datetime.min, None
        for counter in counters:
            if (found := counter.release(at)) and found[0] > latest:
                latest, name = found
                refusal = Refusal("limit", counter.limit, name)
        return refusal

    def _tightened(self, at: datetime, end: datetime) -> datetime:
        """Return where a limit ends the stretch that the hours leave open."""
        ahead = [counter for counter in self._counters if counter.looks_ahead(at)]
        turns = {turn for counter in ahead for turn in counter.tightenings(at)}
        if self._callback and self._asked_for(at):
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

    def __init__(self, asked: Question):
        self._asked = asked
        self._turns = _turns(asked.policy, asked.zones)
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
            asked = self._asked
            policy = _between(asked.policy, asked.zones, number)
            self._gates[number] = Gate(replace(asked, policy=policy))
        return self._gates[number]


@lru_cache(maxsize=1024)
def _turns(policy: Policy, zones: tuple[str, ...]) -> list[datetime]:
    """Return when another version of the law begins to hold, or ceases, somewhere."""
    days = (day for day, _ in versions(policy)[1:])
    return sorted({instant(name, day) for day in days for name in zones})


@lru_cache(maxsize=4096)
def _between(policy: Policy, zones: tuple[str, ...], number: int) -> Policy:
    """Return what holds between two turns, where it is which day."""
    known = versions(policy)
    if not number:
        return known[0][1]
    since = _turns(policy, zones)[number - 1]
    return combine(
        [one for day, one in known if day <= local(name, since).date()][-1]
        for name in zones
    )


@lru_cache(maxsize=1024)
def versions(policy: Policy) -> tuple[tuple[date, Policy], ...]:
    """Return the policies that hold one after the other, and the first day of each."""
    found: list[tuple[date, Policy]] = []
    next_one: tuple[date, Policy] | None = (date.min, policy)
    while next_one:
        day, policy = next_one
        found.append((day, replace(policy, then=None)))
        next_one = policy.then
    return tuple(found)


def gate(asked: Question) -> Judge:
    """Return what answers for the policy, and for what it will be one day."""
    if asked.policy.then and not no_zone(asked.zones):
        return Succession(asked)
    return Gate(asked)


def check(asked: Question, at: datetime, horizon_days: int = HORIZON_DAYS) -> Answer:
    """Tell whether the debtor may be contacted at ``at``, else from when on.

    ``at`` is naive UTC.

    >>> weekdays = Window(frozenset(range(5)), 8 * 60, 22 * 60)
    >>> policy = Policy((weekdays,), (Limit("connect", 1, "day"),))
    >>> friday = datetime(2026, 1, 30, 6, 30)  # 09:30 in Moscow
    >>> check(Question(policy, ("Europe/Moscow",)), friday).until
    datetime.datetime(2026, 1, 30, 19, 0)
    >>> spoken = History.of([Contact(friday, "call", connected=True)])
    >>> later = friday + timedelta(hours=2)
    >>> answer = check(Question(policy, ("Europe/Moscow",), history=spoken), later)
    >>> answer.reason, answer.next_at
    ('limit', datetime.datetime(2026, 2, 2, 5, 0))
    """
    asked = asked.as_of(at)
    if asked.pause and at < asked.pause.until:
        later = check(replace(asked, pause=None), asked.pause.until, horizon_days)
        return Answer(False, asked.pause.reason, later.next_at, later.until)
    judge = gate(asked)
    found = judge.stretch(at, at + timedelta(days=horizon_days))
    if found and found[0] == at:
        reason = "callback" if judge.thanks_to_callback(at) else "ok"
        return Answer(True, reason, *found)
    start, until = found or (None, None)
    reason, limit, name = judge.refusal(at) or Refusal("never")
    never = start is None and not judge.refused_for_good
    if never and reason not in MENDED:
        # Whoever gives consent, or is recorded, is contacted after all.
        reason = "never"
    return Answer(False, reason, start, until, limit, name)
