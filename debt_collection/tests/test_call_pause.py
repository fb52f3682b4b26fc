from datetime import timedelta

from lxml import etree

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged
from odoo.tools.safe_eval import safe_eval

from .common import TUESDAY, DebtCommon


@tagged("post_install", "-at_install")
class TestPause(DebtCommon):
    """Who is held, passed over or closed by hand: it is on record why."""

    def setUp(self):
        super().setUp()
        self._invoice(1000, 10)
        self.case = self._case()
        self.case.user_id = self.operator

    def _ask(self, kind, user=None, cases=None):
        cases = cases or self.case
        name = "pause" if kind == "hold" else kind
        action = self.env["ir.actions.act_window"]._for_xml_id(
            f"debt_collection.debt_case_{name}_action"
        )
        dialogs = self.env[action["res_model"]].with_user(user or self.operator)
        context = {"default_kind": kind, "default_case_ids": cases.ids}
        return Form(dialogs.with_context(**context))

    def test_a_hold_says_why_and_until_when(self):
        form = self._ask("hold")
        self.assertEqual(form.until, TUESDAY.date() + timedelta(days=7))
        form.until = TUESDAY.date() + timedelta(days=3)
        form.reason = "The director is on holiday"
        form.save().action_apply()
        self.assertEqual(self.case.state, "on_hold")
        self.assertEqual(self.case.hold_until, TUESDAY.date() + timedelta(days=3))
        bodies = " ".join(self.case.message_ids.mapped("body"))
        self.assertIn("The director is on holiday", bodies)

    def test_hold_and_resume_are_offered_where_they_do_something(self):
        """O21: nothing is resumed of a promise; a hold behind it is."""
        form = self.env.ref("debt_collection.debt_case_view_form")
        arch = etree.fromstring(self.cases.get_view(form.id, "form")["arch"])
        hidden = {
            button.get("string"): button.get("invisible")
            for button in arch.iter("button")
            if button.get("string") in ("Hold", "Resume")
        }
        self.assertEqual(len(hidden), 2)
        for state, until, offered in (
            ("active", False, {"Hold"}),
            ("promised", False, {"Hold"}),
            ("promised", TUESDAY.date(), {"Hold", "Resume"}),
            ("on_hold", TUESDAY.date(), {"Resume"}),
            ("legal", False, {"Resume"}),
            ("closed", False, set()),
        ):
            values = {"state": state, "hold_until": until}
            shown = {name for name, no in hidden.items() if not safe_eval(no, values)}
            self.assertEqual(shown, offered, state)

    def test_a_hold_of_many(self):
        other = self._new_debtor("Debtor Two", "+32 470 12 34 57")
        self._invoice(70, 5, other)
        cases = self.case | self._case(other)
        form = self._ask("hold", self.accountant, cases)
        form.reason = "Strike at the bank"
        form.save().action_apply()
        self.assertEqual(set(cases.mapped("state")), {"on_hold"})

    def test_no_hold_without_a_reason_or_in_the_past(self):
        form = self._ask("hold")
        with self.assertRaises(AssertionError):
            form.save()
        form.reason = "Holiday"
        form.until = TUESDAY.date() - timedelta(days=1)
        with self.assertRaisesRegex(UserError, "ends today or later"):
            form.save().action_apply()
        self.assertEqual(self.case.state, "active")

    def test_a_legal_stop_is_not_turned_into_a_hold(self):
        self.case._set_state("legal")
        form = self._ask("hold")
        form.reason = "Holiday"
        with self.assertRaisesRegex(UserError, "legal department"):
            form.save().action_apply()
        self.assertEqual(self.case.state, "legal")

    def test_another_teams_case_is_not_held(self):
        stranger = self._new_debtor("Stranger", "+32 470 12 34 58")
        self._invoice(70, 5, stranger)
        foreign = self._case(stranger)
        team = self.env["debt.team"].create({"name": "Others"})
        foreign.write({"team_id": team.id, "user_id": self.colleague.id})
        with self.assertRaises(AccessError):
            self.env["debt.case.pause"].with_user(self.operator).create(
                {"case_ids": foreign.ids, "reason": "Holiday"}
            )

    def test_closing_by_hand_is_a_managers(self):
        form = self._ask("close", self.manager)
        form.reason = "Written off"
        dialog = form.save()
        dialog.action_apply()
        self.assertEqual(self.case.close_reason, "manual")
        self.assertIn("Written off", self.case.message_ids[0].body)

    def test_an_operator_closes_nothing(self):
        form = self._ask("close")
        form.reason = "Enough"
        with self.assertRaises(UserError):
            form.save().action_apply()
        self.assertEqual(self.case.state, "active")

    def test_skipping_brings_the_next_debtor(self):
        other = self._new_debtor("Debtor Two", "+32 470 12 34 57")
        self._invoice(70, 5, other)
        later = self._case(other)
        later.user_id = self.operator
        call = self._call()
        window = self.env["debt.call.wizard"].with_user(self.operator)._for_call(call)
        action = window.action_skip()
        dialogs = self.env[action["res_model"]].with_user(self.operator)
        form = Form(dialogs.with_context(**action["context"]))
        form.reason = "Wants to see the contract first"
        with self._at(hours=1):
            follow = form.save().action_apply()
        self.assertFalse(call.exists())
        opened = follow["params"]["action"]["res_id"]
        window = self.env["debt.call.wizard"].browse(opened)
        self.assertEqual(window.case_id, later)
        self.assertIn("Skipped: Wants to see", self.case.message_ids[0].body)
