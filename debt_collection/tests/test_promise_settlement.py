from datetime import timedelta

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .common import TUESDAY, DebtCommon

TODAY = TUESDAY.date()


@tagged("post_install", "-at_install")
class TestSettlement(DebtCommon):
    """Less is taken, if it comes in by the day; a day later the whole is owed."""

    def setUp(self):
        super().setUp()
        self.invoice = self._invoice(1000, 100)
        self.case = self._case()

    def _offer(self, amount=700, days=10, user=None):
        return (
            self.env["debt.settlement"]
            .with_user(user or self.operator)
            .create(
                {
                    "case_id": self.case.id,
                    "amount": amount,
                    "until": TODAY + timedelta(days=days),
                    "condition": "In one sum",
                }
            )
        )

    def _approved(self, **values):
        offer = self._offer(**values)
        offer.with_user(self.accountant).action_approve()
        return offer.sudo()

    def _pass(self, days):
        """A night has passed: the day's work of the companies."""
        with self._at(days=days):
            self.cases.sudo()._cron_daily()

    def test_proposed_approved_kept_credited(self):
        offer = self._offer()
        self.assertEqual((offer.owed, offer.rebate), (1000, 300))
        todo = self.case.activity_ids.filtered(lambda one: "settlement" in one.summary)
        self.assertEqual(todo.user_id, self.accountant)
        offer.with_user(self.accountant).action_approve()
        promise = offer.sudo().promise_id
        self.assertEqual((promise.amount, promise.state), (700, "open"))
        self.assertEqual(self.case.state, "promised")
        with self._at(days=10):
            self._pay(self.invoice, 700)
            self.cases.refresh(self.debtor.ids)
            self.assertEqual(promise.state, "kept")
            self.assertEqual(offer.state, "kept")
            note = offer.sudo().credit_note_ids
            self.assertEqual((note.state, note.amount_total), ("draft", 300))
            # Nobody asks him for the rest meanwhile.
            self.cases.refresh(self.debtor.ids)
            self.assertFalse(self.case.amount_overdue)
            note.action_post()
            self.cases.refresh(self.debtor.ids)
            self.assertEqual(self.case.state, "closed")
        self.assertEqual(self.invoice.amount_residual, 0)

    def test_missed_by_a_day(self):
        offer = self._approved()
        self._pass(10)
        self.assertEqual(offer.state, "approved")
        with self._at(days=11):
            self._pay(self.invoice, 700)
            self.cases.refresh(self.debtor.ids)
            self.cases.sudo()._cron_daily()
        self.assertEqual(offer.state, "void")
        self.assertFalse(offer.credit_note_ids)
        self.assertEqual(self.invoice.amount_residual, 300)

    def test_a_payment_dated_in_time_and_entered_later_keeps_it(self):
        offer = self._approved()
        self._pass(11)
        self.assertEqual(offer.state, "void")
        with self._at(days=12):
            self._pay(self.invoice, 700, payment_date=TODAY + timedelta(days=10))
            self.cases.refresh(self.debtor.ids)
        self.assertEqual(offer.state, "kept")

    def test_too_little_does_not_keep_it(self):
        offer = self._approved()
        with self._at(days=5):
            self._pay(self.invoice, 699)
            self.cases.refresh(self.debtor.ids)
        self._pass(11)
        self.assertEqual((offer.state, offer.paid), ("void", 699))

    def test_what_was_paid_before_is_not_of_it(self):
        with self._at(days=-5):
            self._pay(self.invoice, 100)
        self.cases.refresh(self.debtor.ids)
        offer = self._approved(amount=600)
        self.assertEqual(offer.owed, 900)
        self._pass(11)
        self.assertEqual(offer.state, "void")

    def test_nobody_approved_it_in_time(self):
        offer = self._offer()
        self._pass(11)
        self.assertEqual(offer.state, "void")
        self.assertFalse(offer.sudo().promise_id)

    def test_what_cannot_be_offered(self):
        for values in ({"amount": 1000}, {"amount": 2000}, {"days": -1}):
            with self.assertRaises(UserError):
                self._offer(**values)
        self._offer()
        with self.assertRaisesRegex(UserError, "already"):
            self._offer(amount=500)

    def test_an_operator_does_not_approve(self):
        with self.assertRaises(AccessError):
            self.env["debt.settlement"].with_user(self.operator).create(
                {
                    "case_id": self.case.id,
                    "amount": 1,
                    "until": TODAY,
                    "state": "approved",
                }
            )
        offer = self._offer()
        for button in (offer.action_approve, offer.action_decline):
            with self.assertRaises(AccessError):
                button()
        for vals in ({"state": "approved"}, {"amount": 1}, {"owed": 1}):
            with self.assertRaises(AccessError):
                offer.write(vals)
        with self.assertRaises(AccessError):
            offer.unlink()

    def test_ended_by_the_accountant(self):
        offer = self._approved()
        offer.with_user(self.accountant).action_decline()
        self.assertEqual(offer.state, "declined")
        self.assertEqual(offer.promise_id.state, "cancelled")
        self.assertEqual(self.case.state, "active")

    def test_the_rest_of_other_invoices_is_still_owed(self):
        offer = self._approved()
        other = self._invoice(50, 5)
        with self._at(days=5):
            self._pay(self.invoice, 700)
            self.cases.refresh(self.debtor.ids)
            self.assertEqual(offer.state, "kept")
            self.assertEqual(offer.credit_note_ids.reversed_entry_id, self.invoice)
            self.cases.refresh(self.debtor.ids)
            self.assertEqual(self.case.amount_overdue, 50)
        self.assertEqual(other.amount_residual, 50)

    def _kept(self, **values):
        offer = self._approved(**values)
        payment = self._pay(self.invoice, offer.amount)
        self.cases.refresh(self.debtor.ids)
        self.assertEqual(offer.state, "kept")
        return offer, payment

    def test_a_payment_that_bounces_undoes_it(self):
        offer, payment = self._kept()
        note = offer.credit_note_ids
        payment.action_draft()
        self._pass(3)
        self.assertEqual((offer.state, offer.paid), ("approved", 0))
        self.assertEqual(note.state, "cancel")
        rows = self.ledger._rows(self.company, self.debtor.ids)
        self.assertEqual([row["left"] for row in rows if row["reason"]], [])
        self._pass(11)
        self.assertEqual(offer.state, "void")

    def test_a_payment_that_bounces_when_it_was_credited(self):
        offer, payment = self._kept()
        offer.credit_note_ids.action_post()
        self._pass(1)
        self.assertFalse(offer.todo_id)
        payment.action_draft()
        self._pass(12)
        self.assertEqual(offer.state, "void")
        self.assertIn("bounced", offer.todo_id.summary)

    def test_a_new_promise_does_not_end_it(self):
        """He names another day, or corrects the sum: the offer stands as it was."""
        offer = self._approved()
        promises = self.env["debt.promise"].sudo()
        parts = [(700, TODAY + timedelta(days=9))]
        offer.promise_id._correct(parts, "Another day")
        self.assertEqual(offer._promised().date, TODAY + timedelta(days=9))
        promises._agree(self.case, [(1000, TODAY + timedelta(days=20))])
        with self._at(days=5):
            self._pay(self.invoice, 700)
            self.cases.sudo()._cron_daily()
        self.assertEqual(offer.state, "kept")

    def test_ended_with_the_promise_that_corrected_its_own(self):
        offer = self._approved()
        offer.promise_id._correct([(700, TODAY + timedelta(days=9))], "Another day")
        offer.with_user(self.accountant).action_decline()
        self.assertEqual(offer._promised().state, "cancelled")
        self.assertEqual(self.case.state, "active")

    def test_no_more_than_the_rebate_is_credited_and_nothing_disputed(self):
        other = self._invoice(400, 90)
        self.cases.refresh(self.debtor.ids)
        offer = self._approved(amount=1000)
        self.assertEqual(offer.rebate, 400)
        self.env["debt.dispute"].sudo()._raise(self.case, other, "Never came")
        self._pay(self.invoice)
        self.cases.sudo()._cron_daily()
        # 1000 of 1400 came in; the 400 that are left are disputed by now.
        self.assertEqual((offer.state, offer.credit_note_ids.ids), ("kept", []))
        offer = self._approved_of_two()
        self.assertEqual(offer.credit_note_ids.amount_total, 100)

    def _approved_of_two(self):
        """400 are owed, 300 are to be paid; the bill is more than was collected."""
        debtor = self.debtor = self._new_debtor("Debtor Two")
        self.invoice = self._invoice(500, 50, debtor)
        self.env["account.payment"].create(
            {
                "partner_id": debtor.id,
                "amount": 100,
                "payment_type": "inbound",
                "partner_type": "customer",
                "date": TODAY - timedelta(days=1),
            }
        ).action_post()
        self.case = self._case()
        offer = self._approved(amount=self.case.amount_overdue - 100)
        self._pay(self.invoice, offer.amount)
        self.cases.sudo()._cron_daily()
        self.assertEqual(offer.state, "kept")
        return offer

    def test_what_was_paid_since_it_was_proposed_counts(self):
        offer = self._offer()
        with self._at(days=2):
            self._pay(self.invoice, 200)
            self.cases.refresh(self.debtor.ids)
            offer.with_user(self.accountant).action_approve()
        self.assertEqual(offer.sudo().promise_id.amount, 500)
        self.assertFalse(offer.sudo().todo_id)
        with self._at(days=4):
            self._pay(self.invoice, 500)
            self.cases.refresh(self.debtor.ids)
        self.assertEqual((offer.state, offer.paid), ("kept", 700))

    def test_enough_was_paid_before_it_was_approved(self):
        offer = self._offer()
        with self._at(days=2):
            self._pay(self.invoice, 700)
            offer.with_user(self.accountant).action_approve()
        self.assertEqual(offer.state, "kept")
        self.assertEqual(offer.sudo().credit_note_ids.amount_total, 300)

    def test_less_is_owed_by_now_than_was_offered(self):
        offer = self._offer()
        note = self.invoice._reverse_moves([{"invoice_date": TODAY}])
        note.invoice_line_ids.price_unit = 300
        note.action_post()
        (self.invoice | note)._debt_lines().reconcile()
        with self.assertRaisesRegex(UserError, "700.00"):
            offer.with_user(self.accountant).action_approve()

    def test_left_out_for_as_long_as_the_draft_waits(self):
        offer, _payment = self._kept()
        other = self._invoice(50, 40)
        for days in (25, 50, 75):
            self._pass(days)
        with self._at(days=80):
            self.cases.refresh(self.debtor.ids)
            self.assertEqual(self._case().amount_overdue, 50)
            self.assertEqual(self.invoice.debt_status, "none")
            offer.credit_note_ids.button_cancel()
            self.cases.sudo()._cron_daily()
            self.cases.refresh(self.debtor.ids)
            self.assertEqual(self._case().amount_overdue, 350)
            self.assertFalse(offer.todo_id)
        self.assertEqual(other.amount_residual, 50)

    def test_it_is_offered_on_the_form(self):
        offers = self.env["debt.settlement"].with_user(self.operator)
        with Form(offers.with_context(default_case_id=self.case.id)) as form:
            form.amount = 900
            form.until = TODAY + timedelta(days=3)
        self.assertEqual(form.record.state, "proposed")
