from odoo import api, fields, models

from ..models.call.parties import PARTIES


class DebtScriptPreview(models.TransientModel):
    """A rehearsal: one walk through a script, of which only the answers are kept."""

    _name = "debt.script.preview"
    _description = "Call Script Preview"

    script_id = fields.Many2one(
        "debt.script", required=True, readonly=True, ondelete="cascade"
    )
    lang = fields.Selection(
        lambda self: self.env["res.lang"].get_installed(),
        string="Language",
        required=True,
        default=lambda self: self.env.lang or "en_US",
        help="The language the debtor is spoken to in.",
    )
    case_id = fields.Many2one(
        "debt.case", help="Whom the talk is about. Empty: a sample debtor."
    )
    # Ids of the answers given so far; everything else follows from them.
    path = fields.Json(readonly=True)

    step_id = fields.Many2one("debt.script.step", compute="_compute_position")
    phase = fields.Selection(related="step_id.phase")
    step_name = fields.Char(related="step_id.name")
    party = fields.Selection(PARTIES, compute="_compute_position")
    objection_id = fields.Many2one("debt.objection", compute="_compute_position")
    handling = fields.Text(related="objection_id.handling")
    outcome_id = fields.Many2one("debt.call.outcome", compute="_compute_position")
    answer_ids = fields.Many2many("debt.script.answer", compute="_compute_position")
    trail = fields.Char(compute="_compute_position")
    text = fields.Text(compute="_compute_text")

    def _answers(self):
        """The answers given so far, in order; those deleted meanwhile end the walk."""
        self.ensure_one()
        answers = self.env["debt.script.answer"].browse(self.path or [])
        missing = answers - answers.exists()
        if missing:
            answers = answers[: list(answers).index(missing[0])]
        return answers

    @api.depends("path", "script_id")
    def _compute_position(self):
        for preview in self:
            answers = preview._answers()
            last = answers[-1:]
            step = last._target() if last else preview.script_id._first_step()
            preview.step_id = step
            preview.answer_ids = step.answer_ids
            preview.objection_id = last.objection_id
            preview.outcome_id = last.outcome_id
            parties = [answer.party for answer in answers if answer.party]
            preview.party = parties[-1] if parties else False
            preview.trail = " › ".join(
                part
                for answer in answers
                for part in (answer.step_id.name, answer.name)
            )

    @api.depends("step_id", "lang", "case_id")
    def _compute_text(self):
        for preview in self:
            step = preview.step_id
            case = preview.case_id or step._sample_case()
            preview.text = step and step._render_text(case, preview.lang)[step.id]

    def action_back(self):
        """Take the last answer back."""
        self.path = (self.path or [])[:-1]
        return self._action_open()

    def action_restart(self):
        self.path = []
        return self._action_open()

    def _choose(self, answer):
        """Go where an answer to the current step leads."""
        self.ensure_one()
        if answer in self.answer_ids:
            self.path = [*(self.path or []), answer.id]
        return self._action_open()

    def _action_open(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Rehearsal of %(script)s", script=self.script_id.name),
            "res_model": "debt.script.preview",
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "new",
        }


class DebtScriptAnswer(models.Model):
    _inherit = "debt.script.answer"

    def action_choose(self):
        """Give this answer in the preview that is open (context: ``preview_id``)."""
        preview_id = self.env.context.get("preview_id")
        return self.env["debt.script.preview"].browse(preview_id)._choose(self)
