from odoo import models


class DebtCase(models.Model):
    _inherit = "debt.case"
