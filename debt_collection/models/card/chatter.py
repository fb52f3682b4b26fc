from odoo import SUPERUSER_ID, models
from odoo.exceptions import UserError


class DebtChatter(models.AbstractModel):
    """The chatter of records about a debtor: among colleagues only.

    Debtors are written to from their case, where the gate is asked.
    """

    _name = "debt.chatter"
    _inherit = "mail.thread"
    _description = "Internal Chatter"

    def _notify_thread_by_email(self, message, recipients_data, **kwargs):
        outside = [
            one
            for one in recipients_data
            if one["notif"] == "email" and one["type"] != "user"
        ]
        if outside:
            self._keep_inside(message)
            recipients_data = [one for one in recipients_data if one not in outside]
        return super()._notify_thread_by_email(message, recipients_data, **kwargs)

    def _notify_thread_by_sms(self, message, recipients_data, **kwargs):
        numbers = kwargs.get("sms_numbers")
        if numbers or any(one["notif"] == "sms" for one in recipients_data):
            self._keep_inside(message)
            return True
        return super()._notify_thread_by_sms(message, recipients_data, **kwargs)

    def _keep_inside(self, message):
        """:raises UserError: a person wants to write to somebody outside"""
        # A mail that came in would be lost; what runs by itself leaves them out.
        if message.message_type != "email" and self.env.uid != SUPERUSER_ID:
            raise UserError(
                self.env._(
                    "Only colleagues are written to from here. Write to the debtor, "
                    "and to everybody else outside, from the debtor's case."
                )
            )
