from odoo import api, models
from odoo.fields import Domain

from odoo.addons.debt_collection.models.card.arguments import (
    check,
    is_count,
    is_text,
)


class MailActivity(models.Model):
    """Activities of no document, a note to oneself, crash the softphone's own code."""

    _inherit = "mail.activity"

    @api.depends("res_id", "res_model")
    def _compute_main_partner_id(self):
        free = self.filtered(lambda activity: not activity.res_model)
        free.main_partner_id = False
        free.main_partner = False
        return super(MailActivity, self - free)._compute_main_partner_id()

    @api.model
    def get_call_activities(self, _search, offset, limit):
        check(self.env, is_count, offset, limit)
        check(self.env, is_text, _search)
        of_documents = self.with_context(debt_of_documents=True)
        return super(MailActivity, of_documents).get_call_activities(
            _search, offset, limit
        )

    @api.model
    def _search(self, domain, *args, **kwargs):
        if self.env.context.get("debt_of_documents"):
            domain = Domain(domain) & Domain("res_model", "!=", False)
        return super()._search(domain, *args, **kwargs)
