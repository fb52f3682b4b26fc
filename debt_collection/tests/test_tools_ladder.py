"""The planner: when is he contacted next?"""

from datetime import UTC, date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.addons.debt_collection.tools.contact import (
    Contact,
    Limit,
    Policy,
    Window,
)
from odoo.addons.debt_collection.tools.hours import Hours
from odoo.addons.debt_collection.tools.ladder import (
    PARTS,
    Plan,
    Step,
    Wishes,
    step_on,
)

from .questions import check, plan
from .test_tools_contact import CALLS, RUSSIA, USA, utc
from .test_tools_oracle import GRID, ZONES, debtors, lawful, local, thorough

FREE = Policy((Window(frozenset(range(8)), 8 * 60, 22 * 60),))
MOSCOW = ["Europe/Moscow"]
MONDAY = date(2026, 2, 2)
LADDER = (
    Step(1, 7, attempts=4, key=1),
    Step(8, 14, attempts=2, key=2),
    Step(15, 21, key=3),
    Step(22, 28, attempts=2, every_days=7, key=4),
)


def moscow(hour, minute=0, day=2, month=2):
    """A Moscow time in February 2026 as UTC."""
    return utc(2026, month, day, hour, minute) - timedelta(hours=3)


def called(*times, **values):
    return [Contact(at, "call", **values) for at in times]


def next_one(now, history=(), steps=LADDER, policy=FREE, zones=MOSCOW, **options):
    return plan(steps, MONDAY, now, policy, zones, history, **options)


# --- a day ---


def test_four_attempts_are_laid_over_the_day():
    history = []
    for expected in (9, 11, 16, 18):
        found = next_one(max([moscow(9), *(c.at for c in history)]), history)
        assert (found.at, found.reason) == (moscow(expected), "ladder")
        assert found.step == LADDER[0]
        history += called(found.at)
    assert next_one(moscow(18, 5), history).at == moscow(8, day=3)


def test_each_part_of_the_day_ends_the_time_for_the_call():
    assert next_one(moscow(9)).until == moscow(11)
    assert next_one(moscow(12)).until == moscow(16)
    assert next_one(moscow(17)).until == moscow(22)  # the policy's end
    assert next_one(moscow(22)).at == moscow(8, day=3)


def test_a_late_start_still_gets_its_attempts_two_hours_apart():
    first = next_one(moscow(17))
    second = next_one(moscow(17, 1), called(first.at))
    assert (first.at, second.at) == (moscow(17), moscow(19))


def test_one_attempt_waits_for_the_hour_he_answers():
    once = [Step(1, 7)]
    evening = {9: 0.1, 12: 0.1, 19: 0.4}
    assert next_one(moscow(9), steps=once).at == moscow(9)
    found = next_one(moscow(9), steps=once, preferred_hours=evening)
    assert (found.at, found.blocked) == (moscow(16), None)
    morning = {9: 0.4}
    assert next_one(moscow(12), steps=once, preferred_hours=morning).at == moscow(12)


def test_two_attempts_take_the_two_best_parts_in_their_order():
    twice = [Step(1, 7, attempts=2)]
    liked = {9: 0.1, 12: 0.2, 19: 0.4}
    first = next_one(moscow(9), steps=twice, preferred_hours=liked)
    assert first.at == moscow(11)
    second = next_one(first.at, called(first.at), twice, preferred_hours=liked)
    assert second.at == moscow(16)


def test_the_steps_own_parts_come_first_but_nobody_starves():
    mornings = [Step(1, 7, parts=("morning",))]
    assert next_one(moscow(9), steps=mornings).at == moscow(9)
    assert next_one(moscow(13), steps=mornings).at == moscow(13)
    evenings_only = Policy((Window(frozenset(range(8)), 18 * 60, 20 * 60),))
    found = next_one(moscow(9), steps=mornings, policy=evenings_only)
    assert (found.at, found.blocked) == (moscow(18), "hours")


def test_a_call_about_another_case_keeps_its_distance_but_is_no_attempt():
    other = called(moscow(8, 30), case=2)
    once = [Step(1, 7)]
    found = next_one(moscow(9), other, once, case=1)
    assert found.at == moscow(10, 30)
    assert next_one(moscow(9), called(moscow(8, 30)), once).at == moscow(8, day=3)


def test_a_voice_message_that_rang_was_an_attempt():
    """Unanswered it is no more than that: the next one is a call two hours later."""
    for channel in ("voice_message", "robot_call"):
        history = [Contact(moscow(9), channel)]
        assert next_one(moscow(9), history).at == moscow(11)
    assert next_one(moscow(9), [Contact(moscow(9), "sms")]).at == moscow(9)


def test_a_call_planned_already_keeps_its_distance_too():
    twice = [Step(1, 7, attempts=2)]
    planned = called(moscow(11, 30))
    found = next_one(moscow(9), planned, twice)
    assert (found.at, found.until) == (moscow(9), moscow(9, 30))
    assert next_one(moscow(9, 45), planned, twice).at == moscow(16)


# --- days ---


def test_the_ladder_slows_down():
    counts = []
    for day in (1, 8, 15):
        at = moscow(8) + timedelta(days=day - 1)
        history = []
        while (found := next_one(at, history)).at < moscow(0) + timedelta(days=day):
            history += called(found.at)
            at = found.at
        counts.append(len(history))
    assert counts == [4, 2, 1]


def test_two_in_seven_days_are_not_on_one_day():
    week = [Step(1, 7, attempts=2, every_days=7)]
    first = next_one(moscow(9), steps=week)
    second = next_one(moscow(9), called(first.at), week)
    assert (first.at, second.at) == (moscow(9), moscow(8, day=5))
    both = called(first.at, second.at)
    assert next_one(second.at, both, week).reason == "ladder_end"


def test_what_was_missed_is_not_made_up_on_one_day_but_on_the_last():
    week = [Step(1, 7, attempts=2, every_days=7)]
    thursday = next_one(moscow(8, day=5), steps=week)
    assert next_one(thursday.at, called(thursday.at), week).at == moscow(8, day=6)
    sunday = next_one(moscow(8, day=8), steps=week)
    assert sunday.at == moscow(8, day=8)
    assert next_one(sunday.at, called(sunday.at), week).at == moscow(11, day=8)


def test_calls_and_messages_each_have_their_step():
    both = [Step(1, 7), Step(2, 7, channel="sms", every_days=6, key=7)]
    first = next_one(moscow(9), steps=both)
    assert first.step.channel == "call"
    answered = called(first.at)
    second = next_one(first.at, answered, both, channel="sms")
    assert (second.at, second.step.key) == (moscow(8, day=3), 7)


def test_the_ladder_ends():
    over = next_one(moscow(0) + timedelta(days=28))
    assert over == Plan(None, moscow(0) + timedelta(days=28), "ladder_end")
    last_evening = next_one(moscow(22) + timedelta(days=27))
    assert (last_evening.reason, last_evening.until) == ("ladder_end", over.until)


def test_an_attempt_before_the_ladder_started_is_not_its_own():
    before = called(*(moscow(10, day=1) for _ in range(4)))
    assert next_one(moscow(9), before).at == moscow(9)


def home_of(zones, now):
    """The zone in the middle of the candidates at noon."""
    noon = datetime.combine(now.date(), time(12), UTC)
    clocks = sorted(zones, key=lambda zone: noon.astimezone(ZoneInfo(zone)).utcoffset())
    return clocks[(len(clocks) - 1) // 2]


steps = st.builds(
    Step,
    first_day=st.just(1),
    last_day=st.integers(2, 4),
    channel=st.sampled_from(("call", "call", "sms")),
    attempts=st.integers(1, 4),
    gap=st.sampled_from((0, 60, 120, 300)),
    parts=st.permutations(tuple(PARTS)).flatmap(
        lambda parts: st.sampled_from((tuple(parts), tuple(parts), tuple(parts[:2])))
    ),
)
likings = st.none() | st.dictionaries(st.integers(0, 23), st.floats(0, 1), max_size=6)


# --- what the debtor wishes, and who is at work ---


def wishing(now, history=(), steps=LADDER, **wishes):
    return next_one(now, history, steps, wishes=Wishes(**wishes))


def test_the_hour_that_he_named_beats_the_spread():
    """Four attempts a day or one: he is called between five and seven."""
    for attempts in (1, 4):
        steps = [Step(1, 7, attempts=attempts)]
        found = wishing(moscow(9), steps=steps, named=18)
        assert (found.at, found.until) == (moscow(17), moscow(19))
        assert wishing(moscow(18, 20), steps=steps, named=18).at == moscow(18, 20)
        # He has been called at his hour, or it is over: tomorrow at his hour.
        called_then = called(moscow(17, 30))
        tomorrow = moscow(17, day=3)
        assert wishing(moscow(17, 40), called_then, steps, named=18).at == tomorrow
        assert wishing(moscow(20), steps=steps, named=18).at == tomorrow


def test_an_hour_at_which_nobody_may_call_decides_nothing():
    assert wishing(moscow(9), named=23).at == moscow(9)


def test_on_the_last_day_another_hour_is_better_than_none():
    one_day = [Step(1, 1, attempts=2)]
    assert wishing(moscow(20), steps=one_day, named=18).at == moscow(20)


def test_a_weekly_call_waits_for_the_saturday():
    weekly = [Step(1, 7, every_days=7)]
    assert next_one(moscow(9), steps=weekly).at == moscow(9)
    found = wishing(moscow(9), steps=weekly, saturdays=True)
    assert local("Europe/Moscow", found.at).date() == date(2026, 2, 7)
    weekdays = Policy((Window(frozenset(range(5)), 8 * 60, 22 * 60),))
    wishes = Wishes(saturdays=True)
    lawful_days = next_one(moscow(9), steps=weekly, policy=weekdays, wishes=wishes)
    assert lawful_days.at == moscow(9), "no Saturday on which anybody may call"


def test_a_person_is_called_when_he_is_at_home():
    """One attempt a day: at five in the evening, not at four."""
    once = [Step(1, 7)]
    at_home = {"hours": {18: 1.0}, "evening": 17 * 60}
    found = wishing(moscow(9), steps=once, **at_home)
    assert (found.at, found.until) == (moscow(17), moscow(22))
    assert wishing(moscow(19), steps=once, **at_home).at == moscow(19)
    # Three a day: morning and midday as ever.
    thrice = [Step(1, 7, attempts=3)]
    made = called(moscow(9), moscow(12))
    assert wishing(moscow(9), steps=thrice, **at_home).at == moscow(9)
    assert wishing(moscow(14), made, thrice, **at_home).at == moscow(17)


def test_where_evenings_are_forbidden_the_afternoon_serves():
    until_five = Policy((Window(frozenset(range(8)), 8 * 60, 17 * 60),))
    wishes = Wishes(hours={18: 1.0}, evening=17 * 60)
    found = next_one(moscow(9), steps=[Step(1, 7)], policy=until_five, wishes=wishes)
    assert found.at == moscow(16)


def test_half_past_is_half_past():
    found = wishing(moscow(9), named=16.5)
    assert (found.at, found.until) == (moscow(15, 30), moscow(17, 30))


def shift(start, end, days=range(5), zone="Europe/Moscow", free=()):
    """The hours of whoever is to call."""
    windows = (Window(frozenset(days), start * 60, end * 60),)
    return Hours(windows, (zone,), frozenset(free))


def test_nobody_is_called_while_the_operator_sleeps():
    """He is in Moscow, the debtor in Vladivostok, seven hours ahead."""
    operator = shift(9, 18)
    found = next_one(
        moscow(1, 41), zones=["Asia/Vladivostok"], wishes=Wishes(working=operator)
    )
    assert (found.at, found.until) == (moscow(9), moscow(15))


def test_on_an_operators_day_off_the_call_waits_for_his_return():
    away = Wishes(working=shift(9, 18, free=[MONDAY]))
    assert next_one(moscow(10), wishes=away).at == moscow(9, day=3)


def test_a_callback_does_not_wait_for_the_operators_shift():
    asked = moscow(20)
    found = next_one(moscow(9), callback=asked, wishes=Wishes(working=shift(9, 18)))
    assert found.at == asked


def test_a_debtor_whom_the_operator_can_never_reach_is_planned_all_the_same():
    night = Wishes(working=shift(0, 2, zone="America/Los_Angeles"))
    nobody = Policy((Window(frozenset(range(8)), 8 * 60, 9 * 60),))
    found = next_one(moscow(7), policy=nobody, wishes=night)
    assert (found.at, found.reason) == (moscow(8), "ladder")


@thorough
@given(debtors(step=60), st.integers(16 * 60, 24 * 60 - 1), steps, likings)
def test_waiting_for_the_evening_moves_no_call_to_another_day(
    debtor, evening, step, hours
):
    now = debtor.pop("at")
    home = home_of(debtor["zones"], now) if debtor["zones"] else None
    debtor["channel"] = step.channel
    found = [
        plan([step], now.date(), now, **debtor, wishes=wishes)
        for wishes in (
            Wishes(hours=hours or {}),
            Wishes(hours=hours or {}, evening=evening),
        )
    ]
    assert found[0].reason == found[1].reason
    if found[0].at:
        assert found[0].at <= found[1].at
        assert len({local(home, one.at).date() for one in found}) == 1


@thorough
@given(
    debtors(step=60),
    st.integers(0, 23),
    st.integers(0, 6),
    st.booleans(),
    st.none() | st.integers(16 * 60, 24 * 60 - 1),
)
def test_no_wish_ever_breaks_the_law(debtor, hour, start, saturdays, evening):
    now = debtor.pop("at")
    wishes = Wishes(
        named=hour if start % 2 else None,
        evening=evening,
        saturdays=saturdays,
        working=shift(start, start + 9, range(7), debtor["zones"][-1]),
    )
    steps = [Step(1, 14, every_days=start + 1, channel=debtor["channel"])]
    found = plan(steps, now.date(), now, **debtor, wishes=wishes)
    if found.at:
        for at in (found.at, found.until - timedelta(microseconds=1)):
            assert lawful(at=at, **debtor)


# --- the law overrides the ladder ---


def test_a_private_russian_is_not_called_four_times_a_day():
    spoken = called(moscow(9), connected=True)
    first = next_one(moscow(9, 5), spoken, policy=RUSSIA)
    assert (first.at, first.blocked) == (moscow(8, day=3), "limit")
    spoken += called(first.at, connected=True)
    assert next_one(first.at, spoken, policy=RUSSIA).at == moscow(8, day=9)


def test_a_number_without_an_address_is_called_when_all_of_russia_is_awake():
    zones = ["Europe/Kaliningrad", "Asia/Omsk", "Asia/Kamchatka"]
    first = next_one(utc(2026, 2, 2), policy=RUSSIA, zones=zones)
    assert (first.at, first.until) == (utc(2026, 2, 2, 6), utc(2026, 2, 2, 10))
    assert local("Asia/Omsk", first.at).hour == 12


def test_a_ladder_that_the_law_forbids_says_so():
    nights = Policy((Window(frozenset(range(8)), 0, 0),))
    assert next_one(moscow(9), policy=nights).reason == "never"
    assert next_one(moscow(9), policy=Policy(())).reason == "no_hours"
    assert next_one(moscow(9), zones=[]).reason == "no_zone"
    assert next_one(moscow(9), steps=[]).reason == "no_steps"
    assert next_one(moscow(9), channel="sms").reason == "no_steps"


# --- callbacks and promises ---


def test_a_callback_comes_first_and_silences_the_ladder():
    asked = moscow(14, day=4)
    found = next_one(moscow(9), callback=asked)
    assert (found.at, found.reason, found.step) == (asked, "callback", None)
    assert (found.blocked, found.until) == ("before_callback", moscow(16, day=4))


def test_a_missed_callback_is_made_up_at_once():
    found = next_one(moscow(12), callback=moscow(9))
    assert (found.at, found.reason) == (moscow(12), "callback")
    at_night = next_one(moscow(23), callback=moscow(21, 30))
    assert (at_night.at, at_night.blocked) == (moscow(8, day=3), "hours")


def test_a_callback_needs_no_ladder():
    assert next_one(moscow(9), steps=[], callback=moscow(14)).at == moscow(14)


def test_a_callback_beyond_the_limits_is_within_the_hour():
    spoken = [Contact(utc(2026, 2, 2, 15), "call", True, True)]
    asked = utc(2026, 2, 3, 16)
    new_york = {"policy": USA, "zones": ["America/New_York"], "callback": asked}
    found = next_one(utc(2026, 2, 2, 16), spoken, **new_york)
    assert (found.at, found.until) == (asked, asked + timedelta(hours=1))
    missed = next_one(asked + timedelta(hours=2), spoken, **new_york)
    assert (missed.at, missed.blocked) == (utc(2026, 2, 9, 15), "limit")


def test_a_promise_holds_the_ladder_back_not_the_callback():
    due = moscow(0, day=6)
    assert next_one(moscow(9), not_before=due).at == moscow(8, day=6)
    both = next_one(moscow(9), not_before=due, callback=moscow(14))
    assert both.at == moscow(14)
    assert next_one(moscow(9, day=7), not_before=due).at == moscow(9, day=7)


def test_a_promise_may_outlast_the_ladder_without_ending_it():
    """Or a debtor who promised on the last day would be given up before he can pay."""
    due = moscow(0) + timedelta(days=35)
    on_the_last_day = moscow(9) + timedelta(days=27)
    for now in (on_the_last_day, moscow(9) + timedelta(days=29)):
        assert next_one(now, not_before=due) == Plan(None, due, "ladder_wait")
    assert next_one(due, not_before=due).reason == "ladder_end"


def test_step_on():
    assert [step.key for day in (7, 8, 29) for step in step_on(LADDER, day)] == [1, 2]


# --- against the oracle ---


def part_of(clock):
    minute = clock.hour * 60 + clock.minute
    return next(part for part, (a, b) in PARTS.items() if a <= minute < b)


@thorough
@given(debtors(size=8), steps, st.integers(0, 2), likings)
def test_nobody_starves_and_nobody_is_contacted_twice(debtor, step, days, hours):
    """The day planned is the first on which the ladder wants, and the law allows."""
    now, zones = debtor["at"], debtor["zones"]
    home = home_of(zones, now)
    started = local(home, now).date() - timedelta(days=days)
    asked = {key: debtor[key] for key in ("policy", "zones", "history", "holidays")}
    asked["case"] = debtor["case"]
    asked["channel"] = step.channel
    found = plan([step], started, now, **asked, preferred_hours=hours)
    del asked["channel"]

    def possible(at):
        apart = timedelta(minutes=step.gap)
        same = [c.at for c in debtor["history"] if c.channel in ways]
        return all(abs(at - other) >= apart for other in same) and lawful(
            channel=step.channel, at=at, **asked
        )

    # A telephone that rang for a machine was an attempt of the ladder as well.
    ringing = {"call", "robot_call", "voice_message"}
    ways = ringing if step.channel == "call" else {step.channel}
    day, expected = local(home, now).date(), None
    while expected is None and (day - started).days < step.last_day:
        made = [
            contact
            for contact in debtor["history"]
            if contact.channel in ways
            and local(home, contact.at).date() == day
            and (debtor["case"] is None or contact.case in (None, debtor["case"]))
        ]
        quarters = day_in_quarters(home, day) if len(made) < step.attempts else ()
        if any(possible(at) for at in quarters if at >= now):
            expected = day
        day += timedelta(days=1)

    assert (found.at and local(home, found.at).date()) == expected
    if found.at:
        assert possible(found.at)
        part = part_of(local(home, found.at))
        at = found.at
        while at < found.until:
            assert possible(at)
            assert part_of(local(home, at)) == part
            at += GRID


def day_in_quarters(zone, day):
    at = datetime.combine(day, time()) - timedelta(hours=15)
    quarters = (at + n * GRID for n in range(4 * 54))
    return [at for at in quarters if local(zone, at).date() == day]


@thorough
@given(debtors(step=1), st.lists(steps, min_size=1, max_size=3), st.integers(-1, 5))
def test_what_is_planned_is_lawful_and_never_past(debtor, ladder, days):
    now, channel = debtor.pop("at"), debtor["channel"]
    started = now.date() - timedelta(days=days)
    not_before = now + timedelta(hours=days)
    found = plan(ladder, started, now, **debtor, not_before=not_before)
    if not found.at:
        return
    assert channel == (found.step.channel if found.step else "call")
    assert found.at >= (now if found.reason == "callback" else max(now, not_before))
    assert found.until > found.at
    for at in (found.at, found.until - timedelta(microseconds=1)):
        assert lawful(at=at, **debtor)
        assert check(at=at, **debtor).allowed


def random_policy(rnd):
    """The law of some country, or of none."""
    hours = rnd.choice((RUSSIA.windows, USA.windows))
    limits = (
        Limit(
            rnd.choice(("attempt", "connect", "conversation")),
            rnd.randint(1, 7),
            rnd.choice(("day", "week", "month")),
            rolling=rnd.random() < 0.5,
            channels=rnd.choice((frozenset(), CALLS)),
            scope=rnd.choice(("debtor", "case")),
        )
        for _ in range(rnd.randint(0, 3))
    )
    own = Policy(hours, tuple(limits), rnd.random() < 0.5)
    return rnd.choice((RUSSIA, USA, own, own))


def random_ladder(rnd):
    return (
        Step(1, 14, attempts=rnd.randint(1, 4), gap=rnd.choice((60, 120, 240))),
        Step(15, 30, attempts=rnd.randint(1, 2)),
        Step(31, 70, attempts=rnd.randint(1, 3), every_days=rnd.randint(2, 7)),
        Step(1, 70, channel="sms", every_days=rnd.randint(1, 9)),
    )


class Debtor:
    """Seventy days in the life of a debtor with two cases in two companies."""

    def __init__(self, seed):
        self.rnd = Random(seed)
        self.policy = random_policy(self.rnd)
        self.steps = random_ladder(self.rnd)
        self.zones = self.rnd.sample(ZONES, self.rnd.choice((1, 1, 2)))
        self.now = utc(2026, 1, 5, 7) + timedelta(minutes=self.rnd.randrange(500_000))
        self.started = local(home_of(self.zones, self.now), self.now).date()
        days = self.rnd.sample(range(70), 5)
        self.holidays = frozenset(self.started + timedelta(days=n) for n in days)
        self.callback = self.not_before = None
        self.history = []

    def live(self):
        while (found := self.plan()).at:
            assert found.at >= self.now
            self.contact(found)
            if self.rnd.random() < 0.05:
                self.now += timedelta(days=self.rnd.randint(1, 4))  # nobody at work
        return found

    def plan(self):
        """The next call or message, whichever comes first."""
        either = [self.plan_by(channel) for channel in ("call", "sms")]
        return min(either, key=lambda found: found.at or datetime.max)

    def plan_by(self, channel):
        return plan(
            self.steps,
            self.started,
            self.now,
            self.policy,
            self.zones,
            self.history,
            holidays=self.holidays,
            callback=self.callback,
            not_before=self.not_before,
            case=1,
            channel=channel,
        )

    def contact(self, found):
        """Contact him some time before ``until``, as a backlog will have it."""
        late = (found.until - found.at).total_seconds() * self.rnd.random() ** 3
        self.now = found.at + timedelta(seconds=int(late))
        channel = found.step.channel if found.step else "call"
        assert lawful(
            self.policy,
            self.zones,
            channel,
            self.now,
            self.history,
            self.holidays,
            self.callback,
            case=1,
        )
        self.record(channel, found.reason == "callback")
        self.now += timedelta(minutes=self.rnd.randint(1, 20))
        if self.rnd.random() < 0.1:
            self.other_company()

    def record(self, channel, requested):
        connected = channel == "call" and self.rnd.random() < 0.3
        conversed = connected and self.rnd.random() < 0.5
        self.history.append(
            Contact(self.now, channel, connected, conversed, requested, 1)
        )
        soon = timedelta(minutes=self.rnd.randint(30, 4000))
        self.callback = None if channel == "call" else self.callback
        if conversed and self.rnd.random() < 0.5:
            self.callback = self.now + soon
        elif conversed:
            self.not_before = self.now + soon

    def other_company(self):
        """Somebody else asks the gate and calls about the other case."""
        rules = {"holidays": self.holidays, "case": 2}
        asked = self.policy, self.zones, "call", self.now, self.history
        if check(*asked, **rules).allowed:
            assert lawful(*asked, **rules)
            self.history.append(Contact(self.now, "call", True, False, False, 2))


@settings(thorough, max_examples=120)
@given(st.integers(0, 2**32))
def test_seventy_days_never_break_the_law(seed):
    debtor = Debtor(seed)
    end = debtor.live()
    assert end.reason in ("ladder_end", "ladder_wait")
    home = home_of(debtor.zones, debtor.now)
    own = [c for c in debtor.history if c.case == 1 and not c.requested]
    for channel in ("call", "sms"):
        days = [local(home, c.at).date() for c in own if c.channel == channel]
        most = max(s.attempts for s in debtor.steps if s.channel == channel)
        assert max(map(days.count, days), default=0) <= most
