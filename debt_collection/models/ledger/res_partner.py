from odoo import models


class ResPartner(models.Model):
    """Who moves under another debtor takes debts and history along."""

    _inherit = "res.partner"

    def _write_multi(self, vals_list):
        """A contact who comes under another debtor takes his debt along."""
        moved = [
            id_
            for id_, vals in zip(self._ids, vals_list, strict=True)
            if "commercial_partner_id" in vals
        ]
        if moved:
            ledger = self.env["debt.ledger"]
            ledger._note_changed("debtors", ledger._debtors_of(moved))
        return super()._write_multi(vals_list)

    def _debt_on_moved(self):
        """A debtor who becomes a company's contact hands his cases to the company.

        What was done to him, and what he was promised or refused, goes along.
        """
        super()._debt_on_moved()
        # Superuser: exactly the cases and calls of these debtors.
        cases = self.env["debt.case"].sudo()
        merge = self.env["base.partner.merge.automatic.wizard"].sudo()
        for debtor in self:
            company = debtor.commercial_partner_id
            own = cases.search([("partner_id", "=", debtor.id)])
            if company == debtor or not own:
                continue
            own._merge_into(company, merge._debt_move_references)
            self.env["debt.call"].sudo().search(
                [("partner_id", "=", debtor.id)]
            ).partner_id = company
            self.env["debt.consent"].sudo().search(
                [("partner_id", "=", debtor.id)]
            ).partner_id = company
            for name in ("debt.promise", "debt.dispute", "debt.message"):
                records = self.env[name].sudo().search([("partner_id", "=", debtor.id)])
                self.env.add_to_compute(records._fields["partner_id"], records)
            companies = self.env["res.company"].sudo().search([])
            self.env["debt.ledger"]._note_changed(
                "debtors", {(place.id, company.id) for place in companies}
            )
