from odoo import api, fields, models


class DebtCallWizard(models.TransientModel):
    """A dispute in the call window: of which invoices, what kind, how much of it."""

    _inherit = "debt.call.wizard"

    dispute_code = fields.Selection(
        lambda self: (
            self.env["debt.dispute"]
            ._fields["reason_code"]
            ._description_selection(self.env)
        ),
        string="Kind of Dispute",
        default="other",
    )
    dispute_reason = fields.Text(string="What Is Wrong")
    dispute_currency_id = fields.Many2one(
        "res.currency", compute="_compute_dispute_part"
    )
    can_dispute_part = fields.Boolean(
        compute="_compute_dispute_part",
        help="One invoice is ticked: of several, all that is open is disputed.",
    )
    dispute_amount = fields.Monetary(
        string="Disputed Part",
        currency_field="dispute_currency_id",
        help="In the currency of the invoice; the rest of it is collected as before. "
        "Zero: all that is open of it.",
    )

    @api.depends("item_ids.selected")
    def _compute_dispute_part(self):
        for wizard in self:
            ticked = wizard.item_ids.filtered("selected")
            wizard.can_dispute_part = len(ticked.move_id) == 1
            wizard.dispute_currency_id = ticked[:1].currency_id or wizard.currency_id

    def _prepare_finish_values(self):
        values = super()._prepare_finish_values()
        if self.needs_dispute:
            ticked = self.item_ids.filtered("selected")
            part = self.can_dispute_part and self.dispute_amount
            values["dispute_move_ids"] = ticked.move_id.ids
            values["dispute_reason"] = self.dispute_reason
            values["dispute_code"] = self.dispute_code
            values["dispute_amount"] = part or 0
        return values
