from odoo import api, fields, models
from odoo.exceptions import ValidationError

PHASES = [
    ("identify", "Identify"),
    ("clarify", "Clarify"),
    ("demand", "Demand"),
    ("objections", "Objections"),
    ("next_contact", "Next Contact"),
    ("close", "Closing"),
]


class DebtScript(models.Model):
    """What the operator says, in the six phases of a call."""

    _name = "debt.script"
    _description = "Call Script"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company")
    applies_to = fields.Selection(
        [("any", "Anybody"), ("person", "Persons"), ("company", "Companies")],
        required=True,
        default="any",
    )
    stage_ids = fields.Many2many(
        "debt.stage", string="Stages", help="Empty: every stage."
    )
    step_ids = fields.One2many("debt.script.step", "script_id", copy=True)


class DebtScriptStep(models.Model):
    _name = "debt.script.step"
    _description = "Call Script Step"
    _order = "script_id, sequence, id"

    script_id = fields.Many2one(
        "debt.script", required=True, ondelete="cascade", index=True
    )
    sequence = fields.Integer(default=10)
    phase = fields.Selection(PHASES, required=True, default="identify")
    name = fields.Char(string="Title", required=True, translate=True)
    text = fields.Text(
        required=True,
        translate=True,
        help="What to say. {{ object.partner_id.name }} and the like are filled in.",
    )

    @api.constrains("text")
    def _check_text(self):
        """A placeholder that cannot be parsed is told when saved, not in a call."""
        for step in self:
            try:
                self.env["mail.render.mixin"]._render_template_inline_template(
                    step.text, "debt.case", []
                )
            except Exception as error:
                raise ValidationError(
                    self.env._(
                        "“%(step)s” has a placeholder that cannot be read: %(error)s",
                        step=step.name,
                        error=error,
                    )
                ) from error
