from odoo import Command
from odoo.tests import tagged

from .test_ui import ALL_DAYS, TourCase


@tagged("post_install", "-at_install")
class TestExplainTours(TourCase):
    def test_an_operator_asks_when_a_debtor_may_be_called(self):
        operator = self._user("tour_operator", "group_debt_operator")
        hours = ALL_DAYS | {"hour_from": 10, "hour_to": 15, "channels": "visits"}
        self.policy.window_ids = [Command.create(hours)]
        case = self._cases(self._debtor("Tour Debtor", 100, 15), operator)
        self.start_tour(
            f"/odoo/action-debt_collection.debt_case_action/{case.id}",
            "debt_explain_tour",
            login="tour_operator",
        )

    def test_a_manager_looks_before_he_saves(self):
        manager = self._user("tour_manager", "group_debt_manager")
        self._cases(self._debtor("Tour Debtor", 100, 15), manager)
        self.start_tour(
            f"/odoo/action-debt_collection.debt_contact_policy_action/{self.policy.id}",
            "debt_what_if_tour",
            login="tour_manager",
        )
        self.assertEqual(self.policy.window_ids.hour_to, 20)
