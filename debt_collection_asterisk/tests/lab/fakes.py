"""A PBX and an Odoo in memory, and a clock that is set: for tests of a second."""

from collections import Counter, deque
from pathlib import Path

from dialler.ari import AriError
from dialler.campaign import load_pacing
from dialler.config import Config
from dialler.engine import Engine
from dialler.journal import Journal
from dialler.odoo import OdooError
from dialler.times import iso

PACING = load_pacing()
START = 1_800_000_000


#: Requests after which the PBX is as before: no step at which a crash matters.
LOOKS = ("settings_of", "trouble_of", "has_module", "is_playing", "is_recording")


class Crash(BaseException):
    """The process dies here."""


class FakePbx:
    """Channels and bridges; what happens to them goes to whoever listens."""

    def __init__(self):
        self.states, self.roles, self.bridged = {}, {}, {}
        self.originated = Counter()
        self.asked = []
        #: what was recorded, by name, nothing while it goes on; and of which bridges
        self.recordings, self._recorded = {}, {}
        self.playing = set()
        self.listener = None
        self.refuse = {}
        #: what the PBX says of its endpoints
        self.empty, self.sound = False, bytes(16044)
        self.redirects, self.troubles = "user", {}
        #: called before and after each request: a test may let the process die
        self.step = lambda when: None
        self._events = deque()

    def __getattr__(self, name):
        action = getattr(type(self), f"do_{name}", None)
        if action is None:
            raise AttributeError(name)

        if name in LOOKS:
            return lambda *arguments: action(self, *arguments)

        def request(*arguments, **options):
            self.step("before")
            self.asked.append((name, *arguments))
            if name in self.refuse:
                raise AriError(f"{name} refused", self.refuse[name])
            found = action(self, *arguments, **options)
            self.step("after")
            return found

        return request

    # --- requests (of the dialler) ---------------------------------------------------
    def do_originate(
        self, channel, endpoint, role, ring, limit, caller=None, variables=None
    ):
        if channel in self.states:
            raise AriError("there already", 409)
        self.originated[channel] += 1
        self.states[channel], self.roles[channel] = "Down", role

    def do_hangup(self, channel):
        if channel in self.states:
            self.end(channel, 16, requested=False)

    def do_channels(self):
        return [self._channel(name) for name in self.states]

    def _channel(self, name):
        data = f"debt,{self.roles.get(name)}"
        plan = {"app_name": "Stasis", "app_data": data}
        return {"id": name, "state": self.states[name], "dialplan": plan}

    def do_exists(self, channel):
        return channel in self.states

    def do_bridges(self):
        return [{"id": k, "channels": list(v)} for k, v in self.bridged.items()]

    def do_open_bridge(self, bridge):
        self.bridged.setdefault(bridge, set())

    def do_close_bridge(self, bridge):
        self.bridged.pop(bridge, None)
        for name in [n for n, of in self._recorded.items() if of == bridge]:
            # A recording that ends with its bridge: nobody is told (seen on 22.10).
            if self.recordings.get(name, b"") is None:
                self.recordings[name] = self.sound

    def do_join(self, bridge, channel):
        if channel not in self.states or bridge not in self.bridged:
            raise AriError("gone", 404)
        self.bridged[bridge].add(channel)

    def do_part(self, bridge, channel):
        self.bridged.get(bridge, set()).discard(channel)

    def do_record(self, bridge, name, limit):
        self.recordings[name], self._recorded[name] = None, bridge

    def do_is_recording(self, name):
        return self.recordings.get(name, b"") is None

    def do_stop_recording(self, name):
        if name in self.recordings and self.recordings[name] is None:
            self.recordings[name] = bytes(44) if self.empty else self.sound
            recording = {"name": name, "duration": 1}
            self._tell({"type": "RecordingFinished", "recording": recording})

    def do_recording(self, name):
        return self.recordings.get(name)

    def do_forget_recording(self, name):
        self.recordings.pop(name, None)

    def do_ring(self, channel, limit):
        if channel not in self.states:
            raise AriError("gone", 404)

    def do_answer(self, channel):
        if channel not in self.states:
            raise AriError("gone", 404)
        self.states[channel] = "Up"

    def do_leave_to(self, channel, context):
        pass

    def do_music(self, channel, on):
        pass

    def do_settings_of(self, endpoint):
        return {"redirect_method": self.redirects}

    def do_trouble_of(self, endpoint):
        return self.troubles.get(endpoint)

    def do_has_module(self, name):
        return True

    def do_watch_speech(self, channel):
        pass

    def do_subscribe(self, channel):
        pass

    def do_play(self, where, media, playback):
        self.playing.add(playback)

    def do_is_playing(self, playback):
        return playback in self.playing

    def do_stop_playing(self, playback):
        self.playing.discard(playback)

    # --- the world outside -----------------------------------------------------------
    def rings(self, channel):
        """A phone rings."""
        self.states[channel] = "Ringing"
        peer = {"id": channel, "state": "Ringing"}
        self._tell({"type": "Dial", "dialstatus": "RINGING", "peer": peer})

    def picks_up(self, channel):
        """Somebody picks up."""
        self.states[channel] = "Up"
        self.enters(channel, [self.roles[channel]])

    def comes_in(self, channel, number):
        """Somebody calls us."""
        self.states[channel], self.roles[channel] = "Ring", "incoming"
        self.enters(channel, ["incoming"], number)

    def enters(self, channel, arguments, number=""):
        """The channel enters our application."""
        told = {"id": channel, "state": self.states[channel]}
        told |= {"caller": {"number": number}}
        self._tell({"type": "StasisStart", "args": arguments, "channel": told})

    def presses(self, channel, digits):
        """Keys of a phone."""
        for digit in digits:
            event = {"type": "ChannelDtmfReceived", "digit": digit}
            self._tell(event | {"channel": {"id": channel}})

    def played(self, playback, state="done"):
        """A prompt came to its end; `failed`: nothing was heard of it."""
        self.playing.discard(playback)
        playback = {"id": playback, "state": state}
        self._tell({"type": "PlaybackFinished", "playback": playback})

    def end(self, channel, cause, requested=True):
        """A line ends."""
        del self.states[channel]
        for members in self.bridged.values():
            members.discard(channel)
        told = {"channel": {"id": channel}, "cause": cause}
        if requested:
            self._tell({"type": "ChannelHangupRequest", **told})
        self._tell({"type": "ChannelDestroyed", **told})

    def _tell(self, event):
        if self.listener:
            self._events.append(event)

    def deliver(self):
        """Hand on what happened; whether anything had."""
        if not self._events:
            return False
        self.listener(self._events.popleft())
        return True

    def forget_events(self):
        """Nobody listened: they are gone."""
        self._events.clear()
        self.listener = None


class FakeClient:
    """Odoo, as the dialler's client sees it."""

    def __init__(self, clock):
        self.instance = "one"
        self.clock = clock
        self.jobs, self.operators, self.campaigns, self.commands = [], [], [], []
        self.drop, self.received, self.asked, self.uploads = [], {}, [], {}
        self.allow, self.down, self.told = True, False, None
        self.sounds, self.sound = {}, {}
        #: what is to be raised when a recording comes
        self.refusal = None
        #: what comes with a permission to dial
        self.permits = {}
        #: what is told of calls that came in, and for whom they are
        self.came_in, self.told_of_incoming, self.for_whom = [], [], {}
        #: by the caller's line, what was found out while they spoke
        self.picked = {}
        #: what happens while Odoo thinks whether somebody may be dialled
        self.on_dial = lambda: None

    def sync(self, payload):
        if self.down:
            raise OSError("Odoo is away")
        self.told = payload
        for event in payload["events"]:
            self.received.setdefault((event["call_id"], event["seq"]), event)
        accepted = [[event["call_id"], event["seq"]] for event in payload["events"]]
        jobs, self.jobs = (self.jobs, []) if payload["pbx_up"] else ([], self.jobs)
        return {
            "time": iso(self.clock()),
            "accepted": accepted,
            "jobs": jobs,
            "operators": self.operators,
            "campaigns": self.campaigns,
            "commands": self.commands,
            "drop": self.drop,
            "came_in": self.picked,
        }

    def dial(self, call_id, lease):
        if self.down:
            raise OSError("Odoo is away")
        self.asked.append((call_id, lease))
        self.on_dial()
        reason = None if self.allow else "paid"
        return {"allowed": self.allow, "reason": reason, **self.permits}

    def incoming(self, told):
        if self.down:
            raise OSError("Odoo is away")
        self.came_in.append(told["kind"])
        self.told_of_incoming.append(told)
        return self.for_whom

    def recording(self, call_id, name, seconds, data):
        if self.down:
            raise OSError("Odoo is away")
        if self.refusal:
            raise self.refusal
        self.uploads[name], self.sound[name] = call_id, data
        return {"ok": True}

    def prompt(self, prompt_id):
        return self.sounds[prompt_id]

    def story(self, call_id):
        """The kinds of a call's events."""
        found = sorted(key for key in self.received if key[0] == call_id)
        return [self.received[key]["kind"] for key in found]

    def numbers(self, call_id):
        """The numbers of a call's events, in their order."""
        return sorted(seq for id_, seq in self.received if id_ == call_id)

    def values(self, call_id, kind):
        """What came with the events of a kind."""
        found = sorted(key for key in self.received if key[0] == call_id)
        events = [self.received[key] for key in found]
        return [event["values"] for event in events if event["kind"] == kind]


class World:
    """An engine between the two; `crash` and `start` as often as wanted."""

    def __init__(self, folder):
        self.time = START
        self.pbx = FakePbx()
        self.odoo = FakeClient(lambda: self.time)
        self.folder = Path(folder)
        self.config = Config()
        self.config.process.state = str(folder)
        self.config.pbx.password = "x"
        self.journal_class = Journal
        self._work = deque()
        self.engine = None

    def start(self, connect=True):
        """Start the process."""
        self._work.clear()
        self.journal = self.journal_class(self.folder / "journal.sqlite")
        self.engine = Engine(
            self.config,
            self.journal,
            self.pbx,
            self.odoo,
            PACING,
            self._background,
            clock=lambda: self.time,
            wall=lambda: self.time,
        )
        self.engine.start()
        if connect:
            self.connect()
        return self

    def connect(self):
        """The stream of events opens."""
        self.pbx.listener = self.engine.on_event
        self.engine.on_open()

    def disconnect(self):
        """The stream of events breaks: what happens meanwhile is not told."""
        self.pbx.forget_events()
        self.engine.on_close()

    def crash(self):
        """The process is gone; PBX and Odoo go on."""
        self.pbx.forget_events()
        self.engine = None
        self._work.clear()

    def _background(self, work, done, failed, slow=False):
        self._work.append((work, done, failed))

    def run(self, seconds=0.0):
        """Let everything happen that happens in so many seconds."""
        end = self.time + seconds
        while True:
            while self._settle():
                pass
            if self.time >= end:
                return
            self.time += 0.25

    def _settle(self):
        """One round of loop; whether something happened."""
        self.engine.tick()
        if self.pbx.deliver():
            return True
        if not self._work:
            return False
        work, done, failed = self._work.popleft()
        try:
            result = work()
        except (OSError, OdooError) as error:
            failed(error)
        else:
            done(result)
        return True

    def job(self, call_id, **values):
        """Lease a call to the dialler."""
        job = {"call_id": call_id, "lease": f"lease-{call_id}", "number": "+3247012"}
        job |= {"mode": "manual", "campaign_id": None, "operator": None}
        job |= {"lease_until": iso(self.time + 30), "until": iso(self.time + 3600)}
        self.odoo.jobs.append(job | {"ring_seconds": 20, "max_seconds": 600} | values)

    def by_hand(self, call_id, **values):
        """The same, clicked by an operator."""
        operator = {"user_id": 7, "endpoint": "PJSIP/100"}
        self.job(call_id, operator=operator, operator_first=True, **values)

    def campaign(self, campaign_id, mode, **values):
        """Let a campaign run."""
        described = {"id": campaign_id, "mode": mode, "running": True}
        described |= {"max_lines": 20, "abandon_cap": 0.03, "until": None}
        self.odoo.campaigns.append(described | values)

    def operator(self, user_id, campaign_id=1, state="ready"):
        """Let an operator be at work."""
        operator = {"user_id": user_id, "endpoint": f"PJSIP/{user_id}"}
        operator |= {"state": state, "campaign_id": campaign_id}
        self.odoo.operators.append(operator)
        return operator
