from odoo import models

from ..models.debt_ladder import VOICE


class DebtContactExplain(models.TransientModel):
    _inherit = "debt.contact.explain"

    def _message_at(self):
        """Voice messages of the ladder are shown as those that are written."""
        if self.channel == VOICE:
            return self.case_id.voice_step_at
        return super()._message_at()
