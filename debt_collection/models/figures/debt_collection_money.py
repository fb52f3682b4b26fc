from odoo import api, models
from odoo.tools import SQL

from ..ledger.ledger_sql import COLLECTED, DISPUTED, HALF, OPEN_LINES, SPECIAL_MOVES


class DebtCollectionReport(models.Model):
    """Which money was paid on which items in collection."""

    _inherit = "debt.collection.report"

    @api.model
    def _in_collection(self, company):
        """SQL condition: nobody has taken an item out of collection.

        ``line`` is the item, ``special`` its entry, ``decision`` the decision about it,
        ``money.day`` the day of the payment. What an accountant excluded afterwards
        was in collection before.
        """
        ledger = self.env["debt.ledger"]
        reasons = ledger._withheld_reasons(company)
        excluded = SQL(" OR ").join(
            SQL(
                "coalesce(%(name)s.debt_status = 'excluded'"
                " AND coalesce(%(name)s.debt_excluded_until >= day, TRUE), FALSE)",
                name=SQL.identifier(name),
            )
            for name in ("special", "decision")
        )
        left_out = [
            reasons["no_followup"],
            ledger._may_be_barred(company, SQL("day")),
        ]
        if "unflagged" in reasons:
            left_out.append(reasons["unflagged"])
        if "too_old" in reasons:
            left_out.append(ledger._too_old(company, SQL("day")))
        return SQL(
            "NOT (%s OR %s)",
            excluded,
            SQL(" OR ").join(SQL("coalesce(%s, FALSE)", one) for one in left_out),
        )

    @api.model
    def _on_items(self, company, payments):
        """SQL of payments with the item, of those that were due and in collection.

        What the bank took back is no item, and money for it does not count twice.

        :param SQL payments: of ``partial_id, credit_line_id, payment_id, line_id, day,
            entered_at, amount, amount_document``
        """
        ledger = self.env["debt.ledger"]
        return SQL(
            """
            SELECT payment.*, contact.commercial_partner_id AS partner_id,
                   line.currency_id AS document_currency_id,
                   coalesce(line.date_maturity, line.date) AS due
              FROM (%(payments)s) payment
              JOIN account_move_line line ON line.id = payment.line_id
              JOIN account_journal home ON home.id = line.journal_id
              JOIN res_partner contact ON contact.id = line.partner_id
              JOIN account_move special ON special.id = line.move_id
              LEFT JOIN debt_item_decision decision ON decision.line_id = line.id
             WHERE line.account_id IN (%(accounts)s)
               AND line.company_id = ANY(%(companies)s)
               AND line.parent_state = 'posted'
               AND line.balance > 0
               AND home.type NOT IN ('bank', 'cash', 'credit')
               AND coalesce(line.date_maturity, line.date) < payment.day
               AND payment.amount > 0
               AND %(in_collection)s
            """,
            accounts=ledger._receivable_accounts(),
            companies=ledger._branches(company).ids,
            in_collection=self._in_collection(company),
            payments=payments,
        )

    @api.model
    def _matched(self, company, which):
        """SQL of payments that were matched with items.

        :param SQL which: condition on ``matching`` and ``credit``
        """
        payments = SQL(
            """
            SELECT matching.id AS partial_id, credit.id AS credit_line_id,
                   NULL::int AS payment_id, matching.debit_move_id AS line_id,
                   credit.date AS day, credit.create_date AS entered_at,
                   matching.amount, matching.debit_amount_currency AS amount_document
              FROM account_partial_reconcile matching
              JOIN account_move_line credit ON credit.id = matching.credit_move_id
              JOIN account_journal journal ON journal.id = credit.journal_id
             WHERE %s AND credit.parent_state = 'posted' AND (%s)
            """,
            which,
            self.env["debt.ledger"]._is_money(),
        )
        return self._on_items(company, payments)

    @api.model
    def _debtors_with_credit(self, company):
        """Ids of debtors with a case and money that nobody has matched."""
        ledger = self.env["debt.ledger"]
        query = SQL(
            """
            SELECT DISTINCT contact.commercial_partner_id
              FROM (
                   SELECT partner_id FROM account_move_line
                    WHERE %(open)s AND amount_residual < 0
                      AND account_id IN (%(accounts)s)
                      AND company_id = ANY(%(companies)s)
                    UNION
                   SELECT commercial_partner_id FROM account_move
                    WHERE %(special)s AND payment_state IN ('in_payment', 'paid')
                      AND company_id = ANY(%(companies)s)
                    UNION
                   SELECT partner_id FROM account_payment
                    WHERE move_id IS NULL AND state = 'in_process'
                      AND payment_type = 'inbound'
                      AND company_id = ANY(%(companies)s)
                   ) payer
              JOIN res_partner contact ON contact.id = payer.partner_id
             WHERE EXISTS (
                   SELECT FROM debt_case
                    WHERE partner_id = contact.commercial_partner_id
                      AND company_id = %(company)s)
            """,
            accounts=ledger._receivable_accounts(),
            companies=ledger._branches(company).ids,
            company=company.id,
            open=SQL(OPEN_LINES),
            special=SQL(SPECIAL_MOVES),
        )
        return [id_ for (id_,) in self.env.execute_query(query)]

    @api.model
    def _unmatched(self, company):
        """SQL of payments on the items that the ledger lays them against."""
        digits = company.currency_id.decimal_places
        payments = SQL(
            """
            SELECT NULL::int AS partial_id, credit.id AS credit_line_id,
                   payment.id AS payment_id,
                   (pair.line_id & %(mask)s)::integer AS line_id,
                   coalesce(credit.date, payment.date) AS day,
                   coalesce(credit.create_date, payment.create_date) AS entered_at,
                   round(sum(pair.amount), %(digits)s) AS amount,
                   round(sum(pair.amount_own), own.decimal_places)
                       AS amount_document
              FROM pair
              JOIN item USING (line_id)
              JOIN res_currency own ON own.id = item.currency_id
              LEFT JOIN account_move_line credit ON credit.id = pair.credit_id
              LEFT JOIN account_journal journal ON journal.id = credit.journal_id
              LEFT JOIN account_payment payment ON payment.id = -pair.credit_id
             WHERE item.part IN (%(collected)s, %(disputed)s)
               AND (payment.id IS NOT NULL OR %(money)s)
             GROUP BY pair.line_id & %(mask)s, credit.id, payment.id, own.id
             UNION ALL
            SELECT NULL, NULL, payment.id, paid.line_id, payment.date,
                   payment.create_date, round(paid.taken, %(digits)s),
                   round(line.amount_residual_currency * paid.taken
                         / line.amount_residual, own.decimal_places)
              FROM (SELECT (line_id & %(mask)s)::integer AS line_id, sum(taken) AS taken
                      FROM paid GROUP BY line_id & %(mask)s) paid
              JOIN account_move_line line ON line.id = paid.line_id
              JOIN res_currency own ON own.id = line.currency_id
              JOIN LATERAL (
                   SELECT one.id, one.date, one.create_date
                     FROM account_move__account_payment named
                     JOIN account_payment one ON one.id = named.payment_id
                    WHERE named.invoice_id = line.move_id AND one.move_id IS NULL
                      AND one.payment_type = 'inbound'
                      AND one.state IN ('in_process', 'paid')
                    ORDER BY one.date DESC, one.id DESC LIMIT 1
                   ) payment ON TRUE
             WHERE paid.taken > 0
            """,
            collected=COLLECTED,
            digits=digits,
            disputed=DISPUTED,
            mask=HALF - 1,
            money=self.env["debt.ledger"]._is_money(),
        )
        return self._on_items(company, payments)
