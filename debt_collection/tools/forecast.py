"""What the ladders of many cases ask for in the coming days, under one rule or another.

Each case is played through by the planner itself, from one call or message to the next,
as if nobody answered and nobody paid: the most work that there can be.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from itertools import zip_longest
from typing import NamedTuple

from .clock import DAY, instant, local
from .contact import MENDED, Contact, Question, check
from .ladder import NO_WISHES, Plan, Wishes, plan
from .ladder_messages import WAITS, next_message
from .policy import Target
from .steps import Step

KINDS = ("calls", "messages")
"""What is foreseen, as of `Contacts`."""
A_CALL = timedelta(minutes=1)
"""After a call the planner is asked again."""
STUCK = MENDED | {"never", "no_hours", "no_zone", "no_policy", "no_country"}
"""Reasons of the planner for which there is no lawful instant at all."""


@dataclass(frozen=True, slots=True)
class Course:
    """All that the planner must know of one case; see ``ladder.plan``.

    ``asked`` None: no law was found, and nothing is lawful.  ``blocked``: why no call
    can be planned at all.  ``ways`` are channel and target of the message steps by
    which the debtor can be written to, by the step's key; ``made`` and ``last`` as of
    ``ladder_messages.next_message``.
    """

    asked: Question | None
    steps: tuple[Step, ...]
    started_on: date
    wishes: Wishes = NO_WISHES
    blocked: str | None = None
    ways: Mapping[int | None, tuple[str, Target]] = field(default_factory=dict)
    made: Collection[tuple[int | None, int]] = frozenset()
    last: datetime | None = None

    def next(self, now: datetime, played: "_Played") -> Plan:
        """Return the next call."""
        if played.asked is None or self.blocked:
            return Plan(None, None, self.blocked or "no_policy")
        return plan(played.asked, self.steps, self.started_on, now, self.wishes)

    def next_message(
        self, now: datetime, played: "_Played", call_at: datetime | None
    ) -> "_Message | None":
        """Return the ladder's next message as the gate lets it go."""
        asked = played.asked
        if asked is None or not self.ways or asked.callback:
            return None
        due = next_message(
            asked,
            [step for step in self.steps if step.key in self.ways],
            self.started_on,
            max(now, asked.pause.until) if asked.pause else now,
            made=played.made,
            last=played.last,
            call_at=call_at,
        )
        if due is None:
            return None
        channel, target = self.ways[due.step.key]
        asked = replace(asked, channel=channel, target=target, pause=None)
        answer = check(asked, due.at, WAITS.days)
        occurrence = due.step.key, due.first
        if answer.next_at:
            return _Message(answer.next_at, occurrence, channel)
        return _Message(due.at, occurrence, None)


class _Message(NamedTuple):
    """A message of the ladder; without a ``channel`` it falls away, unsent."""

    at: datetime
    occurrence: tuple[int | None, int]
    channel: str | None


class Contacts(NamedTuple):
    """When a case is called and written to, in naive UTC.

    ``stuck``: no call is lawful for it at all.
    """

    calls: tuple[datetime, ...]
    messages: tuple[datetime, ...]
    stuck: bool


class Moves(NamedTuple):
    """What became of the calls, or messages, of some cases when a rule was changed."""

    kept: int = 0
    other_hour: int = 0
    other_day: int = 0
    gone: int = 0
    added: int = 0

    def __add__(self, other: tuple[int, ...]) -> "Moves":  # type: ignore[override]
        return Moves(*(a + b for a, b in zip(self, other, strict=True)))

    @property
    def moved(self) -> int:
        return self.other_hour + self.other_day


class _Played:
    """What was done with a case so far."""

    def __init__(self, course: Course):
        self.asked = course.asked
        self.calls: list[datetime] = []
        self.messages: list[datetime] = []
        self.made, self.last = set(course.made), course.last

    def called(self, at: datetime) -> datetime:
        self.calls.append(at)
        self._contacted(at, "call")
        return at + A_CALL

    def written(self, message: _Message) -> datetime:
        self.made.add(message.occurrence)
        self.last = message.at
        if message.channel:
            self.messages.append(message.at)
            self._contacted(message.at, message.channel)
        return message.at

    def _contacted(self, at: datetime, channel: str) -> None:
        """Have a contact counted; a call is the one that he may have asked for."""
        if asked := self.asked:
            made = Contact(at, channel, case=asked.case)
            callback = None if channel == "call" else asked.callback
            history = asked.history.with_one(made)
            self.asked = replace(asked, history=history, callback=callback)


def play(course: Course, now: datetime, until: datetime) -> Contacts:
    """Call and write again and again, always in vain, until a day in the future.

    >>> from .contact import Limit, Policy, Window
    >>> weekdays = Window(frozenset(range(5)), 8 * 60, 22 * 60)
    >>> once = Policy((weekdays,), (Limit("attempt", 1, "day"),))
    >>> friday = datetime(2026, 1, 30, 6)  # 09:00 in Moscow
    >>> twice = Step(1, 4, attempts=2)
    >>> moscow = Question(once, ("Europe/Moscow",))
    >>> course = Course(moscow, (twice,), friday.date())
    >>> for at in play(course, friday, friday + 30 * DAY).calls:
    ...     print(at)
    2026-01-30 06:00:00
    2026-02-02 05:00:00
    """
    played = _Played(course)
    first: Plan | None = None
    while now < until:
        planned = course.next(now, played)
        first = first or planned
        message = course.next_message(now, played, planned.at)
        if message and (planned.at is None or message.at <= planned.at):
            if message.at >= until:
                break
            now = played.written(message)
        elif planned.at is None or planned.at >= until:
            break
        else:
            now = played.called(planned.at)
    stuck = first is not None and not played.calls and first.reason in STUCK
    return Contacts(tuple(played.calls), tuple(played.messages), stuck)


def compare(before: Sequence[datetime], after: Sequence[datetime], home: str) -> Moves:
    """Tell what became of the contacts of a case; days are those of the zone ``home``.

    One at the very same instant is kept.  The others are paired in their order: each
    has moved, or has no partner.

    >>> nine, two = datetime(2026, 2, 2, 9), datetime(2026, 2, 2, 14)
    >>> compare([nine, two], [nine], "UTC")
    Moves(kept=1, other_hour=0, other_day=0, gone=1, added=0)
    >>> compare([nine], [two, nine + DAY], "UTC")
    Moves(kept=0, other_hour=1, other_day=0, gone=0, added=1)
    """
    kept = Counter(before) & Counter(after)
    pairs = zip_longest(_without(before, kept), _without(after, kept))
    kinds = Counter(_kind(*pair, home) for pair in pairs)
    return Moves(**kinds)._replace(kept=kept.total())


def by_day(times: Iterable[datetime], home: str, today: date, days: int) -> list[int]:
    """Count instants by the local day of a zone, from ``today`` on.

    >>> night = datetime(2026, 2, 2, 23)
    >>> by_day([night, night - 2 * DAY], "Europe/Brussels", date(2026, 2, 2), 3)
    [0, 1, 0]
    """
    counts = Counter(local(home, at).date() for at in times)
    return [counts[today + number * DAY] for number in range(days)]


def day_after(home: str, today: date, days: int) -> datetime:
    """Return the first instant behind so many local days."""
    return instant(home, today + days * DAY)


def _without(times: Sequence[datetime], kept: Counter[datetime]) -> list[datetime]:
    return sorted((Counter(times) - kept).elements())


def _kind(old: datetime | None, new: datetime | None, home: str) -> str:
    if new is None:
        return "gone"
    if old is None:
        return "added"
    same = local(home, old).date() == local(home, new).date()
    return "other_hour" if same else "other_day"
