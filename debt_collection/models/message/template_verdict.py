from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import html2plaintext

from ...tools import content

TEXTS = {"mail.template": ("body_html", "qweb"), "sms.template": ("body", None)}
PREFIXES = {"mail.template": "mail_template_", "sms.template": "sms_template_"}
ABOUT_DEBTORS = ("debt.case", "debt.promise")


class MailRenderMixin(models.AbstractModel):
    """A text to debtors is judged while it is being written, on the latest case."""

    _inherit = "mail.render.mixin"

    def _debt_verdict(self):
        """What a text to debtors lacks or must not say, or that it is good.

        :return: text, empty where there is no debtor to try it on, and whether it is
            refused
        """
        self.ensure_one()
        # Superuser: the latest record, of which nothing but its text is judged.
        record = self.env[self.model].sudo().search([], limit=1, order="id desc")
        if self.model not in ABOUT_DEBTORS or not record:
            return "", False
        if not self._debt_known():
            # It is evaluated as superuser: only what we know, whoever is writing it.
            told = self.env._("It has code of its own: it is judged when it is sent.")
            return told, False
        case = record.case_id if self.model == "debt.promise" else record
        try:
            text = self._debt_rendered(record)
        except (UserError, ValueError) as error:
            return str(error), True
        demands = self._debt_demands(case, record)
        # How to refuse is added by itself where the text does not say it.
        found = content.check(text, demands)
        problems = [one for one in found if one.code != "no_refusal"]
        if problems:
            return self.env["debt.message"]._content_text(problems), True
        told = self.env._(
            "It says what it must (tried on %(name)s).", name=case.display_name
        )
        return told, False

    def _debt_rendered(self, record):
        """The text as that record's debtor would get it, plain."""
        name, engine = TEXTS[self._name]
        options = {"engine": engine} if engine else {}
        found = self.sudo()._render_template(
            self[name] or "", self.model, record.ids, **options
        )
        return html2plaintext(found[record.id] or "")

    def _debt_demands(self, case, record):
        xmlid = self._origin.get_external_id().get(self._origin.id, "")
        name = xmlid.removeprefix("debt_collection.")
        kind = name.removeprefix(PREFIXES[self._name]) if name else None
        channel = "email" if self._name == "mail.template" else "sms"
        asked = record.amount_text if kind == "promise_reminder" else ""
        amounts = content.figures(asked or "")
        messages = self.env["debt.message"]
        return messages._prepare_demands(case, channel, kind, amounts)


class MailTemplate(models.Model):
    _inherit = "mail.template"

    debt_verdict = fields.Text(
        string="May It Be Sent to Debtors?", compute="_compute_debt_verdict"
    )
    debt_refused = fields.Boolean(
        string="Not to Be Sent to Debtors", compute="_compute_debt_verdict"
    )

    @api.depends("body_html", "model")
    def _compute_debt_verdict(self):
        for template in self:
            about = template.model in ABOUT_DEBTORS
            told, bad = template._debt_verdict() if about else (False, False)
            template.debt_verdict, template.debt_refused = told, bad

    def _check_can_be_rendered(self, fnames=None, render_options=None):
        # Superuser: only code that we know is tried, on fields that nobody reads, such
        # as a debtor's own link; what comes of the trial is thrown away.
        known = self._debt_reworded()
        for templates in (known.sudo(), self - known):
            super(MailTemplate, templates)._check_can_be_rendered(
                fnames=fnames, render_options=render_options
            )


class SmsTemplate(models.Model):
    _inherit = "sms.template"

    debt_verdict = fields.Text(
        string="May It Be Sent to Debtors?", compute="_compute_debt_verdict"
    )
    debt_refused = fields.Boolean(
        string="Not to Be Sent to Debtors", compute="_compute_debt_verdict"
    )

    @api.depends("body", "model")
    def _compute_debt_verdict(self):
        for template in self:
            about = template.model in ABOUT_DEBTORS
            told, bad = template._debt_verdict() if about else (False, False)
            template.debt_verdict, template.debt_refused = told, bad
