"""The coming days as a strip: when may the debtor be contacted, and why not when not?

The gate of ``contact`` judges every piece; this only knows where its answer may change.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import NamedTuple

from .clock import DAY, SECOND, instant, local, period_start, segments
from .contact import (
    CALLBACK_TOLERANCE,
    HORIZON_DAYS,
    MENDED,
    Contact,
    Judge,
    Limit,
    Policy,
    gate,
    no_zone,
    versions,
)
from .limits import Tally, rolling_span
from .policy import CALLBACK_LASTS, windows_for
from .question import Pause, Question

HORIZON = timedelta(days=HORIZON_DAYS)
"""As far ahead as ``contact.check`` looks for a lawful instant."""
ALLOWED = frozenset({"ok", "callback"})


class Segment(NamedTuple):
    """A span of UTC over which the gate answers the same, half-open.

    ``reason`` is one of ``contact.Answer``, or that of a pause.
    """

    start: datetime
    end: datetime
    reason: str
    limit: Limit | None = None
    zone: str | None = None

    @property
    def allowed(self) -> bool:
        return self.reason in ALLOWED


class Day(NamedTuple):
    """A local day, 23 or 25 hours long where the clocks change."""

    day: date
    start: datetime
    end: datetime
    segments: tuple[Segment, ...]


class Use(NamedTuple):
    """How far a limit is used up; ``free_at``: when it next allows a contact."""

    limit: Limit
    used: int
    free_at: datetime | None


def outlook(
    asked: Question,
    today: date,
    *,
    home: str,
    days: int = 14,
    assumed: Contact | None = None,
) -> tuple[Day, ...]:
    """Return the days from ``today`` on, in the time of the zone ``home``.

    ``assumed`` is a contact that has not been made: from its instant on it counts as
    made, with the callback it answers, and the days behind it show what it uses up.

    >>> from .contact import Window
    >>> weekdays = Window(frozenset(range(5)), 8 * 60, 22 * 60)
    >>> moscow = Question(Policy((weekdays,)), ("Europe/Moscow",), "call")
    >>> friday, saturday = outlook(
    ...     moscow, date(2026, 1, 30), home="Europe/Moscow", days=2
    ... )
    >>> for one in friday.segments:
    ...     print(one.start.time(), one.end.time(), one.reason)
    21:00:00 05:00:00 hours
    05:00:00 19:00:00 ok
    19:00:00 21:00:00 hours
    >>> [one.reason for one in saturday.segments]
    ['hours']
    """
    midnights = [instant(home, today + number * DAY) for number in range(days + 1)]
    first, last = midnights[0], midnights[-1]
    turn = min(max(assumed.at, first), last) if assumed else last
    found = list(_strip(asked, first, turn))
    if assumed and turn < last:
        found += _strip(_after(asked, assumed), turn, last)
    return tuple(
        Day(today + number * DAY, start, end, tuple(_within(found, start, end)))
        for number, (start, end) in enumerate(pairwise(midnights))
    )


def uses(asked: Question, at: datetime) -> list[Use]:
    """Return how far each limit of the channel is used up at an instant.

    Where the candidate zones differ, the zone counts in which most is used.
    """
    if no_zone(asked.zones):
        return []
    limits = [
        limit
        for limit in _policy_at(asked, at).limits
        if limit.restrains(asked.channel, asked.target.place)
    ]
    found = []
    tally = Tally(limits, asked.case)
    for counter in tally.counters(asked.zones, asked.history, every=True):
        release = counter.release(at)
        limit = counter.limit
        found.append(Use(limit, _used(limit, asked, at), release and release[0]))
    return found


def _after(asked: Question, assumed: Contact) -> Question:
    callback = None if assumed.channel == "call" else asked.callback
    history = asked.history.with_one(assumed)
    return replace(asked, history=history, callback=callback)


def _policy_at(asked: Question, at: datetime) -> Policy:
    """Return the version of the policy that holds where the debtor's day is latest."""
    policy = asked.policy
    today = max(local(name, at).date() for name in asked.zones)
    while policy.then and policy.then[0] <= today:
        policy = policy.then[1]
    return policy


def _used(limit: Limit, asked: Question, at: datetime) -> int:
    times = sorted(c.at for c in limit.counted(asked.history, asked.case))
    if limit.rolling:
        span = rolling_span(limit)
        return bisect_right(times, at) - bisect_right(times, at - span)
    return max(_in_period(limit, name, times, at) for name in asked.zones)


def _in_period(limit: Limit, name: str, times: Sequence[datetime], at: datetime) -> int:
    day = local(name, at).date()
    start = instant(name, period_start(day, limit.period, 1 - limit.length))
    return bisect_right(times, at) - bisect_left(times, start)


# --- where the answer may change -----------------------------------------------------
def _strip(asked: Question, first: datetime, last: datetime) -> Iterator[Segment]:
    """Yield the segments of a span of UTC, neighbours with one answer joined."""
    over = first
    if asked.callback and asked.channel == "call":
        over = min(max(first, asked.callback + CALLBACK_LASTS), last)
    pieces = list(_pieces(asked.as_of(first), first, over)) if first < over else []
    if over < last:
        pieces += _pieces(asked.as_of(over), over, last)
    return _joined(pieces)


def _pieces(asked: Question, first: datetime, last: datetime) -> Iterator[Segment]:
    """Yield what the gate answers over a span, cut wherever that may change."""
    judge = gate(asked)
    hopeless_until = _hopeless_until(judge, last)
    turns = {*_turns(asked, first, last), hopeless_until}
    cuts = [first, *sorted(turn for turn in turns if first < turn < last), last]
    pieces = [
        Segment(start, end, *_answer(judge, start))
        for start, end in pairwise(cuts)
        if start < end
    ]
    pieces = _without_hope(pieces, hopeless_until)
    return (_paused(one, asked.pause) for one in pieces)


def _paused(piece: Segment, pause: Pause | None) -> Segment:
    if pause and piece.start < pause.until:
        return Segment(piece.start, piece.end, pause.reason)
    return piece


def _answer(judge: Judge, at: datetime) -> tuple[str, Limit | None, str | None]:
    """Return the reason, the limit and the zone, as ``contact.check`` gives them."""
    if refusal := judge.refusal(at):
        return refusal
    return "callback" if judge.thanks_to_callback(at) else "ok", None, None


def _hopeless_until(judge: Judge, last: datetime) -> datetime:
    """Return from when on the next lawful instant behind ``last`` is near enough."""
    if judge.refused_for_good:
        return datetime.min
    found = judge.stretch(last, last + 2 * HORIZON)
    return found[0] - HORIZON if found else datetime.max


def _without_hope(pieces: list[Segment], until: datetime) -> list[Segment]:
    """Call "never" what is refused with nothing lawful within the horizon.

    Not what a consent, or a recording, would make lawful.
    """
    trailing = next((n for n, one in enumerate(pieces[::-1]) if one.allowed), None)
    first = 0 if trailing is None else len(pieces) - trailing
    return pieces[:first] + [
        one._replace(reason="never")
        if one.start < until and one.reason not in MENDED
        else one
        for one in pieces[first:]
    ]


def _joined(pieces: Iterable[Segment]) -> Iterator[Segment]:
    open_: Segment | None = None
    for piece in pieces:
        if open_ and open_[2:] == piece[2:]:
            open_ = open_._replace(end=piece.end)
            continue
        if open_:
            yield open_
        open_ = piece
    if open_:
        yield open_


def _within(
    found: Iterable[Segment], start: datetime, end: datetime
) -> Iterator[Segment]:
    """Yield the parts of the segments that lie in a span."""
    for one in found:
        if one.start < end and start < one.end:
            yield one._replace(start=max(one.start, start), end=min(one.end, end))


def _turns(asked: Question, first: datetime, last: datetime) -> Iterator[datetime]:
    """Yield every instant at which the answer may change, and some more."""
    if asked.pause:
        yield asked.pause.until
    if asked.callback:
        yield asked.callback
        yield asked.callback + CALLBACK_TOLERANCE
    if no_zone(asked.zones):
        return
    policies = [policy for _day, policy in versions(asked.policy)]
    yield from _turns_of_clocks(asked, policies, first, last)
    for limit in {limit for policy in policies for limit in policy.limits}:
        if limit.rolling and limit.restrains(asked.channel, asked.target.place):
            span = rolling_span(limit)
            for contact in limit.counted(asked.history, asked.case):
                yield contact.at - span
                yield contact.at + span


def _turns_of_clocks(
    asked: Question, policies: Iterable[Policy], first: datetime, last: datetime
) -> Iterator[datetime]:
    """Yield when a clock shows midnight or a bound of the hours, or is changed.

    Midnights are also where calendar limits and laws begin and end.
    """
    minutes = {0}
    for policy in policies:
        for window in windows_for(policy.windows, asked.channel):
            minutes |= {window.start, window.end}
    for number in range(first.toordinal(), last.toordinal() + 1):
        midnight = datetime.fromordinal(number)
        for name in asked.zones:
            for start, end, ahead in segments(name, midnight, midnight + DAY):
                yield start
                yield from _shown(minutes, start, end, ahead)


def _shown(
    minutes: Collection[int], start: datetime, end: datetime, ahead: timedelta
) -> Iterator[datetime]:
    """Yield when a clock so far ahead shows these minutes of a day in a span."""
    day = (start + ahead).date()
    while day <= (end - SECOND + ahead).date():
        midnight = datetime(day.year, day.month, day.day) - ahead
        yield from (midnight + timedelta(minutes=minute) for minute in minutes)
        day += DAY
