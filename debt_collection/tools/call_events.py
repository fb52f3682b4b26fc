"""What telephony reported of a call, put together: the same from any order of arrival.

Events are numbered per call by whoever dials.  They come late, twice and out of order;
what is known of the call is the fold of those that arrived, in the order of their
numbers.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, TypeGuard

STATES = ("draft", "dialing", "ringing", "talking", "wrapup", "done")
"""The states of a call; it never goes back."""
KINDS = (
    "operator_ringing",
    "operator_answered",
    "operator_failed",
    "dialing",
    "ringing",
    "answered",
    "human",
    "machine",
    "bridged",
    "announced",
    "message_played",
    "digit",
    "menu",
    "held",
    "resumed",
    "transferred",
    "recording_started",
    "recorded",
    "abandoned",
    "ended",
    "command",
)
LINES = (
    "answered",
    "busy",
    "no_answer",
    "declined",
    "invalid",
    "switched_off",
    "congestion",
    "machine",
    "fax",
    "failed",
    "unknown",
    "cancelled",
)
"""How the line of a call ended; ``cancelled``: by us, before anybody answered."""
ENDERS = ("debtor", "operator", "us", "pbx")
OUTCOMES = {
    "busy": "busy",
    "no_answer": "no_answer",
    "declined": "no_answer",
    "switched_off": "no_answer",
    "machine": "voicemail",
    "invalid": "invalid_number",
    "fax": "invalid_number",
}
"""Outcome codes that a line proves.  A congested or failed line proves none."""
ANSWERED_LINES = ("answered", "machine", "fax")
UNREACHED_LINES = ("congestion", "failed")
"""Lines of calls that, unless ringing was heard, did not go as far as a telephone."""
# These do not prove that anything was dialled.
VAGUE_LINES = ("failed", "unknown", "cancelled")
# Of these the debtor's telephone rang at most.
PLACED = {"dialing": "dialing", "ringing": "ringing"}
# None of these happens before somebody, or some machine, has answered.
AFTER_ANSWER = frozenset(
    (
        "answered",
        "human",
        "machine",
        "bridged",
        "announced",
        "message_played",
        "digit",
        "menu",
        "held",
        "resumed",
        "transferred",
        "abandoned",
    )
)
NEWEST, MOST_DIGITS = 2**31, 32
#: A report may name a time so far ahead of ours: two clocks are never quite the same.
AHEAD = timedelta(minutes=5)
#: So long before the number was dialled nothing of the call has happened.
BEFORE = timedelta(days=1)


class EventError(ValueError):
    """Something is no event.

    ``code``: malformed, bad_time, unknown_kind, unknown_line.
    """

    def __init__(self, code: str):
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Event:
    """One report; ``sequence`` numbers those of a call, ``at`` is naive UTC."""

    sequence: int
    kind: str
    at: datetime
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a call; times are naive UTC.

    ``line``: one of LINES, once the call has ended.  ``answered_by``: human or machine,
    where it was told apart.  ``user_id``: the operator the debtor was put through to.
    ``attended``: an operator was on the line.  ``operator``: ringing, answered or
    failed, what his own telephone does first.  ``cancelled``: given back undialled.
    ``last``: the number of the last event, ``whole``: none before it is missing.
    """

    state: str = "draft"
    dialed_at: datetime | None = None
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    rang: bool = False
    line: str = ""
    answered_by: str = ""
    ended_by: str = ""
    user_id: int = 0
    attended: bool = False
    operator: str = ""
    on_hold: bool = False
    abandoned: bool = False
    cancelled: bool = False
    digits: str = ""
    menu: Mapping[str, Any] = field(default_factory=dict)
    message_seconds: int = 0
    last: int = 0
    whole: bool = True

    @property
    def dialed(self) -> bool:
        """Tell whether it is proved that the number was dialled."""
        return self.dialed_at is not None

    @property
    def answered(self) -> bool:
        """Tell whether the line was answered, by whatever."""
        return self.answered_at is not None or self.line in ANSWERED_LINES

    @property
    def unreached(self) -> bool:
        """Tell whether it is sure that no telephone rang: the way was full, or failed.

        >>> Facts(line="congestion").unreached
        True
        """
        return self.line in UNREACHED_LINES and not (self.rang or self.answered)


def parse(raw: object) -> Event:
    """Read an event as it was sent: seq, kind, at (ISO 8601) and values.

    >>> sent = {"seq": 1, "kind": "dialing", "at": "2026-03-10T10:00:00+01:00"}
    >>> parse(sent).at
    datetime.datetime(2026, 3, 10, 9, 0)
    >>> parse(sent | {"kind": "guessed"})  # doctest: +IGNORE_EXCEPTION_DETAIL
    Traceback (most recent call last):
    EventError: unknown_kind
    """
    if not isinstance(raw, Mapping):
        raise EventError("malformed")
    sequence, values = raw.get("seq"), raw.get("values") or {}
    if not (_is_number(sequence) and sequence > 0 and _is_storable(values)):
        raise EventError("malformed")
    if raw.get("kind") not in KINDS:
        raise EventError("unknown_kind")
    if raw["kind"] == "ended" and values.get("line") not in LINES:
        raise EventError("unknown_line")
    return Event(sequence, raw["kind"], instant(raw.get("at")), values)


def _is_number(value: object) -> TypeGuard[int]:
    """Tell whether it is a whole number that a database takes, and no truth value."""
    if isinstance(value, bool) or not isinstance(value, int):
        return False
    return 0 <= value < NEWEST


def _is_storable(values: object) -> bool:
    """Tell whether a database takes it as JSON, which is stricter than Python.

    >>> _is_storable({"to": "100"}), _is_storable({"to": chr(0)}), _is_storable([])
    (True, False, False)
    """
    try:
        text = json.dumps(values, ensure_ascii=False, allow_nan=False)
        text.encode()
    except (TypeError, ValueError):
        return False
    return isinstance(values, Mapping) and "\\u0000" not in text


def instant(text: object) -> datetime:
    """Naive UTC to the second; without a zone it is UTC already."""
    try:
        at = datetime.fromisoformat(str(text).replace("Z", "+00:00"))
        if at.tzinfo:
            at = at.astimezone(UTC)
    except (AttributeError, TypeError, ValueError, OverflowError) as error:
        raise EventError("bad_time") from error
    return at.replace(microsecond=0, tzinfo=None)


def bounded(event: Event, now: datetime, dialled_at: datetime | None) -> Event:
    """Put a time that cannot be right at the nearest that can; keep what was reported.

    An event that is refused is never sent again, and its call would not end. So it is
    taken, as of the nearest sensible time, and ``reported_at`` says what it had been.

    >>> now = datetime(2026, 3, 10, 9)
    >>> wrong = Event(1, "answered", datetime(2062, 3, 10, 9))
    >>> bounded(wrong, now, None).at, bounded(wrong, now, None).values["reported_at"]
    (datetime.datetime(2026, 3, 10, 9, 0), '2062-03-10T09:00:00')
    """
    earliest = min(dialled_at or now, now) - BEFORE
    if earliest <= event.at <= now + AHEAD:
        return event
    values = {**event.values, "reported_at": event.at.isoformat()}
    return replace(event, at=min(max(event.at, earliest), now), values=values)


def fold(events: Iterable[Event], attended: bool = False) -> Facts:
    """Put the events of one call together, in whatever order they are given.

    ``attended``: an operator has the call on his screen from the start; whoever talked
    with an operator wraps up, other calls are done when their line ends and nothing is
    missing before the end: an operator may have been on the line.

    >>> at = datetime(2026, 3, 10, 9)
    >>> late = [Event(2, "answered", at), Event(1, "dialing", at)]
    >>> fold(late).state
    'talking'
    """
    facts = Facts(attended=attended)
    numbered = {event.sequence: event for event in events}
    for _sequence, event in sorted(numbered.items()):
        facts = _after(facts, event, attended)
    return facts


def _after(facts: Facts, event: Event, attended: bool) -> Facts:
    """Return what is known after one more event; after the end nothing is news."""
    if facts.ended_at:
        return facts
    whole = facts.whole and event.sequence == facts.last + 1
    facts = replace(facts, cancelled=False, whole=whole, last=event.sequence)
    facts = _placed(facts, event)
    change = CHANGES.get(event.kind)
    if event.kind == "ended":
        return _ended(facts, event, attended)
    return change(facts, event) if change else facts


def _placed(facts: Facts, event: Event) -> Facts:
    """Take from an event's kind how far the call has come."""
    answered = event.kind in AFTER_ANSWER
    if not answered and event.kind not in PLACED:
        return facts
    state = "talking" if answered else PLACED[event.kind]
    return replace(
        facts,
        state=max(facts.state, state, key=STATES.index),
        dialed_at=facts.dialed_at or event.at,
        answered_at=facts.answered_at or (event.at if answered else None),
        rang=facts.rang or event.kind == "ringing",
    )


def _ended(facts: Facts, event: Event, attended: bool) -> Facts:
    """The line is free; what was never dialled may still be dialled."""
    line = event.values["line"]
    if line == "cancelled" and not facts.dialed:
        back = Facts(attended=attended, cancelled=True, operator=facts.operator)
        return replace(back, last=facts.last) if facts.whole else facts
    by = event.values.get("by")
    return replace(
        facts,
        state="wrapup" if facts.attended or not facts.whole else "done",
        dialed_at=facts.dialed_at or (None if line in VAGUE_LINES else event.at),
        # The clocks of two machines differ; a talk is never shorter than nothing.
        ended_at=max(event.at, facts.answered_at or event.at),
        rang=facts.rang or event.values.get("rang") is True,
        line=line,
        ended_by=by if by in ENDERS else "",
        on_hold=False,
    )


def _bridged(facts: Facts, event: Event) -> Facts:
    user_id = event.values.get("user_id")
    if _is_number(user_id) and user_id > 0:
        facts = replace(facts, user_id=user_id)
    return replace(facts, attended=True)


def _digit(facts: Facts, event: Event) -> Facts:
    digit = str(event.values.get("digit") or "")[:1]
    return replace(facts, digits=(facts.digits + digit)[:MOST_DIGITS])


def _message_played(facts: Facts, event: Event) -> Facts:
    seconds = event.values.get("seconds")
    if isinstance(seconds, int | float) and 0 <= seconds < NEWEST:
        return replace(facts, message_seconds=int(seconds))
    return replace(facts, message_seconds=0)


CHANGES: dict[str, Callable[[Facts, Event], Facts]] = {
    "operator_ringing": lambda facts, event: replace(facts, operator="ringing"),
    "operator_answered": lambda facts, event: replace(
        facts, operator="answered", attended=True
    ),
    "operator_failed": lambda facts, event: replace(facts, operator="failed"),
    "human": lambda facts, event: replace(facts, answered_by="human"),
    "machine": lambda facts, event: replace(facts, answered_by="machine"),
    "bridged": _bridged,
    "held": lambda facts, event: replace(facts, on_hold=True),
    "resumed": lambda facts, event: replace(facts, on_hold=False),
    "abandoned": lambda facts, event: replace(facts, abandoned=True),
    "digit": _digit,
    "menu": lambda facts, event: replace(facts, menu=dict(event.values)),
    "message_played": _message_played,
}


def outcome(facts: Facts) -> str:
    """Return the outcome code that the line proves, empty when it takes a person.

    >>> outcome(Facts(line="switched_off"))
    'no_answer'
    >>> outcome(Facts(line="answered", answered_by="human"))
    ''
    """
    if facts.answered_by == "machine" and not facts.user_id:
        return "voicemail"
    if facts.line in ("machine", "fax") or not facts.answered:
        rang_out = facts.line == "cancelled" and facts.rang
        return "no_answer" if rang_out else OUTCOMES.get(facts.line, "")
    return ""


def disagrees(line: str, answered: bool, code: str, connected: bool) -> bool:
    """Tell whether an operator's outcome contradicts how the line ended.

    ``connected``: he says that somebody answered.  Machines are told apart badly by
    either, and voice boxes speak on lines that were never answered: of voicemail
    nothing is said.

    >>> disagrees("answered", True, "no_answer", False)
    True
    >>> disagrees("busy", False, "promise", True)
    True
    >>> disagrees("machine", True, "voicemail", False)
    False
    """
    if not line or line in ("unknown", "machine", "fax") or code == "voicemail":
        return False
    return connected != answered
