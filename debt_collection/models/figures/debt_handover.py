from odoo import fields, models

from .debt_collection_write import CAUGHT_UP


class DebtHandover(models.Model):
    """What was paid since a case was handed over: an agency lives on it."""

    _inherit = "debt.handover"

    collected = fields.Monetary(
        string="Paid Since",
        compute="_compute_collected",
        help="What was paid on items in collection while they had the case, as in the "
        "figures of money collected.",
    )

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
