from odoo import api, fields, models


class DebtHandoverCost(models.Model):
    """What a lawyer, agency or court has cost: dated, and corrected by new lines."""

    _name = "debt.handover.cost"
    _description = "Cost of Handing Over"
    _inherit = ["debt.evidence"]
    _order = "day, id"
    _check_company_auto = True
    _for_good = frozenset(("amount", "day", "handover_id", "name", "user_id"))

    handover_id = fields.Many2one(
        "debt.handover",
        string="Handing Over",
        required=True,
        ondelete="cascade",
        index=True,
        check_company=True,
    )
    company_id = fields.Many2one(
        related="handover_id.company_id", store=True, index=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    day = fields.Date(
        required=True, default=lambda self: self.env.company._debt_today()
    )
    name = fields.Char(
        string="What For", required=True, help="Such as a court fee or commission."
    )
    amount = fields.Monetary(
        required=True, help="Below zero where an earlier line was wrong."
    )
    user_id = fields.Many2one(
        "res.users",
        string="Entered By",
        required=True,
        readonly=True,
        default=lambda self: self.env.user,
    )

    _amount_not_zero = models.Constraint(
        "CHECK(amount <> 0)", "Enter what it has cost."
    )


class DebtHandover(models.Model):
    _inherit = "debt.handover"

    cost_ids = fields.One2many("debt.handover.cost", "handover_id", string="Costs")
    cost_total = fields.Monetary(
        string="Total Costs", compute="_compute_cost_total", store=True
    )

    # Costs still come in when the case is back.
    _after_decision = frozenset(("cost_ids",))

    @api.depends("cost_ids.amount")
    def _compute_cost_total(self):
        for one in self:
            one.cost_total = sum(one.cost_ids.mapped("amount"))
