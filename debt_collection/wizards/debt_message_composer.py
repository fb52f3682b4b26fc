from odoo import Command, models
from odoo.exceptions import UserError
from odoo.tools import email_normalize_all


class SmsComposer(models.TransientModel):
    """SMS to debtors, from their cases."""

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
        if by_case:
            # From the queue: a request that is tried again would send it twice.
            self.mass_force_send = False
        return super()._action_send_sms()

    def _prepare_mass_sms(self, records, sms_record_values):
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


class MailComposeMessage(models.TransientModel):
    """E-mail to the debtors of many cases."""

    _inherit = "mail.compose.message"

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
