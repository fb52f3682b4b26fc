from odoo import models


class AccountMove(models.Model):
    """What becomes of a credit note that was drafted for a valid dispute."""

    _inherit = "account.move"

    def _post(self, soft=True):
        posted = super()._post(soft)
        posted._debt_disputes()._follow_credit_notes()
        return posted

    def button_cancel(self):
        disputes = self._debt_disputes()
        result = super().button_cancel()
        disputes._follow_credit_notes()
        return result

    def unlink(self):
        disputes = self._debt_disputes()
        result = super().unlink()
        disputes._follow_credit_notes()
        return result

    def _debt_disputes(self):
        """Disputes that wait for one of these credit notes (superuser)."""
        disputes = self.env["debt.dispute"].sudo()
        notes = self.filtered(lambda move: move.move_type == "out_refund")
        if not notes:
            return disputes
        return disputes.search([("credit_note_ids", "in", notes.ids)])
