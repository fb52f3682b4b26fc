from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from ..card.lock_rows import lock_rows

#: Not collected, and yet owed: what may be barred or is too old to be pursued.
GIVEN_UP = ("may_be_barred", "too_old")
REASONS = [
    ("insolvent", "Insolvent"),
    ("untraceable", "Cannot Be Found"),
    ("uneconomic", "Not Worth the Costs"),
    ("barred", "Time-Barred"),
    ("hopeless", "No Prospect of Success"),
    ("goodwill", "Goodwill"),
    ("other", "Other"),
]


class DebtWriteoff(models.Model):
    """A debt that is given up: proposed with a reason, approved and posted.

    Whoever works the case proposes it, an accountant approves it, and accounting has
    the last word: it stands for as long as its entries do. Taken back, the debt is owed
    again, and the case comes back as itself.
    """

    _name = "debt.writeoff"
    _description = "Write-Off"
    _inherit = ["debt.evidence"]
    _order = "id desc"
    _check_company_auto = True
    _by_methods = frozenset(
        (
            "amount",
            "approved_by_id",
            "approved_on",
            "decision_ids",
            "ended_reason",
            "move_ids",
            "proposed",
            "state",
            "todo_id",
            "user_id",
        )
    )
    _for_good = frozenset(("case_id", "note", "reason"))
    _after_decision = frozenset(("warns",))

    case_id = fields.Many2one(
        "debt.case", required=True, ondelete="cascade", index=True, check_company=True
    )
    partner_id = fields.Many2one(
        related="case_id.partner_id", string="Debtor", store=True, index=True
    )
    company_id = fields.Many2one(related="case_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    reason = fields.Selection(REASONS, required=True)
    note = fields.Text(
        string="Why",
        required=True,
        help="What was tried, and what is known: an auditor reads it.",
    )
    line_ids = fields.Many2many(
        "account.move.line",
        "debt_writeoff_line_rel",
        "writeoff_id",
        "line_id",
        string="Items",
        groups="account.group_account_readonly,account.group_account_invoice",
        help="What is given up: all that was overdue and undisputed, unless you take "
        "something out.",
    )
    overdue = fields.Monetary(related="case_id.amount_overdue", string="Overdue Now")
    proposed = fields.Monetary(readonly=True, help="What was left when it was made.")
    amount = fields.Monetary(
        string="Written Off", readonly=True, help="What was left when it was posted."
    )
    user_id = fields.Many2one(
        "res.users",
        string="Proposed By",
        required=True,
        readonly=True,
        default=lambda self: self.env.user,
    )
    todo_id = fields.Many2one(
        "mail.activity", readonly=True, ondelete="set null", index="btree_not_null"
    )
    approved_by_id = fields.Many2one("res.users", readonly=True)
    approved_on = fields.Date(readonly=True)
    ended_reason = fields.Text(string="Why It Ended", readonly=True)
    move_ids = fields.Many2many(
        "account.move",
        "debt_writeoff_move_rel",
        "writeoff_id",
        "move_id",
        string="Entries",
        readonly=True,
        copy=False,
        groups="account.group_account_readonly,account.group_account_invoice",
    )
    decision_ids = fields.Many2many(
        "debt.item.decision",
        "debt_writeoff_decision_rel",
        string="Decisions",
        readonly=True,
        copy=False,
        groups="account.group_account_readonly,account.group_account_invoice",
    )
    warns = fields.Boolean(
        string="Warn on New Business",
        default=True,
        help="New invoices and orders of the debtor say that a debt was written off.",
    )
    state = fields.Selection(
        [
            ("proposed", "Proposed"),
            ("waiting", "Credit Notes to Post"),
            ("posted", "Written Off"),
            ("declined", "Declined"),
            ("reversed", "Taken Back"),
        ],
        required=True,
        default="proposed",
        index=True,
    )

    @api.depends("partner_id", "reason", "state")
    def _compute_display_name(self):
        reasons = dict(self._fields["reason"]._description_selection(self.env))
        for one in self:
            why = reasons.get(one.reason) or ""
            one.display_name = f"{one.partner_id.display_name}: {why}"

    def _is_decided(self):
        return self.state != "proposed"

    def _describe(self):
        """The sum and the reason, in words."""
        reasons = dict(self._fields["reason"]._description_selection(self.env))
        amount = self.amount or self.proposed
        return f"{self.currency_id.format(amount)}, {reasons[self.reason]}"

    # --- proposed ---------------------------------------------------------------------
    @api.model_create_multi
    def create(self, vals_list):
        """:raises UserError: nothing can be given up, or it is proposed already"""
        named = self.default_get(["case_id"]).get("case_id")
        self._check_possible([vals.get("case_id", named) for vals in vals_list])
        records = super().create(vals_list)
        for one in records:
            # Superuser: what is owed is read from the ledger, for whoever has the case.
            own = one.sudo()
            rows = self._givable(own.case_id)
            own.line_ids = [Command.set([row["line_id"] for row in rows])]
            own.proposed = own._left()
            own._ask_accountant(self.env._("Approve or decline the write-off"))
            one._tell(
                self.env._(
                    "Write-off proposed: %(what)s. %(note)s",
                    what=one._describe(),
                    note=one.note,
                )
            )
        return records

    @api.model
    def _check_possible(self, case_ids):
        """:raises UserError: nothing can be given up, or it is proposed already"""
        named = list(filter(None, case_ids))
        cases = self.env["debt.case"].browse(dict.fromkeys(named))
        cases.check_access("read")
        # Whoever proposes the same at this moment comes after, and is told.
        lock_rows(cases)
        # Superuser: whether there is one; who may read the case was checked.
        waits = [("case_id", "in", cases.ids), ("state", "in", ("proposed", "waiting"))]
        if len(cases) < len(named) or self.sudo().search_count(waits, limit=1):
            raise UserError(
                self.env._("A write-off of this case waits for the accountant already.")
            )
        if none := cases.filtered(lambda case: not self._givable(case)):
            raise UserError(
                self.env._(
                    "Nothing of what %(debtor)s owes can be written off: it is "
                    "paid, disputed or not due.",
                    debtor=none[0].partner_id.display_name,
                )
            )

    @api.constrains("line_ids")
    def _check_lines(self):
        for one in self.sudo():
            debtors = one.line_ids.partner_id.commercial_partner_id
            companies = self.env["debt.ledger"]._entities(one.line_ids.company_id)
            if debtors - one.partner_id or companies - one.company_id:
                raise ValidationError(
                    self.env._("Only what this debtor owes this company is given up.")
                )

    @api.model
    def _givable(self, case):
        """What the ledger says is left of what can be given up of a case."""
        return [
            row
            for row in self.env["debt.ledger"]._case_rows(case)
            if row["left"] > 0
            and row["left_currency"] > 0
            and (row["part"] == "collected" or row["reason"] in GIVEN_UP)
        ]

    def _rows(self):
        """The same of its items."""
        items = set(self.line_ids.ids)
        return [row for row in self._givable(self.case_id) if row["line_id"] in items]

    def _left(self):
        return self.currency_id.round(sum(row["left"] for row in self._rows()))

    def _ask_accountant(self, summary):
        """Give the accountant something to do instead of what there was (superuser)."""
        self._done()
        case = self.case_id.with_context(mail_activity_quick_update=True)
        self.todo_id = case.activity_schedule(
            "mail.mail_activity_data_todo",
            summary=summary,
            user_id=case._accountant().id,
            date_deadline=self.company_id._debt_today(),
        )

    def _done(self):
        """Nothing is to be done about it any more (superuser)."""
        self.todo_id.action_feedback()
        self.todo_id = False

    def write(self, vals):
        """Whether it warns of new business is told on the case."""
        turned = self.browse()
        if "warns" in vals:
            turned = self.filtered(lambda one: one.warns != bool(vals["warns"]))
        result = super().write(vals)
        for one in turned:
            one._tell(
                self.env._("New business with the debtor warns of the write-off.")
                if one.warns
                else self.env._(
                    "New business with the debtor does not warn of the write-off."
                )
            )
        return result

    def _tell(self, text):
        # Superuser: a note on the case, by whoever did it.
        self.case_id.sudo()._message_log(body=text)

    # --- decided ----------------------------------------------------------------------
    def _check_may_decide(self):
        """:raises AccessError: the user is no accountant of collection"""
        self.check_access("write")
        if not self.env.user.has_group("debt_collection.group_debt_accountant"):
            raise AccessError(
                self.env._("Accountants approve write-offs, and take them back.")
            )

    def _approve(self, way, account=None):
        """Post it, or draft its credit notes.

        :param str way: ``entry`` or ``credit_note``
        :param account: ``account.account`` of the loss, for an entry
        :raises AccessError: the user may not
        :raises UserError: nothing is left of it, or it cannot be posted so
        """
        self.ensure_one()
        self._check_may_decide()
        # Superuser: what was decided is not written by hand; entries are the user's.
        own = self.sudo()
        if own.state != "proposed":
            raise UserError(self.env._("It was decided already."))
        rows = own._rows()
        if not rows:
            raise UserError(
                self.env._("Nothing is left of it by now: decline the write-off.")
            )
        own.amount = own._left()
        own.write(
            {
                # What was paid or disputed meanwhile is not given up.
                "line_ids": [Command.set([row["line_id"] for row in rows])],
                "approved_by_id": self.env.uid,
                "approved_on": own.company_id._debt_today(),
            }
        )
        if way == "entry":
            moves, state = self._post_entries(rows, account), "posted"
        else:
            moves, state = self._draft_notes(rows), "waiting"
        own.write({"state": state, "move_ids": [Command.set(moves.ids)]})
        own._done()
        if state == "waiting":
            own._ask_accountant(
                self.env._("Check and post the credit notes of the write-off")
            )
        self._tell_approved()
        self.env["debt.case"].refresh(own.partner_id.ids)

    def _tell_approved(self):
        text = self.env._(
            "Write-off approved: %(what)s. %(note)s",
            what=self._describe(),
            note=self.note,
        )
        self._tell(text)
        # Superuser: notes on exactly these documents.
        for move in self.sudo().line_ids.move_id | self.sudo().move_ids:
            move._message_log(body=text)

    def _decline(self, reason):
        """It is not given up: collection goes on.

        :raises AccessError: the user may not
        """
        self._check_may_decide()
        # Superuser: what was decided is not written by hand.
        for one in self.sudo().filtered(lambda one: one.state == "proposed"):
            one.write({"state": "declined", "ended_reason": reason})
            one._done()
            one._tell(
                self.env._(
                    "Write-off declined: %(what)s. %(reason)s",
                    what=one._describe(),
                    reason=reason,
                )
            )

    def _take_back(self, reason):
        """Reverse what was posted: the debt is owed again.

        :raises AccessError: the user may not
        """
        self.ensure_one()
        self._check_may_decide()
        # Superuser: what was decided is not written by hand; entries are the user's.
        own = self.sudo()
        if own.state not in ("waiting", "posted"):
            raise UserError(self.env._("There is nothing to take back."))
        own.ended_reason = reason
        moves = own.move_ids.sudo(self.env.su)
        drafts = moves.filtered(lambda move: move.state == "draft")
        today = own.company_id._debt_today()
        # What was reset is still matched: it is cancelled, and not reversed as well.
        posted = (moves - drafts).filtered(lambda move: move._debt_stands())
        for move in posted:
            values = {"date": today, "ref": self.env._("Taken back: %s", move.ref)}
            if move.is_invoice(include_receipts=True):
                values["invoice_date"] = today
            move._reverse_moves([values], cancel=True)
        drafts.button_cancel()
        own._follow()
        self.env["debt.case"].refresh(own.partner_id.ids)

    # --- accounting has the last word -------------------------------------------------
    def _follow(self):
        """Its entries were posted, reset, reversed or deleted (superuser)."""
        for one in self:
            moves = one.move_ids
            if one.state == "waiting" and "draft" in moves.mapped("state"):
                continue
            stands = any(move._debt_stands() for move in moves)
            if stands and one.state in ("waiting", "reversed"):
                one._stand("posted", self.env._("Written off: %s.", one._describe()))
            elif not stands and one.state in ("waiting", "posted"):
                one._stand(
                    "reversed",
                    self.env._(
                        "The write-off was taken back, and the debt is owed again: "
                        "%(what)s. %(reason)s",
                        what=one._describe(),
                        reason=one.ended_reason or "",
                    ),
                )

    def _stand(self, state, text):
        self.state = state
        self._done()
        self._let_go()
        self.env["debt.ledger"]._note_changed("lines", self.line_ids.ids)
        self._tell(text.strip())

    def _let_go(self):
        """Take back what kept the items from collection, and no more (superuser).

        Somebody may have left them out for reasons of his own since.
        """
        ours = self.decision_ids.filtered(
            lambda one: (
                one.debt_status == "excluded"
                and one.debt_excluded_until == self._posted_by()
            )
        )
        ours._debt_undecide()
        self.decision_ids = False

    def action_moves(self):
        """The entries, for those with accounting rights."""
        self.ensure_one()
        self.check_access("read")
        moves = self.move_ids
        entries = self.env.ref("account.view_move_tree").id
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Entries of the Write-Off"),
            "res_model": "account.move",
            "res_id": moves.id if len(moves) == 1 else False,
            "views": [(False, "form")]
            if len(moves) == 1
            else [(entries, "list"), (False, "form")],
            "domain": [("id", "in", moves.ids)],
        }


class DebtCase(models.Model):
    _inherit = "debt.case"

    writeoff_ids = fields.One2many(
        "debt.writeoff", "case_id", string="Write-Offs", readonly=True
    )
