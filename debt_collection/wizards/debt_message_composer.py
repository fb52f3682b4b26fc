from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.tools import email_normalize_all, plaintext2html

from ..models.message.debt_message import ELSEWHERE
from ..models.message.debt_message_elsewhere import Letter


def warning(composer, channel, model, ids):
    """What to know before writing from other documents than the debtor's case.

    :param str channel: email or sms
    :param str model: of the documents
    :param ids: of the documents; they come from the client
    :return: text, empty where there is nothing to know
    """
    if not ids:
        return ""
    records = composer.env[model].browse(ids).exists()._filtered_access("read")
    debtors = records if model == "res.partner" else records.partner_id
    messages = composer.env["debt.message"]
    return messages._elsewhere_warning(channel, debtors, composer.env.company)


class SmsComposer(models.TransientModel):
    """SMS to debtors, from their cases."""

    _inherit = "sms.composer"

    debt_warning = fields.Text(compute="_compute_debt_warning")

    @api.depends("res_model", "res_id", "res_ids")
    def _compute_debt_warning(self):
        for composer in self:
            ours = composer.res_model in ELSEWHERE
            ids = composer._get_records().ids if ours else []
            composer.debt_warning = warning(composer, "sms", composer.res_model, ids)

    def _action_send_sms(self):
        model = self.res_model or ""
        by_case = model == "debt.case" and self.composition_mode != "numbers"
        if model.startswith("debt.") and not by_case:
            raise UserError(
                self.env._(
                    "Write SMS from the debtor's case: only there is the contact "
                    "policy asked."
                )
            )
        if by_case:
            # From the queue: a request that is tried again would send it twice.
            self.mass_force_send = False
        return super()._action_send_sms()

    def _prepare_mass_sms(self, records, sms_record_values):
        if records is not None and records._name in ELSEWHERE:
            letters = [
                letter
                for record in records
                for letter in self._debt_letters(record, sms_record_values[record.id])
            ]
            self.env["debt.message"]._note_elsewhere("sms", letters)
        if records is None or records._name != "debt.case":
            return super()._prepare_mass_sms(records, sms_record_values)
        # Superuser: only the provider's reports read trackers.
        trackers = self.env["sms.tracker"].sudo()
        for case in records:
            values = sms_record_values[case.id]
            if values["state"] != "outgoing":
                continue
            number = values["number"]
            written = case.env["debt.message"]._write_by_hand(
                case, "sms", [number], False, values["body"]
            )
            if written:
                tracker = trackers.create({"sms_uuid": values["uuid"]})
                written[number]._track_sms(tracker)
            else:
                values["state"] = "canceled"
        return super()._prepare_mass_sms(records, sms_record_values)

    def _debt_letters(self, record, values):
        """What an SMS is to a debtor, as a list of one `Letter` or none.

        :param dict values: of the ``sms.sms`` that is to be created
        """
        # With a message on the document it is noted when it is made.
        if values.get("mail_message_id") or values["state"] != "outgoing":
            return []
        company = record._debt_written_by()
        partner = self.env["res.partner"].browse(values.get("partner_id") or [])
        written = {
            "body": plaintext2html(values["body"]),
            "sms_uuid": values["uuid"],
        }
        letter = Letter(partner, values["number"], company, written)
        return [letter] if company and partner else []


class MailComposeMessage(models.TransientModel):
    """E-mail to the debtors of many cases."""

    _inherit = "mail.compose.message"

    debt_warning = fields.Text(compute="_compute_debt_warning")

    @api.depends("model", "res_ids", "res_domain")
    def _compute_debt_warning(self):
        for composer in self:
            ours = composer.model in ELSEWHERE
            ids = composer._evaluate_res_ids() if ours else []
            composer.debt_warning = warning(composer, "email", composer.model, ids)

    def _action_send_mail_mass_mail(self, res_ids, auto_commit=False):
        if self.model != "debt.case":
            return super()._action_send_mail_mass_mail(res_ids, auto_commit)
        self.write(
            {
                # Kept, so that what comes back is recognised.
                "auto_delete": False,
                # From the queue: a request that is tried again would send it twice.
                "force_send": False,
            }
        )
        mails = super()._action_send_mail_mass_mail(res_ids, auto_commit)
        for mail in mails:
            mail.debt_message_ids._carried_by(mail)
        self.env.ref("mail.ir_cron_mail_scheduler_action")._trigger()
        return mails

    def _manage_mail_values(self, mail_values_all):
        """Leave out whom the gate refuses; what goes is on record, by address."""
        mail_values_all = super()._manage_mail_values(mail_values_all)
        if self.model != "debt.case" or self.composition_mode != "mass_mail":
            return mail_values_all
        for case_id, values in list(mail_values_all.items()):
            # What Odoo does not send, being double or without an address, has a state.
            if values.get("state"):
                continue
            if written := self._debt_written(case_id, values):
                links = [Command.link(message.id) for message in written.values()]
                values["debt_message_ids"] = links
            else:
                del mail_values_all[case_id]
        return mail_values_all

    def _debt_written(self, case_id, values):
        """Ask the gate about each address of a mail.

        :param dict values: of the ``mail.mail`` that is to be created
        :return: as `debt.message._write_by_hand`
        """
        # Superuser: exactly the addresses this mail would go to.
        partners = self.env["res.partner"].sudo()
        partners = partners.browse(link[1] for link in values["recipient_ids"])
        emails = partners.filtered("email_normalized").mapped("email_normalized")
        for name in ("email_to", "email_cc"):
            emails += email_normalize_all(values.get(name) or "")
        return self.env["debt.message"]._write_by_hand(
            self.env["debt.case"].browse(case_id),
            "email",
            list(dict.fromkeys(emails)),
            values["subject"],
            values["body_html"],
        )
