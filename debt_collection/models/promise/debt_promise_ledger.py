from datetime import timedelta

from odoo import api, models
from odoo.tools import format_date

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

        :return: dict of `tools.promise.Payment` by pair: id of the receivable line or
            None, id of the payment without entry or None
        """
        rows = self.env["debt.ledger"]._payments(case.partner_id, case.company_id, day)
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
    def _match_payments(self, payments, items):
        """Note on the payments how much of them was matched with these open items.

        A payment without an entry of its own is matched with the invoices it is for.

        :param payments: as returned by `_payments_since`, changed in place
        :param items: ``account.move.line``
        """
        if not items or not payments:
            return
        rows = self.env["debt.ledger"]._matched(
            items.ids,
            [line for line, _payment in payments if line],
            [payment for _line, payment in payments if payment],
        )
        for line, payment, item, amount in rows:
            payments[line, payment].matched[item] = float(amount)
