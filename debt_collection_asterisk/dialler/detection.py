"""Person or machine: the PBX listens to how whoever answered greets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .ari import AriError

if TYPE_CHECKING:
    from .call import Call

#: What AMD() of Asterisk goes by, in its order: milliseconds, but for the words (a
#: count) and the threshold (a level). A person says his name and his firm's in up to
#: three seconds and then waits; a machine goes on.
GOES_BY = {
    "initial_silence": 2500,
    "greeting": 3000,
    "after_greeting_silence": 800,
    "total_analysis_time": 6000,
    "min_word_length": 100,
    "between_words_silence": 50,
    "maximum_number_of_words": 7,
    "silence_threshold": 256,
}
PERSON, MACHINE = "HUMAN", "MACHINE"


class Detection:
    """The detection of one call."""

    def __init__(self, call: Call) -> None:
        self._call = call

    @property
    def wanted(self) -> bool:
        """Whether Odoo wants to know who answered."""
        return bool(self._call.job.get("detect_machine"))

    def variables(self) -> dict[str, str]:
        """What the dialplan gives to AMD()."""
        if not self.wanted:
            return {}
        given = GOES_BY | (self._call.job.get("detection") or {})
        return {"DEBT_AMD": ",".join(str(int(given[name])) for name in GOES_BY)}

    def start(self) -> bool:
        """Send the line to the detection; whether it went there."""
        call = self._call
        try:
            call.engine.ari.leave_to(call.channel, call.engine.config.pbx.amd_context)
        except AriError:
            return False
        return True

    def note(self, verdict: list[Any]) -> bool:
        """Note what the PBX found; whether it is a machine.

        Where it is not sure (a line without any sound), nothing is claimed and whoever
        it is gets an operator.
        """
        found, why = str(verdict[1:2] and verdict[1]), str(verdict[-1])
        if found == MACHINE:
            self._call.record("machine", {"cause": why}, machine=True)
            return True
        if found == PERSON:
            self._call.record("human", {"cause": why})
        return False
