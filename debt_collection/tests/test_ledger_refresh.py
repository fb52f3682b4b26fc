from datetime import date

from odoo import Command, fields
from odoo.tests import tagged

from .refresh_common import NOTHING, RefreshCommon


@tagged("post_install", "-at_install")
class TestRefresh(RefreshCommon):
    # --- opening ---------------------------------------------------------------------
    def test_overdue_invoice_opens_a_case(self):
        invoice = self._invoice(1000, 10)
        case = self._assert_case(1000, oldest_due_date=invoice.invoice_date_due)
        self.assertEqual(case.days_past_due, 10)
        self.assertEqual(case.state, "active")
        self.assertEqual(case.ladder_id, case.stage_id.ladder_id)
        self.assertEqual(case.ladder_started_on, date(2026, 3, 10))
        self.assertEqual(case.currency_id, self.company.currency_id)
        self.env.cr.flush()
        self.assertFalse(case.plan_dirty)
        self.assertEqual(self.cases.refresh(), NOTHING)

    def test_invoice_due_today_is_not_overdue(self):
        self._invoice(1000, 0)
        self.assertFalse(self._open_case())
        with self._at(days=1):
            counts = self.cases.refresh()
            self.assertEqual(counts, NOTHING | {"opened": 1})
            self._assert_case(1000)

    def test_first_instalment_is_overdue_before_the_invoice_is(self):
        term = self.env["account.payment.term"].create(
            {
                "name": "Two halves",
                "line_ids": [
                    Command.create(
                        {"value": "percent", "value_amount": 50, "nb_days": days}
                    )
                    for days in (0, 60)
                ],
            }
        )
        invoice = self._invoice(
            1000, 20, invoice_payment_term_id=term.id, invoice_date_due=False
        )
        self.assertGreater(invoice.invoice_date_due, fields.Date.today())
        self._assert_case(500)

    def test_new_debt_long_after_a_closed_case_is_a_new_case(self):
        first = self._invoice(1000, 10)
        case = self._open_case()
        self._pay(first)
        self.assertEqual(case.state, "closed")
        self.assertEqual(case.close_reason, "paid")
        with self._at(days=31):
            self._invoice(300, 5)
            self.assertNotEqual(self._assert_case(300), case)
            self.assertEqual(case.state, "closed")

    def test_opening_balance_counts_unless_not_followed_up(self):
        self._entry(700, 30)
        self._assert_case(700)
        self._entry(100, 30, journal="misc")
        self._assert_case(700)

    def test_contact_of_a_company_owes_for_the_company(self):
        contact = self.env["res.partner"].create(
            {"name": "Buyer", "parent_id": self.debtor.id}
        )
        self._invoice(1000, 10, partner=contact)
        self._assert_case(1000)
        self.assertEqual(self.cases.refresh(contact.ids), NOTHING)
        self.assertEqual(contact.debt_case_id, self._open_case())

    def test_archived_debtor_still_owes(self):
        self.debtor.active = False
        self._invoice(1000, 10)
        self._assert_case(1000)

    # --- netting ---------------------------------------------------------------------
    def test_unmatched_payment_covers_the_debt(self):
        self._invoice(1000, 10)
        case = self._assert_case(1000)
        self._entry(-400)
        self._assert_case(600)
        self._entry(-600)
        self.assertEqual(case.state, "closed")
        self.assertEqual(case.close_reason, "covered")
        self.assertEqual(case.amount_overdue, 0)

    def test_credit_note_dated_later_covers_the_debt_today(self):
        self._invoice(1000, 10)
        self._invoice(250, -20, move_type="out_refund")
        self._assert_case(750)

    def test_credits_pay_in_company_currency(self):
        currency = self.setup_other_currency("CHF", rates=[("2020-01-01", 4.0)])
        self._invoice(1000, 10, currency_id=currency.id)
        self._assert_case(250)

    # --- age -------------------------------------------------------------------------
    def test_debt_grows_old_and_young_again(self):
        old, young = self._invoice(1000, 90), self._invoice(200, 3)
        case = self._assert_case(1200)
        with self._at(days=1):
            cases = self.cases.with_context(tracking_disable=False, mail_notrack=False)
            self.assertEqual(cases.refresh()["stage_changed"], 1)
            self._assert_case(1200, "stage_collectible")
            self.env.cr.flush()
            change = case.message_ids.tracking_value_ids
            self.assertIn("stage_id", change.field_id.mapped("name"))
            self._pay(old)
            self._assert_case(200, oldest_due_date=young.invoice_date_due)

    def test_unchanged_day_writes_no_row(self):
        self._invoice(1000, 10)
        self.env.cr.flush()
        case = self._open_case()
        self.env.cr.execute("SELECT xmin, ctid FROM debt_case WHERE id = %s", case.ids)
        before = self.env.cr.fetchone()
        self.assertEqual(self.cases.refresh(), NOTHING)
        with self._at(days=2):
            self.assertEqual(self.cases.refresh(), NOTHING)
            self.assertEqual(case.days_past_due, 12)
        self.env.cr.execute("SELECT xmin, ctid FROM debt_case WHERE id = %s", case.ids)
        self.assertEqual(self.env.cr.fetchone(), before)

    # --- what is left out ------------------------------------------------------------
    def test_excluded_invoice_comes_back_by_itself(self):
        self._invoice(100, 10)
        invoice = self._invoice(1000, 20)
        invoice.write(
            {"debt_status": "excluded", "debt_excluded_until": date(2026, 3, 12)}
        )
        self._assert_case(100)
        with self._at(days=2):
            self.cases.refresh()
            self._assert_case(100)
        with self._at(days=3):
            self.cases.refresh()
            self._assert_case(1100)

    def test_everything_excluded_closes_the_case(self):
        invoice = self._invoice(1000, 20)
        case = self._open_case()
        invoice.debt_status = "excluded"
        self.assertEqual(case.close_reason, "excluded")

    def test_blocked_and_not_followed_up_invoices_are_left_out(self):
        invoice = self._invoice(1000, 20)
        self._assert_case(1000)
        invoice.action_toggle_block_payment()
        self.assertFalse(self._open_case())
        invoice.action_toggle_block_payment()
        self._assert_case(1000)
        invoice.no_followup = True
        self.assertFalse(self._open_case())

    def test_one_instalment_is_not_followed_up(self):
        self._invoice(1000, 20).line_ids.filtered("date_maturity").no_followup = True
        self._invoice(10, 20)
        self._assert_case(10)

    def test_dispute_holds_its_invoice_until_the_deadline(self):
        invoice, other = self._invoice(1000, 40), self._invoice(50, 10)
        case = self._assert_case(1050)
        dispute = self._dispute(case, invoice, date(2026, 3, 12))
        self._assert_case(50, amount_disputed=1000, state="active")
        self.assertEqual(case.oldest_due_date, other.invoice_date_due)
        self._pay(other)
        self._assert_case(0, amount_disputed=1000, state="disputed")
        self.assertEqual(case.oldest_due_date, invoice.invoice_date_due)
        dispute.reject("Delivered as ordered.")
        self._assert_case(1000, amount_disputed=0, state="active")

    def test_dispute_that_ran_out_holds_nothing(self):
        invoice = self._invoice(1000, 40)
        case = self._open_case()
        self._dispute(case, invoice, date(2026, 3, 12))
        self._assert_case(0, state="disputed")
        with self._at(days=3):
            self.cases.refresh()
            self._assert_case(1000, state="active")

    def test_accepted_dispute_and_credit_note_close_the_case(self):
        invoice = self._invoice(1000, 40)
        case = self._open_case()
        dispute = self._dispute(case, invoice, date(2026, 3, 20))
        invoice._reverse_moves(cancel=True)
        dispute.accept("Half of it was missing.")
        self.assertEqual(case.state, "closed")
        self.assertEqual(case.close_reason, "credited")

    def _dispute(self, case, invoice, deadline):
        return self.env["debt.dispute"].create(
            {
                "case_id": case.id,
                "move_ids": [Command.set(invoice.ids)],
                "reason": "Never delivered",
                "user_id": self.env.user.id,
                "deadline": deadline,
            }
        )
