import re
from datetime import datetime, timedelta
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import html2plaintext

from .common import TUESDAY, DebtCommon

TODAY = TUESDAY.date()


@tagged("post_install", "-at_install")
class TestWriteoff(DebtCommon):
    """A debt is given up with a reason, in the books, and may be taken up again."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # What is written bears the time of the test's clock.
        cls.startClassPatcher(
            patch.object(type(cls.cr), "now", lambda _cr: datetime.now())
        )
        cls.loss = cls.company_data["default_account_expense"]
        cls.company.debt_writeoff_account_id = cls.loss

    def setUp(self):
        super().setUp()
        self.invoice = self._invoice(1000, 100)
        self.case = self._case()

    def _propose(self, case=None, user=None, **values):
        values = {"reason": "insolvent", "note": "Struck off the register"} | values
        return (
            self.env["debt.writeoff"]
            .with_user(user or self.operator)
            .create({"case_id": (case or self.case).id, **values})
        )

    def _decide(self, writeoff, decision="approve", **values):
        dialogs = self.env["debt.writeoff.decide"].with_user(self.accountant)
        dialogs.create(
            {"writeoff_id": writeoff.id, "decision": decision, **values}
        ).action_decide()
        return writeoff.sudo()

    def _written_off(self, **values):
        return self._decide(self._propose(), **values)

    # --- by an entry ------------------------------------------------------------------
    def test_proposed_approved_posted(self):
        writeoff = self._propose()
        self.assertEqual((writeoff.state, writeoff.proposed), ("proposed", 1000))
        todo = writeoff.sudo().todo_id
        self.assertEqual(todo.user_id, self.accountant)
        self.assertEqual(self.case.amount_overdue, 1000, "nothing happens before")
        writeoff = self._decide(writeoff)
        self.assertEqual((writeoff.state, writeoff.amount), ("posted", 1000))
        self.assertEqual(
            (writeoff.approved_by_id, writeoff.approved_on), (self.accountant, TODAY)
        )
        self.assertFalse(todo.active)
        entry = writeoff.move_ids
        self.assertEqual((entry.state, entry.move_type), ("posted", "entry"))
        lost = entry.line_ids.filtered(lambda line: line.account_id == self.loss)
        self.assertEqual((lost.balance, lost.partner_id), (1000, self.debtor))
        self.assertIn("Insolvent", entry.ref)
        self.assertEqual(self.invoice.amount_residual, 0)
        self.assertTrue(
            all(entry.line_ids.filtered("account_id.reconcile").mapped("reconciled"))
        )
        self.assertEqual(self.case.state, "closed")
        self.assertEqual(self.case.close_reason, "written_off")
        for told in (self.case, self.invoice, entry):
            self.assertIn("Struck off", " ".join(told.message_ids.mapped("body")))

    def test_it_is_no_money_collected(self):
        self._written_off()
        rows = self.env["debt.collection.report"].search([])
        self.assertFalse(rows.filtered(lambda row: row.partner_id == self.debtor))

    def test_a_part_is_paid_and_the_rest_is_given_up(self):
        self._pay(self.invoice, 400)
        writeoff = self._propose()
        self.assertEqual(writeoff.proposed, 600)
        self._pay(self.invoice, 100)
        writeoff = self._decide(writeoff)
        self.assertEqual(writeoff.amount, 500, "what is left when it is posted")
        self.assertEqual(self.invoice.amount_residual, 0)

    def test_in_the_currency_of_the_invoice(self):
        currency = self.setup_other_currency("CHF", rates=[("2016-01-01", 2.0)])
        self._pay(self.invoice)
        invoice = self._invoice(300, 40, currency_id=currency.id)
        self.case = self._case()
        writeoff = self._written_off()
        self.assertEqual(writeoff.amount, 150)
        self.assertEqual((invoice.amount_residual, invoice.payment_state), (0, "paid"))
        owed = writeoff.move_ids.line_ids.filtered(
            lambda line: line.account_type == "asset_receivable"
        )
        self.assertEqual((owed.amount_currency, owed.balance), (-300, -150))

    def test_what_is_disputed_or_not_due_is_not_given_up(self):
        disputed, coming = self._invoice(300, 40), self._invoice(77, -20)
        self.env["debt.dispute"].sudo()._raise(self.case, disputed, "Never came")
        writeoff = self._written_off()
        self.assertEqual(writeoff.amount, 1000)
        self.assertEqual(disputed.amount_residual, 300)
        self.assertEqual(coming.amount_residual, 77)

    def test_an_accountant_takes_an_item_out(self):
        other = self._invoice(50, 40)
        writeoff = self._propose().with_user(self.accountant)
        writeoff.line_ids -= other._debt_lines()
        self._decide(writeoff)
        self.assertEqual((self.invoice.amount_residual, other.amount_residual), (0, 50))
        self.assertEqual(self.case.amount_overdue, 50)

    def test_nobody_elses_item_comes_in(self):
        stranger = self._new_debtor("Stranger Ltd")
        foreign = self._invoice(500, 40, stranger)
        writeoff = self._propose().with_user(self.accountant)
        with self.assertRaises(ValidationError):
            writeoff.line_ids |= foreign._debt_lines()

    def test_what_may_be_barred_can_be_given_up(self):
        """It is not collected, and still owed: most of what is given up."""
        rows = [
            {
                "line_id": 1,
                "left": 10,
                "left_currency": 10,
                "part": "withheld",
                "reason": reason,
            }
            for reason in ("may_be_barred", "too_old", "excluded", "blocked")
        ]
        ledger = type(self.env["debt.ledger"])
        self.patch(ledger, "_case_rows", lambda self, case: rows)
        givable = self.env["debt.writeoff"]._givable(self.case)
        self.assertEqual(
            [row["reason"] for row in givable], ["may_be_barred", "too_old"]
        )

    def test_what_a_branch_is_owed_is_its_loss(self):
        branch = self.env["res.company"].create(
            {"name": "Branch", "parent_id": self.company.id}
        )
        self.cr.precommit.run()  # the branch gets its parent's chart of accounts
        self.env.user.company_ids |= branch
        self.accountant.company_ids |= branch
        self._pay(self.invoice)
        invoice = self._invoice(300, 40, company_id=branch.id)
        self.assertEqual(invoice.company_id, branch)
        both = (self.company | branch).ids
        dialogs = self.env["debt.writeoff.decide"].with_user(self.accountant)
        writeoff = self._propose(self._case())
        dialogs.with_context(allowed_company_ids=both).create(
            {"writeoff_id": writeoff.id}
        ).action_decide()
        entry = writeoff.sudo().move_ids
        self.assertEqual(entry.company_id, branch)
        self.assertEqual(entry.line_ids.company_id, branch)
        self.assertEqual(invoice.amount_residual, 0)

    def test_no_tax_becomes_due_by_it(self):
        """A tax that is due once it is paid is not due because nobody pays."""
        self.company.tax_exigibility = True
        waiting = self.company_data["default_account_tax_sale"].copy(
            {"reconcile": True}
        )
        tax = self.company_data["default_tax_sale"].copy(
            {
                "name": "Due once it is paid",
                "tax_exigibility": "on_payment",
                "cash_basis_transition_account_id": waiting.id,
            }
        )
        self._pay(self.invoice)
        line = {"name": "Service", "price_unit": 100, "tax_ids": [tax.id]}
        invoice = self._invoice(0, 40, invoice_line_ids=[Command.create(line)])
        writeoff = self._propose(self._case())
        with self.assertRaisesRegex(UserError, "Draft credit notes instead"):
            self._decide(writeoff)
        self.assertFalse(invoice.tax_cash_basis_created_move_ids)
        self._decide(writeoff, way="credit_note")
        self.assertEqual(writeoff.state, "waiting")

    def test_only_what_was_left_is_given_up_and_told(self):
        paid = self._invoice(50, 40)
        writeoff = self._propose()
        self._pay(paid)
        writeoff = self._decide(writeoff)
        self.assertEqual(writeoff.line_ids, self.invoice._debt_lines())
        self.assertNotIn("Struck off", " ".join(paid.message_ids.mapped("body")))

    # --- by credit notes --------------------------------------------------------------
    def test_a_credit_note_settles_no_other_instalment(self):
        self._pay(self.invoice)
        terms = self.env["account.payment.term"].create(
            {
                "name": "Two parts",
                "line_ids": [
                    Command.create(
                        {"value": "percent", "value_amount": 50, "nb_days": days}
                    )
                    for days in (0, 30)
                ],
            }
        )
        invoice = self._invoice(
            100,
            0,
            invoice_date=TODAY - timedelta(days=60),
            invoice_payment_term_id=terms.id,
        )
        first, second = invoice._debt_lines().sorted("date_maturity")
        writeoff = self._propose(self._case()).with_user(self.accountant)
        self.assertEqual(writeoff.line_ids, first | second)
        writeoff.line_ids = second
        with self.assertRaisesRegex(UserError, "other instalments stay owed"):
            self._decide(writeoff, way="credit_note")
        self._decide(writeoff, way="entry")
        self.assertEqual((first.amount_residual, second.amount_residual), (50, 0))

    def test_what_somebody_left_out_since_stays_left_out(self):
        writeoff = self._written_off(way="credit_note")
        lines = self.invoice._debt_lines()
        until = TODAY + timedelta(days=90)
        lines.debt_decision_ids.sudo()._debt_decide("excluded", until, "In court")
        writeoff.move_ids.button_cancel()
        self.assertEqual(writeoff.state, "reversed")
        self.assertEqual(lines.debt_decision_ids.debt_excluded_until, until)

    def test_credit_notes_wait_for_the_accountant(self):
        self.company.debt_writeoff_account_id = False
        writeoff = self._written_off()
        note = writeoff.move_ids
        self.assertEqual((writeoff.state, note.state), ("waiting", "draft"))
        self.assertEqual((note.move_type, note.amount_total), ("out_refund", 1000))
        self.cases.refresh(self.debtor.ids)
        self.assertFalse(self.case.amount_overdue, "nobody is called meanwhile")
        note.action_post()
        self.assertEqual(writeoff.state, "posted")
        self.cases.refresh(self.debtor.ids)
        self.assertEqual(self.case.state, "closed")
        self.assertEqual(self.invoice.amount_residual, 0)

    def test_a_credit_note_that_is_not_posted_leaves_it_owed(self):
        writeoff = self._written_off(way="credit_note")
        writeoff.move_ids.button_cancel()
        self.assertEqual(writeoff.state, "reversed")
        self.cases.refresh(self.debtor.ids)
        self.assertEqual(self._case().amount_overdue, 1000)

    # --- taken back -------------------------------------------------------------------
    def test_taken_back_the_case_opens_again(self):
        writeoff = self._written_off()
        with self.assertRaises(ValidationError):
            self._decide(writeoff, "reverse")
        with self._at(days=400):
            self._decide(writeoff, "reverse", reason="He inherited")
            self.assertEqual(writeoff.state, "reversed")
            self.assertEqual(writeoff.ended_reason, "He inherited")
            self.assertEqual(self.invoice.amount_residual, 1000)
            self.assertEqual(
                (self.case.state, self.case.close_reason), ("active", False)
            )
            told = " ".join(self.case.message_ids.mapped("body"))
            self.assertIn("He inherited", told)

    def test_what_was_reset_to_draft_is_taken_back_once(self):
        """It is still matched as a draft, and not reversed as well."""
        writeoff = self._written_off()
        writeoff.move_ids.button_draft()
        self._decide(writeoff, "reverse", reason="He inherited")
        self.assertEqual(
            (writeoff.state, writeoff.move_ids.state), ("reversed", "cancel")
        )
        self.assertFalse(writeoff.move_ids.reversal_move_ids)
        self.assertEqual(self.case.amount_overdue, 1000)

    def test_cancelled_or_reversed_in_accounting_it_is_taken_back(self):
        writeoff = self._written_off()
        writeoff.move_ids.button_draft()
        self.assertEqual(writeoff.state, "posted", "it is still matched")
        writeoff.move_ids.button_cancel()
        self.assertEqual(writeoff.state, "reversed")
        self.assertEqual(self.invoice.amount_residual, 1000)
        self.cases.refresh(self.debtor.ids)
        self.assertEqual(self.case.state, "active")
        writeoff.move_ids.button_draft()
        writeoff.move_ids.action_post()
        self.assertEqual(writeoff.state, "posted")
        reversal = writeoff.move_ids._reverse_moves([{"date": TODAY}], cancel=True)
        self.assertEqual(writeoff.state, "reversed")
        reversal.button_draft()
        reversal.button_cancel()
        self.assertEqual(writeoff.state, "posted", "the entry stands again")

    # --- who, and what cannot be ------------------------------------------------------
    def test_declined_it_is_collected_as_before(self):
        writeoff = self._decide(self._propose(), "decline", reason="Try again")
        self.assertEqual(
            (writeoff.state, writeoff.ended_reason), ("declined", "Try again")
        )
        self.assertEqual(self.case.amount_overdue, 1000)
        self._propose()

    def test_an_operator_proposes_and_does_not_decide(self):
        writeoff = self._propose()
        for work in (
            lambda: writeoff._approve("entry", self.loss),
            lambda: writeoff._decline("x"),
            lambda: writeoff._take_back("x"),
            lambda: writeoff.write({"state": "posted"}),
            lambda: writeoff.write({"note": "x"}),
            lambda: writeoff.write({"warns": False}),
            writeoff.unlink,
            lambda: self._propose(self._case(), state="posted"),
        ):
            with self.assertRaises(UserError):
                work()
        self.assertEqual(self.invoice.amount_residual, 1000)

    def test_what_cannot_be_proposed(self):
        self._propose()
        with self.assertRaisesRegex(UserError, "already"):
            self._propose()
        writeoffs = self.env["debt.writeoff"].with_user(self.operator)
        values = {"reason": "other", "note": "Once more"}
        with self.assertRaisesRegex(UserError, "already"):
            writeoffs.with_context(default_case_id=self.case.id).create(values)
        other = self._new_debtor("Debtor Two")
        invoice = self._invoice(300, 40, other)
        case = self._case(other)
        with self.assertRaisesRegex(UserError, "already"):
            writeoffs.create([values | {"case_id": case.id}] * 2)
        self._pay(invoice)
        with self.assertRaisesRegex(UserError, "Nothing of what"):
            self._propose(case)

    def test_paid_before_it_was_approved(self):
        writeoff = self._propose()
        self._pay(self.invoice)
        with self.assertRaisesRegex(UserError, "Nothing is left"):
            self._decide(writeoff)

    def test_an_entry_needs_an_account(self):
        writeoff = self._propose()
        with self.assertRaisesRegex(UserError, "Choose the account"):
            self._decide(writeoff, way="entry", account_id=False)
        owed = self.company_data["default_account_receivable"]
        with self.assertRaisesRegex(UserError, "Choose the account"):
            self._decide(writeoff, way="entry", account_id=owed.id)

    def test_a_loss_is_no_money_and_no_equity(self):
        """Picked by mistake from the list, the bank would be short of the debt."""
        writeoff = self._propose()
        for name in ("default_journal_bank", "default_journal_cash"):
            money = self.company_data[name].default_account_id
            with self.assertRaises(UserError):
                self._decide(writeoff, way="entry", account_id=money.id)
        self.assertEqual(writeoff.state, "proposed")

    def test_one_entry_is_opened_and_several_are_listed(self):
        writeoff = self._written_off()
        action = writeoff.with_user(self.accountant).action_moves()
        self.assertEqual(action["res_id"], writeoff.move_ids.id)
        self.assertEqual(action["views"], [(False, "form")])

    def test_an_opening_balance_has_no_credit_note(self):
        receivable = self.company_data["default_account_receivable"]
        other = self._new_debtor("Debtor Two")
        self.company.debt_collect_entries = True
        entry = self.env["account.move"].create(
            {
                "line_ids": [
                    Command.create(
                        {
                            "account_id": receivable.id,
                            "partner_id": other.id,
                            "debit": 200,
                            "date_maturity": TODAY - timedelta(days=40),
                        }
                    ),
                    Command.create({"account_id": self.loss.id, "credit": 200}),
                ]
            }
        )
        entry.action_post()
        writeoff = self._propose(self._case(other))
        with self.assertRaisesRegex(UserError, "no credit note"):
            self._decide(writeoff, way="credit_note")
        self._decide(writeoff, way="entry")
        self.assertTrue(all(entry._debt_lines().mapped("reconciled")))

    # --- new business -----------------------------------------------------------------
    def test_the_next_invoice_warns(self):
        draft = self._invoice(20, -30, post=False).with_user(self.accountant)
        self.assertNotIn("debt_warning", draft.alerts or {})
        writeoff = self._written_off()
        draft.invalidate_recordset()
        warning = draft.alerts["debt_warning"]
        self.assertEqual(warning["level"], "warning")
        self.assertIn("written off on 03/10/2026", warning["message"])
        self.assertNotIn("1,000", warning["message"], "no amounts")
        partner = self.debtor.with_user(self.accountant)
        self.assertIn("written off", partner.debt_warning)
        writeoff.with_user(self.accountant).warns = False
        self.assertIn("does not warn", self.case.message_ids[0].body)
        draft.invalidate_recordset()
        self.assertNotIn("debt_warning", draft.alerts or {})

    def test_it_is_proposed_on_the_form(self):
        writeoffs = self.env["debt.writeoff"].with_user(self.operator)
        with Form(writeoffs.with_context(default_case_id=self.case.id)) as form:
            form.reason = "untraceable"
            form.note = "Two letters came back"
        self.assertEqual(form.record.proposed, 1000)


@tagged("post_install", "-at_install")
class TestSuspension(DebtCommon):
    """Nothing more is delivered from the day that was named, until it is paid."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.debtor.write({"street": "Rue Haute 1", "zip": "1000", "city": "Brussels"})
        cls.level = cls.env.ref("debt_collection.letter_last")

    def setUp(self):
        super().setUp()
        self.invoice = self._invoice(1000, 70)
        self.case = self._case()

    def _post_letter(self, level=None):
        batches = self.env["debt.letter.print"].with_user(self.accountant)
        batch = batches.with_context(
            active_model="debt.case", active_ids=self.case.ids
        ).create({})
        batch.line_ids.level_id = level or self.level
        letters, _refused = batch._make()
        return letters

    def _suspend(self, **values):
        return (
            self.env["debt.suspension"]
            .with_user(self.accountant)
            .create({"case_id": self.case.id, **values})
        )

    def _warning(self):
        self.env.invalidate_all()
        return self.debtor.with_user(self.accountant).debt_warning or ""

    def test_a_letter_names_the_day_and_it_comes_true(self):
        self.company.debt_does_suspend = True
        letter = self._post_letter()
        first = TODAY + timedelta(days=self.level.pay_days + 1)
        words = re.sub(r"\s+", " ", html2plaintext(letter.body))
        self.assertRegex(words, r"to you from \W*03/25/2026\W* until the account is")
        self.assertEqual(first.isoformat(), "2026-03-25")
        suspension = self.case.suspension_ids
        self.assertEqual(
            (suspension.from_on, suspension.message_id, suspension.status),
            (first, letter, "announced"),
        )
        self.assertEqual(suspension.line_ids, self.invoice._debt_lines())
        self.assertIn("suspended from 03/25/2026 on, unless", self._warning())
        with self._at(days=15):
            self.assertEqual(suspension.status, "in_force")
            self.assertIn("suspended since 03/25/2026", self._warning())

    def test_only_where_the_company_does_so_and_the_level_says_so(self):
        self.assertNotIn("suspend", self._post_letter().body)
        self.company.debt_does_suspend = True
        self.level.suspends = False
        letter = self._post_letter()
        self.assertIn("suspend deliveries", letter.body, "as a consequence, undated")
        self.assertFalse(self.case.suspension_ids)

    def test_a_payment_lifts_it_and_one_that_bounces_does_not(self):
        suspension = self._suspend()
        self.assertEqual(suspension.status, "in_force")
        self._pay(self.invoice, 400)
        self.assertIn("suspended since", self._warning(), "a part is not enough")
        payment = self._pay(self.invoice)
        self.assertEqual(self._warning(), "")
        self.assertEqual(suspension.status, "paid")
        payment.action_draft()
        payment.action_cancel()
        self.assertIn("suspended since", self._warning())

    def test_another_debt_later_is_another_matter(self):
        self._suspend()
        self._pay(self.invoice)
        self.cases.refresh(self.debtor.ids)
        with self._at(days=10):
            self._invoice(50, 5)
            self._case()
            self.assertEqual(self._warning(), "")

    def test_lifted_by_hand_with_a_reason(self):
        suspension = self._suspend(note="By telephone")
        with self.assertRaises(AccessError):
            suspension.with_user(self.operator)._lift("x")
        with self.assertRaises(AccessError):
            suspension.state = "lifted"
        self.env["debt.suspension.lift"].with_user(self.accountant).create(
            {"suspension_id": suspension.id, "reason": "Instalments agreed"}
        ).action_lift()
        self.assertEqual(
            (suspension.state, suspension.status, suspension.lifted_by_id),
            ("lifted", "lifted", self.accountant),
        )
        self.assertEqual(self._warning(), "")
        self.assertIn("Instalments agreed", self.case.message_ids[0].body)

    def test_who_owes_nothing_is_not_suspended(self):
        self._pay(self.invoice)
        self.cases.refresh(self.debtor.ids)
        with self.assertRaisesRegex(UserError, "owes nothing"):
            self._suspend()

    def test_an_operator_suspends_nothing(self):
        with self.assertRaises(AccessError):
            self._suspend().with_user(self.operator).create({"case_id": self.case.id})

    def test_the_next_invoice_warns_and_others_do_not(self):
        draft = self._invoice(20, -30, post=False).with_user(self.accountant)
        other = self._invoice(20, -30, self._new_debtor("B"), post=False)
        self._suspend()
        self.env.invalidate_all()
        self.assertIn("suspended since", draft.alerts["debt_warning"]["message"])
        self.assertNotIn("debt_warning", other.with_user(self.accountant).alerts or {})
