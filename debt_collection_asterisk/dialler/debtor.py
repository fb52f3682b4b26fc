"""The debtor's line: dialled once, and what the PBX says of it."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from . import causes
from .ari import AriError
from .permission import AGAIN

if TYPE_CHECKING:
    from .call import Call
    from .engine import Engine

_logger = logging.getLogger(__name__)
#: Seconds before the lawful end in which no phone is rung any more.
TOO_SHORT = 3
#: Seconds by which clocks and networks make our ring time end early.
ABOUT = 1.0
RING = 25


class DebtorLine:
    """The line of one call."""

    def __init__(self, call: Call) -> None:
        self.call = call
        #: seconds for which it is let ring, once it is dialled
        self._ring: int | None = None
        self._forwarded = False
        #: the far end hung up, if only before we heard that it had answered
        self._hung_up = False

    @property
    def engine(self) -> Engine:
        """The engine."""
        return self.call.engine

    def dial(self, caller: str | None, until: float | None = None) -> None:
        """Dial, showing the caller's number; there is no second time.

        :param until: seconds since 1970 by Odoo's clock; by then nothing may ring
        """
        call, engine = self.call, self.engine
        ring = call.job.get("ring_seconds") or RING
        left = until - engine.office_now() if until else ring
        if left < min(ring, TOO_SHORT):
            call.give_back("too_late")
            return
        # The PBX itself holds to it: a phone does not ring on after the hour.
        ring = int(min(ring, left))
        self._ring, call.dialled_at = ring, engine.now()
        call.record("dialing", state="dialling")
        engine.observe(call, "dialled")
        try:
            engine.ari.originate(
                call.channel,
                engine.config.pbx.endpoint(call.job.get("dial") or call.job["number"]),
                "debtor",
                ring,
                call.limit(),
                caller,
                call.answer.detection.variables(),
            )
        except AriError as error:
            self._not_dialled(error)

    def _not_dialled(self, error: AriError) -> None:
        _logger.warning("Call %s: %s", self.call.id, error)
        if error.status in (0, 409):
            # The PBX may have heard us, or heard us twice: see what it has.
            self.engine.later(AGAIN, self._check)
        else:
            self.call.finish(None, line="failed")

    def _check(self) -> None:
        """Whether the channel exists after all."""
        if not self.call.dialled or not self.engine.ready:
            return
        try:
            if not self.engine.ari.exists(self.call.channel):
                self.call.finish(None)
        except AriError:
            self.engine.later(AGAIN, self._check)

    # --- what the PBX says --------------------------------------------------------
    def on_event(self, event: dict[str, Any]) -> None:
        """Dispatch by the event's type."""
        handler = self.HANDLERS.get(event["type"])
        if handler and self.call.dialled:
            handler(self, event)

    def _on_dial(self, event: dict[str, Any]) -> None:
        if event.get("forward"):
            self._forwarded = True
        elif event.get("dialstatus") in ("RINGING", "PROGRESS"):
            # Progress: the network lets something be heard, which may be ringing.
            self._rings()

    def _on_state(self, event: dict[str, Any]) -> None:
        if event["channel"]["state"] == "Ringing":
            self._rings()

    def _rings(self) -> None:
        call = self.call
        if call.rang or call.state != "dialling":
            return
        call.rang = True
        call.record("ringing", rang=True)
        if call.leg:
            call.leg.ringback(True)

    def _on_start(self, event: dict[str, Any]) -> None:
        """It came into our application: answered, or back from the detection."""
        if event["args"][:1] == ["amd"]:
            self.call.answer.judged(event["args"])
        elif self.call.state == "dialling":
            self.call.answer.came()

    def _on_digit(self, event: dict[str, Any]) -> None:
        # In a conversation it may be the number of a card: none of our business.
        if self.call.state == "message":
            self.call.record("digit", {"digit": event["digit"]})
            self.call.message.on_digit(event["digit"])

    def _on_speech(self, _event: dict[str, Any]) -> None:
        self.call.answer.speaks()

    def _on_hangup_request(self, _event: dict[str, Any]) -> None:
        self._hung_up = self._hung_up or not self.call.ended_by
        if self.call.answered:
            self.call.ended_by = self.call.ended_by or "debtor"

    def _on_destroyed(self, event: dict[str, Any]) -> None:
        self.call.finish(event.get("cause"))

    HANDLERS = {
        "Dial": _on_dial,
        "ChannelStateChange": _on_state,
        "StasisStart": _on_start,
        "ChannelDtmfReceived": _on_digit,
        "ChannelTalkingStarted": _on_speech,
        "ChannelHangupRequest": _on_hangup_request,
        "ChannelDestroyed": _on_destroyed,
    }

    # --- the end ------------------------------------------------------------------
    def is_up(self) -> bool:
        """Whether the debtor is still there, as far as the PBX can be asked."""
        if self.call.ended_by or self._hung_up:
            return False
        try:
            return self.engine.ari.exists(self.call.channel)
        except AriError:
            return False

    def gone(self, cause: int | None) -> causes.Line:
        """What is known of the line, now that it is gone."""
        call = self.call
        elapsed = self.engine.now() - call.dialled_at
        # Of somebody who hangs up at once the PBX may tell the end before the answer.
        far_end = "debtor" if call.answered and self._hung_up else None
        return causes.Line(
            cause,
            rang=call.rang,
            answered=call.answered,
            machine=call.machine,
            timed_out=self._ring is not None and elapsed >= self._ring - ABOUT,
            forwarded=self._forwarded,
            asked_by=far_end or call.ended_by,
        )
