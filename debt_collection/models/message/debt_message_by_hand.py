from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import UserError
from odoo.tools import email_normalize_all, html2plaintext


class DebtMessage(models.Model):
    """What people write to a debtor by hand passes the gate and is on record."""

    _inherit = "debt.message"

    @api.model
    def _write_by_hand(self, case, channel, addresses, subject, body, report=True):
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
                    address: self._write_one(case, channel, address, subject, body)
                    for address in addresses
                }
        except UserError:
            if report and self.env.uid != SUPERUSER_ID:
                raise
            return {}

    @api.model
    def _write_one(self, case, channel, address, subject, body):
        now = fields.Datetime.now()
        answer, facts = case._ask_gate(channel, now, address)
        if not answer.allowed:
            raise UserError(
                self.env._(
                    "%(debtor)s cannot be written to now. %(reason)s",
                    debtor=case.partner_id.display_name,
                    reason=case._contact_message(answer, now, facts),
                )
            )
        self._check_by_hand(case, channel, html2plaintext(body or ""))
        # Superuser: nobody writes messages by hand; the gate has allowed this one.
        case = case.sudo()
        message = self.sudo().create(
            {
                **case._prepare_message_values("manual", channel, address=address),
                "subject": subject,
                "body": body,
                "state": "sent",
                "sent_at": now,
            }
        )
        decided = message._prepare_decision(case, now, answer, facts)
        message._keep_contact(decided)
        return message

    @api.model
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
