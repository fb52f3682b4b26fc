from odoo import api, models

from .debt_case_message import MOBILE


class DebtPhone(models.Model):
    _inherit = "debt.phone"

    @api.model
    def _for_sms(self, phones):
        """Those of a debtor's numbers to which an SMS can be sent."""
        return [
            phone
            for phone in phones
            if phone.kind in MOBILE
            and not phone.extension
            and not phone.sms_failed
            and phone._is_usable()
        ]
