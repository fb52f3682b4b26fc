from odoo import api, models

from odoo.addons.debt_collection.models.privacy.debt_personal_data import Personal


class DebtPersonalData(models.AbstractModel):
    """What is kept of a debtor's meetings: told to him, and erased with the rest."""

    _inherit = "debt.personal.data"

    @api.model
    def _personal(self):
        return super()._personal() | {
            "debt.meeting": Personal("case_id", ("note", "place")),
            "debt.meeting.move": Personal("meeting_id.case_id", ("reason",)),
        }

    @api.model
    def _exported(self):
        return super()._exported() | {
            "debt.meeting": (
                "partner_id",
                ["agreed_at", "start", "how", "place", "state", "note"],
            ),
            "debt.meeting.move": (
                "meeting_id.partner_id",
                ["moved_at", "from_at", "to_at", "moved_by", "reason"],
            ),
        }

    @api.model
    def _erase_cases(self, cases):
        """The events go with what was said: they name the debtor."""
        cases.meeting_ids.event_id.unlink()
        return super()._erase_cases(cases)
