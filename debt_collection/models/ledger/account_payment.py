from odoo import api, models

from .ledger_sql import UNBOOKED_PAYMENTS

#: Stored fields of a payment without an entry that decide what is owed.
WATCHED = frozenset(
    (
        "amount",
        "amount_company_currency_signed",
        "company_id",
        "currency_id",
        "date",
        "move_id",
        "partner_id",
        "state",
    )
)


class AccountPayment(models.Model):
    """A payment that has no entry yet settles what it registered."""

    _inherit = "account.payment"

    # Of the many payments these are few: most have an entry, or are matched.
    _debt_unbooked_idx = models.Index(f"(partner_id) WHERE {UNBOOKED_PAYMENTS}")

    @api.model_create_multi
    def create(self, vals_list):
        payments = super().create(vals_list)
        self.env["debt.ledger"]._note_changed("payments", payments.ids)
        return payments

    def write(self, vals):
        if "partner_id" in vals or "company_id" in vals:
            self._debt_note_debtors()
        if "invoice_ids" in vals:
            self.env["debt.ledger"]._note_changed("payments", self.ids)
        return super().write(vals)

    def _write_multi(self, vals_list):
        """Everything that reaches the database passes here, computed values too."""
        watched = [
            id_
            for id_, vals in zip(self._ids, vals_list, strict=True)
            if not WATCHED.isdisjoint(vals)
        ]
        self.env["debt.ledger"]._note_changed("payments", watched)
        return super()._write_multi(vals_list)

    def unlink(self):
        self._debt_note_debtors()
        return super().unlink()

    def _debt_note_debtors(self):
        """Note whose payments without an entry are about to leave them."""
        debtors = {
            (payment.company_id.id, payment.partner_id.id)
            for payment in self
            if payment.partner_id and not payment.move_id
        }
        self.env["debt.ledger"]._note_changed("debtors", debtors)
