"""The laws that come with the addon, each held against the oracle and its source."""

from collections import defaultdict

from freezegun import freeze_time

from odoo.tests import tagged

from ..models.contact.debt_contact_policy_window import DAYS
from ..tools.contact import CHANNELS
from ..tools.law import Debtor
from ..tools.policy import combine, windows_for
from .common import DebtCommon

REFERENCE = {
    # preset: hours of a Wednesday, a Saturday and a holiday; limits as
    # (channel, what counts, maximum, days, rolling)
    "ru_230fz": ("8-22", "9-20", "9-20", {("call", "connect", 8, 30, False)}),
    "us_regf": ("8-21", "8-21", "8-21", {("call", "attempt", 7, 7, True)}),
    "us_tcpa": ("8-21", "8-21", "8-21", {("robot_call", "attempt", 3, 30, True)}),
    "us_ma": (
        "8-21",
        "8-21",
        "8-21",
        {("sms", "attempt", 2, 7, True), ("visit", "attempt", 1, 30, True)},
    ),
    "us_wa": ("7.5-21", "7.5-21", "7.5-21", {("letter", "attempt", 3, 7, True)}),
    "us_dc": (
        "8-21",
        "8-21",
        "8-21",
        {("call", "attempt", 4, 7, True), ("sms", "attempt", 5, 7, True)},
    ),
    "us_ca_business": ("8-21", "8-21", "8-21", {("call", "attempt", 7, 7, True)}),
    "br_es": ("8-19", "", "", set()),
    "br_am": ("8-18", "", "", set()),
    "br_al": ("8-20", "8-14", "", set()),
    "us_nyc": ("8-21", "8-21", "8-21", {("call", "attempt", 3, 7, True)}),
    "uk": ("8-21", "8-21", "8-21", set()),
    "ua": ("9-20", "", "", {("robot_call", "minute", 30, 1, False)}),
    "kz": ("8-21", "", "", {("email", "attempt", 3, 1, False)}),
    "in": ("8-19", "8-19", "8-19", set()),
    "br_sp": ("8-20", "8-14", "", set()),
    "br_rj": ("9-19", "", "", set()),
    "de": ("8-20", "", "", set()),
    "eu": ("8-20", "", "", {("call", "attempt", 4, 1, False)}),
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

    def test_each_rule_names_its_clause_or_says_that_it_is_ours(self):
        """And none claims to be read more closely than its policy."""
        near = ["primary", "secondary", "memory", "own"]
        ours = defaultdict(list)
        for name, policy in self._each():
            for rule in (*policy.window_ids, *policy.limit_ids, *policy.consent_ids):
                kind = rule.source_kind
                self.assertIn(kind, near[near.index(policy.source_kind) :])
                self.assertTrue(rule.clause or kind in ("own", "memory"), rule)
                if kind == "own":
                    ours[name].append(rule)
            if ours[name] and policy.source_kind != "own":
                said = "our own choice", "are kept", "as a yardstick", "of Regulation F"
                self.assertTrue([one for one in said if one in policy.scope], name)
        for name in ("ru_230fz", "us_ma", "us_wa", "ua", "kz"):
            self.assertFalse(ours[name], name)

    def test_a_law_that_is_shipped_can_be_read(self):
        for _name, policy in self._each():
            if policy.source_kind in ("primary", "secondary"):
                self.assertFalse(policy.is_outdated)
            if policy.source_kind == "primary":
                self.assertTrue(policy.source_url)
            elif policy.source_kind == "secondary":
                said = policy.source_url or "not found" in policy.scope
                self.assertTrue(said, "where it was read, or that it was not found")

    def test_who_must_record(self):
        """230-FZ; São Paulo 14.953/2013 and Rio 6.854/2014, article 3 of each."""
        minded = {name for name, one in self.presets.items() if one.recording_required}
        self.assertEqual(minded, {"ru_230fz", "br_sp", "br_rj"})
        for name in minded:
            self.assertEqual(self.presets[name].recording, "announce")

    def test_a_source_not_read_for_a_year_is_outdated(self):
        policy = self.presets["us_dc"]
        policies = self.env["debt.contact.policy"]
        outdated = [("is_outdated", "=", True)]
        for day, old in (("2027-11-29", False), ("2027-11-30", True)):
            with freeze_time(f"{day} 12:00:00"):
                policy.invalidate_recordset(["is_outdated"])
                self.assertEqual(policy.is_outdated, old, day)
                self.assertEqual(policy in policies.search(outdated), old, day)
                self.assertFalse(self.presets["business"].is_outdated)

    def test_nobody_visits_in_the_district_of_columbia(self):
        pure = self.presets["us_dc"]._to_pure()
        self.assertFalse([w for w in windows_for(pure.windows, "visit") if w.days])
        federal = self.presets["us_regf"]._to_pure()
        both = combine([pure, federal])
        self.assertFalse([w for w in windows_for(both.windows, "visit") if w.days])

    def test_a_letter_has_no_hour(self):
        for _name, policy in self._each():
            (window,) = windows_for(policy._to_pure().windows, "letter")
            self.assertEqual((window.start, window.end), (0, 1440))
            self.assertEqual(len(window.days), 8)

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

    def test_no_consumer_of_the_european_union_is_without_a_policy(self):
        """Where no law was read there is a choice of ours, and it says so."""
        self.assertEqual(self.presets["eu"].source_kind, "own")
        self.assertIn("no law", self.presets["eu"].counsel_note)
        laws = self.env["debt.contact.policy"]._laws()
        for country in self.env.ref("base.europe").country_ids:
            debtor = Debtor(country.id)
            fitting = [law for law in laws[country.id] if law.fits(debtor, None)]
            self.assertEqual(len(fitting), 1, country.name)
