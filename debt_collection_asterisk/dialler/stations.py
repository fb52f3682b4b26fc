"""The operators' stations: who is ready, whose line stands, who waited longest."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from .legs import DOWN, UP, Leg

if TYPE_CHECKING:
    from .call import Call
    from .campaign import Campaign
    from .engine import Engine
    from .incoming import Incoming

#: Odoo's states in which an operator's line is kept up.
AT_WORK = ("ready", "reserved", "talking", "wrapup")
KEPT = (*AT_WORK, "pause")
#: Campaigns of these kinds bring calls by themselves.
WITH_LINE = ("progressive", "predictive", "voice_message")
#: Seconds until a phone that was not picked up is rung again, and at most: each time
#: it takes twice as long.
RING_AGAIN, LONGEST_PAUSE = 15, 600


class Station:
    """One operator, as Odoo and the PBX see him."""

    def __init__(
        self, engine: Engine, user_id: int, endpoint: str | None = None
    ) -> None:
        self.user_id = user_id
        self.state = "offline"
        self.campaign_id: int | None = None
        self.call: Call | None = None
        #: who rang us and speaks with him
        self.incoming: Incoming | None = None
        self.free_since = engine.now()
        self.connected_at: float | None = None
        #: (call id, sequence number) that Odoo must take before he is free again
        self.settling: tuple[int, int] | None = None
        self._ring_at = 0.0
        self._pause = RING_AGAIN
        #: why his phone was not had, when it was last rung
        self.trouble: str | None = None
        self._engine = engine
        name = f"{engine.app}-op-{user_id}-line"
        self.leg = Leg(engine, name, endpoint, user_id, self)

    @property
    def idle(self) -> bool:
        """Whether an answered call may be put through to him this instant."""
        free = self.leg.state == UP and self.settling is None
        free = free and self.call is None and self.incoming is None
        return free and self.state == "ready"

    @property
    def engaged(self) -> bool:
        """Whether somebody is on his line."""
        return bool(self.call or self.incoming)

    @property
    def busy(self) -> bool:
        """Whether he talks or wraps up, and so will be free before long."""
        at_work = self.leg.state == UP and self.state in AT_WORK
        return at_work and not self.idle

    def update(self, operator: dict[str, Any], with_line: bool) -> None:
        """What Odoo says of him; `with_line`: his campaign brings calls."""
        if self.state not in AT_WORK and operator["state"] in AT_WORK:
            # He has just come: he is at his phone.
            self._ring_at, self._pause = 0.0, RING_AGAIN
        self.state = operator["state"]
        self.campaign_id = operator.get("campaign_id")
        if self.leg.state == DOWN:
            self.leg.endpoint = operator["endpoint"]
        wanted = with_line and self.state in KEPT
        if wanted and self.leg.state == DOWN:
            self._ring()
        elif not wanted and self.leg.state != DOWN and not self.engaged:
            self.leg.hang_up()

    def _ring(self) -> None:
        """Ring him once when he becomes ready, and not without end."""
        if self.state not in AT_WORK or self._engine.now() < self._ring_at:
            return
        if self._engine.ready and self.leg.endpoint:
            self._ring_at = math.inf
            pbx = self._engine.config.pbx
            self.leg.ring(pbx.operator_ring, pbx.operator_limit)

    def take(self, call: Call) -> None:
        """He gets this call."""
        self.call = call
        self.connected_at = self._engine.now()

    def release(self, call: Call, seq: int) -> None:
        """The call is over; he is free when Odoo, told so, calls him ready."""
        if self.call is call:
            self.call, self.settling = None, (call.id, seq)

    def settle(self, accepted: list[tuple[int, int]]) -> None:
        """Odoo took these events: what it says of him from now on is fresh."""
        if self.settling in accepted:
            self.settling = None

    def leg_up(self, _leg: Leg) -> None:
        """He picked up: now he waits."""
        self.free_since = self._engine.now()
        self.trouble, self._pause = None, RING_AGAIN

    def leg_down(self, leg: Leg, cause: int | None) -> None:
        """He hung up, or was not there."""
        self.trouble = None if leg.was_up else leg.why(cause)
        self._ring_at = self._engine.now() + self._pause
        self._pause = min(2 * self._pause, LONGEST_PAUSE)
        if self.call:
            self.call.leg_down(leg, cause)
        elif self.incoming:
            self.incoming.leg_down(leg, cause)


class Stations:
    """All of them, by user."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.by_user: dict[int, Station] = {}

    def update(self, operators: list[dict[str, Any]]) -> None:
        """Follow Odoo's list; who is not on it any more leaves."""
        for operator in operators:
            station = self.of(operator["user_id"])
            campaign = self._engine.campaigns.get(operator.get("campaign_id"))
            station.update(operator, bool(campaign and campaign.mode in WITH_LINE))
            self._watch(station, campaign)
        listed = {operator["user_id"] for operator in operators}
        for user_id in set(self.by_user) - listed:
            gone = {"state": "offline", "endpoint": None}
            self.by_user[user_id].update(gone, with_line=False)

    def _watch(self, station: Station, campaign: Campaign | None) -> None:
        """Note when he is free again after a conversation: the pace depends on it."""
        over = station.call is None and station.settling is None
        if station.connected_at and over and station.state in ("ready", "pause"):
            now = self._engine.now()
            if campaign:
                campaign.pacer.talk_ended(now, now - station.connected_at)
            station.connected_at, station.free_since = None, now

    def of(self, user_id: int) -> Station:
        """The station of a user."""
        if user_id not in self.by_user:
            self.by_user[user_id] = Station(self._engine, user_id)
        return self.by_user[user_id]

    def of_campaign(self, campaign_id: int | None) -> list[Station]:
        """The stations that serve a campaign."""
        return [s for s in self.by_user.values() if s.campaign_id == campaign_id]

    def longest_idle(self, campaign_id: int | None) -> Station | None:
        """Who waits longest for a call of this campaign, or nobody."""
        idle = [station for station in self.of_campaign(campaign_id) if station.idle]
        return min(idle, key=lambda station: station.free_since, default=None)

    def settle(self, accepted: list[tuple[int, int]]) -> None:
        """Odoo took these (call id, sequence number)."""
        for station in self.by_user.values():
            station.settle(accepted)

    def lines(self) -> list[dict[str, Any]]:
        """The state of the lines for Odoo."""
        return [
            {
                "user_id": station.user_id,
                "line": station.leg.state,
                "trouble": station.trouble,
            }
            for station in self.by_user.values()
        ]
