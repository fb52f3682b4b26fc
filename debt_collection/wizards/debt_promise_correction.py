from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from ..tools.promise import rebalance


class DebtPromiseCorrectionLine(models.TransientModel):
    """One instalment of what is right, or the only one."""

    _name = "debt.promise.correction.line"
    _description = "Instalment of a Corrected Promise"
    _order = "date, id"

    correction_id = fields.Many2one(
        "debt.promise.correction", required=True, index=True, ondelete="cascade"
    )
    currency_id = fields.Many2one(related="correction_id.currency_id")
    date = fields.Date(required=True)
    amount = fields.Monetary(required=True)
    balanced = fields.Monetary(help="The amount before it was changed by hand.")


class DebtPromiseCorrection(models.TransientModel):
    """A promise noted wrongly, agreed anew or taken back: what is right, and why."""

    _name = "debt.promise.correction"
    _description = "Correct a Promise"

    promise_id = fields.Many2one(
        "debt.promise", required=True, readonly=True, ondelete="cascade"
    )
    currency_id = fields.Many2one(related="promise_id.currency_id")
    promised = fields.Char(readonly=True, help="What stands until now.")
    kind = fields.Selection(
        [("correct", "Correct It"), ("cancel", "Cancel It")],
        string="What to Do",
        required=True,
        default="correct",
    )
    line_ids = fields.One2many(
        "debt.promise.correction.line", "correction_id", string="What Is Right"
    )
    total = fields.Monetary(compute="_compute_total")
    is_sure = fields.Boolean(
        string="More than is owed is meant",
        help="Only needed where the total is more than is owed.",
    )
    reason = fields.Char(help="Stays on record with your name.")

    @api.depends("line_ids.amount")
    def _compute_total(self):
        for correction in self:
            correction.total = sum(correction.line_ids.mapped("amount"))

    @api.onchange("line_ids")
    def _onchange_line_ids(self):
        """The total of a plan stays when one instalment is changed."""
        lines = self.line_ids.sorted("date")
        self.env["debt.promise"]._rebalance(lines, sum(lines.mapped("balanced")))

    @api.model
    def _action_open(self, promise):
        """The form for a promise, or for what is left of its plan.

        :param promise: ``debt.promise`` the user may correct
        """
        standing = (promise.instalment_ids or promise)._standing()
        if not standing:
            raise UserError(self.env._("This promise does not stand any more."))
        correction = self.create(
            {
                "promise_id": promise.id,
                "promised": ", ".join(one._describe() for one in standing),
                "line_ids": [
                    Command.create(
                        {"date": one.date, "amount": one.amount, "balanced": one.amount}
                    )
                    for one in standing.sorted("date")
                ],
            }
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Correct or Cancel the Promise"),
            "res_model": self._name,
            "res_id": correction.id,
            "views": [(False, "form")],
            "target": "new",
        }

    def action_apply(self):
        """Put the right promise on record, or end the wrong one."""
        self.ensure_one()
        promises = self.promise_id.instalment_ids or self.promise_id
        promises = promises._standing()
        if self.kind == "cancel":
            promises.action_cancel(self.reason)
        else:
            lines = self.line_ids.sorted("date")
            promises._correct(
                [(line.amount, line.date) for line in lines],
                self.reason,
                self.total if self.is_sure else None,
            )
        return {"type": "ir.actions.act_window_close"}


class DebtPromise(models.Model):
    _inherit = "debt.promise"

    @api.model
    def _rebalance(self, lines, total):
        """Let the other instalments of a form follow the one that was changed.

        :param lines: instalments in the order of their dates, with ``amount`` and
            ``balanced``, the amount before
        :param float total: what they are to add up to
        """
        changed = [n for n, one in enumerate(lines) if one.amount != one.balanced]
        if len(changed) == 1 and total:
            amounts = rebalance(
                lines.mapped("amount"),
                changed[0],
                total,
                rounding=lines.currency_id.rounding or 0.01,
            )
            for line, amount in zip(lines, amounts, strict=True):
                line.amount = amount
        for line in lines:
            line.balanced = line.amount
