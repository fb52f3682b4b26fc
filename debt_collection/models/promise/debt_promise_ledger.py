from collections import defaultdict
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
        the order of their dates: one payment never keeps two promises. They are
        decided again when a payment comes late or bounces.
        """
        promises = self.sudo().case_id.promise_ids
        promises = promises.filtered(lambda promise: promise.state != "cancelled")
        promises = promises.sorted(lambda promise: (promise.date, promise.id))
        by_case = promises.grouped("case_id")
        received = self._received(promises)
        for case in self.sudo().case_id:
            told = by_case.get(case, promises.browse())
            for promise, paid in told._share_payments(received[case]):
                promise._decide_again(case.currency_id.round(paid))
            if case.state == "promised":
                case._resume_unpromised()
            elif case.state == "active" and not case.callback_at:
                self._await(case)

    @api.model
    def _received(self, promises):
        """The money received from the debtors of promises, in few queries.

        :return: dict by case of rows as of `debt.ledger._payments`
        """
        found = defaultdict(list)
        for company, some in promises.grouped("company_id").items():
            first = min(some.mapped("made_on"))
            rows = self.env["debt.ledger"]._payments(some.partner_id, company, first)
            for case, told in some.grouped("case_id").items():
                since = min(told.mapped("made_on"))
                debtor = rows[case.partner_id.id]
                found[case] = [row for row in debtor if row[0] >= since]
        return found

    def _share_payments(self, rows):
        """Which part of the money received each promise may count as its own.

        :param rows: as of `debt.ledger._payments`
        :return: pairs of promise and amount in company currency, in the order given
        """
        payments = self._prepare_payments(rows)
        self._match_payments(payments, self.line_ids)
        claims = [promise._prepare_claim() for promise in self]
        return zip(self, share(payments.values(), claims), strict=True)

    def _decide_again(self, paid):
        """Decide one promise and do what follows.

        What was decided long ago is decided again when the money for it changes; what
        was decided lately, by time as well.

        :param float paid: company currency
        """
        before, today = self.state, self.company_id._debt_today()
        lately = before == "open" or self.date >= today - DECIDED_AGAIN
        if not lately and not self.currency_id.compare_amounts(paid, self.amount_paid):
            return
        self._decide(paid, today)
        if self.state in FAILED and before not in FAILED:
            self._follow_failed()
        elif self.state == "open" and before != "open":
            self._follow_undone()

    def _follow_undone(self):
        """Money that kept a promise is gone, and there is still time to keep it."""
        case = self.case_id
        case._message_log(
            body=self.env._(
                "A payment was undone: the promise of %(amount)s by %(date)s is open "
                "again.",
                amount=case.currency_id.format(self.amount),
                date=format_date(self.env, self.date),
            )
        )
        # A callback he asked for is made all the same.
        if case.state == "active" and not case.callback_at and case._promise_last_day():
            case.write({"state": "promised", "plan_dirty": True})

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
            made_at=self._first_said().create_date,
            until=self.date + grace,
            items=frozenset(self.line_ids.ids),
        )

    @api.model
    def _prepare_payments(self, rows):
        """Money received from a debtor, oldest first, less what bounced since.

        :return: dict of `tools.promise.Payment` by pair: id of the receivable line or
            None, id of the payment without entry or None
        """
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

        :param payments: as returned by `_prepare_payments`, changed in place
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
