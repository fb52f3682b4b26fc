from odoo import models
from odoo.exceptions import UserError


class DebtCase(models.Model):
    _inherit = "debt.case"

    def _open_inbound(self, number=None, contact=None):
        call = super()._open_inbound(number=number, contact=contact)
        self.env["voip.call"]._debt_link_incoming(call)
        return call

    def _place_from_softphone(self, number):
        """A number typed into the softphone is this debtor's: dial it by the book.

        :param str number: one of the debtor's, in any form
        :return: what `voip.call.debt_place` returns
        :raises UserError: the gate says no, or the last call is not logged
        """
        self.ensure_one()
        call = self._claim_for_user()
        if call.state != "draft":
            raise UserError(
                self.env._(
                    "Log how your call with %(debtor)s ended before you dial.",
                    debtor=self.partner_id.display_name,
                )
            )
        phone = self._find_phone(self._contact_facts()[self], number)
        # Read as the user, so that the provider gets what the call window gives it.
        phone = phone.with_env(self.env) if phone else None
        action = call._place(phone=phone, number=None if phone else number)
        dials = action and action.get("tag") == "debt_collection.dial"
        return {
            "verdict": "placed",
            "dial": action["params"] if dials else False,
            "window": self.env["debt.call.wizard"]._action_open(call),
        }
