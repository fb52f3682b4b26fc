"""One call, from its lease to its end.

    leased ──► operator ──► asking ──► dialling ──► detecting ──► waiting ──► talking
       │    (click-to-call)  (Odoo)                (a machine?)    │    └────► message
       └──► ended (given back, undialled)                          └──► farewell

Whatever happens, the debtor is dialled at most once and exactly one `ended` is told.
"""

import logging

from . import causes, times
from .ari import AriError
from .legs import UP, Leg
from .message import Message
from .permission import AGAIN, Permission
from .talk import Talk

_logger = logging.getLogger(__name__)
#: Seconds in which somebody who answered gets an operator, or the message that we
#: shall call again: the limit is two, from the answer or from the end of detection.
PATIENCE = 1.5
PATIENCE_AFTER_DETECTION = 0.5
#: Seconds that an operator's line may last longer than the debtor's.
LONGER = 30


class Call:
    """The state machine; `desk` is the engine."""

    def __init__(self, desk, job, state="leased", facts=None):
        facts = facts or {}
        self.desk = desk
        self.job = job
        self.id = job["call_id"]
        self.name = f"{desk.app}-{self.id}"
        # To Asterisk a name is taken when it begins another's: `debt-4` would be
        # refused while `debt-42` lives. No name of ours begins another one.
        self.channel = f"{self.name}-debtor"
        self.state = state
        self.leg = None
        self.rang = facts.get("rang", False)
        self.answered = facts.get("answered", False)
        self.machine = facts.get("machine", False)
        self.ended_by = None
        self.dialled_at = self.since = desk.now()
        self.permission = Permission(self)
        self.talk = Talk(self, facts)
        self.message = Message(self)

    # --- what others ask ----------------------------------------------------------
    @property
    def campaign(self):
        """The campaign it belongs to, if Odoo still names it."""
        return self.desk.campaigns.get(self.job.get("campaign_id"))

    @property
    def paced(self):
        """Whether the campaign decides when it is dialled."""
        return not self.job.get("operator")

    @property
    def in_flight(self):
        """Dialled, or about to be, and nobody spoke yet."""
        return self.state in ("asking", "dialling", "detecting")

    @property
    def dialled(self):
        """Whether the debtor's channel may exist."""
        return self.state not in ("leased", "operator", "asking", "ended")

    @property
    def expired(self):
        """Whether its lease, or the hours in which one may call, are over."""
        now = self.desk.office_now()
        limits = (self.job.get("lease_until"), self.job.get("until"))
        return any(now >= limit for limit in map(times.parse, limits) if limit)

    def legs(self):
        """The legs of this call alone, by the names of their channels."""
        legs = (self.leg, self.talk.next)
        return {leg.channel: leg for leg in legs if leg and leg.owner is self}

    def prompts(self):
        """All that may have to be played."""
        names = ("announcement", "message", "abandon_message", "promise_prompt")
        return [self.job[name] for name in names if self.job.get(name)]

    def record(self, kind, values=None, state=None, **facts):
        """Tell Odoo, and take the next state: both or neither."""
        seq = self.desk.journal.record(
            self.id, kind, values or {}, self.desk.wall(), state, **facts
        )
        if state:
            self.state, self.since = state, self.desk.now()
        return seq

    # --- before the debtor's phone rings ------------------------------------------
    def start(self):
        """Begin: with the operator's phone, or at once."""
        operator = self.job.get("operator")
        if operator and self.job.get("operator_first"):
            self._call_operator(operator)
        else:
            self.permission.ask()

    def _call_operator(self, operator):
        station = self.desk.stations.by_user.get(operator["user_id"])
        if station and station.leg.state == UP and not station.call:
            station.take(self)
            self.leg = station.leg
            self.permission.ask()
            return
        self.record("operator_ringing", {"user_id": operator["user_id"]}, "operator")
        self._ring(operator)

    def _ring(self, operator):
        """Ring an operator's phone for this call alone."""
        endpoint, user_id = operator["endpoint"], operator["user_id"]
        name = f"{self.name}-operator"
        self.leg = Leg(self.desk, name, endpoint, user_id, self)
        ring = self.desk.config.pbx.operator_ring
        self.leg.ring(ring, ring + self.limit() + LONGER)

    def limit(self):
        """Seconds after which the PBX drops the line, should nobody else do it."""
        ring = self.job.get("ring_seconds") or 25
        return (self.job.get("max_seconds") or 3600) + ring

    def leg_up(self, leg):
        """The operator picked up."""
        if self.state == "operator":
            self.record("operator_answered", {"user_id": leg.user_id})
            self.permission.ask()
        elif self.state == "waiting":
            self.connect(leg)
        elif self.state == "talking":
            self.talk.leg_up(leg)
        else:
            leg.hang_up()

    def leg_down(self, leg, cause):
        """The operator hung up, or was not to be had."""
        if self.state == "talking" and self.talk.was_handed_on(leg):
            return
        if self.state == "operator":
            line = causes.line_of(cause, rang=True)
            self.record("operator_failed", {"user_id": leg.user_id, "line": line})
            self.give_back("operator_failed")
        elif self.state == "asking":
            self.give_back("operator_left", by="operator")
        elif self.dialled:
            self.hang_up("operator")

    def dial(self, caller):
        """Dial, showing the caller's number; there is no second time."""
        number = self.job["number"]
        template = self.desk.config.pbx.dial
        endpoint = template.format(number=number, digits=number.lstrip("+"))
        ring = self.job.get("ring_seconds") or 25
        self.dialled_at = self.desk.now()
        self.record("dialing", state="dialling")
        self.desk.observe(self, "dialled")
        try:
            self.desk.ari.originate(
                self.channel, endpoint, "debtor", ring, self.limit(), caller
            )
        except AriError as error:
            self._not_dialled(error)

    def _not_dialled(self, error):
        _logger.warning("Call %s: %s", self.id, error)
        if error.status in (0, 409):
            # The PBX may have heard us, or heard us twice: see what it has.
            self.desk.later(AGAIN, self.check)
        else:
            self.finish(None, line="failed")

    def check(self):
        """Whether the channel exists after all."""
        if not self.dialled or not self.desk.ready:
            return
        try:
            if not self.desk.ari.exists(self.channel):
                self.finish(None)
        except AriError:
            self.desk.later(AGAIN, self.check)

    # --- what the PBX says about the debtor's channel -----------------------------
    def on_event(self, event):
        """Dispatch by the event's type."""
        handler = self.HANDLERS.get(event["type"])
        if handler and self.dialled:
            handler(self, event)

    def _on_dial(self, event):
        if event.get("dialstatus") == "RINGING":
            self._rings()

    def _on_state(self, event):
        if event["channel"]["state"] == "Ringing":
            self._rings()

    def _rings(self):
        if self.rang or self.state != "dialling":
            return
        self.rang = True
        self.record("ringing", rang=True)
        if self.leg:
            self.leg.ringback(True)

    def _on_start(self, event):
        """It came into our application: answered, or back from the detection."""
        if event["args"][:1] == ["amd"]:
            self._on_verdict(event["args"])
        elif self.state == "dialling":
            self._on_answer()

    def _on_answer(self):
        self.answered = True
        if self.leg:
            self.leg.ringback(False)
        self.record("answered", state="waiting", answered=True)
        if not self.job.get("detect_machine"):
            self._person(PATIENCE)
            return
        try:
            self.state = "detecting"
            context = self.desk.config.pbx.amd_context
            self.desk.ari.leave_to(self.channel, context)
        except AriError:
            self._person(PATIENCE)

    def _on_verdict(self, verdict):
        if self.state != "detecting":
            return
        if verdict[1:2] == ["MACHINE"]:
            self.machine = True
            self.record("machine", {"cause": verdict[-1]}, machine=True)
            if not self.leg:
                self.hang_up("us")
                return
        else:
            self.record("human")
        self._person(PATIENCE_AFTER_DETECTION)

    def _person(self, patience):
        """Somebody listens: an operator, or our message, and quickly."""
        self.state = "waiting"
        if not self.machine:
            self.desk.observe(self, "answered")
        if self.leg:
            self.connect(self.leg)
        elif self.job.get("mode") == "voice_message":
            self.message.start()
        else:
            self.want_operator(patience)

    def want_operator(self, patience=PATIENCE):
        """Put through to who waits longest, or wait a moment for one."""
        self.state, self.since = "waiting", self.desk.now()
        operator = self.job.get("operator")
        if operator:
            self._ring(operator)
        self.serve()
        if self.state == "waiting":
            self.desk.later(patience, self._too_late)

    def serve(self):
        """Take an operator who became free."""
        if self.state != "waiting" or self.leg:
            return
        station = self.desk.stations.longest_idle(self.job.get("campaign_id"))
        if station:
            station.take(self)
            self.connect(station.leg)

    def connect(self, leg):
        """Let the two talk."""
        self.leg = leg
        if self.talk.begin(leg):
            self.desk.observe(self, "connected")

    def _too_late(self):
        if self.state == "waiting":
            self.record("abandoned", state="farewell")
            self.desk.observe(self, "abandoned")
            self.message.farewell()

    def on_played(self, name, failed):
        """A prompt that we played came to its end, or could not be played."""
        part = self.talk if self.state == "talking" else self.message
        part.on_played(name, failed)

    def _on_digit(self, event):
        # In a conversation it may be the number of a card: none of our business.
        if self.state == "message":
            self.record("digit", {"digit": event["digit"]})
            self.message.on_digit(event["digit"])

    def _on_hangup_request(self, _event):
        if self.answered:
            self.ended_by = self.ended_by or "debtor"

    def _on_destroyed(self, event):
        self.finish(event.get("cause"))

    HANDLERS = {
        "Dial": _on_dial,
        "ChannelStateChange": _on_state,
        "StasisStart": _on_start,
        "ChannelDtmfReceived": _on_digit,
        "ChannelHangupRequest": _on_hangup_request,
        "ChannelDestroyed": _on_destroyed,
    }

    # --- the end ------------------------------------------------------------------
    def give_back(self, reason, by="us"):
        """Not dialled: Odoo may plan this debtor anew."""
        self._end("cancelled", None, by, reason=reason, back=True)

    def hang_up(self, by):
        """End the debtor's line; `finish` follows when the PBX says so."""
        self.ended_by = self.ended_by or by
        self.desk.ari.hangup(self.channel)

    def finish(self, cause, line=None):
        """The debtor's line is gone."""
        if self.state in ("dialling", "detecting"):
            self.desk.observe(self, "failed")
        self._end(line or self._line(cause), cause, self.ended_by or self._by(cause))

    def _line(self, cause):
        if self.machine:
            return "machine"
        if self.answered:
            return "answered"
        if self.ended_by in ("us", "operator"):
            return "cancelled"
        return causes.line_of(cause, self.rang)

    def _by(self, cause):
        """Who ended it when nobody asked for it: a limit that ran out is the PBX's."""
        return "debtor" if cause in causes.BUSY | causes.DECLINED else "pbx"

    def _end(self, line, cause, by, reason=None, back=False):
        if self.state == "ended":
            return
        values = {"line": line, "cause": cause, "rang": self.rang, "by": by}
        values |= {"reason": reason} if reason else {}
        seq = self.record("ended", values, "ended", back=back)
        self.talk.end(seq)
        self.desk.forget(self)
