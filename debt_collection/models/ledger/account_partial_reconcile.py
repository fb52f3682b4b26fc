from odoo import api, models


class AccountPartialReconcile(models.Model):
    """Matching changes what is owed long before the residuals are computed."""

    _inherit = "account.partial.reconcile"

    @api.model_create_multi
    def create(self, vals_list):
        partials = super().create(vals_list)
        partials._debt_note_lines()
        return partials

    def unlink(self):
        self._debt_note_lines()
        return super().unlink()

    def _debt_note_lines(self):
        lines = self.debit_move_id | self.credit_move_id
        self.env["debt.ledger"]._note_changed("lines", lines.ids)
