from odoo import api, models
from odoo.tools import SQL

from .ledger_sql import UNBOOKED_PAYMENTS


class DebtLedger(models.AbstractModel):
    """Payments that have no entry: registered, and not in the books before the bank
    tells."""

    _inherit = "debt.ledger"

    @api.model
    def _unnamed_payments(self, entities, contacts):
        """SQL of payments that have neither an entry nor an item they are for."""
        companies = self._branches(entities)
        return SQL(
            """
            SELECT payment.id, %(entity)s AS company_id,
                   partner.commercial_partner_id AS partner_id, payment.currency_id,
                   payment.date, payment.amount,
                   payment.amount_company_currency_signed AS value
              FROM account_payment payment
              JOIN %(contacts)s partner ON partner.id = payment.partner_id
             WHERE %(unbooked)s AND payment.partner_type = 'customer'
               AND payment.amount > 0 AND payment.amount_company_currency_signed > 0
               AND payment.company_id = ANY(%(companies)s)
               AND NOT EXISTS (
                   SELECT FROM account_move__account_payment named
                    WHERE named.payment_id = payment.id)
            """,
            companies=companies.ids,
            contacts=contacts,
            entity=self._entity(SQL("payment.company_id")),
            unbooked=SQL(UNBOOKED_PAYMENTS),
        )

    @api.model
    def _paid(self):
        """SQL of what payments without an entry take off the items they name.

        Payments that name the same invoices are one sum, oldest item first. As Odoo
        has it, a payment that somebody declared paid counts until anything is matched
        with its invoices; from then on it is what was matched. As of a day, what was
        paid later does not count.
        """
        day = self._as_of()
        return SQL(
            """
            named AS (
                SELECT payment.currency_id, payment.amount,
                       abs(payment.amount_company_currency_signed) AS value,
                       array_agg(named.invoice_id ORDER BY named.invoice_id) AS moves
                  FROM account_payment payment
                  JOIN account_move__account_payment named
                    ON named.payment_id = payment.id
                 WHERE payment.move_id IS NULL AND payment.payment_type = 'inbound'
                   AND (payment.state = 'in_process'
                        OR payment.state = 'paid' AND NOT EXISTS (%s))
                   %s
                   AND payment.id IN (
                       SELECT concerned.payment_id
                         FROM allocated
                         JOIN account_move__account_payment concerned
                           ON concerned.invoice_id = allocated.move_id
                        WHERE allocated.in_payment AND allocated.debit)
                 GROUP BY payment.id
            ), registered AS (
                SELECT row_number() OVER () AS id, moves, currency_id,
                       sum(amount) AS amount, sum(value) AS value
                  FROM named GROUP BY moves, currency_id
            ), paid AS (
                SELECT line_id, sum(CASE WHEN alike THEN residual * taken / own
                                         ELSE taken END) AS taken
                  FROM (
                       SELECT *, greatest(0, least(amount, total + amount
                                 - sum(amount) OVER (
                                     PARTITION BY id ORDER BY due, line_id))) AS taken
                         FROM (
                              SELECT *, CASE WHEN alike THEN own_left ELSE left_ END
                                            AS amount,
                                     CASE WHEN alike THEN sum_own ELSE sum_value END
                                            AS total
                                FROM (
                                     SELECT registered.id, registered.amount AS sum_own,
                                            registered.value AS sum_value,
                                            item.line_id, item.due, item.residual,
                                            item.own, item.left_, item.own_left,
                                            bool_and(item.currency_id
                                                     = registered.currency_id) OVER (
                                                PARTITION BY registered.id) AS alike
                                       FROM registered
                                       JOIN allocated item
                                         ON item.move_id = ANY(registered.moves)
                                        AND item.debit AND item.in_payment
                                     ) named
                              ) measured
                       ) laid
                 GROUP BY line_id
            )
            """,
            self._matched_since(),
            SQL("AND payment.date <= %s", day) if day else SQL(),
        )

    @api.model
    def _matched_since(self):
        """SQL of anything matched with the invoices of a payment."""
        return SQL(
            """
            SELECT FROM account_move__account_payment other
              JOIN account_move_line line ON line.move_id = other.invoice_id
             WHERE other.payment_id = payment.id
               AND line.account_id IN (%s) AND line.balance <> line.amount_residual
            """,
            self._receivable_accounts(),
        )
