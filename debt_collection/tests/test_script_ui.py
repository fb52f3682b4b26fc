from odoo import Command
from odoo.tests import HttpCase, new_test_user, tagged


@tagged("post_install", "-at_install")
class TestScriptTour(HttpCase):
    def test_a_manager_finishes_a_script(self):
        """What is missing is seen, mended, rehearsed and put to use on one screen."""
        new_test_user(
            self.env,
            "tour_script_manager",
            groups="base.group_user,debt_collection.group_debt_manager",
        )
        script = self.env["debt.script"].create(
            {
                "name": "Tour Script",
                "step_ids": [
                    Command.create(values)
                    for values in (
                        {
                            "name": "Who",
                            "text": "Is that {{ object.partner_id.name }}?",
                        },
                        {
                            "name": "Why",
                            "phase": "clarify",
                            "text": "{{ object.company_id.name }} here. Why?",
                        },
                        {"name": "Thanks", "phase": "close", "text": "Goodbye."},
                    )
                ],
            }
        )
        who, why, thanks = script.step_ids
        who.answer_ids = [
            Command.create(
                {
                    "name": "Speaking",
                    "party": "right_party",
                    "next_step_id": why.id,
                }
            )
        ]
        self.start_tour(
            f"/odoo/action-debt_collection.debt_script_action/{script.id}",
            "debt_script_tour",
            login="tour_script_manager",
        )
        self.assertEqual(script.state, "in_use")
        self.assertEqual(why.answer_ids.next_step_id, thanks)
