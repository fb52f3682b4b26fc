"""All calls that came in: whose is what the PBX, Odoo or the journal says."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from .incoming import Incoming
from .kinds import Event
from .legs import Leg
from .telling import Telling

if TYPE_CHECKING:
    from .engine import Engine

ENTRY = "incoming"


class IncomingCalls:
    """All that came in and are not over."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._calls: dict[str, Incoming] = {}
        self.telling = Telling(engine, self._heard)
        # Milliseconds: the phones that the process before us rang for the same caller
        # have other names, however soon we follow it.
        self._number = int(engine.wall() * 1000)

    def revive(self) -> None:
        """At the start: what an earlier process left, talks and news of them."""
        for channel, facts in self._engine.journal.talks_that_came_in():
            call = Incoming(self._engine, channel, facts["number"], facts["name"])
            self._calls[channel] = call
            call.revive(facts)
        self.telling.resume()

    def _heard(self, told: dict[str, Any], answer: dict[str, Any]) -> None:
        """Odoo took what it was told."""
        call = self.of(told["uuid"])
        if call and told["kind"] == "answered":
            call.known(answer)

    def picked(self, found: dict[str, Any]) -> None:
        """Whoever answered found out with whom he speaks."""
        for channel, answer in found.items():
            if call := self.of(channel):
                call.known(answer)

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
        for name in self._calls:
            self._engine.ari.subscribe(name)
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

    def by_call(self, call_id: int) -> Incoming | None:
        """The conversation that has this id in Odoo."""
        return next((c for c in self._calls.values() if c.call_id == call_id), None)

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
