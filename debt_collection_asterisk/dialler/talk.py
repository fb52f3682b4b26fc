"""Debtor and operator together: announcement, recording, hold, handing on."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from .ari import AriError
from .kinds import Prompt
from .legs import RINGING, Leg

if TYPE_CHECKING:
    from .call import Call
    from .engine import Engine

_logger = logging.getLogger(__name__)


#: Told once how a transfer ended: nothing when it worked, else why not.
Decide = Callable[[str | None], None]


class Talk:
    """The conversation of one call."""

    def __init__(self, call: Call, facts: dict[str, Any]) -> None:
        self.call = call
        self.recordings = facts.get("recordings", 0)
        self.recording = facts.get("recording")
        self.held = facts.get("held", False)
        self.transfers = 0
        #: the leg of the colleague who is being rung
        self.next: Leg | None = None
        #: how the wish to hand on, or to hear a prompt, is answered once it is decided
        self._decide: Decide | None = None

    @property
    def engine(self) -> Engine:
        """The engine."""
        return self.call.engine

    @property
    def leg(self) -> Leg:
        """The line of whoever speaks with the debtor."""
        if not self.call.leg:
            raise ValueError("not_talking")
        return self.call.leg

    def begin(self, leg: Leg) -> bool:
        """Put the debtor through; whether it went well."""
        call = self.call
        try:
            self.engine.ari.join(leg.bridge, call.channel)
        except AriError as error:
            _logger.warning("Call %s: %s", call.id, error)
            call.line_gone()
            return False
        call.record(
            "bridged",
            {"user_id": leg.user_id},
            "talking",
            user_id=leg.user_id,
            leg=leg.channel,
            endpoint=leg.endpoint,
        )
        self._announce()
        return True

    def _announce(self) -> None:
        """First that it is recorded, then the recording."""
        prompt = self.call.job.get("announcement")
        if prompt:
            self.play(prompt, "announcement")
        else:
            self._record_if_wanted()

    def _record_if_wanted(self) -> None:
        """A talk without its recording is better than none."""
        if not self.call.job.get("record"):
            return
        try:
            self.record()
        except AriError as error:
            _logger.warning("Call %s: %s", self.call.id, error)

    def play(self, prompt: Prompt, purpose: str) -> None:
        """Let both hear a prompt."""
        where = f"bridges/{self.leg.bridge}"
        media = self.engine.sounds.media(prompt)
        try:
            self.engine.ari.play(where, media, f"{self.call.name}-{purpose}")
        except AriError as error:
            _logger.warning("Call %s: %s", self.call.id, error)

    def on_played(self, purpose: str, failed: bool) -> None:
        """A prompt came to its end; who was not told so is not recorded."""
        if purpose != "announcement" or failed:
            return
        prompt_id = self.call.job["announcement"]["id"]
        self.call.record("announced", {"prompt_id": prompt_id})
        self._record_if_wanted()

    # --- recording ----------------------------------------------------------------
    def record(self) -> None:
        """Begin to record; noted before, so that it is found after a crash."""
        if self.recording:
            return
        self.recordings += 1
        name = f"{self.call.name}-{self.recordings}"
        self.engine.journal.recording(name, self.call.id)
        try:
            self.engine.ari.record(self.leg.bridge, name, self.call.limit())
        except AriError:
            self.engine.journal.handed_over(name)
            raise
        self.recording = name
        facts = {"recording": name, "recordings": self.recordings}
        self.call.record("recording_started", {"name": name}, **facts)

    def stop_recording(self) -> None:
        """End it; the event that follows makes it be handed over."""
        if self.recording:
            self.engine.ari.stop_recording(self.recording)
            self.engine.uploads.expect(self.recording)
            self.recording = None

    # --- hold and transfer --------------------------------------------------------
    def hold(self) -> None:
        """The debtor hears music, the operator nothing."""
        if self.held:
            raise ValueError("on_hold")
        self.engine.ari.part(self.leg.bridge, self.call.channel)
        self.engine.ari.music(self.call.channel, on=True)
        self.held = True
        self.call.record("held", held=True)

    def resume(self) -> None:
        """Both together again."""
        if not self.held:
            raise ValueError("not_on_hold")
        self._off_hold(self.leg)

    def _off_hold(self, leg: Leg) -> None:
        """No more music; the debtor is with whoever has this leg."""
        if self.held:
            self.engine.ari.music(self.call.channel, on=False)
        self.engine.ari.join(leg.bridge, self.call.channel)
        if self.held:
            self.held = False
            self.call.record("resumed", held=False)

    def transfer(self, endpoint: str, decide: Decide = lambda error: None) -> None:
        """Ring a colleague; once he answers, he takes the operator's place.

        :param decide: called once with nothing, or with why it came to nothing: then
            the debtor is with the operator as before, off hold too
        """
        if self.next and self.next.state == RINGING:
            raise ValueError("transferring")
        self.transfers += 1
        self._decide = decide
        name = f"{self.call.name}-colleague{self.transfers}"
        self.next = Leg(self.engine, name, endpoint, None, self.call)
        self.next.ring(self.engine.config.pbx.operator_ring, self.call.limit())

    def leg_up(self, leg: Leg) -> None:
        """The colleague answered."""
        if leg is not self.next:
            leg.hang_up()
            return
        call, former = self.call, self.leg
        try:
            self._off_hold(leg)
        except AriError:
            leg.hang_up()
            return
        self.stop_recording()
        call.leg, self.next = leg, None
        seq = call.record(
            "transferred",
            {"to": leg.endpoint},
            leg=leg.channel,
            user_id=None,
        )
        self._decided(None)
        self._let_go(former, seq)
        self._record_if_wanted()

    def _decided(self, error: str | None) -> None:
        decide, self._decide = self._decide, None
        if decide:
            decide(error)

    def was_handed_on(self, leg: Leg, cause: int | None) -> bool:
        """Whether this leg's end leaves the conversation as it is."""
        if leg is not self.next:
            return leg is not self.call.leg
        self.next = None
        if self.held:
            try:
                self._off_hold(self.leg)
            except AriError as error:
                _logger.warning("Call %s: %s", self.call.id, error)
        self._decided(leg.why(cause))
        return True

    def _let_go(self, leg: Leg, seq: int) -> None:
        """An operator's leg waits for the next call; one of this call alone ends."""
        if leg.owner is self.call:
            leg.let_go()
        else:
            leg.owner.release(self.call, seq)

    def end(self, seq: int) -> None:
        """The call is over: what it used is let go."""
        self.stop_recording()
        self._decided("ended")
        for leg in (self.call.leg, self.next):
            if leg:
                self._let_go(leg, seq)
