from odoo import models


class AccountPaymentRegister(models.TransientModel):
    _inherit = "account.payment.register"

    def _create_payments(self):
        """Whoever goes on after a payment finds promises decided and calls gone."""
        payments = super()._create_payments()
        self.env["debt.ledger"]._settle_pending()
        return payments
