from odoo import fields, models


class DebtPortalAct(models.Model):
    _inherit = "debt.portal.act"

    kind = fields.Selection(
        selection_add=[("payment", "Paid Online")], ondelete={"payment": "cascade"}
    )
