from odoo import fields, models


class DebtConsent(models.Model):
    """A debtor alone on the line says what he permits by the keys of his telephone."""

    _inherit = "debt.consent"

    how = fields.Selection(
        selection_add=[("keypad", "By Telephone Keypad")],
        ondelete={"keypad": "set default"},
    )
