"""Somebody, or something, answered: who it is, and who speaks with him."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .detection import Detection

if TYPE_CHECKING:
    from .call import Call
    from .engine import Engine

#: Seconds in which somebody who answered gets an operator, or the message that we
#: shall call again: the limit is two, from the answer or from the end of detection.
PATIENCE = 1.5
PATIENCE_AFTER_DETECTION = 0.5
#: Seconds after which the message is over, whatever we heard of it.
LONGEST_FAREWELL = 20.0
#: Seconds between two looks at a message of which we may hear nothing.
ASK_AGAIN = 1.0
#: Seconds in which whoever speaks over our message proves to be a machine.
TO_GO_ON = 2.0


class Answer:
    """What follows the answer of one call."""

    def __init__(self, call: Call) -> None:
        self.call = call
        self.detection = Detection(call)
        self.abandoned = False
        #: taken for a machine, and our message is played all the same
        self._suspected = self._spoke = False

    @property
    def engine(self) -> Engine:
        """The engine."""
        return self.call.engine

    def came(self) -> None:
        """The line was answered."""
        call = self.call
        if call.leg:
            call.leg.ringback(False)
        call.note_answer()
        if self.detection.wanted:
            call.state = "detecting"
            if self.detection.start():
                return
        self._person(PATIENCE)

    def missed(self) -> None:
        """The line was answered while the PBX's events did not reach us."""
        self.call.note_answer()
        self.engine.observe(self.call, "answered")
        self._abandon()
        self.call.message.farewell()
        self.engine.later(LONGEST_FAREWELL, self._part)
        self.engine.later(ASK_AGAIN, self._listen)

    def _listen(self) -> None:
        """The PBX may not tell that the message came to its end: ask it."""
        if self.call.state == "farewell" and self.call.message.look():
            self.engine.later(ASK_AGAIN, self._listen)

    def _part(self) -> None:
        """Whatever was said, it is over by now."""
        if self.call.state == "farewell":
            self.call.hang_up("us")

    def judged(self, verdict: list[Any]) -> None:
        """The line is back from the detection."""
        call = self.call
        if call.state != "detecting":
            return
        call.machine = self.detection.note(verdict)
        if call.machine and not call.leg:
            self._spare()
        else:
            self._person(PATIENCE_AFTER_DETECTION)

    # --- a person -----------------------------------------------------------------
    def _person(self, patience: float) -> None:
        """Somebody listens: an operator, or our message, and quickly."""
        call = self.call
        call.state = "waiting"
        if not call.machine:
            self.engine.observe(call, "answered")
        if call.leg:
            self._connect()
        elif call.job.get("mode") == "voice_message":
            call.message.start()
        else:
            self.want_operator(patience)

    def want_operator(self, patience: float = PATIENCE) -> None:
        """Put through to who waits longest, or wait a moment for one."""
        call = self.call
        call.state, call.since = "waiting", self.engine.now()
        if operator := call.job.get("operator"):
            call.ring_operator(operator)
        self.serve()
        if call.state == "waiting":
            self.engine.later(patience, self._too_late)

    def serve(self) -> None:
        """Take an operator who became free."""
        call = self.call
        if call.state != "waiting" or call.leg:
            return
        station = self.engine.stations.longest_idle(call.job.get("campaign_id"))
        if station:
            station.take(call)
            call.leg = station.leg
            self._connect()

    def _connect(self) -> None:
        """Let the two talk."""
        call = self.call
        if call.leg and call.talk.begin(call.leg):
            self.engine.observe(call, "connected")

    def operator_came(self) -> None:
        """The operator who was rung for this call picked up."""
        self._connect()

    # --- nobody of us -------------------------------------------------------------
    def _too_late(self) -> None:
        if self.call.state == "waiting":
            self._abandon()
            self.call.message.farewell()

    def _abandon(self) -> None:
        """He answered, and nobody of us is there."""
        self.abandoned = True
        if self._suspected:
            self.engine.observe(self.call, "answered")
        self.call.record("abandoned", state="farewell")
        self.engine.observe(self.call, "abandoned")

    # --- a machine ----------------------------------------------------------------
    def _spare(self) -> None:
        """A machine gets no operator. Should it be a person, he hears who called.

        Who speaks on over our message is a machine; who does not may be a person, and
        counts as abandoned.
        """
        call = self.call
        call.state, call.since = "farewell", self.engine.now()
        if not call.job.get("abandon_message"):
            call.hang_up("us")
            return
        self._suspected = True
        self.engine.ari.watch_speech(call.channel)
        call.message.farewell()
        self.engine.later(TO_GO_ON, self.settle)

    def speaks(self) -> None:
        """Whoever is on the line speaks."""
        self._spoke = True

    def settle(self) -> None:
        """Who was taken for a machine, and did not prove to be one, is a person."""
        over = self.abandoned or self.call.state == "ended"
        if self._suspected and not self._spoke and not over:
            self._abandon()
