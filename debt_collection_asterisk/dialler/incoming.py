"""Calls that come in: who is there for the caller, and what he hears if nobody is.

The dialplan sends a call here (`Stasis(debt,incoming)`). Odoo knows who it may be and
names the phones to ring, one after the other; the caller hears ringing. Whoever picks
up has him. If nobody does, he hears when we are there and may press a key to be called.
Nothing of this waits on the disk: a call that is lost to a crash is one that Odoo, not
having heard its end, calls back. Of a recording the journal knows: Odoo says, once we
have picked up, whether there is to be one, and what the caller hears before.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any

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
#: Seconds until what Odoo did not take is told again, and how often.
AGAIN, TRIES = 5.0, 60
#: Seconds until it is looked again whether a prompt has come.
LOOK_AGAIN = 0.3
#: How often.
PATIENCE = 20
ENTRY = "incoming"


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
        #: the id of the call in Odoo, and the announcement, where it is to be recorded
        self._wanted: dict[str, Any] = {}

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
        return {"uuid": self.channel, "kind": kind, "number": self.number, **more}

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
        self._tell("answered", done=self._talks, user_id=leg.user_id)

    # --- recording ----------------------------------------------------------------
    def _talks(self, answer: dict[str, Any]) -> None:
        """Odoo knows who it is, and whether it is recorded."""
        self._wanted = answer.get("record") or {}
        self._announce()

    def _announce(self) -> None:
        """First that it is recorded, then the recording."""
        if not (self._wanted and self.leg and self.state == "talking"):
            return
        prompt = self._wanted.get("announcement")
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
        if self.state != "talking" or not self.leg:
            return
        name, journal = f"{self.name}-1", self.engine.journal
        journal.recording(name, self._wanted["call_id"])
        try:
            self.engine.ari.record(self.leg.bridge, name, LIMIT)
        except AriError as error:
            _logger.warning("Incoming call %s: %s", self.channel, error)
            journal.handed_over(name)
        else:
            self.recording = name

    def _stop_recording(self) -> None:
        if self.recording:
            self.engine.ari.stop_recording(self.recording)
            self.engine.uploads.expect(self.recording)
            self.recording = None

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

    def _tell(
        self,
        kind: str,
        tries: int = TRIES,
        done: Callable[[dict[str, Any]], None] = lambda answer: None,
        **more: Any,
    ) -> None:
        """Tell Odoo; told twice it is the same."""
        told = self._told(kind, **more)

        def failed(error: Exception) -> None:
            _logger.warning("Incoming call %s: %s", self.channel, error)
            if tries:
                again = partial(self._tell, kind, tries - 1, done, **more)
                self.engine.later(AGAIN, again)

        self.engine.background(lambda: self.engine.odoo.incoming(told), done, failed)


class IncomingCalls:
    """All that came in and are not over."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._calls: dict[str, Incoming] = {}
        # Milliseconds: the phones that the process before us rang for the same caller
        # have other names, however soon we follow it.
        self._number = int(engine.wall() * 1000)

    def of(self, channel: str) -> Incoming | None:
        """The call of a caller's line."""
        return self._calls.get(channel)

    def starts(self, event: Event) -> bool:
        """Whether an event brings a new call; then it is taken."""
        if event["type"] != "StasisStart" or event.get("args", [])[:1] != [ENTRY]:
            return False
        channel = event["channel"]
        self._take(channel["id"], (channel.get("caller") or {}).get("number") or "")
        return True

    def _take(self, channel: str, number: str) -> None:
        if channel in self._calls:
            return
        self._number += 1
        name = f"{self._engine.app}-in-{self._number}"
        self._calls[channel] = Incoming(self._engine, channel, number, name)
        self._calls[channel].start()

    def compare(self, channels: list[dict[str, Any]], busy: set[str]) -> None:
        """After a gap: those that are gone are over, those that came in are taken.

        :param busy: channels that are in a bridge: somebody speaks with them
        """
        there = {channel["id"] for channel in channels}
        for call in [c for c in self._calls.values() if c.channel not in there]:
            call.end()
        entry = f"{self._engine.app},{ENTRY}"
        for channel in channels:
            plan = channel.get("dialplan") or {}
            entered = str(plan.get("app_data") or "").split(",")[:2] == entry.split(",")
            if not entered or channel["id"] in busy or channel["id"] in self._calls:
                continue
            self._engine.ari.subscribe(channel["id"])
            self._take(channel["id"], (channel.get("caller") or {}).get("number") or "")

    def forget(self, call: Incoming) -> None:
        """It is over."""
        self._calls.pop(call.channel, None)

    def by_name(self, name: str) -> Incoming | None:
        """The call whose phones and prompt have this name in front."""
        return next((c for c in self._calls.values() if c.name == name), None)

    def recordings(self) -> set[str]:
        """The names of what is being recorded."""
        return {c.recording for c in self._calls.values() if c.recording}

    def legs(self) -> Iterator[Leg]:
        """The phones that ring or speak for them."""
        for call in self._calls.values():
            if call.leg and call.leg.owner is call:
                yield call.leg
