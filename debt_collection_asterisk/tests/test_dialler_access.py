from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .common import DiallerCommon


@tagged("post_install", "-at_install")
class TestAccess(DiallerCommon):
    """Who may see and set what."""

    def _can(self, user, name):
        model = self.env[name].with_user(user)
        operations = ("read", "write", "create", "unlink")
        return "".join(op[0] for op in operations if model.has_access(op))

    def test_rights(self):
        for name, operator, accountant, manager in (
            ("debt.dialler.campaign", "r", "", "rwcu"),
            ("debt.dialler.prompt", "r", "", "rwcu"),
            ("debt.dialler.operator", "rw", "", "rw"),
            ("debt.dialler.operator.log", "r", "", "r"),
            ("debt.dialler.lease", "", "", "r"),
            ("debt.dialler.command", "", "", "r"),
            ("debt.dialler.instance", "", "", "r"),
            ("debt.dialler.nonce", "", "", ""),
            ("debt.dialler.secret", "", "", ""),
        ):
            rights = [
                self._can(user, name)
                for user in (self.operator, self.accountant, self.manager)
            ]
            self.assertEqual(rights, [operator, accountant, manager], name)

    def test_secret_is_the_administrators(self):
        with self.assertRaises(AccessError):
            self.provider.with_user(self.manager).read(["dialler_secret"])
        with self.assertRaises(UserError):
            self.provider.with_user(self.manager).action_rotate_secret()
        with self.assertRaises(AccessError):
            self.env["debt.dialler.lease"].with_user(self.manager).search(
                [("token", "!=", False)]
            )

    def test_only_operators_open_a_station(self):
        """A portal user, an employee and an accountant make none by asking."""
        stations = self.env["debt.dialler.operator"]
        for number, group in enumerate(
            (
                "base.group_portal",
                "base.group_user",
                "account.group_account_invoice",
                "debt_collection.group_debt_accountant",
            )
        ):
            user = new_test_user(self.env, f"stranger{number}", groups=group)
            with self.assertRaises(AccessError):
                stations.with_user(user).action_open()
            self.assertFalse(stations.search_count([("user_id", "=", user.id)]))

    def test_other_companies(self):
        company = self.env["res.company"].create({"name": "Sister"})
        provider = self.provider.copy({"company_id": company.id})
        campaign = (
            self.env["debt.dialler.campaign"]
            .sudo()
            .create(
                {"name": "Theirs", "company_id": company.id, "provider_id": provider.id}
            )
        )
        self.assertTrue(provider.dialler_key)
        self.assertNotEqual(provider.dialler_key, self.provider.dialler_key)
        self.assertFalse(provider.sudo().dialler_secret)
        station = self.env["debt.dialler.operator"]._of_user(company, self.operator)
        station._set_state("pause", "break")
        for user in (self.operator, self.manager):
            for record in (campaign, station, station.log_ids):
                found = record.with_user(user).search([("id", "in", record.ids)])
                self.assertFalse(found, (user.login, record._name))

    def test_every_model_has_rules_and_rights(self):
        models = self.env["ir.model"].search([("model", "=like", "debt.dialler.%")])
        self.assertGreater(len(models), 8)
        for model in models:
            self.assertTrue(model.access_ids, model.model)
            stored = self.env[model.model]
            if "company_id" in stored and not stored._transient:
                self.assertTrue(model.rule_ids, model.model)
