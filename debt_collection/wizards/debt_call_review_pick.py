from collections import Counter

from odoo import api, fields, models


class DebtCallReviewPick(models.TransientModel):
    """Says which calls would be picked for review, before any draft is made."""

    _name = "debt.call.review.pick"
    _description = "Pick Calls to Review"

    call_ids = fields.Many2many("debt.call", compute="_compute_call_ids")
    count = fields.Integer(string="Drafts", compute="_compute_call_ids")
    operators = fields.Text(string="For Whom", compute="_compute_call_ids")

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_call_ids(self):
        calls = self.env["debt.call.review"]._calls_to_pick()
        each = Counter(calls.mapped("user_id"))
        # In the order of `Counter`: whoever waits longest comes first.
        lines = [f"{user.name}: {number}" for user, number in each.items()]
        for screen in self:
            screen.call_ids = calls
            screen.count = len(calls)
            screen.operators = "\n".join(lines)

    def action_pick(self):
        """Make the drafts, and show them in the order to work in."""
        return self.env["debt.call.review"].action_pick()
