from odoo import fields, models


class DebtDiallerSecret(models.TransientModel):
    """Shows a new secret once, with the lines for the process's configuration."""

    _name = "debt.dialler.secret"
    _description = "Secret of the Dialler Process"
    _transient_max_hours = 0.1

    provider_id = fields.Many2one(
        "debt.telephony.provider", required=True, readonly=True, ondelete="cascade"
    )
    key = fields.Char(related="provider_id.dialler_key")
    secret = fields.Char(readonly=True)
