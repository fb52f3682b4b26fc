from datetime import date, datetime, timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.tests import tagged

from .common import TUESDAY
from .test_ui import TourCase


class StoryCase(TourCase):
    """A debtor with four overdue invoices of 100, and the operator who has his case."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.operator = cls._user("story_operator", "group_debt_operator")
        cls.accountant = cls._user("story_accountant", "group_debt_accountant")
        cls.company.debt_accountant_id = cls.accountant
        cls.debtor = cls._debtor("Story Debtor", 100, 40)
        for days_late in (30, 20, 10):
            cls._invoice(cls.debtor, 100, days_late)
        cls.case = cls._cases(cls.debtor, cls.operator)

    def _story(self, name, case=None):
        """Play a tour that begins on the case, and read anew what it left."""
        case = case or self.case
        path = f"/odoo/action-debt_collection.debt_case_action/{case.id}"
        self.start_tour(path, f"debt_story_{name}", login="story_operator")
        self.env.invalidate_all()

    def _pay(self, amount):
        """Money of the debtor arrives and is matched with the oldest invoices."""
        invoices = self.env["account.move"].search(
            [("partner_id", "=", self.debtor.id), ("payment_state", "!=", "paid")],
            order="invoice_date_due",
        )
        register = self.env["account.payment.register"].with_context(
            active_model="account.move",
            active_ids=invoices.ids,
            allowed_company_ids=self.company.ids,
        )
        register.create(
            {"amount": amount, "group_payment": True, "payment_date": date.today()}
        )._create_payments()

    def _later(self, days):
        """So many days later, the night's work done."""
        clock = freeze_time(TUESDAY + timedelta(days=days), tick=True)
        clock.start()
        self.addCleanup(clock.stop)
        self.env["debt.case"]._cron_refresh()
        self.env["debt.case"]._cron_daily()
        due = self.env["debt.case"]._get_to_plan_domain(fields.Datetime.now())
        self.env["debt.case"].search(due)._plan()

    @property
    def call(self):
        return self.case.call_ids[:1]


@tagged("post_install", "-at_install")
class TestStories(StoryCase):
    """Each story of an operator's day, on the screen and in the database."""

    def test_no_answer(self):
        self._story("no_answer")
        self.assertEqual(self.call.outcome_code, "no_answer")
        self.assertEqual(self.call.confirmed_by, "operator")
        self.assertEqual(self.call.number, self.debtor.debt_phone_ids.number)
        self.assertGreater(self.case.next_contact_at, self.call.started_at)

    def test_busy_twice(self):
        self._story("busy_twice")
        codes = self.case.call_ids.mapped("outcome_code")
        self.assertEqual(codes, ["busy", "busy"])
        self.assertEqual(self.debtor.debt_phone_ids.health, "unknown")
        self.assertEqual(self.case.next_contact_code, "retry")

    def test_wrong_number(self):
        self._story("wrong_number")
        self.assertEqual(self.debtor.debt_phone_ids.health, "wrong")
        self.assertEqual(self.call.party, "third_party")
        self.assertFalse(self.case.next_contact_at)
        self.assertEqual(self.case.check_contact("call")["reason"], "no_number")

    def test_third_party(self):
        self._story("third_party")
        self.assertEqual(self.call.party, "third_party")
        self.assertEqual(self.call.outcome_code, "third_party")
        self.assertTrue(self.case.next_contact_at)

    def test_promise_kept(self):
        self._story("promise")
        promise = self.case.promise_ids
        self.assertEqual((promise.amount, promise.date), (100, date(2026, 3, 13)))
        self.assertEqual(promise.call_id, self.call)
        self._later(2)
        self._pay(100)
        self.assertEqual(promise.state, "kept")
        self._story("kept")
        self.assertEqual(self.case.amount_overdue, 300)

    def test_promise_partly_kept(self):
        self._story("promise")
        self._later(2)
        self._pay(40)
        self._later(10)
        self.assertEqual(self.case.promise_ids.state, "partial")
        self.assertEqual(self.case.state, "active")
        self._story("warned")

    def test_promise_broken(self):
        self._story("promise")
        self._later(10)
        self.assertEqual(self.case.promise_ids.state, "broken")
        self.assertEqual(self.case.priority, "1")
        self._story("warned")

    def test_plan_of_three(self):
        self._story("plan")
        parts = self.case.promise_ids.sorted("date")
        self.assertEqual(parts.mapped("amount"), [133.34, 133.33, 133.33])
        self.assertEqual(
            parts.mapped("date"),
            [date(2026, 3, 17), date(2026, 4, 17), date(2026, 5, 17)],
        )
        self.assertEqual(parts.plan_id, parts[0])

    def test_dispute_of_one_invoice_in_four(self):
        self._story("dispute")
        dispute = self.case.dispute_ids
        self.assertEqual(dispute.move_ids.invoice_date_due, date(2026, 2, 8))
        self.assertEqual(dispute.user_id, self.accountant)
        self.assertEqual(dispute.activity_ids.user_id, self.accountant)
        self.assertEqual(self.case.amount_disputed, 100)
        self.assertEqual(self.case.amount_overdue, 300)

    def test_callback_outside_hours_takes_the_next_lawful_slot(self):
        self._story("callback")
        # 08:00 in Brussels, where the policy's day begins.
        self.assertEqual(self.case.callback_at, datetime(2026, 3, 11, 7, 0))
        self.assertEqual(self.case.next_contact_at, self.case.callback_at)

    def test_claims_paid_and_has(self):
        self._story("claims_paid")
        todo = self.case.activity_ids.filtered(
            lambda activity: activity.user_id == self.accountant
        )
        self.assertTrue(todo)
        self._pay(400)
        self.assertEqual(self.case.close_reason, "paid")
        self._story("closed")

    def test_claims_paid_and_has_not(self):
        self._story("claims_paid")
        days = (self.case.hold_until - fields.Date.today()).days
        self._later(days + 1)
        self.assertEqual(self.case.state, "active")
        self.assertTrue(self.case.next_contact_at)
        self._story("active")

    def test_without_a_mouse(self):
        second = self._cases(self._debtor("Second Debtor", 50, 20), self.operator)
        second.callback_at = fields.Datetime.now()
        second._plan()
        self._story("keyboard")
        self.assertEqual(self.case.state, "promised")
        self.assertEqual(self.call.objection_ids.code, "forgot")
        path = self.call.path_ids
        self.assertEqual(path[0].phase, "identify")
        self.assertIn("clarify", path.mapped("phase"))
        self.assertEqual(second.call_ids.outcome_code, "no_answer")

    def test_bankrupt(self):
        self._story("bankrupt")
        self.assertEqual(self.case.state, "legal")
        for channel in ("call", "sms", "email"):
            answer = self.case.check_contact(channel)
            self.assertEqual((answer["allowed"], answer["reason"]), (False, "legal"))
