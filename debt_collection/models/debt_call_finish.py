from odoo import models


class DebtCall(models.Model):
    _inherit = "debt.call"
