from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_date

ALIVE = ("proposed", "approved")


class DebtSettlement(models.Model):
    """An offer to take less: so much, until a day, and the rest is credited.

    Proposed by whoever works the case, approved by an accountant, and then promised
    like any other sum. Payments alone decide, and the day counts: what comes a day
    later is a payment like any other, and the whole is owed.
    """

    _name = "debt.settlement"
    _description = "Settlement"
    _inherit = "debt.evidence"
    _order = "until desc, id desc"
    _check_company_auto = True
    _by_methods = frozenset(
        (
            "approved_by_id",
            "approved_on",
            "credit_note_ids",
            "decision_ids",
            "line_ids",
            "made_on",
            "owed",
            "paid",
            "promise_id",
            "state",
            "todo_id",
            "user_id",
        )
    )
    _for_good = frozenset(("amount", "case_id", "condition", "until"))

    case_id = fields.Many2one(
        "debt.case", required=True, ondelete="cascade", index=True, check_company=True
    )
    partner_id = fields.Many2one(
        related="case_id.partner_id", string="Debtor", store=True, index=True
    )
    company_id = fields.Many2one(related="case_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    line_ids = fields.Many2many(
        "account.move.line",
        string="Items",
        readonly=True,
        groups="account.group_account_readonly,account.group_account_invoice",
        help="What was collected when it was proposed: nothing else is settled by it.",
    )
    overdue = fields.Monetary(related="case_id.amount_overdue", string="Overdue Now")
    owed = fields.Monetary(readonly=True, help="What was overdue when it was proposed.")
    amount = fields.Monetary(string="To Be Paid", required=True)
    rebate = fields.Monetary(compute="_compute_rebate", help="What is credited then.")
    until = fields.Date(
        required=True,
        help="The last day on which the money may come in, where the company is. A day "
        "later the offer is void.",
    )
    condition = fields.Text(help="What else was agreed, and why less is taken.")
    user_id = fields.Many2one(
        "res.users",
        string="Proposed By",
        required=True,
        readonly=True,
        default=lambda self: self.env.user,
    )
    # Money counts for it since that day.
    made_on = fields.Date(string="Proposed On", readonly=True)
    todo_id = fields.Many2one(
        "mail.activity", readonly=True, ondelete="set null", index="btree_not_null"
    )
    approved_by_id = fields.Many2one("res.users", readonly=True)
    approved_on = fields.Date(readonly=True)
    promise_id = fields.Many2one(
        "debt.promise", readonly=True, ondelete="set null", index="btree_not_null"
    )
    paid = fields.Monetary(readonly=True, help="What came in for it in time.")
    credit_note_ids = fields.Many2many(
        "account.move",
        "debt_settlement_credit_note_rel",
        "settlement_id",
        "move_id",
        string="Credit Notes",
        readonly=True,
        copy=False,
        groups="account.group_account_readonly,account.group_account_invoice",
    )
    # What is credited is not collected until its credit note is posted.
    decision_ids = fields.Many2many(
        "debt.item.decision",
        string="Decisions",
        readonly=True,
        copy=False,
        groups="account.group_account_readonly,account.group_account_invoice",
    )
    state = fields.Selection(
        [
            ("proposed", "Proposed"),
            ("approved", "Approved"),
            ("kept", "Kept"),
            ("void", "Void"),
            ("declined", "Declined"),
        ],
        required=True,
        default="proposed",
        index=True,
    )

    _alive_once = models.UniqueIndex(
        "(case_id) WHERE state IN ('proposed', 'approved')",
        "There is an offer for this case already.",
    )
    _amount_positive = models.Constraint(
        "CHECK(amount > 0)", "Enter what is to be paid; it is above zero."
    )

    @api.depends("owed", "amount")
    def _compute_rebate(self):
        for offer in self:
            offer.rebate = max(0, offer.owed - offer.amount)

    @api.depends("partner_id", "amount", "until")
    def _compute_display_name(self):
        for offer in self:
            offer.display_name = f"{offer.partner_id.display_name}: {offer._describe()}"

    def _describe(self):
        return self.env._(
            "%(amount)s instead of %(owed)s by %(day)s",
            amount=self.currency_id.format(self.amount),
            owed=self.currency_id.format(self.owed),
            day=format_date(self.env, self.until) or "…",
        )

    def _is_decided(self):
        return self.state != "proposed"

    # --- proposed ---------------------------------------------------------------------
    @api.model_create_multi
    def create(self, vals_list):
        """:raises UserError: there is nothing to settle, or no such offer"""
        self._check_none_alive([vals.get("case_id") for vals in vals_list])
        offers = super().create(vals_list)
        for offer in offers:
            case = offer.case_id
            rows = [] if case.closed_at else case._collected()
            # Superuser: what is owed is read from the ledger, for whoever has the case.
            offer.sudo().write(
                {
                    "made_on": case.company_id._debt_today(),
                    "owed": case.amount_overdue if rows else 0,
                    "line_ids": [Command.set([row["line_id"] for row in rows])],
                }
            )
            offer._check_possible()
            offer.sudo()._ask_accountant(
                self.env._("Approve or decline the settlement"), offer.until
            )
            offer._tell(self.env._("Settlement proposed: %s.", offer._describe()))
        return offers

    @api.model
    def _check_none_alive(self, case_ids):
        """:raises UserError: something was offered already, and still stands"""
        # Superuser: whether there is one; who may read the case is checked.
        domain = [("case_id", "in", case_ids), ("state", "in", ALIVE)]
        if self.sudo().search_count(domain, limit=1):
            raise UserError(
                self.env._(
                    "There is an offer for this case already: end it before you make "
                    "another one."
                )
            )

    def _check_possible(self):
        """:raises UserError: nothing is owed, not less is asked for, or it is over"""
        money = self.currency_id
        if money.compare_amounts(self.amount, self.owed) >= 0:
            raise UserError(
                self.env._(
                    "%(owed)s is overdue: a settlement asks for less than that.",
                    owed=money.format(self.owed),
                )
            )
        if self._is_over():
            raise UserError(self.env._("Choose a day from today on."))

    def _ask_accountant(self, summary, until=None):
        """Give the accountant something to do, instead of what there was (superuser).

        :param date until: the last day for it; None: today
        """
        self._done()
        case, today = self.case_id, self.company_id._debt_today()
        case = case.with_context(mail_activity_quick_update=True)
        self.todo_id = case.activity_schedule(
            "mail.mail_activity_data_todo",
            summary=summary,
            user_id=case._accountant().id,
            date_deadline=min(until or today, today),
        )

    def _done(self):
        """Nothing is to be done about these any more (superuser)."""
        self.todo_id.action_feedback()
        self.todo_id = False

    def _tell(self, text):
        # Superuser: a note on the case, by whoever did it.
        self.case_id.sudo()._message_log(body=text)

    # --- decided by an accountant -----------------------------------------------------
    def _check_may_approve(self):
        """:raises AccessError: the user is no accountant of collection"""
        self.check_access("write")
        if not self.env.user.has_group("debt_collection.group_debt_accountant"):
            raise AccessError(
                self.env._("Accountants approve settlements, and end them.")
            )

    def action_approve(self):
        """Let the offer stand: it is promised, and the case waits for the money.

        :raises AccessError: the user may not
        :raises UserError: its day is over, or less is owed by now
        """
        self._check_may_approve()
        for offer in self.sudo().filtered(lambda one: one.state == "proposed"):
            offer._check_possible()
            offer.paid = offer._paid_in_time()
            promise = not offer._is_paid() and offer._promise()
            offer.write(
                {
                    "state": "approved",
                    "approved_by_id": self.env.uid,
                    "approved_on": offer.company_id._debt_today(),
                    "promise_id": promise and promise.id,
                }
            )
            offer._done()
            offer._tell(self.env._("Settlement approved: %s.", offer._describe()))
            offer._decide()
            offer.case_id._plan()

    def _promise(self):
        """Have promised what has not come in since the offer was made.

        :return: ``debt.promise``
        :raises UserError: no more than that is owed
        """
        case, money = self.case_id, self.currency_id
        rows = [row for row in self._rows() if row["left"] > 0]
        left = money.round(sum(row["left"] for row in rows))
        amount = money.round(self.amount - self.paid)
        if money.compare_amounts(left, amount) <= 0:
            raise UserError(
                self.env._(
                    "No more than %(left)s is owed by now: decline the settlement, "
                    "and propose another one if need be.",
                    left=money.format(left),
                )
            )
        parts, items = [(amount, self.until)], list({row["line_id"] for row in rows})
        promises = self.env["debt.promise"].sudo()
        promises._check_new(case, parts, items)
        return promises._agree(case, parts, line_ids=items, user_id=self.user_id.id)

    def _rows(self):
        """What the ledger says of its items, what is disputed of them left out."""
        items = set(self.line_ids.ids)
        return [
            row
            for row in self.env["debt.ledger"]._case_rows(self.case_id)
            if row["line_id"] in items and row["reason"] != "disputed"
        ]

    def action_decline(self):
        """The offer is not made, or does not stand any more: the whole is owed.

        :raises AccessError: the user may not
        """
        self._check_may_approve()
        for offer in self.sudo().filtered(lambda one: one.state in ALIVE):
            offer.state = "declined"
            offer._done()
            offer._tell(self.env._("Settlement ended: %s.", offer._describe()))
            promise = offer._promised()._standing()
            promise._end(self.env._("The settlement does not stand any more."))
            promise.case_id._resume_unpromised()

    def _promised(self):
        """The promise of it, as it was corrected since, with all instalments."""
        promise = self.promise_id
        while promise and promise.replaced_by_id.corrects_id == promise:
            promise = promise.replaced_by_id
        return promise.plan_id.plan_ids or promise
