from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from .common import DebtCommon


@tagged("post_install", "-at_install")
class TestTold(DebtCommon):
    """The case tells its life: what kept it waiting, and what was posted."""

    def setUp(self):
        super().setUp()
        self.invoice = self._invoice(1000, 20)
        self.case = self._case()

    def _said(self):
        return [
            str(body)
            for body in self.case.message_ids.sorted("id").mapped("body")
            if body
        ]

    def _tell(self):
        self.cases.invalidate_model()
        untold = self.cases.sudo().search([("untold", "=", True)])
        self.ledger._tell(untold)
        return len(untold)

    def test_a_payment_is_told_with_what_remains(self):
        before = len(self._said())
        self._pay(self.invoice, 300)
        self._tell()
        [told] = self._said()[before:]
        self.assertIn("300.00 was received", told)
        self.assertIn("700.00 remains", told)
        self.assertFalse(self._tell(), "once")

    def test_a_credit_note_is_no_payment(self):
        note = self._invoice(250, 1, move_type="out_refund", post=False)
        note.invoice_date_due = False
        note.action_post()
        self._tell()
        self.assertIn("Less is to be collected", self._said()[-1])
        self.assertIn("750.00 remains", self._said()[-1])

    def test_what_is_excluded_is_no_credit(self):
        other = self._invoice(250, 5)
        self.cases._cron_refresh()
        other._debt_exclude(fields.Date.today() + timedelta(days=9), "It comes back")
        self._tell()
        self.assertIn("1,000.00 remains", self._said()[-1])
        self.assertNotIn("credit", self._said()[-1])

    def test_closing_is_told_with_its_reason(self):
        self._pay(self.invoice)
        self._tell()
        self.assertEqual(self.case.state, "closed")
        self.assertIn("1,000.00 was received", self._said()[-1])
        self.assertIn("The case is closed: Paid.", self._said()[-1])

    def test_a_new_invoice_is_nothing_paid(self):
        self._invoice(50, 3)
        self.cases._cron_refresh()
        self.assertFalse(self._tell())

    def test_a_quiet_night_tells_nothing(self):
        self.cases._cron_refresh()
        before = self.case.message_ids
        with self._at(days=1):
            self.cases._cron_refresh()
        self.assertEqual(self.case.message_ids, before)

    def test_a_hold_is_told_with_its_end(self):
        for name in ("state", "hold_until"):
            self.assertTrue(self.cases._fields[name].tracking, name)

    def test_a_letter_is_told(self):
        self.env["debt.message"]._record_in_person(
            self.case, "letter", "Second reminder, by registered post"
        )
        self.assertIn("Letter of 03/10/2026.", self._said()[-1])
        self.assertIn("registered post", self._said()[-1])
