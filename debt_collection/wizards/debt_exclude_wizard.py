from datetime import timedelta

from odoo import api, fields, models


class DebtExcludeWizard(models.TransientModel):
    """Leave invoices out of collection: always until a day, always with a reason."""

    _name = "debt.exclude.wizard"
    _description = "Exclude from Collection"

    move_ids = fields.Many2many("account.move", string="Invoices", required=True)
    date = fields.Date(
        string="Until",
        required=True,
        default=lambda self: self._default_date(),
        help="Last day of the exclusion; from the next day the invoices are "
        "collected again.",
    )
    reason = fields.Char(required=True)
    move_count = fields.Integer(compute="_compute_move_count")

    @api.model
    def _default_date(self):
        return fields.Date.context_today(self) + timedelta(days=30)

    @api.depends("move_ids")
    def _compute_move_count(self):
        for wizard in self:
            wizard.move_count = len(wizard.move_ids)

    def action_exclude(self):
        self.ensure_one()
        self.move_ids._debt_exclude(self.date, self.reason)
        return {"type": "ir.actions.act_window_close"}
