from unittest.mock import patch

from odoo import fields
from odoo.tests import tagged

from .refresh_common import NOTHING, RefreshCommon

#: What a payment may cost more than without the add-on.
QUERIES = 5


@tagged("post_install", "-at_install")
class TestRefreshPayment(RefreshCommon):
    """Accounting goes on as before, and the cases follow at once."""

    def setUp(self):
        super().setUp()
        self.invoice = self._invoice(1000, 10)
        self.env.cr.flush()
        self.case = self._open_case()

    # --- every way to pay, and back --------------------------------------------------
    def test_payment_in_parts(self):
        self._pay(self.invoice, amount=400)
        self.assertEqual(self.case.amount_overdue, 600)
        self._pay(self.invoice, amount=600)
        self.assertEqual(self.case.amount_overdue, 0)
        self.assertEqual(self.case.state, "closed")
        self.assertEqual(self.case.closed_at, fields.Datetime.now())
        self.assertFalse(self.case.next_contact_at)

    def test_settled_without_an_entry(self):
        """No outstanding account: the residual stays, the invoice is settled."""
        self._without_entries()
        self._pay(self.invoice)
        self.assertEqual(self.invoice.payment_state, "in_payment")
        payment = self.invoice.matched_payment_ids
        self.assertFalse(payment.move_id)
        self.assertEqual(self.invoice.amount_residual, 1000)
        self.assertEqual(self.case.state, "closed")
        self.assertEqual(self.case.close_reason, "paid")
        payment.action_cancel()
        self._assert_case(1000)

    def test_a_label_settles_nothing(self):
        """What is left counts, whatever an entry is called."""
        for state in ("in_payment", "paid", "reversed"):
            self.invoice.payment_state = state
            self._assert_case(1000)

    def test_declared_paid_without_an_entry(self):
        """Without bank statements somebody says that the money has come."""
        self._without_entries()
        payment = self._pay(self.invoice, 400)
        payment.action_validate()
        self.assertEqual((payment.state, payment.move_id.ids), ("paid", []))
        self._assert_case(600)
        # Once it is matched, it is what was matched.
        self._pay_by_entry(self._entry(-400))
        self._assert_case(600)

    def test_credits_are_laid_only_where_there_are_any(self):
        """Most debtors have none: their refresh is spared planning the rounds."""
        ledger, debtors = self.env["debt.ledger"], self.debtor.ids
        child = self.env["res.partner"].create(
            {"name": "Shop", "parent_id": self.debtor.id}
        )
        self._pay(self.invoice, amount=400)
        self.env.flush_all()
        self.assertFalse(ledger._allocates(debtors))
        credit = self._entry(-100, partner=child)
        self.env.flush_all()
        self.assertTrue(ledger._allocates(debtors))
        self._pay_by_entry(credit)
        self.env.flush_all()
        self.assertFalse(ledger._allocates(debtors))
        self._without_entries()
        self._pay(self.invoice, amount=50)
        self.env.flush_all()
        self.assertTrue(ledger._allocates(debtors))
        self.assertTrue(ledger._allocates(None))

    def test_money_that_names_nothing_is_found(self):
        self._without_entries()
        payment = self.env["account.payment"].create(
            {"partner_id": self.debtor.id, "amount": 30, "payment_type": "inbound"}
        )
        self.assertFalse(self.env["debt.ledger"]._allocates(self.debtor.ids))
        payment.action_post()
        self.env.flush_all()
        self.assertTrue(self.env["debt.ledger"]._allocates(self.debtor.ids))
        self._assert_case(970)

    def _pay_by_entry(self, credit):
        lines = (self.invoice | credit).line_ids
        lines.filtered(lambda line: line.account_type == "asset_receivable").reconcile()

    def test_taken_back_payment_opens_a_new_case(self):
        credit = self._entry(-1000)
        lines = (self.invoice | credit).line_ids.filtered(
            lambda line: line.account_type == "asset_receivable"
        )
        lines.reconcile()
        self.assertEqual(self.case.state, "closed")
        lines.remove_move_reconcile()
        credit.button_draft()
        self._assert_case(1000)

    def test_reset_to_draft_and_posted_again(self):
        self.invoice.button_draft()
        self.assertEqual(self.case.state, "closed")
        self.invoice.action_post()
        self._assert_case(1000)
        self.invoice.button_draft()
        self.invoice.button_cancel()
        self.assertFalse(self._open_case())

    def test_credit_note_that_reverses(self):
        self.invoice._reverse_moves(cancel=True)
        self.assertEqual(self.case.state, "closed")

    def test_due_date_moves(self):
        line = self.invoice.line_ids.filtered("date_maturity")
        line.date_maturity = fields.Date.today()
        self.assertFalse(self._open_case())

    def test_line_goes_to_another_debtor(self):
        other = self._new_debtor("Debtor Two")
        self.invoice.button_draft()
        self.invoice.partner_id = other
        self.invoice.action_post()
        self.assertFalse(self._open_case())
        self._assert_case(1000, partner=other)

    def test_contact_moves_to_another_company(self):
        person = self._new_debtor("Jack", is_company=False)
        self._invoice(60, 10, partner=person)
        self._assert_case(60, partner=person)
        person.parent_id = self.debtor
        self.assertFalse(self._open_case(person))
        self._assert_case(1060)

    def test_contact_becomes_a_company_of_its_own(self):
        person = self.env["res.partner"].create(
            {"name": "Jill", "parent_id": self.debtor.id}
        )
        invoice = self._invoice(60, 10, partner=person)
        invoice.line_ids.partner_id = person  # as by an import
        self._assert_case(1060)
        person.is_company = True
        self._assert_case(1000)
        self._assert_case(60, partner=person)

    # --- when it happens, and what it costs ------------------------------------------
    def test_rolled_back_payment_changes_nothing(self):
        with self.assertRaisesRegex(ValueError, "no"), self.env.cr.savepoint():
            self._pay(self.invoice)
            raise ValueError("no")
        self.assertEqual(self.case.state, "active")
        self.env.cr.flush()
        self.assertEqual(self.cases.refresh(), NOTHING)

    def test_many_changes_are_refreshed_once(self):
        another = self._new_debtor("Debtor Two")
        refreshes = []
        refresh = type(self.ledger)._refresh

        def counted(ledger, companies, partner_ids=None):
            refreshes.append(set(partner_ids))
            return refresh(ledger, companies, partner_ids)

        with patch.object(type(self.ledger), "_refresh", counted):
            for amount in (100, 200, 300):
                self._entry(-amount)
            self._invoice(50, 10).no_followup = True
            self._invoice(70, 10, partner=another)
            self.env.cr.flush()
        self.assertEqual(len(refreshes), 1)
        self.assertEqual(len(refreshes[0]), 2)
        self._assert_case(400)

    def test_payment_costs_few_queries(self):
        """Part of the invoice, then the rest, which closes the case."""
        for amount in (300, 700):
            before = self._queries_of_payment(amount, patched=True)
            queries = self._queries_of_payment(amount)
            self.assertLessEqual(queries - before, QUERIES)

    def _queries_of_payment(self, amount, patched=False):
        """Queries of a payment, with a warm cache; undone unless it is the real one."""
        nothing = patch.object(type(self.ledger), "_note_changed", lambda *_args: None)
        savepoint = self.env.cr.savepoint()
        if patched:
            nothing.start()
        try:
            self.env.invalidate_all()
            start = self.env.cr.sql_log_count
            self._pay(self.invoice, amount=amount)
            self.env.cr.flush()
            return self.env.cr.sql_log_count - start
        finally:
            if patched:
                nothing.stop()
            savepoint.close(rollback=patched)

    def test_queries_do_not_grow_with_debtors(self):
        counts = []
        for number in range(20):
            self._invoice(10, 10, partner=self._new_debtor(f"Another {number}"))
            if number in (0, 19):
                self.env.cr.flush()
                self.env.invalidate_all()
                start = self.env.cr.sql_log_count
                self.assertEqual(self.cases.refresh(), NOTHING)
                counts.append(self.env.cr.sql_log_count - start)
        self.assertEqual(counts[0], counts[1])

    def test_what_is_tracked_is_read_at_once(self):
        """Odoo raises the customer's rank without reading anything ahead."""
        debtor = self.debtor.with_context(prefetch_fields=False)
        self.env.flush_all()
        tracked = debtor._track_get_fields()
        self.env.invalidate_all()
        start = self.env.cr.sql_log_count
        debtor._track_prepare(tracked)
        columns = sum(bool(debtor._fields[name].column_type) for name in tracked)
        self.assertLess(self.env.cr.sql_log_count - start, columns)
