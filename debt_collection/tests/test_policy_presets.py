"""The laws that come with the addon, each held against the oracle and its source."""

from datetime import date, datetime, timedelta
from random import Random

from odoo.tests import tagged

from ..models.debt_contact_policy import DAYS
from ..tools.clock import local, middle
from ..tools.contact import CHANNELS, check
from ..tools.ladder import Step, plan
from ..tools.zones import country_zones
from .common import DebtCommon
from .test_tools_oracle import EXAMPLES, lawful, random_debtor

HOUR = timedelta(hours=1)
MICROSECOND = timedelta(microseconds=1)
REFERENCE = {
    # preset: hours of a Wednesday, a Saturday and a holiday; limits as
    # (channel, what counts, maximum, days, rolling)
    "ru_230fz": ("8-22", "9-20", "9-20", {("call", "connect", 8, 30, False)}),
    "us_regf": ("8-21", "8-21", "8-21", {("call", "attempt", 7, 7, True)}),
    "us_tcpa": ("8-21", "8-21", "8-21", {("robot_call", "attempt", 3, 30, True)}),
    "us_ma": ("8-21", "8-21", "8-21", {("sms", "attempt", 2, 7, True)}),
    "us_wa": ("7.5-21", "7.5-21", "7.5-21", {("letter", "attempt", 3, 7, True)}),
    "us_dc": ("8-21", "8-21", "8-21", {("call", "attempt", 3, 7, True)}),
    "us_nyc": ("8-21", "8-21", "8-21", {("call", "attempt", 3, 7, True)}),
    "uk": ("8-21", "8-21", "8-21", set()),
    "ua": ("9-20", "", "", {("robot_call", "minute", 30, 1, False)}),
    "kz": ("8-21", "", "", {("call", "attempt", 3, 1, False)}),
    "in": ("8-19", "8-19", "8-19", set()),
    "br_sp": ("8-20", "8-14", "", set()),
    "br_rj": ("9-19", "", "", set()),
    "de": ("8-20", "", "", set()),
    "business": ("9-18", "", "", {("call", "attempt", 4, 1, False)}),
}
WHEN = ("wednesday", "saturday", "holiday")
PERIODS = {"day": 1, "week": 7, "month": 30}


@tagged("post_install", "-at_install")
class TestPolicyPresets(DebtCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        refs = {name: f"debt_collection.policy_{name}" for name in REFERENCE}
        cls.presets = {name: cls.env.ref(ref) for name, ref in refs.items()}

    def _each(self):
        for name, policy in self.presets.items():
            with self.subTest(preset=name):
                yield name, policy

    def test_every_preset_tells_where_it_is_from(self):
        for _name, policy in self._each():
            self.assertTrue(policy.source)
            self.assertTrue(policy.source_kind)
            self.assertTrue(policy.source_date)
            self.assertTrue(policy.scope)
            self.assertTrue(policy.counsel_note)

    def test_hours_and_limits_are_those_of_the_source(self):
        for name, policy in self._each():
            *hours, limits = REFERENCE[name]
            for day, wanted in zip(WHEN, hours, strict=True):
                self.assertEqual(self._call_hours(policy, day), wanted, day)
            found = {
                (channel, one.count, one.maximum, days, one.rolling)
                for one in policy._to_pure().limits
                for channel in CHANNELS
                if one.restrains(channel)
                for days in [one.length * PERIODS[one.period]]
            }
            self.assertLessEqual(limits, found)

    def _call_hours(self, policy, day):
        windows = [
            window
            for window in policy._to_pure().windows
            if DAYS.index(day) in window.days
            if not window.channels or "call" in window.channels
        ]
        return ", ".join(f"{w.start / 60:g}-{w.end / 60:g}" for w in windows)

    # --- against the oracle -----------------------------------------------------------
    def test_no_preset_is_ever_broken_and_nobody_starves(self):
        """Random histories over zones, leap day, year end and changes of the clock."""
        for name, policy in self._each():
            zones = country_zones(policy.country_ids[:1].code or "BE")
            rules = policy._to_pure()
            for seed in range(EXAMPLES):
                debtor = self._random_debtor(Random(f"{name} {seed}"), rules, zones)
                self._hold_against_oracle(debtor, seed)

    def _random_debtor(self, rnd, policy, zones):
        debtor = random_debtor(rnd, 900, 8)
        if rnd.random() < 0.7:
            debtor["zones"] = rnd.sample(zones, min(len(zones), rnd.randint(1, 3)))
        channels = [rnd.choice(CHANNELS) for _contact in debtor["history"]]
        debtor["history"] = [
            contact._replace(channel=channel)
            for contact, channel in zip(debtor["history"], channels, strict=True)
        ]
        return debtor | {"policy": policy, "channel": rnd.choice(CHANNELS)}

    def _hold_against_oracle(self, debtor, seed):
        at = debtor["at"]
        answer = check(**debtor)
        self.assertEqual(answer.allowed, lawful(**debtor), seed)
        found = answer.next_at or at + timedelta(days=3)
        if answer.next_at:
            for instant in (answer.next_at, answer.until - MICROSECOND):
                self.assertTrue(lawful(**debtor | {"at": instant}), seed)
        hours = range(min(72, (found - at) // HOUR))
        before = (at + n * HOUR for n in hours)
        starved = [one for one in before if lawful(**debtor | {"at": one})]
        self.assertFalse(starved, seed)
        self._hold_planner_against_oracle(debtor, seed)

    def _hold_planner_against_oracle(self, debtor, seed):
        """An eager ladder is planned for the day on which the gate first opens."""
        facts = dict(debtor, callback=None)
        channel, now = facts.pop("channel"), facts.pop("at")
        first = check(channel=channel, at=now, **facts).next_at
        home = middle(tuple(debtor["zones"]), now.date())
        today = local(home, now).date()
        step = Step(1, 60, channel=channel, attempts=99, gap=0)
        planned = plan([step], today, now, **facts).at
        if planned:
            self.assertTrue(lawful(channel=channel, at=planned, **facts), seed)
            self.assertEqual(
                local(home, planned).date(), local(home, first).date(), seed
            )
        elif first:
            self.assertGreater((local(home, first).date() - today).days, 58, seed)

    def test_a_new_yorker_is_under_all_laws_at_once_and_in_time(self):
        """The federal laws, and the city's from its day on, the strictest in each."""
        debtor = self._new_debtor(
            "Jane",
            country="base.us",
            is_company=False,
            state_id=self.env.ref("base.state_us_27").id,
            zip="10001",
        )
        choice = self.env["debt.contact.policy"]._choose(debtor, self.company)
        policy = choice.policy()
        for seed in range(EXAMPLES):
            rnd = Random(seed)
            asked = self._random_debtor(rnd, policy, ["America/New_York"])
            asked["at"] = datetime(2026, 8, 25) + rnd.randrange(14 * 96) * HOUR / 4
            days = {local(zone, asked["at"]).date() for zone in asked["zones"]}
            laws = {law for day in days for law in choice.on(day)}
            wanted = all(lawful(**asked | {"policy": law.policy}) for law in laws)
            self.assertEqual(check(**asked).allowed, wanted, seed)
        regf, tcpa = self.presets["us_regf"], self.presets["us_tcpa"]
        august, september = (choice.on(date(2026, month, 15)) for month in (8, 9))
        self.assertEqual({law.id for law in august}, set((regf | tcpa).ids))
        city = self.presets["us_nyc"]
        self.assertEqual({law.id for law in september}, set((regf | tcpa | city).ids))
