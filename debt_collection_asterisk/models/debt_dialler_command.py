from odoo import api, fields, models
from odoo.exceptions import UserError

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
        if call.state not in ON_THE_LINE and not waiting:
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
        over = waiting.filtered(lambda command: command.call_id.state == "done")
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

    @api.model
    def _acknowledge(self, provider, events):
        """Take the process's word for what it did, and tell the operator what failed.

        :param list events: those accepted, as sent
        """
        for event in events:
            values = event.get("values")
            if event.get("kind") != "command" or not isinstance(values, dict):
                continue
            known = self.search(
                [
                    ("id", "=", _as_id(values.get("id"))),
                    ("provider_id", "=", provider.id),
                    ("call_id", "=", event["call_id"]),
                    ("state", "=", "queued"),
                ]
            )
            known._close(bool(values.get("ok")), str(values.get("error") or "")[:200])

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
                "message": texts._(
                    "The exchange could not do this: %(command)s. Try again.",
                    command=labels[self.command],
                ),
            },
        )


def _as_id(value):
    return value if isinstance(value, int) and 0 < value < 2**31 else 0
