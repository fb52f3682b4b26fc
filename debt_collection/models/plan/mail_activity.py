from odoo import models


class MailActivity(models.Model):
    _inherit = "mail.activity"

    def _debt_update(self, values):
        """Write only what differs, so that an unchanged day writes nothing."""
        changed = {
            name: values[name]
            for name in ("user_id", "date_deadline", "summary")
            if (self[name].id if name == "user_id" else self[name]) != values[name]
        }
        if changed:
            self.with_context(mail_activity_quick_update=True).write(changed)
