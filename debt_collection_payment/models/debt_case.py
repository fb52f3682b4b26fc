from odoo import models

#: Whoever writes one of these decides about the hold.
HOLDS = {"hold_until", "state"}


class DebtCase(models.Model):
    """A hold is a payment's own only until somebody else decides about it."""

    _inherit = "debt.case"

    def write(self, vals):
        # Superuser: whether there is a hold, and marks of payments in exactly these.
        held = HOLDS & vals.keys() and self.sudo().filtered("hold_until")
        result = super().write(vals)
        if held:
            payments = self.env["payment.transaction"].sudo()
            theirs = [
                ("debt_case_id", "in", held.ids),
                ("debt_held_until", "!=", False),
            ]
            payments.search(theirs).debt_held_until = False
        return result
