"""The ladder's messages: which one is next, and from when on is it due?

Calls are the planner's (``ladder``).  A message step is carried out without anybody: on
the days it names, or after days on which the debtor could not be reached.  Whether it
may go out then is for the gate to say.
"""

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from .clock import DAY, instant, local, middle
from .contact import Contact, no_zone
from .steps import Step

LASTS = 5
"""Days for which an attempt in vain is worth a message: over a weekend, not a month."""
WAITS = timedelta(days=5)
"""A message that the gate keeps back for longer is of no use any more."""


class Due(NamedTuple):
    """A message step that is to be carried out.

    ``at``: naive UTC, from then on.  ``first``: ladder day with which the span begins
    over which the step is carried out once; with the step it names this occurrence.
    """

    at: datetime
    step: Step
    first: int


def next_message(
    steps: Sequence[Step],
    started_on: date,
    now: datetime,
    zones: Sequence[str],
    history: Sequence[Contact] = (),
    *,
    made: Collection[tuple[int, int]] = frozenset(),
    last: datetime | None = None,
    call_at: datetime | None = None,
    case: int | None = None,
) -> Due | None:
    """Return the next message of a ladder, None when none is foreseen.

    ``made`` are the occurrences carried out already, as pairs of a step's key and
    ``Due.first``; ``last`` is when the last of them went out or will: there is one a
    local day at most.  ``call_at`` is the next call planned: a day is not over while
    one is.  ``case`` tells its own attempts from those of the debtor's other cases.

    >>> weekly = Step(8, 28, channel="email", every_days=7, key=1)
    >>> monday, nine = date(2026, 2, 2), datetime(2026, 2, 2, 6)  # 09:00 in Moscow
    >>> due = next_message([weekly], monday, nine, ["Europe/Moscow"])
    >>> str(due.at), due.first
    ('2026-02-08 21:00:00', 8)
    >>> in_vain = Step(1, 28, channel="sms", after_unanswered=1, key=2)
    >>> next_message([in_vain], monday, nine, ["Europe/Moscow"])
    >>> tried = [Contact(nine, "call")]
    >>> due = next_message([in_vain], monday, nine, ["Europe/Moscow"], tried)
    >>> due.at == nine, due.first
    (True, 1)
    """
    zones = tuple(zones)
    if no_zone(zones):
        return None
    ladder = _Ladder(started_on, middle(zones, now.date()))
    earliest = max(now, ladder.start(ladder.day(last) + 1)) if last else now
    attempts = _in_vain(history, case)
    found = []
    for step in steps:
        if step.channel == "call":
            continue
        if step.after_unanswered:
            due = ladder.after(step, earliest, now, attempts, call_at)
        else:
            due = ladder.on_its_days(step, earliest, made)
        if due and (step.key, due.first) not in made:
            found.append(due)
    return min(found, key=lambda due: due.at, default=None)


def _in_vain(history: Sequence[Contact], case: int | None) -> list[datetime]:
    """Return when the debtor was called and not reached since the last conversation."""
    spoken = max((c.at for c in history if c.conversed), default=datetime.min)
    return [
        c.at
        for c in history
        if c.channel == "call"
        and not c.incoming
        and c.at > spoken
        and (case is None or c.case in (None, case))
    ]


class _Ladder(NamedTuple):
    """Days of a ladder, in the debtor's time."""

    started_on: date
    home: str

    def day(self, at: datetime) -> int:
        """Return the number of the ladder day of an instant."""
        return (local(self.home, at).date() - self.started_on).days + 1

    def start(self, number: int) -> datetime:
        """Return when a ladder day begins."""
        return instant(self.home, self.started_on + (number - 1) * DAY)

    def on_its_days(self, step, earliest, made) -> Due | None:
        """Return the first span of the step that is not over and had no message."""
        number = max(self.day(earliest), step.first_day)
        while number <= step.last_day:
            first, last = step.span(number)
            if (step.key, first) not in made:
                return Due(max(earliest, self.start(number)), step, first)
            number = last + 1
        return None

    def after(self, step, earliest, now, attempts, call_at) -> Due | None:
        """Return the message about the last day with attempts, once that is over.

        It is over when no call is planned for it any more.
        """
        if not attempts or len(attempts) < step.after_unanswered:
            return None
        number, today = self.day(max(attempts)), self.day(now)
        if not step.first_day <= number <= step.last_day or today - number > LASTS:
            return None
        tomorrow = self.start(today + 1)
        if number == today and call_at and call_at < tomorrow:
            earliest = max(earliest, tomorrow)
        return Due(earliest, step, step.span(number)[0])
