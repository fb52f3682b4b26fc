from odoo import models
from odoo.exceptions import UserError


class SmsComposer(models.TransientModel):
    """An SMS to the debtors of many cases."""

    _inherit = "sms.composer"

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
        return super()._action_send_sms()

    def _prepare_mass_sms(self, records, sms_record_values):
        if records is None or records._name != "debt.case":
            return super()._prepare_mass_sms(records, sms_record_values)
        going = [
            (case, sms_record_values[case.id])
            for case in records
            if sms_record_values[case.id]["state"] == "outgoing"
        ]
        for case, values in going:
            if not case._may_write("sms", values["number"]):
                values["state"] = "canceled"
        result = super()._prepare_mass_sms(records, sms_record_values)
        for case, values in going:
            if values["state"] != "outgoing":
                continue
            record = case._record_manual("sms", values["number"], False, values["body"])
            # Superuser: only the provider's reports read trackers.
            tracker = self.env["sms.tracker"].sudo()
            record._track_sms(tracker.create({"sms_uuid": values["uuid"]}))
        return result


class MailComposeMessage(models.TransientModel):
    """An e-mail to the debtors of many cases."""

    _inherit = "mail.compose.message"

    def _action_send_mail_mass_mail(self, res_ids, auto_commit=False):
        if self.model != "debt.case":
            return super()._action_send_mail_mass_mail(res_ids, auto_commit)
        cases = self.env["debt.case"].browse(res_ids)
        cases = cases.filtered(lambda case: case._may_write("email"))
        # Kept, so that what comes back is recognised.
        self.auto_delete = False
        mails = super()._action_send_mail_mass_mail(cases.ids, auto_commit)
        for mail in mails.filtered(lambda mail: mail.state != "cancel"):
            case = cases.browse(mail.res_id)
            email = mail.email_to or mail.recipient_ids[:1].email_normalized
            case._record_manual("email", email, mail.subject, mail.body_html, mail)
        return mails
