from odoo import api, models

from ...tools.page_link import without_key


class DebtReply(models.Model):
    """The debtor's answer quotes our mail, with the link to his page in it."""

    _inherit = "debt.reply"

    @api.model
    def _prepare_thread(self, msg_dict):
        super()._prepare_thread(msg_dict)
        if isinstance(msg_dict, dict) and isinstance(msg_dict.get("body"), str):
            msg_dict["body"] = without_key(msg_dict["body"])
