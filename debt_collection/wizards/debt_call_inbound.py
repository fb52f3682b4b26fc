from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.card.arguments import check, is_id, is_text
from ..tools import phones


class DebtCallInbound(models.TransientModel):
    """Somebody rings: who could it be?

    Nothing is saved here. The answer is found while the operator types, and opening a
    case puts the call on record and brings the call window.
    """

    _name = "debt.call.inbound"
    _description = "Incoming Call"

    query = fields.Char(string="Number or Name")
    number = fields.Char(
        string="Calls From",
        compute="_compute_number",
        store=True,
        readonly=False,
        help="The number typed last. It is kept while you search by name, and noted "
        "on the call.",
    )
    found = fields.Json(compute="_compute_found")
    message = fields.Char(compute="_compute_found")

    @api.depends("query")
    def _compute_number(self):
        for wizard in self:
            is_number = bool(phones.tail(wizard.query))
            wizard.number = wizard.query.strip() if is_number else wizard.number

    @api.depends("query")
    def _compute_found(self):
        for wizard in self:
            wizard.found = wizard._search_callers(wizard.query)
            wizard.message = wizard._advice()

    def _advice(self):
        """What to do when nobody was found."""
        if not self.query:
            return self.env._(
                "Type the number on the display, in any form, or ask for the name."
            )
        if self.found:
            return False
        if phones.tail(self.query):
            return self.env._(
                "Nobody has this number. It is kept: ask who is calling and search by "
                "name or customer number, and say nothing of a debt before you know. "
                "If you find nobody, write number and name down for the accountant."
            )
        return self.env._(
            "Nobody has this name. Try a part of it, the customer number or the e-mail "
            "address. If you find nobody, write number and name down for the "
            "accountant."
        )

    @api.model
    def action_incoming(self, number=None, our_number=None):
        """For telephony: what to show when a call comes in.

        Nothing is put on record: a page is also opened by a link, by going back, by a
        tab that is restored. Taking the call is one key, the caller being focused.

        :param str number: the caller's number, in any form
        :param str our_number: which of our numbers was rung
        :return: the action of the search, with the number in it
        """
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "debt_collection.debt_call_inbound_action"
        )
        context = {"default_query": number or False}
        if our_number:
            context["default_our_number"] = our_number
        return action | {"context": context}

    @api.model
    def action_take(self, case_id, number=None, contact_id=None, our_number=None):
        """Put the call on record and show its window.

        :param int case_id: the caller's open case
        :param str number: the number he calls from, where it is known
        :param int contact_id: who is on the line, where that is known
        :param str our_number: which of our numbers was rung, where that is known
        :raises UserError: what is given is no case, no contact or no number
        """
        self.check_access("read")
        if not is_id(case_id):
            raise UserError(self.env._("Choose whose call it is."))
        check(self.env, is_id, contact_id)
        check(self.env, is_text, number, our_number)
        case = self.env["debt.case"].browse(case_id)
        contact = self.env["res.partner"].browse(contact_id or []).exists()
        if contact.commercial_partner_id != case.partner_id:
            contact = contact.browse()
        call = case._open_inbound(number=number, contact=contact)
        call._note_our_number(our_number)
        return self.env["debt.call.wizard"]._action_open(call)
