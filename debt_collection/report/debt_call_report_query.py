from odoo import fields, models
from odoo.tools import SQL

from ..models.figures.bands import age_band, amount_band

#: Rates by name: SQL of what is counted and of what it is counted among. A rate of a
#: group is worked out from its sums, never from the rates of its rows.
RATES = {
    "answer_rate": ("answered", "attempts"),
    "right_party_rate": ("right_party_out", "attempts"),
    "promise_rate": ("promised", "right_party"),
    "kept_rate": ("promises_kept_due", "promises_due"),
    "kept_rate_amount": ("amount_paid_due", "amount_due"),
    "talk_average": ("duration", "talks"),
    "wrapup_average": ("wrapup", "wrapups"),
}


class DebtCallReport(models.Model):
    """How the rows and their rates are worked out."""

    _inherit = "debt.call.report"
    _rates = RATES

    @property
    def _table_query(self):
        """Each call, and the rates it has by itself."""
        return self._with_rates(
            SQL("%s %s %s", self._select(), self._from(), self._where())
        )

    def _select(self):
        return SQL(
            """
            SELECT c.id,
                   c.id AS call_id,
                   c.case_id,
                   c.partner_id,
                   c.company_id,
                   company.currency_id,
                   c.user_id,
                   k.team_id,
                   c.outcome_id,
                   COALESCE(stages.ids[width_bucket(c.days_late, stages.starts)],
                            k.stage_id) AS stage_id,
                   c.script_id,
                   k.ladder_id,
                   k.profile_id,
                   lang.id AS lang_id,
                   partner.country_id,
                   CASE WHEN partner.is_company THEN 'company' ELSE 'person' END
                        AS kind,
                   %(age_band)s AS age_band,
                   %(amount_band)s AS amount_band,
                   c.started_at,
                   c.local_hour AS hour,
                   %(weekday)s AS weekday,
                   c.direction,
                   c.mode,
                   c.party,
                   c.confirmed_by,
                   c.line,
                   c.provider_id,
                   c.caller_number_id,
                   %(measures)s
            """,
            age_band=age_band(SQL("c.days_late")),
            amount_band=amount_band(SQL("c.amount_owed")),
            measures=self._measures(),
            weekday=self._weekday(),
        )

    def _weekday(self):
        """SQL of the weekday where the debtor was, from his hour.

        No clock is further from Greenwich than 12 hours, but for some islands.
        """
        return SQL(
            """
            EXTRACT(ISODOW FROM c.started_at + make_interval(hours =>
                (c.local_hour - EXTRACT(HOUR FROM c.started_at)::int + 35) %% 24 - 11
            ))::int::varchar
            """
        )

    def _measures(self):
        return SQL(
            """
                   COALESCE(c.disagreement, FALSE)::int AS disagreements,
                   COALESCE(c.abandoned, FALSE)::int AS abandoned,
                   (c.direction = 'outbound')::int AS attempts,
                   (c.direction = 'inbound')::int AS incoming,
                   (c.direction = 'outbound'
                    AND COALESCE(c.connected, FALSE))::int AS answered,
                   COALESCE(c.party = 'right_party', FALSE)::int AS right_party,
                   (c.direction = 'outbound' AND
                    COALESCE(c.party = 'right_party', FALSE))::int
                        AS right_party_out,
                   COALESCE(c.party = 'right_party' AND p.made > 0, FALSE)::int
                        AS promised,
                   COALESCE(p.made, 0) AS promises,
                   COALESCE(p.kept, 0) AS promises_kept,
                   COALESCE(p.broken, 0) AS promises_broken,
                   COALESCE(p.amount, 0) AS amount_promised,
                   COALESCE(p.paid, 0) AS amount_paid,
                   COALESCE(p.due, 0) AS promises_due,
                   COALESCE(p.kept_due, 0) AS promises_kept_due,
                   COALESCE(p.amount_due, 0) AS amount_due,
                   COALESCE(p.paid_due, 0) AS amount_paid_due,
                   COALESCE(money.amount, 0) AS collected,
                   c.duration,
                   (c.duration > 0)::int AS talks,
                   CASE WHEN c.finished_at > c.ended_at
                        THEN EXTRACT(EPOCH FROM c.finished_at - c.ended_at)::int
                        ELSE 0 END AS wrapup,
                   COALESCE(c.finished_at > c.ended_at, FALSE)::int AS wrapups
            """
        )

    def _from(self):
        return SQL(
            """
              FROM debt_call c
              JOIN debt_case k ON k.id = c.case_id
              JOIN res_company company ON company.id = c.company_id
              JOIN res_partner partner ON partner.id = c.partner_id
              LEFT JOIN res_lang lang ON lang.code = partner.lang
             CROSS JOIN (%(stages)s) stages
              LEFT JOIN (%(promises)s) p ON p.call_id = c.id
              LEFT JOIN (
                    SELECT call_id, sum(amount) AS amount
                      FROM debt_collection_report
                     WHERE call_id IS NOT NULL
                     GROUP BY call_id
              ) money ON money.call_id = c.id
            """,
            promises=self._promises(),
            stages=self.env["debt.ledger"]._stages(),
        )

    def _promises(self):
        """SQL of the promises of each call; those fallen due are told apart."""
        today = fields.Date.context_today(self)
        due = SQL("state IN ('kept', 'partial', 'broken') AND date <= %s", today)
        return SQL(
            """
            SELECT call_id,
                   count(*) AS made,
                   count(*) FILTER (WHERE state = 'kept') AS kept,
                   count(*) FILTER (WHERE state IN ('partial', 'broken')) AS broken,
                   sum(amount) AS amount,
                   sum(amount_paid) AS paid,
                   count(*) FILTER (WHERE %(due)s) AS due,
                   count(*) FILTER (WHERE state = 'kept' AND %(due)s) AS kept_due,
                   sum(amount) FILTER (WHERE %(due)s) AS amount_due,
                   sum(amount_paid) FILTER (WHERE %(due)s) AS paid_due
              FROM debt_promise
             WHERE call_id IS NOT NULL AND state != 'cancelled'
             GROUP BY call_id
            """,
            due=due,
        )

    def _where(self):
        return SQL("WHERE c.state != 'draft'")
