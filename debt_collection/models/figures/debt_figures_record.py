from datetime import timedelta

from odoo import api, models
from odoo.tools import SQL

from ..contact.debt_phone import USABLE_HEALTH
from .bands import AGE_BANDS, age_band

PERIOD, QUARTER = timedelta(days=30), timedelta(days=90)
#: So many days are recorded when there is none yet, and this many again every night.
AT_FIRST, AGAIN = 30, 7
#: Columns that the ledger tells of any day.
OF_LEDGER = (
    "balance",
    "not_due",
    "overdue",
    "debtors",
    "sales",
    "sales_quarter",
    "opening",
    "rolled",
    "rolled_from",
    "debtors_before",
    "cured",
)
#: Columns that are only known of the night itself.
OF_CASES = (
    "open_cases",
    "callable_cases",
    "amount_dormant",
    "amount_disputed",
    "amount_promised",
)


class DebtFigures(models.Model):
    """How a day is recorded: one statement for each company and day."""

    _inherit = "debt.figures"

    @api.model
    def _cron_record(self):
        """The daily job: yesterday, and the days before in case of late bookings."""
        companies = self.env["res.company"].sudo().search([])
        for company in self.env["debt.ledger"]._entities(companies):
            last = self._last_day(company)
            known = self.sudo().search_count([("company_id", "=", company.id)], limit=1)
            count = AGAIN if known else AT_FIRST
            self._record(company, {last - timedelta(days=n) for n in range(count)})

    @api.model
    def _last_day(self, company):
        """The last day that is over where the company is."""
        return company._debt_today() - timedelta(days=1)

    @api.model
    def _record(self, company, days):
        """Record some days of a legal entity, in place of what was recorded of them.

        :param days: dates
        """
        for name in ("account.move.line", "account.partial.reconcile", "debt.case"):
            self.env[name].flush_model()
        last = self._last_day(company)
        for day in sorted(days):
            self.env.cr.execute(self._statement(company, day))
            if day == last:
                self.env.cr.execute(self._cases_statement(company, day))
        self.invalidate_model(flush=False)

    @api.model
    def _statement(self, company, day):
        """SQL that writes what the ledger says of a day."""
        columns = SQL(", ").join(map(SQL.identifier, OF_LEDGER))
        new = SQL(", ").join(SQL.identifier("excluded", name) for name in OF_LEDGER)
        return SQL(
            """
            WITH item AS (%(items)s), left_of AS (%(left_of)s),
            aged AS (
                SELECT partner_id, now, before, %(band)s AS band,
                       %(band_before)s AS band_before
                  FROM left_of
            ), debtor AS (
                SELECT partner_id,
                       max(band) FILTER (WHERE now > 0) AS band,
                       max(band_before) FILTER (WHERE before > 0) AS band_before
                  FROM aged GROUP BY partner_id
            ), bands AS (SELECT unnest(%(bands)s::varchar[]) AS band)
            INSERT INTO debt_figures (company_id, day, age_band, %(columns)s)
            SELECT %(company)s, %(day)s, bands.band, %(measures)s
              FROM bands
                ON CONFLICT (company_id, day, age_band)
                DO UPDATE SET (%(columns)s) = ROW(%(new)s)
            """,
            band=age_band(SQL("%s - due", day)),
            band_before=age_band(SQL("%s - due", day - PERIOD)),
            bands=[code for code, _name in AGE_BANDS],
            columns=columns,
            company=company.id,
            day=day,
            items=self._items_of(company, day),
            left_of=self._left_of(),
            measures=self._measures(company, day),
            new=new,
        )

    @api.model
    def _items_of(self, company, day):
        """SQL of the receivable lines of a day, with what was left of each.

        Lines that were settled before the period are not looked at.
        """
        ledger, before = self.env["debt.ledger"], day - PERIOD
        return SQL(
            """
            SELECT line.id, contact.commercial_partner_id AS partner_id,
                   coalesce(line.date_maturity, line.date) AS due,
                   line.balance - coalesce(sum(matching.amount) FILTER (
                       WHERE matching.max_date <= %(day)s), 0) AS now,
                   CASE WHEN line.date <= %(before)s
                        THEN line.balance - coalesce(sum(matching.amount) FILTER (
                            WHERE matching.max_date <= %(before)s), 0)
                        ELSE 0 END AS before
              FROM account_move_line line
              JOIN res_partner contact ON contact.id = line.partner_id
              LEFT JOIN LATERAL (
                   SELECT amount, max_date FROM account_partial_reconcile
                    WHERE debit_move_id = line.id
                    UNION ALL
                   SELECT -amount, max_date FROM account_partial_reconcile
                    WHERE credit_move_id = line.id
                   ) matching ON TRUE
             WHERE line.account_id IN (%(accounts)s)
               AND line.company_id = ANY(%(companies)s)
               AND line.parent_state = 'posted'
               AND line.date <= %(day)s
               AND (line.reconciled IS NOT TRUE OR line.id IN (
                    SELECT unnest(ARRAY[debit_move_id, credit_move_id])
                      FROM account_partial_reconcile WHERE max_date > %(before)s))
             GROUP BY line.id, contact.id
            """,
            accounts=ledger._receivable_accounts(),
            before=before,
            companies=ledger._branches(company).ids,
            day=day,
        )

    @api.model
    def _left_of(self):
        """SQL of what credits leave of a debtor's items, the oldest paid first."""
        return SQL(
            """
            SELECT partner_id, due,
                   greatest(0, least(now, now_until - coalesce(now_credit, 0))) AS now,
                   greatest(0, least(before, before_until
                                             - coalesce(before_credit, 0))) AS before
              FROM (
                   SELECT partner_id, due, greatest(now, 0) AS now,
                          greatest(before, 0) AS before,
                          sum(greatest(now, 0)) OVER upto AS now_until,
                          sum(greatest(before, 0)) OVER upto AS before_until,
                          sum(-least(now, 0)) OVER whole AS now_credit,
                          sum(-least(before, 0)) OVER whole AS before_credit
                     FROM item
                   WINDOW upto AS (PARTITION BY partner_id ORDER BY due, id),
                          whole AS (PARTITION BY partner_id)
                   ) laid
             WHERE now > 0 OR before > 0
            """
        )

    @api.model
    def _measures(self, company, day):
        """SQL of what is counted in each band, in the order of `OF_LEDGER`."""
        sums = SQL(
            """
            (SELECT coalesce(sum(now), 0) FROM aged WHERE aged.band = bands.band),
            (SELECT coalesce(sum(now), 0) FROM aged
              WHERE aged.band = bands.band AND bands.band = '0'),
            (SELECT coalesce(sum(now), 0) FROM aged
              WHERE aged.band = bands.band AND bands.band <> '0'),
            (SELECT count(*) FROM debtor
              WHERE debtor.band = bands.band AND bands.band <> '0')
            """
        )
        moved = SQL(
            """
            (SELECT coalesce(sum(before), 0) FROM aged
              WHERE aged.band_before = bands.band),
            (SELECT coalesce(sum(now), 0) FROM aged
              WHERE aged.band = bands.band AND aged.band_before < bands.band
                AND before > 0),
            (SELECT coalesce(sum(before), 0) FROM aged
              WHERE aged.band = bands.band AND aged.band_before < bands.band),
            (SELECT count(*) FROM debtor
              WHERE debtor.band_before = bands.band AND bands.band <> '0'),
            (SELECT count(*) FROM debtor
              WHERE debtor.band_before = bands.band AND bands.band <> '0'
                AND coalesce(debtor.band, '0') = '0')
            """
        )
        return SQL(
            "%s, %s, %s, %s",
            sums,
            self._sales(company, day - PERIOD, day),
            self._sales(company, day - QUARTER, day),
            moved,
        )

    @api.model
    def _sales(self, company, after, until):
        """SQL of credit sales, which stand beside what is not due."""
        ledger = self.env["debt.ledger"]
        return SQL(
            """
            (SELECT coalesce(sum(line.balance), 0)
               FROM account_move_line line
               JOIN account_move move ON move.id = line.move_id
              WHERE bands.band = '0'
                AND line.account_id IN (%(accounts)s)
                AND line.company_id = ANY(%(companies)s)
                AND line.parent_state = 'posted'
                AND move.move_type IN ('out_invoice', 'out_refund')
                AND line.date > %(after)s AND line.date <= %(until)s)
            """,
            accounts=ledger._receivable_accounts(),
            after=after,
            companies=ledger._branches(company).ids,
            until=until,
        )

    @api.model
    def _cases_statement(self, company, day):
        """SQL that writes what is true of the cases in this night, once."""
        return SQL(
            """
            UPDATE debt_figures figures
               SET (open_cases, callable_cases, amount_dormant, amount_disputed,
                    amount_promised) = ROW(
                       coalesce(counted.cases, 0), coalesce(counted.callable, 0),
                       coalesce(counted.dormant, 0), coalesce(counted.disputed, 0),
                       coalesce(counted.promised, 0))
              FROM debt_figures own
              LEFT JOIN (
                   SELECT %(band)s AS band, count(*) AS cases,
                          count(*) FILTER (WHERE %(callable)s) AS callable,
                          sum(amount_overdue + amount_disputed) FILTER (
                              WHERE state = 'dormant') AS dormant,
                          sum(amount_disputed) AS disputed,
                          sum(amount_overdue) FILTER (
                              WHERE state = 'promised') AS promised
                     FROM debt_case
                    WHERE company_id = %(company)s AND closed_at IS NULL
                      AND amount_overdue + amount_disputed > 0
                    GROUP BY 1
                   ) counted ON counted.band = own.age_band
             WHERE figures.id = own.id
               AND own.company_id = %(company)s AND own.day = %(day)s
               AND own.open_cases IS NULL
            """,
            band=age_band(SQL("%s - coalesce(oldest_due_date, %s)", day, day)),
            callable=self._can_be_called(),
            company=company.id,
            day=day,
        )

    @api.model
    def _can_be_called(self):
        """SQL condition: a case's debtor has a number, and has not refused calls."""
        return SQL(
            """
            EXISTS (
                SELECT FROM debt_phone phone
                 WHERE phone.partner_id = debt_case.partner_id AND phone.active
                   AND phone.number IS NOT NULL AND phone.health = ANY(%s))
            AND NOT EXISTS (
                SELECT FROM res_partner partner
                 WHERE partner.id = debt_case.partner_id
                   AND partner.debt_do_not_call)
            """,
            list(USABLE_HEALTH),
        )
