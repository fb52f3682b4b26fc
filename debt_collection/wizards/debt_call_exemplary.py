from odoo import fields, models
from odoo.exceptions import UserError


class DebtCallExemplary(models.TransientModel):
    """Asks what the team is to learn from a call."""

    _name = "debt.call.exemplary"
    _description = "Exemplary Call"

    call_id = fields.Many2one("debt.call", required=True, ondelete="cascade")
    why = fields.Text(string="What to Learn from It", required=True)

    def action_mark(self):
        """Show the call to the team."""
        self.ensure_one()
        # As the user: the call's id came from a client.
        call = self.call_id.with_user(self.env.user)
        call._check_marks_exemplary()
        why = (self.why or "").strip()
        if not why:
            raise UserError(self.env._("Say what there is to learn from the call."))
        call._mark_exemplary(why)
        return {"type": "ir.actions.act_window_close"}
