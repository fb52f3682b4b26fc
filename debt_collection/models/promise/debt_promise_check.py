from itertools import pairwise

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...tools.promise import MAX_PARTS


class DebtPromise(models.Model):
    """What can be promised: sums, days, and how much in all."""

    _inherit = "debt.promise"

    replaces_ids = fields.One2many(
        "debt.promise", "replaced_by_id", string="In Place Of", readonly=True
    )

    @api.model
    def _check_parts(self, company, parts):
        """A promise, or a plan, of these amounts and days.

        :param company: ``res.company`` that is owed
        :param parts: pairs of amount (its currency) and date
        :raises ValidationError: an amount or a day is impossible
        """
        self._check_part_amounts(company.currency_id, parts)
        days = [day for _amount, day in parts]
        if not all(days) or days[0] < company._debt_today():
            raise ValidationError(
                self.env._("Enter the day the payment is promised for, today or later.")
            )
        if any(later <= earlier for earlier, later in pairwise(days)):
            raise ValidationError(
                self.env._(
                    "Each instalment is due after the one before: put the dates of "
                    "the plan in order."
                )
            )

    @api.model
    def _check_part_amounts(self, currency, parts):
        if len(parts) > MAX_PARTS:
            raise ValidationError(
                self.env._(
                    "A plan has at most %(count)s instalments: agree on larger ones.",
                    count=MAX_PARTS,
                )
            )
        for amount, _day in parts:
            if not 0 < amount < float("inf") or currency.is_zero(amount):
                raise ValidationError(
                    self.env._("Enter the promised amount; it must be above zero.")
                )

    @api.model
    def _check_total(self, case, parts, line_ids, replaced, confirmed):
        """Nobody promises more than he owes by a slip of the keys.

        :param case: ``debt.case``
        :param parts: pairs of amount (company currency) and date
        :param line_ids: ids of the items it is about; none: whatever is owed
        :param replaced: ``debt.promise`` that will not stand any more
        :param float confirmed: the total, where it is meant so
        :raises ValidationError: it is more than is owed, and was not confirmed
        """
        money = case.company_id.currency_id
        total = sum(amount for amount, _day in parts)
        if confirmed and not money.compare_amounts(confirmed, total):
            return
        beyond = self._beyond(case, total, line_ids, replaced)
        if not money.is_zero(beyond):
            raise ValidationError(
                self.env._(
                    "That is %(amount)s more than is owed: lower it, or confirm that "
                    "%(total)s is meant.",
                    amount=money.format(beyond),
                    total=money.format(total),
                )
            )

    @api.model
    def _beyond(self, case, total, line_ids, replaced):
        """How much more than is owed a new promise would be, company currency."""
        rows = self.env["debt.ledger"]._case_rows(case)
        _left, before = self._uncovered(case, (), replaced, rows)
        more = [(total, frozenset(line_ids))]
        _left, beyond = self._uncovered(case, more, replaced, rows)
        return max(0.0, beyond - before)

    @api.model
    def _replaced_by(self, case, line_ids):
        """Open promises that do not stand beside a new one: on the same items.

        :param case: ``debt.case``
        :param line_ids: ids of the items of the new one; none: whatever is owed
        :return: ``debt.promise`` (superuser)
        """
        # Superuser: a case's promises, for whoever may read the case.
        standing = case.sudo().promise_ids._standing()
        return standing.filtered(
            lambda promise: (
                not line_ids
                or not promise.line_ids
                or set(promise.line_ids.ids) & set(line_ids)
            )
        )
