from odoo import api, models
from odoo.fields import Domain


class MailActivity(models.Model):
    """The call activities that this addon makes for its cases."""

    _inherit = "mail.activity"

    @api.model
    def _debt_call_type(self):
        return self.env.ref("debt_collection.mail_activity_type_call")

    @api.model
    def _get_debt_call_domain(self):
        kind = Domain("activity_type_id", "=", self._debt_call_type().id)
        return kind & Domain("automated", "=", True)

    def _debt_update(self, values):
        """Write only what differs, so that an unchanged day writes nothing."""
        changed = {
            name: values[name]
            for name in ("user_id", "date_deadline", "summary")
            if (self[name].id if name == "user_id" else self[name]) != values[name]
        }
        if changed:
            self.with_context(mail_activity_quick_update=True).write(changed)
