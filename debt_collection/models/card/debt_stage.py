from odoo import api, fields, models


class DebtStage(models.Model):
    """How old a debt is: a bucket of days past due, not a workflow state.

    The stage of a case is the one with the highest ``days_from`` that is not above
    the days past due of its oldest open item.
    """

    _name = "debt.stage"
    _description = "Debt Stage"
    _order = "days_from, id"

    name = fields.Char(required=True, translate=True)
    days_from = fields.Integer(
        string="From Days Past Due",
        required=True,
        help="The stage begins this many days after the due date of the oldest "
        "open item. 0 is for what is not due yet.",
    )
    ladder_id = fields.Many2one(
        "debt.ladder", string="Retry Ladder", domain=[("company_id", "=", False)]
    )
    script_id = fields.Many2one("debt.script")
    tone = fields.Text(
        translate=True, help="How to speak to a debtor of this stage, in a sentence."
    )
    color = fields.Integer()
    fold = fields.Boolean(string="Folded in Kanban")

    _days_from_unique = models.Constraint(
        "UNIQUE(days_from)", "Two stages cannot begin on the same day past due."
    )
    _days_from_positive = models.Constraint(
        "CHECK(days_from >= 0)", "A stage cannot begin before the due date."
    )

    @api.model
    def _ladder_first(self, case):
        """Hook: the ladder that goes before any other for a case, most often none."""
        return self.env["debt.ladder"]
