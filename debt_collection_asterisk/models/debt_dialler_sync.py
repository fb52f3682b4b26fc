from odoo import fields, models

from .constants import plain_text, utc_text

# More than that is for the next second: a heartbeat must be short.
MOST_EVENTS = 500
MOST_LIVE = 5000
MOST_PROBLEMS = 20


class DebtTelephonyProvider(models.Model):
    """The heartbeat of the dialler process: what it says, and what it is to do."""

    _inherit = "debt.telephony.provider"

    def _dialler_sync(self, sent):
        """Answer one heartbeat.

        :param dict sent: as the protocol has it
        :return: dict for the process, or None when a newer process has taken over
        """
        self.ensure_one()
        instances = self.env["debt.dialler.instance"]
        instance, new = instances._take_seat(self, plain_text(sent.get("instance"), 64))
        if not instance:
            return None
        pbx_up = sent.get("pbx_up") is True
        live = {id_ for id_ in _list(sent, "live")[:MOST_LIVE] if _is_id(id_)}
        instance._beat(pbx_up, live, _problems(sent))
        heard = self._hear(sent)
        leases = self.env["debt.dialler.lease"]
        leases._tidy(self)
        campaigns = self.env["debt.dialler.campaign"].search(
            [("provider_id", "=", self.id), ("state", "!=", "draft")]
        )
        campaigns._pause_over_cap()
        campaigns._brake_for(sent.get("stopped"))
        # Who has just come may still have to tell what became of former calls.
        dials = self.active and pbx_up and not new
        jobs = leases._hand_out(instance, _want(sent)) if dials else []
        return heard | {
            "time": utc_text(fields.Datetime.now()),
            "jobs": jobs,
            "commands": self.env["debt.dialler.command"]._to_send(self),
            "drop": sorted(live - self._on_loan(live)),
            "operators": self.env["debt.dialler.operator"]._prepare_sync(self),
            "campaigns": [campaign._prepare_sync() for campaign in campaigns],
            "came_in": self.env["debt.dialler.incoming"]._prepare_picked(self),
        }

    def _hear(self, sent):
        """Take in events and the operators' lines."""
        calls = self.env["debt.call"]
        events = [e for e in _list(sent, "events") if isinstance(e, dict)]
        events = events[:MOST_EVENTS]
        heard = calls._telephony_events(self, events)
        accepted = {tuple(key) for key in heard["accepted"]}
        self.env["debt.dialler.command"]._acknowledge(
            self, [e for e in events if (e.get("call_id"), e.get("seq")) in accepted]
        )
        lines = {
            one["user_id"]: (one.get("line"), one.get("trouble"))
            for one in _list(sent, "operators")
            if isinstance(one, dict) and _is_id(one.get("user_id"))
        }
        self.env["debt.dialler.operator"]._hear_lines(self, lines)
        return heard

    def _on_loan(self, live):
        """Ids of the calls, of those the process knows of, that it may go on with.

        A call the operator has closed is hung up; one without an operator ends by
        itself.
        """
        leases = self.env["debt.dialler.lease"].search(
            [
                ("provider_id", "=", self.id),
                ("call_id", "in", list(live)),
                ("state", "!=", "closed"),
            ]
        )
        calls = leases.call_id
        calls._keep_alive()
        return set(
            calls.filtered(
                lambda call: call.state != "done" or call.mode == "voice_message"
            ).ids
        )


def _problems(sent):
    """What the process says is wrong, as far as it can be kept."""
    found = [one for one in _list(sent, "problems") if isinstance(one, dict)]
    return [
        {
            "code": plain_text(one.get("code"), 64),
            "text": plain_text(one.get("text"), 500),
            "values": {
                plain_text(key, 64): plain_text(value, 200)
                for key, value in (one.get("values") or {}).items()
            },
        }
        for one in found[:MOST_PROBLEMS]
        if isinstance(one.get("values") or {}, dict)
    ]


def _is_id(value):
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value < 2**31


def _list(sent, name):
    value = sent.get(name)
    return value if isinstance(value, list) else []


def _want(sent):
    """How many calls the process would begin, by campaign; keys of JSON are texts."""
    wanted = sent.get("want")
    wanted = wanted if isinstance(wanted, dict) else {}
    return {
        int(id_): count
        for id_, count in wanted.items()
        if str(id_).isdigit() and _is_id(count)
    }
