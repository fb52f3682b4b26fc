import unittest
from dataclasses import replace
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.addons.debt_collection.tools.law import Law
from odoo.addons.debt_collection.tools.policy import (
    CHANNELS,
    Consent,
    Limit,
    Policy,
    Window,
)
from odoo.addons.debt_collection.tools.strictness import (
    Period,
    Standing,
    weaker,
    weaker_period,
)

WEEK = frozenset(range(5))
DAY = Window(WEEK, 9 * 60, 18 * 60)
CALLS = Limit("attempt", 2, "day", channels=frozenset({"call"}))
ASKED = Consent(frozenset({"sms"}))
LAW = Law(
    1,
    Policy((DAY,), (CALLS,), consents=(ASKED,)),
    countries=frozenset({1, 2}),
    first=date(2026, 1, 1),
    last=date(2026, 12, 31),
)
BEFORE = Standing(LAW, recording=1, demands=frozenset({"demand_phone"}))


def rules(**changes):
    policy = replace(LAW.policy, **changes)
    return replace(BEFORE, law=replace(LAW, policy=policy))


def about(**changes):
    return replace(BEFORE, law=replace(LAW, **changes))


WEAKER = {
    "a later end": (rules(windows=(replace(DAY, end=1200),)), "hours"),
    "Saturdays too": (rules(windows=(replace(DAY, days=WEEK | {5}),)), "hours"),
    "other hours for letters": (
        rules(windows=(DAY, Window(WEEK, 0, 1440, frozenset({"letter"})))),
        "hours",
    ),
    "three calls for two": (rules(limits=(replace(CALLS, maximum=3),)), "limits"),
    "no limit": (rules(limits=()), "limits"),
    "only what is answered": (
        rules(limits=(replace(CALLS, count="connect"),)),
        "limits",
    ),
    "for each case": (rules(limits=(replace(CALLS, scope="case"),)), "limits"),
    "at work alone": (rules(limits=(replace(CALLS, place="work"),)), "limits"),
    "another channel": (
        rules(limits=(replace(CALLS, channels=frozenset({"sms"})),)),
        "limits",
    ),
    "no consent": (rules(consents=()), "consents"),
    "mobile numbers alone": (
        rules(consents=(replace(ASKED, mobile=True),)),
        "consents",
    ),
    "callbacks beyond": (rules(callback_beyond_limits=True), "callback"),
    "fewer countries": (about(countries=frozenset({1})), "scope"),
    "one state": (about(states=frozenset({7})), "scope"),
    "some postal codes": (about(zips=("10",)), "scope"),
    "persons alone": (about(persons=True), "scope"),
    "consumers alone": (about(consumers=True), "scope"),
    "later": (about(first=date(2026, 2, 1)), "force"),
    "ends earlier": (about(last=date(2026, 11, 30)), "force"),
    "archived": (replace(BEFORE, active=False), "force"),
    "deleted": (None, "force"),
    "not announced": (replace(BEFORE, recording=0), "demands"),
    "nothing demanded": (replace(BEFORE, demands=frozenset()), "demands"),
    "heeded later": (replace(BEFORE, heeded_within=5), "demands"),
}
STRICTER = {
    "as it was": BEFORE,
    "a shorter day": rules(windows=(replace(DAY, start=600),)),
    "never": rules(windows=()),
    "one call": rules(limits=(replace(CALLS, maximum=1),)),
    "all channels together": rules(limits=(replace(CALLS, channels=frozenset()),)),
    "one more limit": rules(limits=(CALLS, replace(CALLS, period="week", maximum=3))),
    "all consents": rules(consents=(Consent(),)),
    "the day in two lines": rules(
        windows=(replace(DAY, end=720), replace(DAY, start=720))
    ),
    "more countries": about(countries=frozenset({1, 2, 3})),
    "open end": about(last=None),
    "always in force": about(first=None),
    "consent to record": replace(BEFORE, recording=2),
}


class TestStrictness(unittest.TestCase):
    """A law that allows what it forbade is weaker, whichever way it was written."""

    def test_weaker(self):
        for what, (after, code) in WEAKER.items():
            self.assertEqual(weaker(BEFORE, after), (code,), what)

    def test_at_least_as_strict(self):
        for what, after in STRICTER.items():
            self.assertEqual(weaker(BEFORE, after), (), what)

    def test_what_was_not_in_use_protected_nobody(self):
        unused = replace(BEFORE, active=False)
        for after in (None, unused, rules(windows=(replace(DAY, end=1440),))):
            self.assertEqual(weaker(unused, after), ())

    windows = st.builds(
        Window,
        st.frozensets(st.integers(0, 7)),
        st.integers(0, 700),
        st.integers(701, 1440),
        st.frozensets(st.sampled_from(CHANNELS), max_size=2),
    )

    @settings(deadline=None)
    @given(st.lists(windows, max_size=3), st.lists(windows, max_size=3))
    def test_hours_are_compared_minute_by_minute(self, before, after):
        """Weaker, unless every minute that is lawful now was lawful before."""

        def lawful(windows):
            return {
                (channel, day, minute)
                for channel in CHANNELS
                for window in windows
                if channel in window.channels
                or not window.channels
                and not any(channel in one.channels for one in windows)
                for day in window.days
                for minute in range(window.start, window.end)
            }

        old, new = (Standing(Law(1, Policy(tuple(one)))) for one in (before, after))
        self.assertEqual(
            "hours" in weaker(old, new), not lawful(after) <= lawful(before)
        )

    periods = st.builds(Period, st.integers(1, 8), st.booleans())

    @settings(deadline=None)
    @given(periods, periods)
    def test_a_limitation_period_is_longer_where_any_claim_lives_longer(
        self, before, after
    ):
        def last(period, due):
            end = date(due.year, 12, 31) if period.from_year_end else due
            return end.replace(year=end.year + period.years)

        dues = [date(2025, 1, 1), date(2025, 6, 30), date(2025, 12, 31)]
        longer = any(last(after, due) > last(before, due) for due in dues)
        self.assertEqual(weaker_period(before, after), ("length",) if longer else ())

    def test_a_limitation_period_for_fewer_or_none(self):
        period = Period(3, debtor="any", country=1)
        for after, code in (
            (replace(period, debtor="person"), "scope"),
            (replace(period, country=2), "scope"),
            (replace(period, active=False), "force"),
        ):
            self.assertEqual(weaker_period(period, after), (code,))
            # What is made weaker in the archive is weaker when it is back.
            kept = replace(period, active=False)
            told = () if code == "force" else (code,)
            self.assertEqual(weaker_period(kept, after), told)
        wider = weaker_period(replace(period, debtor="person"), period)
        self.assertEqual(wider, ())
