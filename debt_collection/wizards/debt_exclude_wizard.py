from datetime import timedelta

from odoo import Command, api, fields, models


class DebtExcludeWizard(models.TransientModel):
    """Leave items out of collection: always until a day, always with a reason."""

    _name = "debt.exclude.wizard"
    _description = "Exclude from Collection"

    move_ids = fields.Many2many("account.move", string="Invoices")
    line_ids = fields.Many2many("account.move.line", string="Items")
    date = fields.Date(
        string="Until",
        required=True,
        default=lambda self: self._default_date(),
        help="Last day of the exclusion; from the next day the items are collected "
        "again.",
    )
    reason = fields.Char(required=True)
    item_count = fields.Integer(compute="_compute_item_count")

    @api.model
    def _default_date(self):
        return fields.Date.context_today(self) + timedelta(days=30)

    @api.depends("move_ids", "line_ids")
    def _compute_item_count(self):
        for wizard in self:
            wizard.item_count = len(wizard.move_ids) + len(wizard.line_ids)

    @api.model
    def _action_ask(self, moves=None, lines=None):
        """The action that asks until when and why.

        :param moves: ``account.move``, invoices
        :param lines: ``account.move.line``, items of general entries
        """
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "debt_collection.debt_exclude_wizard_action"
        )
        return action | {
            "context": {
                "default_move_ids": [Command.set(moves.ids if moves else [])],
                "default_line_ids": [Command.set(lines.ids if lines else [])],
            },
        }

    def action_exclude(self):
        self.ensure_one()
        if self.move_ids:
            self.move_ids._debt_exclude(self.date, self.reason)
        if self.line_ids:
            self.line_ids._debt_exclude(self.date, self.reason)
        return {"type": "ir.actions.act_window_close"}
