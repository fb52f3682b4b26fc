from odoo import models


class DebtCall(models.Model):
    """What is learned of a debtor while somebody else has the case."""

    _inherit = "debt.call"

    def _apply_to_case(self, outcome, values):
        """A stop by law that a call tells of outlasts the return."""
        super()._apply_to_case(outcome, values)
        if outcome.case_state == "legal":
            # Superuser: what the open hand-over of exactly this case restores.
            handovers = self.case_id.sudo().handover_ids
            handovers.filtered(lambda one: one.state == "open").state_then = "legal"
