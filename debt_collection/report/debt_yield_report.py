from odoo import fields, models
from odoo.tools import SQL

from ..models.figures.bands import AGE_BANDS, AMOUNT_BANDS, age_band, amount_band


class DebtYieldReport(models.Model):
    """One row per attempt to reach a debtor, whatever the way, with what it brought.

    Outgoing calls, and messages that were sent. What was paid within the days of the
    setting "Money Follows a Contact Within" counts for each attempt in them: ways are
    compared with one another, and their sums are not what was collected in all.
    """

    _name = "debt.yield.report"
    _inherit = ["debt.segmented", "debt.rates", "debt.reads.primary"]
    _description = "Ways to Reach Debtors and What They Bring"
    _auto = False
    _order = "at desc, id desc"
    _rec_name = "partner_id"
    _segment_path = "case_id"
    _rates = {
        "reached_rate": ("reached", "contacts"),
        "promise_rate": ("promised", "contacts"),
        "paid_rate": ("paid", "contacts"),
    }
    _depends = {
        "debt.call": [
            "amount_owed",
            "case_id",
            "company_id",
            "connected",
            "days_late",
            "direction",
            "mode",
            "started_at",
            "state",
            "user_id",
        ],
        "debt.case": ["amount_overdue", "ladder_id", "profile_id", "stage_id"],
        "debt.collection.report": ["amount", "case_id", "day"],
        "debt.ladder.step": ["ladder_id", "mail_template_id", "sms_template_id"],
        "debt.message": [
            "case_id",
            "channel",
            "kind",
            "ladder_step_id",
            "mail_template_id",
            "sent_at",
            "sms_template_id",
            "state",
            "user_id",
        ],
        "debt.promise": ["call_id", "state"],
        "res.company": ["currency_id", "debt_collected_days"],
    }

    case_id = fields.Many2one("debt.case", readonly=True)
    partner_id = fields.Many2one("res.partner", string="Debtor", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    user_id = fields.Many2one("res.users", string="Operator", readonly=True)
    team_id = fields.Many2one("debt.team", readonly=True)
    stage_id = fields.Many2one("debt.stage", readonly=True)
    profile_id = fields.Many2one("debt.profile", readonly=True)
    age_band = fields.Selection(
        AGE_BANDS, string="Age", readonly=True, help="Of the debt when it was called."
    )
    amount_band = fields.Selection(
        AMOUNT_BANDS, readonly=True, help="What was overdue when it was called."
    )
    at = fields.Datetime(string="When", readonly=True)
    way = fields.Selection(
        [
            ("1operator", "An Operator's Call"),
            ("2voice", "A Robot or Voice Message"),
            ("3sms", "SMS"),
            ("4email", "E-mail"),
            ("5letter", "Letter"),
            ("6visit", "Visit"),
        ],
        readonly=True,
    )
    kind = fields.Selection(
        lambda self: (
            self.env["debt.message"]._fields["kind"]._description_selection(self.env)
        ),
        string="Occasion",
        readonly=True,
        help="Of a message.",
    )
    ladder_id = fields.Many2one(
        "debt.ladder",
        string="Retry Ladder",
        readonly=True,
        help="That of the message's step, or else the case's.",
    )
    sms_template_id = fields.Many2one("sms.template", string="SMS Text", readonly=True)
    mail_template_id = fields.Many2one(
        "mail.template", string="E-mail Text", readonly=True
    )
    contacts = fields.Integer(
        string="Attempts", readonly=True, help="Outgoing calls, and messages sent."
    )
    reached = fields.Integer(
        readonly=True, help="Calls that somebody answered, and messages not failed."
    )
    promised = fields.Integer(readonly=True, help="The call brought a promise.")
    paid = fields.Integer(
        readonly=True,
        help="The debtor paid within the days of the setting “Money Follows a Contact "
        "Within”.",
    )
    collected = fields.Monetary(
        string="Paid Soon After",
        readonly=True,
        help="Within these days. A payment after two attempts counts for both.",
    )
    reached_rate = fields.Float(
        readonly=True, aggregator="avg", help="Reached among the attempts."
    )
    promise_rate = fields.Float(
        readonly=True,
        aggregator="avg",
        help="Attempts that brought a promise among all.",
    )
    paid_rate = fields.Float(
        readonly=True,
        aggregator="avg",
        help="Attempts followed by a payment among all.",
    )

    @property
    def _table_query(self):
        return self._with_rates(
            SQL(
                """
                SELECT attempt.*, k.partner_id, k.company_id, company.currency_id,
                       k.team_id, k.stage_id, k.profile_id, 1 AS contacts,
                       (money.amount > 0)::int AS paid, money.amount AS collected
                  FROM (%(calls)s UNION ALL %(messages)s) attempt
                  JOIN debt_case k ON k.id = attempt.case_id
                  JOIN res_company company ON company.id = k.company_id
                 CROSS JOIN LATERAL (%(money)s) money
                """,
                calls=self._calls(),
                messages=self._messages(),
                money=self.env["debt.collection.report"]._soon_after(
                    SQL("attempt.case_id"), SQL("attempt.at")
                ),
            )
        )

    def _calls(self):
        return SQL(
            """
            SELECT c.id * 2 AS id, c.case_id, c.user_id, c.started_at AS at,
                   CASE WHEN c.mode IN ('robot', 'voice_message') THEN '2voice'
                        ELSE '1operator' END AS way,
                   NULL::varchar AS kind, k.ladder_id,
                   NULL::int AS sms_template_id, NULL::int AS mail_template_id,
                   %(age_band)s AS age_band, %(amount_band)s AS amount_band,
                   COALESCE(c.connected, FALSE)::int AS reached,
                   (promise.call_id IS NOT NULL)::int AS promised
              FROM debt_call c
              JOIN debt_case k ON k.id = c.case_id
              LEFT JOIN (%(promises)s) promise ON promise.call_id = c.id
             WHERE c.state != 'draft' AND c.direction = 'outbound'
               AND c.started_at IS NOT NULL
            """,
            age_band=age_band(SQL("c.days_late")),
            amount_band=amount_band(SQL("c.amount_owed")),
            promises=self.env["debt.objection"]._promises_by_call(),
        )

    def _messages(self):
        return SQL(
            """
            SELECT m.id * 2 + 1, m.case_id, m.user_id, m.sent_at,
                   CASE m.channel WHEN 'voice_message' THEN '2voice'
                        WHEN 'sms' THEN '3sms' WHEN 'email' THEN '4email'
                        WHEN 'letter' THEN '5letter' ELSE '6visit' END,
                   m.kind, COALESCE(step.ladder_id, k.ladder_id),
                   CASE m.channel WHEN 'sms'
                        THEN COALESCE(m.sms_template_id, step.sms_template_id) END,
                   CASE m.channel WHEN 'email'
                        THEN COALESCE(m.mail_template_id, step.mail_template_id) END,
                   NULL::varchar, NULL::varchar,
                   (m.state != 'failed')::int, 0
              FROM debt_message m
              JOIN debt_case k ON k.id = m.case_id
              LEFT JOIN debt_ladder_step step ON step.id = m.ladder_step_id
             WHERE m.sent_at IS NOT NULL
            """
        )
