from odoo import fields, models

from .groups import READERS


class ResPartner(models.Model):
    """What only the contact's form needs."""

    _inherit = "res.partner"

    debt_currency_id = fields.Many2one(
        related="debt_case_id.currency_id",
        related_sudo=False,
        string="Debt Currency",
        groups=READERS,
    )
    debt_amount_overdue = fields.Monetary(
        related="debt_case_id.amount_overdue",
        related_sudo=False,
        groups=READERS,
        string="Overdue",
        currency_field="debt_currency_id",
    )
