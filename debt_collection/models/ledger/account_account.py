from odoo import models

#: What decides whether debts stand on an account.
WATCHED = frozenset(("account_type", "non_trade"))


class AccountAccount(models.Model):
    _inherit = "account.account"

    def write(self, vals):
        """An account that becomes trade, or ceases to be, concerns many debtors."""
        result = super().write(vals)
        if not WATCHED.isdisjoint(vals):
            self.env["debt.ledger"]._refresh_later()
        return result
