from odoo import fields, models
from odoo.tools import SQL

from ..models.call.parties import PARTIES
from ..models.contact.debt_contact_policy import DAYS

WEEKDAYS = [(str(number), day.capitalize()) for number, day in enumerate(DAYS[:7], 1)]


class DebtCallReport(models.Model):
    """One row per dialled call, with what it brought.

    Drafts are claims, not attempts, and are left out. Operators who left the company
    keep their rows: the history is about calls, not about users.
    """

    _name = "debt.call.report"
    _description = "Call Analysis"
    _auto = False
    _order = "started_at desc, id desc"
    _rec_name = "partner_id"
    _depends = {
        "debt.call": [
            "abandoned",
            "answered_at",
            "caller_number_id",
            "case_id",
            "company_id",
            "confirmed_by",
            "connected",
            "direction",
            "disagreement",
            "duration",
            "line",
            "local_hour",
            "mode",
            "outcome_id",
            "partner_id",
            "party",
            "provider_id",
            "started_at",
            "state",
            "mode",
            "user_id",
        ],
        "debt.case": ["profile_id", "stage_id", "team_id"],
        "debt.promise": ["amount", "amount_paid", "call_id", "state"],
        "res.company": ["currency_id"],
        "res.users": ["tz"],
    }

    call_id = fields.Many2one("debt.call", readonly=True)
    case_id = fields.Many2one("debt.case", readonly=True)
    partner_id = fields.Many2one("res.partner", string="Debtor", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    user_id = fields.Many2one(
        "res.users",
        string="Operator",
        readonly=True,
        help="Of calls by a dialler that nobody was put through to: the case's "
        "operator.",
    )
    mode = fields.Selection(
        lambda self: self.env["debt.call"]._fields["mode"].selection, readonly=True
    )
    team_id = fields.Many2one("debt.team", readonly=True)
    outcome_id = fields.Many2one("debt.call.outcome", readonly=True)
    stage_id = fields.Many2one("debt.stage", readonly=True)
    profile_id = fields.Many2one("debt.profile", readonly=True)
    started_at = fields.Datetime(string="Dialled", readonly=True)
    hour = fields.Integer(
        string="Hour of Day",
        readonly=True,
        aggregator=None,
        help="Where the debtor was when the number was dialled.",
    )
    weekday = fields.Selection(WEEKDAYS, readonly=True)
    direction = fields.Selection(
        [("outbound", "Outgoing"), ("inbound", "Incoming")], readonly=True
    )
    party = fields.Selection(
        PARTIES,
        string="Who Answered",
        readonly=True,
    )
    confirmed_by = fields.Selection(
        [("operator", "Operator"), ("telephony", "Telephony")], readonly=True
    )
    attempts = fields.Integer(readonly=True, help="Outgoing calls.")
    incoming = fields.Integer(string="Incoming Calls", readonly=True)
    line = fields.Selection(
        lambda self: self.env["debt.call"]._fields["line"].selection,
        readonly=True,
        help="How the call ended, according to telephony.",
    )
    provider_id = fields.Many2one("debt.telephony.provider", readonly=True)
    caller_number_id = fields.Many2one("debt.caller.number", readonly=True)
    disagreements = fields.Integer(
        readonly=True, help="The operator and telephony disagree."
    )
    abandoned = fields.Integer(
        readonly=True, help="Answered, and no operator was there in time."
    )
    answered = fields.Integer(readonly=True)
    right_party = fields.Integer(string="Right Party Contacts", readonly=True)
    promises = fields.Integer(string="Promises Made", readonly=True)
    promises_kept = fields.Integer(readonly=True)
    promises_broken = fields.Integer(readonly=True)
    amount_promised = fields.Monetary(readonly=True)
    amount_paid = fields.Monetary(string="Paid on Promises", readonly=True)
    duration = fields.Integer(string="Talk Time", readonly=True)
    answer_rate = fields.Float(
        readonly=True, aggregator="avg", help="Answered calls among the attempts."
    )

    @property
    def _table_query(self):
        return SQL("%s %s %s", self._select(), self._from(), self._where())

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
                   k.stage_id,
                   k.profile_id,
                   c.started_at,
                   c.local_hour AS hour,
                   EXTRACT(ISODOW FROM c.started_at AT TIME ZONE 'UTC'
                           AT TIME ZONE %s)::int::varchar AS weekday,
                   c.direction,
                   c.mode,
                   c.party,
                   c.confirmed_by,
                   c.line,
                   c.provider_id,
                   c.caller_number_id,
                   COALESCE(c.disagreement, FALSE)::int AS disagreements,
                   COALESCE(c.abandoned, FALSE)::int AS abandoned,
                   (c.direction = 'outbound')::int AS attempts,
                   (c.direction = 'inbound')::int AS incoming,
                   (c.direction = 'outbound'
                    AND COALESCE(c.connected, FALSE))::int AS answered,
                   COALESCE(c.party = 'right_party', FALSE)::int AS right_party,
                   COALESCE(p.made, 0) AS promises,
                   COALESCE(p.kept, 0) AS promises_kept,
                   COALESCE(p.broken, 0) AS promises_broken,
                   COALESCE(p.amount, 0) AS amount_promised,
                   COALESCE(p.paid, 0) AS amount_paid,
                   c.duration,
                   CASE WHEN c.direction = 'outbound'
                        THEN COALESCE(c.connected, FALSE)::int::float
                        END AS answer_rate
            """,
            self.env.user.tz or "UTC",
        )

    def _from(self):
        return SQL(
            """
              FROM debt_call c
              JOIN debt_case k ON k.id = c.case_id
              JOIN res_company company ON company.id = c.company_id
              LEFT JOIN (
                    SELECT call_id,
                           count(*) AS made,
                           count(*) FILTER (WHERE state = 'kept') AS kept,
                           count(*) FILTER (WHERE state IN ('partial', 'broken'))
                                AS broken,
                           sum(amount) AS amount,
                           sum(amount_paid) AS paid
                      FROM debt_promise
                     WHERE call_id IS NOT NULL
                       AND state != 'cancelled'
                     GROUP BY call_id
              ) p ON p.call_id = c.id
            """
        )

    def _where(self):
        return SQL("WHERE c.state != 'draft'")
