from odoo import fields, models
from odoo.tools import SQL


class DebtReviewReport(models.Model):
    """One row per criterion scored in a review that was shared.

    What did not apply has a row without a score, which no average counts.
    """

    _name = "debt.review.report"
    _description = "Call Quality"
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "criterion_id"
    _depends = {
        "debt.call.review": [
            "call_id",
            "company_id",
            "date",
            "operator_id",
            "reviewer_id",
            "state",
        ],
        "debt.call.review.line": ["criterion_id", "review_id", "score"],
        "debt.call": ["case_id", "outcome_id", "script_id"],
        "debt.case": ["team_id"],
    }

    review_id = fields.Many2one("debt.call.review", readonly=True)
    criterion_id = fields.Many2one("debt.review.criterion", readonly=True)
    operator_id = fields.Many2one("res.users", readonly=True)
    reviewer_id = fields.Many2one("res.users", readonly=True)
    team_id = fields.Many2one("debt.team", readonly=True)
    outcome_id = fields.Many2one("debt.call.outcome", readonly=True)
    script_id = fields.Many2one("debt.script", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    date = fields.Date(string="Reviewed On", readonly=True)
    quality = fields.Float(
        readonly=True,
        aggregator="avg",
        help="Points given among the points that could be given.",
    )
    reviews = fields.Integer(
        string="Calls Reviewed", readonly=True, aggregator="count_distinct"
    )
    missed = fields.Integer(string="Times Missed", readonly=True)

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT line.id,
                   line.review_id,
                   line.criterion_id,
                   review.operator_id,
                   review.reviewer_id,
                   k.team_id,
                   call.outcome_id,
                   call.script_id,
                   review.company_id,
                   review.date,
                   CASE WHEN line.score != 'na' THEN line.score::float / 2 END
                        AS quality,
                   review.call_id AS reviews,
                   (line.score = '0')::int AS missed
              FROM debt_call_review_line line
              JOIN debt_call_review review ON review.id = line.review_id
              JOIN debt_call call ON call.id = review.call_id
              JOIN debt_case k ON k.id = call.case_id
             WHERE review.state != 'draft' AND line.score IS NOT NULL
            """
        )
