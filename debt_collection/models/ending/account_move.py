from odoo import models


class AccountMove(models.Model):
    """Entries of write-offs: while they stand, the debt is given up."""

    _inherit = "account.move"

    def _post(self, soft=True):
        posted = super()._post(soft)
        posted._debt_writeoffs()._follow()
        return posted

    def button_draft(self):
        found = self._debt_writeoffs()
        result = super().button_draft()
        found._follow()
        return result

    def button_cancel(self):
        found = self._debt_writeoffs()
        result = super().button_cancel()
        found._follow()
        return result

    def unlink(self):
        found = self._debt_writeoffs()
        result = super().unlink()
        found.invalidate_recordset(["move_ids"])
        found._follow()
        return result

    def _get_alerts(self):
        """A new invoice says that deliveries are suspended, or a debt was given up."""
        alerts = super()._get_alerts()
        new = self.state == "draft" and self.move_type in ("out_invoice", "out_receipt")
        text = new and self.partner_id._debt_warning_text(self.company_id)
        if text:
            alerts["debt_warning"] = {"level": "warning", "message": text}
        return alerts

    def _debt_writeoffs(self):
        """Write-offs that these entries post or take back (superuser)."""
        writeoffs = self.env["debt.writeoff"].sudo()
        # Invoices, by far the most of what is posted, are none of theirs.
        moves = (self | self.reversed_entry_id).filtered(
            lambda move: move.move_type in ("entry", "out_refund")
        )
        if not moves:
            return writeoffs
        return writeoffs.search([("move_ids", "in", moves.ids)])

    def _debt_stands(self):
        """Whether an entry counts: it is posted, and nobody has reversed it.

        What is reset to draft is still matched with its items, until it is cancelled.
        """
        self.ensure_one()
        if self.reversal_move_ids.filtered(lambda move: move.state == "posted"):
            return False
        matched = self.line_ids.matched_debit_ids
        return self.state == "posted" or self.state == "draft" and bool(matched)
