from odoo import api, fields, models
from odoo.tools import plaintext2html

from .debt_message import ELSEWHERE

#: Who learns from a warning that a debtor is in collection.
MAY_KNOW = (
    "debt_collection.group_debt_operator",
    "account.group_account_invoice",
    "account.group_account_readonly",
)


class DebtMessage(models.Model):
    """What is written to a debtor from invoices and contacts counts as a contact.

    Odoo's own ways there are not closed: an invoice has to be sent whatever the hour.
    Whoever takes them is warned before, is told after, and the next contact knows.
    """

    _inherit = "debt.message"

    @api.model
    def _open_cases_of(self, partners, company):
        """The open cases of whom these contacts belong to.

        :param company: ``res.company``, a branch included
        :return: ``debt.case`` (superuser)
        """
        # Superuser: whoever writes, the debtor has been contacted.
        return (
            self.env["debt.case"]
            .sudo()
            .search(
                [
                    ("partner_id", "in", partners.sudo().commercial_partner_id.ids),
                    ("company_id", "=", company.sudo().root_id.id),
                    ("state", "!=", "closed"),
                ]
            )
        )

    @api.model
    def _note_elsewhere(self, channel, addresses, company, **values):
        """Put on record what leaves past the gate, and tell whoever sent it.

        :param str channel: email or sms
        :param dict addresses: list of numbers or e-mail addresses by ``res.partner``
        :param company: ``res.company`` in whose name it is written
        :param values: more of the ``debt.message``
        :return: ``debt.message`` (superuser), empty where nobody is in collection
        """
        partners = self.env["res.partner"].union(*addresses)
        noted, reasons = self.sudo(), []
        for case in self._open_cases_of(partners, company):
            for partner, written in addresses.items():
                if partner.sudo().commercial_partner_id != case.partner_id:
                    continue
                for address in written:
                    message, reason = self._note_one(case, channel, address, values)
                    noted |= message
                    reasons += [reason] if reason else []
        if reasons:
            self._warn_sender(reasons[0])
        return noted

    @api.model
    def _note_one(self, case, channel, address, values):
        """One address; who owes nothing overdue is written to as any customer.

        :return: ``debt.message``, and what was wrong with it, as a sentence
        """
        now = fields.Datetime.now()
        answer, facts = case._ask_gate(channel, now, address)
        if answer.reason in ("closed", "nothing_owed"):
            return self.sudo(), None
        message = self.sudo().create(
            {
                **case._prepare_message_values("elsewhere", channel, address=address),
                "state": "sent",
                "sent_at": now,
                **values,
            }
        )
        message._keep_contact(message._prepare_decision(case, now, answer, facts))
        if answer.allowed:
            return message, None
        reason = self.env._(
            "%(debtor)s is in collection and should not have been written to now. "
            "%(reason)s It counts as a contact.",
            debtor=case.partner_id.display_name,
            reason=case._contact_message(answer, now, facts),
        )
        return message, reason

    @api.model
    def _warn_sender(self, text):
        if self._may_know_of_collection():
            self.env.user._bus_send(
                "simple_notification",
                {"type": "warning", "sticky": True, "message": text},
            )

    @api.model
    def _may_know_of_collection(self):
        return any(map(self.env.user.has_group, MAY_KNOW))

    @api.model
    def _elsewhere_warning(self, channel, partners, company):
        """What to know before writing to debtors from another document.

        :param str channel: email or sms
        :param partners: ``res.partner`` that the user may read
        :return: a sentence or two, empty where nobody is in collection
        """
        if not self._may_know_of_collection():
            return ""
        cases = self._open_cases_of(partners, company)
        if not cases:
            return ""
        if len(cases) > 1:
            return self.env._(
                "%(count)s of these debtors are in collection: what you send counts as "
                "a contact with each of them. Write to them from their cases, where "
                "the contact rules are asked.",
                count=len(cases),
            )
        now = fields.Datetime.now()
        answer, facts = cases._ask_gate(channel, now)
        debtor = cases.partner_id.display_name
        if answer.allowed:
            return self.env._(
                "%(debtor)s is in collection: what you send counts as a contact.",
                debtor=debtor,
            )
        if answer.reason in ("closed", "nothing_owed"):
            return ""
        return self.env._(
            "%(debtor)s is in collection and should not be written to now. %(reason)s",
            debtor=debtor,
            reason=cases._contact_message(answer, now, facts),
        )


class MailMail(models.Model):
    """Mails to debtors that do not come from their case."""

    _inherit = "mail.mail"

    @api.model_create_multi
    def create(self, vals_list):
        mails = super().create(vals_list)
        for mail in mails.filtered(lambda mail: mail.model in ELSEWHERE):
            mail._debt_note_elsewhere()
        return mails

    def _debt_note_elsewhere(self):
        # Superuser: exactly the document the mail is about.
        record = self.env[self.model].sudo().browse(self.res_id)
        if not record.exists():
            return
        addresses = {
            partner: [partner.email_normalized]
            for partner in self.sudo().recipient_ids
            if partner.partner_share and partner.email_normalized
        }
        if addresses and (company := record._debt_written_by()):
            self.env["debt.message"]._note_elsewhere(
                "email",
                addresses,
                company,
                subject=self.subject,
                body=self.body_html or self.body,
                mail_mail_id=self.id,
            )


class SmsSms(models.Model):
    """SMS to debtors that do not come from their case."""

    _inherit = "sms.sms"

    @api.model_create_multi
    def create(self, vals_list):
        created = super().create(vals_list)
        for sms in created.filtered(lambda sms: sms.state == "outgoing"):
            # Superuser: the message belongs to a document that may be closed to us.
            about = sms.sudo().mail_message_id
            if about.model in ELSEWHERE:
                sms._debt_note_elsewhere(about.model, about.res_id)
        return created

    def _debt_note_elsewhere(self, model, res_id):
        """:param str model: of the document the SMS is written from"""
        record = self.env[model].sudo().browse(res_id)
        company = record.exists() and record._debt_written_by()
        if company and self.partner_id and self.number:
            self.env["debt.message"]._note_elsewhere(
                "sms",
                {self.partner_id: [self.number]},
                company,
                body=plaintext2html(self.body),
                sms_uuid=self.uuid,
            )


class AccountMove(models.Model):
    _inherit = "account.move"

    def _debt_written_by(self):
        """The company that writes about its own receivables, else none."""
        sale = self.is_sale_document(include_receipts=True)
        return self.company_id if sale else self.env["res.company"]


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _debt_written_by(self):
        """The company in whose name the user writes to a contact."""
        return self.env.company
