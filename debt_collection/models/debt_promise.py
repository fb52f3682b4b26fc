from odoo import fields, models


class DebtPromise(models.Model):
    """What a debtor promised to pay, and whether he did; payments alone decide."""

    _name = "debt.promise"
    _description = "Promise to Pay"
    _order = "date desc, id desc"
    _check_company_auto = True

    case_id = fields.Many2one(
        "debt.case", required=True, ondelete="cascade", index=True, check_company=True
    )
    partner_id = fields.Many2one(related="case_id.partner_id", store=True, index=True)
    company_id = fields.Many2one(related="case_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    call_id = fields.Many2one("debt.call", ondelete="set null", index="btree_not_null")
    user_id = fields.Many2one(
        "res.users", string="Taken By", default=lambda self: self.env.user
    )
    amount = fields.Monetary(required=True)
    amount_paid = fields.Monetary(
        readonly=True, help="Payments received for it so far, from the ledger."
    )
    made_on = fields.Date(required=True, default=fields.Date.context_today)
    date = fields.Date(string="Promised For", required=True, index=True)
    line_ids = fields.Many2many(
        "account.move.line",
        string="Items",
        help="What it is about. Empty: the oldest items of the debtor.",
    )
    state = fields.Selection(
        [
            ("open", "Open"),
            ("kept", "Kept"),
            ("partial", "Partly Kept"),
            ("broken", "Broken"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        default="open",
        index=True,
    )

    _amount_positive = models.Constraint(
        "CHECK(amount > 0)", "A promise is about an amount above zero."
    )
