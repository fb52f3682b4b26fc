from collections import defaultdict

from odoo import api, models
from odoo.tools import SQL


class DebtLedger(models.AbstractModel):
    """Money that came in: for promises, for habits, and whom a contact pays for."""

    _inherit = "debt.ledger"

    @api.model
    def _payments(self, partners, company, since):
        """Money received from debtors since a day, oldest first.

        Credit notes and write-offs are no payments; an entry in a miscellaneous journal
        is one when it brought money into a bank or cash account. A payment on its way
        to the bank without an entry of its own counts until the bank's entry does.

        :return: by id of the debtor a list of its day, when it was entered, amount in
            company currency (below zero where it bounced), and the id of the receivable
            line, or else of the payment that has no entry yet
        """
        self._flush()
        found = defaultdict(list)
        query = self._payments_sql(partners, company, since)
        for debtor_id, *payment in self.env.execute_query(query):
            found[debtor_id].append(payment)
        return found

    @api.model
    def _payments_sql(self, partners, company, since):
        """SQL of `_payments`, for what reads more in the same statement."""
        companies = self._branches(self._entities(company))
        return SQL(
            """
                SELECT p.commercial_partner_id, l.date, l.create_date, -l.balance,
                       l.id, NULL
                  FROM account_move_line l
                  JOIN account_journal j ON j.id = l.journal_id
                  JOIN res_partner p ON p.id = l.partner_id
                 WHERE l.account_id IN (%(accounts)s)
                   AND l.parent_state = 'posted'
                   AND (j.type IN ('bank', 'cash', 'credit')
                        OR j.type = 'general' AND EXISTS (
                           SELECT FROM account_move_line money
                             JOIN account_account m ON m.id = money.account_id
                            WHERE money.move_id = l.move_id
                              AND m.account_type = 'asset_cash'
                              AND money.balance * l.balance < 0))
                   AND l.company_id = ANY(%(companies)s)
                   AND p.commercial_partner_id = ANY(%(partners)s)
                   AND l.date >= %(since)s
                UNION ALL
                SELECT p.commercial_partner_id, y.date, y.create_date,
                       y.amount_company_currency_signed, NULL, y.id
                  FROM account_payment y
                  JOIN res_partner p ON p.id = y.partner_id
                 WHERE y.move_id IS NULL
                   AND y.state = 'in_process'
                   AND y.payment_type = 'inbound'
                   AND y.company_id = ANY(%(companies)s)
                   AND p.commercial_partner_id = ANY(%(partners)s)
                   AND y.date >= %(since)s
                 ORDER BY 2, 3
                """,
            accounts=self._receivable_accounts(),
            companies=companies.ids,
            partners=partners.ids,
            since=since,
        )

    @api.model
    def _matched(self, items, credits, unbooked):
        """How much of payments was matched with open items.

        A payment without an entry of its own is matched with the invoices it is for.

        :param items: ids of the lines that are paid
        :param credits: ids of the lines that pay
        :param unbooked: ids of payments without an entry
        :return: list of id of the paying line or None, of the payment or None, of the
            item, and the amount (company currency)
        """
        self.env["account.partial.reconcile"].flush_model()
        return self.env.execute_query(
            SQL(
                """
                SELECT credit_move_id, NULL, debit_move_id, sum(amount)
                  FROM account_partial_reconcile
                 WHERE debit_move_id = ANY(%(items)s)
                   AND credit_move_id = ANY(%(credits)s)
                 GROUP BY 1, 3
                UNION ALL
                SELECT NULL, r.payment_id, l.id, l.balance
                  FROM account_move__account_payment r
                  JOIN account_move_line l ON l.move_id = r.invoice_id
                 WHERE l.id = ANY(%(items)s)
                   AND r.payment_id = ANY(%(unbooked)s)
                """,
                items=list(items),
                credits=list(credits),
                unbooked=list(unbooked),
            )
        )

    @api.model
    def _payment_habits(self, partner_ids, company_ids, since, lately):
        """Invoices settled by payments, how many late, by how many days.

        An invoice is late when one of its instalments was. What a credit note settled
        was not paid, neither in time nor late.

        :param date since: due dates from which on invoices are looked at
        :param date lately: months with a late payment after that are counted
        :return: list of ids of company and debtor, number settled, of these late, days
            late on average, months with late payments
        """
        self._flush()
        self.env["account.partial.reconcile"].flush_model()
        return self.env.execute_query(
            SQL(
                """
                WITH paid AS (
                    SELECT line.move_id, %(entity)s AS company_id, line.partner_id,
                           max(payment.date) AS paid_on,
                           max(payment.date - line.date_maturity) AS days
                      FROM account_move_line line
                      JOIN account_move move ON move.id = line.move_id
                      JOIN account_partial_reconcile partial
                        ON partial.debit_move_id = line.id
                      JOIN account_move_line payment
                        ON payment.id = partial.credit_move_id
                      JOIN account_journal journal ON journal.id = payment.journal_id
                     WHERE line.partner_id = ANY(%(partners)s)
                       AND line.company_id = ANY(%(companies)s)
                       AND line.display_type = 'payment_term'
                       AND line.date_maturity >= %(since)s
                       AND move.move_type IN ('out_invoice', 'out_receipt')
                       AND move.state = 'posted'
                       AND move.payment_state IN ('in_payment', 'paid')
                       AND journal.type IN ('bank', 'cash', 'credit')
                     GROUP BY line.move_id, line.company_id, line.partner_id
                )
                SELECT company_id, partner_id,
                       count(*),
                       count(*) FILTER (WHERE days > 0),
                       avg(days) FILTER (WHERE days > 0),
                       count(DISTINCT date_trunc('month', paid_on))
                           FILTER (WHERE days > 0 AND paid_on > %(lately)s)
                  FROM paid
                 GROUP BY company_id, partner_id
                """,
                companies=self._branches(
                    self._entities(self.env["res.company"].browse(company_ids))
                ).ids,
                entity=self._entity(SQL("line.company_id")),
                lately=lately,
                partners=list(partner_ids),
                since=since,
            )
        )

    @api.model
    def _debtors_of(self, contact_ids):
        """Pairs of company and debtor of what these contacts owe, before and after.

        A refresh finds the debtor of a contact; the one he leaves is named as well.
        """
        query = SQL(
            """
            SELECT DISTINCT line.company_id, debtor.id
              FROM account_move_line line
              JOIN res_partner contact ON contact.id = line.partner_id
             CROSS JOIN LATERAL (
                   VALUES (contact.id), (contact.commercial_partner_id)) debtor (id)
             WHERE contact.id = ANY(%s) AND line.parent_state = 'posted'
            """,
            list(contact_ids),
        )
        return {pair for pair in self.env.execute_query(query) if pair[1]}
