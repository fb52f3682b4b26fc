from odoo import fields, models

from ..models.call.parties import PARTIES
from ..models.contact.debt_contact_policy_window import DAYS
from ..models.figures.bands import AGE_BANDS, AMOUNT_BANDS

WEEKDAYS = [(str(number), day.capitalize()) for number, day in enumerate(DAYS[:7], 1)]


class DebtCallReport(models.Model):
    """One row per dialled call, with what it brought.

    Drafts are claims, not attempts, and are left out. Operators who left the company
    keep their rows: the history is about calls, not about users.
    """

    _name = "debt.call.report"
    _inherit = ["debt.segmented", "debt.rates", "debt.reads.primary"]
    _segment_path = "case_id"
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
            "amount_owed",
            "days_late",
            "disagreement",
            "duration",
            "ended_at",
            "finished_at",
            "line",
            "local_hour",
            "mode",
            "outcome_id",
            "partner_id",
            "party",
            "provider_id",
            "script_id",
            "started_at",
            "state",
            "user_id",
        ],
        "debt.case": ["ladder_id", "profile_id", "stage_id", "team_id"],
        "debt.collection.report": ["amount", "call_id"],
        "debt.promise": ["amount", "amount_paid", "call_id", "date", "state"],
        "debt.stage": ["days_from"],
        "res.company": ["currency_id"],
        "res.partner": ["country_id", "is_company", "lang"],
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
        lambda self: (
            self.env["debt.call"]._fields["mode"]._description_selection(self.env)
        ),
        readonly=True,
    )
    team_id = fields.Many2one("debt.team", readonly=True)
    outcome_id = fields.Many2one("debt.call.outcome", readonly=True)
    stage_id = fields.Many2one(
        "debt.stage",
        readonly=True,
        help="By the age of the debt when the number was dialled.",
    )
    script_id = fields.Many2one("debt.script", readonly=True)
    ladder_id = fields.Many2one("debt.ladder", string="Retry Ladder", readonly=True)
    lang_id = fields.Many2one("res.lang", string="Debtor's Language", readonly=True)
    country_id = fields.Many2one("res.country", readonly=True)
    kind = fields.Selection(
        [("company", "Company"), ("person", "Person")],
        string="Kind of Debtor",
        readonly=True,
    )
    age_band = fields.Selection(
        AGE_BANDS, string="Age", readonly=True, help="Of the debt when it was dialled."
    )
    amount_band = fields.Selection(
        AMOUNT_BANDS,
        readonly=True,
        help="What was overdue when the number was dialled.",
    )
    profile_id = fields.Many2one("debt.profile", readonly=True)
    started_at = fields.Datetime(string="Dialled", readonly=True)
    hour = fields.Integer(
        string="Hour of Day",
        readonly=True,
        aggregator=None,
        help="Where the debtor was when the number was dialled.",
    )
    weekday = fields.Selection(
        WEEKDAYS,
        readonly=True,
        help="Where the debtor was when the number was dialled.",
    )
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
        lambda self: (
            self.env["debt.call"]._fields["line"]._description_selection(self.env)
        ),
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
    promised = fields.Integer(
        string="Contacts with a Promise",
        readonly=True,
        help="Talks with the right party that brought a promise.",
    )
    promises_due = fields.Integer(
        string="Promises Fallen Due",
        readonly=True,
        help="Promises whose day has come and that are decided: kept, partly kept or "
        "broken.",
    )
    promises_kept_due = fields.Integer(
        string="Of These, Kept", readonly=True, help="Of the promises fallen due."
    )
    amount_due = fields.Monetary(
        string="Promised and Fallen Due",
        readonly=True,
        help="The amounts of promises fallen due.",
    )
    amount_paid_due = fields.Monetary(
        string="Of This, Paid",
        readonly=True,
        help="What was paid on promises fallen due.",
    )
    collected = fields.Monetary(
        string="Collected After",
        readonly=True,
        help="Payments for which the call was the last contact; see Money Collected.",
    )
    duration = fields.Integer(string="Talk Time", readonly=True)
    talks = fields.Integer(readonly=True, help="Calls in which somebody spoke.")
    wrapup = fields.Integer(
        string="Wrap-up Time",
        readonly=True,
        help="Seconds from the end of the call until its outcome was saved.",
    )
    wrapups = fields.Integer(
        string="Calls Wrapped Up",
        readonly=True,
        help="Calls that ended before their outcome was saved.",
    )
    answer_rate = fields.Float(
        readonly=True,
        aggregator="avg",
        help="Answered calls among the attempts (outgoing calls).",
    )
    right_party_rate = fields.Float(
        readonly=True,
        aggregator="avg",
        help="Outgoing calls in which the right party spoke, among the attempts "
        "(outgoing calls, not debtors).",
    )
    promise_rate = fields.Float(
        readonly=True,
        aggregator="avg",
        help="Talks with the right party that brought a promise, among all of them.",
    )
    kept_rate = fields.Float(
        readonly=True,
        aggregator="avg",
        help="Promises kept among those fallen due, by their number. Partly kept is "
        "not kept.",
    )
    kept_rate_amount = fields.Float(
        string="Kept Rate by Amount",
        readonly=True,
        aggregator="avg",
        help="What was paid on promises fallen due, among the amounts promised.",
    )
    talk_average = fields.Float(
        string="Average Talk",
        readonly=True,
        aggregator="avg",
        help="Talk time for each call in which somebody spoke.",
    )
    wrapup_average = fields.Float(
        string="Average Wrap-up",
        readonly=True,
        aggregator="avg",
        help="Wrap-up time for each call that ended before its outcome was saved.",
    )
