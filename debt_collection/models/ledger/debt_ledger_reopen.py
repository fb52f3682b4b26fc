from odoo import api, fields, models
from odoo.tools import SQL

from .ledger_sql import OPEN_LINES

#: Closed by people: the ledger does not open these again.
BY_PEOPLE = ("manual", "merged")


class DebtLedger(models.AbstractModel):
    """A case that the ledger closed comes back as itself (rule 17).

    It does when what closed it is undone (a payment bounces, an invoice is confirmed
    again), however long ago that was, or when the debtor owes again soon after.
    """

    _inherit = "debt.ledger"

    @api.model
    def _refresh_coming_back(self, entities):
        """SQL of the rows of ``differing`` with the closed case that comes back.

        Its state is the one in which it was closed; only who had been given up as
        dormant and now owes something new is taken up again.
        """
        return SQL(
            """
            SELECT coalesce(differing.id, former.id) AS id, company_id, partner_id,
                   coalesce(differing.state, former.state) AS state,
                   coalesce(differing.stage_id, former.stage_id) AS stage_id,
                   new_stage_id, ladder_id, amount_overdue, amount_disputed,
                   oldest_due_date, is_open, close_reason,
                   former.id IS NOT NULL AS comes_back, former.undone
              FROM differing
              LEFT JOIN LATERAL (
                   SELECT id, stage_id, undone,
                          CASE WHEN closed_state = 'dormant' AND NOT undone
                               THEN 'active' ELSE closed_state END AS state
                     FROM (%(last)s) last
                    WHERE undone OR closed_at > %(now)s::timestamp
                          - make_interval(days => %(days)s)
                   ) former ON TRUE
            """,
            last=self._last_closed(),
            now=fields.Datetime.now(),
            days=self._by_company(
                entities, "debt_reopen_days", SQL("differing.company_id")
            ),
        )

    @api.model
    def _last_closed(self):
        """SQL of the last case of a row of ``differing`` that has none open."""
        return SQL(
            """
            SELECT closed.id, closed.stage_id, closed.closed_state, closed.closed_at,
                   (%s) AS undone
              FROM (
                   SELECT * FROM debt_case
                    WHERE differing.id IS NULL AND closed_at IS NOT NULL
                      AND company_id = differing.company_id
                      AND partner_id = differing.partner_id
                      AND close_reason IS DISTINCT FROM 'merged'
                    ORDER BY closed_at DESC, id DESC
                    LIMIT 1
                   ) closed
             WHERE closed.close_reason <> ALL(%s)
            """,
            self._is_undone(),
            list(BY_PEOPLE),
        )

    @api.model
    def _is_undone(self):
        """SQL condition: the debtor owes something that the case had been about.

        That is what was entered, and fell due, before the case was closed.
        """
        return SQL(
            """
            differing.oldest_due_date < closed.closed_at::date AND EXISTS (
                SELECT FROM account_move_line line
                  JOIN res_partner contact ON contact.id = line.partner_id
                 WHERE contact.commercial_partner_id = differing.partner_id
                   AND %(entity)s = differing.company_id
                   AND line.account_id IN (%(accounts)s)
                   AND %(open)s
                   AND line.amount_residual > 0
                   AND coalesce(line.date_maturity, line.date) < closed.closed_at::date
                   AND closed.closed_at >= (
                       SELECT create_date FROM account_move WHERE id = line.move_id))
            """,
            accounts=self._receivable_accounts(),
            entity=self._entity(SQL("line.company_id")),
            open=SQL(OPEN_LINES),
        )

    @api.model
    def _tell_reopened(self, cases, undone):
        """Note that cases were taken up again; who left gets none back (rule 12).

        :param bool undone: what closed them was undone; else the debtor owes again
        """
        texts = {}
        for case in cases:
            owed = case.amount_overdue + case.amount_disputed
            amount = case.currency_id.format(owed)
            if not owed:
                texts[case.id] = self.env._(
                    "The case is open again: something falls due soon."
                )
                continue
            texts[case.id] = (
                self.env._(
                    "The case is open again: what had closed it was undone. "
                    "%(amount)s is owed.",
                    amount=amount,
                )
                if undone
                else self.env._(
                    "The case is open again: the debtor owes %(amount)s.", amount=amount
                )
            )
        cases._message_log_batch(bodies=texts)
        teams = self.env["debt.team"]
        if left := cases.filtered(teams._has_left):
            teams._hand_over(left)

    # --- why a case was closed ------------------------------------------------------
    @api.model
    def _refresh_close_reasons(self, ids):
        """Tell what closed these cases: money, a credit, or that it was withdrawn.

        The ledger says that nothing is owed any more; what happened to it last says
        why. Nothing at all: the items went to another debtor or were put off.

        :param ids: ids of the cases just closed, for whatever reason
        """
        self.env["account.payment"].flush_model()
        self.env["account.partial.reconcile"].flush_model()
        self.env.cr.execute(
            SQL(
                """
                UPDATE debt_case
                   SET close_reason = coalesce((
                       SELECT reason FROM (%(settled)s UNION ALL %(unbooked)s
                                           UNION ALL %(withdrawn)s) event
                        ORDER BY at DESC, rank LIMIT 1), 'withdrawn')
                 WHERE id = ANY(%(ids)s) AND close_reason = 'paid'
                """,
                ids=list(ids),
                settled=self._events_settled(),
                unbooked=self._events_unbooked(),
                withdrawn=self._events_withdrawn(),
            )
        )

    @api.model
    def _events_settled(self):
        """SQL of what was matched with a debtor's debts: money or credits."""
        return SQL(
            """
            SELECT partial.create_date AS at, 2 AS rank,
                   CASE WHEN %(money)s THEN 'paid' ELSE %(credited)s END AS reason
              FROM account_move_line debit
              JOIN account_partial_reconcile partial
                ON partial.debit_move_id = debit.id
              JOIN account_move_line credit ON credit.id = partial.credit_move_id
              JOIN account_journal journal ON journal.id = credit.journal_id
             WHERE %(of_debtor)s AND partial.create_date >= debt_case.create_date
            """,
            credited=self._credited_as(),
            money=self._is_money(),
            of_debtor=self._of_debtor("debit"),
        )

    @api.model
    def _credited_as(self):
        """Hook: SQL of the reason to close a case that ``credit``, no money, is."""
        return SQL("'credited'")

    @api.model
    def _is_money(self):
        """SQL condition: a credit is money received, not a reduction of the debt."""
        return SQL(
            """
            journal.type IN ('bank', 'cash', 'credit')
            OR journal.type = 'general' AND EXISTS (
               SELECT FROM account_move_line other
                 JOIN account_account account ON account.id = other.account_id
                WHERE other.move_id = credit.move_id AND other.balance > 0
                  AND account.account_type = 'asset_cash')
            """
        )

    @api.model
    def _events_unbooked(self):
        """SQL of a debtor's payments that have no entry yet."""
        return SQL(
            """
            SELECT payment.create_date, 2, 'paid'
              FROM account_payment payment
              JOIN res_partner payer ON payer.id = payment.partner_id
             WHERE payer.commercial_partner_id = debt_case.partner_id
               AND %s = debt_case.company_id
               AND payment.move_id IS NULL AND payment.state = 'in_process'
               AND payment.payment_type = 'inbound'
               AND payment.create_date >= debt_case.create_date
            """,
            self._entity(SQL("payment.company_id")),
        )

    @api.model
    def _events_withdrawn(self):
        """SQL of what was reset to draft, cancelled or put off."""
        return SQL(
            """
            SELECT CASE WHEN debit.parent_state = 'posted' THEN debit.write_date
                        ELSE move.write_date END,
                   CASE WHEN debit.parent_state = 'posted' THEN 3 ELSE 1 END,
                   'withdrawn'
              FROM account_move_line debit
              JOIN account_move move ON move.id = debit.move_id
             WHERE %(of_debtor)s AND debit.balance > 0
               AND CASE WHEN debit.parent_state = 'posted'
                        THEN debit.amount_residual > 0
                        ELSE move.posted_before END
               AND move.write_date >= debt_case.create_date
            """,
            of_debtor=self._of_debtor("debit"),
        )

    @api.model
    def _of_debtor(self, alias):
        """SQL condition: receivable lines of a case's debtor in its company."""
        return SQL(
            """
            %(line)s.partner_id IN (
                SELECT id FROM res_partner
                 WHERE commercial_partner_id = debt_case.partner_id)
            AND %(entity)s = debt_case.company_id
            AND %(line)s.account_id IN (%(accounts)s)
            """,
            accounts=self._receivable_accounts(),
            entity=self._entity(SQL.identifier(alias, "company_id")),
            line=SQL.identifier(alias),
        )
