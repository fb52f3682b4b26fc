from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    debt_dormant_ladder_id = fields.Many2one(
        related="company_id.debt_dormant_ladder_id", readonly=False
    )
