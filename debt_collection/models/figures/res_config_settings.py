from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    debt_collected_days = fields.Integer(
        related="company_id.debt_collected_days", readonly=False
    )
