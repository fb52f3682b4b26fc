from datetime import date, datetime, timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.tests import tagged

from .common import TUESDAY, DebtCommon

HOUR = timedelta(hours=1)


@tagged("post_install", "-at_install")
class TestEndings(DebtCommon):
    """Whatever ends by a date ends then, whatever was planned for the case."""

    def setUp(self):
        super().setUp()
        self._invoice(100, 40)
        self.case = self._case().sudo()

    def _night(self):
        """Plan what the clock has made due."""
        cases = self.env["debt.case"]
        due = cases.search(cases._get_to_plan_domain(fields.Datetime.now()))
        due._plan()
        return due

    def _check(self, at):
        return self.case.check_contact("call", at=at)

    # --- callbacks ------------------------------------------------------------------
    def test_whoever_is_promised_on_hold_or_disputed_is_called_when_he_asked(self):
        asked = TUESDAY + 3 * HOUR
        for state in ("promised", "on_hold", "legal", "disputed"):
            with self.subTest(state):
                self.case.write(
                    {"state": state, "callback_at": asked, "hold_until": False}
                )
                self.case._plan()
                self.assertEqual(self.case.next_contact_at, asked)
                self.assertEqual(self.case.next_contact_code, "callback")
                answer = self._check(TUESDAY)
                self.assertEqual(answer["reason"], "before_callback")
                self.assertEqual(answer["next_at"], asked)
                self.assertTrue(self._check(asked)["allowed"])

    def test_a_hold_goes_on_when_the_time_of_the_callback_is_over(self):
        asked = TUESDAY + 3 * HOUR
        until = date(2026, 3, 20)
        self.case.write({"state": "on_hold", "hold_until": until, "callback_at": asked})
        self.case._plan()
        late = asked + timedelta(days=1)
        self.assertEqual(self._check(late)["reason"], "on_hold")
        with freeze_time(late):
            self.assertIn(self.case, self._night())
            self.assertFalse(self.case.callback_at)
            self.assertEqual(self.case.state, "on_hold")
            self.assertGreater(self.case.next_contact_at, datetime(2026, 3, 20, 12))
            self.assertIn("nobody called", self.case.message_ids[0].body)
            self.assertNotIn(self.case, self._night(), "planned once, not for ever")

    def test_an_old_callback_leaves_a_disputed_case(self):
        self.case.write({"state": "disputed", "callback_at": TUESDAY + HOUR})
        self.case._plan()
        with freeze_time(TUESDAY + timedelta(days=2)):
            self._night()
            self.assertFalse(self.case.callback_at)
            self.assertEqual(self.case.state, "disputed")

    def test_a_callback_has_an_activity_although_the_case_is_promised(self):
        self.case.user_id = self.env.user
        self.case.write({"state": "promised", "callback_at": TUESDAY + 3 * HOUR})
        self.case._plan()
        self.assertEqual(len(self.env["mail.activity"]._debt_calls(self.case)), 1)

    # --- holds ----------------------------------------------------------------------
    def test_a_hold_ends_although_nothing_was_planned_behind_it(self):
        self.debtor.phone = False
        self.case.write({"state": "on_hold", "hold_until": date(2026, 3, 12)})
        self.case._plan()
        self.assertFalse(self.case.next_contact_at)
        with freeze_time(datetime(2026, 3, 12, 20)):
            self.assertNotIn(self.case, self._night())
        # Midnight in Brussels, an hour before that of UTC.
        with freeze_time(datetime(2026, 3, 12, 23, 5)):
            self.assertIn(self.case, self._night())
            self.assertEqual(self.case.state, "active")
            self.assertNotIn(self.case, self._night())

    def test_a_protection_ends_on_its_day(self):
        self.debtor.write(
            {"debt_protection": "hospital", "debt_protection_until": date(2026, 3, 12)}
        )
        self.case._plan()
        self.assertEqual(self.case.next_contact_code, "hospital")
        with freeze_time(datetime(2026, 3, 12, 23, 5)):
            self.assertIn(self.case, self._night())
            self.assertTrue(self.case.next_contact_at)

    # --- days -----------------------------------------------------------------------
    def test_each_company_has_its_day_when_it_begins_there(self):
        jobs = self.env["res.company"]
        self.company.partner_id.tz = "America/New_York"
        with freeze_time(datetime(2026, 3, 11, 3, 30)):
            jobs._cron_debt_day()
            self.assertEqual(self.company.debt_day, date(2026, 3, 10))
        with freeze_time(datetime(2026, 3, 11, 4, 30)):
            self.assertIn(self.company, jobs._debt_with_a_new_day())
            jobs._cron_debt_day()
            self.assertEqual(self.company.debt_day, date(2026, 3, 11))
            self.assertNotIn(self.company, jobs._debt_with_a_new_day())

    # --- the scheduled action ---------------------------------------------------------
    def test_planning_is_asked_for_once_however_many_change(self):
        second = self._new_debtor("Second")
        self._invoice(100, 40, second)
        cases = [self.case, self._case(second).sudo()]
        self.env.cr.flush()
        cron = self.env.ref("debt_collection.ir_cron_debt_plan")
        triggers = self.env["ir.cron.trigger"]
        before = triggers.search_count([("cron_id", "=", cron.id)])
        for case in cases:
            case.plan_dirty = False
            case._set_dirty()
        self.env.cr.flush()
        asked = triggers.search_count([("cron_id", "=", cron.id)]) - before
        self.assertEqual(asked, 1)
        # What a later transaction changes is asked for again.
        self.case.plan_dirty = False
        self.case._set_dirty()
        self.env.cr.flush()
        asked = triggers.search_count([("cron_id", "=", cron.id)]) - before
        self.assertEqual(asked, 2)
