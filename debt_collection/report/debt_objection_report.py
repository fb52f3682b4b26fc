from odoo import fields, models
from odoo.tools import SQL


class DebtObjectionReport(models.Model):
    """One row per objection heard in a call, with what the call brought all the same.

    A call with two objections has two rows: its promise is counted for both.
    """

    _name = "debt.objection.report"
    _description = "Objection Analysis"
    _auto = False
    _order = "started_at desc, id desc"
    _rec_name = "objection_id"
    _depends = {
        "debt.call": [
            "case_id",
            "company_id",
            "objection_ids",
            "outcome_id",
            "started_at",
            "state",
            "user_id",
        ],
        "debt.case": ["profile_id", "stage_id", "team_id"],
        "debt.promise": ["amount_paid", "call_id", "state"],
    }

    objection_id = fields.Many2one("debt.objection", readonly=True)
    call_id = fields.Many2one("debt.call", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    user_id = fields.Many2one("res.users", string="Operator", readonly=True)
    team_id = fields.Many2one("debt.team", readonly=True)
    outcome_id = fields.Many2one("debt.call.outcome", readonly=True)
    stage_id = fields.Many2one("debt.stage", readonly=True)
    profile_id = fields.Many2one("debt.profile", readonly=True)
    started_at = fields.Datetime(string="Dialled", readonly=True)
    heard = fields.Integer(readonly=True)
    promised = fields.Integer(readonly=True)
    paid = fields.Integer(readonly=True, help="A payment followed the promise.")
    promise_rate = fields.Float(
        readonly=True,
        aggregator="avg",
        help="Share of the calls that brought a promise.",
    )
    win_rate = fields.Float(
        readonly=True,
        aggregator="avg",
        help="Share of the calls that were followed by a payment.",
    )

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT row_number() OVER (ORDER BY c.id, heard.objection_id) AS id,
                   heard.objection_id,
                   c.id AS call_id,
                   c.company_id,
                   c.user_id,
                   k.team_id,
                   c.outcome_id,
                   k.stage_id,
                   k.profile_id,
                   c.started_at,
                   1 AS heard,
                   (promise.call_id IS NOT NULL)::int AS promised,
                   COALESCE(promise.paid, FALSE)::int AS paid,
                   (promise.call_id IS NOT NULL)::int::float AS promise_rate,
                   COALESCE(promise.paid, FALSE)::int::float AS win_rate
              FROM debt_call_objection_rel heard
              JOIN debt_call c ON c.id = heard.call_id
              JOIN debt_case k ON k.id = c.case_id
              LEFT JOIN (%s) promise ON promise.call_id = c.id
             WHERE c.state != 'draft'
            """,
            self.env["debt.objection"]._promises_by_call(),
        )
