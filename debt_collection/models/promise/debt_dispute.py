from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError


class DebtDispute(models.Model):
    """Invoices a debtor contests. They are not chased until it is settled.

    A dispute has an owner and an end: when the deadline passes unanswered, the
    invoices are collectible again and the dispute is marked expired.
    """

    _name = "debt.dispute"
    _description = "Dispute"
    _inherit = ["debt.evidence", "debt.chatter", "mail.activity.mixin"]
    _order = "deadline, id"
    _check_company_auto = True
    _by_methods = frozenset(("state", "settled_at"))
    _for_good = frozenset(("case_id", "call_id", "reason"))

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
    reason_code = fields.Selection(
        [
            ("wrong_amount", "Wrong Amount"),
            ("not_delivered", "Not Delivered"),
            ("defective", "Defective"),
            ("already_paid", "Already Paid"),
            ("not_mine", "Not the Debtor's"),
            ("other", "Other"),
        ],
        string="Kind",
        required=True,
        default="other",
        index=True,
    )
    reason = fields.Text(required=True)
    user_id = fields.Many2one("res.users", string="Owner", required=True, tracking=True)
    deadline = fields.Date(
        required=True,
        tracking=True,
        help="The invoices are held until the end of this day.",
    )
    state = fields.Selection(
        [
            ("open", "Open"),
            ("accepted", "Valid Dispute"),
            ("rejected", "Debt Confirmed"),
            ("expired", "Expired"),
        ],
        required=True,
        default="open",
        index=True,
        tracking=True,
    )
    resolution = fields.Text()
    settled_at = fields.Datetime(readonly=True)

    @api.constrains("move_ids", "case_id")
    def _check_moves(self):
        for dispute in self:
            debtor = dispute.move_ids.commercial_partner_id
            if not dispute.move_ids or debtor != dispute.case_id.partner_id:
                raise ValidationError(
                    self.env._("A dispute can only cover invoices of its own debtor.")
                )

    @api.depends("partner_id", "move_ids.name")
    def _compute_display_name(self):
        for dispute in self:
            # Superuser: an operator may know which invoices of his case are disputed.
            names = ", ".join(dispute.sudo().move_ids.mapped("name"))
            dispute.display_name = f"{dispute.partner_id.display_name}: {names}"

    @api.model_create_multi
    def create(self, vals_list):
        disputes = super().create(vals_list)
        for dispute in disputes:
            dispute.with_context(mail_activity_quick_update=True).activity_schedule(
                "mail.mail_activity_data_todo",
                summary=self.env._("Settle the dispute"),
                user_id=dispute.user_id.id,
                date_deadline=dispute.deadline,
            )
        disputes._refresh_debtors()
        return disputes

    def write(self, vals):
        result = super().write(vals)
        if {"state", "deadline", "move_ids"} & set(vals):
            self._refresh_debtors()
        return result

    def _is_decided(self):
        return self.state in ("accepted", "rejected")

    def action_accept(self):
        """The debtor was right; a credit note or a correction is the accountant's.

        Until it is made nobody is chased for what has been found to be wrong.
        """
        # Before they are settled: nobody is to be called in between.
        self._unsettled()._exclude_moves()
        self._settle("accepted")

    def action_reject(self):
        """The debt stands: its invoices are collected again from now on."""
        self._settle("rejected")

    def _exclude_moves(self):
        for dispute in self:
            company = dispute.company_id
            owed = dispute.move_ids.filtered(
                lambda move: (
                    move.state == "posted"
                    and move.is_sale_document(include_receipts=True)
                    and move.amount_residual_signed > 0
                )
            )
            if owed:
                owed._debt_exclude(
                    company._debt_today() + timedelta(days=company.debt_dispute_days),
                    self.env._("The dispute is valid: the invoice is being corrected."),
                )

    def _unsettled(self):
        return self.filtered(lambda dispute: dispute.state in ("open", "expired"))

    def _settle(self, state):
        self.check_access("write")
        # Superuser: the state of a dispute is not written by hand.
        disputes = self._unsettled().sudo()
        disputes.write({"state": state, "settled_at": fields.Datetime.now()})
        disputes.activity_ids.action_feedback()

    @api.model
    def _expire(self):
        """Disputes whose deadline has passed no longer hold their invoices."""
        for company in self.env["res.company"].search([]):
            late = self.search(
                [
                    ("company_id", "=", company.id),
                    ("state", "=", "open"),
                    ("deadline", "<", company._debt_today()),
                ]
            )
            late.state = "expired"

    def _refresh_debtors(self):
        # Superuser with the debtors of exactly these disputes: whoever opens or settles
        # one need not see the whole ledger.
        for company in self.company_id:
            debtors = self.filtered(lambda d, c=company: d.company_id == c).partner_id
            self.env["debt.case"].sudo().with_company(company).with_context(
                allowed_company_ids=company.ids
            ).refresh(debtors.ids)
