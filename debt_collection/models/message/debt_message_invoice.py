from odoo import fields, models
from odoo.fields import Command

from ...tools.page_link import without_key


class DebtMessage(models.Model):
    """Invoices sent because the debtor asked for them."""

    _inherit = "debt.message"

    kind = fields.Selection(
        selection_add=[("invoice", "Invoices"), ("manual",)],
        ondelete={"invoice": "cascade"},
    )
    move_ids = fields.Many2many(
        "account.move",
        "debt_message_account_move_rel",
        "message_id",
        "move_id",
        string="Invoices",
        readonly=True,
    )
    invoice_names = fields.Char(compute="_compute_invoices")
    invoice_links = fields.Json(
        compute="_compute_invoices", help="Pairs of an invoice's number and its link."
    )
    answer_at = fields.Char(related="case_id.answer_at")

    def _compute_invoices(self):
        for message in self:
            # Superuser: the invoices were checked when the message was asked for.
            moves = message.sudo().move_ids
            message.invoice_names = ", ".join(moves.mapped("name"))
            message.invoice_links = [
                [move.name, move.get_base_url() + move.get_portal_url()]
                for move in moves
            ]

    def _template(self):
        template, record = super()._template()
        return template, self if template.model == self._name else record

    def _queue_email(self):
        values = super()._queue_email()
        # Nobody opens the files of a mail that is only looked at.
        if self.kind == "invoice" and not self.env.context.get("debt_rehearsal"):
            self.mail_mail_id.attachment_ids = [
                Command.create(
                    {"name": f"{move.name.replace('/', '_')}.pdf", "raw": content}
                )
                for move in self.move_ids
                if (content := move._debt_pdf())
            ]
        return values

    def _look(self):
        """Subject and text as they would be sent, for a person to look at.

        Nothing is sent; the caller undoes that the message was made.

        :raises UserError: there is no text to be sent
        """
        self.ensure_one()
        if self.channel == "sms":
            # Who looks is not to act as the debtor.
            return False, without_key(self._prepare_sms_text())
        self._queue_email()
        return self.mail_mail_id.subject, self.body

    def _why_not(self):
        """Why it would not leave at this moment, False where it would."""
        self.ensure_one()
        if not self.address:
            return self.case_id._no_address_text(self.channel)
        answer, text, _decided = self._ask_gate()
        return not answer.allowed and text

    def _send_now(self):
        self._send()
        return self
