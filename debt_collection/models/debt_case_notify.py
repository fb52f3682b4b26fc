from odoo import SUPERUSER_ID, fields, models
from odoo.exceptions import UserError


class DebtCase(models.Model):
    """What people write to a debtor from a case passes the gate and is on record.

    The chatter and the composers end up here. Notes, and mail to colleagues, are not
    about the gate.
    """

    _inherit = "debt.case"

    def _notify_thread_by_email(self, message, recipients_data, **kwargs):
        debtors = self._debtor_recipients(recipients_data)
        if not debtors:
            return super()._notify_thread_by_email(message, recipients_data, **kwargs)
        addresses = [one["email_normalized"] for one in debtors]
        told = message.message_type != "email"
        if not all(self._may_write("email", address, told) for address in addresses):
            others = [one for one in recipients_data if one not in debtors]
            return super()._notify_thread_by_email(message, others, **kwargs)
        # Kept, so that what comes back is recognised.
        kwargs["mail_auto_delete"] = False
        result = super()._notify_thread_by_email(message, recipients_data, **kwargs)
        self._record_emails(message, debtors)
        return result

    def _notify_thread_by_sms(self, message, recipients_data, **kwargs):
        if not self:
            return super()._notify_thread_by_sms(message, recipients_data, **kwargs)
        numbers = self._sms_numbers(recipients_data, kwargs)
        if not all(self._may_write("sms", number) for number in numbers):
            return True
        # Through the queue: its reports find the record, and a rollback sends nothing.
        kwargs["put_in_queue"] = True
        result = super()._notify_thread_by_sms(message, recipients_data, **kwargs)
        # Superuser: the numbers notified are an officer's to read.
        for notified in message.sudo().notification_ids.filtered("sms_tracker_ids"):
            record = self._record_manual(
                "sms", notified.sms_number, message.subject, message.body
            )
            record._track_sms(notified.sms_tracker_ids)
        return result

    def _debtor_recipients(self, recipients_data):
        """Those of Odoo's recipients who are written to by e-mail and are the debtor.

        :param recipients_data: as `_notify_get_recipients` gives them
        """
        if not self:
            return []
        # Superuser: exactly the debtor, the contacts and their addresses.
        debtor = self.partner_id.sudo()
        family = debtor.search([("commercial_partner_id", "=", debtor.id)]) | debtor
        emails = set(family.mapped("email_normalized")) - {False}
        return [
            one
            for one in recipients_data
            if one["notif"] == "email"
            and one["type"] != "user"
            and (one["id"] in family.ids or one["email_normalized"] in emails)
        ]

    def _sms_numbers(self, recipients_data, options):
        """Numbers an SMS is about to go to, as the SMS addon chooses them."""
        chosen = options.get("sms_pid_to_number") or {}
        ids = [one["id"] for one in recipients_data if one["notif"] == "sms"]
        # Superuser: exactly the numbers of these recipients.
        partners = self.env["res.partner"].sudo().browse(ids)
        numbers = [chosen.get(partner.id) or partner.phone for partner in partners]
        numbers += options.get("sms_numbers") or []
        return list(filter(None, numbers))

    def _may_write(self, channel, number=None, told=True):
        """Ask the gate. What runs by itself leaves the debtor out; people are told.

        :param bool told: False for a mail that came in: refused, it would be lost
        :raises UserError: a person wanted to, and the gate refuses
        """
        now = fields.Datetime.now()
        answer, facts = self._ask_gate(channel, now, number)
        if told and not answer.allowed and self.env.uid != SUPERUSER_ID:
            raise UserError(
                self.env._(
                    "%(debtor)s cannot be written to now. %(reason)s",
                    debtor=self.partner_id.display_name,
                    reason=self._contact_message(answer, now, facts),
                )
            )
        return answer.allowed

    def _record_emails(self, message, recipients):
        # Superuser: exactly the mails of this message.
        mails = self.env["mail.mail"].sudo()
        mails = mails.search([("mail_message_id", "=", message.id)])
        for one in recipients:
            email = one["email_normalized"]
            mail = mails.filtered(
                lambda mail, id=one["id"], email=email: (
                    id in mail.recipient_ids.ids
                    or not id
                    and email in (mail.email_to or "")
                )
            )
            self._record_manual("email", email, message.subject, message.body, mail[:1])

    def _record_manual(self, channel, address, subject, body, mail=None):
        """Put on record what a person wrote: it counts as a contact.

        :return: ``debt.message`` (superuser)
        """
        # Superuser: nobody writes messages by hand; the gate has allowed this one.
        values = self.sudo()._prepare_message_values("manual", channel)
        return (
            self.env["debt.message"]
            .sudo()
            .create(
                values
                | {
                    "address": address,
                    "subject": subject,
                    "body": body,
                    "mail_mail_id": mail.id if mail else False,
                    "state": "sent",
                    "sent_at": fields.Datetime.now(),
                }
            )
        )
