from odoo import Command, api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import format_date

from ..models.card.arguments import LIFETIME
from ..models.card.dormant import wake
from ..tools.clock import instant
from .debt_call_wizard_promise import INTERVALS


class DebtCaseEntryItem(models.TransientModel):
    """An open item that what is entered may be about.

    Whoever has no rights in accounting gets these values and no way to the ledger.
    """

    _name = "debt.case.entry.item"
    _description = "Open Item to Choose"
    _order = "date_due, id"

    entry_id = fields.Many2one(
        "debt.case.entry", required=True, index=True, ondelete="cascade"
    )
    name = fields.Char(string="Number")
    date_due = fields.Date(string="Due")
    currency_id = fields.Many2one("res.currency")
    left = fields.Monetary(string="Open")
    line_ref = fields.Integer(help="The entry's line, by its id.")
    selected = fields.Boolean(string="About This")

    def _debt_farthest(self, field):
        """The ledger's days come back with the form: some items are old."""
        return LIFETIME


class DebtCaseEntry(models.TransientModel):
    """What a debtor has let us know without a call: by mail, by letter, in person.

    The rules are those of a call, by the same methods.
    """

    _name = "debt.case.entry"
    _description = "Entry on a Debt Case"

    case_id = fields.Many2one("debt.case", required=True, readonly=True)
    currency_id = fields.Many2one(related="case_id.currency_id")
    kind = fields.Selection(
        [
            ("promise", "Promise or Plan"),
            ("paid", "Says It Is Paid"),
            ("dispute", "Dispute"),
            ("refusal", "Refuses Contact"),
            ("note", "Note"),
        ],
        required=True,
        default="promise",
    )
    channel = fields.Selection(
        [
            ("email", "By E-mail"),
            ("letter", "By Letter"),
            ("in_person", "In Person"),
            ("other", "Otherwise"),
            ("portal", "On the Debtor's Page"),
        ],
        string="How",
        required=True,
        default="email",
    )
    received_on = fields.Date(
        required=True, default=lambda self: self.env.company._debt_today()
    )
    item_ids = fields.One2many("debt.case.entry.item", "entry_id", string="Items")
    note = fields.Text()
    # --- a promise
    promise_amount = fields.Monetary(string="Amount")
    promise_date = fields.Date(string="By")
    promise_parts = fields.Integer(string="Instalments", default=1)
    promise_every = fields.Selection(
        [
            ("week", "every week"),
            ("fortnight", "every two weeks"),
            ("month", "every month"),
        ],
        string="Interval",
        default="month",
        required=True,
    )
    promise_method = fields.Selection(
        lambda self: (
            self.env["debt.promise"]._fields["method"]._description_selection(self.env)
        ),
        string="Way of Payment",
    )
    promise_meant = fields.Boolean(
        string="More Than Is Owed Is Meant",
        help="Tick it where the amount is no slip of the keys.",
    )
    # --- a payment that is said to be made
    paid_on = fields.Date()
    paid_amount = fields.Monetary()
    paid_reference = fields.Char(string="Payment Reference")
    # --- a dispute
    dispute_code = fields.Selection(
        lambda self: (
            self.env["debt.dispute"]
            ._fields["reason_code"]
            ._description_selection(self.env)
        ),
        string="Kind of Dispute",
        default="other",
    )
    dispute_currency_id = fields.Many2one(
        "res.currency", compute="_compute_dispute_currency_id"
    )
    dispute_amount = fields.Monetary(
        string="Disputed Part",
        currency_field="dispute_currency_id",
        help="In the currency of the invoice. Zero: all that is open of the invoices.",
    )

    # --- a refusal
    refused = fields.Selection(
        [
            ("all", "Everything but Letters"),
            ("telephone", "Calls and SMS"),
            ("sms", "SMS"),
            ("email", "E-mails"),
        ],
        required=True,
        default="all",
        help="What the debtor refuses; the law may take it for more.",
    )

    @api.model
    def default_get(self, names):
        values = super().default_get(names)
        case = self.env["debt.case"].browse(values.get("case_id"))
        if case:
            case.check_access("read")
            values["promise_amount"] = case.amount_overdue
            values["item_ids"] = [
                Command.create(
                    {
                        "name": row["name"],
                        "date_due": row["due"],
                        "currency_id": row["currency_id"],
                        "left": row["amount_currency"],
                        "line_ref": row["line_id"],
                    }
                )
                for row in case._read_items()
                if row["amount"] > 0
            ]
        return {name: values[name] for name in values if name in names}

    @api.depends("item_ids.selected")
    def _compute_dispute_currency_id(self):
        for entry in self:
            ticked = entry.item_ids.filtered("selected")
            entry.dispute_currency_id = ticked[:1].currency_id or entry.currency_id

    # --- saving -------------------------------------------------------------------
    def action_record(self):
        """Put on record what was entered, with what follows from it."""
        self.ensure_one()
        self.case_id.check_access("write")
        self._check_entry()
        # Superuser: what the debtor agreed to or contests is put on record for a user
        # who has no rights of his own on it; the case is his (checked above).
        entry = self.sudo()
        match entry.kind:
            case "promise":
                entry._record_promise()
            case "paid":
                entry._record_paid()
            case "dispute":
                entry._record_dispute()
            case "refusal":
                entry._record_refusal()
            case "note":
                entry._record_note()
        entry._wake_case()
        return {"type": "ir.actions.act_window_close"}

    def _wake_case(self):
        """Who lets us know more than that he refuses is no longer dormant."""
        if self.kind != "refusal":
            wake(
                self.case_id,
                self.env._(
                    "The debtor has let us know: the case is no longer dormant."
                ),
            )

    def _check_entry(self):
        """:raises ValidationError: it came tomorrow, or the case is closed"""
        if self.channel == "portal" and not self.env.su:
            raise ValidationError(
                self.env._("What a debtor does on the page is entered by nobody else.")
            )
        today = self.case_id.company_id._debt_today()
        if not self.received_on or self.received_on > today:
            raise ValidationError(
                self.env._("Say when the debtor let us know: today or earlier.")
            )
        if self.case_id.closed_at and self.kind not in ("note", "refusal"):
            raise ValidationError(
                self.env._("The case is closed: only a note or a refusal is recorded.")
            )

    def _tell(self, text):
        """Say in the chatter what came in, how and when."""
        channels = dict(self._fields["channel"]._description_selection(self.env))
        body = self.env._(
            "%(channel)s, %(date)s: %(text)s",
            channel=channels[self.channel],
            date=format_date(self.env, self.received_on),
            text=text,
        )
        if note := self.kind != "note" and (self.note or "").strip():
            body = f"{body}\n{note}"
        own = self.channel == "portal" and self.case_id.partner_id.id
        self.case_id._message_log(body=body, author_id=own or None)

    # --- a promise ----------------------------------------------------------------
    def _promised_parts(self):
        first = (self.promise_amount, self.promise_date)
        if self.promise_parts == 1 or not self.promise_date:
            return [first]
        return self.env["debt.promise"]._split(
            self.case_id.company_id,
            self.promise_amount,
            self.promise_parts,
            self.promise_date,
            **INTERVALS[self.promise_every],
        )

    def _record_promise(self):
        promises, case = self.env["debt.promise"], self.case_id
        parts, lines = self._promised_parts(), self._ticked_lines()
        total = self.promise_meant and sum(amount for amount, _day in parts)
        promises._check_new(case, parts, lines, self.promise_method, total)
        promise = promises._agree(
            case,
            parts,
            line_ids=lines,
            method=self.promise_method,
            made_on=self.received_on,
            user_id=self.env.uid,
        )
        self._tell(self.env._("Promises %(schedule)s.", schedule=promise.schedule))

    def _ticked_lines(self):
        return self.item_ids.filtered("selected").mapped("line_ref")

    # --- a payment that is said to be made ------------------------------------------
    def _record_paid(self):
        """The accountant looks for it, and nobody calls meanwhile."""
        if not self.paid_on or self.paid_on > self.received_on:
            raise ValidationError(
                self.env._("Say when it was paid; what will be paid is a promise.")
            )
        if not self.paid_amount > 0:
            raise ValidationError(self.env._("Enter the amount that was paid."))
        outcome = self.env.ref("debt_collection.outcome_claims_paid")
        text = self._paid_text()
        case = self.case_id
        if case.state != "legal":
            case.write({"state": outcome.case_state, **outcome._prepare_hold(case)})
        outcome._ask_accountant(case, text)
        self._tell(text)

    def _paid_text(self):
        known = {
            "amount": self.currency_id.format(self.paid_amount),
            "date": format_date(self.env, self.paid_on),
        }
        if not self.paid_reference:
            return self.env._("Says that %(amount)s was paid on %(date)s.", **known)
        return self.env._(
            "Says that %(amount)s was paid on %(date)s, reference “%(reference)s”.",
            reference=self.paid_reference,
            **known,
        )

    # --- the rest -------------------------------------------------------------------
    def _record_dispute(self):
        disputes, case = self.env["debt.dispute"], self.case_id
        items = self.env["debt.ledger"]._case_rows(case)
        ticked = set(self._ticked_lines())
        ids = {item["move_id"] for item in items if item["line_id"] in ticked}
        moves = self.env["account.move"].browse(sorted(ids))
        about = (self.note, self.dispute_code, self.dispute_amount)
        disputes._check_new(case, moves, *about)
        disputes._raise(case, moves, *about)
        self._tell(self.env._("The debtor disputes what is said below."))

    def _record_refusal(self):
        """A refusal by letter or in person is heeded from this moment on."""
        said, zone = (self.note or "").strip(), self.case_id.company_id._debt_zone()
        if not said:
            raise ValidationError(
                self.env._("Write down in the debtor's words what is refused.")
            )
        self.env["debt.refusal"]._enter(
            self.case_id,
            self.channel,
            said,
            self.refused,
            instant(zone, self.received_on),
        )

    def _record_note(self):
        if not (self.note or "").strip():
            raise ValidationError(self.env._("Write down what the debtor let us know."))
        self._tell(self.note.strip())
