from odoo import api, models


class DebtLedger(models.AbstractModel):
    """A case that is opened anew is still with whoever had the former one."""

    _inherit = "debt.ledger"

    @api.model
    def _inherited_models(self):
        return (*super()._inherited_models(), "debt.handover")
