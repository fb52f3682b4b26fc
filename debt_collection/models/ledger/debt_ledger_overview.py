from odoo import api, models
from odoo.tools import SQL

from .ledger_sql import DISPUTED, WITHHELD

#: First and last days past due of a band; the last one is open.
AGES = ((1, 30), (31, 60), (61, 90), (91, 365), (366, None))


class DebtLedger(models.AbstractModel):
    """How much there is to collect, and how much is left out for which reason."""

    _inherit = "debt.ledger"

    @api.model
    def _overview_bands(self, company):
        """Debtors who are collected from, by the age of their oldest item.

        :return: list of first and last day of the band (None: open), number of debtors,
            and what is collected from them in company currency
        """
        self._flush()
        entity = self._entities(company)
        query = SQL(
            """
            WITH %(ctes)s
            SELECT %(today)s - oldest_due_date AS days, amount_overdue AS amount
              FROM verdict WHERE is_open AND amount_overdue > 0
            """,
            ctes=self._ctes(entity),
            today=self._by_company(entity, "today", SQL("company_id")),
        )
        with self._set_wise(None):
            rows = self.env.execute_query(query)
        found = []
        for first, last in AGES:
            within = [
                float(amount)
                for days, amount in rows
                if days >= first and (last is None or days <= last)
            ]
            if within:
                found.append((first, last, len(within), sum(within)))
        return found

    @api.model
    def _overview_left_out(self, company):
        """What is overdue and not collected, by reason; disputed money is one of them.

        :return: list of reason, number of debtors and amount in company currency
        """
        self._flush()
        entity = self._entities(company)
        rows = self.env.execute_query(self._left_out_sql(entity))
        return [(reason, number, float(amount)) for reason, number, amount in rows]

    @api.model
    def _left_out_sql(self, entity):
        today = self._by_company(entity, "today", SQL("company_id"))
        return SQL(
            """
            WITH %(ctes)s, judged AS (
                SELECT partner_id, amount_overdue AS amount,
                       CASE WHEN amount_overdue + amount_disputed < %(minimum)s
                            THEN 'below_minimum' ELSE 'in_grace' END AS reason
                  FROM (%(verdict)s) verdict
                 WHERE NOT is_open AND amount_overdue > 0
            )
            SELECT reason, count(DISTINCT partner_id), sum(amount)
              FROM (SELECT reason, partner_id, "left" AS amount
                      FROM listed
                     WHERE due < %(today)s AND "left" > 0
                       AND part IN (%(withheld)s, %(disputed)s)
                     UNION ALL
                    SELECT reason, partner_id, amount FROM judged) row
             GROUP BY reason ORDER BY sum(amount) DESC
            """,
            ctes=SQL(
                "%s, ledger AS (%s)",
                self._row_ctes(entity, scoped=False),
                self._sums(entity),
            ),
            disputed=DISPUTED,
            minimum=self._by_company(entity, "debt_min_amount", SQL("company_id")),
            today=today,
            verdict=self._verdict(entity),
            withheld=WITHHELD,
        )
