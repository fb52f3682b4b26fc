import json

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .script_common import STEPS, ScriptCommon


@tagged("post_install", "-at_install")
class TestScriptCheck(ScriptCommon):
    """A script is checked before an operator is left alone with it."""

    def _one(self, findings):
        self.assertEqual(len(findings), 1, findings)
        return findings[0]

    def test_a_good_script_is_put_to_use(self):
        script = self._new_script(state="draft")
        self.assertEqual(script._check_findings(), [])
        self.assertIn("comes to an end", script.findings_html)
        self.assertEqual(script.action_check()["params"]["type"], "success")
        self.assertIsNone(script.action_put_to_use())
        self.assertEqual(script.state, "in_use")

    def test_a_script_that_says_too_much_too_early_is_refused(self):
        script = self._new_script(state="draft")
        self._answer(script, "Speaking").party = False
        with self.assertRaisesRegex(UserError, "“why” speaks of the debt"):
            script.with_user(self.manager).action_put_to_use()
        self.assertEqual(script.state, "draft")

    def test_no_script_comes_into_use_unchecked(self):
        script = self._new_script(state="draft").with_user(self.manager)
        self._answer(script, "Speaking").party = False
        for way in (
            lambda: script.write({"state": "in_use"}),
            lambda: script.copy({"state": "in_use"}),
            lambda: script.with_context(default_state="in_use").create({"name": "X"}),
        ):
            with self.assertRaises(AccessError), self.env.cr.savepoint():
                way()

    def test_dead_ends_and_lost_steps_are_named(self):
        script = self._new_script()
        self._answer(script, "I forgot").unlink()
        self.assertIn("No answer leads to “agree”", self._one(script._check_findings()))
        self._answer(script, "I never got it").unlink()
        self.assertIn("“why” is a dead end", "".join(script._check_findings()))
        script.step_ids.unlink()
        self.assertIn("no step yet", self._one(script._check_findings()))

    def test_a_talk_without_end_is_named(self):
        script = self._new_script()
        self._answer(script, "I forgot").next_step_id = self._step(script, "why")
        self._answer(script, "I never got it").unlink()
        self.assertIn("round in circles", "".join(script._check_findings()))

    def test_what_is_said_to_anybody_names_no_debt(self):
        script = self._new_script(state="draft")
        who = self._step(script, "who")
        for secret in (
            "object.amount_overdue",
            "format_date(object.oldest_due_date)",
            "object.stage_id.name",
            "object.promise_ids and 'Again' or ''",
            "object.partner_id.email",
            "user.email",
        ):
            who.text = f"{{{{ object.company_id.name }}}} {{{{ {secret} }}}}"
            finding = self._one(script._check_findings())
            self.assertIn("before it is known who listens", finding, secret)
        for harmless in (
            "object.partner_id.name",
            "object.partner_id.display_name.upper()",
            "object.company_id.phone or object.company_id.name",
            "user.name",
        ):
            who.text = f"{{{{ object.company_id.name }}}} {{{{ {harmless} }}}}"
            self.assertEqual(script._check_findings(), [], harmless)

    def test_who_calls_is_said_before_the_debt_is(self):
        script = self._new_script(state="draft")
        self._step(script, "who").text = "Is that {{ object.partner_id.name }}?"
        with self.assertRaisesRegex(UserError, "Nothing says who calls"):
            script.action_put_to_use()
        # As late as the first words to the debtor himself.
        why = self._step(script, "why")
        why.text = f"This is {self.company.name}. " + why.text
        self.assertIsNone(script.action_put_to_use())

    def test_a_placeholder_that_fails_is_named(self):
        script = self._new_script()
        placeholder = "{{ format_date(object.partner_id.name) }}"
        self._step(script, "why").text = f"{placeholder} is due."
        finding = self._one(script._check_findings())
        self.assertIn(f"{placeholder} cannot be filled in", finding)

    def test_placeholders_read_fields_and_do_nothing_else(self):
        why = self._step(self._new_script(), "why")
        for placeholder in (
            "env['res.users'].search([])",
            "object.sudo().unlink()",
            "object.partner_id.write({'name': 'X'})",
            "object._plan()",
            "object.",
            "object.amount_overdew",
            # Called by what it is given to.
            "max([{'group_ids': [(4, 1)]}], key=user.write)",
            "format_date(object.oldest_due_date, date_format=object.unlink)",
            "user.write",
            "format_amount(*[user.write])",
            "(lambda: user.write({'active': False}))()",
            "[user.write({'active': False}) for one in 'x']",
            "object.env.cr",
            "object.partner_id.__class__",
        ):
            with (
                self.subTest(placeholder),
                self.assertRaises(ValidationError),
                self.env.cr.savepoint(),
            ):
                why.text = f"{{{{ {placeholder} }}}}"

    def test_placeholders_tell_no_secrets(self):
        why = self._step(self._new_script(), "why")
        for secret in (
            "user.password",
            "user.totp_secret",
            "user.partner_id.signup_type",
            "object.partner_id.access_token",
            "object.company_id.user_ids.login",
        ):
            with (
                self.subTest(secret),
                self.assertRaisesRegex(ValidationError, "not a field that a script"),
                self.env.cr.savepoint(),
            ):
                why.text = f"{{{{ {secret} }}}}"

    def test_a_placeholder_written_past_the_check_does_nothing(self):
        """Neither in the form, which tries the texts out, nor in a call."""
        why = self._step(self._new_script(), "why")
        attack = "Hm {{ max([{'name': 'X'}], key=user.write) }}"
        self._smuggle(why, attack)
        self.assertIn("only fields", why.script_id.findings_html)
        texts = why.with_user(self.operator)._render_text(self._case(), "en_US")
        self.assertEqual(texts[why.id], "Hm …")
        self.assertNotEqual(self.operator.name, "X")
        self.assertNotEqual(self.env.user.name, "X")

    def test_a_script_in_use_keeps_its_secrets(self):
        script = self._new_script()
        who, why = self._step(script, "who"), self._step(script, "why")
        for change in (
            lambda: who.write({"text": "{{ object.amount_overdue }}?"}),
            lambda: why.write({"phase": "identify"}),
            lambda: who.copy({"text": why.text}),
        ):
            with (
                self.assertRaisesRegex(ValidationError, "who listens"),
                self.env.cr.savepoint(),
            ):
                change()

    def test_what_nobody_may_hear_is_not_said_however_it_got_there(self):
        who = self._step(self._new_script(), "who")
        self._smuggle(who, "{{ user.name }}: {{ object.amount_overdue }}?")
        case = self._case().with_user(self.operator)
        texts = who.with_user(self.operator)._render_text(case, "en_US")
        self.assertEqual(texts[who.id], f"{self.operator.name}: …?")

    def test_a_translation_is_no_way_round(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        who = self._step(self._new_script(), "who").with_user(self.manager)
        for text in ("{{ user.write }}", "{{ object.amount_overdue }}"):
            with self.assertRaises(ValidationError), self.env.cr.savepoint():
                who.update_field_translations("text", {"fr_FR": text})
        who.update_field_translations("text", {"fr_FR": "Allô ?"})
        self.assertEqual(who.with_context(lang="fr_FR").text, "Allô ?")
        self._call().finish("no_answer")
        with self.assertRaisesRegex(UserError, "Calls have been made"):
            who.update_field_translations("text", {"fr_FR": "Oui ?"})

    def _smuggle(self, step, text):
        """Past the checks, as an import by SQL would."""
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE debt_script_step SET text = %s WHERE id = %s",
            (json.dumps({"en_US": text}), step.id),
        )
        self.env.invalidate_all()

    def test_missing_translations_are_told_and_refuse_nothing(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        script = self._new_script(state="draft")
        self._case()
        self.assertEqual(script._check_findings(), [])
        self.debtor.lang = "fr_FR"
        finding = self._one(script._check_findings())
        self.assertIn("Not translated into French / Français", finding)
        self.assertIn("“why”", finding)
        self.assertIn("“I forgot”", finding)
        self.assertEqual(script.action_put_to_use()["params"]["type"], "warning")
        self.assertEqual(script.state, "in_use")
        for part in (*script.step_ids, *script.step_ids.answer_ids):
            field = "text" if part._name == "debt.script.step" else "name"
            part.with_context(lang="fr_FR")[field] = "Bonjour"
        self.assertEqual(script._check_findings(), [])

    def test_a_translation_is_checked_as_well(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        script = self._new_script(lang="fr_FR", state="draft")
        for part in (*script.step_ids, *script.step_ids.answer_ids):
            field = "text" if part._name == "debt.script.step" else "name"
            part.with_context(lang="fr_FR")[field] = "Bonjour"
        who = self._step(script, "who").with_context(lang="fr_FR")
        who.text = "{{ object.amount_overdue }}"
        finding = self._one(script._check_findings())
        self.assertIn("“who” (French / Français) is said before", finding)

    def test_a_linear_script_is_told_to_be_one(self):
        """Scripts without answers load, and are no graph yet."""
        linear = {key: (phase, text, []) for key, (phase, text, _a) in STEPS.items()}
        findings = self._new_script(steps=linear)._check_findings()
        self.assertEqual(len(findings), 4)
