from odoo import fields, models
from odoo.tools import format_date


class DebtItemDecision(models.Model):
    """A decision about one item of a general entry.

    An opening balance lists many debtors: what is decided about one of them is not
    decided about its entry. Invoices carry their decision themselves.
    """

    _name = "debt.item.decision"
    _description = "Decision About an Item"
    _inherit = "debt.decision.mixin"
    _rec_name = "line_id"

    line_id = fields.Many2one(
        "account.move.line",
        string="Item",
        required=True,
        readonly=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        related="line_id.company_id", store=True, precompute=True, index=True
    )

    _line_once = models.UniqueIndex("(line_id)", "An item has one decision at a time.")

    def _debt_lines(self):
        return self.line_id

    def write(self, vals):
        result = super().write(vals)
        if "debt_status" in vals:
            for decision in self:
                decision._note()
        return result

    def _note(self):
        """The entry's chatter remembers who decided what about which item."""
        self._debt_log(self._describe_decision())

    def _describe_decision(self):
        item = self.line_id.display_name
        if self.debt_status == "flagged":
            return self.env._("%(item)s: flagged for collection.", item=item)
        if self.debt_status == "excluded":
            return self.env._(
                "%(item)s: excluded from collection until %(date)s. %(reason)s",
                item=item,
                date=format_date(self.env, self.debt_excluded_until),
                reason=self.debt_reason or "",
            )
        return self.env._("%(item)s: the decision was taken back.", item=item)
