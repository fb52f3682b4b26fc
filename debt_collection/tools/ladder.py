"""The planner: when should this debtor be contacted next?

A ladder is a list of steps over the days since it began: so many attempts a day by this
channel, spread over the parts of the day.  The ladder only wishes; the gate of
``contact`` decides, so a plan is never an instant that the gate refuses.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache

from .clock import DAY, instant, local, middle
from .contact import (
    ANYWHERE,
    Contact,
    Gate,
    Policy,
    Succession,
    Target,
    gate,
    no_zone,
)
from .steps import PARTS, Slot, Step, choose, step_on, weigh

__all__ = ["PARTS", "Plan", "Step", "plan", "step_on"]

HORIZON = timedelta(days=400)
NEVER = (datetime.max, datetime.max)
UNKNOWN = (datetime.max, *NEVER)


@dataclass(frozen=True, slots=True)
class Plan:
    """The next contact.

    ``at``: naive UTC or None; ``until``: end of the lawful stretch and of that part of
    the day.  ``blocked``: the gate's reason why not now; None when the gate would allow
    it and only the ladder waits.  ``reason`` is one of

    - callback, ladder: what is due then;
    - ladder_end: the ladder wants nothing more that is possible; ``until`` is the end
      of its last day, past or to come;
    - ladder_wait: it is held back beyond its last day, to ``until``;
    - no_steps, no_zone, no_hours, never: nothing can be due.
    """

    at: datetime | None
    until: datetime | None
    reason: str
    step: Step | None = None
    blocked: str | None = None


def plan(
    steps: Sequence[Step],
    started_on: date,
    now: datetime,
    policy: Policy,
    zones: Sequence[str],
    history: Sequence[Contact] = (),
    *,
    holidays: Collection[date] = frozenset(),
    callback: datetime | None = None,
    not_before: datetime | None = None,
    preferred_hours: Mapping[int, float] | None = None,
    case: int | None = None,
    channels: Collection[str] | None = None,
    target: Target = ANYWHERE,
) -> Plan:
    """Find the earliest contact that is due, lawful and well spread.

    A ``callback`` the debtor asked for comes first, even when it was missed; the ladder
    waits for it.  ``not_before`` holds the ladder back, not the callback.
    ``preferred_hours`` weighs the local hours 0-23 by how likely he answers.  Attempts
    made are the contacts in ``history`` of the step's channel and, where ``case`` is
    given, of that case.  ``channels`` are those that can be used at all, None: any;
    ``target`` is where the contacts would go.

    Local days are those of the zone in the middle of the candidates.

    >>> from .contact import Limit, Window
    >>> weekdays = Window(frozenset(range(5)), 8 * 60, 22 * 60)
    >>> policy = Policy((weekdays,), (Limit("connect", 1, "day"),))
    >>> steps = [Step(1, 7, attempts=3)]
    >>> monday, nine = date(2026, 2, 2), datetime(2026, 2, 2, 6)  # 09:00 in Moscow
    >>> first = plan(steps, monday, nine, policy, ["Europe/Moscow"])
    >>> str(first.at), str(first.until)
    ('2026-02-02 06:00:00', '2026-02-02 08:00:00')
    >>> tried = [Contact(nine, "call")]
    >>> str(plan(steps, monday, nine, policy, ["Europe/Moscow"], tried).at)
    '2026-02-02 08:00:00'
    >>> spoken = [Contact(nine, "call", connected=True)]
    >>> then = plan(steps, monday, nine, policy, ["Europe/Moscow"], spoken)
    >>> str(then.at), then.blocked
    ('2026-02-03 05:00:00', 'limit')
    """
    zones = tuple(zones)
    if no_zone(zones):
        return Plan(None, None, "no_zone", None, "no_zone")
    rules = {
        "holidays": frozenset(holidays),
        "callback": callback,
        "case": case,
        "target": target,
    }
    planner = _Planner(started_on, now, policy, zones, history, rules)
    if callback and (channels is None or "call" in channels):
        return planner.callback()
    wanted = [step for step in steps if channels is None or step.channel in channels]
    if not wanted:
        return Plan(None, None, "no_steps")
    weights = weigh(preferred_hours or {})
    found = planner.ladder(wanted, max(now, not_before or now), weights)
    if found.reason == "ladder_end" and not_before and now < not_before:
        return Plan(None, not_before, "ladder_wait")
    return found


class _Planner:
    """One debtor's rules and history, and the walk over the days of his ladder."""

    def __init__(self, started_on, now, policy, zones, history, rules):
        self._started_on = started_on
        self._now = now
        self._last = now + HORIZON
        self._policy = policy
        self._zones = zones
        self._history = history
        self._case = rules["case"]
        self._rules = rules
        self._home = middle(zones, now.date())
        self._gates: dict[str, Gate | Succession] = {}
        self._stretches: dict[str, tuple[datetime, datetime, datetime]] = {}
        self._times: dict[str, tuple[list[datetime], list[datetime]]] = {}

    def callback(self) -> Plan:
        """Plan the call the debtor asked for, at once when it is past."""
        found = self._gate("call").stretch(self._now, self._last)
        if not found:
            return self._none({"call"})
        start, until = found
        day = local(self._home, start).date()
        ends = (end for _, _, end in _parts_of(self._home, day))
        until = min(until, *(end for end in ends if end > start))
        return Plan(start, until, "callback", None, self._blocked("call", start))

    def ladder(self, steps: Sequence[Step], lower: datetime, weights) -> Plan:
        """Walk over the days on which something is lawful until a step finds a slot."""
        channels = {step.channel for step in steps}
        last = max(step.last_day for step in steps)
        day = max(self._started_on, local(self._home, lower).date())
        while (number := (day - self._started_on).days + 1) <= last:
            lower = max(lower, self._start(number))
            opening = min(self._stretch(channel, lower)[0] for channel in channels)
            if opening == datetime.max:
                return self._none(channels)
            lawful = local(self._home, opening).date()
            if lawful == day and (found := self._on(number, steps, lower, weights)):
                slot, step = found
                blocked = self._blocked(step.channel, slot.start)
                return Plan(slot.start, slot.until, "ladder", step, blocked)
            day = max(lawful, day + DAY)
        return Plan(None, self._start(last + 1), "ladder_end")

    def _on(self, number: int, steps: Sequence[Step], lower: datetime, weights):
        """Return the earliest slot of a ladder day and its step, or None."""
        found = []
        for step in step_on(steps, number):
            left = self._left(step, number)
            slots = self._slots(step, number, lower) if left > 0 else ()
            if slot := choose(step, slots, left, weights):
                found.append((slot, step))
        return min(found, key=lambda pair: pair[0].start, default=None)

    def _left(self, step: Step, number: int) -> int:
        first, last = step.span(number)
        made = today = self._made(step, self._start(number), self._start(number + 1))
        if first < last:
            made = self._made(step, self._start(first), self._start(last + 1))
        return step.left(number, made, today)

    def _slots(self, step: Step, number: int, lower: datetime) -> list[Slot]:
        """Return where the step may take place on a day, one slot per part."""
        slots = []
        day = self._started_on + (number - 1) * DAY
        for part, start, end in _parts_of(self._home, day):
            if found := self._first(step, max(lower, start), end):
                slots.append(Slot(*found, part, self._made(step, start, end)))
        return slots

    def _first(self, step: Step, start: datetime, end: datetime):
        """Return the first lawful stretch before ``end``, a gap away from attempts."""
        gap = timedelta(minutes=step.gap)
        times, _ = self._contacts(step.channel)
        while start < end:
            start, until = self._stretch(step.channel, start)
            clear = _clear(start, times, gap)
            if start == clear and start < end:
                ahead = times[bisect_right(times, start) :][:1]
                return start, min(until, end, *(at - gap for at in ahead))
            start = clear
        return None

    def _made(self, step: Step, start: datetime, end: datetime) -> int:
        """Count the ladder's own attempts in a span."""
        _, own = self._contacts(step.channel)
        return bisect_left(own, end) - bisect_left(own, start)

    def _contacts(self, channel: str) -> tuple[list[datetime], list[datetime]]:
        """Return when all contacts by a channel were, and this ladder's own."""
        if channel not in self._times:
            every = [c for c in self._history if c.channel == channel]
            cases = {None, self._case}
            own = [
                c.at
                for c in every
                if not c.incoming and (self._case is None or c.case in cases)
            ]
            self._times[channel] = sorted([c.at for c in every]), sorted(own)
        return self._times[channel]

    def _gate(self, channel: str) -> Gate | Succession:
        if channel not in self._gates:
            self._gates[channel] = gate(
                self._policy,
                self._zones,
                channel,
                self._history,
                **self._rules,
            )
        return self._gates[channel]

    def _stretch(self, channel: str, lower: datetime) -> tuple[datetime, datetime]:
        """Return the first lawful stretch from ``lower`` on, the end of time if none.

        Asked again about an instant in or before the last one found, it knows.
        """
        asked, start, until = self._stretches.get(channel, UNKNOWN)
        if not asked <= lower < until:
            found = self._gate(channel).stretch(lower, self._last) or NEVER
            self._stretches[channel] = lower, *found
            return found
        return max(start, lower), until

    def _start(self, number: int) -> datetime:
        """Return when a ladder day begins."""
        return instant(self._home, self._started_on + (number - 1) * DAY)

    def _blocked(self, channel: str, at: datetime) -> str | None:
        if at == self._now:
            return None
        refusal = self._gate(channel).refusal(self._now)
        return refusal.reason if refusal else None

    def _none(self, channels: Collection[str]) -> Plan:
        """Nothing is lawful by any of the channels."""
        refused = [self._gate(channel).refused_for_good for channel in channels]
        reason = refused[0].reason if all(refused) else "never"
        blocked = self._gate(min(channels)).refusal(self._now)
        return Plan(None, None, reason, None, blocked and blocked.reason)


@lru_cache(maxsize=4096)
def _parts_of(name: str, day: date) -> tuple[tuple[str, datetime, datetime], ...]:
    """Return the parts of a local day, each with when it begins and ends."""
    return tuple(
        (part, instant(name, day, start), instant(name, day, end))
        for part, (start, end) in PARTS.items()
    )


def _clear(at: datetime, times: Sequence[datetime], gap: timedelta) -> datetime:
    """Return the first instant from ``at`` on that is a gap away from all times."""
    for time in times[bisect_right(times, at - gap) :]:
        if time - gap > at:
            break
        at = max(at, time + gap)
    return at
