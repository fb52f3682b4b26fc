from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from .common import DebtCommon


@tagged("post_install", "-at_install")
class TestInvoiceDecisions(DebtCommon):
    """What an accountant decides in the list of invoices."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.debt_auto_flag = False
        cls.invoice = cls._invoice(200, 15)

    def _as_accountant(self, moves):
        return moves.with_user(self.accountant)

    def _open_case(self):
        return self.cases.search(
            [("partner_id", "=", self.debtor.id), ("state", "!=", "closed")]
        )

    def test_a_flagged_invoice_opens_a_case_at_once(self):
        self.cases.refresh(self.debtor.ids)
        self.assertFalse(self._open_case())
        action = self._as_accountant(self.invoice).action_debt_flag()
        self.assertIn("1 item is flagged", action["params"]["message"])
        self.assertEqual(self.invoice.debt_status, "flagged")
        self.assertEqual(self._open_case().amount_overdue, 200)
        self.assertEqual(
            self.invoice.action_debt_case()["res_id"], self._open_case().id
        )

    def test_clearing_the_flag_takes_it_out_again(self):
        moves = self._as_accountant(self.invoice)
        moves.action_debt_flag()
        moves.action_debt_clear()
        self.assertEqual(self.invoice.debt_status, "none")
        self.assertFalse(self._open_case())

    def test_many_are_excluded_until_a_day_with_a_reason(self):
        self.company.debt_auto_flag = True
        moves = self.invoice | self._invoice(100, 40)
        self.cr.flush()
        self.cases.refresh(self.debtor.ids)
        self.assertTrue(self._open_case())
        action = self._as_accountant(moves).action_debt_exclude()
        wizards = self.env["debt.exclude.wizard"].with_user(self.accountant)
        wizards = wizards.with_context(tracking_disable=False, mail_notrack=False)
        with Form(wizards.with_context(**action["context"])) as form:
            form.date = fields.Date.today() + timedelta(days=10)
            form.reason = "Goods come back"
        form.record.action_exclude()
        self.assertEqual(set(moves.mapped("debt_status")), {"excluded"})
        self.assertEqual(set(moves.mapped("debt_reason")), {"Goods come back"})
        self.assertFalse(self._open_case())
        self.cr.flush()
        body = self.invoice.message_ids.sudo()
        tracked = body.tracking_value_ids.field_id.mapped("name")
        self.assertIn("debt_status", tracked)

    def test_an_exclusion_ends_in_the_future_and_has_a_reason(self):
        moves = self._as_accountant(self.invoice)
        with self.assertRaises(ValidationError):
            moves._debt_exclude(fields.Date.today(), "Today is not enough")
        tomorrow = fields.Date.today() + timedelta(days=1)
        with self.assertRaises(ValidationError):
            moves._debt_exclude(tomorrow, " ")
        moves._debt_exclude(tomorrow, "Until tomorrow")
        self.assertEqual(self.invoice.debt_excluded_until, tomorrow)

    def test_only_customers_posted_invoices_are_decided_about(self):
        draft = self._invoice(10, 5, post=False)
        refund = self._invoice(10, 5, move_type="out_refund")
        for move in (draft, refund):
            with self.assertRaises(UserError):
                self._as_accountant(move).action_debt_flag()

    def test_only_collection_accountants_decide(self):
        billing = self.env.ref("account.group_account_invoice")
        self.operator.group_ids |= billing
        with self.assertRaises(AccessError):
            self.invoice.with_user(self.operator).action_debt_flag()


@tagged("post_install", "-at_install")
class TestReports(DebtCommon):
    """What the manager reads in the pivots."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._invoice(300, 20)

    def _finish(self, outcome, user=None, **values):
        call = self._call(user=user)
        call.dial(phone=call.partner_id.debt_phone_ids)
        call.finish(outcome, **values)
        return call

    def _calls(self, user=None, **domain):
        return (
            self.env["debt.call.report"]
            .with_user(user or self.manager)
            .formatted_read_group(
                [("partner_id", "=", self.debtor.id)],
                ["user_id"],
                [
                    "attempts:sum",
                    "answered:sum",
                    "right_party:sum",
                    "promises:sum",
                    "promises_kept:sum",
                    "amount_promised:sum",
                ],
            )
        )

    def test_attempts_contacts_and_promises_are_counted(self):
        self._finish("no_answer")
        with self._at(hours=3):
            self._finish(
                "promise",
                party="right_party",
                promise_amount=120,
                promise_date=fields.Date.today() + timedelta(days=2),
            )
        (row,) = self._calls()
        self.assertEqual(row["attempts:sum"], 2)
        self.assertEqual(row["answered:sum"], 1)
        self.assertEqual(row["right_party:sum"], 1)
        self.assertEqual(row["promises:sum"], 1)
        self.assertEqual(row["amount_promised:sum"], 120)

    def test_a_claim_is_no_attempt_and_changes_are_seen_at_once(self):
        call = self._call()
        self.assertFalse(self._calls())
        call.dial(phone=call.partner_id.debt_phone_ids)
        self.assertEqual(self._calls()[0]["attempts:sum"], 1)
        self.assertEqual(self._calls()[0]["answered:sum"], 0)
        call.finish("refused", party="right_party", note="No")
        self.assertEqual(self._calls()[0]["right_party:sum"], 1)

    def test_whoever_left_stays_in_the_report(self):
        self._finish("no_answer")
        self.operator.active = False
        (row,) = self._calls()
        self.assertEqual(row["user_id"][0], self.operator.id)

    def test_hour_weekday_and_confirmation_are_dimensions(self):
        self._finish("no_answer")
        report = self.env["debt.call.report"].with_user(self.manager)
        (line,) = report.search([("partner_id", "=", self.debtor.id)])
        self.assertEqual(line.hour, 10)
        self.assertEqual(line.weekday, "2")
        self.assertEqual(line.confirmed_by, "operator")
        self.assertEqual(line.stage_id.name, "Overdue")

    def test_operators_read_their_teams_calls_only(self):
        self._finish("no_answer")
        team = self.env["debt.team"].create(
            {
                "name": "Others",
                "company_id": self.company.id,
                "member_ids": [Command.create({"user_id": self.colleague.id})],
            }
        )
        self._case().team_id = team
        other = self._new_user("debt_third", "group_debt_operator")
        self.assertTrue(self._calls(self.colleague))
        self.assertFalse(self._calls(other))

    def test_no_other_companys_calls(self):
        self._finish("no_answer")
        company = self.env["res.company"].create({"name": "Elsewhere"})
        other = self._new_user("debt_elsewhere", "group_debt_manager")
        other.write({"company_ids": company.ids, "company_id": company.id})
        self.assertFalse(self._calls(other))
        self.assertFalse(self.env["debt.case.report"].with_user(other).search([]))

    def test_cases_with_the_work_done_on_them(self):
        self._finish("no_answer")
        report = self.env["debt.case.report"].with_user(self.manager)
        (line,) = report.search([("partner_id", "=", self.debtor.id)])
        self.assertEqual(line.amount_overdue, 300)
        self.assertEqual(line.days_past_due, 20)
        self.assertEqual(line.attempts, 1)
        self.assertEqual(line.cases, 1)
