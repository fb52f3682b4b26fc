from odoo import api, models


class DebtProfile(models.Model):
    _inherit = "debt.profile"

    @api.model
    def _payments(self, partners, companies, since, lately):
        """Extends the card's, which knows no payments."""
        known = super()._payments(partners, companies, since, lately)
        habits = self.env["debt.ledger"]._payment_habits(
            partners, companies, since, lately
        )
        return known | {(company, debtor): rest for company, debtor, *rest in habits}
