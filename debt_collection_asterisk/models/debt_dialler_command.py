from odoo import api, fields, models
from odoo.exceptions import UserError

from .constants import plain_text

#: States of a call on the line.
ON_THE_LINE = ("dialing", "ringing", "talking")


class DebtDiallerCommand(models.Model):
    """What the process is to do with a call; repeated until it says it did."""

    _name = "debt.dialler.command"
    _description = "Command to the Dialler"
    _order = "id"
    _rec_name = "command"

    provider_id = fields.Many2one(
        "debt.telephony.provider", required=True, readonly=True, ondelete="cascade"
    )
    call_id = fields.Many2one(
        "debt.call", required=True, readonly=True, index=True, ondelete="cascade"
    )
    command = fields.Selection(
        [
            ("hangup", "Hang Up"),
            ("hold", "Hold"),
            ("resume", "Resume"),
            ("transfer", "Transfer"),
            ("play", "Play"),
            ("record", "Record"),
            ("stop_record", "Stop Recording"),
        ],
        required=True,
        readonly=True,
    )
    values = fields.Json(readonly=True)
    state = fields.Selection(
        [("queued", "Waiting"), ("done", "Done"), ("failed", "Failed")],
        required=True,
        default="queued",
        readonly=True,
    )
    error = fields.Char(readonly=True)

    _queued_idx = models.Index("(provider_id) WHERE state = 'queued'")

    @api.model
    def _queue(self, provider, call, command, values):
        """Note a command for a call on the line.

        :raises UserError: the call is not on the line
        """
        lease = self.env["debt.dialler.lease"]._open_of(call)
        waiting = lease and command == "hangup"
        talks = call.state in ON_THE_LINE or call._came_in()._is_talking()
        if not talks and not waiting:
            raise UserError(self.env._("Nobody is on the line."))
        return self.create(
            {
                "provider_id": provider.id,
                "call_id": call.id,
                "command": command,
                "values": values,
            }
        )

    @api.model
    def _to_send(self, provider):
        """Commands not carried out yet, as the process wants them."""
        waiting = self.search(
            [("provider_id", "=", provider.id), ("state", "=", "queued")]
        )
        over = waiting.filtered(lambda command: command._is_over())
        over.write({"state": "failed", "error": "ended"})
        return [
            {
                "id": command.id,
                "call_id": command.call_id.id,
                "command": command.command,
                "values": command.values or {},
            }
            for command in waiting - over
        ]

    def _is_over(self):
        """Whether nothing can be done any more with the line of the call.

        Of one that came in the line goes on though its outcome is saved.
        """
        call = self.call_id
        return call.state == "done" and not call._came_in()._is_talking()

    @api.model
    def _acknowledge(self, provider, events):
        """Take the process's word for what it did, and tell the operator what failed.

        :param list events: those accepted, as sent
        """
        for event in events:
            values = event.get("values")
            if event.get("kind") != "command" or not isinstance(values, dict):
                continue
            call = self.env["debt.call"].browse(event["call_id"])
            self._close_of(provider, call, values)

    @api.model
    def _close_of(self, provider, call, values):
        """Close a command of a call, by what the process says of it.

        :param dict values: ``id``, ``ok`` and ``error``
        """
        known = self.search(
            [
                ("id", "=", _as_id(values.get("id"))),
                ("provider_id", "=", provider.id),
                ("call_id", "=", call.id),
                ("state", "=", "queued"),
            ]
        )
        known._close(bool(values.get("ok")), plain_text(values.get("error"), 200))

    def _close(self, done, error):
        for command in self:
            command.write({"state": "done" if done else "failed", "error": error})
            if not done:
                command._tell_failed()

    def _tell_failed(self):
        user = self.call_id.user_id
        texts = self.with_context(lang=user.lang).env
        labels = dict(
            self.with_env(texts)._fields["command"]._description_selection(texts)
        )
        user._bus_send(
            "simple_notification",
            {
                "type": "warning",
                "message": self.with_env(texts)._failed_text(labels[self.command]),
            },
        )

    def _failed_text(self, command):
        """Why a command came to nothing, in the operator's words."""
        own = self._transfer_texts() if self.command == "transfer" else {}
        return (own | self._state_texts()).get(
            self.error,
            self.env._(
                "The exchange could not do this: %(command)s. Try again.",
                command=command,
            ),
        )

    def _transfer_texts(self):
        """A colleague who is not to be had; the debtor is with the operator again."""
        to = str((self.values or {}).get("to") or "").rpartition("/")[2]
        back = self.env._("The debtor is with you.")
        why = {
            "busy": self.env._("%(phone)s is busy.", phone=to),
            "no_answer": self.env._("%(phone)s does not answer.", phone=to),
            "declined": self.env._("%(phone)s declined.", phone=to),
            "invalid": self.env._("There is no telephone %(phone)s.", phone=to),
            "unknown_phone": self.env._("There is no telephone %(phone)s.", phone=to),
            "unregistered": self.env._("%(phone)s is not registered.", phone=to),
            "forwarded": self.env._("%(phone)s is forwarded elsewhere.", phone=to),
            "failed": self.env._("%(phone)s cannot be reached.", phone=to),
            "unknown": self.env._("%(phone)s cannot be reached.", phone=to),
        }
        return {code: f"{text} {back}" for code, text in why.items()}

    def _state_texts(self):
        """The call was not in the state the command is for."""
        return {
            "on_hold": self.env._("The debtor is on hold."),
            "not_on_hold": self.env._("The debtor is not on hold."),
            "transferring": self.env._("A colleague is being rung already."),
            "not_talking": self.env._("The debtor is not on the line."),
            "prompt_on_its_way": self.env._(
                "The text is on its way to the exchange: try again in a moment."
            ),
        }


def _as_id(value):
    return value if isinstance(value, int) and 0 < value < 2**31 else 0
