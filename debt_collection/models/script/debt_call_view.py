from odoo import api, fields, models

from ...tools.clock import clock_text


class DebtCall(models.Model):
    """The script a call is made with, and its path as the screens show it."""

    _inherit = "debt.call"

    path_html = fields.Html(
        string="Path through the Script", compute="_compute_path_html", sanitize=False
    )

    @api.model
    def _prepare_claim(self, case):
        script = self.env["debt.script"]._for_case(case)
        return super()._prepare_claim(case) | {"script_id": script.id}

    @api.model
    def _prepare_inbound(self, case, now, number, contact):
        values = super()._prepare_inbound(case, now, number, contact)
        script = self.env["debt.script"]._for_case(case, "inbound")
        return values | {"script_id": script.id}

    @api.depends("path_ids.seconds")
    def _compute_path_html(self):
        for call in self:
            call.path_html = call.path_ids and self.env["ir.qweb"]._render(
                "debt_collection.call_path", call._prepare_path()
            )

    def _prepare_path(self):
        """The steps in their order, and how long each phase took in all."""
        labels = dict(self.path_ids._fields["phase"]._description_selection(self.env))
        phases = {}
        for step in self.path_ids:
            phases[step.phase] = phases.get(step.phase, 0) + step.seconds
        return {
            "phases": [
                (labels[phase], clock_text(phases[phase]))
                for phase in labels
                if phase in phases
            ],
            "steps": [
                {
                    "phase": labels[step.phase],
                    "name": step.step_name,
                    "answer": step.answer_name,
                    "time": clock_text(step.seconds),
                }
                for step in self.path_ids
            ],
        }
