from odoo import Command, api, models
from odoo.exceptions import ValidationError

from ...tools.promise import MAX_PARTS, split


class DebtPromise(models.Model):
    """What a debtor agrees to, in a call or in writing, by the same rules."""

    _inherit = "debt.promise"

    @api.model
    def _split(self, company, amount, parts, first, *, every_months=0, every_days=0):
        """Equal instalments in a company's currency.

        :param float amount: what is to be paid in all
        :param int parts: how many instalments
        :param date first: day of the first one
        :return: list of pairs of amount and date
        :raises ValidationError: no such plan
        """
        try:
            return split(
                amount,
                parts,
                first,
                every_months=every_months,
                every_days=every_days,
                rounding=company.currency_id.rounding,
            )
        except ValueError as error:
            raise ValidationError(
                self.env._(
                    "A plan has 1 to %(count)s instalments at equal intervals: choose "
                    "how many, and every how many days or months.",
                    count=MAX_PARTS,
                )
            ) from error

    @api.model
    def _check_new(self, case, parts, line_ids=(), method=False, confirmed=0):
        """Whatever is missing or impossible is said before anything is saved.

        :param case: ``debt.case``
        :param parts: pairs of amount (company currency) and date
        :param line_ids: ids of the items it is about; none: whatever is owed
        :param float confirmed: the total, where more than is owed is meant
        :raises ValidationError: in a sentence for whoever enters it
        """
        self._check_parts(case.company_id, parts)
        self._check_items(case, line_ids)
        replaced = self._replaced_by(case, line_ids)
        self._check_total(case, parts, line_ids, replaced, confirmed)
        if method not in (False, *self._fields["method"].get_values(self.env)):
            raise ValidationError(
                self.env._("Choose one of the ways of payment on the list.")
            )

    @api.model
    def _check_items(self, case, line_ids):
        if not line_ids:
            return
        items = self.env["debt.ledger"]._case_rows(case)
        if set(line_ids) - {item["line_id"] for item in items if item["left"] > 0}:
            raise ValidationError(
                self.env._("A promise can only cover open invoices of this debtor.")
            )

    @api.model
    def _agree(self, case, parts, **values):
        """Put a promise on record, or one for each instalment of a plan.

        Superuser; the caller has checked who may do so, and by `_check_new` what. What
        was promised about the same items before does not stand any more.

        :param parts: pairs of amount (company currency) and date
        :param values: further values of ``debt.promise``; ``line_ids`` as ids
        :return: the first ``debt.promise``
        """
        replaced = self._replaced_by(case, values.get("line_ids") or [])
        values |= {
            "case_id": case.id,
            "line_ids": [Command.set(values.get("line_ids") or [])],
        }
        values.setdefault("made_on", case.company_id._debt_today())
        promises = self.create(
            [
                values | {"amount": amount, "date": day, "sequence": number}
                for number, (amount, day) in enumerate(parts, 1)
            ]
        )
        if len(promises) > 1:
            promises.plan_id = promises[0]
        replaced._end(self.env._("Promised anew."), promises[0])
        case._resume_unpromised()
        return promises[0]
