from datetime import date

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from .common import DebtCommon


@tagged("post_install", "-at_install")
class TestDispute(DebtCommon):
    """Invoices a debtor contests: held, owned, and taken up again."""

    def setUp(self):
        super().setUp()
        self.invoice = self._invoice(1000, 10)
        self.case = self._case()
        self.call = self._call(self.case)

    def _dispute(self, **values):
        self.call.finish(
            "disputed",
            dispute_move_ids=self.invoice.ids,
            dispute_reason="Only half of it came",
            **values,
        )
        return self.case.dispute_ids

    def test_kind_and_words_are_kept(self):
        dispute = self._dispute(dispute_code="not_delivered")
        self.assertEqual(dispute.reason_code, "not_delivered")
        self.assertEqual(dispute.reason, "Only half of it came")
        self.assertEqual(dispute.activity_ids.user_id, self.accountant)
        self.assertEqual(dispute.activity_ids.date_deadline, date(2026, 3, 24))

    def test_kind_may_be_left_out_but_not_invented(self):
        with self.assertRaises(ValidationError):
            self._dispute(dispute_code="ugly")
        self.assertEqual(self._dispute().reason_code, "other")

    def test_settled_dispute_resumes_collection(self):
        dispute = self._dispute(dispute_code="wrong_amount")
        self.assertEqual(self.case.state, "disputed")
        self.assertFalse(self.case.next_contact_at)
        dispute.with_user(self.accountant).action_reject()
        self.case._plan()
        self.assertEqual(self.case.state, "active")
        self.assertTrue(self.case.next_contact_at)
        self.assertFalse(dispute.activity_ids)

    def test_expired_dispute_resumes_collection(self):
        dispute = self._dispute()
        with self._at(days=14):
            self.cases._cron_refresh()
            self.assertEqual(dispute.state, "open")
        with self._at(days=15):
            self.cases._cron_refresh()
            self.case._plan()
            self.assertEqual(dispute.state, "expired")
            self.assertEqual(self.case.state, "active")
            self.assertTrue(self.case.next_contact_at)

    def test_accepted_dispute_leaves_the_correction_to_the_accountant(self):
        """Until the credit note is made nobody is chased for what is wrong."""
        dispute = self._dispute()
        dispute.with_user(self.accountant).action_accept()
        self.assertEqual(dispute.state, "accepted")
        self.assertEqual(self.invoice.debt_status, "excluded")
        self.assertEqual(self.invoice.debt_excluded_until, date(2026, 3, 24))
        self.assertEqual(self.case.state, "closed")
        self.assertEqual(self.case.close_reason, "excluded")
        with self._at(days=15):
            self.assertTrue(self._case(), "nobody corrected it: it is owed")

    def test_settled_is_settled(self):
        """Accepting what was rejected takes no invoice out of collection."""
        dispute = self._dispute()
        dispute.action_reject()
        dispute.action_accept()
        self.assertEqual(dispute.state, "rejected")
        self.assertFalse(self.invoice.debt_excluded_until)

    def test_accepting_twice_prolongs_nothing(self):
        dispute = self._dispute()
        dispute.action_accept()
        with self._at(days=5):
            dispute.action_accept()
        self.assertEqual(self.invoice.debt_excluded_until, date(2026, 3, 24))

    def test_operators_read_only(self):
        dispute = self._dispute().with_user(self.operator)
        self.assertEqual(dispute.reason_code, "other")
        with self.assertRaises(AccessError):
            dispute.write({"reason_code": "defective"})
