from odoo import api, fields, models
from odoo.exceptions import UserError

from ...tools.consent import last_word
from ..card.arguments import check, is_values
from ..card.debtor_words import some_of
from .recipients import outside_recipients, sms_numbers

MOBILE = ("mobile", "landline_or_mobile")
SHOWN = 5


class DebtCase(models.Model):
    """What is written to a debtor, and where to."""

    _inherit = "debt.case"

    debtor_message_ids = fields.One2many(
        "debt.message", "case_id", string="Messages to the Debtor", readonly=True
    )
    debtor_message_count = fields.Integer(compute="_compute_debtor_message_count")
    payment_reference = fields.Char(
        compute="_compute_payment_reference",
        help="Numbers of the overdue invoices, for the debtor to name when paying.",
    )

    answer_at = fields.Char(related="company_id.debt_answer_at")

    @api.model
    def _cron_daily(self):
        """A new day ends the time in which answers of debtors could be read."""
        self.env["debt.refusal"]._heed_unread()
        self.env["debt.message"]._read_post()
        return super()._cron_daily()

    @api.depends("debtor_message_ids")
    def _compute_debtor_message_count(self):
        counts = self._count_by_case("debt.message")
        for case in self:
            case.debtor_message_count = counts.get(case, 0)

    @api.depends_context("lang")
    def _compute_payment_reference(self):
        for case in self:
            rows = case._collected() if isinstance(case.id, int) else []
            case.payment_reference = case._name_items(rows)

    @api.model
    def _name_items(self, items):
        """Numbers of the invoices behind items of the ledger, the first few of many."""
        names = list(dict.fromkeys(item["name"] for item in items))
        text = ", ".join(names[:SHOWN])
        if len(names) <= SHOWN:
            return text
        return some_of(self.env, text, len(names) - SHOWN)

    def _send_message(self, kind, channel, call=None, promise=None, key=None):
        """Write to the debtor as soon as the gate allows it.

        :param str kind: one of the kinds of ``debt.message``
        :param str channel: email or sms
        :param call: ``debt.call`` in which it was agreed
        :param promise: ``debt.promise`` it is about
        :param str key: names this message; it is made once, however often it is asked
            for
        :return: ``debt.message``: sent, waiting (``send_after`` says until when) or
            refused (``failure`` says why)
        """
        self.ensure_one()
        # Superuser: the gate decides, and what is written is not for people to write.
        messages = self.env["debt.message"].sudo()
        known = key and messages.search([("key", "=", key)])
        if known:
            return known
        values = self.sudo()._prepare_message_values(kind, channel, call, promise, key)
        message = messages.create(values)
        message._send()
        return message

    def _prepare_message_values(
        self, kind, channel, call=None, promise=None, key=None, address=None
    ):
        agreed = call or promise
        return {
            "case_id": self.id,
            "kind": kind,
            "channel": channel,
            "address": address or self._message_address(channel, call),
            "lang": self.partner_id._debt_lang(self.company_id),
            "call_id": call.id if call else False,
            "promise_id": promise.id if promise else False,
            "user_id": agreed and agreed.user_id.id or self.env.uid,
            "key": key or False,
        }

    def _message_address(self, channel, call=None, phone=None):
        """Where a message goes: rather to whom or what was spoken with than elsewhere.

        :param phone: ``debt.phone`` spoken with, where the call does not know it
        :return: e-mail address or number (E.164), False where there is none
        """
        if channel != "email":
            self.env["debt.phone"]._sync_missing(self.partner_id.sudo())
        return self._listed_address(channel, call, phone)

    def _listed_address(self, channel, call=None, phone=None):
        """The same, by the numbers listed so far."""
        # Superuser: exactly this debtor's addresses.
        debtor = self.partner_id.sudo()
        spoken = call.sudo() if call else self.env["debt.call"]
        dialled = phone.sudo() if phone else spoken.phone_id
        if channel == "email":
            # Who was archived has left.
            contact = (spoken.contact_id or dialled.contact_id).filtered("active")
            return contact._debt_email() or debtor._debt_email()
        mobiles = debtor.debt_phone_ids.browse(
            mobile.id
            for mobile in self.env["debt.phone"]._for_sms(debtor.debt_phone_ids)
        ).sorted(lambda p: (p != dialled, MOBILE.index(p.kind), p.sequence))
        if len(mobiles) > 1:
            company = self.company_id
            words = self._consent_words(debtor)[debtor.id, company.id]
            today = company._debt_today()
            # Where the debtor wants no SMS comes last.
            mobiles = mobiles.sorted(
                lambda p: last_word(words, "sms", p.number, today) is False
            )
        return mobiles[:1].number

    def _no_address_text(self, channel):
        # Superuser: exactly this debtor's address.
        if channel == "email" and self.partner_id.sudo().email_normalized:
            return self.env._(
                "Mail to the debtor's address comes back: ask for another and have it "
                "entered on the contact, or choose another way."
            )
        if channel == "email":
            return self.env._(
                "The debtor has no e-mail address: ask for it and have it entered on "
                "the contact, or choose another way."
            )
        # Superuser: whether the debtor refused calls is the debtor's own word.
        if self.partner_id.sudo().debt_do_not_call:
            return self.env._(
                "The debtor refused calls, and an SMS is one: choose e-mail instead."
            )
        return self.env._(
            "There is no usable mobile number of the debtor: ask for one and have it "
            "entered on the contact, or choose another way."
        )

    def action_send_payment_details(self):
        """Tell the debtor where to pay: by e-mail, where there is none by SMS."""
        self.ensure_one()
        self.check_access("write")
        channels = ("email", "sms")
        channel = next(filter(self._message_address, channels), None)
        if not channel:
            raise UserError("\n".join(map(self._no_address_text, channels)))
        return self._send_message("payment_details", channel)._tell_sender()

    def action_debtor_messages(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "debt_collection.debt_message_action"
        )
        return action | {"domain": [("case_id", "=", self.id)], "context": {}}

    # --- the chatter and the composers ----------------------------------------------
    def message_update(self, msg_dict, update_vals=None):
        """An e-mail arrived on a case: whoever works the case gets to know of it.

        The answer itself is logged by Odoo; it goes to colleagues only, and is no
        reason to write to the debtor. It may refuse more e-mails.

        :raises UserError: what is given is no e-mail
        """
        check(self.env, is_values, msg_dict or "", update_vals)
        for case in self:
            owner = case.user_id or case._accountant()
            case.message_subscribe(partner_ids=owner.partner_id.ids)
        self.env["debt.reply"]._prepare_thread(msg_dict)
        result = super().message_update(msg_dict, update_vals)
        for case in self:
            self.env["debt.reply"]._receive_mail(case, msg_dict)
            self.env["debt.refusal"]._read_reply(case, msg_dict)
        return result

    def _notify_thread_by_email(self, message, recipients_data, **kwargs):
        outside = outside_recipients(self, recipients_data)
        if not outside:
            return super()._notify_thread_by_email(message, recipients_data, **kwargs)
        messages = self.env["debt.message"]
        written = messages._write_by_hand(
            self,
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
            messages._link_mails(message, written)
        return result

    def _notify_thread_by_sms(self, message, recipients_data, **kwargs):
        if not self:
            return super()._notify_thread_by_sms(message, recipients_data, **kwargs)
        numbers = sms_numbers(self, recipients_data, kwargs)
        if not numbers:
            return super()._notify_thread_by_sms(message, recipients_data, **kwargs)
        messages = self.env["debt.message"]
        written = messages._write_by_hand(
            self, "sms", numbers, message.subject, message.body
        )
        if not written:
            return True
        # Through the queue: its reports find the record, and a rollback sends nothing.
        kwargs["put_in_queue"] = True
        result = super()._notify_thread_by_sms(message, recipients_data, **kwargs)
        # Superuser: the numbers notified are an officer's to read.
        for notified in message.sudo().notification_ids.filtered("sms_tracker_ids"):
            written[notified.sms_number]._track_sms(notified.sms_tracker_ids)
        return result
