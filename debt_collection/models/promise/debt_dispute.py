from datetime import timedelta

from odoo import Command, api, fields, models
from odoo.exceptions import ValidationError


class DebtDispute(models.Model):
    """Invoices a debtor contests, in full or in part. That much is not chased.

    A dispute has an owner and an end: when the deadline passes unanswered, the
    invoices are collectible again and the dispute is marked expired. It is settled
    once and with a reason; see `debt_dispute_settle`.
    """

    _name = "debt.dispute"
    _description = "Dispute"
    _inherit = ["debt.evidence", "debt.chatter", "mail.activity.mixin"]
    _order = "deadline, id"
    _check_company_auto = True
    _by_methods = frozenset(
        (
            "amount_company",
            "credit_note_ids",
            "reopened_id",
            "resolution",
            "settled_at",
            "settled_by_id",
            "state",
        )
    )
    _for_good = frozenset(("amount", "call_id", "case_id", "move_ids", "reason"))

    case_id = fields.Many2one(
        "debt.case", required=True, ondelete="cascade", index=True, check_company=True
    )
    partner_id = fields.Many2one(related="case_id.partner_id", store=True, index=True)
    company_id = fields.Many2one(related="case_id.company_id", store=True, index=True)
    call_id = fields.Many2one("debt.call", ondelete="set null", index="btree_not_null")
    # Of the case's legal entity, which has branches: see `_check_contested`.
    move_ids = fields.Many2many(
        "account.move",
        "debt_dispute_account_move_rel",
        "dispute_id",
        "move_id",
        string="Invoices",
        required=True,
    )
    currency_id = fields.Many2one(
        "res.currency", compute="_compute_currency_id", store=True, precompute=True
    )
    amount = fields.Monetary(
        string="Disputed Part",
        help="In the currency of the invoice. Zero: all that is open of the invoices.",
    )
    company_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Company Currency"
    )
    amount_company = fields.Monetary(
        string="Disputed Amount",
        currency_field="company_currency_id",
        readonly=True,
        help="What was disputed, in company currency, as it was open on that day.",
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

    @api.depends("move_ids")
    def _compute_currency_id(self):
        for dispute in self:
            # Superuser: an operator may know what his case is about.
            dispute.currency_id = dispute.sudo().move_ids[:1].currency_id

    @api.constrains("move_ids", "case_id")
    def _check_moves(self):
        for dispute in self:
            # Opening balances bear the debtor on their lines, often many of them.
            entries = dispute.move_ids.filtered(lambda move: not move.partner_id)
            debtor = dispute.move_ids.commercial_partner_id
            debtor |= entries._debt_lines().partner_id.commercial_partner_id
            if not dispute.move_ids or debtor != dispute.case_id.partner_id:
                raise ValidationError(
                    self.env._("A dispute can only cover invoices of its own debtor.")
                )

    @api.depends("partner_id", "move_ids.name")
    def _compute_display_name(self):
        for dispute in self:
            names = dispute._invoice_names()
            dispute.display_name = f"{dispute.partner_id.display_name}: {names}"

    @api.model_create_multi
    def create(self, vals_list):
        disputes = super().create(vals_list)
        for dispute in disputes:
            # Superuser: what is open of the invoices is read from the ledger.
            case, moves = dispute.case_id, dispute.sudo().move_ids
            dispute._check_contested(case, moves, dispute.amount)
            dispute.sudo().amount_company = dispute._value_of(moves, dispute.amount)
            dispute._ask_owner(self.env._("Settle the dispute"), dispute.deadline)
            dispute._tell_raised()
        disputes._refresh_debtors()
        return disputes

    def write(self, vals):
        result = super().write(vals)
        if {"state", "deadline", "move_ids"} & set(vals):
            self._refresh_debtors()
        return result

    def _is_decided(self):
        return self.state in ("accepted", "rejected")

    # --- raised in a call, or entered on the case ---------------------------------
    @api.model
    def _check_new(self, case, moves, reason, code=None, amount=0):
        """Whatever is missing or impossible is said before anything is saved.

        :param case: ``debt.case``
        :param moves: ``account.move``
        :param float amount: currency of the invoice; zero: all that is open of them
        :raises ValidationError: in a sentence for whoever enters it
        """
        if not moves or not (reason or "").strip():
            raise ValidationError(
                self.env._("Choose the disputed invoices and say what is wrong.")
            )
        codes = self._fields["reason_code"].get_values(self.env)
        if code not in (None, False, *codes):
            raise ValidationError(
                self.env._("Choose one of the kinds of dispute on the list.")
            )
        self._check_contested(case, moves, amount)

    @api.model
    def _check_contested(self, case, moves, amount):
        """Whatever is open can be disputed; a part, only of what can be credited.

        :raises ValidationError: nothing of it is open, or not as much as that
        """
        items = self.env["debt.ledger"]._case_rows(case)
        open_ = {
            item["move_id"]
            for item in items
            if item["part"] != "credit" and item["reason"] != "in_payment"
        }
        if not moves or set(moves.ids) - open_:
            raise ValidationError(
                self.env._("Only open invoices of this debtor can be disputed.")
            )
        if not amount:
            return
        currency = moves[:1].currency_id
        if len(moves) > 1:
            raise ValidationError(
                self.env._("A part can only be disputed of one invoice at a time.")
            )
        if not self._can_credit(moves):
            # Found valid, it would take all of the entry out of collection.
            raise ValidationError(
                self.env._(
                    "%(entry)s is no invoice: dispute all of it, without an amount.",
                    entry=moves.name,
                )
            )
        whole = self._open_of(moves)
        if not amount > 0 or currency.compare_amounts(amount, whole) > 0:
            raise ValidationError(
                self.env._(
                    "Of %(invoice)s, %(amount)s is open: dispute that much or less.",
                    invoice=moves.name,
                    amount=currency.format(whole),
                )
            )

    @api.model
    def _open_of(self, moves):
        """What is open of entries in their own currency, before unmatched credits."""
        lines = moves._debt_lines()
        return sum(max(0, line.amount_residual_currency) for line in lines)

    @api.model
    def _value_of(self, moves, amount):
        """What is disputed of entries, in company currency.

        :param float amount: currency of the entry; zero: all that is open
        """
        value = sum(max(0, line.amount_residual) for line in moves._debt_lines())
        own = amount and self._open_of(moves)
        return moves[:1].company_currency_id.round(
            value * amount / own if own else value
        )

    @api.model
    def _raise(self, case, moves, reason, code=None, amount=0, call=None):
        """Hold what a debtor contests until it is settled or its deadline passes.

        Superuser; the caller has checked who may do so, and by `_check_new` what.

        :return: ``debt.dispute``
        """
        company = case.company_id
        days = timedelta(days=company.debt_dispute_days)
        return self.create(
            {
                "case_id": case.id,
                "call_id": call and call.id,
                "move_ids": [Command.set(moves.ids)],
                "amount": amount,
                "reason_code": code or "other",
                "reason": reason,
                "user_id": case._accountant().id,
                "deadline": company._debt_today() + days,
            }
        )

    def _ask_owner(self, summary, deadline):
        self.with_context(mail_activity_quick_update=True).activity_schedule(
            "mail.mail_activity_data_todo",
            summary=summary,
            user_id=self.user_id.id,
            date_deadline=deadline,
        )

    # --- in words -------------------------------------------------------------------
    def _invoice_names(self):
        # Superuser: an operator may know which invoices of his case are disputed.
        return ", ".join(self.sudo().move_ids.mapped("display_name"))

    def _describe(self):
        return self._describe_part(self.sudo().move_ids, self.amount)

    @api.model
    def _describe_part(self, moves, amount):
        """What is disputed: "INV/2026/00012" or "400.00 € of INV/2026/00012"."""
        names = ", ".join(moves.mapped("display_name"))
        if not (amount and moves):
            return names
        return self.env._(
            "%(amount)s of %(invoice)s",
            amount=moves[:1].currency_id.format(amount),
            invoice=names,
        )

    def _tell_raised(self):
        kinds = dict(self._fields["reason_code"]._description_selection(self.env))
        self.case_id._message_log(
            body=self.env._(
                "Disputed: %(what)s (%(kind)s). %(reason)s",
                what=self._describe(),
                kind=kinds[self.reason_code],
                reason=self.reason,
            )
        )

    def _refresh_debtors(self):
        # Superuser with the debtors of exactly these disputes: whoever opens or settles
        # one need not see the whole ledger.
        for company in self.company_id:
            debtors = self.filtered(lambda d, c=company: d.company_id == c).partner_id
            self.env["debt.case"].sudo().with_company(company).with_context(
                allowed_company_ids=company.ids
            ).refresh(debtors.ids)
