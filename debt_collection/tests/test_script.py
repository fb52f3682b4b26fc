from psycopg2.errors import CheckViolation

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .script_common import STEPS, ScriptCommon


@tagged("post_install", "-at_install")
class TestScript(ScriptCommon):
    """A manager writes scripts, changes them in versions, and rehearses them."""

    def _use(self, script):
        """A call is made with the script, the only one there is."""
        call = self._call()
        self.assertEqual(call.script_id, script)
        call.finish("no_answer")
        return call.with_env(self.env)

    # --- answers ------------------------------------------------------------------
    def test_an_answer_leads_somewhere_and_an_outcome_ends_the_talk(self):
        script = self._new_script()
        answer = self._answer(script, "I forgot")
        outcome = self.env.ref("debt_collection.outcome_promise")
        for values in ({"next_step_id": False}, {"outcome_id": outcome.id}):
            with (
                self.assertRaises(CheckViolation),
                mute_logger("odoo.sql_db"),
                self.env.cr.savepoint(),
            ):
                answer.write(values)
                answer.flush_recordset()
        other = self._new_script("Other")
        with self.assertRaises(ValidationError):
            answer.next_step_id = self._step(other, "why")

    def test_after_an_objection_the_talk_goes_on_or_comes_back(self):
        script = self._new_script()
        objection = self.env.ref("debt_collection.objection_forgot")
        why, agree = self._step(script, "why"), self._step(script, "agree")
        answer = self._answer(script, "I forgot")
        answer.objection_id = objection
        self.assertEqual(answer._target(), agree)
        answer.next_step_id = False
        self.assertEqual(answer._target(), why)
        self.assertFalse(self._answer(script, "Agreed")._target())

    def test_only_who_it_is_may_be_asked_before_the_right_party_answers(self):
        script = self._new_script()
        self.assertEqual(script._first_step(), self._step(script, "who"))
        for party in (False, "none", "third_party"):
            self.assertTrue(self._step(script, "who")._is_sayable(party))
            self.assertFalse(self._step(script, "why")._is_sayable(party))
        self.assertTrue(self._step(script, "why")._is_sayable("right_party"))

    # --- versions -----------------------------------------------------------------
    def test_what_calls_were_made_with_stays_as_it_was(self):
        script = self._new_script()
        call = self._use(script)
        step = self._step(script, "why").with_user(self.manager)
        answer = self._answer(script, "I forgot").with_user(self.manager)
        for change in (
            lambda: step.write({"text": "Pay!"}),
            lambda: step.write({"sequence": 1}),
            lambda: answer.write({"name": "Yes"}),
            lambda: step.write({"answer_ids": [Command.delete(answer.id)]}),
            lambda: step.copy({"name": "more"}),
            answer.unlink,
            step.unlink,
            script.unlink,
        ):
            with self.assertRaises(UserError), self.env.cr.savepoint():
                change()
        script.with_user(self.manager).sequence = 3
        call.sudo().script_id = False
        step.text = "Why is it unpaid?"

    def test_a_new_version_has_the_name_in_every_language(self):
        """M7: the Russian name is not lost."""
        self.env["res.lang"]._activate_lang("ru_RU")
        script = self._new_script()
        script.with_context(lang="ru_RU").name = "По-русски"
        first_step = script._first_step()
        first_step.with_context(lang="ru_RU").name = "Шаг"
        draft = script.browse(script.action_new_version()["res_id"])
        self.assertEqual(draft.name, script.name)
        self.assertEqual(draft.with_context(lang="ru_RU").name, "По-русски")
        step = draft._first_step()
        self.assertEqual(step.with_context(lang="ru_RU").name, "Шаг")

    def test_a_new_version_is_changed_and_replaces_the_former_one(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        first = self._new_script()
        stage = self.env.ref("debt_collection.stage_overdue")
        stage.script_id = first
        self._step(first, "why").with_context(lang="fr_FR").text = "Pourquoi ?"
        call = self._use(first)

        first = first.with_user(self.manager)
        draft = first.browse(first.action_new_version()["res_id"])
        self.assertEqual((draft.name, draft.version), ("Script", 2))
        self.assertEqual((draft.state, draft.origin_id), ("draft", first))
        self.assertEqual(first.action_new_version()["res_id"], draft.id)
        self.assertEqual(draft.step_ids.mapped("name"), list(STEPS))
        self.assertEqual(
            self._answer(draft, "Wait, why?").next_step_id, self._step(draft, "why")
        )
        self.assertEqual(
            draft.step_ids.answer_ids.next_step_id - draft.step_ids,
            draft.step_ids.browse(),
        )
        french = self._step(draft, "why").with_context(lang="fr_FR")
        self.assertEqual(french.text, "Pourquoi ?")
        self.assertFalse(draft._check_errors())

        self._step(draft, "why").text = "Why not?"
        self.assertEqual(self.env["debt.script"]._for_case(self._case()), first)
        draft.action_put_to_use()
        self.assertEqual(draft.state, "in_use")
        self.assertEqual((first.state, first.active), ("replaced", False))
        self.assertEqual(stage.script_id, draft)
        self.assertEqual(self.env["debt.script"]._for_case(self._case()), draft)
        self.assertEqual(first.version_ids, first + draft)
        self.assertEqual(draft.version_ids, first + draft)
        told = call.with_user(self.operator).script_id
        self.assertIn("is due. Why?", self._step(told, "why").text)

        third = draft.browse(draft.action_new_version()["res_id"])
        self.assertEqual((third.version, third.origin_id), (3, first))

    def test_a_former_version_can_be_taken_up_again(self):
        first = self._new_script()
        second = first.browse(first.action_new_version()["res_id"])
        second.action_put_to_use()
        first.action_put_to_use()
        self.assertEqual((first.state, first.active), ("in_use", True))
        self.assertEqual((second.state, second.active), ("replaced", False))

    def test_a_copy_is_a_draft_of_its_own(self):
        script = self._new_script(applies_to="company")
        copy = script.copy()
        self.assertEqual((copy.state, copy.version), ("draft", 1))
        self.assertFalse(copy.origin_id)
        self.assertEqual(copy.name, "Script (copy)")
        self.assertEqual(copy.applies_to, "company")
        self.assertEqual(
            self._answer(copy, "Speaking").next_step_id, self._step(copy, "why")
        )

    def test_an_unused_script_is_deleted_with_its_steps(self):
        script = self._new_script()
        answers = script.step_ids.answer_ids
        script.with_user(self.manager).unlink()
        self.assertFalse(answers.exists())

    # --- editor and preview ---------------------------------------------------------
    def test_a_manager_writes_a_script_in_the_form(self):
        scripts = self.scripts.with_user(self.manager)
        view = "debt_collection.debt_script_view_form"
        with Form(scripts, view=view) as form:
            form.name = "Short"
            self.assertIn("There is no step yet", form.findings_html)
            with form.step_ids.new() as step:
                step.name = "Who?"
                step.text = (
                    "{{ object.company_id.name }} here. {{ object.partner_id.name }}?"
                )
            self.assertIn("“Who?” is a dead end", form.findings_html)
        script = form.record
        self.assertEqual(script.state, "draft")
        view = "debt_collection.debt_script_step_view_form"
        with (
            Form(script.step_ids, view=view) as form,
            form.answer_ids.new() as answer,
        ):
            answer.name = "Nobody at home"
            answer.outcome_id = self.env.ref("debt_collection.outcome_third_party")
        self.assertNotIn("Who?", script.findings_html)
        self.assertIn("Nobody at home", script.overview_html)
        script.action_put_to_use()
        self.assertEqual(script.state, "in_use")

    def test_the_overview_shows_where_every_answer_leads(self):
        overview = self._new_script().overview_html
        for words in ("Identify", "Clarify", "Speaking", "I forgot", "Promise"):
            self.assertIn(words, overview)
        self.assertNotIn("Objections", overview)

    def test_a_manager_walks_through_a_script(self):
        script = self._new_script()
        action = script.with_user(self.manager).action_preview()
        preview = self.env[action["res_model"]].with_user(self.manager)
        preview = preview.browse(action["res_id"])
        self.assertEqual(preview.step_name, "who")
        self.assertIn("Is that Sample Debtor?", preview.text)

        self._say(preview, "Speaking")
        self.assertEqual((preview.step_name, preview.party), ("why", "right_party"))
        self.assertIn("1,234.50", preview.text)
        preview.case_id = self._case()
        self.assertIn("300", preview.text)
        self._say(preview, "I forgot")
        self._say(preview, "Wait, why?")
        self._say(preview, "I never got it")
        self.assertFalse(preview.step_id)
        self.assertEqual(preview.outcome_id.code, "disputed")
        self.assertEqual(preview.trail.count("why ›"), 2)

        preview.action_back()
        self.assertEqual(preview.step_name, "why")
        preview.action_restart()
        self.assertEqual((preview.step_name, preview.trail), ("who", ""))

    def _say(self, preview, name):
        answer = preview.answer_ids.filtered(lambda answer: answer.name == name)
        action = answer.with_context(preview_id=preview.id).action_choose()
        self.assertEqual(action["res_id"], preview.id)

    def test_an_objection_shows_its_card_in_the_preview(self):
        script = self._new_script()
        objection = self.env.ref("debt_collection.objection_forgot")
        self._answer(script, "I forgot").objection_id = objection
        preview = self.env["debt.script.preview"].create({"script_id": script.id})
        self._say(preview, "Speaking")
        self._say(preview, "I forgot")
        self.assertEqual(preview.handling, objection.handling)
        self.assertEqual(preview.step_name, "agree")

    def test_a_preview_is_its_managers_alone(self):
        script = self._new_script()
        preview = self.env["debt.script.preview"].with_user(self.manager)
        preview = preview.create({"script_id": script.id})
        other = self._new_user("debt_manager_2", "group_debt_manager")
        for user in (self.operator, other):
            with self.assertRaises(AccessError):
                preview.with_user(user).read(["path"])

    # --- roles ----------------------------------------------------------------------
    def test_operators_read_scripts_and_managers_write_them(self):
        script = self._new_script()
        for user in (self.operator, self.accountant):
            answers = script.with_user(user).step_ids.answer_ids
            self.assertEqual(len(answers.mapped("name")), 6)
            for operation in ("write", "create", "unlink"):
                self.assertFalse(answers.has_access(operation), operation)
        self.assertTrue(answers.with_user(self.manager).has_access("unlink"))

    def test_scripts_of_other_companies_are_not_seen(self):
        sister = self.env["res.company"].create({"name": "Sister"})
        script = self._new_script(company_id=sister.id)
        for parts in (script, script.step_ids, script.step_ids.answer_ids):
            for user in (self.operator, self.accountant, self.manager):
                self.assertFalse(
                    parts.with_user(user).search([("id", "in", parts.ids)])
                )
