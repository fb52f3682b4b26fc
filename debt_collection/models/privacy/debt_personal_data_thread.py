from odoo import api, models
from odoo.tools import SQL


class DebtPersonalData(models.AbstractModel):
    """What is said beside the records: in their history, and in what is to be done."""

    _inherit = "debt.personal.data"

    @api.model
    def _threads(self):
        """Hook: models with messages and activities, and the way to the case."""
        return {
            "debt.call.review": "call_id.case_id",
            "debt.case": "id",
            "debt.dispute": "case_id",
            "debt.refusal": "case_id",
            "debt.reply": "case_id",
        }

    @api.model
    def _threads_of_ours(self):
        """Hook: models of these whose words are about our own people: told to no
        debtor, and erased like the others, since they quote him."""
        return {"debt.call.review"}

    @api.model
    def _erase_threads(self, cases):
        """Empty the words of the history; that something was said, and when, stays."""
        for name, path in self._threads().items():
            records = self._records(name, path, cases)
            self._scheduled(name, records).unlink()
            self._erase_messages(name, records)
            self._erase_activities(name, records)

    @api.model
    def _messages(self, name, records, kind="mail.message"):
        """``mail.message`` of these records of a model."""
        about = [("model", "=", name), ("res_id", "in", records.ids)]
        return self.env[kind].sudo().search(about)

    @api.model
    def _scheduled(self, name, records):
        """``mail.scheduled.message`` of these records: written, and to be sent."""
        return self._messages(name, records, "mail.scheduled.message")

    @api.model
    def _activities(self, name, records):
        """``mail.activity`` of these records of a model, done ones too."""
        activities = self.env["mail.activity"].sudo().with_context(active_test=False)
        return activities.search(
            [("res_model", "=", name), ("res_id", "in", records.ids)]
        )

    @api.model
    def _erase_messages(self, name, records):
        messages = self._messages(name, records)
        if not messages:
            return
        messages.attachment_ids.unlink()
        for model in ("mail.mail", "sms.sms"):
            queued = self.env[model].sudo()
            queued.search([("mail_message_id", "in", messages.ids)]).unlink()
        self.env.flush_all()
        # Who of us wrote is in the author; an address is that of a debtor who answered.
        self.env.cr.execute(
            SQL(
                """UPDATE mail_message
                      SET body = '', subject = NULL, email_from = NULL, reply_to = NULL,
                          incoming_email_to = NULL, incoming_email_cc = NULL,
                          outgoing_email_to = NULL
                    WHERE id IN %s""",
                messages._ids,
            )
        )
        self.env.cr.execute(
            SQL(
                """UPDATE mail_notification SET sms_number = NULL
                    WHERE mail_message_id IN %s""",
                messages._ids,
            )
        )

    @api.model
    def _erase_activities(self, name, records):
        """Odoo archives what is done, with its note and what came of it."""
        activities = self._activities(name, records)
        if not activities:
            return
        activities.attachment_ids.unlink()
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """UPDATE mail_activity
                      SET summary = NULL, note = NULL, feedback = NULL
                    WHERE id IN %s""",
                activities._ids,
            )
        )
