"""What each side of a conversation hears, as the PBX sends it to them."""

import base64
import datetime
import itertools
import json
import threading
import time

import websocket

from . import network, sound
from .pbx import MUSIC_HZ, PASSWORD

#: An amplitude that silence and noise do not have.
AUDIBLE = 300
HEADER = 44
PROMPT_HZ, RINGING_HZ = 600, 480
VOICES = {
    "debtor": network.DEBTOR_HZ,
    "operator": network.OPERATOR_HZ,
    "colleague": network.COLLEAGUE_HZ,
    "music": MUSIC_HZ,
    "prompt": PROMPT_HZ,
    "ringing": RINGING_HZ,
}


class Witness:
    """A second program on the PBX: it sees what is done to each channel, and when."""

    def __init__(self, pbx):
        secret = base64.b64encode(f"debt:{PASSWORD}".encode()).decode()
        address = pbx.url.replace("http", "ws", 1)
        self._socket = websocket.create_connection(
            f"{address}/ari/events?app=witness&subscribeAll=true",
            header=[f"Authorization: Basic {secret}"],
        )
        self.events = []
        threading.Thread(target=self._watch, daemon=True).start()

    def _watch(self):
        try:
            while text := self._socket.recv():
                self.events.append(json.loads(text))
        except (OSError, websocket.WebSocketException):
            return

    def first(self, channel, kind, **more):
        """Seconds since 1970 at which something first happened to a channel, or None.

        :param more: values of the channel in that event
        """
        for event in list(self.events):
            told = event.get("channel") or {}
            target = event.get("playback", {}).get("target_uri", "")
            if event["type"] != kind or channel not in (told.get("id"), target[8:]):
                continue
            if more.items() <= told.items():
                return datetime.datetime.fromisoformat(event["timestamp"]).timestamp()
        return None

    def close(self):
        """Watch no more."""
        self._socket.close()


class Ears:
    """A second program on the PBX, which listens."""

    def __init__(self, pbx):
        self._pbx = pbx
        self._numbers = itertools.count(1)
        secret = base64.b64encode(f"debt:{PASSWORD}".encode()).decode()
        address = pbx.url.replace("http", "ws", 1)
        self._socket = websocket.create_connection(
            f"{address}/ari/events?app=ears", header=[f"Authorization: Basic {secret}"]
        )
        threading.Thread(target=self._drain, daemon=True).start()

    def _drain(self):
        try:
            while self._socket.recv():
                pass
        except (OSError, websocket.WebSocketException):
            return

    def call_us(self, number, context="carrier-in"):
        """Somebody calls one of our numbers; the name of his line.

        :param number: what the carrier says it is; nothing where it says none
        """
        name = f"caller-{time.monotonic_ns()}"
        call = {"endpoint": f"Local/3225551234@{context}/n", "app": "ears"}
        call |= {"callerId": f"<{number}>" if number else "", "timeout": 60}
        found = self._pbx.ari("POST", f"channels/{name}", json=call)
        assert found.ok, found.text
        return name

    def press(self, caller, digit):
        """Whoever called us presses a key."""
        where = f"channels/{caller}/dtmf"
        assert self._pbx.ari("POST", where, params={"dtmf": digit}).ok

    def hears(self, channel, seconds=0.8, spy="out"):
        """The names of all who are heard on a channel, a set.

        :param spy: out for a phone; in for whoever called us, whose line is half in
            the PBX
        """
        ear = f"ear-{next(self._numbers)}-{time.monotonic_ns()}"
        where = f"channels/{channel}/snoop/{ear}"
        found = self._pbx.ari("POST", where, params={"spy": spy, "app": "ears"})
        assert found.ok, found.text
        query = {"name": ear, "format": "wav"}
        self._pbx.ari("POST", f"channels/{ear}/record", params=query)
        time.sleep(seconds)
        self._pbx.ari("POST", f"recordings/live/{ear}/stop")
        time.sleep(0.1)
        found = self._pbx.ari("GET", f"recordings/stored/{ear}/file")
        self._pbx.ari("DELETE", f"channels/{ear}")
        self._pbx.ari("DELETE", f"recordings/stored/{ear}")
        if not found.ok or len(found.content) <= HEADER:
            # Where nothing at all is sent, nothing is written.
            return set()
        samples, _length = sound.samples_of(found.content)
        return {
            name
            for name, hertz in VOICES.items()
            if sound.power(samples, hertz) > AUDIBLE
        }

    def close(self):
        """Listen no more."""
        self._socket.close()
