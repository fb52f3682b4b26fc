"""How many numbers of a campaign to dial now."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import TYPE_CHECKING, Any

from . import times
from .kinds import Pacing

if TYPE_CHECKING:
    from .call import Call
    from .engine import Engine

#: Where pacing.py lies: beside us, or in the checkout's main addon.
PLACES = (
    Path(__file__).with_name("pacing.py"),
    Path(__file__).parents[2] / "debt_collection" / "tools" / "pacing.py",
)


def load_pacing(path: str = "") -> Pacing:
    """The module of the pace: the very file that Odoo simulates with."""
    found = Path(path) if path else next((p for p in PLACES if p.exists()), None)
    if not (found and found.exists()):
        raise FileNotFoundError(
            "pacing.py is missing: name it as `pacing` in [process]; it is"
            " debt_collection/tools/pacing.py of the addon."
        )
    spec = importlib.util.spec_from_file_location("dialler_pacing", found)
    if not (spec and spec.loader):
        raise FileNotFoundError(f"{found} cannot be read as Python.")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Campaign:
    """One campaign as Odoo last described it, with its pacer."""

    def __init__(self, engine: Engine, pacing: Pacing, values: dict[str, Any]) -> None:
        self._engine = engine
        self._pacing = pacing
        self.id = values["id"]
        self.mode = None
        self.want = 0
        self.running = True
        self.update(values)

    def update(self, values: dict[str, Any]) -> None:
        """Follow Odoo; another mode starts with fresh estimates."""
        if values["running"] and not self.running:
            self._engine.trunk.restart()
        if values["mode"] != self.mode:
            self.mode = values["mode"]
            self.pacer = self._pacing.Pacer(self.mode)
            self._remember()
        self.pacer.cap = values.get("abandon_cap") or 0.0
        self.pacer.max_lines = values.get("max_lines") or 0
        self.running = values["running"]
        self.until = times.parse(values.get("until"))

    def _remember(self) -> None:
        """The share of abandoned calls counts over the day, through every restart."""
        now, wall = self._engine.now(), self._engine.wall()
        for at, abandoned in self._engine.journal.answers(self.id, wall):
            note = self.pacer.abandoned if abandoned else self.pacer.connected
            note(now - (wall - at))

    def is_open(self, now: float) -> bool:
        """Whether it may dial at all at this moment."""
        stopped = self._engine.trunk.stopped
        return self.running and not stopped and (self.until is None or now < self.until)

    def to_dial(self, calls: list[Call]) -> int:
        """How many more numbers to dial, given its calls that have begun."""
        engine = self._engine
        if not self.is_open(engine.office_now()):
            return 0
        stations = engine.stations.of_campaign(self.id)
        waiting = sum(call.state == "waiting" for call in calls)
        idle = max(0, sum(station.idle for station in stations) - waiting)
        busy = sum(station.busy for station in stations)
        voice = self.mode == "voice_message"
        in_flight = sum(voice or call.in_flight for call in calls)
        wanted = self.pacer.lines_to_dial(engine.now(), idle, busy, in_flight)
        return int(max(0, min(wanted, self.pacer.max_lines - len(calls))))
