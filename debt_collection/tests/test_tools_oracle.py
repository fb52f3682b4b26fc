"""What the law says, spelled out the slow way, for the other tests to compare with.

Nothing here is shared with the tools but the values they take: every instant is looked
at by itself, in every zone, against every past contact.
"""

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from random import Random
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from odoo.addons.debt_collection.tools.contact import Contact, Limit, Policy, Window

GRID = timedelta(minutes=15)
"""All clocks of today are whole quarters of an hour from UTC."""
ZONES = (
    "Africa/Cairo",
    "Africa/Casablanca",
    "America/Adak",
    "America/Havana",
    "America/Los_Angeles",
    "America/New_York",
    "America/Nuuk",
    "America/Phoenix",
    "America/Santiago",
    "America/Sao_Paulo",
    "America/St_Johns",
    "Asia/Beirut",
    "Asia/Kamchatka",
    "Asia/Kathmandu",
    "Asia/Kolkata",
    "Asia/Omsk",
    "Asia/Yekaterinburg",
    "Australia/Lord_Howe",
    "Australia/Sydney",
    "Europe/Berlin",
    "Europe/Kaliningrad",
    "Europe/London",
    "Europe/Moscow",
    "Pacific/Apia",
    "Pacific/Chatham",
    "Pacific/Kiritimati",
    "Pacific/Pago_Pago",
)
NEIGHBOURS = (
    ("Europe/Kaliningrad", "Europe/Moscow", "Asia/Yekaterinburg", "Asia/Omsk"),
    ("America/New_York", "America/Phoenix", "America/Los_Angeles", "America/Havana"),
    ("Australia/Sydney", "Australia/Lord_Howe", "Pacific/Chatham", "Pacific/Apia"),
    ("Europe/London", "Europe/Berlin", "Africa/Casablanca", "Africa/Cairo"),
)
TURNS = (
    date(2024, 2, 28),  # leap day
    date(2024, 12, 30),  # the year ends
    date(2025, 4, 24),  # Egypt skips midnight
    date(2025, 10, 30),  # Egypt has 23:00 twice
    date(2026, 3, 7),  # North America, Cuba at midnight
    date(2026, 3, 28),  # Europe, Lebanon and Greenland at midnight
    date(2026, 4, 4),  # Australia, New Zealand and Chile back
    date(2026, 9, 5),  # Chile skips midnight
    date(2026, 10, 3),  # Lord Howe skips half an hour
    date(2026, 10, 24),  # Europe back
    date(2026, 10, 31),  # North America back, Cuba
)

thorough = settings(
    max_examples=500,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)


@lru_cache(maxsize=100_000)
def local(zone, at):
    return at.replace(tzinfo=UTC).astimezone(ZoneInfo(zone)).replace(tzinfo=None)


def period(limit, day):
    if limit.period == "day":
        return day.toordinal()
    if limit.period == "week":
        year, week, _ = day.isocalendar()
        return date.fromisocalendar(year, week, 1).toordinal() // 7
    return day.year * 12 + day.month


def open_in(policy, zone, channel, at, holidays):
    own = [window for window in policy.windows if channel in window.channels]
    windows = own or [window for window in policy.windows if not window.channels]
    clock = local(zone, at)
    kind = 7 if clock.date() in holidays else clock.weekday()
    since_midnight = clock - datetime(clock.year, clock.month, clock.day)
    minutes = since_midnight / timedelta(minutes=1)
    return any(kind in w.days and w.start <= minutes < w.end for w in windows)


def counted(limit, contact, case):
    if limit.channels and contact.channel not in limit.channels:
        return False
    if limit.scope == "case" and case is not None and contact.case != case:
        return False
    return {
        "attempt": True,
        "connect": contact.connected or contact.conversed,
        "conversation": contact.conversed,
    }[limit.count]


def near(limit, zone, at, other):
    if limit.rolling:
        span = timedelta(days={"day": 1, "week": 7, "month": 30}[limit.period])
        return at - limit.length * span < other <= at + limit.length * span
    here, there = (period(limit, local(zone, one).date()) for one in (at, other))
    return abs(here - there) < limit.length


def used_up(limit, zone, at, history, case=None):
    contacts = [contact for contact in history if counted(limit, contact, case)]
    spent = [contact for contact in contacts if near(limit, zone, at, contact.at)]
    return len(spent) >= limit.maximum


def lawful(
    policy, zones, channel, at, history=(), holidays=(), callback=None, case=None
):
    """Say whether a contact at one instant breaks the policy in no candidate zone."""
    if not all(open_in(policy, zone, channel, at, holidays) for zone in zones):
        return False
    if callback and at < callback:
        return False
    asked_for = callback and at < callback + timedelta(minutes=60)
    if policy.callback_beyond_limits and channel == "call" and asked_for:
        return True
    return not any(
        used_up(limit, zone, at, history, case)
        for limit in policy.limits
        if not limit.channels or channel in limit.channels
        for zone in zones
    )


# --- random debtors ---

ALWAYS = Window(frozenset(range(8)), 0, 1440)
CALLS = frozenset({"call", "robot_call"})


def quarters(start, end):
    return st.integers(start // 15, end // 15).map(lambda n: n * 15)


@st.composite
def windows(draw):
    """Usual hours, and more of them at odd times, or for calls only."""
    found = []
    if draw(st.sampled_from((True, True, True, True, False))):
        days = frozenset(range(8)) - draw(st.frozensets(st.integers(5, 7)))
        found.append(Window(days, draw(quarters(0, 540)), draw(quarters(1080, 1440))))
    for _ in range(draw(st.sampled_from((0, 0, 1, 2)))):
        days = draw(st.frozensets(st.integers(0, 7), min_size=3))
        start = draw(quarters(0, 1200))
        own = draw(st.sampled_from((frozenset(), frozenset(), CALLS)))
        found.append(Window(days, start, draw(quarters(start, 1440)), own))
    return tuple(found) or (ALWAYS,)


limits = st.builds(
    Limit,
    count=st.sampled_from(("attempt", "connect", "conversation")),
    maximum=st.sampled_from((1, 1, 2, 2, 3, 5)),
    period=st.sampled_from(("day", "day", "week", "week", "month")),
    length=st.sampled_from((1, 1, 1, 2, 3)),
    rolling=st.booleans(),
    channels=st.sampled_from((frozenset(), CALLS, frozenset({"sms"}))),
    scope=st.sampled_from(("debtor", "debtor", "case")),
)
policies = st.builds(
    Policy,
    windows(),
    st.lists(limits, min_size=1, max_size=3).map(tuple),
    st.booleans(),
)
zone_sets = st.one_of(
    st.sampled_from(ZONES).map(lambda zone: [zone]),
    st.sampled_from(NEIGHBOURS).flatmap(
        lambda zones: st.lists(st.sampled_from(zones), min_size=2, unique=True)
    ),
    st.lists(st.sampled_from(ZONES), min_size=2, max_size=3, unique=True),
)


@st.composite
def instants(draw, step=900):
    """An instant, half of them near a change of clocks or calendar."""
    turn = draw(st.sampled_from(TURNS))
    day = draw(st.one_of(st.just(turn), st.dates(date(2024, 1, 1), date(2027, 1, 31))))
    seconds = draw(st.integers(0, 3 * 86400 // step)) * step
    return datetime(day.year, day.month, day.day) + timedelta(seconds=seconds)


def histories(at, size=10, step=900):
    """Contacts of the last days or weeks, some dated ahead, in any order."""

    def contact(seed):
        rnd = Random(seed)
        days = rnd.choice((1, 3, 8, 8, 40))
        ago = rnd.randint(-86400 // step, days * 86400 // step) * step
        channel = rnd.choice(("call", "call", "call", "robot_call", "sms"))
        connected, conversed = rnd.random() < 0.5, rnd.random() < 0.5
        case = rnd.choice((None, 1, 2))
        when = at - timedelta(seconds=ago)
        return Contact(when, channel, connected, conversed, False, case)

    seeds = st.integers(0, 2**32)
    return st.lists(seeds.map(contact), min_size=size // 3, max_size=size)


@st.composite
def debtors(draw, step=900, size=10):
    """Everything the gate asks for, as keyword arguments of ``lawful``."""
    at = draw(instants(step))
    soon = st.integers(-14400 // step, 14400 // step)
    callback = draw(st.none() | soon.map(lambda n: at + timedelta(seconds=n * step)))
    near_by = st.integers(-3, 10).map(lambda n: at.date() + timedelta(days=n))
    return {
        "policy": draw(policies),
        "zones": draw(zone_sets),
        "channel": draw(st.sampled_from(("call", "call", "sms"))),
        "at": at,
        "history": draw(histories(at, size, step)),
        "holidays": draw(st.frozensets(near_by, max_size=4)),
        "callback": callback,
        "case": draw(st.sampled_from((None, 1, 2))),
    }


# --- the oracle itself ---

NOON = datetime(2026, 2, 2, 12)


def test_a_window_is_half_open_in_local_time():
    policy = Policy((Window(frozenset({0}), 480, 1260),))
    berlin = [datetime(2026, 2, 2, 7), datetime(2026, 2, 2, 19, 59, 59)]
    assert all(lawful(policy, ["Europe/Berlin"], "call", at) for at in berlin)
    outside = [datetime(2026, 2, 2, 6, 59, 59), datetime(2026, 2, 2, 20)]
    assert not any(lawful(policy, ["Europe/Berlin"], "call", at) for at in outside)


def test_a_rolling_limit_is_free_again_to_the_second():
    once = Policy((ALWAYS,), (Limit("attempt", 1, "week", rolling=True),))
    called = [Contact(NOON, "call")]
    week = timedelta(days=7)
    assert not lawful(once, ["UTC"], "call", NOON + week - timedelta(seconds=1), called)
    assert lawful(once, ["UTC"], "call", NOON + week, called)


def test_a_calendar_day_is_the_debtors():
    once = Policy((ALWAYS,), (Limit("attempt", 1, "day"),))
    called = [Contact(NOON - timedelta(hours=1), "call")]
    assert lawful(once, ["Asia/Kamchatka"], "call", NOON, called)
    assert not lawful(once, ["Europe/Moscow"], "call", NOON, called)
