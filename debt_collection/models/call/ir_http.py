from odoo import models
from odoo.http import request

#: Where each role begins, by its group; a user with several is left to choose.
HOMES = {
    "group_debt_operator": "debt_case_action_my_day",
    "group_debt_accountant": "account_move_action_overdue",
}


class IrHttp(models.AbstractModel):
    """An operator lands on his day, an accountant on what is overdue."""

    _inherit = "ir.http"

    def session_info(self):
        info = super().session_info()
        free = "home_action_id" in info and not info["home_action_id"]
        if home := free and self._debt_home():
            info["home_action_id"] = request.env["ir.model.data"]._xmlid_to_res_id(
                f"debt_collection.{home}", raise_if_not_found=False
            )
        return info

    def _debt_home(self):
        """Name of the action with which the user's one role begins, or None."""
        user = request.env.user
        roles = [one for one in HOMES if user.has_group(f"debt_collection.{one}")]
        return HOMES[roles[0]] if len(roles) == 1 else None
