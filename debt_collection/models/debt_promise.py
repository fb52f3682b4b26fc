from collections import defaultdict
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

from ..tools.promise import promise_state


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
            if promise.date < promise.made_on:
                raise ValidationError(
                    self.env._("A promise cannot be for a day before it was made.")
                )

    @api.depends("partner_id", "amount", "date")
    def _compute_display_name(self):
        for promise in self:
            promise.display_name = self.env._(
                "%(amount)s by %(date)s",
                amount=promise.currency_id.format(promise.amount),
                date=promise.date,
            )

    @api.model_create_multi
    def create(self, vals_list):
        promises = super().create(vals_list)
        cases = promises.filtered(lambda p: p.state == "open").case_id.sudo()
        active = cases.filtered(lambda case: case.state in ("active", "dormant"))
        active.write({"state": "promised", "plan_dirty": True})
        return promises

    def action_cancel(self):
        """The promise no longer stands; collection goes on without it."""
        self.filtered(lambda promise: promise.state == "open").state = "cancelled"
        self._resume_cases()

    def _evaluate(self):
        """Decide open promises by the payments received (rule 7).

        A debtor's open promises share his payments in the order of their dates, so
        that one payment never keeps two promises.
        """
        promises = self.sudo().filtered(lambda promise: promise.state == "open")
        for case in promises.case_id:
            case._evaluate_promises()

    def _resume_cases(self):
        """Cases without an open promise go on; a broken one goes to the front."""
        promised = self.case_id.sudo().filtered(lambda case: case.state == "promised")
        promised._resume_unpromised()


class DebtCase(models.Model):
    _inherit = "debt.case"

    def _evaluate_promises(self):
        self.ensure_one()
        promises = self.promise_ids.filtered(lambda p: p.state != "cancelled")
        promises = promises.sorted(lambda promise: (promise.date, promise.id))
        undecided = promises.filtered(lambda promise: promise.state == "open")
        if not undecided:
            return
        payments = self._payments_since(min(promises.mapped("made_on")))
        today = self.company_id._debt_today()
        grace = self.company_id.debt_promise_grace_days
        for promise in promises:
            last_day = promise.date + timedelta(days=grace)
            paid = self._take_payments(payments, promise, last_day)
            if promise not in undecided:
                continue
            state = promise_state(
                promise.amount,
                paid,
                promise.date,
                grace,
                today,
                rounding=self.currency_id.rounding,
            )
            if (state, paid) != (promise.state, promise.amount_paid):
                promise.write({"state": state, "amount_paid": paid})
        self._follow_promises(undecided)

    def _follow_promises(self, decided):
        """A broken promise returns the case at once, in front of the others."""
        failed = decided.filtered(lambda p: p.state in ("broken", "partial"))
        for promise in failed:
            self._message_log(
                body=self.env._(
                    "Promise of %(amount)s by %(date)s: %(paid)s was paid.",
                    amount=self.currency_id.format(promise.amount),
                    date=promise.date,
                    paid=self.currency_id.format(promise.amount_paid),
                )
            )
        if failed and not self.closed_at:
            self.priority = "1" if self.priority == "0" else self.priority
        decided._resume_cases()

    def _resume_unpromised(self):
        """A promised case always has an open promise; without one it goes on."""
        for case in self:
            if not case.promise_ids.filtered(lambda promise: promise.state == "open"):
                case._resume_ladder()

    def _resume_ladder(self):
        """The pause did not use up days of the ladder: its first day moves on."""
        today = self.company_id._debt_today()
        last = self.call_ids.filtered("started_at")[:1].started_at
        paused = max(0, (today - last.date()).days - 1) if last else 0
        started = self.ladder_started_on or today
        self.write(
            {
                "state": "active",
                "ladder_started_on": min(today, started + timedelta(days=paused)),
                "plan_dirty": True,
            }
        )
        self._trigger_planning()

    def _take_payments(self, payments, promise, last_day):
        """Take from ``payments`` what counts for a promise.

        :param payments: list of ``[date, amount left]``, changed in place
        :return: amount taken, company currency
        """
        taken = 0.0
        for payment in payments:
            if promise.made_on <= payment[0] <= last_day:
                part = min(payment[1], promise.amount - taken)
                payment[1] -= part
                taken += part
        return self.currency_id.round(taken)

    def _payments_since(self, day):
        """Money received from the debtor, oldest first.

        Credit notes and write-offs are no payments. A payment that is on its way to
        the bank without an entry (``in_process`` or ``paid`` without a move) counts.

        :return: list of ``[date, amount in company currency]``
        """
        self.env["account.move.line"].flush_model()
        self.env["account.payment"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT l.date, -l.balance
                  FROM account_move_line l
                  JOIN account_account a ON a.id = l.account_id
                  JOIN account_journal j ON j.id = l.journal_id
                  JOIN res_partner p ON p.id = l.partner_id
                 WHERE a.account_type = 'asset_receivable'
                   AND l.parent_state = 'posted'
                   AND l.balance < 0
                   AND j.type IN ('bank', 'cash', 'credit')
                   AND l.company_id = %(company)s
                   AND p.commercial_partner_id = %(partner)s
                   AND l.date >= %(day)s
                UNION ALL
                SELECT y.date, y.amount_company_currency_signed
                  FROM account_payment y
                  JOIN res_partner p ON p.id = y.partner_id
                 WHERE y.move_id IS NULL
                   AND y.state IN ('in_process', 'paid')
                   AND y.payment_type = 'inbound'
                   AND y.company_id = %(company)s
                   AND p.commercial_partner_id = %(partner)s
                   AND y.date >= %(day)s
                 ORDER BY 1
                """,
                company=self.company_id.id,
                partner=self.partner_id.id,
                day=day,
            )
        )
        by_day = defaultdict(float)
        for date, amount in rows:
            by_day[date] += float(amount)
        return [[date, amount] for date, amount in sorted(by_day.items())]
