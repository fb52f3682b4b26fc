from odoo import api, models

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
        case = self.case_id
        calls = self.env["debt.call"].search(
            [("partner_id", "=", self.partner_id.id), ("state", "=", "done")],
            limit=CALLS_SHOWN,
        )
        promises = self.env["debt.promise"].search(
            [("case_id", "=", case.id)], limit=PROMISES_SHOWN
        )
        disputes = self.env["debt.dispute"].search(
            [("case_id", "=", case.id), ("state", "in", ("open", "rejected"))]
        )
        return {"calls": calls, "promises": promises, "disputes": disputes}

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
        steps = (self.call_id.script_id or case._script()).sudo().step_ids
        if self.party == "right_party":
            hints = (case.stage_id.tone, case.profile_id.advice)
            values["advice"] = [hint for hint in hints if hint]
        else:
            steps = steps.filtered(lambda step: step.phase == "identify")
        return values | {"steps": self._prepare_steps(steps)}

    def _prepare_steps(self, steps):
        """The steps in the debtor's language, their placeholders filled in."""
        # Superuser: managers write the scripts, operators may only have them read out.
        renderer = self.env["mail.render.mixin"].sudo()
        lang = self.partner_id.lang or self.env.lang
        steps = steps.with_context(lang=lang)
        renderer = renderer.with_context(lang=lang)
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
            for step in steps.sorted(lambda step: (step.sequence, step.id))
        ]

    @api.model
    def _phase_labels(self):
        field = self.env["debt.script.step"]._fields["phase"]
        return field._description_selection(self.env) or PHASES

    def _neutral_text(self):
        """All that may be left with somebody else or on a machine."""
        wizard = self.with_context(lang=self.partner_id.lang or self.env.lang)
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
        "item_ids.selected",
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
