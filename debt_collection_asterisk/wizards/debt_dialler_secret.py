from odoo import fields, models


class DebtDiallerSecret(models.TransientModel):
    """Shows a new secret once, with the lines for the process's configuration.

    Both come by the context of the action: a secret that is shown is stored nowhere.
    """

    _name = "debt.dialler.secret"
    _description = "Secret of the Dialler Process"

    key = fields.Char(readonly=True, store=False)
    secret = fields.Char(readonly=True, store=False, exportable=False)
