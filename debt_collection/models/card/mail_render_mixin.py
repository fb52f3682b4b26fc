from lxml import html

from odoo import models
from odoo.tools.rendering_tools import parse_inline_template

MODELS = ("debt.case", "debt.message", "debt.promise")
DIRECTIVES = {"t-out", "t-if", "t-foreach", "t-as", "t-att-href"}
#: All the code there is in the texts to debtors. It is evaluated as superuser, so that
#: whoever may not write code may only move and leave out what is here.
KNOWN_CODE = {
    "format_amount(object.amount, object.currency_id)",
    "format_amount(object.amount_overdue, object.currency_id)",
    "format_amount(part.amount, part.currency_id)",
    "format_date(object.date)",
    "format_date(object.oldest_due_date)",
    "format_date(part.date)",
    "object.amount_text",
    "object.answer_at",
    "object.company_id.bank_ids",
    "object.company_id.bank_ids[0].acc_number",
    "object.company_id.bank_ids[:1].acc_number or '-'",
    "object.company_id.email_formatted or user.email_formatted",
    "object.company_id.name",
    "object.company_id.phone",
    "object.consent_url",
    "object.instalment_ids or object",
    "object.invoice_links",
    "object.invoice_names",
    "object.lang",
    "object.method_text",
    "object.page_url",
    "object.partner_id.lang",
    "object.partner_id.name",
    "object.payment_reference",
    "object.schedule",
    "', '.join(link[0] + ' ' + link[1] for link in object.invoice_links)",
    "link",
    "link[0]",
    "link[1]",
    "not object.company_id.phone",
    "part",
    "part.amount_text",
}


class MailRenderMixin(models.AbstractModel):
    """Managers of collection reword the texts to debtors, and write no code in them."""

    _inherit = "mail.render.mixin"

    def _check_access_right_dynamic_template(self):
        others = self - self._debt_reworded()
        return super(MailRenderMixin, others)._check_access_right_dynamic_template()

    def _debt_reworded(self):
        """The texts to debtors in which there is no code but what we bring along."""
        return self.filtered(lambda t: t.render_model in MODELS and t._debt_known())

    def _debt_known(self):
        """Whether a template has no other code than the texts we bring along."""
        # Superuser: as Odoo's own check, of fields only administrators see as well.
        code = {part.strip() for part in self.sudo()._debt_code()}
        return code <= KNOWN_CODE

    def _debt_code(self):
        """Yield the code in all fields of a template; an unknown directive is code."""
        for name, field in self._fields.items():
            written = field.store and field.type in ("char", "text", "html")
            text = self[name] if written else None
            if not text:
                continue
            if getattr(field, "render_engine", "inline_template") == "inline_template":
                yield from filter(None, (p[1] for p in parse_inline_template(text)))
            else:
                yield from self._debt_qweb_code(text)

    def _debt_qweb_code(self, text):
        for node in html.fragment_fromstring(text, create_parent="div").iter():
            for attribute, value in node.attrib.items():
                if attribute.startswith("t-"):
                    yield value if attribute in DIRECTIVES else attribute
