from odoo import models


class ResUsers(models.Model):
    _inherit = "res.users"

    def write(self, vals):
        """Whoever leaves hands over his cases, his calls stay in the reports."""
        result = super().write(vals)
        if vals.get("active") is False:
            # Superuser: an HR officer who archives a user need not see debts; exactly
            # the archived users' calls and cases are touched.
            self.env["debt.call"].sudo().search(
                [("user_id", "in", self.ids), ("state", "=", "draft")]
            )._release()
            self.env["debt.case"].sudo().search(
                [("user_id", "in", self.ids), ("closed_at", "=", False)]
            )._unassign()
        return result
