from odoo import api, models

from odoo.addons.debt_collection.models.privacy.debt_personal_data import Personal


class DebtPersonalData(models.AbstractModel):
    """The softphone's own record of a debtor's call goes with his case."""

    _inherit = "debt.personal.data"

    @api.model
    def _personal(self):
        # The softphone wants a number on each of its records.
        return super()._personal() | {
            "voip.call": Personal(
                "debt_call_id.case_id", ("activity_name",), ("phone_number",)
            ),
        }

    @api.model
    def _exported(self):
        return super()._exported() | {
            "voip.call": (
                "debt_call_id.partner_id",
                ["create_date", "type_call", "phone_number", "activity_name", "state"],
            ),
        }
