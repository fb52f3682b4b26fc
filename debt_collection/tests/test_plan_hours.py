from datetime import date, datetime, timedelta

from odoo import Command
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from ..tools.clock import local
from .common import TUESDAY, DebtCommon
from .test_ui import ALL_DAYS

BRUSSELS = "Europe/Brussels"


@tagged("post_install", "-at_install")
class TestHours(DebtCommon):
    """When a call is planned: his hour, his evenings, and the operator's day."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.blocks = cls.env["debt.call.block"]
        cls.ladder = cls.env["debt.ladder"].create({"name": "Once a day"})
        cls.step = cls.env["debt.ladder.step"].create(
            {"ladder_id": cls.ladder.id, "first_day": 1, "last_day": 60}
        )
        hours = ALL_DAYS | {"hour_from": 8, "hour_to": 20}
        cls.policy = cls.env["debt.contact.policy"].create(
            {"name": "Every day", "window_ids": [Command.create(hours)]}
        )
        cls.debtor.debt_contact_policy_id = cls.policy
        cls._invoice(100, 40)
        cls.case = cls.cases.browse()

    def setUp(self):
        super().setUp()
        self.case = self._laddered(self._case())

    def _laddered(self, case):
        case = case.sudo()
        case.write({"ladder_id": self.ladder.id, "user_id": self.operator.id})
        case._plan()
        return case

    def _planned(self, zone=BRUSSELS):
        """When the call is planned, where the debtor is."""
        self.case._plan()
        return local(zone, self.case.next_contact_at)

    # --- P8 -------------------------------------------------------------------------
    def test_whoever_named_six_is_called_about_six(self):
        for attempts in (1, 4):
            with self.subTest(attempts):
                self.step.attempts = attempts
                self.debtor.debt_preferred_hour = 18.0
                self.assertEqual(self._planned(), datetime(2026, 3, 10, 17))
                until = local(BRUSSELS, self.case.contact_until)
                self.assertEqual(until, datetime(2026, 3, 10, 19))

    def test_the_hour_of_the_decision_maker_counts_for_his_company(self):
        self.env["res.partner"].create(
            {
                "name": "Eva",
                "parent_id": self.debtor.id,
                "debt_decision_maker": True,
                "debt_preferred_hour": 16.5,
            }
        )
        self.assertEqual(self._planned(), datetime(2026, 3, 10, 15, 30))

    def test_private_persons_are_called_in_the_evening(self):
        self.assertEqual(self._planned().hour, 10, "a company at once")
        self.debtor.is_company = False
        self.assertEqual(self._planned(), datetime(2026, 3, 10, 17))
        self.company.debt_evening_from = 0
        self.assertEqual(self._planned().hour, 10, "not where nobody wants it")
        self.company.debt_evening_from = 18.5
        self.assertEqual(self._planned(), datetime(2026, 3, 10, 18, 30))

    def test_when_others_like_him_answered_comes_before_a_guess(self):
        self.debtor.is_company = False
        facts = self.case._contact_facts()[self.case]
        wishes = self.case._wishes(facts, {False: {19: 3}, True: {9: 5}})
        self.assertEqual((wishes.hours, wishes.evening), ({19: 3}, 17 * 60))
        facts.hours = {20: 1}
        self.assertEqual(self.case._wishes(facts, {False: {19: 3}}).hours, {20: 1})
        facts.hours = {}
        self.assertEqual(self.case._wishes(facts, {}).hours, {18: 1.0})

    def test_one_call_a_week_is_kept_for_the_saturday(self):
        self.debtor.is_company = False
        self.step.every_days = 7
        self.case.ladder_started_on = date(2026, 3, 9)
        planned = self._planned()
        self.assertEqual(planned, datetime(2026, 3, 14, 17))
        self.policy.window_ids.saturday = False
        self.assertEqual(self._planned(), datetime(2026, 3, 10, 17), "where he may not")

    def test_the_hours_of_the_company_must_make_sense(self):
        for values in (
            {"debt_calls_from": 21, "debt_calls_to": 8},
            {"debt_calls_to": 25},
            {"debt_evening_from": 9},
        ):
            with self.subTest(values), self.assertRaises(ValidationError):
                self.company.write(values)

    # --- P10 ------------------------------------------------------------------------
    def test_no_operator_is_given_a_call_in_his_night(self):
        """The debtor is in Vladivostok; it is three at night in Brussels there."""
        self.debtor.write(
            {"country_id": self.env.ref("base.ru").id, "debt_tz": "Asia/Vladivostok"}
        )
        self.debtor.phone = "+7 423 222 33 44"
        with self._at(hours=16):
            self.case._plan()
            mine = local(BRUSSELS, self.case.next_contact_at)
            self.assertEqual(mine, datetime(2026, 3, 11, 8))
            at = self.case.next_contact_at
            self.assertTrue(self.case.check_contact("call", at=at)["allowed"])

    def test_an_operator_abroad_works_by_his_own_clock(self):
        self.operator.tz = "America/New_York"
        self.assertTrue(self.case.plan_dirty)
        self.assertEqual(self._planned(), datetime(2026, 3, 10, 13))
        self.case.user_id = False
        self.assertEqual(self._planned(), datetime(2026, 3, 10, 10))

    def test_calls_are_planned_in_an_operators_calling_hours(self):
        self.blocks.create(
            [
                {"user_id": self.operator.id, "dayofweek": "2", "hour_from": 14},
                {"user_id": self.operator.id, "dayofweek": "4", "hour_from": 9.5},
            ]
        )
        self.assertTrue(self.case.plan_dirty)
        self.assertEqual(self._planned(), datetime(2026, 3, 11, 14))
        until = local(BRUSSELS, self.case.contact_until)
        self.assertLessEqual(until, datetime(2026, 3, 11, 18))
        self.blocks.search([("dayofweek", "=", "2")]).unlink()
        self.assertEqual(self._planned(), datetime(2026, 3, 13, 9, 30))

    def test_whoever_is_on_leave_gets_no_call_that_day(self):
        off = frozenset({date(2026, 3, 10), date(2026, 3, 11)})
        self.patch(type(self.operator), "_debt_days_off", lambda *args: off)
        self.env.registry.clear_cache()
        self.assertEqual(self._planned(), datetime(2026, 3, 12, 8))

    def test_what_a_debtor_asked_for_does_not_wait_for_calling_hours(self):
        self.blocks.create({"user_id": self.operator.id, "dayofweek": "4"})
        self.case.callback_at = TUESDAY + timedelta(hours=1)
        self.case._plan()
        self.assertEqual(self.case.next_contact_at, TUESDAY + timedelta(hours=1))

    def test_a_busy_line_is_not_tried_again_after_hours(self):
        self.company.debt_calls_to = 10.25
        call = self._call(self.case)
        call.with_user(self.operator).dial()
        call.with_user(self.operator).finish("busy")
        self.assertEqual(self._planned().date(), date(2026, 3, 11))

    def test_many_cases_cost_no_query_each(self):
        self._planned()
        debtors = [self._new_debtor(f"D{n}", f"+32 470 12 40 {n}0") for n in range(6)]
        for debtor in debtors:
            self._invoice(100, 40, debtor)
        self.cases.refresh([one.id for one in debtors])
        cases = self.cases.search([("partner_id", "in", [d.id for d in debtors])])
        cases = cases.sudo()
        cases.write({"user_id": self.operator.id})
        facts = cases._contact_facts()
        cases[0]._wishes(facts[cases[0]], {})
        with self.assertQueryCount(0):
            for case in cases:
                case._wishes(facts[case], {})

    def test_calling_hours_are_ones_own_or_the_managers_matter(self):
        mine = self.blocks.with_user(self.operator).create({"dayofweek": "1"})
        self.assertEqual(mine.user_id, self.operator)
        with self.assertRaises(AccessError):
            self.blocks.with_user(self.colleague).browse(mine.id).hour_from = 3
        with self.assertRaises(AccessError):
            self.blocks.with_user(self.colleague).create({"user_id": self.operator.id})
        self.blocks.with_user(self.manager).browse(mine.id).hour_from = 10
        with self.assertRaises(ValidationError):
            mine.hour_to = 9
        self.operator.write({"debt_block_ids": [Command.clear()]})
        self.assertFalse(mine.exists())

    def test_calling_hours_plan_their_operators_cases_anew_and_no_others(self):
        other = self._new_debtor("Debtor Two", "+32 470 12 34 57")
        self._invoice(70, 5, other)
        theirs = self._laddered(self._case(other))
        theirs.user_id = self.colleague
        cases = self.case | theirs

        def dirty():
            found = cases.filtered("plan_dirty")
            cases._plan()
            return found

        dirty()
        block = self.blocks.with_user(self.operator).create({"dayofweek": "1"})
        self.assertEqual(dirty(), self.case)
        block.hour_from = 10
        self.assertEqual(dirty(), self.case)
        block.with_user(self.manager).user_id = self.colleague
        self.assertEqual(dirty(), cases, "whose they were, and whose they are")
        block.with_user(self.manager).unlink()
        self.assertEqual(dirty(), theirs)

    def test_public_holidays_of_ones_calendar_are_days_off(self):
        if "resource.calendar.leaves" not in self.env:
            self.skipTest("Odoo's working calendars are not installed.")
        calendars = self.env["resource.calendar"].sudo()
        mine, other = calendars.create([{"name": "Mine"}, {"name": "Other"}])
        self.env["resource.resource"].sudo().create(
            {"name": "Op", "user_id": self.operator.id, "calendar_id": mine.id}
        )
        self.env["resource.calendar.leaves"].sudo().create(
            {
                "name": f"Holiday of {calendar.name}",
                "calendar_id": calendar.id,
                "date_from": datetime(2026, 3, day, 0),
                "date_to": datetime(2026, 3, day, 22),
            }
            for calendar, day in ((mine, 12), (other, 13), (calendars, 16))
        )
        days = self.operator.sudo()._debt_days_off(BRUSSELS, TUESDAY.date())
        self.assertEqual(days, {date(2026, 3, 12), date(2026, 3, 16)})
