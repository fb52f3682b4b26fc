"""After a start or a gap: make the journal and the PBX agree again.

Events of the gap are gone while calls lived on. A conversation, and a phone that
rings, are taken over; a debtor alone on a line is hung up, since what he heard cannot
be known; what the PBX does not have is over; what we do not know is hung up.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from .call import Call
from .legs import BRIDGE, DOWN, UP, Leg

if TYPE_CHECKING:
    from .engine import Engine

LINE_UP = "Up"


def revive(engine: Engine) -> None:
    """At the start: what was not dialled is given back, the rest is remembered."""
    for row in engine.journal.live():
        call = Call(engine, row["job"], row["state"], row["facts"])
        engine.calls[call.id] = call
        if row["state"] in ("leased", "operator"):
            call.give_back("restarted")
        elif row["state"] == "asking":
            # Odoo may have said yes, and counted the call: it must not hang.
            call.finish(None)
    engine.incoming.revive()


def reconcile(engine: Engine) -> None:
    """With the stream of events open: compare, take over, tidy up."""
    every = engine.ari.channels()
    channels = {
        channel["id"]: channel
        for channel in every
        if engine.names.fullmatch(channel["id"])
    }
    for call in list(engine.calls.values()):
        if call.dialled and call.channel not in channels:
            call.finish(None)
    bridges = {b["id"]: set(b["channels"]) for b in engine.ari.bridges()}
    _stations(engine, channels, bridges)
    _incoming(engine, every, channels, bridges)
    for call in list(engine.calls.values()):
        _call(engine, call, channels)
    kept = {leg.channel: leg for leg in _legs(engine) if leg.state != DOWN}
    dialled = {call.channel for call in engine.calls.values() if call.dialled}
    for name in channels.keys() - kept.keys() - dialled:
        engine.ari.hangup(name)
    used = {leg.bridge for leg in kept.values()}
    for name in bridges.keys() - used:
        if engine.names.fullmatch(name.removesuffix(BRIDGE)):
            engine.ari.close_bridge(name)
    calls = engine.calls.values()
    live = {call.talk.recording for call in calls if call.talk.recording}
    engine.uploads.resume(live | engine.incoming.recordings())


def _legs(engine: Engine) -> Iterator[Leg]:
    for station in engine.stations.by_user.values():
        yield station.leg
    for call in engine.calls.values():
        if call.leg:
            yield call.leg


def _incoming(
    engine: Engine,
    every: list[dict[str, Any]],
    channels: dict[str, Any],
    bridges: dict[str, set[str]],
) -> None:
    """Calls that came in: who speaks goes on, who hears it ring is taken anew."""
    busy = {member for members in bridges.values() for member in members}
    engine.incoming.compare(every, busy)
    legs = list(engine.incoming.legs())
    for leg in legs:
        _phone(leg, channels)
    ours = {leg.channel for leg in legs}
    for name in [one for one in channels if _is_phone(engine, one)]:
        if name in ours or len(bridges.get(f"{name}{BRIDGE}", ())) > 1:
            # Nothing to tidy up: whoever hangs up ends it.
            del channels[name]
            bridges.pop(f"{name}{BRIDGE}", None)


def _phone(leg: Leg, channels: dict[str, Any]) -> None:
    """A phone of ours that rings for a caller: its answer may have been missed."""
    channel = channels.get(leg.channel)
    if channel is None:
        leg.lost()
        return
    leg.subscribe()
    if leg.state != UP and channel["state"] == LINE_UP:
        leg.came_up()


def _is_phone(engine: Engine, channel: str) -> bool:
    """Whether it is a phone of ours that was rung for a call that came in."""
    found = engine.names.fullmatch(channel)
    return bool(found and found["phone"])


def _user_of(engine: Engine, channel: str) -> str | None:
    """Whose waiting line a channel is, nothing when it is none."""
    found = engine.names.fullmatch(channel)
    return found["user"] if found else None


def _stations(
    engine: Engine, channels: dict[str, Any], bridges: dict[str, set[str]]
) -> None:
    """Operators' lines that stand, known or from before our start."""
    for name, channel in channels.items():
        if user := _user_of(engine, name):
            leg = engine.stations.of(int(user)).leg
            if name in bridges.get(leg.bridge, ()):
                leg.adopt()
            elif leg.state == DOWN or channel["state"] == LINE_UP:
                # Rung by a process that is gone, or picked up for nobody.
                engine.ari.hangup(name)
    for station in engine.stations.by_user.values():
        if station.leg.state != DOWN and station.leg.channel not in channels:
            station.leg.lost()


def _call(engine: Engine, call: Call, channels: dict[str, Any]) -> None:
    leg = call.leg
    if leg and leg.owner is call and leg.state != DOWN:
        _own_leg(leg, channels)
    if not call.dialled:
        return
    engine.ari.subscribe(call.channel)
    answered = channels[call.channel]["state"] == LINE_UP
    if call.state == "dialling":
        if answered:
            call.answer.missed()
        return
    if call.state == "farewell" and call.answer.abandoned:
        # He hears who called; we know how it began.
        return
    if not (call.state == "talking" and answered and _rejoin(engine, call, channels)):
        call.hang_up("us")


def _own_leg(leg: Leg, channels: dict[str, Any]) -> None:
    """An operator's phone that was rung for this call alone."""
    channel = channels.get(leg.channel)
    if channel is None:
        leg.lost()
    elif leg.state != UP and channel["state"] == LINE_UP:
        # Its answer was missed: it stands outside of any bridge.
        leg.hang_up()
    else:
        leg.subscribe()


def _rejoin(engine: Engine, call: Call, channels: dict[str, Any]) -> bool:
    """Whether the operator of a conversation is still there."""
    if call.leg:
        return call.leg.state == UP
    facts = (engine.journal.job(call.id) or {"facts": {}})["facts"]
    name = facts.get("leg")
    if name not in channels:
        return False
    station = next(
        (s for s in engine.stations.by_user.values() if s.leg.channel == name), None
    )
    if station:
        station.take(call)
        call.leg = station.leg
    else:
        user_id, endpoint = facts.get("user_id"), facts.get("endpoint")
        call.leg = Leg(engine, name, endpoint, user_id, call)
        call.leg.adopt()
    return True
