"""The ladder's messages: which one is next, and from when on is it due?

Calls are the planner's (``ladder``).  A message step is carried out without anybody: on
the days it names, or after days on which the debtor could not be reached.  Whether it
may go out then is for the gate to say.
"""

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from .clock import DAY, instant, local, middle
from .contact import no_zone
from .question import Question
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
    asked: Question,
    steps: Sequence[Step],
    started_on: date,
    now: datetime,
    *,
    made: Collection[tuple[int | None, int]] = frozenset(),
    last: datetime | None = None,
    call_at: datetime | None = None,
) -> Due | None:
    """Return the next message of a ladder, None when none is foreseen.

    Of what is asked, the zones, the history and the case count; its case tells this
    ladder's attempts from those of the debtor's other cases.

    ``made`` are the occurrences carried out already, as pairs of a step's key and
    ``Due.first``; ``last`` is when the last of them went out or will: there is one a
    local day at most.  ``call_at`` is the next call planned: a day is not over while
    one is.

    >>> from .contact import Contact, History
    >>> from .policy import NOTHING
    >>> weekly = Step(8, 28, channel="email", every_days=7, key=1)
    >>> monday, nine = date(2026, 2, 2), datetime(2026, 2, 2, 6)  # 09:00 in Moscow
    >>> asked = Question(NOTHING, ("Europe/Moscow",))
    >>> due = next_message(asked, [weekly], monday, nine)
    >>> str(due.at), due.first
    ('2026-02-08 21:00:00', 8)
    >>> in_vain = Step(1, 28, channel="sms", after_unanswered=1, key=2)
    >>> next_message(asked, [in_vain], monday, nine)
    >>> called = History.of([Contact(nine, "call")])
    >>> tried = Question(NOTHING, asked.zones, history=called)
    >>> due = next_message(tried, [in_vain], monday, nine)
    >>> due.at == nine, due.first
    (True, 1)
    """
    if no_zone(asked.zones):
        return None
    ladder = _Ladder(started_on, middle(asked.zones, now.date()))
    earliest = max(now, ladder.start(ladder.day(last) + 1)) if last else now
    attempts = _in_vain(asked)
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


def _in_vain(asked: Question) -> list[datetime]:
    """Return when the debtor was called and not reached since the last conversation."""
    groups = asked.history.groups
    talks = (at for kind, times in groups if kind.conversed for at in times)
    spoken = max(talks, default=datetime.min)
    return [
        at
        for kind, times in groups
        if kind.channel == "call"
        and not kind.incoming
        and (asked.case is None or kind.case in (None, asked.case))
        for at in times
        if at > spoken
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

    def on_its_days(
        self, step: Step, earliest: datetime, made: Collection[tuple[int | None, int]]
    ) -> Due | None:
        """Return the first span of the step that is not over and had no message."""
        number = max(self.day(earliest), step.first_day)
        while number <= step.last_day:
            first, last = step.span(number)
            if (step.key, first) not in made:
                return Due(max(earliest, self.start(number)), step, first)
            number = last + 1
        return None

    def after(
        self,
        step: Step,
        earliest: datetime,
        now: datetime,
        attempts: Sequence[datetime],
        call_at: datetime | None,
    ) -> Due | None:
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
