from odoo import models
from odoo.tools import html2plaintext

# Failures that say that there is no such number; others may be about the text, the
# sender or the account, and say at most that SMS do not get there.
NO_SUCH_NUMBER = ("sms_invalid_destination", "sms_number_format")


class DebtMessage(models.Model):
    """What became of a message, and what follows where it did not arrive."""

    _inherit = "debt.message"

    def _sent(self):
        """It left, maybe at the second attempt."""
        failed = self.filtered(lambda message: message.state == "failed")
        failed.write({"state": "sent", "failure": False})

    def _delivered(self):
        self.write({"state": "delivered", "failure": False})

    def _failed(self, reason):
        """It did not arrive.

        :param reason: text or HTML that says why
        :return: those that were on their way
        """
        reason = html2plaintext(reason or "").strip()
        on_the_way = self.filtered(lambda message: message.state == "sent")
        on_the_way.write({"state": "failed", "failure": reason[:250]})
        on_the_way._log_failure()
        return on_the_way

    def _log_failure(self):
        """The debtor's thread says so, for whoever works the case next."""
        channels = dict(self._fields["channel"]._description_selection(self.env))
        for message in self:
            message.case_id._message_log(
                body=self.env._(
                    "%(channel)s to %(address)s did not arrive: %(reason)s",
                    channel=channels[message.channel],
                    address=message.address,
                    reason=message.failure or self.env._("unknown reason"),
                )
            )

    def _give_up_number(self, failure_type):
        """No SMS is sent to these numbers any more, and another way is tried.

        A number on which somebody was spoken with is not dead for calls, whatever the
        provider says about SMS, nor is one that may be a landline.
        """
        for message in self:
            phones = message.partner_id.debt_phone_ids.filtered(
                lambda phone, address=message.address: phone.number == address
            )
            phones.sms_failed = True
            unknown = phones.filtered(
                lambda phone: phone.kind == "mobile" and phone.health == "unknown"
            )
            if unknown and failure_type in NO_SUCH_NUMBER:
                unknown.health = "dead"
            phones._dirty_cases()
        self._use_other_channel()
