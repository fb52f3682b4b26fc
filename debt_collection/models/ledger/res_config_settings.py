from odoo import api, fields, models


class ResConfigSettings(models.TransientModel):
    """Whoever sets the rules sees what Odoo's own mark keeps out of collection."""

    _inherit = "res.config.settings"

    debt_max_age_days = fields.Integer(
        related="company_id.debt_max_age_days", readonly=False
    )
    debt_current_ladder_id = fields.Many2one(
        related="company_id.debt_current_ladder_id", readonly=False
    )
    debt_current_days = fields.Integer(
        related="company_id.debt_current_days", readonly=False
    )
    debt_current_profile_ids = fields.Many2many(
        related="company_id.debt_current_profile_ids", readonly=False
    )
    debt_no_followup_count = fields.Integer(compute="_compute_debt_no_followup_count")

    @api.depends("company_id", "debt_collect_entries")
    def _compute_debt_no_followup_count(self):
        for settings in self:
            # Superuser: a number, for those who may set the rules.
            ledger = self.env["debt.ledger"].sudo()
            settings.debt_no_followup_count = ledger._count_no_followup(
                settings.company_id
            )

    def action_debt_no_followup(self):
        """The list of open receivables, with those that bear the mark."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "debt_collection.account_move_line_action_open"
        )
        return action | {
            "context": {"search_default_debits": 1, "search_default_no_followup": 1}
        }
