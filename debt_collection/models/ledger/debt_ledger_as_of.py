from datetime import date
from typing import NamedTuple

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

#: Key in the context under which server code says as of which day it reads.
AS_OF = "debt_ledger_day"


class Day(NamedTuple):
    """The day as of which the ledger is read.

    No client can send such an object: a day that anybody put into the context would
    rewrite every case, and tell the gate of another day.
    """

    date: date


class DebtLedger(models.AbstractModel):
    """The ledger as of another day than today: the same rule, over what was open then.

    What is posted and dated by that day counts, less what had been matched by it. What
    people decided (exclusions, disputes) is read as it stands now, where it holds on
    that day.
    """

    _inherit = "debt.ledger"

    @api.model
    def _as_of(self):
        """The day that server code asked for, None: today."""
        day = self.env.context.get(AS_OF)
        return day.date if isinstance(day, Day) else None

    @api.model
    def _with_day(self, day):
        """The ledger as of a day, to be read only.

        :param day: date or text, False: today
        :raises UserError: it is no day
        """
        try:
            day = fields.Date.to_date(day)
        except (TypeError, ValueError) as error:
            raise UserError(self.env._("Ask for a day.")) from error
        return self.with_context(**{AS_OF: Day(day) if day else None})

    @api.model
    def _terms(self, entities):
        return (*super()._terms(entities), self._as_of())

    @api.model
    def _lines(self):
        day = self._as_of()
        if not day:
            return super()._lines()
        return SQL(
            """
            (SELECT line.id, line.move_id, line.partner_id, line.company_id,
                    line.account_id, line.currency_id, line.date, line.date_maturity,
                    line.display_type, line.no_followup, line.parent_state,
                    FALSE AS reconciled,
                    line.balance + coalesce(matched.value, 0) AS amount_residual,
                    line.amount_currency + coalesce(matched.own, 0)
                        AS amount_residual_currency
               FROM account_move_line line
               LEFT JOIN (
                    SELECT line_id, sum(value) AS value, sum(own) AS own
                      FROM (SELECT credit_move_id AS line_id, amount AS value,
                                   credit_amount_currency AS own
                              FROM account_partial_reconcile WHERE max_date <= %(day)s
                             UNION ALL
                            SELECT debit_move_id, -amount, -debit_amount_currency
                              FROM account_partial_reconcile WHERE max_date <= %(day)s
                           ) part
                     GROUP BY line_id
                    ) matched ON matched.line_id = line.id
              WHERE line.parent_state = 'posted' AND line.date <= %(day)s
                AND line.account_id IN (%(accounts)s))
            """,
            accounts=self._receivable_accounts(),
            day=day,
        )

    @api.model
    def _unnamed_payments(self, entities, contacts):
        found = super()._unnamed_payments(entities, contacts)
        day = self._as_of()
        if not day:
            return found
        return SQL("SELECT * FROM (%s) unnamed WHERE date <= %s", found, day)
