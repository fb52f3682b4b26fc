from collections import defaultdict
from itertools import zip_longest
from typing import Any, NamedTuple

from odoo import api, fields, models
from odoo.tools import plaintext2html

from .debt_message import ELSEWHERE

#: Who learns from a warning that a debtor is in collection.
MAY_KNOW = (
    "debt_collection.group_debt_operator",
    "account.group_account_invoice",
    "account.group_account_readonly",
)


class Letter(NamedTuple):
    """What somebody writes from another document.

    ``partner`` whose number or e-mail ``address`` is; ``company`` in whose name it is
    written; ``values``: more of the ``debt.message``.
    """

    partner: Any
    address: str
    company: Any
    values: dict


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
    def _note_elsewhere(self, channel, letters):
        """Put on record what leaves past the gate, and tell whoever sent it.

        :param str channel: email or sms
        :param list letters: `Letter`, whoever they go to
        :return: ``debt.message`` (superuser), empty where nobody is in collection
        """
        noted, reasons = self.sudo(), []
        for pairs in self._in_rounds(letters):
            for message, reason in self._note_round(channel, pairs):
                noted |= message
                reasons += [reason] if reason else []
        if reasons:
            self._warn_sender(reasons[0])
        return noted

    @api.model
    def _in_rounds(self, letters):
        """Pairs of case and letter in lists, in none of which a case comes twice.

        What is asked about the second letter to a debtor must know of the first.
        """
        by_company = defaultdict(list)
        for letter in letters:
            by_company[letter.company].append(letter)
        pairs = defaultdict(list)
        for company, some in by_company.items():
            partners = self.env["res.partner"].union(*(one.partner for one in some))
            cases = self._open_cases_of(partners, company).grouped("partner_id")
            for one in some:
                case = cases.get(one.partner.sudo().commercial_partner_id)
                if case:
                    pairs[case].append((case, one))
        return [[pair for pair in nth if pair] for nth in zip_longest(*pairs.values())]

    @api.model
    def _note_round(self, channel, pairs):
        """Who owes nothing overdue is written to as any customer.

        :param list pairs: case and `Letter`, no case twice
        :return: list of ``debt.message`` and what was wrong with it, as a sentence
        """
        now = fields.Datetime.now()
        cases = self.env["debt.case"].sudo().union(*(case for case, _one in pairs))
        known = cases._contact_facts()
        owed = self.env["debt.ledger"]._totals_of(cases.partner_id, cases.company_id)
        asked = []
        for case, one in pairs:
            totals = owed[case.company_id.id, case.partner_id.id]
            answer = case._ask_knowing(
                known[case], channel, now, one.address, owed=totals
            )
            if answer.reason not in ("closed", "nothing_owed"):
                asked.append((case, one, answer, known[case]))
        messages = self.sudo().create(
            [
                {
                    **case._prepare_message_values(
                        "elsewhere", channel, address=one.address
                    ),
                    "state": "sent",
                    "sent_at": now,
                    **one.values,
                }
                for case, one, _answer, _facts in asked
            ]
        )
        found = list(zip(messages, asked, strict=True))
        self.env["debt.contact.decision"]._keep(
            [
                message._prepare_decision(case, now, answer, facts)
                for message, (case, _one, answer, facts) in found
            ]
        )
        return [
            (message, self._told_of(case, answer, now, facts))
            for message, (case, _one, answer, facts) in found
        ]

    @api.model
    def _told_of(self, case, answer, now, facts):
        """What was wrong with a letter, as a sentence; None: nothing."""
        if answer.allowed:
            return None
        return self.env._(
            "%(debtor)s is in collection and should not have been written to now. "
            "%(reason)s It counts as a contact.",
            debtor=case.partner_id.display_name,
            reason=case._contact_message(answer, now, facts),
        )

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
        elsewhere = mails.filtered(lambda mail: mail.model in ELSEWHERE)
        letters = [one for mail in elsewhere for one in mail._debt_letters()]
        self.env["debt.message"]._note_elsewhere("email", letters)
        return mails

    def _debt_letters(self):
        """Whom the mail goes to, as `Letter`; nobody where no document is behind it."""
        # Superuser: exactly the document the mail is about.
        record = self.env[self.model].sudo().browse(self.res_id)
        company = record.exists() and record._debt_written_by()
        if not company:
            return []
        values = {
            "subject": self.subject,
            "body": self.body_html or self.body,
            "mail_mail_id": self.id,
        }
        return [
            Letter(partner, partner.email_normalized, company, values)
            for partner in self.sudo().recipient_ids
            if partner.partner_share and partner.email_normalized
        ]


class SmsSms(models.Model):
    """SMS to debtors that do not come from their case."""

    _inherit = "sms.sms"

    @api.model_create_multi
    def create(self, vals_list):
        created = super().create(vals_list)
        outgoing = created.filtered(lambda sms: sms.state == "outgoing")
        letters = [one for sms in outgoing for one in sms._debt_letters()]
        self.env["debt.message"]._note_elsewhere("sms", letters)
        return created

    def _debt_letters(self):
        """Whom the SMS goes to, as a list of one `Letter` or none."""
        # Superuser: the message belongs to a document that may be closed to us.
        about = self.sudo().mail_message_id
        if about.model not in ELSEWHERE or not (self.partner_id and self.number):
            return []
        record = self.env[about.model].sudo().browse(about.res_id)
        company = record.exists() and record._debt_written_by()
        values = {"body": plaintext2html(self.body), "sms_uuid": self.uuid}
        letter = Letter(self.partner_id, self.number, company, values)
        return [letter] if company else []


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
