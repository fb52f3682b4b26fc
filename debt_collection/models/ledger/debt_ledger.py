from collections import defaultdict

from odoo import api, models
from odoo.tools import SQL

from .ledger_sql import OPEN_LINES, SPECIAL_MOVES

#: What the statement reads and people or accounting may just have changed.
READ = {
    "account.move": [
        "amount_residual",
        "amount_residual_signed",
        "debt_excluded_until",
        "debt_status",
        "payment_state",
        "state",
    ],
    "account.move.line": [
        "account_id",
        "amount_residual",
        "company_id",
        "date",
        "date_maturity",
        "display_type",
        "no_followup",
        "parent_state",
        "partner_id",
        "reconciled",
    ],
    "debt.dispute": ["company_id", "deadline", "move_ids", "partner_id", "state"],
    "debt.stage": ["days_from", "ladder_id"],
    "res.partner": ["commercial_partner_id"],
}


class DebtLedger(models.AbstractModel):
    """Reading the ledger: what every debtor owes, by rule 1, in one statement.

    `debt.case.refresh` and the reading of a single debtor before he is contacted use
    the very same SQL, so they cannot disagree.
    """

    _name = "debt.ledger"
    _description = "Reading the Ledger"

    @api.model
    def _flush(self):
        """Bring what the SQL below reads into the database."""
        for model, names in READ.items():
            self.env[model].flush_model(names)

    @api.model
    def _totals(self, partner, company):
        """Read what one debtor owes one company now, past every cache.

        :param partner: ``res.partner``, any contact of the debtor
        :param company: ``res.company``
        :return: dict with ``amount_overdue`` and ``amount_disputed`` (company
            currency, never negative), ``oldest_due_date`` (date or False) and
            ``is_open``: whether this is to be collected (rules 1 and 2)
        """
        debtor = partner.commercial_partner_id
        return self._totals_of(debtor, company)[company.id, debtor.id]

    @api.model
    def _totals_of(self, debtors, companies):
        """The same for many debtors in all of these companies, in one query.

        :return: dict of such dicts by pair of ids of company and debtor
        """
        self._flush()
        # Operators have no accounting rights: exactly these debtors and companies.
        ledger = self._ctes(companies.sudo(), debtors.ids)
        rows = self.env.execute_query_dict(SQL("WITH %s SELECT * FROM verdict", ledger))
        totals = defaultdict(lambda: self._prepare_totals({}))
        for row in rows:
            totals[row["company_id"], row["partner_id"]] = self._prepare_totals(row)
        return totals

    @api.model
    def _prepare_totals(self, row):
        return {
            "amount_overdue": float(row.get("amount_overdue") or 0),
            "amount_disputed": float(row.get("amount_disputed") or 0),
            "oldest_due_date": row.get("oldest_due_date") or False,
            "is_open": row.get("is_open", False),
        }

    @api.model
    def _ctes(self, companies, partner_ids=None):
        """SQL of the common table expressions that end in ``verdict``.

        ``verdict`` has a row for every company and commercial partner with open
        receivable items: ``company_id, partner_id, amount_overdue, amount_disputed``
        (numeric, company currency), ``oldest_due_date, stage_id, ladder_id, is_open``
        and, for what is not open, ``close_reason``.

        :param companies: ``res.company`` to read; no other company's line is touched
        :param partner_ids: ids of contacts whose debtors are read; None for all
        """
        scope, contacts, of_disputes = SQL(), SQL("res_partner"), SQL()
        if partner_ids is not None:
            scope = SQL(
                """scope AS (
                SELECT member.id, member.commercial_partner_id
                  FROM res_partner member
                 WHERE member.commercial_partner_id IN (
                       SELECT commercial_partner_id FROM res_partner
                        WHERE id = ANY(%s))
                ), """,
                list(partner_ids),
            )
            contacts = SQL("scope")
            of_disputes = SQL(
                "AND dispute.partner_id IN (SELECT commercial_partner_id FROM scope)"
            )
        return SQL(
            "%scontested AS (%s), item AS (%s), ledger AS (%s), verdict AS (%s)",
            scope,
            self._contested(companies, of_disputes),
            self._items(companies, contacts),
            self._sums(),
            self._verdict(companies),
        )

    @api.model
    def _by_company(self, companies, name, column):
        """SQL of a value that every company has its own of, most often the same."""
        values = {}
        for company in companies:
            value = company._debt_today() if name == "today" else company[name]
            values.setdefault(value, []).append(company.id)
        last, *others = sorted(values, key=lambda value: len(values[value]))[::-1]
        cases = [
            SQL("WHEN %s = ANY(%s) THEN %s", column, values[value], value)
            for value in others
        ]
        if not cases:
            return self._typed(last)
        return SQL("CASE %s ELSE %s END", SQL(" ").join(cases), self._typed(last))

    @staticmethod
    def _typed(value):
        """A value as a constant of its type, so that sums and differences work."""
        for kind, name in ((bool, "boolean"), (int, "integer"), (float, "numeric")):
            if isinstance(value, kind):
                return SQL(f"%s::{name}", value)
        return SQL("%s::date", value)

    @api.model
    def _contested(self, companies, of_disputes):
        """SQL of the entries that an open dispute holds until its deadline."""
        return SQL(
            """
            SELECT DISTINCT held.move_id
              FROM debt_dispute dispute
              JOIN debt_dispute_account_move_rel held ON held.dispute_id = dispute.id
             WHERE dispute.state = 'open' AND dispute.deadline >= %s %s
            """,
            self._by_company(companies, "today", SQL("dispute.company_id")),
            of_disputes,
        )

    @api.model
    def _items(self, companies, contacts):
        """SQL of the open receivable lines, each with the part it plays.

        Parts: 1 owed and overdue, 2 credit, 3 overdue but disputed, 4 overdue but
        withheld from collection; the others (not due yet, of settled entries) are of
        no account here and have none. OFFSET 0 keeps PostgreSQL from working out
        the part anew for each sum.
        """
        return SQL(
            """
            SELECT line.company_id, partner.commercial_partner_id AS partner_id,
                   line.amount_residual AS residual,
                   coalesce(line.date_maturity, line.date) AS due,
                   special.debt_status = 'flagged' AS flagged,
                   CASE WHEN special.payment_state IN ('in_payment', 'paid', 'reversed')
                        THEN NULL
                        WHEN line.amount_residual > 0
                             AND coalesce(line.date_maturity, line.date) >= %(today)s
                        THEN NULL
                        WHEN line.no_followup OR special.payment_state = 'blocked'
                             OR special.debt_status = 'excluded' AND coalesce(
                                special.debt_excluded_until >= %(today)s, TRUE)
                             %(unflagged)s
                        THEN CASE WHEN line.amount_residual > 0 THEN 4 END
                        WHEN contested.move_id IS NOT NULL
                        THEN CASE WHEN line.amount_residual > 0 THEN 3 END
                        WHEN line.amount_residual > 0 THEN 1
                        ELSE 2 END AS part
              FROM account_move_line line
              JOIN %(contacts)s partner ON partner.id = line.partner_id
              LEFT JOIN (
                   SELECT id, payment_state, debt_status, debt_excluded_until
                     FROM account_move WHERE %(special)s
                   ) special ON special.id = line.move_id
              LEFT JOIN contested ON contested.move_id = line.move_id
             WHERE %(open)s
               AND line.company_id = ANY(%(companies)s)
               AND line.account_id IN (
                   SELECT id FROM account_account
                    WHERE account_type = 'asset_receivable')
            OFFSET 0
            """,
            today=self._by_company(companies, "today", SQL("line.company_id")),
            unflagged=self._unflagged(companies),
            special=SQL(SPECIAL_MOVES),
            open=SQL(OPEN_LINES),
            companies=companies.ids,
            contacts=contacts,
        )

    @api.model
    def _unflagged(self, companies):
        """SQL that withholds what nobody flagged, where flagging is by hand.

        Lines without an invoice (opening balances) need no flag: accountants flag
        invoices, and a receivable line of an invoice is always a payment term.
        """
        by_hand = companies.filtered(lambda company: not company.debt_auto_flag)
        if not by_hand:
            return SQL()
        return SQL(
            """
            OR line.amount_residual > 0 AND line.company_id = ANY(%s)
               AND line.display_type = 'payment_term'
               AND special.debt_status IS DISTINCT FROM 'flagged'
            """,
            by_hand.ids,
        )

    @api.model
    def _sums(self):
        """SQL of the sums by company and debtor, in company currency."""
        return SQL(
            """
            SELECT company_id, partner_id,
                   greatest(0, coalesce(sum(residual) FILTER (WHERE part < 3), 0))
                       AS amount_overdue,
                   coalesce(sum(residual) FILTER (WHERE part = 3), 0)
                       AS amount_disputed,
                   min(due) FILTER (WHERE part = 1) AS oldest_due,
                   min(due) FILTER (WHERE part = 3) AS oldest_disputed,
                   coalesce(bool_or(flagged) FILTER (WHERE part IN (1, 3)), FALSE)
                       AS flagged,
                   coalesce(bool_or(part = 4), FALSE) AS withheld
              FROM item
             GROUP BY company_id, partner_id
            OFFSET 0
            """
        )

    @api.model
    def _verdict(self, companies):
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
                        WHEN owed.oldest_due IS NOT NULL THEN 'covered'
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
            auto=self._by_company(companies, "debt_auto_flag", column),
            grace=self._by_company(companies, "debt_grace_days", column),
            minimum=self._by_company(companies, "debt_min_amount", column),
            today=self._by_company(companies, "today", column),
            age=SQL(
                "%s - oldest_due_date",
                self._by_company(companies, "today", SQL("company_id")),
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
