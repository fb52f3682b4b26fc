from odoo import models
from odoo.tools import SQL


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
            self.env["debt.ledger"]._pend("debtors", self._debt_debtors(moved))
        return super()._write_multi(vals_list)

    def _debt_debtors(self, ids):
        """Pairs of company and debtor of what these contacts owe, before and after.

        A refresh finds the debtor of a contact; the one he leaves is named as well.
        """
        query = SQL(
            """
            SELECT DISTINCT line.company_id, debtor.id
              FROM account_move_line line
              JOIN res_partner contact ON contact.id = line.partner_id
             CROSS JOIN LATERAL (
                   VALUES (contact.id), (contact.commercial_partner_id)) debtor (id)
             WHERE contact.id = ANY(%s) AND line.parent_state = 'posted'
            """,
            list(ids),
        )
        return {pair for pair in self.env.execute_query(query) if pair[1]}

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
            self.env["debt.ledger"]._pend(
                "debtors", {(place.id, company.id) for place in companies}
            )
