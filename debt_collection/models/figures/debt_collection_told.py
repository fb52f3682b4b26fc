from odoo import api, models
from odoo.tools import SQL

from .bands import age_band, amount_band

#: What tells one payment on one item from another.
KEY = ("line_id", "partial_id", "credit_line_id", "payment_id")


def names(columns, alias=None):
    """SQL of a list of columns, each of a table if need be."""
    parts = (SQL.identifier(*filter(None, (alias, column))) for column in columns)
    return SQL(", ").join(parts)


class DebtCollectionReport(models.Model):
    """What stood behind a payment: the case, the last contact, a promise."""

    _inherit = "debt.collection.report"

    @api.model
    def _told(self, company):
        """SQL of the payments in ``money`` with all that is told of them."""
        return SQL(
            """
            SELECT %(key)s, debt.id AS case_id, money.partner_id,
                   %(company)s::int AS company_id, money.day, money.amount,
                   %(currency)s::int AS currency_id, money.amount_document,
                   money.document_currency_id, 1 AS payments,
                   (SELECT id FROM debt_stage
                     WHERE days_from <= money.day - money.due
                     ORDER BY days_from DESC LIMIT 1) AS stage_id,
                   money.day - money.due AS age,
                   %(age_band)s AS age_band, %(amount_band)s AS amount_band,
                   CASE WHEN promise.id IS NOT NULL THEN '1promise'
                        WHEN handed.id IS NOT NULL AND NOT coalesce(
                             %(contact_day)s >= handed.handed_on, FALSE)
                        THEN '6handed'
                        WHEN contact.channel = 'call' THEN '2talk'
                        WHEN contact.message_id IS NULL AND contact.at IS NOT NULL
                        THEN '3voice'
                        WHEN contact.at IS NOT NULL THEN '4message'
                        ELSE '5none' END AS followed,
                   contact.channel, contact.mode, contact.at AS contacted_at,
                   %(days)s AS days_looked_back, contact.call_id, contact.message_id,
                   promise.id AS promise_id,
                   coalesce(promise.state = 'kept', FALSE) AS promise_kept,
                   handed.id AS handover_id, contact.script_id,
                   CASE WHEN contact.channel = 'call' THEN contact.user_id
                        ELSE debt.user_id END AS user_id,
                   debt.team_id, debt.ladder_id
              FROM money
              JOIN LATERAL (%(case)s) debt ON TRUE
              LEFT JOIN LATERAL (%(contact)s) contact ON TRUE
              LEFT JOIN LATERAL (%(promise)s) promise ON TRUE
              LEFT JOIN LATERAL (%(handed)s) handed ON TRUE
            """,
            age_band=age_band(SQL("money.day - money.due")),
            amount_band=amount_band(SQL("money.amount")),
            case=self._case_of(company),
            company=company.id,
            contact=self._contact_before(company),
            contact_day=self._day_of(company, SQL("contact.at")),
            currency=company.currency_id.id,
            days=company.debt_collected_days,
            handed=self._handed_over(company),
            key=names(KEY, "money"),
            promise=self._promise_for(company),
        )

    @api.model
    def _day_of(self, company, column):
        """SQL of the day on which an instant (UTC) is where the company is."""
        zone = company._debt_zone()
        return SQL("(%s AT TIME ZONE 'UTC' AT TIME ZONE %s)::date", column, zone)

    @api.model
    def _case_of(self, company):
        """SQL of the debtor's case that was open on the day of the payment."""
        return SQL(
            """
            SELECT id, user_id, team_id, ladder_id FROM debt_case
             WHERE partner_id = money.partner_id AND company_id = %s
               AND %s <= money.day
               AND (closed_at IS NULL OR %s >= money.day)
             ORDER BY create_date DESC, id DESC LIMIT 1
            """,
            company.id,
            self._day_of(company, SQL("create_date")),
            self._day_of(company, SQL("closed_at")),
        )

    @api.model
    def _contact_before(self, company):
        """SQL of the last contact before a payment, in the days looked back on.

        A call that nobody answered is no contact. On the day of the payment, what came
        before it was entered.
        """
        zone = company._debt_zone()
        start, end = (
            SQL("(%s)::timestamp AT TIME ZONE %s AT TIME ZONE 'UTC'", day, zone)
            for day in (
                SQL("money.day - %s", company.debt_collected_days),
                SQL("money.day + 1"),
            )
        )
        return SQL(
            """
            (SELECT id AS call_id, NULL::int AS message_id, started_at AS at,
                    user_id, mode, script_id,
                    CASE mode WHEN 'robot' THEN 'robot_call'
                              WHEN 'voice_message' THEN 'voice_message'
                              ELSE 'call' END AS channel
               FROM debt_call
              WHERE partner_id = money.partner_id AND company_id = %(company)s
                AND state != 'draft' AND connected
                AND started_at >= %(start)s AND started_at < %(end)s
                AND started_at <= money.entered_at
              ORDER BY started_at DESC LIMIT 1)
             UNION ALL
            (SELECT NULL, id, sent_at, user_id, NULL, NULL, channel
               FROM debt_message
              WHERE partner_id = money.partner_id AND company_id = %(company)s
                AND state IN ('sent', 'delivered')
                AND sent_at >= %(start)s AND sent_at < %(end)s
                AND sent_at <= money.entered_at
              ORDER BY sent_at DESC LIMIT 1)
              ORDER BY at DESC LIMIT 1
            """,
            company=company.id,
            end=end,
            start=start,
        )

    @api.model
    def _handed_over(self, company):
        """SQL of who had the debtor's case on the day of the payment, beside us."""
        return SQL(
            """
            SELECT id, handed_on FROM debt_handover
             WHERE partner_id = money.partner_id AND company_id = %s
               AND handed_on <= money.day
               AND (returned_on IS NULL OR money.day <= returned_on)
             ORDER BY handed_on DESC, id DESC LIMIT 1
            """,
            company.id,
        )

    @api.model
    def _promise_for(self, company):
        """SQL of the promise that stood for the item on the day of the payment."""
        return SQL(
            """
            SELECT promise.id, promise.state
              FROM debt_promise promise
              LEFT JOIN account_move_line_debt_promise_rel named
                ON named.debt_promise_id = promise.id
               AND named.account_move_line_id = money.line_id
             WHERE promise.case_id = debt.id AND promise.state != 'cancelled'
               AND promise.made_on <= money.day
               AND money.day <= promise.date + %s
               AND promise.create_date <= money.entered_at
               AND (named.debt_promise_id IS NOT NULL OR NOT EXISTS (
                    SELECT FROM account_move_line_debt_promise_rel other
                     WHERE other.debt_promise_id = promise.id))
             ORDER BY named.debt_promise_id IS NULL, promise.date, promise.id LIMIT 1
            """,
            company.debt_promise_grace_days,
        )
