from datetime import date

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

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
        dispute.with_user(self.accountant).reject("Delivered as ordered.")
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

    def test_a_valid_dispute_rests_until_its_credit_note_is_posted(self):
        dispute = self._dispute()
        dispute.with_user(self.accountant).accept("The second half never came.")
        note = dispute.credit_note_ids
        self.assertEqual(
            (note.state, note.move_type, note.amount_total, note.reversed_entry_id),
            ("draft", "out_refund", 1000, self.invoice),
        )
        self.assertEqual(dispute.resolution, "The second half never came.")
        self.assertEqual(dispute.settled_by_id, self.accountant)
        self.assertEqual(dispute.activity_ids.summary, "Check and post the credit note")
        with self._at(days=40):
            self.cases._cron_refresh()
            self.assertEqual(self.case.amount_disputed, 1000, "as long as it takes")
        note.action_post()
        self.assertEqual(self.invoice.amount_residual, 0)
        self.assertEqual(
            (self.case.state, self.case.close_reason), ("closed", "credited")
        )
        self.assertFalse(dispute.activity_ids)

    def test_a_credit_note_that_is_withdrawn_ends_the_rest(self):
        for drop in ("button_cancel", "unlink"):
            dispute = self._dispute_on_case(self.invoice)
            dispute.accept("Half of it was missing.")
            self.assertEqual(self.case.amount_disputed, 1000)
            getattr(dispute.credit_note_ids, drop)()
            self.assertEqual(self.case.amount_disputed, 0, drop)
            self.assertEqual(self.case.amount_overdue, 1000, drop)
            self.assertIn("collected again", self.case.message_ids[0].body)

    def test_only_the_disputed_part_rests(self):
        """Rule 8, in the currency of the invoice."""
        dispute = self._dispute(dispute_amount=400)
        self.assertEqual(
            (self.case.amount_overdue, self.case.amount_disputed), (600, 400)
        )
        self.assertEqual(self.case.state, "active")
        self.assertEqual(dispute.amount_company, 400)
        items = [(i["part"], i["left"]) for i in self.ledger.items(self.debtor.ids)]
        self.assertEqual(items, [("collected", 600), ("disputed", 400)])
        self.assertEqual(len(self.case._open_items()), 1)
        line = self.invoice._debt_lines()
        self.assertEqual((line.debt_left, line.debt_part), (1000, "collected"))
        self.assertIn("400.00", line.debt_why)
        self._pay(self.invoice, 600)
        self.assertEqual(
            (self.case.amount_overdue, self.case.amount_disputed), (0, 400)
        )
        self.assertEqual(self.case.state, "disputed")
        dispute.reject("All of it came.")
        self.assertEqual(
            (self.case.amount_overdue, self.case.amount_disputed), (400, 0)
        )

    def test_unmatched_credits_pay_what_is_undisputed_first(self):
        """Also when the disputed part is of the older invoice (rule 1)."""
        self._dispute(dispute_amount=400)
        self._invoice(300, 2)
        credit = self._invoice(900, 1, move_type="out_refund", post=False)
        credit.invoice_date_due = False
        credit.action_post()
        self.cases.refresh(self.debtor.ids)
        self.assertEqual(
            (self.case.amount_overdue, self.case.amount_disputed), (0, 400)
        )

    def test_a_part_is_in_the_currency_of_the_invoice(self):
        swiss = self.setup_other_currency("CHF", rates=[("2020-01-01", 2.0)])
        invoice = self._invoice(500, 20, currency_id=swiss.id)
        self.cases.refresh(self.debtor.ids)
        self.assertEqual(self.case.amount_overdue, 1250)
        dispute = self._dispute_on_case(invoice, 100)
        self.assertEqual(dispute.currency_id, swiss)
        self.assertEqual(
            (self.case.amount_overdue, self.case.amount_disputed), (1200, 50)
        )
        dispute.accept("Too many hours were billed.")
        note = dispute.credit_note_ids
        self.assertEqual((note.amount_total, note.currency_id), (100, swiss))
        note.action_post()
        self.assertEqual(
            (self.case.amount_overdue, self.case.amount_disputed), (1200, 0)
        )

    def test_a_credit_note_for_a_part_comes_to_the_cent(self):
        """Taxes and rounding included, whatever the lines are."""
        tax = self.company_data["default_tax_sale"]
        tax.amount = 21
        lines = [
            Command.create(
                {"name": name, "quantity": 3, "price_unit": price, "tax_ids": taxes}
            )
            for name, price, taxes in (
                ("Chairs", 33.33, [Command.set(tax.ids)]),
                ("Table", 199.99, [Command.set(tax.ids)]),
                ("Books", 7.77, [Command.clear()]),
            )
        ]
        invoice = self._invoice(0, 20, invoice_line_ids=lines)
        for amount in (123.45, 0.1, 333.33):
            dispute = self._dispute_on_case(invoice, amount)
            dispute.accept("They were damaged.")
            self.assertAlmostEqual(dispute.credit_note_ids.amount_total, amount, 2)

    def test_what_is_paid_or_of_somebody_else_cannot_be_disputed(self):
        paid, other = self._invoice(70, 5), self._new_debtor("Somebody Else")
        self._pay(paid)
        foreign = self._invoice(70, 5, other)
        refund = self._invoice(70, 5, move_type="out_refund")
        for moves, amount in (
            (paid, 0),
            (foreign, 0),
            (refund, 0),
            (self.invoice, 1000.01),
            (self.invoice, -1),
            (self.invoice + self._invoice(5, 5), 3),
        ):
            with self.assertRaises(ValidationError), self.cr.savepoint():
                self._dispute_on_case(moves, amount, user=self.accountant)

    def test_a_dispute_is_settled_with_a_reason(self):
        dispute = self._dispute()
        for reason in ("", " ", None, 5):
            for settle in (dispute.accept, dispute.reject):
                with self.assertRaises(ValidationError):
                    settle(reason)
        self.assertEqual(dispute.state, "open")

    def test_settled_is_settled(self):
        """Accepting what was rejected takes no invoice out of collection."""
        dispute = self._dispute()
        dispute.reject("Delivered as ordered.")
        dispute.accept("Half of it was missing.")
        self.assertEqual(dispute.state, "rejected")
        self.assertFalse(dispute.credit_note_ids)

    def test_accepting_twice_drafts_one_credit_note(self):
        dispute = self._dispute()
        dispute.accept("Half of it was missing.")
        dispute.accept("Half of it was missing.")
        self.assertEqual(len(dispute.credit_note_ids), 1)

    def test_reopening_is_a_new_record_with_a_reason(self):
        old = self._dispute(dispute_amount=400).with_user(self.accountant)
        with self.assertRaises(UserError):
            old._reopen("It is open still.")
        old.reject("Delivered as ordered.")
        with self.assertRaises(ValidationError):
            old._reopen("")
        new = old._reopen("He sent photographs.")
        self.assertEqual(
            (new.state, new.amount, new.reopened_id, old.state),
            ("open", 400, old, "rejected"),
        )
        self.assertEqual(self.case.amount_disputed, 400)
        self.assertIn("He sent photographs.", new.message_ids[0].body)
        with self.assertRaises(UserError):
            old._reopen("Once is enough.")

    def test_the_case_tells_of_its_disputes(self):
        dispute = self._dispute(dispute_amount=400)
        dispute.with_user(self.accountant).reject("Delivered as ordered.")
        said = "\n".join(self.case.message_ids.mapped("body"))
        self.assertIn("400.00", said)
        self.assertIn("Only half of it came", said)
        self.assertIn("Delivered as ordered.", said)

    def _opening(self, amount):
        journal = self.company_data["default_journal_misc"]
        account = self.company_data["default_account_receivable"]
        other = self.company_data["default_account_revenue"]
        entry = self.env["account.move"].create(
            {
                "journal_id": journal.id,
                "date": "2026-01-10",
                "line_ids": [
                    Command.create(
                        {
                            "account_id": account.id,
                            "partner_id": self.debtor.id,
                            "debit": amount,
                            "date_maturity": "2026-01-10",
                        }
                    ),
                    Command.create({"account_id": other.id, "credit": amount}),
                ],
            }
        )
        entry.action_post()
        entry.line_ids.no_followup = False
        self.cases.refresh(self.debtor.ids)
        return entry

    def test_an_opening_balance_has_no_credit_note(self):
        entry = self._opening(80)
        self.assertEqual(self.case.amount_overdue, 1080)
        dispute = self._dispute_on_case(entry)
        dispute.accept("It was paid under the old program.")
        self.assertFalse(dispute.credit_note_ids)
        self.assertEqual(self.case.amount_overdue, 1000)

    def test_a_part_of_an_opening_balance_cannot_be_disputed(self):
        """Nothing corrects a part of it: found valid, all of it would be left out."""
        entry = self._opening(80)
        with self.assertRaisesRegex(ValidationError, "is no invoice"):
            self._dispute_on_case(entry, 30)
        self.assertEqual(self._dispute_on_case(entry).amount_company, 80)

    def test_a_dispute_without_an_amount_is_about_all(self):
        """Also beside one about a part, and where nothing was ever entered."""
        self._dispute_on_case(self.invoice, 400)
        whole = self._dispute_on_case(self.invoice)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE debt_dispute SET amount = NULL WHERE id = %s", [whole.id]
        )
        self.cases.refresh(self.debtor.ids)
        self._assert_owed(0, 1000)

    def test_what_is_not_due_may_be_promised_beside_a_disputed_part(self):
        later = self._invoice(500, -20)
        self._dispute_on_case(later, 200)
        promised = [(1500, frozenset())]
        left, beyond = self.env["debt.promise"]._uncovered(self.case, promised)
        self.assertEqual((left, beyond), (0, 0))

    def test_the_buttons_ask_why(self):
        dispute = self._dispute().with_user(self.accountant)
        wizard = self._ask(dispute.action_accept())
        self.assertIn(self.invoice.name, wizard.effect)
        action = wizard.action_settle()
        self.assertEqual(action["res_id"], dispute.credit_note_ids.id)
        dispute.credit_note_ids.button_cancel()
        action = self._ask(dispute.action_reopen()).action_settle()
        again = dispute.browse(action["res_id"])
        self._ask(again.action_reject()).action_settle()
        self.assertEqual(again.state, "rejected")

    def _assert_owed(self, overdue, disputed):
        case = self.case
        self.assertEqual(
            (case.amount_overdue, case.amount_disputed), (overdue, disputed)
        )

    def _ask(self, action):
        model = self.env[action["res_model"]].with_user(self.accountant)
        form = Form(model.with_context(**action["context"]))
        form.reason = "It was looked into."
        return form.save()

    def _dispute_on_case(self, moves, amount=0, user=None):
        disputes = self.env["debt.dispute"].with_user(user or self.env.user)
        return disputes.create(
            {
                "case_id": self.case.id,
                "move_ids": [Command.set(moves.ids)],
                "amount": amount,
                "reason": "It is not right",
                "user_id": self.accountant.id,
                "deadline": date(2026, 3, 24),
            }
        )

    def test_operators_read_only(self):
        dispute = self._dispute().with_user(self.operator)
        self.assertEqual(dispute.reason_code, "other")
        with self.assertRaises(AccessError):
            dispute.write({"reason_code": "defective"})
