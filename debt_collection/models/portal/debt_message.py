from markupsafe import Markup

from odoo import fields, models
from odoo.tools.mail import append_content_to_html

from ..card.debtor_words import your_page, your_page_in_short
from ..message.debt_message_content import UNREVEALING

LINE = Markup("<p>%s</p>")


class DebtMessage(models.Model):
    """What tells a debtor of what he owes leads him to his page.

    In an e-mail always, in an SMS where the company wants it.
    """

    _inherit = "debt.message"

    page_url = fields.Char(related="case_id.page_url", groups="base.group_system")

    def _with_way_out(self, body):
        return super()._with_way_out(self._with_page(body))

    def _with_page(self, body):
        """A template may have the link elsewhere; what tells of no debt has none."""
        # Superuser: it goes into a message to the debtor.
        url = self.kind not in UNREVEALING and self.sudo().page_url
        if not url or url in body:
            return body
        text = your_page(self.with_context(lang=self.lang).env, url)
        return append_content_to_html(body, LINE % text, plaintext=False)

    def _with_way_out_sms(self, text):
        return super()._with_way_out_sms(self._with_page_in_short(text))

    def _with_page_in_short(self, text):
        # Superuser: it goes into a message to the debtor.
        one = self.sudo()
        wanted = one.kind not in UNREVEALING and one.company_id.debt_page_sms
        url = wanted and one.page_url
        if not url or url in text:
            return text
        line = your_page_in_short(self.with_context(lang=self.lang).env, url)
        return f"{text.rstrip()} {line}"
