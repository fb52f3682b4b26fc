from odoo import api, fields, models


class DebtCallReviewLine(models.Model):
    _name = "debt.call.review.line"
    _description = "Score in a Call Review"
    _order = "review_id, sequence, id"

    review_id = fields.Many2one(
        "debt.call.review", required=True, ondelete="cascade", index=True
    )
    criterion_id = fields.Many2one(
        "debt.review.criterion", required=True, ondelete="restrict", index=True
    )
    sequence = fields.Integer(related="criterion_id.sequence", store=True)
    description = fields.Text(related="criterion_id.description")
    score = fields.Selection(
        [
            ("0", "Missed"),
            ("1", "Partly"),
            ("2", "Met"),
            ("na", "Not Applicable"),
        ]
    )
    comment = fields.Char()

    _criterion_once = models.Constraint(
        "UNIQUE(review_id, criterion_id)", "A criterion is scored once in a review."
    )

    def _counts(self):
        """Whether it is scored, and applied to this call."""
        return self.score not in (False, "na")

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines.review_id._check_draft()
        return lines

    def write(self, vals):
        self.check_access("write")
        self.review_id._check_draft()
        result = super().write(vals)
        # Nor does a score come into a review that is shared.
        self.review_id._check_draft()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_only_of_drafts(self):
        self.review_id._check_draft()
