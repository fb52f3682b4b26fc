from odoo import api, fields, models
from odoo.tools import SQL

#: Key in the context: the day as of which the ledger is read.
AS_OF = "debt_as_of"


class DebtLedger(models.AbstractModel):
    """The ledger as of another day than today: the same rule, over what was open then.

    What is posted and dated by that day counts, less what had been matched by it. What
    people decided (exclusions, disputes) is read as it stands now, where it holds on
    that day.
    """

    _inherit = "debt.ledger"

    @api.model
    def _as_of(self):
        """The day in the context, None: today.

        :raises ValueError: it is no day
        """
        return fields.Date.to_date(self.env.context.get(AS_OF)) or None

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
