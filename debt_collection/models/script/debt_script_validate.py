from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import SQL
from odoo.tools.misc import get_lang
from odoo.tools.rendering_tools import parse_inline_template

from ...tools import script_graph, script_text


class DebtScript(models.Model):
    _inherit = "debt.script"

    findings_html = fields.Html(compute="_compute_findings_html", sanitize=False)
    overview_html = fields.Html(compute="_compute_overview_html", sanitize=False)

    @api.depends(
        "lang",
        "step_ids.sequence",
        "step_ids.phase",
        "step_ids.name",
        "step_ids.text",
        "step_ids.other_text",
        "step_ids.answer_ids.name",
        "step_ids.answer_ids.party",
        "step_ids.answer_ids.next_step_id",
        "step_ids.answer_ids.objection_id",
        "step_ids.answer_ids.outcome_id",
    )
    @api.depends_context("lang")
    def _compute_findings_html(self):
        for script in self:
            script.findings_html = self.env["ir.qweb"]._render(
                "debt_collection.script_findings",
                {
                    "errors": script._check_errors(),
                    "warnings": script._check_warnings(),
                },
            )

    @api.depends(
        "step_ids.sequence",
        "step_ids.phase",
        "step_ids.name",
        "step_ids.text",
        "step_ids.other_text",
        "step_ids.answer_ids.sequence",
        "step_ids.answer_ids.name",
        "step_ids.answer_ids.party",
        "step_ids.answer_ids.next_step_id",
        "step_ids.answer_ids.objection_id",
        "step_ids.answer_ids.outcome_id",
    )
    @api.depends_context("lang")
    def _compute_overview_html(self):
        labels = self.env["debt.script.step"]._fields["phase"]
        for script in self:
            steps = script._steps_in_order()
            script.overview_html = self.env["ir.qweb"]._render(
                "debt_collection.script_overview",
                {
                    "phases": labels._description_selection(self.env),
                    "steps": steps,
                    "numbers": {_key(step): n for n, step in enumerate(steps, 1)},
                    "key": _key,
                },
            )

    # --- the check ----------------------------------------------------------------
    def action_check(self):
        """Say what is still to be mended before the script is put to use."""
        self.ensure_one()
        findings = self._check_findings()
        return self._notify(
            "warning" if findings else "success",
            "\n".join(findings)
            or self.env._("No problems found: the script can be used."),
        )

    def _notify(self, kind, message):
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": kind,
                "message": message,
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    def _check_or_refuse(self):
        """:raises UserError: something is wrong; missing translations are not"""
        for script in self:
            if errors := script._check_errors():
                raise UserError(
                    self.env._(
                        "“%(script)s” cannot be used yet:\n%(findings)s",
                        script=script.name,
                        findings="\n".join(f"• {error}" for error in errors),
                    )
                )

    def _check_findings(self):
        """What is wrong or missing, a list of sentences; empty when all is well."""
        return self._check_errors() + self._check_warnings()

    def _check_errors(self):
        """What would leave the operator alone in a call, or break the law."""
        self.ensure_one()
        return self._check_graph() + self._check_texts() + self._check_content()

    def _check_graph(self):
        steps = self._steps_in_order()
        named = {_key(step): step.name for step in steps}
        sentences = self._graph_sentences()
        return [
            sentences[finding.code] % {"step": named.get(finding.key)}
            for finding in script_graph.check([step._to_pure() for step in steps])
        ]

    @api.model
    def _graph_sentences(self):
        return {
            script_graph.NO_START: self.env._(
                "There is no step yet: begin with one that asks who is on the line."
            ),
            script_graph.TOO_EARLY: self.env._(
                "“%(step)s” speaks of the debt and can be reached before the right "
                "party has answered: set “Right Party” on the answer that leads there."
            ),
            script_graph.DEAD_END: self.env._(
                "“%(step)s” is a dead end: add answers, or make it a closing step."
            ),
            script_graph.UNREACHABLE: self.env._("No answer leads to “%(step)s”."),
            script_graph.ENDLESS: self.env._(
                "From “%(step)s” the script goes round in circles: add an answer "
                "with an outcome, or one that leads to a closing step."
            ),
        }

    def _check_texts(self):
        """Placeholders that fail or say too much, in every language that is spoken."""
        steps = self._steps_in_order()
        sample = steps._sample_case()
        variables = steps._variables(sample, self.env.lang)
        findings = [
            text for step in steps for text in step._check_text_findings(variables, "")
        ]
        for lang in sorted(self._spoken_languages() - {self.env.lang or "en_US"}):
            variables = steps._variables(sample, lang)
            label = f" ({get_lang(self.env, lang).name})"
            # What is being edited is not in this language; what is not translated has
            # been looked at.
            for step in steps._origin:
                said = step.with_context(lang=lang)
                if said._all_text() != step._all_text():
                    findings += said._check_text_findings(variables, label)
        return findings

    # --- translations --------------------------------------------------------------
    def _spoken_languages(self):
        """Installed languages in which debtors are spoken to by this script."""
        self.ensure_one()
        if self.lang:
            return {self.lang}
        groups = self.env["res.partner"]._read_group(
            [("debt_case_ids", "any", [("closed_at", "=", False)])], ["lang"]
        )
        spoken = {lang for (lang,) in groups}
        return spoken & {code for code, _name in self.env["res.lang"].get_installed()}

    def _check_warnings(self):
        """Texts that debtors of some language would hear in another one."""
        self.ensure_one()
        steps = self.step_ids._origin
        both = steps.filtered("other_text")
        parts = [(steps, "text"), (both, "other_text"), (steps.answer_ids, "name")]
        names = dict(self.env["res.lang"].get_installed())
        findings = []
        for lang in sorted(self._spoken_languages()):
            missing = [
                part.name
                for records, name in parts
                for part in records._untranslated(name, lang)
            ]
            if missing:
                findings.append(
                    self.env._(
                        "Not translated into %(language)s: %(names)s.",
                        language=names[lang],
                        names=", ".join(f"“{name}”" for name in missing),
                    )
                )
        return findings

    def _steps_in_order(self):
        return self.step_ids.sorted(lambda step: (step.sequence, _key(step) or 0))


class DebtScriptPart(models.AbstractModel):
    _inherit = "debt.script.part"

    def _untranslated(self, name, lang):
        """Those whose translated field ``name`` has no value of its own in ``lang``."""
        if not self.ids:
            return self
        self.flush_recordset([name])
        rows = self.env.execute_query(
            SQL(
                "SELECT id FROM %s WHERE id = ANY(%s) AND NOT %s ? %s",
                SQL.identifier(self._table),
                self.ids,
                SQL.identifier(name),
                lang,
            )
        )
        return self.browse(id_ for (id_,) in rows)


class DebtScriptStep(models.Model):
    _inherit = "debt.script.step"

    def _to_pure(self):
        """The step as the graph's check wants it, a `tools.script_graph.Step`."""
        self.ensure_one()
        return script_graph.Step(
            key=_key(self),
            phase=self.phase,
            answers=tuple(
                script_graph.Answer(_key(answer._target()), answer.party or None)
                for answer in self.answer_ids
            ),
        )

    def _check_text_findings(self, variables, label):
        """What is wrong with the placeholders of one text.

        :param dict variables: of a sample case, see ``debt.case._script_variables``
        :param str label: language the text is in, in brackets, or empty
        """
        findings = []
        for _literal, expression, _default in parse_inline_template(self._all_text()):
            if not expression:
                continue
            try:
                self._evaluate(expression, variables)
            except Exception as error:
                findings.append(
                    self.env._(
                        "“%(step)s”%(language)s: {{ %(placeholder)s }} cannot be "
                        "filled in: %(error)s",
                        step=self.name,
                        language=label,
                        placeholder=expression,
                        error=error,
                    )
                )
                continue
            if self.phase == script_graph.IDENTIFY:
                findings += self._check_secrecy(expression, label)
        return findings

    @api.constrains("phase", "script_id", "text", "other_text")
    def _check_said_to_anybody(self):
        """A script in use is not checked again: nothing secret gets into it."""
        for step in self:
            in_use = step.script_id.state == "in_use"
            secret = step.phase == script_graph.IDENTIFY and in_use
            if secret and (findings := step._secrecy_findings()):
                raise ValidationError("\n".join(findings))

    def _secrecy_findings(self):
        """What the text tells too early, in whatever language it is written."""
        findings = {}
        for code, _name in self.env["res.lang"].get_installed():
            text = self.with_context(lang=code)._all_text()
            for _literal, expression, _default in parse_inline_template(text):
                if expression:
                    findings |= dict.fromkeys(self._check_secrecy(expression, ""))
        return list(findings)

    def _check_secrecy(self, expression, label):
        return [
            self.env._(
                "“%(step)s”%(language)s is said before it is known who listens, and "
                "tells %(what)s: use only names and the company's own data there.",
                step=self.name,
                language=label,
                what=what,
            )
            for what in script_text.tells_too_much(expression)
        ]


def _key(step):
    """The same for a step and for its copy in a form that is being edited."""
    return step._origin.id or step.id or None
