from odoo import models


class DebtCase(models.Model):
    _inherit = "debt.case"

    def _cron_refresh(self):
        return True
