from odoo import models
from odoo.http import request


class IrHttp(models.AbstractModel):
    """An operator lands on his day."""

    _inherit = "ir.http"

    def session_info(self):
        info = super().session_info()
        user = request.env.user
        if "home_action_id" in info and not info["home_action_id"]:
            operator = user.has_group("debt_collection.group_debt_operator")
            others = ("group_debt_accountant", "group_debt_manager")
            more = any(user.has_group(f"debt_collection.{name}") for name in others)
            if operator and not more:
                info["home_action_id"] = request.env["ir.model.data"]._xmlid_to_res_id(
                    "debt_collection.debt_case_action_my_day", raise_if_not_found=False
                )
        return info
