from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    debt_dormant_ladder_id = fields.Many2one(
        related="company_id.debt_dormant_ladder_id", readonly=False
    )
    debt_calls_from = fields.Float(related="company_id.debt_calls_from", readonly=False)
    debt_calls_to = fields.Float(related="company_id.debt_calls_to", readonly=False)
    debt_evening_from = fields.Float(
        related="company_id.debt_evening_from", readonly=False
    )
