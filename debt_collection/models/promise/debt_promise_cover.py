from odoo import api, models

from ...tools.promise import cover


class DebtPromise(models.Model):
    """What promises leave out of what is owed, and what they promise beyond it."""

    _inherit = "debt.promise"

    @api.model
    def _uncovered(self, case, more=(), without=None, rows=None):
        """What of the overdue no open promise covers, and what is promised too much.

        :param case: ``debt.case``
        :param more: promises that are being made: pairs of amount (company currency)
            and the ids of items they are about (none: whatever is owed)
        :param without: promises that will not stand any more
        :param rows: of `debt.ledger._case_rows`, where they were read just now
        :return: pair of amounts in company currency
        """
        due, later = {}, {}
        for row in rows or self.env["debt.ledger"]._case_rows(case):
            if row["left"] > 0 and row["part"] in ("collected", "not_due"):
                part = due if row["part"] == "collected" else later
                # Of which a part is disputed is two rows where it is not due yet.
                id_ = row["line_id"]
                part[id_] = part.get(id_, 0) + row["left"]
        # Superuser: whoever may read a case may know what is promised.
        standing = case.sudo().promise_ids.filtered(lambda p: p.state == "open")
        promised = [
            (promise.amount - promise.amount_paid, frozenset(promise.line_ids.ids))
            for promise in (standing - without if without else standing)
        ]
        return cover(due, later, [*promised, *more])

    @api.model
    def _await(self, cases):
        """What is promised is waited for, where nothing else is to be collected."""
        for case in cases:
            if case._promise_last_day():
                case.write({"state": "promised", "plan_dirty": True})

    def _leaves_items(self, case):
        """Whether these promises are about certain items, and others are to collect.

        A promise about nothing in particular is about all that is owed.

        :param case: ``debt.case`` of the promises (superuser)
        """
        if not all(promise.line_ids for promise in self):
            return False
        named = set(self.line_ids.ids)
        rows = self.env["debt.ledger"]._collected(case)
        others = sum(row["left"] for row in rows if row["line_id"] not in named)
        minimum = max(case.company_id.debt_min_amount, case.currency_id.rounding)
        return case.currency_id.compare_amounts(others, minimum) >= 0
