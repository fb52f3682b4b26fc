from odoo import api, models

#: Of no use where no debtor has a page.
OF_THE_PAGE = "debt_collection.debt_portal_action_withdraw_links"


class IrActionsActions(models.Model):
    """What is about the debtor's page is not offered where it is off."""

    _inherit = "ir.actions.actions"

    @api.model
    def get_bindings(self, model_name):
        bindings = super().get_bindings(model_name)
        # Superuser: a setting of the companies the user works in.
        companies = self.env.companies.sudo()
        if model_name != "debt.case" or any(companies.mapped("debt_page_on")):
            return bindings
        hidden = self.env["ir.model.data"]._xmlid_to_res_id(OF_THE_PAGE)
        kept = {
            kind: [one for one in actions if one["id"] != hidden]
            for kind, actions in bindings.items()
        }
        return {kind: actions for kind, actions in kept.items() if actions}
