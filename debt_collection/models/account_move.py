from odoo import fields, models


class AccountMove(models.Model):
    _inherit = "account.move"

    # Not stored: a refresh must not rewrite the widest table of the database. They
    # are searched and grouped by SQL expressions instead (see _field_to_sql).
    debt_case_id = fields.Many2one("debt.case", string="Debt Case", store=False)
    debt_stage_id = fields.Many2one("debt.stage", string="Debt Stage", store=False)
    debt_days_past_due = fields.Integer(string="Days Past Due", store=False)
    debt_status = fields.Selection(
        [
            ("none", "Not Flagged"),
            ("flagged", "Flagged"),
            ("excluded", "Excluded"),
        ],
        string="Collection",
        default="none",
        copy=False,
        tracking=True,
        help="Flagged: collected whatever the company's grace days and minimum. "
        "Excluded: not collected until the date given.",
    )
    debt_excluded_until = fields.Date(
        copy=False,
        tracking=True,
        help="Last day of the exclusion; the invoice then counts again by itself.",
    )
    debt_reason = fields.Char(string="Why", copy=False, tracking=True)
