from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.debt_collection.models.card.arguments import (
    check,
    is_id,
    is_text,
    is_values,
)

OPERATOR = "debt_collection.group_debt_operator"


class VoipCall(models.Model):
    """Which case a number belongs to: before it is dialled, and when it rings."""

    _inherit = "voip.call"

    @api.model
    def create_call(self, values):
        """A number is found in any form; a call with a debtor is linked by its id.

        :raises UserError: these are no values, or no number is among them
        """
        if not is_values(values):
            raise UserError(self.env._("Give the number that is dialled."))
        values = dict(values)
        call_id = values.pop("debt_call_id", None)
        number = values.get("phone_number")
        check(self.env, is_id, call_id)
        check(self.env, is_text, number)
        # Of a withheld number the telephone tells an empty text.
        if not (isinstance(number, str) or call_id):
            raise UserError(self.env._("Give the number that is dialled."))
        if call_id:
            return self._debt_create(call_id, values)
        if number and not values.get("partner_id"):
            values["partner_id"] = self._debt_find_contact(number).id
        return super().create_call(values)

    @api.model
    def _debt_create(self, call_id, values):
        """The softphone dials this call of a case.

        :param int call_id: ``debt.call`` of the calling user
        :raises AccessError: it is somebody else's
        :raises UserError: it is not waiting to be dialled
        """
        call = self.env["debt.call"].browse(call_id)
        call._check_owner()
        provider = call.sudo().provider_id
        if call.state != "dialing" or provider.kind != "voip_oca":
            raise UserError(
                self.env._("This call is over: dial again from the call window.")
            )
        # Superuser: linked calls are no user's to make, but for this one of his own.
        voip = self.sudo().create(
            {
                "debt_call_id": call.id,
                "user_id": self.env.uid,
                "phone_number": call.number,
                "partner_id": (call.contact_id or call.partner_id).id,
                "pbx_id": values.get("pbx_id"),
                "type_call": "outgoing",
                "state": "calling",
            }
        )
        voip._debt_report("dialing")
        return voip.format_call()

    @api.model
    def _debt_find_contact(self, number):
        """Whose number it is, in whatever form; empty when nobody or several have it.

        :return: ``res.partner``
        """
        contacts = self.env["res.partner"]
        if self.env.user.has_group(OPERATOR):
            callers = self.env["debt.call.inbound"]._search_exact(number)
            contacts = contacts.browse({caller["contact_id"] for caller in callers})
        if not contacts and sum(map(str.isdigit, number)) > 2:
            domain = [("phone_mobile_search", "=", number)]
            contacts = contacts.search(domain, limit=2)
        return contacts if len(contacts) == 1 else contacts.browse()

    @api.model
    def debt_place(self, number):
        """May the softphone dial a number somebody typed into it?

        An operator's call to a debtor goes the way of the call window: through the
        gate and onto the record. Other users' calls are no collection.

        :param str number: in any form
        :return: ``{"verdict": "free"}``, or ``{"verdict": "placed", "dial": params of
            the dialling or False, "window": action}``
        :raises UserError: the gate says no, or whose number it is must be chosen first
        """
        case = self._debt_find_case(number)
        return case._place_from_softphone(number) if case else {"verdict": "free"}

    @api.model
    def debt_may_transfer(self, number):
        """May the softphone hand whoever is on the line on to a number?

        That dials it: where it is a debtor's, the gate is asked. Another debtor than
        the one on the line is never dialled so: that call would be on no record, and
        the two would learn of each other's debts.

        :param str number: in any form
        :return: True
        :raises UserError: the gate says no, or it is another debtor's number
        """
        case = self._debt_find_case(number)
        if not case:
            return True
        answer = case.check_contact("call", number=number)
        if not answer["allowed"]:
            raise UserError(answer["message"])
        # Superuser: the user's own call, in whichever company.
        line = self.sudo().search(self._debt_line_domain(), limit=1)
        if line.debt_call_id.partner_id != case.partner_id:
            raise UserError(
                self.env._(
                    "This number is that of %(debtor)s, who is called from the call "
                    "window: hang up first.",
                    debtor=case.partner_id.display_name,
                )
            )
        return True

    @api.model
    def _debt_find_case(self, number):
        """The open case whose debtor an operator would reach by this number.

        :param str number: in any form
        :return: ``debt.case``; empty where it is no debtor's, or the user no operator
        :raises UserError: several have it, or it is another team's
        """
        check(self.env, is_text, number)
        cases = self.env["debt.case"]
        if not (number and self.env.user.has_group(OPERATOR)):
            return cases
        callers = [
            caller
            for caller in self.env["debt.call.inbound"]._search_exact(number)
            if caller["status"] in ("open", "other_team")
        ]
        if not callers:
            return cases
        if len(callers) > 1:
            raise UserError(
                self.env._(
                    "Several cases have this number: open the one you mean, and call "
                    "from there."
                )
            )
        if callers[0]["status"] == "other_team":
            raise UserError(callers[0]["info"])
        return cases.browse(callers[0]["case_id"])

    @api.model
    def debt_not_dialled(self, call_id):
        """The browser could not dial a call that is on record as dialled.

        :param int call_id: ``debt.call`` of the calling user
        :raises UserError: it is no id, or nobody's call
        """
        check(self.env, is_id, call_id)
        call = self.env["debt.call"].browse(call_id or []).exists()
        if not call:
            raise UserError(self.env._("There is no such call any more."))
        call._check_owner()
        provider = call.sudo().provider_id
        if call.state == "dialing" and provider.kind == "voip_oca":
            event = {
                "call_id": call.id,
                "seq": 1,
                "kind": "ended",
                "at": fields.Datetime.now().isoformat(),
                "values": {"line": "failed", "by": "us"},
            }
            call._telephony_events(provider, [event])

    # --- incoming ---------------------------------------------------------------------
    @api.model
    def debt_incoming(self, number):
        """What to show when it rings: the debtor, one key from the call's window.

        :return: an action, or False where nobody in collection is calling
        """
        check(self.env, is_text, number)
        if not self.env.user.has_group(OPERATOR):
            return False
        inbound = self.env["debt.call.inbound"]
        callers = inbound._search_exact(number)
        if not any(caller["status"] != "none" for caller in callers):
            return False
        return inbound.action_incoming(number)

    @api.model
    def _debt_link_incoming(self, call):
        """The debtor's call was taken: it is the one that the softphone has.

        :param call: ``debt.call`` that the user has just taken
        """
        # Superuser: the call is the user's own.
        call = call.sudo()
        same = self._debt_recent().filtered(
            lambda voip: voip._debt_is_from(call.partner_id, call.number)
        )[:1]
        provider = self.env["debt.telephony.provider"]._softphone_for(call.company_id)
        known = call.provider_id or self.search(
            [("debt_call_id", "=", call.id)], limit=1
        )
        if not same or not provider or known:
            return
        call.provider_id = provider
        self._debt_tell_taken(same)
        same.debt_call_id = call
        same.debt_seen_at = fields.Datetime.now()
        same._debt_report("dialing", call.started_at)
        if same.state == "ongoing":
            same._debt_report("answered", same.start_date)

    def _debt_tell_taken(self, voip):
        """Who takes the call in Odoo need not pick up in the softphone too."""
        if voip.state == "calling":
            self.env.user._bus_send("debt_voip/accept", {"id": voip.id})

    def _debt_is_from(self, debtor, number):
        """Whether the caller's number is this one, however both are written."""
        if not number:
            return False
        read = [
            self.env["debt.phone"]._prepare_values(debtor, text)["number"] or text
            for text in (self.phone_number, number)
        ]
        return read[0] == read[1]
