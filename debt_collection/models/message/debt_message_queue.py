from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import plaintext2html
from odoo.tools.mail import append_content_to_html

from ...tools.page_link import without_key
from ..card.debtor_words import no_more_mails, no_more_sms
from .debt_message import ELSEWHERE

#: Where mails to debtors are written.
FROM = ("debt.case", *ELSEWHERE)
UNSUBSCRIBE_LINE = Markup('<p style="font-size: 12px; color: #6c757d;">%s</p>')


class DebtMessage(models.Model):
    """Handing a message over to Odoo's queues of mails and SMS."""

    _inherit = "debt.message"

    sms_template_id = fields.Many2one(
        "sms.template",
        string="SMS Text",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
    )
    mail_template_id = fields.Many2one(
        "mail.template",
        string="E-mail Text",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
    )

    def _hand_over(self):
        """Put the message into its queue; what cannot be rendered is marked failed."""
        self.ensure_one()
        try:
            with self.env.cr.savepoint():
                values = self._queue()
        except UserError as error:
            self._not_handed_over(error)
        else:
            values |= {"state": "sent", "failure": False}
            values["sent_at"] = fields.Datetime.now()
            self.write(values)

    def _not_handed_over(self, error):
        """Hook: why there is no text to send, a ``UserError``."""
        self.write({"state": "failed", "failure": str(error)})

    def _queue(self):
        """Give it to the queue of its channel.

        :return: dict of values that are known then
        :raises UserError: nothing sends such messages by itself, or there is no text
        """
        match self.channel:
            case "email":
                return self._queue_email()
            case "sms":
                return self._queue_sms()
        raise UserError(
            self.env._(
                "Such messages are not sent automatically: send it yourself, then "
                "record it with “Letter or Visit” on the case."
            )
        )

    def _template(self):
        """The template of its kind and channel, and the record it is rendered on.

        :raises UserError: somebody deleted the template
        """
        template = self._find_template()
        if not template:
            raise UserError(self.env._("There is no template for this message."))
        record = self.promise_id if template.model == "debt.promise" else self.case_id
        return template, record

    def _find_template(self):
        kind = "mail" if self.channel == "email" else "sms"
        return self.env.ref(
            f"debt_collection.{kind}_template_{self.kind}", raise_if_not_found=False
        )

    def _queue_email(self):
        template, record = self._template()
        # Settled when it was put on record, whatever the template makes of it.
        template = template.with_context(template_preview_lang=self.lang)
        # Without a layout: Odoo's tell what kind of document it is about, a debt.
        mail_id = template.send_mail(
            record.id,
            email_values={
                "email_to": self.address,
                "email_cc": False,
                "recipient_ids": [],
                "model": "debt.case",
                "res_id": self.case_id.id,
            },
        )
        mail = self.env["mail.mail"].browse(mail_id)
        self._carried_by(mail)
        # Soon, not within the hour: the gate allowed it now.
        self.env.ref("mail.ir_cron_mail_scheduler_action")._trigger()
        return {"subject": mail.subject, "mail_template_id": template.id}

    def _carried_by(self, mail):
        """These messages are one mail. It leaves now: the gate allowed it now.

        :param mail: ``mail.mail`` (superuser)
        """
        self.mail_mail_id = mail
        mail.scheduled_date = False
        # Record and thread keep that there was a link, and not what opens it.
        self.body = without_key(Markup(mail._prepare_outgoing_body()))
        note = mail.mail_message_id
        if without_key(note.body) != note.body:
            note.body = without_key(note.body)

    def _with_way_out(self, body):
        """An e-mail's HTML with the link by which the debtor refuses further ones.

        A template may have it elsewhere.
        """
        url = self.case_id._refusal_url("email")
        if url in body:
            return body
        text = no_more_mails(self.with_context(lang=self.lang).env, url)
        return append_content_to_html(body, UNSUBSCRIBE_LINE % text, plaintext=False)

    def _queue_sms(self):
        text = self._prepare_sms_text()
        kept = plaintext2html(without_key(text))
        # The debtor's thread remembers it, and names the company whose account pays.
        note = self.case_id._message_log(body=kept, message_type="sms")
        note.record_company_id = self.company_id
        sms = self.env["sms.sms"].create(
            {
                "number": self.address,
                "body": text,
                "partner_id": self.partner_id.id,
                "mail_message_id": note.id,
            }
        )
        self.env["sms.tracker"].create(
            {"sms_uuid": sms.uuid, "debt_message_id": self.id}
        )
        template = self._find_template()
        return {"sms_uuid": sms.uuid, "body": kept, "sms_template_id": template.id}

    def _prepare_sms_text(self):
        """The finished text of an SMS, with how to refuse more."""
        template, record = self._template()
        text = template._render_field("body", record.ids, set_lang=self.lang)[record.id]
        return self._with_way_out_sms(text)

    def _with_way_out_sms(self, text):
        """An SMS with the link by which the debtor refuses further ones.

        A template may have it elsewhere.
        """
        url = self.case_id._refusal_url("sms")
        if url in text:
            return text
        way_out = no_more_sms(self.with_context(lang=self.lang).env, url)
        return f"{text.rstrip()} {way_out}"

    def _track_sms(self, trackers):
        """Let the provider's reports about these trackers reach the message."""
        trackers.debt_message_id = self
        self.sms_uuid = trackers[:1].sms_uuid


class SmsTracker(models.Model):
    """The SMS provider's reports reach the debtor's message."""

    _inherit = "sms.tracker"

    debt_message_id = fields.Many2one(
        "debt.message", ondelete="cascade", index="btree_not_null"
    )

    def _action_update_from_provider_error(self, provider_error):
        result = super()._action_update_from_provider_error(provider_error)
        status, failure_type, reason = result
        self._debt_failed(failure_type, reason, status == "bounce")
        return result

    def _action_update_from_sms_state(
        self, sms_state, failure_type=False, failure_reason=False
    ):
        result = super()._action_update_from_sms_state(
            sms_state, failure_type=failure_type, failure_reason=failure_reason
        )
        match sms_state:
            case "sent":
                self._debt_messages()._delivered()
            case "error" | "canceled":
                nonsense = failure_type == "sms_number_format"
                self._debt_failed(failure_type, failure_reason, nonsense)
            case _:
                self._debt_messages()._sent()
        return result

    def _debt_messages(self):
        # Superuser: a provider's report, about exactly these messages.
        return self.sudo().debt_message_id

    def _debt_failed(self, failure_type, reason, for_good):
        known = self.env["sms.sms"]._fields["failure_type"]
        names = dict(known._description_selection(self.env))
        reason = reason or names.get(failure_type) or failure_type
        failed = self._debt_messages()._failed(reason)
        if for_good:
            failed._give_up_number(failure_type)


class MailMail(models.Model):
    """Mails to debtors: what they end with, and what became of them."""

    _inherit = "mail.mail"

    debt_message_ids = fields.One2many(
        "debt.message", "mail_mail_id", string="Messages to the Debtor", readonly=True
    )

    def _prepare_outgoing_body(self):
        """Whatever it was written with, each e-mail from a case has a way out."""
        body = super()._prepare_outgoing_body()
        if self.model not in FROM:
            return body
        # Superuser: whether this mail is such a message.
        message = self.sudo().debt_message_ids.filtered(
            lambda message: message.kind != "elsewhere"
        )[:1]
        return message._with_way_out(body) if message else body

    def _postprocess_sent_message(
        self, success_pids, success_emails, failure_reason=False, failure_type=None
    ):
        to_debtors = self.filtered(lambda mail: mail.model in FROM)
        # Superuser: exactly the messages these mails are.
        if messages := to_debtors.sudo().debt_message_ids:
            if failure_type:
                messages._failed(failure_reason or failure_type)
            else:
                messages._sent()
        return super()._postprocess_sent_message(
            success_pids,
            success_emails,
            failure_reason=failure_reason,
            failure_type=failure_type,
        )


class MailThread(models.AbstractModel):
    """A mail that came back reached nobody."""

    _inherit = "mail.thread"

    @api.model
    def _routing_handle_bounce(self, email_message, message_dict):
        result = super()._routing_handle_bounce(email_message, message_dict)
        if ids := message_dict.get("bounced_msg_ids"):
            # Superuser: exactly the messages that bounced.
            messages = self.env["debt.message"].sudo()
            bounced = messages.search([("mail_mail_id.message_id", "in", list(ids))])
            bounced._failed(message_dict.get("body"))._use_other_channel()
        return result
