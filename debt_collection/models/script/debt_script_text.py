import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools.rendering_tools import parse_inline_template
from odoo.tools.safe_eval import safe_eval

from ...tools import script_text

_logger = logging.getLogger(__name__)

# Said in place of what cannot be filled in; the operator knows what to say there.
GAP = "…"

ROOT_MODELS = {"object": "debt.case", "user": "res.users"}


class DebtScriptStep(models.Model):
    _inherit = "debt.script.step"

    @api.constrains("text", "other_text")
    def _check_text(self):
        """What cannot be a placeholder is told when saved, not in a call."""
        for step in self:
            for _literal, expression, _default in parse_inline_template(
                step._all_text()
            ):
                try:
                    self._check_harmless(expression or "''")
                except (SyntaxError, ValueError) as error:
                    raise ValidationError(
                        self.env._(
                            "“%(step)s”: {{ %(placeholder)s }} cannot be filled in: "
                            "%(error)s",
                            step=step.name,
                            placeholder=expression,
                            error=error,
                        )
                    ) from error

    def _render_text(self, case, lang=None):
        """What is said in these steps, their placeholders filled in.

        A placeholder that fails leaves a gap instead of closing the call window, and
        so does one that tells of the debt before it is known who listens.

        :param case: ``debt.case`` the talk is about
        :param str lang: language the debtor is spoken to in; the user's when empty
        :return: {step id: text}
        """
        lang = lang or self.env.lang or "en_US"
        variables = self._variables(case, lang)
        steps = self.with_context(lang=lang)
        texts = {
            step.id: step._fill_in(step._text_for(case), variables) for step in steps
        }
        if first := steps.filtered(lambda step: step._is_first_to_debtor()):
            # Superuser: which law holds does not depend on who reads it out.
            said = case.sudo()._contact_policy()._disclosures(lang)
            texts |= {step.id: "\n\n".join([*said, texts[step.id]]) for step in first}
        return texts

    def _is_first_to_debtor(self):
        """Whether it is the first step that is said to the debtor and nobody else."""
        if self.phase == "identify":
            return False
        after = self.script_id.step_ids.filtered(lambda step: step.phase != "identify")
        return bool(self.id) and self == after[:1].with_env(self.env)

    def _text_for(self, case):
        """The wording that this debtor hears."""
        second = self._wording(case.partner_id) == "2"
        return self.other_text if second else self.text

    def _fill_in(self, text, variables):
        parts = []
        for literal, expression, default in parse_inline_template(text or ""):
            parts.append(literal)
            if expression:
                try:
                    self._check_sayable(expression)
                    parts.append(self._evaluate(expression, variables) or default)
                except Exception:
                    _logger.info("Call script: {{ %s }} failed", expression)
                    parts.append(GAP)
        return "".join(parts)

    def _check_sayable(self, expression):
        """Decided when it is said: a translation is written past every other check.

        :raises ValueError: everybody hears this step, and not everybody may hear that
        """
        if self.phase == "identify" and script_text.tells_too_much(expression):
            raise ValueError(expression)

    @api.model
    def _evaluate(self, expression, variables):
        """The text a placeholder stands for.

        :raises ValueError: it wants more than fields and the helpers that format
        :raises Exception: whatever is wrong with the expression
        """
        self._check_harmless(expression)
        value = safe_eval(expression, variables)
        return str(value) if value else ""

    @api.model
    def _check_harmless(self, expression):
        """Scripts are filled in with all rights: they read fields, and nothing else.

        :raises SyntaxError: it is no expression
        :raises ValueError: it is not made of fields that a script may tell
        """
        try:
            paths = script_text.paths(expression)
        except ValueError as error:
            raise ValueError(
                self.env._("only fields and format helpers can be used")
            ) from error
        for path in paths:
            if not self._is_readable(path):
                raise ValueError(
                    self.env._(
                        "%(path)s is not a field that a script can show",
                        path=".".join(path),
                    )
                )

    @api.model
    def _is_readable(self, path):
        """Whether a path leads from field to field, and past none that is guarded.

        It goes on from many2one fields only: what belongs to one case, not lists.
        """
        root, *names = path
        model = self.env[ROOT_MODELS[root]]
        for name in names:
            field = model._fields.get(name) if model is not None else None
            if not field or field.groups or script_text.SECRET.search(name):
                return False
            model = self.env[field.comodel_name] if field.type == "many2one" else None
        return True

    @api.model
    def _variables(self, case, lang):
        """Names that scripts may use about a case, formatted for ``lang``."""
        # Superuser: managers write the scripts, operators may only have them read out.
        renderer = self.env["mail.render.mixin"].sudo().with_context(lang=lang)
        return renderer._render_eval_context() | {
            "object": case.sudo().with_context(lang=lang)
        }

    @api.model
    def _sample_case(self):
        """A case nobody has, to try scripts on; not in the database."""
        company = self.env.company
        return self.env["debt.case"].new(
            {
                "partner_id": self.env["res.partner"].new(
                    {"name": self.env._("Sample Debtor")}
                ),
                "company_id": company.id,
                "currency_id": company.currency_id.id,
                "user_id": self.env.uid,
                "stage_id": self.env["debt.stage"].search([], limit=1).id,
                "amount_overdue": 1234.5,
                "oldest_due_date": fields.Date.today() - timedelta(days=14),
            }
        )
