from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

TEXTS = "[('model', '=', 'debt.case')]"


class DebtExperiment(models.Model):
    """One text of a ladder against another."""

    _inherit = "debt.experiment"

    sms_template_id = fields.Many2one(
        "sms.template",
        string="Champion SMS",
        domain=TEXTS,
        ondelete="restrict",
        help="Debtors to whom a ladder would send this text take part.",
    )
    other_sms_template_id = fields.Many2one(
        "sms.template", string="Challenger SMS", domain=TEXTS, ondelete="restrict"
    )
    mail_template_id = fields.Many2one(
        "mail.template",
        string="Champion E-mail",
        domain=TEXTS,
        ondelete="restrict",
        help="Debtors to whom a ladder would send this text take part.",
    )
    other_mail_template_id = fields.Many2one(
        "mail.template", string="Challenger E-mail", domain=TEXTS, ondelete="restrict"
    )

    @api.constrains(
        "sms_template_id",
        "other_sms_template_id",
        "mail_template_id",
        "other_mail_template_id",
    )
    def _check_texts(self):
        for one in self:
            if any(text and text.model != "debt.case" for text in one._texts()):
                raise ValidationError(
                    self.env._("Choose texts that are written about a case.")
                )

    def _texts(self):
        """The texts that are tried: `sms.template` or `mail.template`, or none."""
        self.ensure_one()
        return self._arms() if self.kind in ("sms", "email") else ()

    def _check_ready_arms(self, champion, challenger):
        """A text that may not be sent would be compared by whom it does not reach."""
        super()._check_ready_arms(champion, challenger)
        for text in self._texts():
            if text.debt_refused:
                raise UserError(
                    self.env._(
                        "“%(text)s” cannot be sent to debtors as it is. %(why)s",
                        text=text.name,
                        why=text.debt_verdict,
                    )
                )
