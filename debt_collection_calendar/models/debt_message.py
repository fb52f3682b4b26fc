from odoo import api, fields, models

from ..tools.confirmation import TO_ANSWER


class DebtMessage(models.Model):
    """A message that asks a debtor to confirm a meeting."""

    _inherit = "debt.message"

    kind = fields.Selection(
        selection_add=[("meeting", "Confirmation of a Meeting")],
        ondelete={"meeting": "set manual"},
    )
    meeting_id = fields.Many2one(
        "debt.meeting", readonly=True, ondelete="set null", index="btree_not_null"
    )

    def _is_outdated(self):
        if self.kind == "meeting" and not self.meeting_id._is_message_due(self.key):
            return True
        return super()._is_outdated()

    def _can_wait(self, until):
        if self.kind == "meeting" and until > self.meeting_id.start - TO_ANSWER:
            return False
        return super()._can_wait(until)

    @api.model
    def _ignored_pauses(self, kind):
        """It is about the very meeting that pauses."""
        if kind == "meeting":
            return ("meeting", "promised", "on_hold")
        return super()._ignored_pauses(kind)

    def _find_template(self):
        if self.kind != "meeting":
            return super()._find_template()
        kind = "mail" if self.channel == "email" else "sms"
        off = "_off" if self.meeting_id.state == "cancelled" else ""
        name = f"debt_collection_calendar.{kind}_template_meeting{off}"
        return self.env.ref(name, raise_if_not_found=False)

    def _template(self):
        template, record = super()._template()
        return template, self.meeting_id if self.kind == "meeting" else record
