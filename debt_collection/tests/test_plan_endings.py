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

    def _check_held_until(self, until):
        """Nobody calls before that day is over, and somebody may after it."""
        for hour in (8, 11, 15):
            at = datetime.combine(until, datetime.min.time()) + hour * HOUR
            self.assertEqual(self._check(at)["reason"], "on_hold")
        self.assertGreater(self.case.next_contact_at.date(), until)
        with freeze_time(datetime.combine(until, datetime.min.time()) + 23 * HOUR):
            self._night()
            self.assertEqual(self.case.state, "active")
            self.assertFalse(self.case.hold_until)

    def test_a_hold_outlives_a_promise_a_callback_and_a_bounce(self):
        self._put_on_hold(self.case)
        self.case.user_id = self.operator
        self._call(self.case).finish(
            "promise", promise_amount=60, promise_date=date(2026, 3, 10)
        )
        self.assertEqual(self.case.state, "promised")
        asked = datetime(2026, 3, 11, 9, 30)
        self._call(self.case).finish("callback", callback_at=asked)
        payment = self._pay(self.case.partner_id.invoice_ids, 60)
        self.cases.refresh(self.debtor.ids)
        with freeze_time(asked):
            self._night()
            self._call(self.case).finish("no_answer")
            self.assertEqual(self.case.state, "on_hold")
            payment.action_draft()
            payment.action_cancel()
        with freeze_time(datetime(2026, 3, 13, 9)):
            self.cases._cron_refresh()
            self._night()
            self.assertEqual(self.case.promise_ids.state, "broken")
            self.assertEqual(self.case.state, "on_hold")
            self.assertFalse(self.cases.with_user(self.operator).claim_next())
            self._check_held_until(date(2026, 3, 17))

    def test_a_hold_outlives_a_dispute(self):
        self._put_on_hold(self.case)
        self._call(self.case).finish(
            "disputed",
            dispute_move_ids=self.debtor.invoice_ids.ids,
            dispute_reason="Never came",
        )
        self.case.state = "disputed"
        with freeze_time(TUESDAY + timedelta(days=2)):
            self.case.dispute_ids._settle("rejected", "It was delivered")
            self.cases.refresh(self.debtor.ids)
            self._night()
            self.assertEqual(self.case.state, "on_hold")
            self._check_held_until(date(2026, 3, 17))

    def test_of_two_holds_the_longer_one_holds(self):
        self._put_on_hold(self.case)
        self._call(self.case).finish("claims_paid")
        self.assertEqual(self.case.hold_until, date(2026, 3, 17))
        self._call(self.case).finish("hardship", note="Lost his job")
        self.assertEqual(self.case.hold_until, date(2026, 3, 24))
        self._check_held_until(date(2026, 3, 24))

    def test_a_hold_until_somebody_ends_it_gets_no_day(self):
        self.case._set_state("on_hold")
        outcome = self.env.ref("debt_collection.outcome_claims_paid")
        self.assertFalse(outcome._prepare_hold(self.case))
        other = self._new_debtor("Other", "+32 470 00 00 77")
        self._invoice(40, 20, other)
        merged = self._case(other)
        self._put_on_hold(merged)
        for source, kept in ((merged, self.case), (self.case, merged)):
            values = source._prepare_merge_values(kept)
            self.assertEqual(values["state"], "on_hold")
            self.assertFalse(values["hold_until"])

    def test_who_resumes_a_closed_case_leaves_its_hold_for_when_it_comes_back(self):
        self._put_on_hold(self.case)
        until = self.case.hold_until
        self.case._close("paid")
        self.case.with_user(self.accountant).action_resume()
        self.assertEqual(self.case.state, "closed")
        self.assertEqual(self.case.hold_until, until)

    def test_who_ends_the_hold_of_a_disputed_case_does_not_end_the_dispute(self):
        self._put_on_hold(self.case)
        self.case.sudo().state = "disputed"
        self.case.with_user(self.accountant).action_resume()
        self.assertEqual(self.case.state, "disputed")
        self.assertFalse(self.case.hold_until)

    def test_a_hold_behind_a_promise_is_ended_by_whoever_resumes_the_case(self):
        self._put_on_hold(self.case)
        self._call(self.case).finish(
            "promise", promise_amount=60, promise_date=date(2026, 3, 11)
        )
        self.case.with_user(self.accountant).action_resume()
        self.assertEqual(self.case.state, "promised")
        self.assertFalse(self.case.hold_until)
        with freeze_time(datetime(2026, 3, 16, 9)):
            self.cases._cron_refresh()
            self.assertTrue(self._check(datetime(2026, 3, 16, 9))["allowed"])

    def test_a_case_that_was_dormant_is_held_until_its_day(self):
        self._put_on_hold(self.case)
        self.case.state = "dormant"
        self._invoice(100, 1)
        self.cases.refresh(self.debtor.ids)
        self._night()
        self.assertEqual(self.case.state, "on_hold")
        self._check_held_until(date(2026, 3, 17))

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
