"""What the law says, spelled out the slow way, for the other tests to compare with.

Nothing here is shared with the tools but the values they take: every instant is looked
at by itself, in every zone, against every past contact.
"""

import os
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from random import Random
from zoneinfo import ZoneInfo, reset_tzpath

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from odoo.addons.debt_collection.tools.contact import (
    ANYWHERE,
    Consent,
    Contact,
    Limit,
    Policy,
    Target,
    Window,
)

# The machine may have an older database than the locked package.
reset_tzpath(())

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

EXAMPLES = int(os.environ.get("DEBT_EXAMPLES", "200"))
"""How often laws made up by hypothesis are held against the oracle."""
HISTORIES = int(os.environ.get("DEBT_EXAMPLES", "2000"))
"""How many histories each law that comes with the addon is tried on."""

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
    if limit.place and contact.place != limit.place:
        return False
    return {
        "attempt": True,
        "minute": True,
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
    minutes = limit.count == "minute"
    return sum(c.minutes if minutes else 1 for c in spent) >= limit.maximum


def unconsented(policy, channel, target):
    """Say whether one of the policy's demands for consent is about it, and unmet."""
    for consent in policy.consents:
        named = channel in consent.channels if consent.channels else True
        on_such_a_number = target.mobile if consent.mobile else True
        if named and on_such_a_number and not target.consented:
            return True
    return False


def lawful(
    policy,
    zones,
    channel,
    at,
    history=(),
    holidays=(),
    callback=None,
    case=None,
    target=ANYWHERE,
):
    """Say whether a contact at one instant breaks the policy in no candidate zone."""
    if unconsented(policy, channel, target):
        return False
    if policy.recorded and channel in CALLS and not target.recorded:
        return False
    if not all(open_in(policy, zone, channel, at, holidays) for zone in zones):
        return False
    if callback and at < callback:
        return False
    asked_for = callback and at < callback + timedelta(minutes=60)
    excused = channel == "call" and asked_for
    return not any(
        used_up(limit, zone, at, history, case)
        for limit in policy.limits
        if not limit.channels or channel in limit.channels
        if limit.place in ("", target.place)
        if not (excused and (policy.callback_beyond_limits or limit.spares_callback))
        for zone in zones
    )


# --- random debtors ---

ALWAYS = Window(frozenset(range(8)), 0, 1440)
CALLS = frozenset({"call", "robot_call"})


def quarters(rnd, start, end):
    return rnd.randint(start // 15, end // 15) * 15


def random_windows(rnd):
    """Usual hours, and more of them at odd times, or for calls only."""
    found = []
    if rnd.random() < 0.8:
        days = range(8 - rnd.choice((0, 0, 0, 1, 3)))
        hours = quarters(rnd, 0, 540), quarters(rnd, 1080, 1440)
        found.append(Window(frozenset(days), *hours))
    for _ in range(rnd.choice((0, 0, 1, 2))):
        days = rnd.sample(range(8), rnd.randint(3, 8))
        start = quarters(rnd, 0, 1200)
        own = rnd.choice((frozenset(), frozenset(), CALLS))
        found.append(Window(frozenset(days), start, quarters(rnd, start, 1440), own))
    return tuple(found) or (ALWAYS,)


def random_limit(rnd):
    return Limit(
        count=rnd.choice(("attempt", "connect", "conversation", "minute")),
        maximum=rnd.choice((1, 1, 2, 2, 3, 5)),
        period=rnd.choice(("day", "day", "week", "week", "month")),
        length=rnd.choice((1, 1, 1, 2, 3)),
        rolling=rnd.random() < 0.5,
        channels=rnd.choice((frozenset(), CALLS, frozenset({"sms"}))),
        scope=rnd.choice(("debtor", "debtor", "case")),
        spares_callback=rnd.random() < 0.2,
        place=rnd.choice(("", "", "", "work")),
    )


def random_consents(rnd):
    some = frozenset(rnd.sample(("call", "robot_call", "sms"), 2))
    asked = [Consent(rnd.choice((frozenset(), some)), rnd.random() < 0.5)]
    return tuple(asked if rnd.random() < 0.15 else ())


def random_target(rnd):
    place = rnd.choice(("", "home", "work"))
    mobile, consented = rnd.random() < 0.5, rnd.random() < 0.5
    return Target(place, mobile, consented, rnd.random() < 0.8)


def random_policy(rnd):
    limits = tuple(random_limit(rnd) for _ in range(rnd.randint(1, 3)))
    beyond = rnd.random() < 0.5
    windows, consents = random_windows(rnd), random_consents(rnd)
    return Policy(windows, limits, beyond, None, consents, rnd.random() < 0.2)


def random_zones(rnd):
    """One zone, or several neighbours, or some from anywhere."""
    nearby = rnd.choice(NEIGHBOURS)
    return rnd.choice(
        (
            [rnd.choice(ZONES)],
            rnd.sample(nearby, rnd.randint(2, len(nearby))),
            rnd.sample(ZONES, rnd.randint(2, 3)),
        )
    )


def random_instant(rnd, step):
    """An instant, half of them near a change of clocks or calendar."""
    some_day = date(2024, 1, 1) + timedelta(days=rnd.randrange(3 * 366))
    day = rnd.choice((rnd.choice(TURNS), some_day))
    seconds = rnd.randrange(3 * 86400 // step) * step
    return datetime(day.year, day.month, day.day) + timedelta(seconds=seconds)


def random_contact(rnd, at, step):
    """A contact of the last days or weeks, or one dated ahead."""
    days = rnd.choice((1, 3, 8, 8, 40))
    ago = rnd.randint(-86400 // step, days * 86400 // step) * step
    return Contact(
        at - timedelta(seconds=ago),
        rnd.choice(("call", "call", "call", "robot_call", "sms")),
        connected=rnd.random() < 0.5,
        conversed=rnd.random() < 0.5,
        case=rnd.choice((None, 1, 2)),
        minutes=rnd.choice((1, 1, 2, 4)),
        place=rnd.choice(("", "home", "work")),
    )


def random_debtor(rnd, step, size):
    """Everything the gate asks for, as keyword arguments of ``lawful``."""
    at = random_instant(rnd, step)
    hours = rnd.choice(((-4, 4), (-1, 0)))
    soon = rnd.randint(hours[0] * 3600 // step, hours[1] * 3600 // step) * step
    near_by = [at.date() + timedelta(days=days) for days in range(-3, 11)]
    contacts = range(rnd.randint(0, size))
    return {
        "policy": random_policy(rnd),
        "zones": random_zones(rnd),
        "channel": rnd.choice(("call", "call", "sms")),
        "at": at,
        "history": [random_contact(rnd, at, step) for _ in contacts],
        "holidays": frozenset(rnd.sample(near_by, rnd.choice((0, 0, 1, 4)))),
        "callback": rnd.choice((None, at + timedelta(seconds=soon))),
        "case": rnd.choice((None, 1, 2)),
        "target": random_target(rnd),
    }


seeds = st.integers(0, 2**32)
zone_sets = seeds.map(lambda seed: random_zones(Random(seed)))


def instants(step=900):
    return seeds.map(lambda seed: random_instant(Random(seed), step))


def debtors(step=900, size=12):
    """Debtors whose every time is a multiple of ``step`` seconds."""
    return seeds.map(lambda seed: random_debtor(Random(seed), step, size))


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


def test_one_call_a_week_at_work_says_nothing_of_home():
    once = Policy((ALWAYS,), (Limit("attempt", 1, "week", place="work"),))
    called = [Contact(NOON, "call", place="work")]
    work, home = Target("work"), Target("home")
    later = NOON + timedelta(days=1)
    assert not lawful(once, ["UTC"], "call", later, called, target=work)
    assert lawful(once, ["UTC"], "call", later, called, target=home)
    assert lawful(once, ["UTC"], "call", later, called)
    at_home = [Contact(NOON, "call", place="home")]
    assert lawful(once, ["UTC"], "call", later, at_home, target=work)


def test_consent_is_asked_for_on_what_may_be_a_mobile():
    robots = Consent(frozenset({"robot_call"}), mobile=True)
    asks = Policy((ALWAYS,), consents=(robots,))
    assert not lawful(asks, ["UTC"], "robot_call", NOON)
    assert lawful(asks, ["UTC"], "call", NOON)
    assert lawful(asks, ["UTC"], "robot_call", NOON, target=Target(mobile=False))
    assert lawful(asks, ["UTC"], "robot_call", NOON, target=Target(consented=True))
