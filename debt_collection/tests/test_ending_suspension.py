from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import DebtCommon


@tagged("post_install", "-at_install")
class TestSuspensionOver(DebtCommon):
    """Why a suspension is over, or is not: said as it is."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.debtor.write({"street": "Rue Haute 1", "zip": "1000", "city": "Brussels"})
        cls.company.debt_min_amount = 1

    def setUp(self):
        super().setUp()
        self.invoice = self._invoice(1000, 70)
        self.case = self._case()

    def _suspend(self, **values):
        suspensions = self.env["debt.suspension"].with_user(self.accountant)
        return suspensions.create({"case_id": self.case.id, **values})

    def _status(self, suspension):
        self.env.invalidate_all()
        return suspension.status

    def test_what_is_not_worth_collecting_suspends_nothing(self):
        suspension = self._suspend()
        self._pay(self.invoice, 998)
        self.assertEqual(self._status(suspension), "in_force", "2.00 are left")
        self._pay(self.invoice, 1.6)
        self.assertEqual(self._status(suspension), "paid", "0.40 are left")
        self.assertFalse(self.debtor.with_user(self.accountant).debt_warning)

    def test_what_somebody_wants_collected_suspends_however_little_it_is(self):
        suspension = self._suspend()
        self._pay(self.invoice, 999.6)
        self.invoice.debt_status = "flagged"
        self.assertEqual(self._status(suspension), "in_force")

    def test_what_is_disputed_is_not_paid(self):
        suspension = self._suspend()
        self.env["debt.dispute"].sudo()._raise(self.case, self.invoice, "Never came")
        self.assertEqual(self._status(suspension), "withheld")

    def test_what_is_given_up_is_not_paid(self):
        self.company.debt_writeoff_account_id = self.company_data[
            "default_account_expense"
        ]
        suspension = self._suspend()
        writeoff = (
            self.env["debt.writeoff"]
            .with_user(self.operator)
            .create({"case_id": self.case.id, "reason": "hopeless", "note": "Gone"})
        )
        self.env["debt.writeoff.decide"].with_user(self.accountant).create(
            {"writeoff_id": writeoff.id, "decision": "approve"}
        ).action_decide()
        self.assertEqual(self._status(suspension), "written_off")

    def test_a_case_is_checked_however_it_is_named(self):
        suspensions = self.env["debt.suspension"].with_user(self.accountant)
        named = suspensions.with_context(default_case_id=self.case.id)
        self.assertEqual(named.create({}).line_ids, self.invoice._debt_lines())
        self._pay(self.invoice)
        with self.assertRaisesRegex(UserError, "owes nothing"):
            named.create({})

    def test_a_second_letter_suspends_nothing_twice(self):
        self.company.debt_does_suspend = True
        level = self.env.ref("debt_collection.letter_last")
        values = {
            "case_id": self.case.id,
            "channel": "letter",
            "kind": "letter",
            "letter_level_id": level.id,
            "state": "sent",
        }
        suspensions = self.env["debt.suspension"]
        for _time in range(2):
            letter = self.env["debt.message"].sudo().create(values)
            suspensions._announced_by(letter)
        [first] = self.case.suspension_ids
        with self._at(days=3):
            more = self._invoice(50, 5)
            self._case()
            suspensions._announced_by(letter)
        second = self.case.suspension_ids - first
        self.assertIn(more._debt_lines(), second.line_ids, "something new is owed")
        first.with_user(self.accountant)._lift("Instalments agreed")
        self.assertEqual(self.case.suspension_ids.mapped("state"), ["lifted"] * 2)
        told = self.case.message_ids.filtered(
            lambda one: "Instalments agreed" in (one.body or "")
        )
        self.assertEqual(len(told), 1)
