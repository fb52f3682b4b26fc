from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError
from odoo.tests import Form, tagged

from .common import DebtCommon


@tagged("post_install", "-at_install")
class TestStart(DebtCommon):
    """What there is to collect, what is left out, and what is missing (M13, F3, F4)."""

    def _start(self, user=None):
        return Form(self.env["debt.start"].with_user(user or self.manager)).save()

    def _overview(self):
        return (
            self.ledger._overview_bands(self.company),
            {
                reason: (number, amount)
                for reason, number, amount in self.ledger._overview_left_out(
                    self.company
                )
            },
        )

    def test_debtors_by_age_and_what_is_left_out(self):
        other = self._new_debtor("Other")
        third = self._new_debtor("Third")
        self._invoice(100, 10)
        self._invoice(900, 400, other)
        self._invoice(50, 5, other).no_followup = True
        self._invoice(0.5, 5, third)
        bands, left_out = self._overview()
        self.assertEqual(bands, [(1, 30, 1, 100.0), (366, None, 1, 900.0)])
        self.assertEqual(
            left_out, {"no_followup": (1, 50.0), "below_minimum": (1, 0.5)}
        )

    def test_disputed_money_is_counted_once(self):
        disputed = self._invoice(500, 40) + self._invoice(70, 10, self._new_debtor("B"))
        self._invoice(100, 10)
        for move in disputed:
            self.env["debt.dispute"].create(
                {
                    "case_id": self._case(move.partner_id).id,
                    "move_ids": [Command.set(move.ids)],
                    "reason": "It is not right",
                    "user_id": self.accountant.id,
                    "deadline": fields.Date.today() + timedelta(days=9),
                }
            )
        bands, left_out = self._overview()
        self.assertEqual(bands, [(1, 30, 1, 100.0)])
        self.assertEqual(left_out, {"disputed": (2, 570.0)})

    def test_what_is_too_old_waits_for_a_flag(self):
        """F3: hundreds of old debts do not enter without a brake."""
        old, new = self._invoice(900, 800), self._invoice(100, 10)
        start = self._start()
        start.debt_max_age_days = 365
        start.action_apply()
        case = self._case()
        self.assertEqual(case.amount_overdue, 100)
        self.assertEqual(self._overview()[1], {"too_old": (1, 900.0)})
        self.assertIn("older", old._debt_lines().debt_why)
        self.assertFalse(new._debt_lines().debt_why)
        old.with_user(self.accountant).action_debt_flag()
        self.assertEqual(case.amount_overdue, 1000, "somebody has looked at it")

    def test_the_greatest_age_is_a_day_exact(self):
        self.company.debt_max_age_days = 30
        self._invoice(100, 30)
        self._invoice(900, 31)
        self.assertEqual(self._case().amount_overdue, 100)

    def test_the_rules_are_the_companys(self):
        start = self._start()
        self.assertTrue(start.debt_auto_flag)
        start.debt_auto_flag, start.debt_min_amount = False, 20
        start.debt_grace_days = 3
        start.action_apply()
        self.assertFalse(self.company.debt_auto_flag)
        self.assertEqual(self.company.debt_min_amount, 20)
        self.assertEqual(self.company.debt_grace_days, 3)

    def test_the_panel_says_so_in_words(self):
        self._invoice(100, 10)
        self._invoice(50, 5).no_followup = True
        figures = str(self._start().figures)
        self.assertIn("1–30 days", figures)
        self.assertIn("no follow-up", figures)

    def test_what_is_missing_has_a_button(self):
        start = self._start()
        self.assertTrue(start.has_phone)
        self.assertTrue(start.has_zone)
        self.assertTrue(start.has_operators)
        self.assertFalse(start.has_bank)
        self.assertFalse(start.has_accountant)
        self.company.debt_accountant_id = self.accountant
        self.env["res.partner.bank"].create(
            {"acc_number": "BE71", "partner_id": self.company.partner_id.id}
        )
        start = self._start()
        self.assertTrue(start.has_bank)
        self.assertTrue(start.has_accountant)
        for button in (
            start.action_cases,
            start.action_company,
            start.action_company_contact,
            start.action_settings,
            start.action_users,
            start.action_team,
        ):
            self.assertIn(button()["res_model"], self.env)

    def test_managers_only(self):
        with self.assertRaises(AccessError):
            self._start(self.accountant)

    def test_each_text_is_looked_at_before_it_is_sent(self):
        self.company.debt_texts_on = False
        self._invoice(100, 10)
        self._case()
        start = self._start()
        self.assertFalse(start.debt_texts_on)
        self.assertIn("we could not reach you by telephone", start.texts)
        self.assertIn(self.company.phone, start.texts)
        start.debt_texts_on = True
        start.action_apply()
        self.assertTrue(self.company.debt_texts_on)
