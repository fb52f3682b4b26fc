from odoo import fields, models


class DebtDispute(models.Model):
    """Invoices a debtor contests. They are not chased until it is settled.

    A dispute has an owner and an end: when the deadline passes unanswered, the
    invoices are collectible again and the dispute is marked expired.
    """

    _name = "debt.dispute"
    _description = "Dispute"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "deadline, id"
    _check_company_auto = True

    case_id = fields.Many2one(
        "debt.case", required=True, ondelete="cascade", index=True, check_company=True
    )
    partner_id = fields.Many2one(related="case_id.partner_id", store=True, index=True)
    company_id = fields.Many2one(related="case_id.company_id", store=True, index=True)
    call_id = fields.Many2one("debt.call", ondelete="set null", index="btree_not_null")
    move_ids = fields.Many2many(
        "account.move",
        "debt_dispute_account_move_rel",
        "dispute_id",
        "move_id",
        string="Invoices",
        required=True,
        check_company=True,
    )
    reason = fields.Text(required=True)
    user_id = fields.Many2one(
        "res.users", string="Owner", required=True, tracking=True
    )
    deadline = fields.Date(
        required=True,
        tracking=True,
        help="The invoices are held until the end of this day.",
    )
    state = fields.Selection(
        [
            ("open", "Open"),
            ("accepted", "Debtor Was Right"),
            ("rejected", "Debt Stands"),
            ("expired", "Expired"),
        ],
        required=True,
        default="open",
        index=True,
        tracking=True,
    )
    resolution = fields.Text()
    settled_at = fields.Datetime(readonly=True)
