from odoo import models

#: Whoever writes one of these decides about the hold.
HOLDS = {"hold_until", "state"}


class DebtCase(models.Model):
    """A hold is a payment's own only until somebody else decides about it."""

    _inherit = "debt.case"

    def write(self, vals):
        result = super().write(vals)
        if HOLDS & vals.keys():
            # Superuser: marks of payments in exactly these cases.
            payments = self.env["payment.transaction"].sudo()
            theirs = [
                ("debt_case_id", "in", self.ids),
                ("debt_held_until", "!=", False),
            ]
            payments.search(theirs).debt_held_until = False
        return result
