"""Calls that come in: who is there for the caller, and what he hears if nobody is.

The dialplan sends a call here (`Stasis(debt,incoming)`). Odoo knows who it may be and
names the phones to ring, one after the other; the caller hears ringing. Whoever picks
up has him. If nobody does, he hears when we are there and may press a key to be called.
Until then nothing waits on the disk: a call that is lost to a crash while it rings is
taken anew, and one that ends meanwhile Odoo, not having heard its end, calls back. Of
a conversation the journal knows, as of what Odoo is to be told: that the recording was
announced is the proof that it was lawful. Odoo says, once we have picked up, whether
there is to be a recording, and what the caller hears before.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from . import times
from .ari import AriError
from .kinds import Event, Prompt
from .legs import UP, Leg

if TYPE_CHECKING:
    from .engine import Engine

_logger = logging.getLogger(__name__)
#: Seconds that the caller has for a key after the message.
TO_PRESS = 6.0
#: The longest that such a call may last (seconds), should nobody end it.
LIMIT = 3600
#: Seconds until it is looked again whether a prompt has come.
LOOK_AGAIN = 0.3
#: How often.
PATIENCE = 20


class Incoming:
    """One call that came in.

    ringing ──► talking ──► ended
       └──────► message ──► ended
    """

    def __init__(self, engine: Engine, channel: str, number: str, name: str) -> None:
        self.engine = engine
        self.channel, self.number, self.name = channel, number, name
        self.state = "ringing"
        self.leg: Leg | None = None
        self._phones: list[dict[str, Any]] = []
        self._prompt: Prompt | None = None
        self._menu: dict[str, str] = {}
        self._choice: str | None = None
        self._rung = 0
        self._patience = PATIENCE
        #: what is being recorded, or nothing
        self.recording: str | None = None
        #: the id of the call in Odoo, once it has one
        self.call_id: int | None = None
        #: whether it is to be recorded, and what is announced before
        self._record_it = False
        self._announcement: Prompt | None = None

    def start(self) -> None:
        """Let it ring, and ask Odoo who it is for."""
        try:
            self.engine.ari.ring(self.channel, LIMIT)
        except AriError:
            # Gone already; its end follows.
            return
        question = self._told("asked")
        self.engine.background(
            lambda: self.engine.odoo.incoming(question), self._known, self._unknown
        )

    def _told(self, kind: str, **more: Any) -> dict[str, Any]:
        at = times.iso(self.engine.office_now())
        told = {"uuid": self.channel, "kind": kind, "number": self.number, "at": at}
        return told | more

    def _tell(self, kind: str, **more: Any) -> None:
        """Tell Odoo, whatever becomes of us."""
        self.engine.incoming.telling.tell(self._told(kind, **more), self._facts())

    def _known(self, answer: dict[str, Any]) -> None:
        self._phones = list(answer.get("phones") or [])
        self._prompt, self._menu = answer.get("prompt"), answer.get("menu") or {}
        if self._prompt:
            self.engine.sounds.at_hand([self._prompt])
        self._next_phone()

    def _unknown(self, error: Exception) -> None:
        """Odoo does not answer: the phone that the configuration names rings."""
        _logger.warning("A call came in, and Odoo does not say for whom: %s", error)
        if endpoint := self.engine.config.pbx.incoming_endpoint:
            self._phones = [{"user_id": None, "endpoint": endpoint}]
        self._next_phone()

    # --- our phones ---------------------------------------------------------------
    def _next_phone(self) -> None:
        """Ring the next one, or say that nobody is there."""
        while self.state == "ringing":
            if not self._phones:
                self._nobody()
                return
            if self._ring(self._phones.pop(0)):
                return

    def _ring(self, phone: dict[str, Any]) -> bool:
        """Whether this phone rings now, or was taken at once."""
        user_id = phone.get("user_id")
        station = self.engine.stations.by_user.get(user_id) if user_id else None
        if station and (station.call or station.incoming):
            return False
        if station and station.leg.state == UP:
            station.incoming = self
            self.leg = station.leg
            self.leg_up(station.leg)
            return True
        self._rung += 1
        channel = f"{self.name}-phone{self._rung}"
        self.leg = Leg(self.engine, channel, phone["endpoint"], user_id, self)
        pbx = self.engine.config.pbx
        self.leg.ring(pbx.operator_ring, pbx.operator_ring + LIMIT, self.number or None)
        # A refusal has come as `leg_down` already, and led to the next one.
        return True

    def leg_up(self, leg: Leg) -> None:
        """Somebody of us picked up: now the caller is answered, too."""
        if self.state != "ringing":
            leg.hang_up()
            return
        try:
            self.engine.ari.answer(self.channel)
            self.engine.ari.join(leg.bridge, self.channel)
        except AriError as error:
            _logger.warning("Incoming call %s: %s", self.channel, error)
            self.engine.ari.hangup(self.channel)
            return
        self.state, self._patience = "talking", PATIENCE
        self._tell("answered", user_id=leg.user_id)

    # --- over a crash -------------------------------------------------------------
    def _facts(self) -> dict[str, Any] | None:
        """What another process must know to go on with the conversation."""
        if self.state != "talking" or not self.leg:
            return None
        return {
            "number": self.number,
            "name": self.name,
            "leg": self.leg.channel,
            "endpoint": self.leg.endpoint,
            "user_id": self.leg.user_id,
            "call_id": self.call_id,
            "recording": self.recording,
        }

    def revive(self, facts: dict[str, Any]) -> None:
        """Go on with a conversation of an earlier process, if both are still there.

        What is to be seen of the PBX: a comparison with it follows.
        """
        self.state = "talking"
        self.call_id, self.recording = facts["call_id"], facts["recording"]
        name, user_id = self.engine.names.fullmatch(facts["leg"]), facts["user_id"]
        if name and name["user"]:
            station = self.engine.stations.of(user_id)
            station.incoming, self.leg = self, station.leg
        else:
            endpoint = facts["endpoint"]
            self.leg = Leg(self.engine, facts["leg"], endpoint, user_id, self)
        self.leg.state = UP

    # --- recording ----------------------------------------------------------------
    def known(self, answer: dict[str, Any]) -> None:
        """Odoo knows who it is, and whether it is recorded; it says so once."""
        if self.state != "talking" or self.call_id:
            return
        self.call_id = answer.get("call_id")
        record = answer.get("record")
        self._record_it = bool(self.call_id and record)
        self._announcement = (record or {}).get("announcement")
        self.engine.journal.note_incoming(self.channel, self._facts())
        self._announce()

    def _announce(self) -> None:
        """First that it is recorded, then the recording."""
        if not (self._record_it and self.leg and self.state == "talking"):
            return
        prompt = self._announcement
        if not prompt:
            self._record()
        elif self.engine.sounds.at_hand([prompt]):
            media = self.engine.sounds.media(prompt)
            where = f"bridges/{self.leg.bridge}"
            try:
                self.engine.ari.play(where, media, f"{self.name}-announcement")
            except AriError as error:
                _logger.warning("Incoming call %s: %s", self.channel, error)
        elif self._patience:
            self._patience -= 1
            self.engine.later(LOOK_AGAIN, self._announce)

    def _record(self) -> None:
        """Begin to record; noted before, so that it is found after a crash."""
        if not (self._record_it and self.call_id and self.leg):
            return
        name, journal = f"{self.name}-1", self.engine.journal
        journal.recording(name, self.call_id)
        try:
            self.engine.ari.record(self.leg.bridge, name, LIMIT)
        except AriError as error:
            _logger.warning("Incoming call %s: %s", self.channel, error)
            journal.handed_over(name)
        else:
            self.recording = name
            self._tell("recording", on=True)

    def _stop_recording(self) -> None:
        if self.recording:
            self.engine.ari.stop_recording(self.recording)
            self.engine.uploads.expect(self.recording)
            self.recording = None

    # --- what people do to it in Odoo ---------------------------------------------
    def obey(self, command: dict[str, Any]) -> None:
        """Carry out a command, and say so."""
        done = {"id": command["id"], "ok": True, "error": ""}
        if command["command"] == "hangup":
            self.engine.ari.hangup(self.channel)
        elif command["command"] == "stop_record":
            # Nor does it begin, should the announcement still be heard.
            self._record_it = False
            self._stop_recording()
            self._tell("recording", on=False)
        else:
            done |= {"ok": False, "error": "came_in"}
        self._tell("command", **done)

    def leg_down(self, leg: Leg, cause: int | None) -> None:
        """That phone was not picked up, or whoever spoke there hung up."""
        if leg is not self.leg:
            return
        if self.state == "talking":
            self._stop_recording()
            self.engine.ari.hangup(self.channel)
        elif self.state == "ringing":
            self.leg = None
            self._next_phone()

    # --- nobody -------------------------------------------------------------------
    def _nobody(self) -> None:
        """Say when we are there; the caller hears it ring until that can be said."""
        prompt = self._prompt
        if prompt and not self.engine.sounds.at_hand([prompt]) and self._patience:
            self._patience -= 1
            self.engine.later(LOOK_AGAIN, self._next_phone)
            return
        self.state = "message"
        if not (prompt and self.engine.sounds.at_hand([prompt])):
            self.engine.ari.hangup(self.channel)
            return
        media, where = self.engine.sounds.media(prompt), f"channels/{self.channel}"
        try:
            self.engine.ari.answer(self.channel)
            self.engine.ari.play(where, media, f"{self.name}-prompt")
        except AriError as error:
            _logger.warning("Incoming call %s: %s", self.channel, error)
            self.engine.ari.hangup(self.channel)

    def on_played(self, what: str, failed: bool) -> None:
        """A prompt came to its end; who was not told so is not recorded."""
        if what == "announcement":
            if not failed and self.state == "talking":
                self._tell("announced")
                self._record()
        elif self._menu:
            # The message was heard: there is a while left for a key.
            self.engine.later(TO_PRESS, lambda: self.engine.ari.hangup(self.channel))
        else:
            self.engine.ari.hangup(self.channel)

    # --- what the PBX says --------------------------------------------------------
    def on_event(self, event: Event) -> None:
        """About the caller's line."""
        # Of a line that came in by the dialplan we are told no more once it left us.
        if event["type"] in ("StasisEnd", "ChannelDestroyed"):
            self.end()
        elif event["type"] == "ChannelDtmfReceived" and self.state == "message":
            self._press(event["digit"])

    def _press(self, digit: str) -> None:
        """A key while the message is heard; those without a meaning do nothing."""
        if choice := self._menu.get(digit):
            self._choice = choice
            self.engine.ari.hangup(self.channel)

    def end(self) -> None:
        """The caller is gone."""
        answered = self.state == "talking"
        self.state = "ended"
        self.engine.incoming.forget(self)
        self._stop_recording()
        if self.leg:
            self._let_go(self.leg)
        if answered:
            self._tell("ended")
        else:
            self._tell("missed", choice=self._choice)

    def _let_go(self, leg: Leg) -> None:
        if leg.owner is self:
            leg.let_go()
        else:
            leg.owner.incoming = None
