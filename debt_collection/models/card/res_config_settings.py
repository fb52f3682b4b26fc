from odoo import api, fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    debt_auto_flag = fields.Boolean(related="company_id.debt_auto_flag", readonly=False)
    debt_collect_entries = fields.Boolean(
        related="company_id.debt_collect_entries", readonly=False
    )
    debt_grace_days = fields.Integer(
        related="company_id.debt_grace_days", readonly=False
    )
    debt_min_amount = fields.Monetary(
        related="company_id.debt_min_amount", readonly=False
    )
    debt_zone_missing = fields.Char(
        compute="_compute_debt_zone_missing",
        help="The zone by which debts fall due, where the company's address states "
        "none.",
    )
    debt_reopen_days = fields.Integer(
        related="company_id.debt_reopen_days", readonly=False
    )
    debt_contact_policy_id = fields.Many2one(
        related="company_id.debt_contact_policy_id", readonly=False
    )
    debt_contact_policy_always = fields.Boolean(
        related="company_id.debt_contact_policy_always", readonly=False
    )
    debt_promise_grace_days = fields.Integer(
        related="company_id.debt_promise_grace_days", readonly=False
    )
    debt_promise_reminder_days = fields.Integer(
        related="company_id.debt_promise_reminder_days", readonly=False
    )
    debt_dispute_days = fields.Integer(
        related="company_id.debt_dispute_days", readonly=False
    )
    debt_planning_days = fields.Integer(
        related="company_id.debt_planning_days", readonly=False
    )
    debt_recording_days = fields.Integer(
        related="company_id.debt_recording_days", readonly=False
    )
    debt_accountant_id = fields.Many2one(
        related="company_id.debt_accountant_id", readonly=False
    )
    debt_provider_id = fields.Many2one(
        related="company_id.debt_provider_id", readonly=False
    )

    @api.depends("company_id")
    def _compute_debt_zone_missing(self):
        for settings in self:
            company = settings.company_id
            stated = company.partner_id.tz
            settings.debt_zone_missing = not stated and company._debt_zone()
