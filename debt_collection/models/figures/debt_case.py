from odoo import fields, models


class DebtCase(models.Model):
    """What was collected on a case."""

    _inherit = "debt.case"

    collected_ids = fields.One2many(
        "debt.collection.report", "case_id", string="Money Collected", readonly=True
    )
