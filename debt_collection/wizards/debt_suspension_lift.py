from odoo import fields, models


class DebtSuspensionLift(models.TransientModel):
    """Deliver again although it is not paid: never without saying why."""

    _name = "debt.suspension.lift"
    _description = "Lift a Suspension"

    suspension_id = fields.Many2one("debt.suspension", required=True, readonly=True)
    reason = fields.Char(required=True)

    def action_lift(self):
        """Do it."""
        self.ensure_one()
        self.suspension_id._lift(self.reason)
        return {"type": "ir.actions.act_window_close"}
