"""The planner: when should this debtor be contacted next?

A ladder is a list of steps over the days since it began: so many attempts a day, spread
over the parts of the day.  The ladder only wishes; the gate of ``contact`` decides, so
a plan is never an instant that the gate refuses.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import lru_cache

from .clock import DAY, instant, local, middle
from .contact import HORIZON_DAYS, gate, no_zone
from .hours import Hours, Span
from .question import Question
from .steps import PARTS, Slot, Step, choose, step_on, weigh

__all__ = ["PARTS", "Plan", "Step", "Wishes", "plan", "step_on"]

HORIZON = timedelta(days=HORIZON_DAYS)
NEVER = (datetime.max, datetime.max)
HOUR = 60
RINGING = frozenset(("call", "robot_call", "voice_message"))
SATURDAY = 5


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


@dataclass(frozen=True, slots=True)
class Wishes:
    """When a contact is best, among the times at which it is lawful.

    ``hours`` weighs the local hours 0-23 by how likely the debtor answers.  ``named``
    is the hour that he named himself: an hour more or less, it beats all spread, and he
    is contacted once a day; half past is 0.5.  ``evening``: the minute of the local day
    from which he is at home: an attempt of the evening waits for it where the law
    allows.  ``saturdays``: he is at home then.  ``working``: the hours of whoever is to
    call.
    """

    hours: Mapping[int, float] = field(default_factory=dict)
    named: float | None = None
    evening: int | None = None
    saturdays: bool = False
    working: Hours | None = None


NO_WISHES = Wishes()


def plan(
    asked: Question,
    steps: Sequence[Step],
    started_on: date,
    now: datetime,
    wishes: Wishes = NO_WISHES,
) -> Plan:
    """Find the earliest contact by the channel asked for that is due and well spread.

    A callback the debtor asked for comes first, even when it was missed; the ladder
    waits for it.  A pause holds the ladder back, not the callback.  Attempts made are
    the contacts by that channel and, where a case is named, for that case.

    Local days are those of the zone in the middle of the candidates.

    >>> from .contact import Contact, History, Limit, Policy, Window
    >>> weekdays = Window(frozenset(range(5)), 8 * 60, 22 * 60)
    >>> policy = Policy((weekdays,), (Limit("connect", 1, "day"),))
    >>> steps = [Step(1, 7, attempts=3)]
    >>> monday, nine = date(2026, 2, 2), datetime(2026, 2, 2, 6)  # 09:00 in Moscow
    >>> asked = Question(policy, ("Europe/Moscow",))
    >>> first = plan(asked, steps, monday, nine)
    >>> str(first.at), str(first.until)
    ('2026-02-02 06:00:00', '2026-02-02 08:00:00')
    >>> tried = replace(asked, history=History.of([Contact(nine, "call")]))
    >>> str(plan(tried, steps, monday, nine).at)
    '2026-02-02 08:00:00'
    >>> talk = Contact(nine, "call", connected=True)
    >>> then = plan(replace(asked, history=History.of([talk])), steps, monday, nine)
    >>> str(then.at), then.blocked
    ('2026-02-03 05:00:00', 'limit')
    >>> six = Wishes(named=18)
    >>> str(plan(asked, steps, monday, nine, six).at)  # 17:00 in Moscow
    '2026-02-02 14:00:00'
    """
    if no_zone(asked.zones):
        return Plan(None, None, "no_zone", None, "no_zone")
    asked = asked.as_of(now)
    if asked.callback and asked.channel == "call":
        return _Planner(asked, (), started_on, now, NO_WISHES).callback()
    wanted = [step for step in steps if step.channel == asked.channel]
    if not wanted:
        return Plan(None, None, "no_steps")
    found = _Planner(asked, wanted, started_on, now, wishes).ladder()
    if not found.at and wishes.working:
        # Whoever is away is stood in for: nobody is left out for that.
        alone = replace(wishes, working=None)
        found = _Planner(asked, wanted, started_on, now, alone).ladder()
    if found.reason == "ladder_end" and asked.pause and now < asked.pause.until:
        return Plan(None, asked.pause.until, "ladder_wait")
    return found


class _Planner:
    """One debtor's rules and history, and the walk over the days of his ladder."""

    def __init__(
        self,
        asked: Question,
        steps: Sequence[Step],
        started_on: date,
        now: datetime,
        wishes: Wishes,
    ):
        self._asked = asked
        self._steps = steps
        self._now = now
        self._wishes = wishes
        self._judge = gate(asked)
        home = middle(asked.zones, now.date())
        self._days = _days(home, started_on)
        # When he was contacted by this channel at all, and on behalf of this ladder.
        self._every, self._own = _times(asked)
        self._known = datetime.max, NEVER

    def callback(self) -> Plan:
        """Plan the call the debtor asked for, at once when it is past."""
        found = self._judge.stretch(self._now, self._now + HORIZON)
        if not found:
            return self._none()
        start, until = found
        ends = (end for _, _, end in self._days.parts(self._days.number(start)))
        until = min(until, *(end for end in ends if end > start))
        return Plan(start, until, "callback", None, self._blocked(start))

    def ladder(self) -> Plan:
        """Walk over the days on which something is lawful until a step finds a slot."""
        asked, lower = self._asked, self._now
        if asked.pause:
            lower = max(lower, asked.pause.until)
        days, last = self._days, max(step.last_day for step in self._steps)
        number = max(1, days.number(lower))
        while number <= last:
            lower = max(lower, days.start(number))
            opening, _until = self._stretch(lower)
            if opening == datetime.max:
                return self._none()
            if opening >= days.start(number + 1):
                number = days.number(opening)
            elif found := self._on(number, lower, number == last):
                slot, step = found
                at = slot.start
                return Plan(at, slot.until, "ladder", step, self._blocked(at))
            else:
                number += 1
        return Plan(None, days.start(last + 1), "ladder_end")

    def _on(
        self, number: int, lower: datetime, final: bool
    ) -> tuple[Slot, Step] | None:
        """Return the earliest slot of a ladder day and its step, or None."""
        found = []
        for step in step_on(self._steps, number):
            left = self._left(step, number)
            if left <= 0 or self._waits_for_saturday(step, number):
                continue
            slots = self._named(step, number, lower, final)
            if slots is None:
                slots = self._slots(step, number, lower)
            weights = weigh(self._wishes.hours) if len(slots) > 1 else {}
            if slot := choose(step, slots, left, weights):
                found.append((slot, step))
        return min(found, key=lambda pair: pair[0].start, default=None)

    def _left(self, step: Step, number: int) -> int:
        first, last = step.span(number)
        made = today = self._made_on(number, number)
        if first < last:
            made = self._made_on(first, last)
        return step.left(number, made, today)

    def _slots(self, step: Step, number: int, lower: datetime) -> list[Slot]:
        """Return where the step may take place on a day, one slot per part."""
        slots = []
        for part, start, end in self._days.parts(number):
            if lower < end and (
                found := self._in_part(step, number, lower, start, end)
            ):
                slots.append(Slot(*found, part, self._made(start, end)))
        return slots

    def _in_part(
        self, step: Step, number: int, lower: datetime, start: datetime, end: datetime
    ) -> Span | None:
        """Return where in a part of a day the step may take place.

        In the evening that is once the debtor is at home, or earlier where it must be.
        """
        start, home = max(lower, start), self._wishes.evening
        at_home = self._days.at(number, home) if home is not None else start
        if start < at_home < end and (found := self._first(step, at_home, end)):
            return found
        return self._first(step, start, end)

    def _named(
        self, step: Step, number: int, lower: datetime, final: bool
    ) -> list[Slot] | None:
        """Return the slot at the hour the debtor named, None where it decides nothing.

        That is on a day on which it is closed, and on the ladder's last day once it is
        over: a call at another hour is better than none.
        """
        if self._wishes.named is None:
            return None
        start, end = self._days.around(number, self._wishes.named)
        if self._made(start, end):
            return []
        if lower >= end:
            return None if final else self._if_open(start, end)
        found = self._first(step, max(lower, start), end)
        return [Slot(*found, "")] if found else self._if_open(start, end)

    def _if_open(self, start: datetime, end: datetime) -> list[Slot] | None:
        """Return no slot where contact is lawful in a span, None where it is not."""
        found = self._lawful(start)
        return [] if found and found[0] < end else None

    def _waits_for_saturday(self, step: Step, number: int) -> bool:
        """Tell whether the last attempt of a span is kept for a Saturday in it."""
        first, last = step.span(number)
        saturday = number + (SATURDAY - self._days.day(number).weekday()) % 7
        if not self._wishes.saturdays or not number < saturday <= last:
            return False
        if step.attempts - self._made_on(first, last) != 1:
            return False
        return bool(self._slots(step, saturday, self._days.start(saturday)))

    def _first(self, step: Step, start: datetime, end: datetime) -> Span | None:
        """Return the first lawful stretch before ``end``, a gap away from attempts."""
        gap, times = timedelta(minutes=step.gap), self._every
        while start < end:
            start, until = self._stretch(start)
            clear = _clear(start, times, gap)
            if start == clear and start < end:
                ahead = times[bisect_right(times, start) :][:1]
                return start, min(until, end, *(at - gap for at in ahead))
            start = clear
        return None

    def _made(self, start: datetime, end: datetime) -> int:
        """Count the ladder's own attempts in a span."""
        return bisect_left(self._own, end) - bisect_left(self._own, start)

    def _made_on(self, first: int, last: int) -> int:
        """Count them from one ladder day to another, inclusive."""
        return self._made(self._days.start(first), self._days.start(last + 1))

    def _stretch(self, lower: datetime) -> Span:
        """Return the first lawful stretch from ``lower`` on, the end of time if none.

        Asked again about an instant in or before the last one found, it knows.
        """
        asked, (start, until) = self._known
        if not asked <= lower < until:
            start, until = self._lawful(lower) or NEVER
            self._known = lower, (start, until)
        return max(start, lower), until

    def _lawful(self, lower: datetime) -> Span | None:
        """Return the first stretch that is lawful and in the working hours."""
        last, working = self._now + HORIZON, self._wishes.working
        while found := self._judge.stretch(lower, last):
            if not working:
                return found
            shift = working.stretch(*found)
            if shift and shift[0] < found[1]:
                return shift[0], min(shift[1], found[1])
            if found[1] >= last:
                break
            lower = found[1]
        return None

    def _blocked(self, at: datetime) -> str | None:
        refusal = self._judge.refusal(self._now) if at != self._now else None
        return refusal.reason if refusal else None

    def _none(self) -> Plan:
        """Nothing is lawful."""
        refused, blocked = self._judge.refused_for_good, self._judge.refusal(self._now)
        reason = refused.reason if refused else "never"
        return Plan(None, None, reason, None, blocked.reason if blocked else None)


def _times(asked: Question) -> tuple[list[datetime], list[datetime]]:
    """Return when all contacts by the channel were, and those of this ladder.

    A telephone that rang for a machine has rung: that was an attempt as others are.
    """
    ways = RINGING if asked.channel == "call" else {asked.channel}
    every: list[datetime] = []
    own: list[datetime] = []
    for kind, times in asked.history.groups:
        if kind.channel in ways:
            every += times
            mine = asked.case is None or kind.case is None or kind.case == asked.case
            if mine and not kind.incoming:
                own += times
    every.sort()
    return every, sorted(own) if len(own) < len(every) else every


class _Days:
    """The days of a ladder where the debtor is; day 1 is the one it began on.

    All debtors whose ladders began there on the same day share them.
    """

    def __init__(self, home: str, started_on: date):
        self._home = home
        self._started_on = started_on
        self._starts: dict[int, datetime] = {}
        self._parts: dict[int, tuple[tuple[str, datetime, datetime], ...]] = {}

    def day(self, number: int) -> date:
        """Return the date of a ladder day."""
        return self._started_on + (number - 1) * DAY

    def number(self, at: datetime) -> int:
        """Return the number of the ladder day of an instant."""
        return (local_date(self._home, at) - self._started_on).days + 1

    def start(self, number: int) -> datetime:
        """Return when a ladder day begins."""
        if number not in self._starts:
            self._starts[number] = instant(self._home, self.day(number))
        return self._starts[number]

    def parts(self, number: int) -> tuple[tuple[str, datetime, datetime], ...]:
        """Return the parts of a ladder day, each with when it begins and ends."""
        if number not in self._parts:
            day = self.day(number)
            self._parts[number] = tuple(
                (part, instant(self._home, day, start), instant(self._home, day, end))
                for part, (start, end) in PARTS.items()
            )
        return self._parts[number]

    def at(self, number: int, minute: int) -> datetime:
        """Return when it is so many minutes after midnight on a ladder day."""
        return instant(self._home, self.day(number), minute)

    def around(self, number: int, hour: float) -> Span:
        """Return the span from an hour before until an hour after a local hour."""
        minute = round(hour * HOUR)
        start, end = max(0, minute - HOUR), min(24 * HOUR, minute + HOUR)
        return self.at(number, start), self.at(number, end)


_days = lru_cache(maxsize=1024)(_Days)


@lru_cache(maxsize=4096)
def local_date(name: str, at: datetime) -> date:
    """Return the local date of an instant; that of now is asked for many debtors."""
    return local(name, at).date()


def _clear(at: datetime, times: Sequence[datetime], gap: timedelta) -> datetime:
    """Return the first instant from ``at`` on that is a gap away from all times."""
    for time in times[bisect_right(times, at - gap) :]:
        if time - gap > at:
            break
        at = max(at, time + gap)
    return at
