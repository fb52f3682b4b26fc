from datetime import timedelta

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import TUESDAY
from .script_common import ScriptCommon


@tagged("post_install", "-at_install")
class TestScriptOfCase(ScriptCommon):
    """Which script is read out to whom, and what is kept of it."""

    def setUp(self):
        super().setUp()
        self.case = self._case()
        self.general = self._new_script("General")

    def _used(self):
        return self.env["debt.script"]._for_case(self.case).name

    # --- choice -------------------------------------------------------------------
    def test_the_script_that_names_most_is_used(self):
        self._new_script("Companies", applies_to="company")
        self.assertEqual(self._used(), "Companies")
        stage = self.case.stage_id.ids
        self._new_script("Late Companies", applies_to="company", stage_ids=stage)
        self.assertEqual(self._used(), "Late Companies")
        chronic = self.env.ref("debt_collection.profile_chronic")
        self._new_script(
            "Chronic",
            applies_to="company",
            stage_ids=stage,
            profile_ids=chronic.ids,
        )
        self.assertEqual(self._used(), "Late Companies")
        self.case.profile_id = chronic
        self.assertEqual(self._used(), "Chronic")

    def test_a_script_for_others_is_not_used(self):
        sister = self.env["res.company"].create({"name": "Sister"})
        later = self.env.ref("debt_collection.stage_collectible")
        self.env["res.lang"]._activate_lang("fr_FR")
        for values in (
            {"applies_to": "person"},
            {"company_id": sister.id},
            {"stage_ids": later.ids},
            {"profile_ids": self.env.ref("debt_collection.profile_chronic").ids},
            {"outcome_ids": self.env.ref("debt_collection.outcome_refused").ids},
            {"lang": "fr_FR"},
            {"state": "draft"},
            {"state": "replaced"},
            {"active": False},
        ):
            self._new_script("Other", sequence=1, **values)
            self.assertEqual(self._used(), "General", values)
        self.debtor.lang = "fr_FR"
        self.assertEqual(self._used(), "Other")

    def test_the_stages_choice_counts_as_naming_the_stage(self):
        self._new_script("Named", stage_ids=self.case.stage_id.ids, sequence=1)
        self.case.stage_id.script_id = self.general
        self.assertEqual(self._used(), "General")
        self.general.applies_to = "person"
        self.assertEqual(self._used(), "Named")

    def test_another_script_after_a_refusal(self):
        refused = self.env.ref("debt_collection.outcome_refused")
        self._new_script("Again", outcome_ids=refused.ids)
        self._call(self.case).finish("no_answer")
        self.assertEqual(self._used(), "General")
        with self._at(hours=3):
            self._call(self.case).finish("refused", note="No", party="right_party")
        self.assertEqual(self._used(), "Again")
        with self._at(hours=6):
            self._call(self.case).finish("no_answer")
        self.assertEqual(self._used(), "General")

    def test_among_equals_the_first_of_the_list(self):
        twin = self._new_script("Twin")
        self.assertEqual(self._used(), "General")
        twin.sequence = 1
        self.assertEqual(self._used(), "Twin")

    def test_where_nothing_fits_there_is_no_script(self):
        self.general.sudo().state = "draft"
        self.assertFalse(self.env["debt.script"]._for_case(self.case))
        self.assertFalse(self._call(self.case).script_id)

    def test_the_choice_takes_one_query(self):
        self.env.flush_all()
        self.env["debt.experiment"]._running_ids("script")
        _read = (
            self.case.stage_id.script_id,
            self.case.profile_id,
            self.case.partner_id.lang,
        )
        with self.assertQueryCount(1):
            self.env["debt.script"]._for_case(self.case)

    # --- words --------------------------------------------------------------------
    def test_the_text_is_the_debtors_language_and_the_titles_the_operators(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        who = self._step(self.general, "who")
        who.with_context(lang="fr_FR").text = "Bonjour {{ object.partner_id.name }} !"
        who.with_context(lang="fr_FR").name = "Qui ?"
        steps = self.general.step_ids.with_user(self.operator)
        texts = steps._render_text(self.case.with_user(self.operator), "fr_FR")
        self.assertEqual(texts[who.id], "Bonjour Debtor One !")
        self.assertEqual(steps[0].name, "who")
        english = steps._render_text(self.case.with_user(self.operator), "en_US")
        self.assertIn("This is debt_operator", english[who.id])
        self.assertIn("300", english[self._step(self.general, "why").id])

    def test_a_broken_placeholder_leaves_a_gap(self):
        who = self._step(self.general, "who")
        who.text = (
            "Is that {{ object.company_id.strip() }}, {{ object.partner_id.name }}?"
        )
        self.assertEqual(
            who._render_text(self.case, "en_US")[who.id], "Is that …, Debtor One?"
        )

    # --- path ---------------------------------------------------------------------
    def _visit(self, name, seconds, answer=None):
        at = TUESDAY + timedelta(seconds=seconds)
        return {
            "step_id": self._step(self.general, name).id,
            "answer_id": self._answer(self.general, answer).id if answer else False,
            "at": at.strftime("%Y-%m-%d %H:%M:%S"),
        }

    def _logged(self, path, seconds=60):
        """The path kept of a call that was dialled now and ended so much later."""
        call = self._call(self.case)
        call.dial(phone=self.case.phone_ids[:1])
        call._log_path(path, TUESDAY + timedelta(seconds=seconds))
        return call.path_ids

    def test_the_way_of_a_call_through_its_script_is_kept(self):
        steps = self._logged(
            [
                self._visit("who", 5, "Speaking"),
                self._visit("why", 20, "I forgot"),
                self._visit("agree", 50),
            ]
        )
        self.assertEqual(steps.mapped("step_name"), ["who", "why", "agree"])
        self.assertEqual(steps.mapped("phase"), ["identify", "clarify", "close"])
        self.assertEqual(steps.mapped("answer_name"), ["Speaking", "I forgot", False])
        self.assertEqual(steps.mapped("seconds"), [15, 30, 10])
        self.assertEqual(steps[-1].left_at, TUESDAY + timedelta(seconds=60))

    def test_what_a_browser_sends_is_taken_with_care(self):
        steps = self._logged(
            [
                self._visit("who", 5, "Speaking"),
                "rubbish",
                {"step_id": 999_999, "at": "2026-03-10 09:00:10"},
                {"step_id": "1; DROP TABLE", "answer_id": []},
                self._visit("why", -500, "Agreed"),  # back in time, another's answer
                self._visit("agree", 4000),  # after the end
                {**self._visit("why", 0), "at": None},
            ]
        )
        self.assertEqual(steps.mapped("step_name"), ["who", "why", "agree", "why"])
        self.assertEqual(steps.mapped("answer_name"), ["Speaking", *[False] * 3])
        self.assertEqual(steps.mapped("seconds"), [0, 55, 0, 0])
        for rubbish in (None, {}, "path", [], [None]):
            self.assertFalse(self.case.call_ids._log_path(rubbish, TUESDAY))

    def test_a_path_is_read_by_those_who_read_the_call_and_written_by_nobody(self):
        steps = self._logged([self._visit("who", 5)])
        team = self.env["debt.team"].create({"name": "Team"})
        self.case.write({"team_id": team.id, "user_id": False})
        seen = {
            user.login: bool(steps.with_user(user).search([("id", "in", steps.ids)]))
            for user in (self.operator, self.colleague, self.accountant, self.manager)
        }
        self.assertEqual(
            seen,
            {
                "debt_operator": True,
                "debt_colleague": False,
                "debt_accountant": True,
                "debt_manager": True,
            },
        )
        for user in (self.operator, self.accountant, self.manager):
            for operation in ("write", "create", "unlink"):
                self.assertFalse(steps.with_user(user).has_access(operation))
        with self.assertRaises(AccessError):
            steps.with_user(self.operator).write({"step_name": "Other"})

    def test_a_script_chosen_when_the_window_opens_is_the_calls(self):
        self.general.sudo().state = "draft"
        call = self._call(self.case)
        self.assertFalse(call.script_id)
        self.assertFalse(call._log_path([self._visit("who", 5)], TUESDAY))
        self.general.sudo().state = "in_use"
        wizard = self.env["debt.call.wizard"].with_user(self.operator)._for_call(call)
        self.assertEqual(wizard.step_id, self._step(self.general, "who"))
        self.assertEqual(call.script_id, self.general)
        with self.assertRaisesRegex(UserError, "Calls have been made"):
            self._step(self.general, "why").text = "Pay!"
        self.assertTrue(call._log_path(wizard.path, TUESDAY))

    def test_steps_of_another_script_are_not_this_calls(self):
        other = self._new_script("Other", applies_to="person")
        stray = self._visit("why", 20) | {"step_id": self._step(other, "why").id}
        steps = self._logged([self._visit("who", 5, "Speaking"), stray])
        self.assertEqual(steps.mapped("step_name"), ["who"])
        self.assertEqual(steps.seconds, 55)
