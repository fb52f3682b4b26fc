from odoo import api, fields, models
from odoo.exceptions import UserError

FEATURES = ("dial", "hangup", "hold", "transfer", "status", "outcome", "inbound")


class DebtTelephonyProvider(models.Model):
    """The softphone in the operator's browser.

    The browser dials, and tells what the line does; what is to be done with the line
    goes back to it as a client action.
    """

    _inherit = "debt.telephony.provider"

    kind = fields.Selection(
        selection_add=[("voip_oca", "Softphone (VoIP OCA)")],
        ondelete={"voip_oca": "set default"},
    )
    international_prefix = fields.Char(
        help="What the exchange wants in the place of the plus sign, as 00. The "
        "softphone sends digits alone: empty, the plus sign is left out.",
    )

    @api.model
    def _softphone_for(self, company):
        """The softphone provider whose calls in a company are; the user's own first."""
        chosen = self._for_user(company)
        if chosen.kind == "voip_oca":
            return chosen
        domain = [
            ("kind", "=", "voip_oca"),
            ("company_id", "in", (company.id, False)),
        ]
        return self.search(domain, limit=1)

    # --- the interface ------------------------------------------------------------
    def _features(self):
        if self.kind != "voip_oca":
            return super()._features()
        return frozenset(FEATURES)

    def _do_status(self):
        """Of the calling user's softphone; only the browser knows whether it is up."""
        if self.kind != "voip_oca":
            return super()._do_status()
        if problem := self._softphone_problem():
            return {"state": "down", "message": problem}
        if self.env.user.voip_pbx_id.mode != "prod":
            message = self.env._(
                "Your exchange is in test mode: nobody is dialled, calls are only "
                "played through."
            )
        else:
            message = self.env._(
                "Your softphone is set up for %(exchange)s. Whether it is connected, "
                "the softphone itself shows.",
                exchange=self.env.user.voip_pbx_id.name,
            )
        return {"state": "unknown", "message": message}

    def _softphone_problem(self):
        """Why the calling user has no softphone, as a sentence; empty: there is one."""
        user = self.env.user
        if not user.voip_pbx_id:
            return self.env._(
                "Your user has no softphone: choose an exchange (PBX) under VOIP in "
                "your preferences."
            )
        # Without them it would only play the call through, and Odoo would believe it.
        complete = user.voip_username and user.voip_password
        if user.voip_pbx_id.mode == "prod" and not complete:
            return self.env._(
                "Your softphone has no user name or no password: enter both under VOIP "
                "in your preferences."
            )
        return ""

    def _do_dial(self, call, phone):
        """Let the softphone of this browser dial.

        :raises UserError: it is not set up, or it is on the line
        """
        if self.kind != "voip_oca":
            return super()._do_dial(call, phone)
        if problem := self._softphone_problem():
            raise UserError(problem)
        if self.env["voip.call"]._debt_on_the_line():
            raise UserError(
                self.env._("Your softphone is on the line: hang up before you dial.")
            )
        action = self._prepare_dial_action(call)
        if self.international_prefix and call.number.startswith("+"):
            number = f"{self.international_prefix}{call.number[1:]}"
            action["params"]["number"] = number
        return action

    def _do_hangup(self, call):
        if self.kind != "voip_oca":
            return super()._do_hangup(call)
        return self._softphone_action(call, "hangup")

    def _do_hold(self, call):
        if self.kind != "voip_oca":
            return super()._do_hold(call)
        return self._softphone_action(call, "hold")

    def _do_resume(self, call):
        if self.kind != "voip_oca":
            return super()._do_resume(call)
        return self._softphone_action(call, "resume")

    def _do_transfer(self, call, to):
        if self.kind != "voip_oca":
            return super()._do_transfer(call, to)
        return self._softphone_action(call, "transfer", to=to)

    def _softphone_action(self, call, command, **params):
        return {
            "type": "ir.actions.client",
            "tag": "debt_collection_voip_oca.command",
            "params": {"call_id": call.id, "command": command, **params},
        }

    def _live(self, calls):
        """Those of ``calls`` whose softphone has just given a sign of life."""
        if self.kind != "voip_oca":
            return super()._live(calls)
        return self.env["voip.call"].sudo()._debt_alive_domain_calls(calls)
