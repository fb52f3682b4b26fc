"""The exchange with Odoo, each second: what happened goes out, what to do comes in."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from . import PROTOCOL, commands, times
from .call import Call
from .campaign import Campaign
from .kinds import Pacing
from .odoo import Replaced

if TYPE_CHECKING:
    from .engine import Engine

_logger = logging.getLogger(__name__)
#: Seconds between two exchanges when there is something to tell, and after failures.
SOON, LONGEST_WAIT = 0.3, 30
CLOCK = "The clock of this machine is %s seconds %s Odoo's: set it by NTP."


class Exchange:
    """One request at a time, and what its answer asks for."""

    def __init__(self, engine: Engine, pacing: Pacing) -> None:
        #: a request is under way
        self.underway = False
        #: seconds by which Odoo's clock is ahead of ours
        self.skew = 0
        self._engine = engine
        self._pacing = pacing
        self._at = self._last = 0.0
        self._failures: int | None = None

    def now(self) -> None:
        """Exchange with the next tick."""
        self._at = 0.0

    def tick(self) -> None:
        """Exchange when it is time."""
        engine = self._engine
        if self.underway or engine.now() < self._at:
            return
        self.underway, self._last = True, engine.now()
        payload = self._payload()
        engine.background(
            lambda: engine.odoo.sync(payload), self._on_answer, self._on_failure
        )

    def _payload(self) -> dict[str, Any]:
        """What we tell and ask."""
        engine = self._engine
        campaigns = engine.campaigns.values()
        return {
            "instance": engine.odoo.instance,
            "version": PROTOCOL,
            "pbx_up": engine.ready and not engine.stopping,
            "live": sorted(engine.journal.untold().union(engine.calls)),
            "want": {str(c.id): c.want for c in campaigns if c.want},
            "events": engine.journal.outbox(),
            "operators": engine.stations.lines(),
            "stats": {str(c.id): c.pacer.stats(engine.now()) for c in campaigns},
            "stopped": engine.trunk.stopped,
            "problems": engine.checks.found(),
        }

    def _on_failure(self, error: Exception) -> None:
        """Odoo is away: try again, less and less often."""
        self.underway = False
        if isinstance(error, Replaced):
            self._engine.over = str(error)
            return
        self._failures = (self._failures or 0) + 1
        _logger.warning("%s", error)
        wait = min(2 ** (self._failures - 1), LONGEST_WAIT)
        self._at = self._engine.now() + wait

    def _on_answer(self, answer: dict[str, Any]) -> None:
        """What Odoo took, and what there is to do."""
        if self._failures != 0:
            _logger.info("At work with Odoo")
        self.underway, self._failures = False, 0
        pause = self._engine.config.process.sync
        self._at = self._last + pause
        if answer.get("time"):
            self._set_clock(times.skew(answer["time"], self._engine.wall()))
        self._delivered(answer)
        self._follow(answer.get("campaigns") or [])
        self._engine.stations.update(answer.get("operators") or [])
        for call_id in answer.get("drop") or []:
            self._drop(call_id)
        for job in answer.get("jobs") or []:
            self._accept(job)
        self._engine.incoming.picked(answer.get("came_in") or {})
        for command in answer.get("commands") or []:
            self._command(command)
        if self._engine.journal.outbox(1):
            self._at = self._last + min(SOON, pause)

    def _set_clock(self, skew: int) -> None:
        """Odoo's clock counts; one that is far off is somebody's to mend."""
        if abs(skew) >= times.FAR_OFF > abs(self.skew):
            _logger.warning(CLOCK, abs(skew), "behind" if skew > 0 else "ahead of")
        self.skew = skew

    def _delivered(self, answer: dict[str, Any]) -> None:
        """Odoo has these events, or says that it will never take them."""
        refused = answer.get("refused") or []
        for call_id, seq, why in refused:
            _logger.warning("Odoo refuses event %s of call %s: %s", seq, call_id, why)
        done = [tuple(pair[:2]) for pair in (answer.get("accepted") or []) + refused]
        self._engine.journal.delivered(done)
        self._engine.stations.settle(done)

    def _follow(self, described: list[dict[str, Any]]) -> None:
        """Odoo's campaigns; one that is not named is paused."""
        campaigns = self._engine.campaigns
        for values in described:
            if values["id"] in campaigns:
                campaigns[values["id"]].update(values)
            else:
                campaigns[values["id"]] = Campaign(self._engine, self._pacing, values)
        for campaign_id in set(campaigns) - {values["id"] for values in described}:
            # Kept, with what was learnt: it may go on, and its operators wait.
            campaigns[campaign_id].running = False

    def _accept(self, job: dict[str, Any]) -> None:
        if self._engine.journal.accept(job):
            self._engine.calls[job["call_id"]] = Call(self._engine, job)

    def _drop(self, call_id: int) -> None:
        """Odoo closed this call, or does not know it."""
        call = self._engine.calls.get(call_id)
        if call and call.dialled:
            call.hang_up("us")
        elif call:
            call.give_back("dropped")

    def _command(self, command: dict[str, Any]) -> None:
        """Carry it out once, and say so; what was done before is told already."""
        engine, call_id, number = self._engine, command["call_id"], command["id"]
        if not engine.journal.first_time(number):
            return
        if incoming := engine.incoming.by_call(call_id):
            incoming.obey(command)
            engine.journal.carried_out(number)
            return
        if not engine.journal.job(call_id):
            return

        def answer(error: str | None) -> None:
            engine.journal.carried_out(number)
            done = {"id": number, "ok": not error, "error": error or ""}
            engine.tell(call_id, "command", done)

        if call := engine.calls.get(call_id):
            commands.carry_out(call, command, answer)
            # What is decided later is begun once, too.
            engine.journal.carried_out(number)
        else:
            answer("ended")
