import json

from odoo import api, fields, models
from odoo.tools import SQL

#: Kinds of `tools.call_events`, as a person reads them.
KINDS = [
    ("operator_ringing", "The operator's telephone rings"),
    ("operator_answered", "The operator is on the line"),
    ("operator_failed", "The operator did not answer"),
    ("dialing", "Dialled"),
    ("ringing", "Rings"),
    ("answered", "Answered"),
    ("human", "A person"),
    ("machine", "An answering machine"),
    ("bridged", "Put through"),
    ("announced", "Announcement played"),
    ("message_played", "Message played"),
    ("digit", "Key pressed"),
    ("menu", "Choice made"),
    ("held", "Put on hold"),
    ("resumed", "Taken off hold"),
    ("transferred", "Transferred"),
    ("recording_started", "Recording started"),
    ("recorded", "Recorded"),
    ("abandoned", "No operator in time"),
    ("ended", "Ended"),
    ("command", "Command carried out"),
]


class DebtCallEvent(models.Model):
    """What telephony reported of a call: rows nobody edits."""

    _name = "debt.call.event"
    _description = "Telephony Event"
    _order = "call_id, sequence"
    _rec_name = "kind"

    call_id = fields.Many2one(
        "debt.call", required=True, readonly=True, ondelete="cascade"
    )
    sequence = fields.Integer(required=True, readonly=True)
    kind = fields.Selection(KINDS, string="Event", required=True, readonly=True)
    at = fields.Datetime(string="Time", required=True, readonly=True)
    values = fields.Json(string="Details", readonly=True)
    received_at = fields.Datetime(string="Received", required=True, readonly=True)
    provider_id = fields.Many2one(
        "debt.telephony.provider", readonly=True, index=True, ondelete="restrict"
    )

    _once = models.UniqueIndex(
        "(call_id, sequence)", "Each event of a call has a number of its own."
    )

    @api.model
    def _store(self, provider, events):
        """Keep those events that are not kept yet.

        Where another transaction keeps the same one, this one is to be tried again.

        :param provider: ``debt.telephony.provider`` that reported
        :param list events: pairs of a call's id and a ``call_events.Event``
        :return: ids of the calls of which something is new
        """
        if not events:
            return []
        now = fields.Datetime.now()
        rows = [
            SQL(
                "(%s, %s, %s, %s, %s::jsonb, %s, %s, %s, %s, %s, %s)",
                call_id,
                event.sequence,
                event.kind,
                event.at,
                json.dumps(dict(event.values)),
                *(now, provider.id, self.env.uid, now, self.env.uid, now),
            )
            for call_id, event in events
        ]
        # The ORM has no "unless it is there"; a duplicate must not cost the others.
        found = self.env.execute_query(
            SQL(
                """
                INSERT INTO debt_call_event
                       (call_id, sequence, kind, at, values, received_at, provider_id,
                        create_uid, create_date, write_uid, write_date)
                VALUES %s
                    ON CONFLICT (call_id, sequence) DO NOTHING
                RETURNING call_id
                """,
                SQL(", ").join(rows),
            )
        )
        self.invalidate_model()
        self.env["debt.call"].invalidate_model(["event_ids"])
        return sorted({call_id for (call_id,) in found})
