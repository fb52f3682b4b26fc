from odoo.tests import TransactionCase, tagged
from odoo.tools.convert import convert_file


@tagged("post_install", "-at_install")
class TestDiallerDemo(TransactionCase):
    """Who looks at the demo sees a board with campaigns and operators on it."""

    def test_the_board_is_not_empty(self):
        for module, name in (
            ("debt_collection", "debt_users_demo"),
            ("debt_collection_asterisk", "debt_dialler_demo"),
        ):
            convert_file(self.env, module, f"demo/{name}.xml", {}, "init", True)
        company = self.env.ref("debt_collection.demo_company_eu")
        manager = self.env.ref("debt_collection.demo_user_manager")
        campaigns = self.env["debt.dialler.campaign"].with_user(manager)
        board = campaigns.with_company(company).board_data()["campaigns"]
        [running] = [row for row in board if row["state"] == "running"]
        self.assertEqual(running["dialler"], "never")
        states = {one["state"] for one in running["operators"]}
        self.assertEqual(states, {"ready", "wrapup", "pause"})
        self.assertEqual(len(board), 2)

    def test_next_call_does_not_wait_for_a_dialler_that_never_was(self):
        for module, name in (
            ("debt_collection", "debt_users_demo"),
            ("debt_collection_asterisk", "debt_dialler_demo"),
        ):
            convert_file(self.env, module, f"demo/{name}.xml", {}, "init", True)
        company = self.env.ref("debt_collection.demo_company_eu")
        operator = self.env.ref("debt_collection.demo_user_operator")
        windows = self.env["debt.call.wizard"].with_user(operator)
        windows = windows.with_company(company)
        self.assertFalse(windows._station_in_campaign())
