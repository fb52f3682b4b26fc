from datetime import timedelta

import psycopg2

from odoo import api, models
from odoo.tools import SQL

from .debt_collection_told import KEY, names

CAUGHT_UP = object()
#: Matchings may be committed in another order than their ids.
OUT_OF_ORDER = 1000
#: What may still change of what was collected: promises are decided, calls completed.
RENEWED = timedelta(days=120)
#: Columns that stay as they were when a payment was first told: who works the case,
#: and by which ladder, is written down nowhere else.
KEPT = ("user_id", "team_id", "ladder_id")
TOLD = (
    "case_id",
    "partner_id",
    "company_id",
    "day",
    "amount",
    "currency_id",
    "amount_document",
    "document_currency_id",
    "payments",
    "stage_id",
    "age",
    "age_band",
    "amount_band",
    "followed",
    "channel",
    "mode",
    "contacted_at",
    "days_looked_back",
    "call_id",
    "message_id",
    "promise_id",
    "promise_kept",
    "handover_id",
    "script_id",
)
FLUSHED = (
    "account.move.line",
    "account.move",
    "account.payment",
    "account.partial.reconcile",
    "debt.call",
    "debt.case",
    "debt.handover",
    "debt.message",
    "debt.promise",
    "debt.stage",
    "debt.item.decision",
)


class DebtCollectionReport(models.Model):
    """How the rows come about: set-wise, and once."""

    _inherit = "debt.collection.report"

    @api.model
    def _cron_renew(self):
        """The daily job: tell lately collected money anew, promises decided since.

        All of it where a setting was changed that it depends on.
        """
        companies = self.env["debt.ledger"]._entities(
            self.env["res.company"].sudo().search([])
        )
        for company in companies:
            lately = company._debt_today() - RENEWED
            self._renew(company, None if company.debt_collected_changed else lately)
            company.debt_collected_changed = False

    @api.model
    def _renew(self, companies, since=None):
        """Tell anew what was collected.

        Nothing but the ledger and the records of contacts and promises is read; only
        who worked the case, and its ladder, stay as they were first told.

        :param companies: ``res.company``
        :param date since: payments from that day on; all of them when None
        """
        self._flush_read()
        condition = SQL("day >= %s", since) if since else SQL("TRUE")
        which = SQL("credit.date >= %s", since) if since else SQL("TRUE")
        for company in self.env["debt.ledger"]._entities(companies):
            seen = self._last_matching()
            self._write(company, self._matched(company, which), condition)
            self._write_unmatched(company)
            company.debt_collected_until = seen
        self.invalidate_model(flush=False)

    @api.model
    def _last_matching(self):
        query = SQL("SELECT coalesce(max(id), 0) FROM account_partial_reconcile")
        return max(0, self.env.execute_query(query)[0][0] - OUT_OF_ORDER)

    @api.model
    def _caught_up(self):
        """The model for one who reads several times, and is as new as the ledger once.

        The mark is an object: nothing that a client can put into a context.
        """
        self._catch_up()
        return self.with_context(debt_caught_up=CAUGHT_UP)

    @api.model
    def _catch_up(self):
        """Add what was paid since the rows were written last.

        When somebody else is about the same, what he writes is read next time.
        """
        if self.env.context.get("debt_caught_up") is CAUGHT_UP:
            return
        self.env["debt.ledger"]._refresh_pending()
        self._flush_read()
        try:
            with self.env.cr.savepoint(flush=False):
                for company in self.env["debt.ledger"]._entities(self.env.companies):
                    self._catch_up_one(company)
        except (
            psycopg2.errors.SerializationFailure,
            psycopg2.errors.DeadlockDetected,
        ):
            return
        self.invalidate_model(flush=False)

    @api.model
    def _catch_up_one(self, company):
        seen = company.debt_collected_until
        source = self._matched(company, SQL("matching.id > %s", seen))
        self._write(company, source, SQL("partial_id > %s", seen))
        self._write_unmatched(company)

    @api.model
    def _flush_read(self):
        for name in FLUSHED:
            self.env[name].flush_model()

    @api.model
    def _write_unmatched(self, company):
        """Write what the ledger lays payments against that nobody has matched."""
        ledger = self.env["debt.ledger"]
        debtors = self._debtors_with_credit(company)
        source = self._unmatched(company) if debtors else None
        self._write(
            company,
            source or self._matched(company, SQL("FALSE")),
            SQL("partial_id IS NULL"),
            SQL(
                "%s%s, pair AS (%s),",
                ledger._scope(debtors),
                ledger._item_ctes(company, scoped=True),
                ledger._pairs(),
            )
            if debtors
            else SQL(),
        )

    @api.model
    def _write(self, company, source, condition, before=None):
        """Make the rows of a legal entity what a statement says they are.

        :param SQL source: of payments, see `_matched`
        :param SQL condition: which rows it tells of; those it does not name go
        :param SQL before: common table expressions that it reads
        """
        columns = (*KEY, *TOLD, *KEPT)
        # The database is written to by people who only read: the rows are no record of
        # theirs, they are what the ledger says.
        self.env.cr.execute(
            SQL(
                """
                WITH %(before)s money AS MATERIALIZED (%(source)s),
                found AS MATERIALIZED (
                    SELECT * FROM (%(told)s) told WHERE %(condition)s
                ), gone AS (
                    DELETE FROM debt_collection_report report
                     WHERE company_id = %(company)s AND %(condition)s
                       AND NOT EXISTS (SELECT FROM found WHERE %(same)s)
                )
                INSERT INTO debt_collection_report (%(columns)s)
                SELECT %(columns)s FROM found
                    ON CONFLICT (line_id, coalesce(partial_id, 0),
                                 coalesce(credit_line_id, 0), coalesce(payment_id, 0))
                    DO UPDATE SET (%(set)s) = ROW(%(new)s)
                 WHERE (%(old)s) IS DISTINCT FROM (%(new)s)
                """,
                before=before or SQL(),
                columns=names(columns),
                company=company.id,
                condition=condition,
                new=names(TOLD, "excluded"),
                old=names(TOLD, "debt_collection_report"),
                same=SQL(" AND ").join(
                    SQL(
                        "found.%(name)s IS NOT DISTINCT FROM report.%(name)s",
                        name=SQL.identifier(name),
                    )
                    for name in KEY
                ),
                set=names(TOLD),
                source=source,
                told=self._told(company),
            ),
            log_exceptions=False,
        )
