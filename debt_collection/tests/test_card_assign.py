from lxml import html

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .common import DebtCommon


@tagged("post_install", "-at_install")
class TestAssign(DebtCommon):
    """A manager gives cases to others, and sees before what he does."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.team = cls.env["debt.team"].create(
            {
                "name": "Team",
                "member_ids": [
                    Command.create({"user_id": user.id, "capacity": 100})
                    for user in (cls.operator, cls.colleague)
                ],
            }
        )
        debtors = [
            cls._new_debtor(f"D{number}", f"+32 470 00 30 {number:02}")
            for number in range(6)
        ]
        for debtor in debtors:
            cls._invoice(100, 20, debtor)
        cls.cases.refresh()
        cls.some = cls.cases.search([("partner_id", "in", [d.id for d in debtors])])
        cls.some.write({"user_id": cls.operator.id, "team_id": cls.team.id})

    def _open(self, mode, cases=None, user=None):
        wizards = self.env["debt.case.assign"].with_user(user or self.manager)
        cases = (cases or self.some).with_user(user or self.manager)
        return wizards.browse(wizards._action_open(cases, mode)["res_id"])

    def _cells(self, wizard):
        table = html.fromstring(wizard.html)
        return {
            cells[0]: cells[1:]
            for cells in (
                ["".join(cell.itertext()).strip() for cell in row.xpath("td")]
                for row in table.xpath("//tbody/tr")
            )
        }

    def test_half_of_the_cases_go_to_the_colleague(self):
        wizard = self._open("balance")
        shown = self._cells(wizard)
        self.assertEqual(shown[self.operator.name], ["6", "3", "0", "3", "100"])
        self.assertEqual(shown[self.colleague.name], ["0", "0", "3", "3", "100"])
        wizard.action_apply()
        owners = self.some.mapped("user_id.id")
        self.assertEqual(set(owners), {self.operator.id, self.colleague.id})
        for user in (self.operator, self.colleague):
            owned = self.some.filtered(lambda case, user=user: case.user_id == user)
            self.assertEqual(len(owned), 3, "what was shown is what was done")
        self.assertIn("Nothing changes", self._open("balance").html)

    def test_operators_may_work_for_companies_the_manager_does_not_read(self):
        sister = self.setup_other_company(name="Sister")["company"]
        self.operator.company_ids |= sister
        self.env.invalidate_all()
        self.assertTrue(self._cells(self._open("balance")))

    def test_capacity_counts(self):
        self.team.member_ids.filtered(
            lambda one: one.user_id == self.colleague
        ).capacity = 50
        self._open("balance").action_apply()
        counts = self.some.grouped("user_id")
        self.assertEqual(len(counts[self.operator]), 4)
        self.assertEqual(len(counts[self.colleague]), 2)

    def test_whoever_the_debtor_expects_keeps_the_case(self):
        self.some.write({"callback_at": "2026-03-11 09:00:00"})
        self.assertIn("Nothing changes", self._open("balance").html)
        with Form(self._open("balance")) as form:
            form.keep_known = False
        self.assertEqual(self._cells(form.record)[self.operator.name][3], "3")

    def test_a_case_on_the_line_stays(self):
        self._call(self.some[0])
        wizard = self._open("assign")
        with Form(wizard) as form:
            form.user_id = self.colleague
        wizard.action_apply()
        self.assertEqual(self.some[0].user_id, self.operator)
        self.assertEqual(self.some[1:].user_id, self.colleague)

    def test_all_go_to_one(self):
        wizard = self._open("assign")
        self.assertIn("Choose an operator", wizard.html)
        with Form(wizard) as form:
            form.user_id = self.colleague
        self.assertEqual(self._cells(wizard)[self.colleague.name][1:3], ["0", "6"])
        wizard.action_apply()
        self.assertEqual(self.some.user_id, self.colleague)

    def test_the_team_alone_is_changed_too(self):
        other = self.env["debt.team"].create(
            {
                "name": "Other",
                "member_ids": [Command.create({"user_id": self.operator.id})],
            }
        )
        wizard = self._open("assign")
        wizard.write({"team_id": other.id, "user_id": self.operator.id})
        self.assertIn("6", self._cells(wizard)[self.operator.name])
        wizard.action_apply()
        self.assertEqual(self.some.team_id, other)
        self.assertEqual(self.some.user_id, self.operator)

    def test_only_who_works_for_all_their_companies_is_offered(self):
        sister = self.setup_other_company(name="Sister")["company"]
        theirs = self.env["debt.team"].create({"name": "X", "company_id": sister.id})
        both = self.manager
        both.company_ids |= sister
        for user, company in ((self.colleague, sister), (both, sister)):
            user.company_ids |= company
            theirs.member_ids = [Command.create({"user_id": user.id})]
        self.team.member_ids = [Command.create({"user_id": both.id})]
        members = self.team.member_ids
        members.filtered(lambda one: one.user_id == self.colleague).unlink()
        copied = {"company_id": sister.id, "ladder_id": False, "team_id": False}
        case = self.some[0].sudo().copy(copied)
        companies = [self.company.id, sister.id]
        cases = (self.some[0] | case).with_context(allowed_company_ids=companies)
        wizards = self.env["debt.case.assign"].with_user(both)
        wizards = wizards.with_context(allowed_company_ids=companies)
        action = wizards._action_open(cases.with_user(both), "assign")
        wizard = wizards.browse(action["res_id"])
        self.assertEqual(wizard.operator_ids, both)
        wizard.user_id = self.colleague
        with self.assertRaisesRegex(UserError, "Choose an operator"):
            wizard.action_apply()
        wizard.write({"team_id": theirs.id, "user_id": both.id})
        with self.assertRaisesRegex(UserError, "team of Sister"):
            wizard.action_apply()

    def test_only_managers_and_only_operators(self):
        with self.assertRaises(AccessError):
            self._open("assign", user=self.operator)
        wizard = self._open("assign")
        wizard.user_id = self.accountant
        with self.assertRaises(UserError):
            wizard.action_apply()
        with self.assertRaises(AccessError):
            wizard.with_user(self.operator).action_apply()

    def test_closed_cases_are_not_given_away(self):
        self.some._close_by_hand()
        with self.assertRaises(UserError):
            self._open("balance")

    def test_other_companies_cases_and_teams_are_not_looked_at(self):
        sister = self.setup_other_company(name="Sister")["company"]
        other = self.env["debt.team"].create({"name": "X", "company_id": sister.id})
        case = (
            self.some[0]
            .sudo()
            .copy({"company_id": sister.id, "ladder_id": False, "team_id": False})
        )
        wizards = self.env["debt.case.assign"].with_user(self.manager)
        for values in (
            {"team_id": other.id},
            {"case_ids": [Command.set(case.ids)], "mode": "balance"},
        ):
            with self.assertRaises(AccessError):
                wizards.new(values).html  # noqa: B018
