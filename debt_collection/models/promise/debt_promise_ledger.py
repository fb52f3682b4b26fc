from datetime import timedelta

from odoo import api, models
from odoo.tools import SQL, format_date

from ...tools.promise import Claim, Payment, share

FAILED = ("broken", "partial")
#: A promise decided within so many days is decided again every night.
DECIDED_AGAIN = timedelta(days=60)


class DebtPromise(models.Model):
    """Whether promises were kept: the ledger is asked, nobody else."""

    _inherit = "debt.promise"

    def _evaluate(self):
        """Decide promises by the payments received (rule 7).

        A debtor's promises share the payments, those about certain items first, then in
        the order of their dates: one payment never keeps two promises. What was
        decided lately is decided again: a bank statement may come late, and a payment
        may bounce.
        """
        for case in self.sudo().case_id:
            case.env["debt.promise"]._evaluate_case(case)

    @api.model
    def _evaluate_case(self, case):
        """Decide the promises of one case."""
        promises = case.promise_ids.filtered(lambda p: p.state != "cancelled")
        promises = promises.sorted(lambda promise: (promise.date, promise.id))
        today = case.company_id._debt_today()
        recent = promises.filtered(
            lambda p: p.state == "open" or p.date >= today - DECIDED_AGAIN
        )
        if not recent:
            return
        payments = self._payments_since(case, min(promises.mapped("made_on")))
        self._match_payments(payments, promises.line_ids)
        claims = [promise._prepare_claim() for promise in promises]
        taken = share(payments.values(), claims)
        for promise, paid in zip(promises, taken, strict=True):
            before = promise.state
            if promise in recent:
                promise._decide(case.currency_id.round(paid), today)
            if promise.state in FAILED and before not in FAILED:
                promise._follow_failed()
        if case.state == "promised":
            case._resume_unpromised()

    def _follow_failed(self):
        """A broken promise returns the case at once, in front of the others."""
        case = self.case_id
        case._message_log(
            body=self.env._(
                "Promise of %(amount)s by %(date)s: %(paid)s was paid.",
                amount=case.currency_id.format(self.amount),
                date=format_date(self.env, self.date),
                paid=case.currency_id.format(self.amount_paid),
            )
        )
        if not case.closed_at and case.priority == "0":
            case.priority = "1"

    # --- money --------------------------------------------------------------------
    def _prepare_claim(self):
        """What a promise may count as its own, as `tools.promise.Claim`."""
        grace = timedelta(days=self.company_id.debt_promise_grace_days)
        return Claim(
            amount=self.amount,
            made_on=self.made_on,
            made_at=self.create_date,
            until=self.date + grace,
            items=frozenset(self.line_ids.ids),
        )

    @api.model
    def _payments_since(self, case, day):
        """Money received from the debtor, oldest first, less what bounced since.

        Credit notes and write-offs are no payments; an entry in a miscellaneous journal
        is one when it brought money into a bank or cash account. A payment on its way
        to the bank without an entry of its own counts until the bank's entry does.

        :return: dict of `tools.promise.Payment` by pair: id of the receivable line or
            None, id of the payment without entry or None
        """
        self.env["account.move.line"].flush_model()
        self.env["account.payment"].flush_model()
        rows = self.env.execute_query(self._payments_sql(case, day))
        received = {
            (line, unbooked): Payment(date, float(amount), created)
            for date, created, amount, line, unbooked in rows
            if amount > 0
        }
        bounced = -sum(float(amount) for _day, _at, amount, *_ids in rows if amount < 0)
        for payment in reversed(received.values()):
            part = min(bounced, payment.left)
            payment.left -= part
            bounced -= part
        return received

    @api.model
    def _payments_sql(self, case, day):
        """Rows of money received since ``day``: its day, when it was entered, amount in
        company currency (below zero where it bounced), and the id of the receivable
        line, or else of the payment that has no entry yet."""
        return SQL(
            """
            SELECT l.date, l.create_date, -l.balance, l.id, NULL
              FROM account_move_line l
              JOIN account_account a ON a.id = l.account_id
              JOIN account_journal j ON j.id = l.journal_id
              JOIN res_partner p ON p.id = l.partner_id
             WHERE a.account_type = 'asset_receivable'
               AND l.parent_state = 'posted'
               AND (j.type IN ('bank', 'cash', 'credit')
                    OR j.type = 'general' AND EXISTS (
                       SELECT FROM account_move_line money
                         JOIN account_account m ON m.id = money.account_id
                        WHERE money.move_id = l.move_id
                          AND m.account_type = 'asset_cash'
                          AND money.balance * l.balance < 0))
               AND l.company_id = %(company)s
               AND p.commercial_partner_id = %(partner)s
               AND l.date >= %(day)s
            UNION ALL
            SELECT y.date, y.create_date, y.amount_company_currency_signed,
                   NULL, y.id
              FROM account_payment y
              JOIN res_partner p ON p.id = y.partner_id
             WHERE y.move_id IS NULL
               AND y.state = 'in_process'
               AND y.payment_type = 'inbound'
               AND y.company_id = %(company)s
               AND p.commercial_partner_id = %(partner)s
               AND y.date >= %(day)s
             ORDER BY 1, 2
            """,
            company=case.company_id.id,
            partner=case.partner_id.id,
            day=day,
        )

    @api.model
    def _match_payments(self, payments, items):
        """Note on the payments how much of them was matched with these open items.

        A payment without an entry of its own is matched with the invoices it is for.

        :param payments: as returned by `_payments_since`, changed in place
        :param items: ``account.move.line``
        """
        if not items or not payments:
            return
        self.env["account.partial.reconcile"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT credit_move_id, NULL, debit_move_id, sum(amount)
                  FROM account_partial_reconcile
                 WHERE debit_move_id = ANY(%(items)s)
                   AND credit_move_id = ANY(%(lines)s)
                 GROUP BY 1, 3
                UNION ALL
                SELECT NULL, r.payment_id, l.id, l.balance
                  FROM account_move__account_payment r
                  JOIN account_move_line l ON l.move_id = r.invoice_id
                 WHERE l.id = ANY(%(items)s)
                   AND r.payment_id = ANY(%(unbooked)s)
                """,
                items=items.ids,
                lines=[line for line, _payment in payments if line],
                unbooked=[payment for _line, payment in payments if payment],
            )
        )
        for line, payment, item, amount in rows:
            payments[line, payment].matched[item] = float(amount)
