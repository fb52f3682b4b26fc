from odoo import SUPERUSER_ID, fields, models
from odoo.exceptions import UserError
from odoo.tools import email_normalize_all


class DebtCase(models.Model):
    """What people write to a debtor from a case passes the gate and is on record.

    The chatter and the composers end up here. Notes, and mail to colleagues, are not
    about the gate.
    """

    _inherit = "debt.case"

    def message_update(self, msg_dict, update_vals=None):
        """An e-mail arrived on a case: whoever works the case gets to know of it.

        The answer itself is logged by Odoo; it goes to colleagues only, and is no
        reason to write to the debtor.
        """
        for case in self:
            owner = case.user_id or case._accountant()
            case.message_subscribe(partner_ids=owner.partner_id.ids)
        return super().message_update(msg_dict, update_vals)

    def _notify_thread_by_email(self, message, recipients_data, **kwargs):
        outside = self._outside_recipients(recipients_data)
        if not outside:
            return super()._notify_thread_by_email(message, recipients_data, **kwargs)
        written = self._write_by_hand(
            "email",
            list(dict.fromkeys(one["email_normalized"] for one in outside)),
            message.subject,
            message.body,
            report=message.message_type != "email",
        )
        if not written:
            recipients_data = [one for one in recipients_data if one not in outside]
        # Kept, so that what comes back is recognised; a rollback sends nothing.
        kwargs |= {"mail_auto_delete": False, "send_after_commit": True}
        result = super()._notify_thread_by_email(message, recipients_data, **kwargs)
        if written:
            self._link_mails(message, written)
        return result

    def _notify_thread_by_sms(self, message, recipients_data, **kwargs):
        if not self:
            return super()._notify_thread_by_sms(message, recipients_data, **kwargs)
        numbers = self._sms_numbers(recipients_data, kwargs)
        if not numbers:
            return super()._notify_thread_by_sms(message, recipients_data, **kwargs)
        written = self._write_by_hand("sms", numbers, message.subject, message.body)
        if not written:
            return True
        # Through the queue: its reports find the record, and a rollback sends nothing.
        kwargs["put_in_queue"] = True
        result = super()._notify_thread_by_sms(message, recipients_data, **kwargs)
        # Superuser: the numbers notified are an officer's to read.
        for notified in message.sudo().notification_ids.filtered("sms_tracker_ids"):
            written[notified.sms_number]._track_sms(notified.sms_tracker_ids)
        return result

    def _outside_recipients(self, recipients_data):
        """Those of Odoo's recipients who get an e-mail and are no colleagues.

        Whether they may, being the debtor or not, is for the gate to say.

        :param recipients_data: as `_notify_get_recipients` gives them
        """
        if not self:
            return []
        # Superuser: exactly the company and its contacts.
        company = self.company_id.sudo().partner_id.commercial_partner_id
        colleagues = company.search([("commercial_partner_id", "=", company.id)])
        return [
            one
            for one in recipients_data
            if one["notif"] == "email"
            and one["type"] != "user"
            and one["email_normalized"]
            and one["id"] not in colleagues.ids
        ]

    def _sms_numbers(self, recipients_data, options):
        """Numbers an SMS is about to go to, as the SMS addon chooses them."""
        chosen = options.get("sms_pid_to_number") or {}
        ids = [one["id"] for one in recipients_data if one["notif"] == "sms"]
        # Superuser: exactly the numbers of these recipients.
        partners = self.env["res.partner"].sudo().browse(ids)
        numbers = [
            partner._phone_format(number=number) or number
            for partner in partners
            if (number := chosen.get(partner.id) or partner.phone)
        ]
        numbers += [
            self._phone_format(number=number) or number
            for number in options.get("sms_numbers") or []
            if number
        ]
        return list(dict.fromkeys(numbers))

    def _write_by_hand(self, channel, addresses, subject, body, report=True):
        """Ask the gate about what a person writes; what it allows is on record at once.

        So each message counts when the next is asked about. All go, or none. What runs
        by itself leaves the debtor out; people are told.

        :param list addresses: numbers or e-mail addresses
        :param bool report: False for a mail that came in: refused, it would be lost
        :return: dict of ``debt.message`` (superuser) by address; empty when none go
        :raises UserError: a person wanted to, and the gate refuses
        """
        try:
            with self.env.cr.savepoint():
                return {
                    address: self._write_one_by_hand(channel, address, subject, body)
                    for address in addresses
                }
        except UserError:
            if report and self.env.uid != SUPERUSER_ID:
                raise
            return {}

    def _write_one_by_hand(self, channel, address, subject, body):
        now = fields.Datetime.now()
        answer, facts = self._ask_gate(channel, now, address)
        if not answer.allowed:
            raise UserError(
                self.env._(
                    "%(debtor)s cannot be written to now. %(reason)s",
                    debtor=self.partner_id.display_name,
                    reason=self._contact_message(answer, now, facts),
                )
            )
        # Superuser: nobody writes messages by hand; the gate has allowed this one.
        case = self.sudo()
        message = case.env["debt.message"].create(
            {
                **case._prepare_message_values("manual", channel, address=address),
                "subject": subject,
                "body": body,
                "state": "sent",
                "sent_at": now,
            }
        )
        decided = message._prepare_decision(self, now, answer, facts)
        message._keep_contact(decided)
        return message

    def _link_mails(self, message, written):
        """Say which mail carries which message.

        :param dict written: ``debt.message`` by address
        """
        # Superuser: exactly the mails of this message.
        mails = self.env["mail.mail"].sudo()
        for mail in mails.search([("mail_message_id", "=", message.id)]):
            emails = mail.recipient_ids.mapped("email_normalized")
            emails += email_normalize_all(mail.email_to or "")
            for email in written.keys() & set(emails):
                written[email]._carried_by(mail)
