from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError
from odoo.tools import SQL, format_date

from ..tools.promise import promise_state
from .debt_case_plan import DECIDED_AGAIN

FAILED = ("broken", "partial")
FAR = timedelta(days=731)


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
        help="What it is about. Empty: whatever the debtor owes.",
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

    @api.constrains("made_on", "date")
    def _check_dates(self):
        for promise in self:
            if not promise.made_on <= promise.date <= promise.made_on + FAR:
                raise ValidationError(
                    self.env._(
                        "A promise is for the day it was made or later, within two "
                        "years."
                    )
                )

    @api.depends("partner_id", "amount", "date")
    def _compute_display_name(self):
        for promise in self:
            promise.display_name = self.env._(
                "%(amount)s by %(date)s",
                amount=promise.currency_id.format(promise.amount),
                date=format_date(self.env, promise.date) or "…",
            )

    @api.model_create_multi
    def create(self, vals_list):
        promises = super().create(vals_list)
        cases = promises.filtered(lambda p: p.state == "open").case_id.sudo()
        active = cases.filtered(lambda case: case.state in ("active", "dormant"))
        active.write({"state": "promised", "plan_dirty": True})
        return promises

    def write(self, vals):
        if not self.env.su and {"state", "amount_paid"} & set(vals):
            raise AccessError(
                self.env._("Payments alone decide whether a promise was kept.")
            )
        return super().write(vals)

    def action_cancel(self):
        """The promise no longer stands; collection goes on without it."""
        self.check_access("write")
        # Superuser: the state of a promise is not written by hand.
        standing = self.sudo().filtered(lambda promise: promise.state == "open")
        standing.state = "cancelled"
        standing.case_id._resume_unpromised()

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
        if (state, paid) != (self.state, self.amount_paid):
            self.write({"state": state, "amount_paid": paid})

    def _evaluate(self):
        """Decide promises by the payments received (rule 7).

        A debtor's promises share his payments in the order of their dates, so that
        one payment never keeps two promises. What was decided lately is decided
        again: a bank statement may come late, and a payment may bounce.
        """
        for case in self.sudo().case_id:
            case._evaluate_promises()


class DebtCase(models.Model):
    _inherit = "debt.case"

    def _evaluate_promises(self):
        self.ensure_one()
        promises = self.promise_ids.filtered(lambda p: p.state != "cancelled")
        promises = promises.sorted(lambda promise: (promise.date, promise.id))
        today = self.company_id._debt_today()
        recent = promises.filtered(
            lambda p: p.state == "open" or p.date >= today - DECIDED_AGAIN
        )
        if not recent:
            return
        payments = self._payments_since(min(promises.mapped("made_on")))
        for promise in promises:
            before = promise.state
            paid = self._take_payments(payments, promise)
            if promise in recent:
                promise._decide(paid, today)
            if promise.state in FAILED and before not in FAILED:
                self._follow_failed(promise)
        if self.state == "promised":
            self._resume_unpromised()

    def _follow_failed(self, promise):
        """A broken promise returns the case at once, in front of the others."""
        self._message_log(
            body=self.env._(
                "Promise of %(amount)s by %(date)s: %(paid)s was paid.",
                amount=self.currency_id.format(promise.amount),
                date=format_date(self.env, promise.date),
                paid=self.currency_id.format(promise.amount_paid),
            )
        )
        if not self.closed_at and self.priority == "0":
            self.priority = "1"

    def _resume_unpromised(self):
        """A promised case has a promise that can be kept; without one it goes on."""
        for case in self.filtered(lambda case: case.state == "promised"):
            if not case._promise_last_day():
                case.write({"state": "active", "plan_dirty": True})
                case._restart_ladder_if_over()
        self._trigger_planning()

    def _restart_ladder_if_over(self):
        """Whoever broke a promise is called at least once more, by a ladder begun anew
        where nothing of the old one is left."""
        today = self.company_id._debt_today()
        steps = self.ladder_id.step_ids
        last_day = max(steps.mapped("last_day"), default=0)
        started = self.ladder_started_on or today
        if (today - started).days >= last_day - 1:
            self.ladder_started_on = today

    def _take_payments(self, payments, promise):
        """Take from ``payments`` what counts for a promise.

        Money received earlier on the day of the promise was known when it was made.

        :param payments: list of ``[date, amount left, created]``, changed in place
        :return: amount taken, company currency
        """
        grace = timedelta(days=self.company_id.debt_promise_grace_days)
        taken = 0.0
        for payment in payments:
            day, left, created = payment
            if day == promise.made_on and created < promise.create_date:
                continue
            if promise.made_on <= day <= promise.date + grace:
                part = min(left, promise.amount - taken)
                payment[1] -= part
                taken += part
        return self.currency_id.round(taken)

    def _payments_since(self, day):
        """Money received from the debtor, oldest first, less what bounced since.

        Credit notes and write-offs are no payments. A payment on its way to the bank
        without an entry of its own counts until the bank's entry does.

        :return: list of ``[date, amount in company currency, created]``
        """
        self.env["account.move.line"].flush_model()
        self.env["account.payment"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT l.date, -l.balance, l.create_date
                  FROM account_move_line l
                  JOIN account_account a ON a.id = l.account_id
                  JOIN account_journal j ON j.id = l.journal_id
                  JOIN res_partner p ON p.id = l.partner_id
                 WHERE a.account_type = 'asset_receivable'
                   AND l.parent_state = 'posted'
                   AND j.type IN ('bank', 'cash', 'credit')
                   AND l.company_id = %(company)s
                   AND p.commercial_partner_id = %(partner)s
                   AND l.date >= %(day)s
                UNION ALL
                SELECT y.date, y.amount_company_currency_signed, y.create_date
                  FROM account_payment y
                  JOIN res_partner p ON p.id = y.partner_id
                 WHERE y.move_id IS NULL
                   AND y.state = 'in_process'
                   AND y.payment_type = 'inbound'
                   AND y.company_id = %(company)s
                   AND p.commercial_partner_id = %(partner)s
                   AND y.date >= %(day)s
                 ORDER BY 1, 3
                """,
                company=self.company_id.id,
                partner=self.partner_id.id,
                day=day,
            )
        )
        received = [
            [date, float(amount), at] for date, amount, at in rows if amount > 0
        ]
        bounced = -sum(float(amount) for _date, amount, _at in rows if amount < 0)
        for payment in reversed(received):
            part = min(bounced, payment[1])
            payment[1] -= part
            bounced -= part
        return received
