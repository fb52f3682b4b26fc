"""The engine: whatever comes in, from the PBX, from Odoo or by the clock, is led to
the call, the operator or the campaign it concerns. All of it runs in one thread.
"""

from __future__ import annotations

import heapq
import itertools
import logging
import re
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from .ari import AriError
from .checks import Checks
from .exchange import Exchange
from .incoming_calls import IncomingCalls
from .kinds import Event, Pacing
from .reconcile import LINE_UP, reconcile, revive
from .sounds import Sounds
from .stations import Stations
from .trunk import Trunk
from .uploads import Uploads

if TYPE_CHECKING:
    from .ari import Ari
    from .call import Call
    from .campaign import Campaign
    from .config import Config
    from .journal import Journal
    from .kinds import Background
    from .odoo import Odoo

_logger = logging.getLogger(__name__)
RECONCILE_AGAIN = 1.0
FORGET_EVERY = 3600


class Engine:
    """All that a process knows.

    :param background: `background(work, done, failed, slow=False)` runs `work()`
        elsewhere and hands its result or exception back into this thread
    :param files: a second client of the PBX, for use in the background
    :param clock: monotonic seconds;  wall: seconds since 1970
    """

    def __init__(
        self,
        config: Config,
        journal: Journal,
        ari: Ari,
        odoo: Odoo,
        pacing: Pacing,
        background: Background,
        files: Ari | None = None,
        clock: Callable[[], float] = time.monotonic,
        wall: Callable[[], float] = time.time,
    ) -> None:
        self.config, self.journal, self.ari, self.odoo = config, journal, ari, odoo
        self.background, self.files = background, files or ari
        self.now, self.wall = clock, wall
        self.app = config.pbx.app
        self.calls: dict[int, Call] = {}
        self.campaigns: dict[int | None, Campaign] = {}
        self.stations = Stations(self)
        self.trunk = Trunk()
        self.checks = Checks(self)
        self.incoming = IncomingCalls(self)
        self.sounds = Sounds(self, config.prompts)
        self.uploads = Uploads(self)
        self.exchange = Exchange(self, pacing)
        #: when a line was last hung up that was none of ours
        self.foreign_at: float | None = None
        #: the stream of events is open, and journal and PBX agree
        self.ready = False
        self.stopping = False
        #: why the process must end, if it must
        self.over: str | None = None
        self._open = False
        self._timers: list[tuple[float, int, Callable[[], Any]]] = []
        self._order = itertools.count()
        self._dialled: list[float] = []
        name = re.escape(self.app)
        #: our channels; another dialler's name may begin with ours
        self.names = re.compile(
            rf"{name}-(?:op-(?P<user>\d+)-line|(?P<phone>in-\d+)-phone\d+"
            r"|(?P<call>\d+)-(?:debtor|operator|colleague\d+))"
        )
        self._playbacks = re.compile(rf"{name}-(\d+)-([a-z_]+)")
        self._spoken = re.compile(rf"({name}-in-\d+)-(prompt|announcement)")

    def start(self) -> None:
        """Look at what an earlier process left."""
        revive(self)
        self.journal.forget(self.wall())
        self.later(FORGET_EVERY, self._forget_old)

    def _forget_old(self) -> None:
        self.journal.forget(self.wall())
        self.later(FORGET_EVERY, self._forget_old)

    # --- time ---------------------------------------------------------------------
    def office_now(self) -> float:
        """The time by Odoo's clock: leases and windows are told by it."""
        return self.wall() + self.exchange.skew

    def later(self, seconds: float, action: Callable[[], Any]) -> None:
        """Do something in so many seconds."""
        heapq.heappush(self._timers, (self.now() + seconds, next(self._order), action))

    def tick(self) -> None:
        """What is due; the loop calls it several times a second."""
        while self._timers and self._timers[0][0] <= self.now():
            heapq.heappop(self._timers)[2]()
        self._give_back_expired()
        self._serve()
        self._dial()
        self.exchange.tick()

    # --- calls --------------------------------------------------------------------
    def forget(self, call: Call) -> None:
        """It has ended."""
        self.calls.pop(call.id, None)

    def tell(self, call_id: int, kind: str, values: dict[str, Any]) -> None:
        """An event of a call that may be over."""
        self.journal.record(call_id, kind, values, self.office_now())

    def is_engaged(self, user_id: int, but: Call) -> bool:
        """Whether an operator has another call, or is being rung for one."""
        station = self.stations.by_user.get(user_id)
        if station and (station.incoming or station.call not in (None, but)):
            return True
        legs = [call.leg for call in self.calls.values() if call is not but]
        legs += self.incoming.legs()
        return any(leg and leg.user_id == user_id for leg in legs)

    def observe(self, call: Call, what: str) -> None:
        """Tell the pacer what became of one of its calls."""
        if not (call.paced and call.campaign):
            return
        pacer, now = call.campaign.pacer, self.now()
        if what in ("connected", "abandoned"):
            lost = what == "abandoned"
            self.journal.answered(call.campaign.id, self.wall(), lost)
        if what in ("answered", "failed"):
            getattr(pacer, what)(now, now - call.dialled_at)
        else:
            getattr(pacer, what)(now)

    def _leased(self) -> list[Call]:
        return [call for call in self.calls.values() if call.state == "leased"]

    def _give_back_expired(self) -> None:
        for call in list(self.calls.values()):
            if call.state in ("leased", "operator") and (
                self.stopping or call.expired or self._is_withdrawn(call)
            ):
                call.give_back("stopping" if self.stopping else "expired")

    def _is_withdrawn(self, call: Call) -> bool:
        """Its campaign was paused, or its hours are over."""
        if not call.paced:
            return False
        return not (call.campaign and call.campaign.is_open(self.office_now()))

    def _serve(self) -> None:
        """Operators who became free take those who wait longest."""
        waiting = [call for call in self.calls.values() if call.state == "waiting"]
        for call in sorted(waiting, key=lambda call: call.since):
            call.answer.serve()

    def _dial(self) -> None:
        """Begin calls by hand at once, those of campaigns as their pacers say."""
        for campaign in self.campaigns.values():
            campaign.want = 0
        if not self.ready or self.stopping or self.checks.grave:
            return
        leased = [c for c in self._leased() if self.sounds.at_hand(c.prompts())]
        for call in leased:
            if not call.paced and self._may_dial():
                call.start()
        for campaign in self.campaigns.values():
            self._dial_campaign(campaign, [c for c in leased if c.state == "leased"])

    def _dial_campaign(self, campaign: Campaign, leased: list[Call]) -> None:
        mine = [c for c in self.calls.values() if c.campaign is campaign and c.paced]
        begun = [call for call in mine if call.state != "leased"]
        ringing = sum(c.paced and c.in_flight for c in self.calls.values())
        room = self.trunk.room(self.now(), ringing)
        wanted = min(campaign.to_dial(begun), room)
        for call in [c for c in leased if c in mine][:wanted]:
            if self._may_dial():
                call.start()
                wanted -= 1
        fetching = sum(call.state == "leased" for call in mine)
        campaign.want = max(0, wanted - fetching)

    def _may_dial(self) -> bool:
        """Not more numbers a second than the PBX's owner wants."""
        now = self.now()
        self._dialled = [at for at in self._dialled if at > now - 1]
        if len(self._dialled) >= self.config.pbx.dials_per_second:
            return False
        self._dialled.append(now)
        return True

    # --- what the PBX says --------------------------------------------------------
    def on_open(self) -> None:
        """The stream of events is open: now the two can be compared."""
        self._open = True
        self._reconcile()

    def _reconcile(self) -> None:
        if not self._open or self.ready:
            return
        try:
            reconcile(self)
            self.checks.start()
            self.ready = True
            _logger.info("At work with the PBX; %s calls go on", len(self.calls))
        except AriError as error:
            _logger.warning("Cannot compare with the PBX: %s", error)
            self.later(RECONCILE_AGAIN, self._reconcile)

    def on_close(self) -> None:
        """No events: nobody may be left with a phone that rings for nobody."""
        if self._open:
            _logger.warning("The PBX's stream of events is lost")
        self._open = self.ready = False
        dialling = [c for c in self.calls.values() if c.state == "dialling"]
        up = self._up() if dialling else set()
        for call in dialling:
            if call.channel in up:
                call.answer.missed()
            else:
                call.hang_up("us")

    def _up(self) -> set[str]:
        """The channels that somebody answered, as far as the PBX can be asked."""
        try:
            channels = self.ari.channels()
        except AriError:
            return set()
        return {one["id"] for one in channels if one["state"] == LINE_UP}

    def on_event(self, event: Event) -> None:
        """Lead an event to whom it concerns."""
        kind = event["type"]
        if kind == "ApplicationReplaced":
            self.over = "another program took over the PBX's application"
        elif kind in ("RecordingFinished", "RecordingFailed"):
            self._on_recording(kind, event["recording"])
        elif kind == "PlaybackFinished":
            self._on_played(event["playback"])
        else:
            channel = event.get("channel") or event.get("peer") or {}
            self._on_channel(channel.get("id", ""), event)

    def _on_recording(self, kind: str, recording: dict[str, Any]) -> None:
        if kind == "RecordingFailed":
            self.uploads.lost(recording["name"])
        else:
            self.uploads.finished(recording["name"], recording.get("duration"))

    def _on_played(self, playback: dict[str, Any]) -> None:
        if said := self._spoken.fullmatch(playback["id"]):
            if incoming := self.incoming.by_name(said[1]):
                incoming.on_played(said[2], playback.get("state") == "failed")
            return
        name = self._playbacks.fullmatch(playback["id"])
        call = name and self.calls.get(int(name[1]))
        if not (name and call):
            return
        failed = playback.get("state") == "failed"
        if failed and call.line.is_up():
            folder = self.config.prompts
            _logger.warning("%s: the PBX must be able to read %s", playback, folder)
        call.on_played(name[2], failed)

    def _on_channel(self, channel: str, event: Event) -> None:
        name = self.names.fullmatch(channel)
        if event.get("forwarded"):
            # The far end named another number, and the PBX dials it.
            self._refuse_line(event["forwarded"]["id"], "a call was forwarded")
        if name is None:
            self._on_foreign(channel, event)
        elif name["phone"]:
            self._on_phone(name, channel, event)
        elif name["user"]:
            self.stations.of(int(name["user"])).leg.on_event(event)
        elif int(name["call"]) in self.calls:
            call = self.calls[int(name["call"])]
            target = call.legs().get(channel, channel == call.channel and call.line)
            if target:
                target.on_event(event)
        elif event["type"] == "StasisStart":
            # It answered although its call is over.
            self.ari.hangup(channel)

    def _on_phone(self, name: re.Match[str], channel: str, event: Event) -> None:
        """A phone of ours that was rung for a call that came in."""
        call = self.incoming.by_name(f"{self.app}-{name['phone']}")
        if call and call.leg and call.leg.channel == channel:
            call.leg.on_event(event)
        elif event["type"] == "StasisStart":
            self.ari.hangup(channel)

    def _on_foreign(self, channel: str, event: Event) -> None:
        """A call that came in, or a line that nobody looks after."""
        if incoming := self.incoming.of(channel):
            incoming.on_event(event)
            return
        if self.incoming.starts(event):
            return
        ringing = (event.get("channel") or {}).get("state") in ("Ring", "Ringing")
        changed = event["type"] == "ChannelStateChange" and ringing
        if event["type"] == "StasisStart" or changed:
            self._refuse_line(channel, "it is none of ours")

    def _refuse_line(self, channel: str, why: str) -> None:
        _logger.warning("Line %s is hung up: %s", channel, why)
        self.foreign_at = self.office_now()
        self.ari.hangup(channel)

    # --- the end ------------------------------------------------------------------
    def stop(self) -> None:
        """Dial no more; who talks to an operator goes on talking."""
        _logger.info("Asked to stop")
        self.stopping = True
        for call in list(self.calls.values()):
            if not call.dialled:
                call.give_back("stopping")
            elif call.state != "talking":
                call.hang_up("us")
        self.exchange.now()

    @property
    def settled(self) -> bool:
        """Whether all is said that can be said before the end."""
        waiting = any(call.state != "talking" for call in self.calls.values())
        return not (waiting or self.exchange.underway or self.journal.outbox(1))
