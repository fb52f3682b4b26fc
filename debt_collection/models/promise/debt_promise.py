from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import format_date

from ...tools.promise import promise_state
from ..card.debtor_words import amount_by
from ..ledger.debt_ledger_reopen import BY_PEOPLE

#: The last of 36 monthly instalments.
FAR = timedelta(days=1098)


class DebtPromise(models.Model):
    """What a debtor promised to pay, and whether it was paid; payments alone decide.

    A plan is several promises, one for each instalment, which name the first of them.
    """

    _name = "debt.promise"
    _description = "Promise to Pay"
    _inherit = ["debt.evidence"]
    _order = "date desc, id desc"
    _check_company_auto = True
    _by_methods = frozenset(
        (
            "state",
            "amount_paid",
            "plan_id",
            "corrects_id",
            "replaced_by_id",
            "ended_reason",
            "ended_by_id",
            "ended_at",
        )
    )
    _for_good = frozenset(
        ("case_id", "call_id", "made_on", "user_id", "amount", "date", "line_ids")
    )

    case_id = fields.Many2one(
        "debt.case", required=True, ondelete="cascade", index=True, check_company=True
    )
    consent_url = fields.Char(related="case_id.consent_url", groups="base.group_system")
    answer_at = fields.Char(related="case_id.answer_at")
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
        help="What it is about. Empty: whatever the debtor owes.",
    )
    method = fields.Selection(
        [
            ("bank_transfer", "Bank Transfer"),
            ("card", "Card"),
            ("cash", "Cash"),
            ("payment_link", "Payment Link"),
            ("direct_debit", "Direct Debit"),
            ("other", "Other"),
        ],
        string="Way of Payment",
    )
    method_text = fields.Char(compute="_compute_method_text")
    plan_id = fields.Many2one(
        "debt.promise",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
        help="The first instalment of the plan this one belongs to.",
    )
    sequence = fields.Integer(
        string="Number", default=1, readonly=True, aggregator=None
    )
    plan_ids = fields.One2many(
        "debt.promise", "plan_id", string="Instalments", readonly=True
    )
    instalment_ids = fields.Many2many(
        "debt.promise", compute="_compute_instalment_ids", string="All Instalments"
    )
    part = fields.Char(
        string="Instalment", compute="_compute_part", help="Position in the plan."
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

    payment_reference = fields.Char(
        compute="_compute_payment_reference",
        help="Numbers of the invoices it is about, for the debtor to name when paying.",
    )
    amount_text = fields.Char(
        compute="_compute_amount_text",
        help="The amount in the currency of the invoices, for texts to the debtor.",
    )
    schedule = fields.Char(
        compute="_compute_schedule", help="All instalments of the plan in words."
    )

    _amount_positive = models.Constraint(
        "CHECK(amount > 0)", "The promised amount must be above zero."
    )

    @api.constrains("made_on", "date")
    def _check_dates(self):
        for promise in self:
            if not promise.made_on <= promise.date <= promise.made_on + FAR:
                raise ValidationError(
                    self.env._(
                        "The promised date must be the day it was made or later, and "
                        "within three years."
                    )
                )

    @api.depends("partner_id", "amount", "date", "part")
    def _compute_display_name(self):
        for promise in self:
            text, part = promise._describe(), promise.part
            promise.display_name = f"{text} ({part})" if part else text

    @api.depends("plan_id.plan_ids")
    def _compute_instalment_ids(self):
        for promise in self:
            promise.instalment_ids = promise.plan_id.plan_ids.sorted("sequence")

    @api.depends("sequence", "plan_id.plan_ids")
    def _compute_part(self):
        for promise in self:
            count = len(promise.plan_id.plan_ids)
            promise.part = bool(count) and self.env._(
                "%(number)s of %(count)s", number=promise.sequence, count=count
            )

    @api.depends("method")
    @api.depends_context("lang")
    def _compute_method_text(self):
        """The way of payment in words, for texts to the debtor."""
        names = dict(self._fields["method"]._description_selection(self.env))
        for promise in self:
            promise.method_text = names.get(promise.method)

    @api.depends("line_ids", "case_id")
    @api.depends_context("lang")
    def _compute_payment_reference(self):
        for promise in self:
            case = promise.case_id
            # Superuser: an operator may know which invoices his case is about.
            lines = promise.sudo().line_ids
            items = (
                case._collected()
                if not lines
                else [{"name": line.move_id.name} for line in lines]
            )
            promise.payment_reference = case._name_items(items)

    @api.depends("amount", "line_ids", "case_id")
    @api.depends_context("lang")
    def _compute_amount_text(self):
        for promise in self:
            lines = promise.sudo().line_ids.ids
            text = promise.case_id._format_promised(promise.amount, lines)
            promise.amount_text = text

    # Not by `instalment_ids`: there Odoo cannot search for who is concerned.
    @api.depends("plan_id.plan_ids.amount", "plan_id.plan_ids.date", "amount", "date")
    @api.depends_context("lang")
    def _compute_schedule(self):
        for promise in self:
            parts = promise.instalment_ids or promise
            promise.schedule = ", ".join(part._describe() for part in parts)

    def _describe(self):
        day = format_date(self.env, self.date) or "…"
        return amount_by(self.env, self.amount_text, day)

    @api.model_create_multi
    def create(self, vals_list):
        promises = super().create(vals_list)
        cases = promises.filtered(lambda p: p.state == "open").case_id.sudo()
        self._await(cases.filtered(lambda case: case.state in ("active", "dormant")))
        return promises

    def _is_decided(self):
        return self.state != "open"

    def _is_settled_otherwise(self):
        """Whether nothing was owed any more before the promise fell due."""
        case = self.case_id
        if not case.closed_at or case.close_reason in BY_PEOPLE:
            return False
        grace = timedelta(days=self.company_id.debt_promise_grace_days)
        return self.company_id._debt_day_of(case.closed_at) <= self.date + grace

    def _decide(self, paid, today):
        """Write what ``paid`` (company currency) makes of the promise ``today``."""
        self.ensure_one()
        state = promise_state(
            self.amount,
            paid,
            self.date,
            self.company_id.debt_promise_grace_days,
            today,
            rounding=self.currency_id.rounding,
        )
        if (self.state, state) == ("open", "broken") and self._is_settled_otherwise():
            # Nothing was owed any more that he could have paid.
            state = "cancelled"
        if (state, paid) != (self.state, self.amount_paid):
            self.write({"state": state, "amount_paid": paid})
