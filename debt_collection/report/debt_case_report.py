from odoo import fields, models
from odoo.tools import SQL

from ..models.card.debt_case import CLOSE_REASONS
from ..models.figures.bands import AGE_BANDS, age_band

#: Modes in which no person of ours speaks.
VOICE = ("robot", "voice_message")


class DebtCaseReport(models.Model):
    """One row per case, open or closed, with the work done on it."""

    _name = "debt.case.report"
    _inherit = ["debt.segmented", "debt.rates"]
    _rates = {"paid_rate": ("paid_cases", "cases")}
    _segment_path = "case_id"
    _description = "Case Analysis"
    _auto = False
    _order = "amount_overdue desc, id"
    _rec_name = "partner_id"
    _depends = {
        "debt.call": [
            "case_id",
            "connected",
            "direction",
            "duration",
            "mode",
            "party",
            "state",
        ],
        "debt.case": [
            "amount_disputed",
            "amount_overdue",
            "close_reason",
            "closed_at",
            "company_id",
            "create_date",
            "currency_id",
            "never_overdue",
            "oldest_due_date",
            "partner_id",
            "profile_id",
            "stage_id",
            "state",
            "team_id",
            "user_id",
        ],
        "debt.promise": ["amount", "amount_paid", "case_id", "state"],
    }

    case_id = fields.Many2one("debt.case", readonly=True)
    partner_id = fields.Many2one("res.partner", string="Debtor", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    user_id = fields.Many2one("res.users", string="Operator", readonly=True)
    team_id = fields.Many2one("debt.team", readonly=True)
    stage_id = fields.Many2one("debt.stage", readonly=True)
    profile_id = fields.Many2one("debt.profile", readonly=True)
    state = fields.Selection(
        selection=lambda self: (
            self.env["debt.case"]._fields["state"]._description_selection(self.env)
        ),
        readonly=True,
    )
    close_reason = fields.Selection(CLOSE_REASONS, readonly=True)
    opened_at = fields.Datetime(string="Opened", readonly=True)
    closed_at = fields.Datetime(string="Closed", readonly=True)
    worked_by = fields.Selection(
        [
            ("1operator", "An Operator"),
            ("2voice", "A Robot or Voice Message"),
            ("3both", "Both"),
            ("4none", "Nobody"),
        ],
        readonly=True,
        help="Who reached the debtor: in calls that somebody answered.",
    )
    cases = fields.Integer(readonly=True)
    paid_cases = fields.Integer(
        string="Cases Paid", readonly=True, help="Closed because all was paid."
    )
    paid_rate = fields.Float(
        readonly=True, aggregator="avg", help="Cases paid among all cases."
    )
    days_past_due = fields.Integer(readonly=True, aggregator="avg")
    age_band = fields.Selection(
        AGE_BANDS,
        string="Age",
        readonly=True,
        help="Of the oldest item that is overdue.",
    )
    days_open = fields.Integer(
        readonly=True, aggregator="avg", help="From opening to closing, or to today."
    )
    amount_overdue = fields.Monetary(string="Overdue", readonly=True)
    amount_disputed = fields.Monetary(string="Disputed", readonly=True)
    attempts = fields.Integer(readonly=True)
    answered = fields.Integer(readonly=True)
    right_party = fields.Integer(string="Right Party Contacts", readonly=True)
    promises = fields.Integer(string="Promises Made", readonly=True)
    promises_kept = fields.Integer(readonly=True)
    amount_promised = fields.Monetary(readonly=True)
    amount_paid = fields.Monetary(string="Paid on Promises", readonly=True)
    duration = fields.Integer(string="Seconds Spoken", readonly=True)

    @property
    def _table_query(self):
        return self._with_rates(SQL("%s %s", self._select(), self._from()))

    def _select(self):
        today = fields.Date.context_today(self)
        return SQL(
            """
            SELECT k.id,
                   k.id AS case_id,
                   k.partner_id,
                   k.company_id,
                   k.currency_id,
                   k.user_id,
                   k.team_id,
                   k.stage_id,
                   k.profile_id,
                   k.state,
                   k.close_reason,
                   k.create_date AS opened_at,
                   k.closed_at,
                   CASE WHEN c.by_people > 0 AND c.by_voice > 0 THEN '3both'
                        WHEN c.by_people > 0 THEN '1operator'
                        WHEN c.by_voice > 0 THEN '2voice'
                        ELSE '4none' END AS worked_by,
                   1 AS cases,
                   COALESCE(k.close_reason = 'paid', FALSE)::int AS paid_cases,
                   GREATEST(0, %(today)s - k.oldest_due_date) AS days_past_due,
                   %(age_band)s AS age_band,
                   COALESCE(k.closed_at::date, %(today)s) - k.create_date::date
                        AS days_open,
                   k.amount_overdue,
                   k.amount_disputed,
                   COALESCE(c.attempts, 0) AS attempts,
                   COALESCE(c.answered, 0) AS answered,
                   COALESCE(c.right_party, 0) AS right_party,
                   COALESCE(p.made, 0) AS promises,
                   COALESCE(p.kept, 0) AS promises_kept,
                   COALESCE(p.amount, 0) AS amount_promised,
                   COALESCE(p.paid, 0) AS amount_paid,
                   COALESCE(c.duration, 0) AS duration
            """,
            today=today,
            age_band=age_band(SQL("%s - k.oldest_due_date", today)),
        )

    def _from(self):
        return SQL(
            """
              FROM debt_case k
              LEFT JOIN (
                    SELECT case_id,
                           count(*) AS attempts,
                           count(*) FILTER (WHERE connected) AS answered,
                           count(*) FILTER (WHERE party = 'right_party')
                                AS right_party,
                           count(*) FILTER (WHERE connected AND mode NOT IN %(voice)s)
                                AS by_people,
                           count(*) FILTER (WHERE connected AND mode IN %(voice)s)
                                AS by_voice,
                           sum(duration) AS duration
                      FROM debt_call
                     WHERE state != 'draft'
                     GROUP BY case_id
              ) c ON c.case_id = k.id
              LEFT JOIN (
                    SELECT case_id,
                           count(*) AS made,
                           count(*) FILTER (WHERE state = 'kept') AS kept,
                           sum(amount) AS amount,
                           sum(amount_paid) AS paid
                      FROM debt_promise
                     WHERE state != 'cancelled'
                     GROUP BY case_id
              ) p ON p.case_id = k.id
             WHERE k.never_overdue IS NOT TRUE
            """,
            voice=VOICE,
        )
