from odoo import api, models


class DebtCallInbound(models.TransientModel):
    _inherit = "debt.call.inbound"

    @api.model
    def _search_exact(self, number):
        """Whose number it is, for certain.

        A number may be written as in the contact's own country, as it stands on the
        contact: then it is alike only, until it is read in that country's way.

        :param str number: in any form
        :return: those of ``_search_callers`` who have exactly this number
        """
        return [
            caller
            for caller in self._search_callers(number)
            if caller["match"] == "exact"
            or (caller["match"] == "similar" and self._is_same(caller, number))
        ]

    def _is_same(self, caller, number):
        contact = self.env["res.partner"].browse(caller["contact_id"])
        read = [
            self.env["debt.phone"]._prepare_values(contact, text)["number"]
            for text in (caller["number"], number)
            if text
        ]
        return len(read) == 2 and read[0] and read[0] == read[1]
