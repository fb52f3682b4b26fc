"""One call, from its lease to its end.

    leased ──► operator ──► asking ──► dialling ──► detecting ──► waiting ──► talking
       │    (click-to-call)  (Odoo)                (a machine?)    │    └────► message
       └──► ended (given back, undialled)                          └──► farewell

Whatever happens, the debtor is dialled at most once and exactly one `ended` is told.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import causes, times
from .answer import Answer
from .debtor import RING, DebtorLine
from .legs import UP, Leg
from .message import Message
from .permission import Permission
from .talk import Talk

if TYPE_CHECKING:
    from .campaign import Campaign
    from .engine import Engine

#: Why an operator's phone was not had, as reasons that have a sentence of their own.
OWN_PHONE = {
    "unregistered": "phone_unregistered",
    "unknown_phone": "phone_unknown",
    "forwarded": "phone_forwarded",
    "busy": "phone_busy",
}
#: Seconds until a line that we ended, and that is still there, is ended again.
INSIST = 3.0
#: Seconds that an operator's line may last longer than the debtor's.
LONGER = 30


class Call:
    """The state machine of a call."""

    def __init__(
        self,
        engine: Engine,
        job: dict[str, Any],
        state: str = "leased",
        facts: dict[str, Any] | None = None,
    ) -> None:
        facts = facts or {}
        self.engine = engine
        self.job = job
        self.id: int = job["call_id"]
        self.name = f"{engine.app}-{self.id}"
        # To Asterisk a name is taken when it begins another's: `debt-4` would be
        # refused while `debt-42` lives. No name of ours begins another one.
        self.channel = f"{self.name}-debtor"
        self.state = state
        #: the line of the operator who has the call, or is rung for it
        self.leg: Leg | None = None
        self.rang: bool = facts.get("rang", False)
        self.answered: bool = facts.get("answered", False)
        self.machine: bool = facts.get("machine", False)
        self.ended_by: str | None = None
        self.dialled_at = self.answered_at = self.since = engine.now()
        self.permission = Permission(self)
        self.line = DebtorLine(self)
        self.answer = Answer(self)
        self.talk = Talk(self, facts)
        self.message = Message(self)

    # --- what others ask ----------------------------------------------------------
    @property
    def campaign(self) -> Campaign | None:
        """The campaign it belongs to, if Odoo still names it."""
        return self.engine.campaigns.get(self.job.get("campaign_id"))

    @property
    def paced(self) -> bool:
        """Whether the campaign decides when it is dialled."""
        return not self.job.get("operator")

    @property
    def in_flight(self) -> bool:
        """Dialled, or about to be, and nobody spoke yet."""
        return self.state in ("asking", "dialling", "detecting")

    @property
    def dialled(self) -> bool:
        """Whether the debtor's channel may exist."""
        return self.state not in ("leased", "operator", "asking", "ended")

    @property
    def expired(self) -> bool:
        """Whether its lease, or the hours in which one may call, are over."""
        now = self.engine.office_now()
        limits = (self.job.get("lease_until"), self.job.get("until"))
        return any(now >= limit for limit in map(times.parse, limits) if limit)

    def legs(self) -> dict[str, Leg]:
        """The legs of this call alone, by the names of their channels."""
        legs = (self.leg, self.talk.next)
        return {leg.channel: leg for leg in legs if leg and leg.owner is self}

    def prompts(self) -> list[dict[str, Any]]:
        """All that may have to be played."""
        names = ("announcement", "message", "abandon_message", "promise_prompt")
        return [self.job[name] for name in names if self.job.get(name)]

    def record(
        self,
        kind: str,
        values: dict[str, Any] | None = None,
        state: str | None = None,
        **facts: Any,
    ) -> int:
        """Tell Odoo, and take the next state: both or neither."""
        seq = self.engine.journal.record(
            self.id, kind, values or {}, self.engine.office_now(), state, **facts
        )
        if state:
            self.state, self.since = state, self.engine.now()
        return seq

    def note_answer(self) -> None:
        """The debtor's line was answered, by whatever."""
        self.answered, self.answered_at = True, self.engine.now()
        self.record("answered", state="waiting", answered=True)

    # --- our own side -------------------------------------------------------------
    def start(self) -> None:
        """Begin: with the operator's phone, or at once."""
        operator = self.job.get("operator")
        if operator and self.job.get("operator_first"):
            self._call_operator(operator)
        else:
            self.permission.ask()

    def _call_operator(self, operator: dict[str, Any]) -> None:
        if self.engine.is_engaged(operator["user_id"], self):
            self.give_back("operator_busy")
            return
        station = self.engine.stations.by_user.get(operator["user_id"])
        if station and station.leg.state == UP:
            station.take(self)
            self.leg = station.leg
            self.permission.ask()
            return
        self.record("operator_ringing", {"user_id": operator["user_id"]}, "operator")
        self.ring_operator(operator)

    def ring_operator(self, operator: dict[str, Any]) -> None:
        """Ring an operator's phone for this call alone."""
        endpoint, user_id = operator["endpoint"], operator["user_id"]
        name = f"{self.name}-operator"
        self.leg = Leg(self.engine, name, endpoint, user_id, self)
        ring = self.engine.config.pbx.operator_ring
        self.leg.ring(ring, ring + self.limit() + LONGER)

    def limit(self) -> int:
        """Seconds after which the PBX drops the line, should nobody else do it."""
        ring = self.job.get("ring_seconds") or RING
        return int((self.job.get("max_seconds") or 3600) + ring)

    def leg_up(self, leg: Leg) -> None:
        """The operator picked up."""
        if self.state == "operator":
            self.record("operator_answered", {"user_id": leg.user_id})
            self.permission.ask()
        elif self.state == "waiting":
            self.answer.operator_came()
        elif self.state == "talking":
            self.talk.leg_up(leg)
        else:
            leg.hang_up()

    def leg_down(self, leg: Leg, cause: int | None) -> None:
        """The operator hung up, or was not to be had."""
        if self.state == "talking" and self.talk.was_handed_on(leg, cause):
            return
        if self.state == "operator":
            why = leg.why(cause)
            self.record("operator_failed", {"user_id": leg.user_id, "line": why})
            self.give_back(OWN_PHONE.get(why, "operator_failed"))
        elif self.state == "asking":
            self.give_back("operator_left", by="operator")
        elif self.dialled:
            self.talk.stop_recording()
            self.hang_up("operator")

    def on_played(self, name: str, failed: bool) -> None:
        """A prompt that we played came to its end, or could not be played."""
        part = self.talk if self.state == "talking" else self.message
        part.on_played(name, failed)

    # --- the end ------------------------------------------------------------------
    def give_back(self, reason: str, by: str = "us") -> None:
        """Not dialled: Odoo may plan this debtor anew."""
        self._end("cancelled", None, by, reason=reason, back=True)

    def hang_up(self, by: str) -> None:
        """End the debtor's line; `finish` follows when the PBX says so."""
        self.ended_by = self.ended_by or by
        self._insist()

    def _insist(self) -> None:
        """A request may get lost: nobody is left on the line for that."""
        if self.state != "ended":
            self.engine.ari.hangup(self.channel)
            self.engine.later(INSIST, self._insist)

    def line_gone(self) -> None:
        """What we asked of the line failed, since it ends: the PBX tells who did it."""
        self._insist()

    def finish(self, cause: int | None, line: str | None = None) -> None:
        """The debtor's line is gone."""
        self.answer.settle()
        end = causes.judge(self.line.gone(cause))
        if line:
            end = causes.End(line, end.by, "pbx_refused")
        spared = self.machine and not (self.answer.abandoned or self.leg)
        if self.state in ("dialling", "detecting") or spared:
            self.engine.observe(self, "failed")
        end = self._weighed(end)
        self._end(end.line, cause, end.by, reason=end.reason)

    def _weighed(self, end: causes.End) -> causes.End:
        """What is told of the end, by how other calls of late went."""
        trunk, now = self.engine.trunk, self.engine.now()
        if self.answered:
            trunk.answered(now - self.answered_at, end.by == "debtor")
        elif end.line not in ("cancelled", "unknown"):
            doubtful = trunk.doubtful
            trunk.ended(now, end.reason or end.line, end.reached or self.rang)
            if end.line == "invalid" and doubtful:
                # Where nothing gets through, no number is taken for dead.
                return causes.End("failed", "pbx", "trunk")
        return end

    def _end(
        self,
        line: str,
        cause: int | None,
        by: str,
        reason: str | None = None,
        back: bool = False,
    ) -> None:
        if self.state == "ended":
            return
        values = {"line": line, "cause": cause, "rang": self.rang, "by": by}
        values |= {"reason": reason} if reason else {}
        seq = self.record("ended", values, "ended", back=back)
        self.talk.end(seq)
        self.engine.forget(self)
