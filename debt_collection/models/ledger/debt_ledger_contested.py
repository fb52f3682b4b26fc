from odoo import api, models
from odoo.tools import SQL

from .ledger_sql import HALF, OPEN_LINES


class DebtLedger(models.AbstractModel):
    """What disputes hold of the items: all, or a part, which makes two of one."""

    _inherit = "debt.ledger"

    @api.model
    def _contested(self, entities, of_disputes):
        """SQL of the entries that disputes hold, and how much of each.

        An open dispute holds until its deadline; one that was found valid, until the
        credit note that was drafted for it is posted, cancelled or deleted.

        :return: SQL of ``move_id`` and ``amount`` (currency of the entry), NULL: all
        """
        companies = self._branches(entities)
        return SQL(
            """
            SELECT held.move_id,
                   CASE WHEN bool_and(coalesce(dispute.amount, 0) > 0)
                        THEN sum(dispute.amount) END AS amount
              FROM debt_dispute dispute
              JOIN debt_dispute_account_move_rel held ON held.dispute_id = dispute.id
             WHERE dispute.company_id = ANY(%s)
               AND %s %s
             GROUP BY held.move_id
            """,
            companies.ids,
            self._dispute_holds(
                self._by_company(companies, "today", SQL("dispute.company_id"))
            ),
            of_disputes,
        )

    @staticmethod
    def _dispute_holds(day):
        """SQL condition: on this day a dispute holds what it is about."""
        return SQL(
            """
            (dispute.state = 'open' AND dispute.deadline >= %s
             OR dispute.state = 'accepted' AND EXISTS (
                SELECT FROM debt_dispute_credit_note_rel drafted
                  JOIN account_move note ON note.id = drafted.move_id
                 WHERE drafted.dispute_id = dispute.id AND note.state = 'draft'))
            """,
            day,
        )

    @api.model
    def _contested_parts(self, entities):
        """SQL of the items of which no more than a part is disputed, in two halves.

        The disputed amount is laid over what is open of the entry, oldest first: what
        is paid is taken to be what was never disputed. In either currency the halves
        add up to the item.

        :return: SQL of ``line_id, own, residual, shift`` (what is added to the line's
            id) and ``is_held``
        """
        return SQL(
            """
            SELECT line_id, half.*
              FROM (
                   SELECT *, round(residual * held / whole, %(digits)s) AS value
                     FROM (
                          SELECT line.*, greatest(0, least(
                                     whole, contested.amount - sum(whole) OVER (
                                         PARTITION BY contested.move_id
                                         ORDER BY due, line_id) + whole)) AS held
                            FROM contested CROSS JOIN LATERAL (%(lines)s) line
                           WHERE contested.amount IS NOT NULL
                          ) laid
                   ) line
             CROSS JOIN LATERAL (VALUES
                   (CASE WHEN value = 0 THEN whole ELSE whole - held END,
                    residual - value, 0::bigint, FALSE),
                   (CASE WHEN value = residual THEN whole ELSE held END,
                    value, %(half)s, TRUE)) half (own, residual, shift, is_held)
             WHERE half.residual > 0 AND half.own > 0
            """,
            digits=self._by_company(entities, "digits", SQL("company_id")),
            half=HALF,
            lines=self._contested_lines(),
        )

    @api.model
    def _contested_lines(self):
        """SQL of the open items of a contested entry; OFFSET 0 has them looked up."""
        return SQL(
            """
            SELECT line.id AS line_id, %(entity)s AS company_id,
                   coalesce(line.date_maturity, line.date) AS due,
                   line.amount_residual AS residual,
                   line.amount_residual_currency AS whole
              FROM %(source)s line
             WHERE line.move_id = contested.move_id AND %(open)s
               AND line.amount_residual > 0 AND line.amount_residual_currency > 0
               AND line.account_id IN (%(accounts)s)
            OFFSET 0
            """,
            accounts=self._receivable_accounts(),
            entity=self._entity(SQL("line.company_id")),
            open=SQL(OPEN_LINES),
            source=self._lines(),
        )

    @staticmethod
    def _held():
        """SQL condition: a dispute holds the item, or this half of it."""
        return SQL(
            "contested.move_id IS NOT NULL"
            " AND coalesce(contested_part.is_held, contested.amount IS NULL)"
        )
