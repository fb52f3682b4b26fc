from odoo import models


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    def _update_foreign_keys(self, src_partners, dst_partner):
        """Bring cases and numbers of merged debtors together before their keys change.

        The keys are rewritten by SQL, and what a unique index refuses makes the whole
        merge fail: by then there must be one open case per company, one open call,
        and no number twice on a contact.
        """
        debtor = dst_partner.commercial_partner_id
        self._debt_list_numbers(src_partners | dst_partner)
        # Superuser: whoever may merge these contacts need not see the debtors' cases.
        cases = self.env["debt.case"].sudo().with_context(active_test=False)
        merged = cases.search([("partner_id", "in", (src_partners - debtor).ids)])
        merged._merge_into(debtor, self._debt_move_references)
        self._debt_merge_numbers(src_partners, dst_partner)
        self.env["debt.contact.lock"]._merge(src_partners - debtor, debtor)
        result = super()._update_foreign_keys(src_partners, dst_partner)
        companies = self.env["res.company"].sudo().search([])
        self.env["debt.ledger"]._note_changed(
            "debtors", {(company.id, debtor.id) for company in companies}
        )
        return result

    def _update_values(self, src_partners, dst_partner):
        """Odoo keeps one telephone number: a debtor stays reachable on all of them."""
        # Superuser: whoever may merge contacts need not see a debtor's numbers.
        numbers = self.env["debt.phone"].sudo()
        # Their keys were rewritten by SQL.
        numbers.invalidate_model(["contact_id", "partner_id"])
        numbers._write_down(dst_partner.sudo())
        return super()._update_values(src_partners, dst_partner)

    def _debt_move_references(self, source, target):
        self._update_foreign_keys_generic(source._name, source, target)

    def _debt_list_numbers(self, contacts):
        """List numbers that only stand on the contacts: listed ones go along.

        Where none of them is a debtor, their numbers are none of ours.
        """
        debtors = contacts.commercial_partner_id
        # Superuser: whoever may merge these contacts need not see the debtors' cases.
        cases = self.env["debt.case"].sudo()
        if cases.search_count([("partner_id", "in", debtors.ids)], limit=1):
            self.env["debt.phone"]._sync(debtors)

    def _debt_merge_numbers(self, src_partners, dst_partner):
        """Keep one of the numbers that both contacts have, with what is known of it."""
        numbers = self.env["debt.phone"].sudo().with_context(active_test=False)
        known = {}
        contacts = dst_partner | src_partners
        for phone in numbers.search(
            [("contact_id", "in", contacts.ids), ("number", "!=", False)]
        ).sorted(lambda phone: phone.contact_id != dst_partner):
            kept = known.setdefault((phone.number, phone.extension), phone)
            if kept == phone:
                continue
            kept.write({"health": self._debt_merge_health(kept, phone), "active": True})
            self._debt_move_references(phone, kept)
            phone.unlink()

    def _debt_merge_health(self, kept, phone):
        """A refusal outlives the merge; else what is known wins over what is not."""
        if "do_not_call" in (kept.health, phone.health):
            return "do_not_call"
        return phone.health if kept.health == "unknown" else kept.health
