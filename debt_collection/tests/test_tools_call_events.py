from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ..tools import call_events
from ..tools.call_events import (
    KINDS,
    LINES,
    STATES,
    Event,
    EventError,
    Facts,
    bounded,
    disagrees,
    fold,
    outcome,
    parse,
)

START = datetime(2026, 3, 10, 9, 0)


def _at(seconds):
    return START + timedelta(seconds=seconds)


def _events(*steps):
    """Numbered events, a second apart: kinds, or (kind, values)."""
    steps = [step if isinstance(step, tuple) else (step, {}) for step in steps]
    return [
        Event(number, kind, _at(number), values)
        for number, (kind, values) in enumerate(steps, 1)
    ]


def _ended(line, **values):
    return "ended", {"line": line, **values}


STORIES = {
    "a talk": (
        *("operator_ringing", "operator_answered", "dialing", "ringing", "answered"),
        *(("bridged", {"user_id": 7}), "held", "resumed", _ended("answered")),
    ),
    "no answer": ("dialing", "ringing", _ended("no_answer", rang=True)),
    "an answering machine": ("dialing", "answered", "machine", _ended("machine")),
    "a menu": (
        *("dialing", "answered", "human", ("digit", {"digit": "3"})),
        *(("menu", {"choice": "promise", "date": "2026-03-12"}), _ended("answered")),
    ),
    "abandoned": ("dialing", "answered", "human", "abandoned", _ended("answered")),
    "cancelled, then dialled": (
        *("operator_ringing", "operator_failed", _ended("cancelled")),
        *("operator_ringing", "operator_answered", "dialing", _ended("busy")),
    ),
}

times = st.datetimes(datetime(1, 1, 1), datetime(9999, 12, 31))
values = st.fixed_dictionaries({"line": st.sampled_from(LINES)}) | st.just({})
any_events = st.lists(
    st.builds(
        lambda kind, seconds, line: (kind, _at(seconds), line),
        st.sampled_from(KINDS),
        st.integers(0, 600),
        st.sampled_from(LINES),
    ),
    max_size=12,
).map(
    lambda rows: [
        Event(number, kind, at, {"line": line} if kind == "ended" else {})
        for number, (kind, at, line) in enumerate(rows, 1)
    ]
)


@st.composite
def deliveries(draw):
    """Events of a call as they arrive: in any order, some of them twice."""
    events = draw(any_events | st.sampled_from([_events(*s) for s in STORIES.values()]))
    again = draw(st.lists(st.sampled_from(events), max_size=5)) if events else []
    return events, draw(st.permutations([*events, *again]))


@given(deliveries(), st.booleans())
def test_any_order_and_any_duplicates_give_the_same(delivery, attended):
    events, arrived = delivery
    assert fold(arrived, attended) == fold(events, attended)


@given(deliveries(), st.booleans())
def test_what_is_known_never_goes_back_as_events_arrive(delivery, attended):
    _events_sent, arrived = delivery
    known, state = [], "draft"
    for event in arrived:
        known.append(event)
        facts = fold(known, attended)
        assert STATES.index(facts.state) >= STATES.index(state)
        state = facts.state


@given(any_events, st.booleans())
def test_nobody_answers_after_the_end(events, attended):
    facts = fold(events, attended)
    if facts.ended_at and facts.answered_at:
        assert facts.answered_at <= facts.ended_at
    ends = [event for event in events if event.kind == "ended"]
    if ends and ends[0].values["line"] != "cancelled":
        until = [event for event in events if event.sequence <= ends[0].sequence]
        assert fold(until, attended) == facts
    if facts.state == "talking":
        assert facts.answered_at and not facts.ended_at


@given(any_events)
def test_only_calls_without_an_operator_are_done_by_themselves(events):
    assert fold(events, attended=True).state != "done"
    facts = fold(events)
    assert not (facts.state == "done" and facts.attended)


def test_a_talk_is_wrapped_up_by_the_operator():
    facts = fold(_events(*STORIES["a talk"]))
    assert facts.state == "wrapup"
    assert (facts.user_id, facts.line, facts.on_hold) == (7, "answered", False)
    assert (facts.dialed_at, facts.answered_at) == (_at(3), _at(5))
    assert facts.ended_at == _at(9)
    assert outcome(facts) == ""


def test_a_robots_call_is_done_when_the_line_is():
    facts = fold(_events(*STORIES["no answer"]))
    assert (facts.state, facts.rang, facts.answered) == ("done", True, False)
    assert outcome(facts) == "no_answer"


def test_an_end_that_overtook_the_rest_waits_for_it():
    talk = _events("dialing", "answered", ("bridged", {"user_id": 7}))
    end = Event(4, "ended", _at(4), {"line": "answered"})
    assert fold([end]).state == "wrapup"
    assert fold([*talk[:2], end]).state == "wrapup"
    assert fold([*talk, end]).state == "wrapup"
    robot = _events("dialing", "answered")
    assert fold([robot[0], end]).state == "wrapup"


def test_who_hangs_up_before_the_debtor_is_dialled_may_try_again():
    story = _events(*STORIES["cancelled, then dialled"])
    back = fold(story[:3])
    assert (back.state, back.cancelled, back.ended_at) == ("draft", True, None)
    assert not back.dialed
    facts = fold(story)
    assert (facts.state, facts.line, facts.cancelled) == ("wrapup", "busy", False)


def test_a_lease_is_not_given_back_while_dialling_may_be_on_its_way():
    assert not fold([Event(3, "ended", _at(3), {"line": "cancelled"})]).cancelled


def test_cancelled_after_dialling_is_an_attempt():
    rang = fold(_events("dialing", "ringing", _ended("cancelled")))
    assert (rang.state, outcome(rang)) == ("done", "no_answer")
    silent = fold(_events("dialing", _ended("cancelled")))
    assert (silent.state, outcome(silent)) == ("done", "")


@pytest.mark.parametrize(
    "line, code",
    [
        ("answered", ""),
        ("busy", "busy"),
        ("no_answer", "no_answer"),
        ("declined", "no_answer"),
        ("invalid", "invalid_number"),
        ("switched_off", "no_answer"),
        ("congestion", ""),
        ("machine", "voicemail"),
        ("fax", "invalid_number"),
        ("failed", ""),
        ("unknown", ""),
        ("cancelled", ""),
    ],
)
def test_what_a_line_proves(line, code):
    facts = fold(_events("dialing", _ended(line)))
    assert outcome(facts) == code


def test_a_machine_is_a_voicemail_unless_an_operator_spoke_with_it():
    assert outcome(fold(_events("dialing", "answered", "machine"))) == "voicemail"
    spoken = _events("dialing", "machine", ("bridged", {"user_id": 7}))
    assert outcome(fold(spoken)) == ""


def test_digits_and_the_choice_are_kept():
    facts = fold(_events(*STORIES["a menu"]))
    assert facts.digits == "3"
    assert facts.menu == {"choice": "promise", "date": "2026-03-12"}
    assert facts.answered_by == "human"


def test_an_operators_word_against_the_line():
    said = {"no_answer": False, "busy": False, "promise": True, "voicemail": False}
    against = {
        (line, code)
        for line, answered in (("answered", True), ("no_answer", False))
        for code, connected in said.items()
        if disagrees(line, answered, code, connected)
    }
    assert against == {
        ("answered", "no_answer"),
        ("answered", "busy"),
        ("no_answer", "promise"),
    }
    assert not disagrees("", False, "promise", True), "the line is not known yet"
    assert not disagrees("unknown", False, "promise", True)


@pytest.mark.parametrize(
    "sent, code",
    [
        ([], "malformed"),
        ({"seq": "1", "kind": "dialing", "at": START.isoformat()}, "malformed"),
        ({"seq": 0, "kind": "dialing", "at": START.isoformat()}, "malformed"),
        ({"seq": True, "kind": "dialing", "at": START.isoformat()}, "malformed"),
        ({"seq": 1, "kind": "dialing", "values": [1]}, "malformed"),
        ({"seq": 1, "kind": "dialing", "values": {"to": "100\0"}}, "malformed"),
        ({"seq": 1, "kind": "dialing", "values": {"to": "\ud800"}}, "malformed"),
        ({"seq": 1, "kind": "dialing", "values": {"to": float("nan")}}, "malformed"),
        ({"seq": 1, "kind": "guess", "at": START.isoformat()}, "unknown_kind"),
        ({"seq": 1, "kind": ["dialing"], "at": START.isoformat()}, "unknown_kind"),
        ({"seq": 1, "kind": "ended", "at": START.isoformat()}, "unknown_line"),
        (
            {"seq": 1, "kind": "ended", "at": "x", "values": {"line": [1]}},
            "unknown_line",
        ),
        ({"seq": 1, "kind": "dialing", "at": "yesterday"}, "bad_time"),
        ({"seq": 1, "kind": "dialing", "at": 1773133200}, "bad_time"),
        ({"seq": 1, "kind": "dialing"}, "bad_time"),
    ],
)
def test_what_is_no_event_is_told_apart(sent, code):
    with pytest.raises(EventError) as caught:
        parse(sent)
    assert caught.value.code == code


@given(st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1)), st.integers(-12, 14))
def test_times_are_read_in_any_zone(at, hours):
    zone = timezone(timedelta(hours=hours))
    local = at.replace(tzinfo=UTC).astimezone(zone)
    event = parse({"seq": 1, "kind": "ringing", "at": local.isoformat()})
    assert event.at == at.replace(microsecond=0)
    assert parse({"seq": 1, "kind": "ringing", "at": f"{at.isoformat()}Z"}) == event


@given(st.recursive(st.none() | st.integers() | st.text(max_size=5), st.lists))
def test_rubbish_in_values_breaks_nothing(rubbish):
    names = ("user_id", "digit", "seconds", "choice", "by", "rang")
    sent = dict.fromkeys(names, rubbish) | {"line": "answered"}
    facts = fold(_events(*((kind, sent) for kind in KINDS)))
    assert facts.line == "answered"
    assert isinstance(facts, Facts)
    assert facts.ended_by in ("", *call_events.ENDERS)


@given(times, st.none() | st.datetimes(START - timedelta(days=30), START))
def test_a_reported_time_is_brought_to_where_it_can_be(at, dialled_at):
    event = Event(1, "answered", at, {"who": "debtor"})
    taken = bounded(event, START, dialled_at)
    earliest = (dialled_at or START) - timedelta(days=1)
    assert earliest <= taken.at <= START + timedelta(minutes=5)
    assert taken.values["who"] == "debtor"
    if taken.at == at:
        assert taken == event
    else:
        assert taken.values["reported_at"] == at.isoformat()
    assert bounded(taken, START, dialled_at) == taken
