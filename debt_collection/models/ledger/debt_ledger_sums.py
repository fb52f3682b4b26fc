from odoo import api, models
from odoo.tools import SQL

from .ledger_sql import COLLECTED, DISPUTED, WITHHELD


class DebtLedger(models.AbstractModel):
    """What is left of the items, added up by debtor, and what that means."""

    _inherit = "debt.ledger"

    @api.model
    def _left(self):
        """SQL of what is left of every item that is due, in company currency.

        All of it is, where no credit and no payment on its way can pay it.
        """
        return SQL(
            """
            SELECT item.company_id, item.partner_id, item.move_id, item.part, item.due,
                   item.flagged, item.residual AS amount, FALSE AS paid
              FROM item
             WHERE item.part <= %(disputed)s AND NOT EXISTS (
                   SELECT FROM rest WHERE rest.line_id = item.line_id)
             UNION ALL
            SELECT company_id, partner_id, move_id, part, due, flagged, amount, paid
              FROM rest WHERE part <= %(disputed)s
            """,
            disputed=DISPUTED,
        )

    @api.model
    def _sums(self, entities):
        """SQL of the sums by legal entity and debtor, in company currency."""
        return SQL(
            """
            SELECT company_id, partner_id,
                   coalesce(sum(amount) FILTER (WHERE part = %(collected)s), 0)
                       AS amount_overdue,
                   coalesce(sum(amount) FILTER (WHERE part = %(disputed)s), 0)
                       AS amount_disputed,
                   min(due) FILTER (WHERE part = %(collected)s AND amount > 0)
                       AS oldest_due,
                   min(due) FILTER (WHERE part = %(disputed)s AND amount > 0)
                       AS oldest_disputed,
                   coalesce(bool_or(flagged) FILTER (
                       WHERE part <> %(withheld)s AND amount > 0), FALSE) AS flagged,
                   coalesce(bool_or(part = %(withheld)s AND amount > 0), FALSE)
                       AS withheld,
                   coalesce(bool_or(part <> %(withheld)s AND amount = 0
                                    AND NOT paid), FALSE) AS covered
              FROM (%(left)s) due
             GROUP BY company_id, partner_id
            OFFSET 0
            """,
            collected=COLLECTED,
            disputed=DISPUTED,
            left=self._left(),
            withheld=WITHHELD,
        )

    @api.model
    def _count_collected(self, debtors, companies):
        """How many documents are due and collected, for many debtors in one query.

        :param debtors: ``res.partner``, the commercial partners
        :param companies: ``res.company``, legal entities
        :return: list of dict, one by company and debtor who has any: ``company_id``,
            ``partner_id``, ``count``, and ``newest_due``, the last of their due days
        """
        self._flush()
        # Operators have no accounting rights: exactly these debtors and companies.
        entities = self._entities(companies)
        return self.env.execute_query_dict(
            SQL(
                """
                WITH %(scope)s%(ctes)s
                SELECT company_id, partner_id, count(DISTINCT move_id) AS count,
                       max(due) AS newest_due
                  FROM (%(left)s) due
                 WHERE part = %(collected)s AND amount > 0
                 GROUP BY company_id, partner_id
                """,
                collected=COLLECTED,
                ctes=self._item_ctes(entities, scoped=True),
                left=self._left(),
                scope=self._scope(debtors.ids),
            )
        )

    @api.model
    def _verdict(self, entities):
        """SQL of what the sums mean: age, stage, and whether it is collected.

        Flagged by hand is collected whatever the company's grace days and minimum;
        the rest only where the company flags by itself.
        """
        column = SQL("owed.company_id")
        return SQL(
            """
            SELECT owed.company_id, owed.partner_id, owed.amount_overdue,
                   owed.amount_disputed, owed.oldest_due_date,
                   stages.ids[owed.bucket] AS stage_id,
                   stages.ladders[owed.bucket] AS ladder_id,
                   owed.amount > 0 AND (owed.flagged OR
                       %(auto)s AND owed.oldest_due_date + %(grace)s < %(today)s
                       AND owed.amount >= %(minimum)s) AS is_open,
                   CASE WHEN owed.amount > 0 THEN 'below_minimum'
                        WHEN owed.covered THEN 'covered'
                        WHEN owed.withheld THEN 'excluded'
                        ELSE 'paid' END AS close_reason
              FROM (%(stages)s) stages
             CROSS JOIN LATERAL (
                   SELECT aged.*, amount_overdue + amount_disputed AS amount,
                          width_bucket(%(age)s, stages.starts) AS bucket
                     FROM (
                          SELECT ledger.*,
                                 CASE WHEN amount_overdue > 0 THEN oldest_due
                                      ELSE oldest_disputed END AS oldest_due_date
                            FROM ledger
                          ) aged
                   OFFSET 0
                   ) owed
            """,
            auto=self._by_company(entities, "debt_auto_flag", column),
            grace=self._by_company(entities, "debt_grace_days", column),
            minimum=self._by_company(entities, "debt_min_amount", column),
            today=self._by_company(entities, "today", column),
            age=SQL(
                "%s - oldest_due_date",
                self._by_company(entities, "today", SQL("company_id")),
            ),
            stages=self._stages(),
        )

    @api.model
    def _stages(self):
        """SQL of one row: the stages in the order of their thresholds."""
        return SQL(
            """
            SELECT array_agg(id ORDER BY days_from) AS ids,
                   array_agg(days_from ORDER BY days_from) AS starts,
                   array_agg(ladder_id ORDER BY days_from) AS ladders
              FROM debt_stage
            """
        )
