from odoo import fields, models


class DebtObjection(models.Model):
    """A handling card: what debtors say, and what helps."""

    _name = "debt.objection"
    _description = "Objection"
    _order = "sequence, id"

    name = fields.Char(string="Objection", required=True, translate=True)
    code = fields.Char(required=True, copy=False)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    handling = fields.Text(string="What Helps", required=True, translate=True)
    outcome_id = fields.Many2one(
        "debt.call.outcome", string="Usual Outcome", help="Where it usually leads."
    )
    call_ids = fields.Many2many(
        "debt.call", "debt_call_objection_rel", "objection_id", "call_id"
    )
    call_count = fields.Integer(compute="_compute_call_count", string="Heard")

    _code_unique = models.Constraint("UNIQUE(code)", "An objection's code is unique.")

    def _compute_call_count(self):
        counts = dict(
            self.env["debt.call"]._read_group(
                [("objection_ids", "in", self.ids)], ["objection_ids"], ["__count"]
            )
        )
        for objection in self:
            objection.call_count = counts.get(objection, 0)
