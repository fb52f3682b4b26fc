from odoo import api, fields, models
from odoo.tools import format_date


class DebtDisputeSettle(models.TransientModel):
    """Settle a dispute, or take a settled one up again: always with a reason."""

    _name = "debt.dispute.settle"
    _description = "Settle a Dispute"

    dispute_id = fields.Many2one("debt.dispute", required=True, readonly=True)
    decision = fields.Selection(
        [
            ("accepted", "Valid Dispute"),
            ("rejected", "Debt Confirmed"),
            ("reopened", "Reopen"),
        ],
        required=True,
        readonly=True,
    )
    reason = fields.Text(required=True)
    effect = fields.Char(compute="_compute_effect", string="What Follows")

    @api.depends("dispute_id", "decision")
    def _compute_effect(self):
        for wizard in self:
            wizard.effect = False
            # A new record's ids come from the client: looked at with the user's eyes.
            dispute = wizard.dispute_id.sudo(False)._origin
            if dispute and dispute.has_access("read"):
                wizard.effect = wizard._effect_text(dispute)

    def _effect_text(self, dispute):
        what = dispute._describe()
        match self.decision:
            case "accepted":
                return self.env._(
                    "A credit note for %(what)s is drafted. It stays out of collection "
                    "until the credit note is posted or cancelled.",
                    what=what,
                )
            case "rejected":
                return self.env._("%(what)s is collected again at once.", what=what)
        return self.env._(
            "%(what)s is disputed again, by a new record, and held until %(date)s.",
            what=what,
            date=format_date(self.env, dispute._new_deadline()),
        )

    def action_settle(self):
        """Do it, and show what came of it: the credit note, or the new dispute."""
        self.ensure_one()
        dispute = self.dispute_id
        match self.decision:
            case "accepted":
                dispute.accept(self.reason)
                if dispute.credit_note_ids:
                    return dispute.action_credit_notes()
            case "rejected":
                dispute.reject(self.reason)
            case "reopened":
                return dispute._reopen(self.reason)._action_form()
        return {"type": "ir.actions.act_window_close"}
