"""The gate: may he be contacted now, and if not, from when on?"""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.addons.debt_collection.tools.contact import (
    HOLIDAY,
    Contact,
    Limit,
    Pause,
    Policy,
    Window,
)

from .questions import check
from .test_tools_oracle import (
    ALWAYS,
    GRID,
    ZONES,
    debtors,
    instants,
    lawful,
    local,
    thorough,
    zone_sets,
)

WEEKDAYS = frozenset(range(5))
WEEKEND = frozenset({5, 6, HOLIDAY})
CALLS = frozenset({"call", "robot_call"})
MESSAGES = frozenset({"sms", "voice_message"})
RUSSIA = Policy(
    (Window(WEEKDAYS, 8 * 60, 22 * 60), Window(WEEKEND, 9 * 60, 20 * 60)),
    (
        Limit("connect", 1, "day", channels=CALLS),
        Limit("connect", 2, "week", channels=CALLS),
        Limit("connect", 8, "month", channels=CALLS),
        Limit("attempt", 2, "day", channels=MESSAGES),
    ),
)
USA = Policy(
    (Window(frozenset(range(8)), 8 * 60, 21 * 60),),
    (
        Limit("attempt", 7, "week", rolling=True, channels=CALLS, scope="case"),
        Limit("conversation", 1, "week", rolling=True, channels=CALLS, scope="case"),
    ),
    callback_beyond_limits=True,
)
MOSCOW = ["Europe/Moscow"]
NEW_YORK = ["America/New_York"]
MICROSECOND = timedelta(microseconds=1)


def utc(*parts):
    return datetime(*parts)


# --- hours ---


def test_a_weekday_morning_is_allowed_until_the_evening():
    answer = check(RUSSIA, MOSCOW, "call", utc(2026, 2, 2, 6))
    assert (answer.allowed, answer.reason) == (True, "ok")
    assert answer.next_at == utc(2026, 2, 2, 6)
    assert answer.until == utc(2026, 2, 2, 19)


def test_too_early_waits_for_eight_oclock_his_time():
    answer = check(RUSSIA, ["Asia/Omsk"], "call", utc(2026, 2, 2, 1, 59, 59))
    assert (answer.reason, answer.zone) == ("hours", "Asia/Omsk")
    assert answer.next_at == utc(2026, 2, 2, 2)


def test_friday_night_waits_for_saturdays_shorter_hours():
    answer = check(RUSSIA, MOSCOW, "call", utc(2026, 2, 6, 19))
    assert answer.next_at == utc(2026, 2, 7, 6)
    assert answer.until == utc(2026, 2, 7, 17)


def test_a_public_holiday_has_the_hours_of_day_seven_and_no_others():
    defenders_day = {date(2026, 2, 23)}
    answer = check(RUSSIA, MOSCOW, "call", utc(2026, 2, 23, 18), holidays=defenders_day)
    assert answer.reason == "holiday"
    assert answer.next_at == utc(2026, 2, 24, 5)
    assert check(RUSSIA, MOSCOW, "call", utc(2026, 2, 23, 18)).allowed


def test_an_unknown_address_asks_all_zones_of_the_number():
    zones = ["Europe/Kaliningrad", "Europe/Moscow", "Asia/Kamchatka"]
    answer = check(RUSSIA, zones, "call", utc(2026, 2, 2, 5))
    assert (answer.reason, answer.zone) == ("hours", "Europe/Kaliningrad")
    assert answer.next_at == utc(2026, 2, 2, 6)
    assert answer.until == utc(2026, 2, 2, 10)


def test_zones_that_never_agree_are_never_called():
    policy = Policy((Window(frozenset(range(8)), 9 * 60, 17 * 60),))
    zones = ["Pacific/Auckland", "America/New_York"]
    june = utc(2026, 6, 1, 12)
    answer = check(policy, zones, "call", june, horizon_days=90)
    assert (answer.allowed, answer.reason, answer.next_at) == (False, "never", None)
    spring_down_under = utc(2026, 9, 26, 20)
    assert check(policy, zones, "call", june).next_at == spring_down_under


@pytest.mark.parametrize("zones", [[], ["Etc/Unknown"], ["Europe/Moscow", "Moscow"]])
def test_without_a_known_zone_nobody_is_contacted(zones):
    answer = check(RUSSIA, zones, "call", utc(2026, 2, 2, 9))
    assert (answer.allowed, answer.reason, answer.next_at) == (False, "no_zone", None)


def test_a_channel_without_hours_is_refused():
    policy = Policy((Window(WEEKDAYS, 480, 1200, frozenset({"call"})),))
    assert check(policy, MOSCOW, "call", utc(2026, 2, 2, 9)).allowed
    assert check(policy, MOSCOW, "visit", utc(2026, 2, 2, 9)).reason == "no_hours"
    assert check(Policy(()), MOSCOW, "call", utc(2026, 2, 2, 9)).reason == "no_hours"
    assert check(RUSSIA, MOSCOW, "pigeon", utc(2026, 2, 2, 9)).reason == "no_hours"


def test_a_channels_own_hours_replace_the_general_ones():
    visits = Window(WEEKDAYS, 10 * 60, 18 * 60, frozenset({"visit"}))
    policy = Policy((*RUSSIA.windows, visits))
    assert check(policy, MOSCOW, "visit", utc(2026, 2, 2, 6)).reason == "hours"
    assert check(policy, MOSCOW, "call", utc(2026, 2, 2, 6)).allowed
    assert check(policy, MOSCOW, "visit", utc(2026, 2, 7, 9)).next_at == utc(
        2026, 2, 9, 7
    )


def test_round_the_clock_lasts_to_the_horizon():
    at = utc(2026, 2, 2, 9, 30)
    answer = check(Policy((ALWAYS,)), MOSCOW, "email", at, horizon_days=30)
    assert (answer.next_at, answer.until) == (at, at + timedelta(days=30))


def test_weekdays_round_the_clock_last_from_monday_to_friday():
    policy = Policy((Window(WEEKDAYS, 0, 1440),))
    answer = check(policy, MOSCOW, "email", utc(2026, 2, 1, 20))
    assert (answer.reason, answer.next_at) == ("hours", utc(2026, 2, 1, 21))
    assert answer.until == utc(2026, 2, 6, 21)


# --- changes of the clock ---


def test_clocks_go_forward():
    policy = Policy((Window(frozenset(range(8)), 150, 240),))  # 02:30 to 04:00
    berlin = ["Europe/Berlin"]
    answer = check(policy, berlin, "call", utc(2026, 3, 29, 0, 30))
    assert answer.next_at == utc(2026, 3, 29, 1)  # the clock shows 03:00 at once
    assert answer.until == utc(2026, 3, 29, 2)


def test_clocks_go_back_and_an_hour_comes_twice():
    policy = Policy((Window(frozenset(range(8)), 60, 150),))  # 01:00 to 02:30
    berlin = ["Europe/Berlin"]
    first = check(policy, berlin, "call", utc(2026, 10, 24, 23))
    assert (first.allowed, first.until) == (True, utc(2026, 10, 25, 0, 30))
    between = check(policy, berlin, "call", utc(2026, 10, 25, 0, 45))
    assert (between.reason, between.next_at) == ("hours", utc(2026, 10, 25, 1))
    assert between.until == utc(2026, 10, 25, 1, 30)


def test_a_day_without_midnight_begins_at_one():
    policy = Policy((ALWAYS,), (Limit("attempt", 1, "day"),))
    called = [Contact(utc(2025, 4, 24, 20), "call")]  # 22:00 in Cairo
    answer = check(policy, ["Africa/Cairo"], "call", utc(2025, 4, 24, 21), called)
    assert answer.next_at == utc(2025, 4, 24, 22)
    assert local("Africa/Cairo", answer.next_at) == utc(2025, 4, 25, 1)


def test_a_clock_may_be_off_by_seconds():
    """Liberia was 44:30 behind until 1972; nothing rests on whole quarters."""
    policy = Policy((ALWAYS,), (Limit("attempt", 1, "day"),))
    called = [Contact(utc(1971, 6, 1, 0, 44), "call")]
    asked = policy, ["Africa/Monrovia"], "call"
    assert not check(*asked, utc(1971, 6, 1, 0, 44, 29), called).allowed
    assert check(*asked, utc(1971, 6, 1, 0, 44, 30), called).allowed
    assert check(*asked, utc(1971, 6, 1, 0, 44, 50), called).allowed


def test_february_has_29_days_now_and_then():
    policy = Policy((ALWAYS,), (Limit("attempt", 1, "month"),))
    called = [Contact(utc(2024, 2, 1), "sms")]
    answer = check(policy, ["UTC"], "sms", utc(2024, 2, 20), called)
    assert answer.next_at == utc(2024, 3, 1)


def test_a_week_may_span_two_years():
    policy = Policy((ALWAYS,), (Limit("attempt", 1, "week"),))
    called = [Contact(utc(2025, 12, 29, 12), "sms")]  # a Monday
    answer = check(policy, ["UTC"], "sms", utc(2026, 1, 1), called)
    assert answer.next_at == utc(2026, 1, 5)


# --- limits ---


def test_a_conversation_today_makes_tomorrow_the_next():
    spoken = [Contact(utc(2026, 2, 2, 7), "call", connected=True)]
    answer = check(RUSSIA, MOSCOW, "call", utc(2026, 2, 2, 9), spoken)
    assert (answer.reason, answer.limit) == ("limit", RUSSIA.limits[0])
    assert (answer.zone, answer.next_at) == ("Europe/Moscow", utc(2026, 2, 3, 5))


def test_the_limit_that_lasts_longest_is_named():
    spoken = [Contact(utc(2026, 2, day, 7), "call", connected=True) for day in (2, 3)]
    answer = check(RUSSIA, MOSCOW, "call", utc(2026, 2, 3, 9), spoken)
    assert answer.limit == RUSSIA.limits[1]
    assert answer.next_at == utc(2026, 2, 9, 5)


def test_calls_do_not_use_up_messages():
    spoken = [Contact(utc(2026, 2, 2, 7), "call", connected=True)]
    assert check(RUSSIA, MOSCOW, "sms", utc(2026, 2, 2, 9), spoken).allowed


def test_who_rang_us_was_spoken_with_but_not_contacted():
    morning = utc(2026, 2, 2, 7)
    rang = [Contact(morning, "call", True, True, incoming=True)]
    noon = utc(2026, 2, 2, 9)
    for count, allowed in (("attempt", 1), ("connect", 1), ("conversation", 0)):
        policy = Policy(RUSSIA.windows, (Limit(count, 1, "day"),))
        assert check(policy, MOSCOW, "call", noon, rang).allowed == bool(allowed), count


def test_seven_calls_in_seven_days_not_an_instant_sooner():
    first = utc(2026, 2, 2, 15, 30, 7)
    calls = [Contact(first + timedelta(hours=n), "call", case=1) for n in range(7)]
    at = utc(2026, 2, 3, 15)
    answer = check(USA, NEW_YORK, "call", at, calls, case=1)
    assert answer.next_at == first + timedelta(days=7)
    assert check(USA, NEW_YORK, "call", at, calls[1:], case=1).allowed


def test_debts_are_counted_apart_where_the_law_says_so():
    spoken = [Contact(utc(2026, 2, 2, 15), "call", True, True, case=1)]
    assert check(USA, NEW_YORK, "call", utc(2026, 2, 3, 15), spoken, case=2).allowed
    refused = check(USA, NEW_YORK, "call", utc(2026, 2, 3, 15), spoken, case=1)
    assert refused.next_at == utc(2026, 2, 9, 15)
    unnamed = check(USA, NEW_YORK, "call", utc(2026, 2, 3, 15), spoken)
    assert not unnamed.allowed


def test_a_contact_planned_for_the_evening_counts_at_noon():
    policy = Policy((ALWAYS,), (Limit("attempt", 1, "day"),))
    planned = [Contact(utc(2026, 2, 2, 18), "sms")]
    refused = check(policy, ["UTC"], "sms", utc(2026, 2, 2, 12), planned)
    assert refused.next_at == utc(2026, 2, 3)
    day_before = check(policy, ["UTC"], "sms", utc(2026, 2, 1, 12), planned)
    assert (day_before.allowed, day_before.until) == (True, utc(2026, 2, 2))


def test_nothing_at_all_is_also_a_limit():
    policy = Policy((ALWAYS,), (Limit("attempt", 0, "day"),))
    answer = check(policy, ["UTC"], "sms", utc(2026, 2, 2))
    assert (answer.reason, answer.limit) == ("never", policy.limits[0])


# --- callbacks ---


def test_before_the_time_he_asked_for_he_is_left_alone():
    asked = utc(2026, 2, 3, 16)
    answer = check(USA, NEW_YORK, "call", utc(2026, 2, 3, 15), callback=asked)
    assert (answer.reason, answer.next_at) == ("before_callback", asked)


def test_a_callback_may_exceed_the_limits_for_an_hour():
    spoken = [Contact(utc(2026, 2, 2, 15), "call", True, True)]
    asked = utc(2026, 2, 3, 16)
    answer = check(USA, NEW_YORK, "call", asked, spoken, callback=asked)
    assert (answer.allowed, answer.reason) == (True, "callback")
    assert answer.until == asked + timedelta(hours=1)
    late = asked + timedelta(hours=1)
    assert check(USA, NEW_YORK, "call", late, spoken, callback=asked).reason == "limit"
    sms = check(USA, NEW_YORK, "robot_call", asked, spoken, callback=asked)
    assert sms.reason == "limit"


def test_a_callback_where_the_law_does_not_say_so_keeps_the_limits():
    spoken = [Contact(utc(2026, 2, 2, 7), "call", connected=True)]
    asked = utc(2026, 2, 2, 12)
    answer = check(RUSSIA, MOSCOW, "call", asked, spoken, callback=asked)
    assert (answer.reason, answer.next_at) == ("limit", utc(2026, 2, 3, 5))


def test_nobody_is_called_back_at_night():
    asked = utc(2026, 2, 3, 3)
    answer = check(USA, NEW_YORK, "call", asked, callback=asked)
    assert (answer.reason, answer.next_at) == ("hours", utc(2026, 2, 3, 13))


# --- against the oracle ---


@settings(thorough, max_examples=1000)
@given(debtors(step=1))
def test_the_gate_agrees_with_the_law_at_any_instant(debtor):
    """The answer, the instant it names and the end of the stretch, to the second."""
    answer = check(**debtor)
    assert answer.allowed == lawful(**debtor)
    assert answer.allowed == (answer.reason in ("ok", "callback"))
    assert answer.allowed == (answer.next_at == debtor["at"])
    if answer.next_at is None:
        return
    assert lawful(**debtor | {"at": answer.next_at})
    assert lawful(**debtor | {"at": answer.until - MICROSECOND})
    if not answer.allowed:
        assert not lawful(**debtor | {"at": answer.next_at - MICROSECOND})
    if answer.until < debtor["at"] + timedelta(days=400):
        assert not lawful(**debtor | {"at": answer.until})


@thorough
@given(debtors())
def test_searching_quarter_by_quarter_finds_the_same(debtor):
    days = 7
    answer = check(**debtor, horizon_days=days)
    at, last = debtor["at"], debtor["at"] + timedelta(days=days)
    while at <= last and not lawful(**debtor | {"at": at}):
        at += GRID
    assert answer.next_at == (at if at <= last else None)
    while at <= last and lawful(**debtor | {"at": at}):
        at += GRID
    if answer.next_at and at <= last:
        assert answer.until == at


@thorough
@given(zone_sets, instants(), st.integers(1, 3), st.integers(1, 3), st.data())
def test_any_order_of_lawful_contacts_keeps_the_limit(zones, at, maximum, length, data):
    """Contacts are made at random instants, in random order, whenever allowed."""
    limit = Limit(
        "attempt",
        maximum,
        data.draw(st.sampled_from(("day", "week", "month"))),
        length,
        data.draw(st.booleans()),
    )
    policy, history = Policy((ALWAYS,), (limit,)), []
    for hours in data.draw(st.lists(st.integers(0, 24 * 70), max_size=25)):
        answer = check(policy, zones, "call", at + timedelta(hours=hours), history)
        if answer.allowed:
            history.append(Contact(answer.next_at, "call"))
    for zone in zones:
        for first in history:
            assert crowd(limit, zone, first.at, history) <= maximum


def crowd(limit, zone, at, history):
    """Count the contacts in the span of the limit that begins with one of them."""
    if limit.rolling:
        days = {"day": 1, "week": 7, "month": 30}[limit.period] * limit.length
        return sum(at <= c.at < at + timedelta(days=days) for c in history)
    if limit.period == "month":
        first = month_of(local(zone, at))
        months = range(first, first + limit.length)
        return sum(month_of(local(zone, c.at)) in months for c in history)
    day = local(zone, at).date()
    if limit.period == "week":
        day -= timedelta(days=day.weekday())
    end = day + timedelta(days={"day": 1, "week": 7}[limit.period] * limit.length)
    return sum(day <= local(zone, c.at).date() < end for c in history)


def month_of(clock):
    return clock.year * 12 + clock.month


@pytest.mark.parametrize("zone", ZONES)
def test_a_year_of_hours_holds_in_every_zone(zone):
    """Every quarter of an hour of a year, with both changes of the clock."""
    at, end = utc(2026, 1, 1), utc(2027, 1, 1)
    while at < end:
        answer = check(RUSSIA, [zone], "visit", at)
        assert lawful(RUSSIA, [zone], "visit", answer.next_at)
        for inside in (answer.next_at, answer.until - MICROSECOND):
            clock = local(zone, inside)
            opens, closes = (8, 22) if clock.weekday() < 5 else (9, 20)
            assert opens <= clock.hour < closes
        assert not lawful(RUSSIA, [zone], "visit", answer.until)
        at = answer.until


# --- what pauses ---


def test_a_pause_keeps_contact_back_and_says_when_it_may_go_on():
    pause = Pause("promised", utc(2026, 2, 4))
    answer = check(RUSSIA, MOSCOW, "call", utc(2026, 2, 2, 9), pause=pause)
    assert (answer.allowed, answer.reason) == (False, "promised")
    assert answer.next_at == utc(2026, 2, 4, 5)


def test_a_callback_lifts_a_pause_for_calls_and_for_a_day():
    asked = utc(2026, 2, 2, 9)
    paused = {"pause": Pause("on_hold", utc(2026, 2, 20)), "callback": asked}
    early = check(RUSSIA, MOSCOW, "call", utc(2026, 2, 2, 8), **paused)
    assert (early.reason, early.next_at) == ("before_callback", asked)
    assert check(RUSSIA, MOSCOW, "call", asked, **paused).allowed
    assert check(RUSSIA, MOSCOW, "call", utc(2026, 2, 3, 8, 59), **paused).allowed
    assert (
        check(RUSSIA, MOSCOW, "call", utc(2026, 2, 3, 9), **paused).reason == "on_hold"
    )
    assert check(RUSSIA, MOSCOW, "sms", asked, **paused).reason == "on_hold"
