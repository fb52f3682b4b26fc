from odoo import models

#: Settings by which cases open and close.
REFRESHING = frozenset(
    ("debt_auto_flag", "debt_collect_entries", "debt_grace_days", "debt_min_amount")
)


class ResCompany(models.Model):
    _inherit = "res.company"

    def write(self, vals):
        """What is collected follows the company's rules soon, not only next morning.

        Beside the card's own `write`, which plans anew: the ledger is read again.
        """
        result = super().write(vals)
        if not REFRESHING.isdisjoint(vals):
            self.env["debt.ledger"]._refresh_later()
        return result
