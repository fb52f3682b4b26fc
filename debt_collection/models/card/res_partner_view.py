from odoo import fields, models


class ResPartner(models.Model):
    """What only the contact's form needs."""

    _inherit = "res.partner"

    debt_currency_id = fields.Many2one(
        related="debt_case_id.currency_id", string="Debt Currency"
    )
    debt_amount_overdue = fields.Monetary(
        related="debt_case_id.amount_overdue",
        string="Overdue",
        currency_field="debt_currency_id",
    )
