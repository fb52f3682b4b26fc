from collections import defaultdict
from datetime import timedelta
from functools import partial

from odoo import api, fields, models

from ..card.lock_rows import lock_found

BATCH = 200
#: Money that came in just now bears a date of no longer ago than that.
LATELY = timedelta(days=60)


class DebtCase(models.Model):
    """What is still to be told in the chatter: written along with the amounts."""

    _inherit = "debt.case"

    untold = fields.Boolean(
        readonly=True, copy=False, help="Less is owed, and the chatter does not say so."
    )
    # Cases there were before the field count as told: an update announces no payments
    # of weeks ago. The refresh makes cases without it; those begin with themselves.
    told_at = fields.Datetime(readonly=True, copy=False, default=fields.Datetime.now)

    _untold_idx = models.Index("(id) WHERE untold")


class DebtLedger(models.AbstractModel):
    """Payments, credits and closings in the chatter of cases.

    A payment waits for none of this: the refresh marks what is to be told in the
    statement that writes the amounts, and a scheduled action tells it.
    """

    _inherit = "debt.ledger"

    @api.model
    def _cron_tell(self):
        """Tell what has happened to cases since it was told last, some at a time."""
        cases, untold = self.env["debt.case"].sudo(), [("untold", "=", True)]
        remaining = cases.search_count(untold)
        while found := lock_found(partial(cases.search, untold, limit=BATCH)):
            self._tell(found)
            remaining -= len(found)
            if not self.env["ir.cron"]._commit_progress(
                len(found), remaining=max(0, remaining)
            ):
                return

    @api.model
    def _tell(self, cases):
        received = self._received_since_told(cases)
        bodies = {case.id: self._told_text(case, received[case]) for case in cases}
        cases._message_log_batch(bodies=bodies)
        cases.write({"untold": False, "told_at": fields.Datetime.now()})

    @api.model
    def _received_since_told(self, cases):
        """Money entered since it was told last, by case, in company currency."""
        sums = defaultdict(float)
        for company, some in cases.grouped("company_id").items():
            since = company._debt_today() - LATELY
            rows = self._payments(some.partner_id, company, since)
            for case in some:
                told = case.told_at or case.create_date
                sums[case] = sum(
                    float(amount)
                    for _day, created, amount, *_ids in rows[case.partner_id.id]
                    if created and created >= told and amount > 0
                )
        return sums

    @api.model
    def _told_text(self, case, received):
        """One sentence: what came in, and what remains or why the case is closed."""
        amount = received and case.currency_id.format(received)
        if case.closed_at:
            reasons = case._fields["close_reason"]._description_selection(self.env)
            reason = dict(reasons).get(case.close_reason)
            if not amount:
                return self.env._("The case is closed: %(reason)s.", reason=reason)
            return self.env._(
                "%(amount)s was received. The case is closed: %(reason)s.",
                amount=amount,
                reason=reason,
            )
        left = case.currency_id.format(case.amount_overdue + case.amount_disputed)
        if not amount:
            return self.env._(
                "Less is to be collected: %(left)s remains.",
                left=left,
            )
        return self.env._(
            "%(amount)s was received: %(left)s remains.", amount=amount, left=left
        )
