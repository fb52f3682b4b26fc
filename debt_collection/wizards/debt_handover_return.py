from odoo import api, fields, models


class DebtHandoverReturn(models.TransientModel):
    """A lawyer or agency gives a case back: always with the reason."""

    _name = "debt.handover.return"
    _description = "Take a Case Back"

    handover_id = fields.Many2one(
        "debt.handover", string="Case", required=True, readonly=True
    )
    reason = fields.Selection(
        lambda self: (
            self.env["debt.handover"]
            ._fields["return_reason"]
            ._description_selection(self.env)
        ),
        string="Why Returned",
        required=True,
    )
    note = fields.Text(string="What They Wrote")
    effect = fields.Char(compute="_compute_effect", string="What Follows")

    @api.depends("handover_id")
    @api.depends_context("lang")
    def _compute_effect(self):
        self.effect = self.env._(
            "The case is yours again: contacts are planned from now on, by its retry "
            "ladder. A debt that is not to be collected any more is written off."
        )

    def action_return(self):
        """Take it back, and show the case."""
        self.ensure_one()
        self.handover_id._take_back(self.reason, self.note)
        return self.handover_id.action_case()
