from odoo import api, models

from ...tools.promise import cover


class DebtPromise(models.Model):
    """What promises leave out of what is owed, and what they promise beyond it."""

    _inherit = "debt.promise"

    @api.model
    def _uncovered(self, case, more=()):
        """What of the overdue no open promise covers, and what is promised too much.

        :param case: ``debt.case``
        :param more: promises that are being made: pairs of amount (company currency)
            and the ids of items they are about (none: whatever is owed)
        :return: pair of amounts in company currency
        """
        due, later = {}, {}
        for row in self.env["debt.ledger"]._case_rows(case):
            if row["left"] > 0 and row["part"] in ("collected", "not_due"):
                part = due if row["part"] == "collected" else later
                part[row["line_id"]] = row["left"]
        # Superuser: whoever may read a case may know what is promised.
        standing = case.sudo().promise_ids.filtered(lambda p: p.state == "open")
        promised = [
            (promise.amount - promise.amount_paid, frozenset(promise.line_ids.ids))
            for promise in standing
        ]
        return cover(due, later, [*promised, *more])
