"""A leg: the line to one of our own phones, in a bridge of its own.

An operator who waits for calls keeps one leg all day (`debt-op-7-line`); a call by
hand rings his phone for this one call (`debt-42-operator`). Who talks to him joins his
bridge.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from . import causes
from .ari import AriError
from .kinds import Event

if TYPE_CHECKING:
    from .engine import Engine

_logger = logging.getLogger(__name__)
DOWN, RINGING, UP = "down", "ringing", "up"
BRIDGE = "-bridge"
#: What may be wrong with a phone, by what `Ari.trouble_of` says.
TROUBLES = {
    "unregistered": "%s is not registered with the PBX: is the phone on? (%s)",
    "unknown_phone": "The PBX has no telephone %s: `pjsip show endpoints`. (%s)",
}


class Leg:
    """One line; its `owner` hears `leg_up(leg)` and `leg_down(leg, cause)`."""

    def __init__(
        self,
        engine: Engine,
        channel: str,
        endpoint: str | None,
        user_id: int | None,
        owner: Any,
    ) -> None:
        self.channel = channel
        # Not the same name: to the PBX, channels and bridges share their names.
        self.bridge = f"{channel}{BRIDGE}"
        self.endpoint = endpoint
        self.user_id = user_id
        self.owner = owner
        self.state = DOWN
        self._engine = engine
        self._tone = f"{channel}-tone"
        #: the PBX knows the phone by name only, or not at all
        self._trouble: str | None = None
        #: the phone named another number instead of itself
        self._forwarded = False
        #: it was picked up, when it last went down
        self.was_up = False

    def ring(self, seconds: float, limit: int, caller: str | None = None) -> None:
        """Ring the phone; a refusal comes as `leg_down`, never as an exception."""
        self.state, self._trouble, self._forwarded = RINGING, None, False
        try:
            self._engine.ari.originate(
                self.channel, self.endpoint or "", "leg", seconds, limit, caller
            )
        except AriError as error:
            # Already there (after a lost answer): its events will tell.
            if error.status != 409:
                self._refused(error)

    def _refused(self, error: Exception) -> None:
        """Say in a sentence why the PBX does not ring the phone."""
        self._trouble = self._engine.ari.trouble_of(self.endpoint or "")
        text = TROUBLES.get(self._trouble or "", "%s cannot be rung: %s")
        _logger.warning(text, self.endpoint, error)
        self._went_down(None)

    def why(self, cause: int | None) -> str:
        """Why it is down: an outcome of a line, or what is wrong with the phone."""
        if self._trouble:
            return self._trouble
        line = causes.Line(cause, rang=True, forwarded=self._forwarded)
        return causes.judge(line).reason or causes.line_of(cause, rang=True)

    def on_event(self, event: Event) -> None:
        """What the PBX says about this channel."""
        if event["type"] == "StasisStart":
            self.came_up()
        elif event["type"] == "Dial":
            # The cause that follows is now the phone's, now that of our hanging up.
            self._forwarded = self._forwarded or bool(event.get("forward"))
        elif event["type"] == "ChannelDestroyed":
            self._went_down(event.get("cause"))

    def came_up(self) -> None:
        """It was picked up."""
        try:
            self._engine.ari.open_bridge(self.bridge)
            self._engine.ari.join(self.bridge, self.channel)
        except AriError:
            self.hang_up()
            return
        self.state = UP
        self.owner.leg_up(self)

    def _went_down(self, cause: int | None) -> None:
        if self.state == DOWN:
            return
        self.was_up = self.state == UP
        self.state = DOWN
        # Its owner first: he ends what is recorded of the bridge. Of a recording that
        # goes with its bridge the PBX often does not tell that it is complete.
        self.owner.leg_down(self, cause)
        self._engine.ari.close_bridge(self.bridge)

    def adopt(self) -> None:
        """Take over a line that was up before this process, or this connection."""
        self.state = UP
        self.subscribe()

    def subscribe(self) -> None:
        """Hear of it again."""
        self._engine.ari.subscribe(self.channel)

    def lost(self) -> None:
        """It ended while nobody listened."""
        self._went_down(None)

    def hang_up(self) -> None:
        """End it; `leg_down` follows when the PBX says so."""
        self._engine.ari.hangup(self.channel)

    def let_go(self) -> None:
        """End it for good: its owner is gone and will not hear of it."""
        self.hang_up()
        self._engine.ari.close_bridge(self.bridge)
        self.state = DOWN

    def ringback(self, on: bool) -> None:
        """Let the operator hear that the debtor's phone rings."""
        if not on:
            self._engine.ari.stop_playing(self._tone)
            return
        try:
            self._engine.ari.play(f"channels/{self.channel}", "tone:ring", self._tone)
        except AriError:
            # A courtesy: a PBX without tones dials all the same.
            return
