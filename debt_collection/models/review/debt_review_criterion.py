from odoo import fields, models


class DebtReviewCriterion(models.Model):
    """What a reviewer listens for."""

    _name = "debt.review.criterion"
    _description = "Review Criterion"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    description = fields.Text(
        translate=True, help="What earns the points, for reviewer and operator."
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
