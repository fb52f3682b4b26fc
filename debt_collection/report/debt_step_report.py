from odoo import fields, models
from odoo.tools import SQL

from ..models.script.phases import PHASES


class DebtStepReport(models.Model):
    """One row per step that a call went through, with what the call brought.

    A call has as many rows as steps; what it brought is counted for each. So rows of
    one step, or of one answer, are compared with one another, and not added up.
    """

    _name = "debt.step.report"
    _inherit = ["debt.segmented", "debt.rates", "debt.reads.primary"]
    _description = "Script Steps and What They Bring"
    _auto = False
    _order = "entered_at desc, id desc"
    _rec_name = "step_id"
    _segment_path = "case_id"
    _rates = {
        "promise_rate": ("promised", "visits"),
        "paid_rate": ("paid", "visits"),
        "left_rate": ("last", "visits"),
    }
    _depends = {
        "debt.call": ["case_id", "company_id", "outcome_id", "started_at", "user_id"],
        "debt.call.step": [
            "answer_id",
            "call_id",
            "entered_at",
            "phase",
            "seconds",
            "step_id",
            "wording",
        ],
        "debt.case": ["profile_id", "stage_id", "team_id"],
        "debt.collection.report": ["amount", "case_id", "day"],
        "debt.promise": ["call_id", "state"],
        "debt.script": ["version"],
        "debt.script.step": ["script_id"],
        "res.company": ["currency_id", "debt_collected_days"],
    }

    call_id = fields.Many2one("debt.call", readonly=True)
    case_id = fields.Many2one("debt.case", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    user_id = fields.Many2one("res.users", string="Operator", readonly=True)
    team_id = fields.Many2one("debt.team", readonly=True)
    stage_id = fields.Many2one("debt.stage", readonly=True)
    profile_id = fields.Many2one("debt.profile", readonly=True)
    outcome_id = fields.Many2one("debt.call.outcome", readonly=True)
    script_id = fields.Many2one("debt.script", readonly=True)
    version = fields.Integer(string="Script Version", readonly=True, aggregator=None)
    step_id = fields.Many2one("debt.script.step", readonly=True)
    answer_id = fields.Many2one("debt.script.answer", readonly=True)
    phase = fields.Selection(PHASES, readonly=True)
    wording = fields.Selection(
        lambda self: (
            self.env["debt.call.step"]
            ._fields["wording"]
            ._description_selection(self.env)
        ),
        readonly=True,
        help="Which was heard, of a step that has two.",
    )
    entered_at = fields.Datetime(string="When", readonly=True)
    visits = fields.Integer(
        string="Times Reached", readonly=True, help="How often a call came to the step."
    )
    seconds = fields.Integer(readonly=True, aggregator="avg")
    last = fields.Integer(
        string="Ended Here", readonly=True, help="The call went no further."
    )
    promised = fields.Integer(readonly=True, help="The call brought a promise.")
    paid = fields.Integer(
        readonly=True,
        help="The debtor paid within the days of the setting “Money Follows a Contact "
        "Within”, counted from the call.",
    )
    collected = fields.Monetary(
        readonly=True, help="What came within these days, on the case of the call."
    )
    promise_rate = fields.Float(
        readonly=True,
        aggregator="avg",
        help="Calls with a promise among the times the step was reached.",
    )
    paid_rate = fields.Float(
        readonly=True,
        aggregator="avg",
        help="Calls followed by a payment among the times the step was reached.",
    )
    left_rate = fields.Float(
        string="Ended Here, Share",
        readonly=True,
        aggregator="avg",
        help="Calls that went no further among the times the step was reached.",
    )

    @property
    def _table_query(self):
        return self._with_rates(
            SQL(
                """
                SELECT s.id, s.call_id, c.case_id, c.company_id, company.currency_id,
                       c.user_id, k.team_id, k.stage_id, k.profile_id, c.outcome_id,
                       step.script_id, script.version, s.step_id, s.answer_id, s.phase,
                       s.wording, s.entered_at, 1 AS visits, s.seconds,
                       (s.id = max(s.id) OVER (PARTITION BY s.call_id))::int AS last,
                       (promise.call_id IS NOT NULL)::int AS promised,
                       (money.amount > 0)::int AS paid,
                       money.amount AS collected
                  FROM debt_call_step s
                  JOIN debt_call c ON c.id = s.call_id
                  JOIN debt_case k ON k.id = c.case_id
                  JOIN res_company company ON company.id = c.company_id
                  JOIN debt_script_step step ON step.id = s.step_id
                  JOIN debt_script script ON script.id = step.script_id
                  LEFT JOIN (%(promises)s) promise ON promise.call_id = c.id
                 CROSS JOIN LATERAL (%(money)s) money
                """,
                promises=self.env["debt.objection"]._promises_by_call(),
                money=self.env["debt.collection.report"]._soon_after(
                    SQL("c.case_id"), SQL("c.started_at")
                ),
            )
        )
