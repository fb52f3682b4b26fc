from datetime import datetime, timedelta
from unittest.mock import patch

from odoo import Command, fields
from odoo.tests import tagged

from .refresh_common import RefreshCommon


@tagged("post_install", "-at_install")
class TestReopen(RefreshCommon):
    """A case that the ledger closed comes back as itself (rule 17)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # What is written bears the time of the test's clock.
        cls.startClassPatcher(
            patch.object(type(cls.cr), "now", lambda _cr: datetime.now())
        )

    def setUp(self):
        super().setUp()
        self.invoice = self._invoice(1000, 10)
        self.case = self._case()
        self.cr.flush()

    def _receivable(self, *moves):
        lines = self.env["account.move"].union(*moves).line_ids
        return lines.filtered(lambda line: line.account_type == "asset_receivable")

    def _bounce(self, payments):
        """The bank takes the money back: the payments are cancelled."""
        payments.action_draft()
        payments.action_cancel()

    def _settle(self):
        self.cr.flush()
        self.env.invalidate_all()

    def _assert_back(self, overdue=1000, state="active"):
        """The very same case is open again, and there is no other one."""
        self._settle()
        case = self._open_case()
        self.assertEqual(case, self.case)
        self.assertEqual(case.amount_overdue, overdue)
        self.assertEqual(case.state, state)
        self.assertFalse(case.close_reason)
        self.assertFalse(case.closed_at)
        self.assertIn("open again", case.message_ids[:5].mapped("body").__str__())
        return case

    def _assert_closed(self, reason):
        self._settle()
        self.assertFalse(self._open_case())
        self.assertEqual(self.case.close_reason, reason)

    def _promise(self, amount=1000, **values):
        call = self._call(self.case)
        call.finish(
            "promise",
            promise_amount=amount,
            promise_date=fields.Date.today() + timedelta(days=3),
            **values,
        )
        self._settle()
        return self.case.promise_ids

    # --- what closed it -----------------------------------------------------------
    def test_paid(self):
        with self._at(days=1):
            self._pay(self.invoice)
            self._assert_closed("paid")

    def test_credited(self):
        with self._at(days=1):
            self._pay(self.invoice, 400)
            self._settle()
        with self._at(days=2):
            self.invoice._reverse_moves(cancel=True)
            self._assert_closed("credited")

    def test_written_off(self):
        with self._at(days=1):
            entry = self._entry(-1000, journal="misc")
            self._receivable(self.invoice, entry).reconcile()
            self._assert_closed("credited")

    def test_misc_entry_that_brings_money(self):
        bank = self.company_data["default_journal_bank"].default_account_id
        with self._at(days=1):
            entry = self._entry(-1000, journal="misc")
            entry.button_draft()
            other = entry.line_ids - self._receivable(entry)
            other.account_id = bank
            entry.action_post()
            self._receivable(self.invoice, entry).reconcile()
            self._assert_closed("paid")

    def test_withdrawn(self):
        for undo in ("button_draft", "button_cancel"):
            with self._at(days=1):
                self.invoice.button_draft()
                if undo == "button_cancel":
                    self.invoice.button_cancel()
                self._assert_closed("withdrawn")
                self.invoice.button_draft() if undo == "button_cancel" else None
                self.invoice.action_post()
                self._assert_back()

    def test_withdrawn_after_a_part_was_paid(self):
        other = self._invoice(50, 5)
        with self._at(days=1):
            self._pay(other)
            self._settle()
        with self._at(days=2):
            self.invoice.button_draft()
            self._assert_closed("withdrawn")

    def test_put_off(self):
        """A part was paid, and the rest is due later: that is not paid."""
        with self._at(days=1):
            self._pay(self.invoice, 400)
            self._settle()
        with self._at(days=2):
            self._receivable(self.invoice).date_maturity = fields.Date.today()
            self._assert_closed("withdrawn")

    def test_goes_to_another_debtor(self):
        with self._at(days=1):
            self._receivable(self.invoice).partner_id = self._new_debtor("Other")
            self._assert_closed("withdrawn")

    # --- undone -------------------------------------------------------------------
    def test_bounced_payment(self):
        """L15: half a year later, as a direct debit may; nothing is a second case."""
        self._call(self.case).finish("no_answer")
        self.case.priority = "1"
        with self._at(days=1):
            self._pay(self.invoice)
            self._assert_closed("paid")
        with self._at(days=180):
            self._bounce(self.env["account.payment"].search([]))
            case = self._assert_back()
            self.assertEqual(case.call_count, 1)
            self.assertEqual(case.priority, "1")
            self.assertIn("was undone", str(case.message_ids.mapped("body")))

    def test_cancelled_payment(self):
        with self._at(days=1):
            payment = self._pay(self.invoice)
            self._assert_closed("paid")
            self._bounce(payment)
            self._assert_back()

    def test_days_closed_do_not_use_up_the_ladder(self):
        self.assertEqual(self.case.ladder_started_on, fields.Date.today())
        with self._at(days=2):
            self._pay(self.invoice)
            self._assert_closed("paid")
        with self._at(days=12):
            self._bounce(self.env["account.payment"].search([]))
            case = self._assert_back()
            # Day 3 when it was closed, and still.
            self.assertEqual(
                case.ladder_started_on, fields.Date.today() - timedelta(days=2)
            )
            self.assertEqual(case.ladder_paused_days, 10)

    def test_restraints_come_back(self):
        for state, values in (
            ("on_hold", {"hold_until": "2026-05-01"}),
            ("legal", {}),
            ("dormant", {}),
        ):
            self.case.sudo().write({"state": state, **values})
            self._settle()
            self.invoice.button_draft()
            self._assert_closed("withdrawn")
            self.invoice.action_post()
            self._assert_back(state=state)

    def test_who_was_given_up_and_owes_something_new_is_called(self):
        self.case.sudo().write({"state": "dormant"})
        self.case.sudo().ladder_started_on = fields.Date.today() - timedelta(days=400)
        with self._at(days=1):
            self._pay(self.invoice)
            self._assert_closed("paid")
        with self._at(days=10):
            self._invoice(70, 1)
            case = self._assert_back(70)
            self.assertEqual(case.ladder_started_on, fields.Date.today())

    def test_callback_comes_back(self):
        self.case.callback_at = "2026-03-12 10:00:00"
        with self._at(days=1):
            self.invoice.button_draft()
            self._assert_closed("withdrawn")
            self.invoice.action_post()
            case = self._assert_back()
            self.assertEqual(str(case.callback_at), "2026-03-12 10:00:00")

    def test_exclusion_that_ends(self):
        until = fields.Date.today() + timedelta(days=90)
        self.invoice.with_user(self.accountant)._debt_exclude(until, "Agreed")
        self._assert_closed("excluded")
        with self._at(days=91):
            self.cases._cron_refresh()
            self._assert_back()

    def test_closed_by_hand_is_not_taken_up(self):
        self.case.with_user(self.manager)._close_by_hand()
        self.cases.refresh(self.debtor.ids)
        case = self._open_case()
        self.assertEqual(len(case), 1)
        self.assertNotEqual(case, self.case)

    def test_operator_who_left_gets_nothing_back(self):
        self.case.user_id = self.operator
        self._pay(self.invoice)
        self._assert_closed("paid")
        self.operator.active = False
        self._bounce(self.env["account.payment"].search([]))
        self.assertNotEqual(self._assert_back().user_id, self.operator)

    def test_who_left_the_team_gets_nothing_back_either(self):
        users = self.operator | self.colleague
        members = [Command.create({"user_id": user.id}) for user in users]
        team = self.env["debt.team"].create({"name": "T", "member_ids": members})
        self.case.write({"team_id": team.id, "user_id": self.operator.id})
        self._pay(self.invoice)
        self._assert_closed("paid")
        team.member_ids.filtered(
            lambda one: one.user_id == self.operator
        ).active = False
        self._bounce(self.env["account.payment"].search([]))
        self.assertEqual(self._assert_back().user_id, self.colleague)

    # --- owes again ---------------------------------------------------------------
    def test_owes_again_soon(self):
        self._pay(self.invoice)
        self._assert_closed("paid")
        with self._at(days=29):
            self._invoice(70, 1)
            case = self._assert_back(70)
            self.assertNotIn("was undone", str(case.message_ids.mapped("body")))

    def test_owes_again_later(self):
        self._pay(self.invoice)
        self._assert_closed("paid")
        with self._at(days=31):
            self._invoice(70, 1)
            self._settle()
            case = self._open_case()
            self.assertNotEqual(case, self.case)
            self.assertEqual(self.case.close_reason, "paid")

    def test_old_debt_entered_late_is_a_new_case(self):
        """It was not what the closed case had been about."""
        self._pay(self.invoice)
        self._assert_closed("paid")
        with self._at(days=60):
            self._invoice(70, 200)
            self._settle()
            self.assertNotEqual(self._open_case(), self.case)

    def test_days_are_the_companys(self):
        self.company.debt_reopen_days = 5
        self._pay(self.invoice)
        self._assert_closed("paid")
        with self._at(days=6):
            self._invoice(70, 1)
            self._settle()
            self.assertNotEqual(self._open_case(), self.case)

    def test_many_come_back_in_one_go(self):
        """The number of queries does not grow with the debtors."""
        counts = []
        for number in (1, 12):
            invoices = self.env["account.move"].union(
                *(
                    self._invoice(10, 10, partner=self._new_debtor(f"{number}.{i}"))
                    for i in range(number)
                )
            )
            self._settle()
            refresh = self.env["debt.ledger"]._refresh
            debtors = invoices.partner_id.ids
            self._receivable(invoices).no_followup = True
            self._settle()
            self._receivable(invoices).no_followup = False
            self.env.flush_all()
            self.cr.precommit.clear()
            start = self.cr.sql_log_count
            effects = refresh(self.company, debtors)
            counts.append(self.cr.sql_log_count - start)
            self.assertEqual(effects["undone"][0], number)
        self.assertEqual(*counts)

    # --- promises -----------------------------------------------------------------
    def test_promise_is_decided_again_in_time(self):
        promise = self._promise()
        with self._at(days=1):
            payment = self._pay(self.invoice)
            self._assert_closed("paid")
            self.assertEqual(promise.state, "kept")
            self._bounce(payment)
            self._assert_back(state="promised")
            self.assertEqual((promise.state, promise.amount_paid), ("open", 0))
            self.assertEqual(promise.case_id, self.case)

    def test_promise_is_decided_again_late(self):
        promise = self._promise()
        with self._at(days=1):
            payment = self._pay(self.invoice)
            self._settle()
        with self._at(days=200):
            self._bounce(payment)
            case = self._assert_back()
            self.assertEqual((promise.state, promise.amount_paid), ("broken", 0))
            self.assertEqual(case.priority, "1")

    def test_promise_of_an_open_case_is_decided_again(self):
        other = self._invoice(500, 5)
        promise = self._promise(400)
        with self._at(days=1):
            first, second = self._pay(other, 300), self._pay(other, 100)
            self._settle()
            self.assertEqual(promise.state, "kept")
            self.assertEqual(self.case.state, "active")
            self._bounce(second)
            self._settle()
            self.assertEqual((promise.state, promise.amount_paid), ("open", 300))
            self.assertEqual(self.case.state, "promised")
        with self._at(days=10):
            self.cases._cron_refresh()
            self.assertEqual(promise.state, "partial")
            self._bounce(first)
            self._settle()
            self.assertEqual(promise.state, "broken")

    def test_long_decided_promise_changes_with_its_money_alone(self):
        promise = self._promise()
        with self._at(days=10):
            self.cases._cron_refresh()
            self.assertEqual(promise.state, "broken")
        with self._at(days=100):
            late = self._pay(self.invoice, 10)
            self._settle()
            self.assertEqual(promise.state, "broken")
            self._bounce(late)
            # Received in time, and entered now.
            self._pay(self.invoice, payment_date=promise.date)
            self._settle()
            self.assertEqual(promise.state, "kept")

    def test_reset_to_draft_keeps_no_promise(self):
        """L14: the promise stands as it did, and so does the case."""
        promise = self._promise()
        with self._at(days=1):
            self.invoice.button_draft()
            self._assert_closed("withdrawn")
            self.assertEqual((promise.state, promise.amount_paid), ("open", 0))
            self.invoice.action_post()
            self._assert_back(state="promised")
            self.assertEqual(promise.state, "open")

    def test_promise_about_what_was_credited_is_not_broken(self):
        promise = self._promise()
        with self._at(days=1):
            self.invoice._reverse_moves(cancel=True)
            self._assert_closed("credited")
        with self._at(days=10):
            self.cases._cron_refresh()
            self.assertEqual(promise.state, "cancelled")

    def test_reports_count_what_stands(self):
        self._promise()
        with self._at(days=1):
            payment = self._pay(self.invoice)
            self._settle()
            self.assertEqual(self._reported("debt.case.report"), (1, 1000, "paid"))
            self._bounce(payment)
            self._settle()
            self.assertEqual(self._reported("debt.case.report"), (0, 0, False))
            calls = self.env["debt.call.report"].search(
                [("case_id", "=", self.case.id)]
            )
            self.assertEqual(sum(calls.mapped("promises_kept")), 0)
            self.assertEqual(sum(calls.mapped("amount_paid")), 0)

    def _reported(self, name):
        row = self.env[name].search([("case_id", "=", self.case.id)])
        return row.promises_kept, row.amount_paid, row.close_reason
