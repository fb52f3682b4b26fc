from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.card.arguments import check, is_text

#: What an exchange must be able to do for a command, where it has another name.
FEATURE_OF = {"resume": "hold", "stop_record": "record"}


class DebtCallWizard(models.TransientModel):
    """What the call window shows of the line, and what it can do with it."""

    _inherit = "debt.call.wizard"

    telephony = fields.Json(compute="_compute_telephony")

    # The line's own news come by the bus; this is what is known at opening.
    @api.depends("call_id", "call_state")
    def _compute_telephony(self):
        for wizard in self:
            wizard.telephony = wizard.call_id._prepare_state()

    @api.model
    def _for_call(self, call, claim=None):
        """A window that is found again knows what the line said meanwhile."""
        wizard = super()._for_call(call, claim)
        suggested = call.suggested_outcome_id
        if suggested and call.state != "done" and not wizard.outcome_id:
            wizard.write({"outcome_id": suggested.id, "party": suggested.party})
        return wizard

    def action_telephony(self, command, to=None):
        """Do something with the line, without saving what is typed in the window.

        :param str command: hangup, hold, resume, transfer or stop_record
        :param str to: number or extension to transfer to
        :return: a client action, or False
        :raises UserError: the provider cannot do it
        """
        self.ensure_one()
        check(self.env, is_text, command, to)
        call = self.call_id
        call._check_owner()
        provider = call._exchange()
        commands = {
            "hangup": lambda: provider._hangup(call),
            "hold": lambda: provider._hold(call),
            "resume": lambda: provider._resume(call),
            "transfer": lambda: provider._transfer(call, self._transfer_target(to)),
            # The debtor does not want it. It begins by itself, where it is announced.
            "stop_record": lambda: provider._record(call, start=False),
        }
        if not provider or command not in commands:
            raise UserError(
                self.env._("Odoo did not dial this call: use your telephone.")
            )
        provider._check_can(FEATURE_OF.get(command, command), call._line_features())
        return commands[command]() or False

    def _transfer_target(self, to):
        if target := (to or "").strip():
            return target
        raise UserError(self.env._("Type the number or the extension to transfer to."))
