import base64
import hashlib
from datetime import timedelta

from odoo import fields, models
from odoo.exceptions import UserError


class DebtCall(models.Model):
    """The recordings of a call."""

    _inherit = "debt.call"

    recording_ids = fields.One2many(
        "debt.recording", "call_id", string="Recordings", readonly=True
    )
    announced_at = fields.Datetime(
        string="Recording Announced",
        readonly=True,
        help="When it was said on the line that the call is recorded.",
    )

    def _attach_recording(self, name, content, seconds, mimetype="audio/wav"):
        """Store what telephony recorded; the same name twice is stored once.

        :param str name: names the recording within the call
        :param bytes content: the audio itself
        :param int seconds: its length
        :return: ``debt.recording`` (superuser)
        :raises UserError: the call was not to be recorded
        """
        self.ensure_one()
        # Superuser: only telephony stores recordings; users cannot write them.
        recordings = self.env["debt.recording"].sudo()
        known = recordings.search([("call_id", "=", self.id), ("name", "=", name)])
        if known:
            return known
        values = self.sudo()._prepare_recording(name, content, seconds, mimetype)
        rule = recordings._rule(self.sudo().case_id, values["started_at"])
        if not rule["allowed"]:
            raise UserError(
                self.env._(
                    "The recording of the call with %(debtor)s is not stored: "
                    "%(reason)s",
                    debtor=self.sudo().partner_id.display_name,
                    reason=rule["message"],
                )
            )
        return recordings.create(values | {"consent_id": rule["consent_id"]})

    def _prepare_recording(self, name, content, seconds, mimetype):
        seconds = round(seconds)
        ended = self.ended_at or fields.Datetime.now()
        started = self.answered_at or ended - timedelta(seconds=seconds)
        return {
            "call_id": self.id,
            "company_id": self.company_id.id,
            "name": name,
            "mimetype": mimetype,
            "content": base64.b64encode(content),
            "size": len(content),
            "sha256": hashlib.sha256(content).hexdigest(),
            "started_at": started,
            "seconds": seconds,
            "keep_until": self.env["debt.recording"]._last_day(self.case_id, started),
        }
