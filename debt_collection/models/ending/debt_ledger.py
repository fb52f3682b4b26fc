from odoo import api, models
from odoo.tools import SQL


class DebtLedger(models.AbstractModel):
    """A case that is opened anew is still with whoever had the former one, and one
    that was given up says so."""

    _inherit = "debt.ledger"

    @api.model
    def _inherited_models(self):
        return (*super()._inherited_models(), "debt.handover")

    @api.model
    def _credited_as(self):
        return SQL(
            """CASE WHEN EXISTS (SELECT FROM debt_writeoff_move_rel given
                                  WHERE given.move_id = credit.move_id)
                    THEN 'written_off' ELSE %s END""",
            super()._credited_as(),
        )
