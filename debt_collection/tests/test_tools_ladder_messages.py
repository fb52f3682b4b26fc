"""The ladder's messages: when is the debtor written to without anybody's doing?"""

from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.addons.debt_collection.tools.clock import DAY, local
from odoo.addons.debt_collection.tools.contact import Contact
from odoo.addons.debt_collection.tools.ladder_messages import LASTS, next_message
from odoo.addons.debt_collection.tools.policy import NOTHING
from odoo.addons.debt_collection.tools.steps import Step

from .questions import question
from .test_tools_contact import utc

ZONE = "Europe/Moscow"
MONDAY = date(2026, 2, 2)
IN_VAIN = Step(1, 28, channel="sms", after_unanswered=1, key=1)
WEEKLY = Step(8, 28, channel="email", every_days=7, key=2)


def moscow(hour, minute=0, day=2):
    """A Moscow time in February 2026 as UTC."""
    return utc(2026, 2, day, hour, minute) - timedelta(hours=3)


def called(*times, **values):
    return [Contact(at, "call", **values) for at in times]


def due(now, history=(), steps=(IN_VAIN,), zones=(ZONE,), **options):
    asked = question(NOTHING, zones, history=history, case=options.pop("case", None))
    return next_message(asked, steps, MONDAY, now, **options)


def when(*args, **options):
    found = due(*args, **options)
    return found and (found.at, found.first)


# --- after days in vain ---


def test_nobody_called_nobody_is_written_to():
    assert due(moscow(9)) is None
    assert due(moscow(9), steps=[Step(1, 7)]) is None


def test_the_day_has_to_be_over():
    tried = called(moscow(9))
    assert when(moscow(9), tried, call_at=moscow(11)) == (moscow(0, day=3), 1)
    assert when(moscow(9), tried, call_at=moscow(8, day=3)) == (moscow(9), 1)
    assert when(moscow(9), tried) == (moscow(9), 1)
    assert when(moscow(8, day=3), tried, call_at=moscow(9, day=3)) == (
        moscow(8, day=3),
        1,
    )


def test_whoever_was_spoken_with_is_not_told_he_was_not_reached():
    tried = called(moscow(9)) + called(moscow(11), connected=True, conversed=True)
    assert due(moscow(20), tried) is None
    rang = [Contact(moscow(11), "call", conversed=True, incoming=True)]
    assert due(moscow(20), called(moscow(9)) + rang) is None
    assert due(moscow(20), tried + called(moscow(13)))


def test_somebody_else_who_answers_is_not_the_debtor():
    assert due(moscow(20), called(moscow(9), connected=True))


def test_not_before_so_many_calls_in_vain():
    thrice = Step(1, 28, channel="sms", after_unanswered=3, key=1)
    tried = called(moscow(9), moscow(11))
    assert due(moscow(20), tried, [thrice]) is None
    tried += called(moscow(9, day=3))
    assert when(moscow(20, day=3), tried, [thrice]) == (moscow(20, day=3), 2)


def test_calls_about_another_case_are_not_its_own():
    tried = called(moscow(9), case=2)
    assert due(moscow(20), tried, case=1) is None
    assert due(moscow(20), tried, case=2)


def test_each_day_once():
    tried = called(moscow(9))
    options = {"made": {(1, 1)}, "last": moscow(20)}
    assert due(moscow(21), tried, **options) is None
    tried += called(moscow(9, day=3))
    assert when(moscow(20, day=3), tried, **options) == (moscow(20, day=3), 2)


def test_one_a_day_even_where_one_waited_over_night():
    """Monday's waited until Tuesday morning: Tuesday's waits until Wednesday."""
    tried = called(moscow(9), moscow(9, day=3))
    options = {"made": {(1, 1)}, "last": moscow(8, day=3)}
    assert when(moscow(20, day=3), tried, **options) == (moscow(0, day=4), 2)


def test_a_call_long_ago_is_not_written_about():
    tried = called(moscow(9))
    assert due(moscow(23, day=2 + LASTS), tried)
    assert due(moscow(0, day=3 + LASTS), tried) is None


def test_calls_outside_the_days_of_the_step():
    late = Step(8, 28, channel="sms", after_unanswered=1, key=1)
    assert due(moscow(20), called(moscow(9)), [late]) is None
    assert due(moscow(20), called(moscow(9, day=1))) is None


def test_every_other_day_at_most():
    rarely = Step(1, 28, channel="sms", after_unanswered=1, every_days=7, key=1)
    tried = called(moscow(9, day=4))
    assert when(moscow(20, day=4), tried, [rarely]) == (moscow(20, day=4), 1)
    tried += called(moscow(9, day=5))
    assert due(moscow(20, day=5), tried, [rarely], made={(1, 1)}) is None


# --- on its days ---


def test_weekly_whether_called_or_not():
    assert when(moscow(9), steps=[WEEKLY]) == (moscow(0, day=9), 8)
    assert when(moscow(9, day=10), steps=[WEEKLY]) == (moscow(9, day=10), 8)
    sent = {"made": {(2, 8)}, "last": moscow(9, day=10)}
    assert when(moscow(9, day=11), steps=[WEEKLY], **sent) == (moscow(0, day=16), 15)
    every = {"made": {(2, first) for first in (8, 15, 22)}}
    assert due(moscow(9, day=11), steps=[WEEKLY], **every) is None


def test_what_is_over_is_not_made_up():
    assert due(moscow(9) + 28 * DAY, steps=[WEEKLY]) is None


def test_two_steps_on_one_day_come_one_after_the_other():
    both = [Step(1, 3, channel="sms", every_days=3, key=3), IN_VAIN]
    tried = called(moscow(9))
    first = due(moscow(20), tried, both)
    second = when(
        moscow(20), tried, both, made={(first.step.key, first.first)}, last=moscow(20)
    )
    assert second == (moscow(0, day=3), 1)


def test_where_nobody_knows_the_time_nothing_is_due():
    assert due(moscow(20), called(moscow(9)), zones=[]) is None
    assert due(moscow(20), called(moscow(9)), zones=["Etc/Unknown"]) is None


# --- whatever happens ---

steps = st.builds(
    lambda first, days, every, unanswered, channel: Step(
        first,
        first + days,
        channel=channel,
        every_days=every,
        after_unanswered=unanswered,
    ),
    st.integers(1, 12),
    st.integers(0, 12),
    st.integers(1, 5),
    st.integers(0, 3),
    st.sampled_from(["call", "sms", "email"]),
)
hours = st.lists(
    st.tuples(st.integers(0, 20 * 24), st.sampled_from(["vain", "reached"])),
    max_size=15,
)


@settings(max_examples=150, deadline=None)
@given(st.lists(steps, max_size=4), hours, st.integers(1, 17))
def test_a_ladder_that_is_looked_at_now_and_then(steps, calls, pace):
    """Once each, one a day, none to somebody reached since, however it is run."""
    steps = [
        Step(s.first_day, s.last_day, s.channel, 1, s.every_days, 120, s.parts, key, n)
        for key, s in enumerate(steps)
        for n in [s.after_unanswered]
    ]
    start = moscow(0)
    made, sent, last = set(), [], None
    for hour in range(0, 24 * 24, pace):
        now = start + timedelta(hours=hour)
        history = [
            Contact(start + timedelta(hours=at), "call", conversed=what == "reached")
            for at, what in calls
            if at <= hour
        ]
        found = due(now, history, steps, made=made, last=last)
        if not found or found.at > now:
            continue
        number = (local(ZONE, now).date() - MONDAY).days + 1
        step = found.step
        assert step.channel != "call"
        assert (step.key, found.first) not in made
        assert step.first_day <= found.first <= step.last_day
        assert local(ZONE, now).date() not in sent
        if step.after_unanswered:
            newest = max(history, key=lambda c: (c.at, c.conversed))
            assert not newest.conversed
            assert number - found.first < step.every_days + LASTS
        else:
            assert step.span(number)[0] == found.first
        made.add((step.key, found.first))
        last = now
        sent.append(local(ZONE, now).date())
        again = due(now, history, steps, made=made, last=last)
        assert again is None or again.at > now
