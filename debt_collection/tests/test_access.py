from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .common import DebtCommon


@tagged("post_install", "-at_install")
class TestAccess(DebtCommon):
    """Rule 13: who sees what, and what nobody may take away."""

    def setUp(self):
        super().setUp()
        self.invoice = self._invoice(1000, 10)
        self.case = self._case()

    def _sees(self, user, record):
        return record in record.with_user(user).search([("id", "=", record.id)])

    def _team(self, *users):
        return self.env["debt.team"].create(
            {
                "name": "Team",
                "member_ids": [Command.create({"user_id": user.id}) for user in users],
            }
        )

    def test_operator_sees_his_teams_cases_only(self):
        self.case.write({"team_id": self._team(self.operator).id, "user_id": False})
        self.assertTrue(self._sees(self.operator, self.case))
        self.assertFalse(self._sees(self.colleague, self.case))
        with self.assertRaises(AccessError):
            self.case.with_user(self.colleague).check_contact("call")
        self.assertTrue(self._sees(self.accountant, self.case))
        self.assertTrue(self._sees(self.manager, self.case))

    def test_cases_without_a_team_are_everybodys(self):
        self.assertTrue(self._sees(self.operator, self.case))

    def test_other_companies_are_not_seen(self):
        company = self.env["res.company"].create({"name": "Sister"})
        case = self.case.sudo().copy({"company_id": company.id, "ladder_id": False})
        for user in (self.operator, self.accountant, self.manager):
            self.assertFalse(self._sees(user, case), user.login)

    def test_operator_has_no_accounting(self):
        with self.assertRaises(AccessError):
            self.invoice.with_user(self.operator).read(["amount_total"])
        with self.assertRaises(AccessError):
            self.env["account.move.line"].with_user(self.operator).search([])

    def test_whoever_knows_nothing_of_collection_copies_and_reverses(self):
        """Our fields on what is Odoo's stand in nobody's way."""
        rule = self.env["debt.fee.rule"].search([], limit=1)
        charged = self._invoice(40, 10)
        charged.debt_fee_rule_id = rule
        self.debtor.write(
            {
                "debt_contact_policy_id": self.env["debt.contact.policy"]
                .search([], limit=1)
                .id,
                "debt_profile_id": self.env["debt.profile"].search([], limit=1).id,
            }
        )
        groups = "account.group_account_invoice,base.group_partner_manager"
        user = new_test_user(
            self.env, "keeps_books", groups=groups, company_id=self.company.id
        )
        for move in (self.invoice, charged):
            copied = move.with_user(user).copy()
            self.assertEqual(copied.sudo().debt_fee_rule_id, move.debt_fee_rule_id)
            reversal = move.with_user(user)._reverse_moves()
            self.assertEqual(reversal.amount_total, move.amount_total)
        twin = self.debtor.with_user(user).copy()
        self.assertFalse(twin.sudo().debt_case_id)

    def test_operator_cannot_touch_history(self):
        self._call(self.case).finish("no_answer")
        call = self.case.call_ids.with_user(self.operator)
        self.assertTrue(call.read(["note"]))
        with self.assertRaises(AccessError):
            call.unlink()
        with self.assertRaises(AccessError):
            call.write({"started_at": False})
        with self.assertRaises(AccessError):
            self.env["debt.call"].with_user(self.operator).create(
                {
                    "case_id": self.case.id,
                    "partner_id": self.debtor.id,
                    "company_id": self.company.id,
                }
            )

    def test_operator_sets_no_rules(self):
        for name in (
            "debt.stage",
            "debt.ladder",
            "debt.ladder.step",
            "debt.contact.policy",
            "debt.contact.policy.window",
            "debt.contact.policy.limit",
            "debt.script",
            "debt.script.step",
            "debt.call.outcome",
            "debt.team",
            "debt.profile",
        ):
            for user in (self.operator, self.accountant):
                model = self.env[name].with_user(user)
                self.assertTrue(model.has_access("read"), name)
                for operation in ("write", "create", "unlink"):
                    self.assertFalse(model.has_access(operation), (name, operation))
            self.assertTrue(self.env[name].with_user(self.manager).has_access("unlink"))

    def test_nobody_makes_or_deletes_cases_by_hand(self):
        for user in (self.operator, self.accountant, self.manager):
            model = self.env["debt.case"].with_user(user)
            self.assertFalse(model.has_access("create"), user.login)
            self.assertFalse(model.has_access("unlink"), user.login)

    def test_plain_accountant_sees_stage_and_case(self):
        """Accountants who know nothing of the rest see both on their invoices."""
        plain = new_test_user(
            self.env,
            "plain_accountant",
            groups="account.group_account_invoice",
            company_id=self.company.id,
        )
        invoice = self.invoice.with_user(plain)
        self.assertEqual(invoice.debt_case_id.id, self.case.id)
        self.assertEqual(invoice.debt_stage_id.days_from, 1)
        self.assertTrue(self.debtor.with_user(plain).debt_case_id)

    def test_portal_user_sees_nothing_of_collection(self):
        portal = new_test_user(self.env, "debt_portal", groups="base.group_portal")
        portal.partner_id.parent_id = self.debtor
        for name in ("debt.case", "debt.call", "debt.promise", "debt.dispute"):
            with self.assertRaises(AccessError):
                self.env[name].with_user(portal).search([])
        with self.assertRaises(AccessError):
            self.debtor.with_user(portal).read(["debt_do_not_call"])

    def test_every_model_has_rules_and_rights(self):
        models = self.env["ir.model"].search([("model", "=like", "debt.%")])
        self.assertGreater(len(models), 15)
        for model in models.filtered(lambda m: not m.abstract):
            self.assertTrue(model.access_ids, model.model)
            if "company_id" in self.env[model.model] and not model.transient:
                self.assertTrue(model.rule_ids, model.model)

    def test_nobody_locks_a_debtor_by_hand(self):
        """The row by which two contacts at once exclude each other."""
        self._call(self.case).finish("no_answer")
        lock = self.env["debt.contact.lock"].search(
            [("partner_id", "=", self.debtor.id)]
        )
        self.assertEqual(lock.contacts, 1)
        with self.assertRaises(AccessError):
            lock.with_user(self.operator).read(["contacts"])
        for user in (self.operator, self.accountant, self.manager):
            with self.assertRaises(AccessError):
                lock.with_user(user).write({"contacts": 0})
            with self.assertRaises(AccessError):
                lock.with_user(user).unlink()

    def test_a_manager_closes_no_case_of_another_company(self):
        sister = self.setup_other_company(name="Sister")["company"]
        case = self.case.sudo().copy({"company_id": sister.id, "ladder_id": False})
        with self.assertRaises(AccessError):
            case.with_user(self.manager)._close_by_hand()
        self.assertFalse(case.closed_at)

    def test_a_shared_law_is_an_administrators_to_change(self):
        """A law without a company holds for all of them: others adapt a copy."""
        law = self.env.ref("debt_collection.policy_business")
        shared = law.with_user(self.manager)
        for record in (shared, shared.window_ids[0], shared.limit_ids[0]):
            with self.assertRaises(AccessError):
                record.write({"write_date": False})
            with self.assertRaises(AccessError):
                record.unlink()
        with self.assertRaises(AccessError):
            shared.limit_ids[0].copy()
        own = shared.browse(shared.action_adapt()["res_id"])
        own.limit_ids[0].maximum = 1
        self.assertEqual(own.company_id, self.company)
        self.manager.sudo().group_ids |= self.env.ref("base.group_system")
        shared.limit_ids[0].maximum = 2

    def test_nothing_of_ours_on_odoos_models_is_everybodys(self):
        """A debtor with a portal login reads his own contact, and his company's."""
        for name in ("res.partner", "res.company", "account.move"):
            for field in self.env[name]._fields.values():
                if any(part.startswith("debt_collection") for part in field._modules):
                    self.assertTrue(field.groups, field)

    def test_a_number_of_somebody_else_is_not_dialled_for_a_debtor(self):
        """How the call ends would be held against the other's number."""
        other = self._new_debtor("Debtor Two", "+32 470 99 88 77")
        self._invoice(50, 10, other)
        phone = self._case(other).phone_ids.with_user(self.operator)
        call = self._call(self.case)
        with self.assertRaisesRegex(UserError, "not a number of this debtor"):
            call.dial(phone=phone)
        wizards = self.env["debt.call.wizard"].with_user(self.operator)
        window = wizards.browse(wizards._action_open(call)["res_id"])
        window.write(
            {
                "dialled_phone_id": phone.id,
                "outcome_id": self.env.ref("debt_collection.outcome_no_answer").id,
            }
        )
        with self.assertRaisesRegex(UserError, "not a number of this debtor"):
            window.action_save()
        self.assertEqual(phone.health, "unknown")
