from odoo import models


class DebtCase(models.Model):
    """What the debtor answers to our e-mails."""

    _inherit = "debt.case"

    def message_update(self, msg_dict, update_vals=None):
        """An e-mail arrived on a case: whoever works the case gets to know of it.

        The answer itself is logged by Odoo; it goes to colleagues only, and is no
        reason to write to the debtor.
        """
        for case in self:
            owner = case.user_id or case._accountant()
            case.message_subscribe(partner_ids=owner.partner_id.ids)
        return super().message_update(msg_dict, update_vals)
