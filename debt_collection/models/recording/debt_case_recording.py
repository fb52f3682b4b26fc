from odoo import fields, models


class DebtCase(models.Model):
    """A case can be put on legal hold, and its recordings with it."""

    _name = "debt.case"
    _inherit = ["debt.case", "debt.legal.hold"]

    recording_ids = fields.One2many("debt.recording", "case_id", string="Recordings")

    def _held_case(self):
        return self

    def _prepare_merge_values(self, kept):
        """What has to be kept of either case is kept of both."""
        values = super()._prepare_merge_values(kept)
        if self.legal_hold and not kept.legal_hold:
            values |= {"legal_hold": True, "legal_hold_reason": self.legal_hold_reason}
        return values
