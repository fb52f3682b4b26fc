from odoo import api, fields, models


class DebtPortalWithdraw(models.TransientModel):
    """Asks once more before no link to a debtor's page opens it any longer."""

    _name = "debt.portal.withdraw"
    _description = "Withdraw Links to the Debtor's Page"

    case_id = fields.Many2one("debt.case", required=True, readonly=True)
    page_on = fields.Boolean(string="Debtor's Page", compute="_compute_page_on")

    @api.depends("case_id")
    def _compute_page_on(self):
        for wizard in self:
            # A new record's ids come from the client: looked at with the user's eyes.
            case = wizard.case_id.sudo(False)._origin
            found = case and case.has_access("read")
            # Superuser: a setting of the case's company.
            wizard.page_on = found and case.company_id.sudo().debt_page_on

    def action_withdraw(self):
        """Do it."""
        self.ensure_one()
        self.env["debt.portal"]._withdraw_links(self.case_id)
        return {"type": "ir.actions.act_window_close"}
