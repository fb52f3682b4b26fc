from odoo import models


class AccountPayment(models.Model):
    """A payment made on the debtor's page is matched to what he chose there."""

    _inherit = "account.payment"

    def action_post(self):
        result = super().action_post()
        for payment in self:
            payment._match_chosen()
        return result

    def _match_chosen(self):
        """Before anything else of the same invoices: a later instalment may be meant.

        Without an entry of its own there is nothing to match yet: the payment stands
        for its invoices, until the bank's statement brings the entry.
        """
        # Superuser: what the debtor chose, of exactly this payment.
        chosen = self.sudo().payment_transaction_id._debt_chosen()
        if not chosen:
            return
        # What was cancelled meanwhile is paid all the same: the money stays on account.
        lines = (self.move_id.line_ids | chosen).filtered(
            lambda line: (
                line.parent_state == "posted"
                and line.account_id == self.destination_account_id
                and not line.reconciled
            )
        )
        if self.move_id & lines.move_id:
            lines.reconcile()
