from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..models.debt_script import PHASES

CALLS_SHOWN = 8
PROMISES_SHOWN = 5


class DebtCallWizard(models.TransientModel):
    """What is read in the call window: history, script, objections, consequences."""

    _inherit = "debt.call.wizard"

    @api.depends("call_id")
    def _compute_history_html(self):
        for wizard in self:
            wizard.history_html = self._render(
                "call_history", **wizard._prepare_history()
            )

    def _prepare_history(self):
        # Superuser: the operator has this debtor on the line, and what his company
        # agreed with him is told whoever agreed it; no other debtor is read.
        case = self.case_id.sudo()
        disputes = case.env["debt.dispute"]
        if case.amount_disputed:
            disputes = case.dispute_ids
        return {
            "calls": self._read_calls(),
            "promises": case.promise_ids[:PROMISES_SHOWN],
            "disputes": disputes.filtered(lambda dispute: dispute.state == "open"),
        }

    def _read_calls(self):
        """The last calls with this debtor in this company, in one query."""
        self.env["debt.call"].flush_model()
        return self.env.execute_query_dict(
            SQL(
                """
                SELECT call.started_at, call.party, call.note,
                       caller.name AS operator,
                       coalesce(outcome.name->>%(lang)s, outcome.name->>'en_US')
                           AS outcome
                  FROM debt_call call
                  JOIN res_users operator ON operator.id = call.user_id
                  JOIN res_partner caller ON caller.id = operator.partner_id
                  LEFT JOIN debt_call_outcome outcome ON outcome.id = call.outcome_id
                 WHERE call.partner_id = %(debtor)s
                   AND call.company_id = %(company)s
                   AND call.state = 'done'
                 ORDER BY call.started_at DESC, call.id DESC
                 LIMIT %(limit)s
                """,
                lang=self.env.lang or "en_US",
                debtor=self.partner_id.id,
                company=self.company_id.id,
                limit=CALLS_SHOWN,
            )
        )

    @api.depends("party", "call_id")
    def _compute_script_html(self):
        for wizard in self:
            wizard.script_html = self._render("call_script", **wizard._prepare_script())

    def _prepare_script(self):
        """What may be said at this moment, decided here and not by the browser.

        Nothing about the debt leaves the server as something to say before the right
        party has answered: until then there is only the question who it is; a third
        party and a machine get a text that names no debt.
        """
        values = {"party": self.party, "steps": [], "neutral": "", "advice": []}
        if self.party in ("third_party", "none"):
            return values | {"neutral": self._neutral_text()}
        case = self.case_id
        if self.party == "right_party":
            hints = (case.stage_id.tone, case.profile_id.advice)
            values["advice"] = [hint for hint in hints if hint]
        return values | {"steps": self._prepare_steps()}

    def _in_debtors_language(self):
        lang = self.partner_id.lang
        known = not lang or lang == (self.env.lang or "en_US")
        return self if known else self.with_context(lang=lang)

    def _script_steps(self):
        """The steps that may be read at this moment, in the debtor's language."""
        script = self.call_id.script_id or self.case_id._script()
        domain = Domain("script_id", "=", script.id)
        if self.party != "right_party":
            domain &= Domain("phase", "=", "identify")
        return self.env["debt.script.step"].search_fetch(
            domain, ["phase", "name", "text"], order="sequence, id"
        )

    def _prepare_steps(self):
        """The steps as they are shown, their placeholders filled in."""
        wizard = self._in_debtors_language()
        # Superuser: managers write the scripts, operators may only have them read out.
        renderer = wizard.env["mail.render.mixin"].sudo()
        phases = dict(self._phase_labels())
        case_id = self.case_id.id
        return [
            {
                "phase": phases[step.phase],
                "name": step.name,
                "text": renderer._render_template_inline_template(
                    step.text, "debt.case", [case_id]
                )[case_id],
            }
            for step in wizard._script_steps()
        ]

    @api.model
    def _phase_labels(self):
        field = self.env["debt.script.step"]._fields["phase"]
        return field._description_selection(self.env) or PHASES

    def _neutral_text(self):
        """All that may be left with somebody else or on a machine."""
        wizard = self._in_debtors_language()
        number = self.company_id.phone or self.env.user.phone
        values = {
            "operator": self.env.user.name,
            "company": self.company_id.name,
            "debtor": self.partner_id.name,
            "number": number or "…",
        }
        if self.party == "third_party":
            return wizard.env._(
                "This is %(operator)s of %(company)s. Would you kindly ask %(debtor)s "
                "to call me back on %(number)s? Thank you, and goodbye.",
                **values,
            )
        return wizard.env._(
            "This is a message for %(debtor)s. %(operator)s of %(company)s speaking. "
            "Please call me back on %(number)s. Thank you.",
            **values,
        )

    @api.depends("objection_ids", "party")
    def _compute_handling_html(self):
        """What helps against an objection speaks of the debt: right party only."""
        for wizard in self:
            answered = wizard.party == "right_party"
            wizard.handling_html = (
                self._render("call_objections", objections=wizard.objection_ids)
                if answered and wizard.objection_ids
                else False
            )

    @api.depends(
        "outcome_id",
        "party",
        "callback_at",
        "promise_amount",
        "promise_date",
        "item_ids",
    )
    def _compute_consequence_html(self):
        for wizard in self:
            if not wizard.outcome_id or wizard.call_state == "done":
                wizard.consequence_html = False
                continue
            case = wizard.case_id
            sentences = case._preview_finish(
                wizard.outcome_id, **wizard._prepare_finish_values()
            )
            wizard.consequence_html = self._render(
                "call_consequences", outcome=wizard.outcome_id, sentences=sentences
            )

    @api.model
    def _render(self, template, **values):
        return self.env["ir.qweb"]._render(f"debt_collection.{template}", values)
