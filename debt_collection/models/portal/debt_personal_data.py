from odoo import api, models


class DebtPersonalData(models.AbstractModel):
    """What a debtor did on his page is told to him; it holds no words of his."""

    _inherit = "debt.personal.data"

    @api.model
    def _exported(self):
        return super()._exported() | {
            "debt.portal.act": ("partner_id", ["done_at", "kind", "via"]),
            "debt.means": (
                "partner_id",
                ["said_on", "income", "outgoings", "monthly", "parts"],
            ),
        }
