from odoo import api, fields, models

from .debt_collection_write import CAUGHT_UP, RENEWED


class DebtHandover(models.Model):
    """What was paid since a case was handed over: an agency lives on it."""

    _inherit = "debt.handover"

    collected = fields.Monetary(
        string="Paid Since",
        compute="_compute_collected",
        help="What was paid on items in collection while they had the case, as in the "
        "figures of money collected.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        """Payments from before those that are told anew each day are theirs, too."""
        records = super().create(vals_list)
        late = records.filtered(
            lambda one: one.handed_on < one.company_id._debt_today() - RENEWED
        )
        if late:
            # Superuser: all that was collected is told anew, soon.
            late.company_id.sudo().debt_collected_changed = True
            self.env.ref("debt_collection.ir_cron_debt_figures").sudo()._trigger()
        return records

    def _compute_collected(self):
        # Superuser: sums of exactly these debtors' payments.
        rows = self.env["debt.collection.report"].sudo()
        if self.env.cr.readonly:
            # As new as they were read last: a replica is not written to.
            rows = rows.with_context(debt_caught_up=CAUGHT_UP)
        else:
            rows = rows._caught_up()
        found = rows._read_group(
            [("handover_id", "in", self.ids)], ["handover_id"], ["amount:sum"]
        )
        paid = {one.id: amount for one, amount in found}
        for one in self:
            one.collected = paid.get(one.id, 0)
