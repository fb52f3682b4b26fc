"""The debtor's telephone: SIP over UDP, a tone for a voice, and ears that keep all."""

import re
import select
import socket
import threading
import time
from array import array
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from odoo.addons.debt_collection_asterisk.tests.lab import sound

#: Samples in a packet of 20 ms.
FRAME = 160
FRAMES_PER_SECOND = sound.RATE // FRAME
#: An amplitude that silence and noise do not have.
AUDIBLE = 1000
SAMPLES = {code: n for n in range(-32760, 32768, 16) for code in sound.alaw([n])}
SDP = """v=0
o=debtor 1 1 IN IP4 127.0.0.1
s=-
c=IN IP4 127.0.0.1
t=0 0
m=audio {port} RTP/AVP 8
a=rtpmap:8 PCMA/8000
a=ptime:20
"""


@dataclass(frozen=True)
class Manner:
    """How the debtor takes a call.

    ``refuses``: the SIP status he refuses it with; ``rings``: seconds until he answers,
    None: never; ``patience``: seconds of silence after which he hangs up, once he has
    heard somebody; None: never.
    """

    refuses: str = ""
    rings: float | None = 0.5
    patience: float | None = None


@dataclass
class Talk:
    """One call, as the debtor has it; ``state``: ringing, talking or over."""

    number: str
    manner: Manner
    invite: "Message"
    rung: int = 0
    state: str = "ringing"
    ended_by: str = ""
    samples: array = field(default_factory=lambda: array("h"))
    media: tuple = ()
    spoken: int = 0

    def frames_of(self, hertz):
        """Whether a tone was heard, for each 20 ms of sound that arrived."""
        starts = range(0, len(self.samples), FRAME)
        return [
            sound.power(self.samples[n : n + FRAME], hertz) > AUDIBLE for n in starts
        ]

    def seconds_of(self, hertz):
        """How long a tone was heard."""
        return sum(self.frames_of(hertz)) / FRAMES_PER_SECOND


class Message:
    """A SIP request or answer that arrived."""

    def __init__(self, data):
        head, _blank, self.body = data.decode().partition("\r\n\r\n")
        self.first, *lines = head.split("\r\n")
        self.headers = [line.partition(": ")[::2] for line in lines]
        self.method = self.first.split()[0]

    def __getitem__(self, name):
        return next((value for key, value in self.headers if key == name), "")

    def answer(self, status, more="", body=""):
        """The answer to it, with our tag: one telephone has one call at a time."""
        own = {"To": self["To"] + ("" if "tag=" in self["To"] else ";tag=debtor")}
        kept = ("Via", "From", "To", "Call-ID", "CSeq")
        lines = [f"{k}: {own.get(k, v)}" for k, v in self.headers if k in kept]
        return _written(f"SIP/2.0 {status}", lines, more, body)


def _written(first, lines, more="", body=""):
    lines = [first, *lines, *filter(None, [more]), f"Content-Length: {len(body)}"]
    return ("\r\n".join(lines) + f"\r\n\r\n{body}").encode()


class Phone:
    """One telephone for whatever number is dialled; a thread of its own."""

    def __init__(self, voice, listens_for):
        """Both are tones in hertz: the debtor's own, and what he takes for speech."""
        self.manner = Manner()
        self.talks = []
        self._sip, self._rtp = _socket(), _socket()
        self.port = self._sip.getsockname()[1]
        self._listens_for = listens_for
        self._voice = sound.alaw(sound.tone(voice, 1))
        self._stopped = threading.Event()
        self._work = ThreadPoolExecutor(1, "debtor").submit(self._run)

    @property
    def talk(self):
        """The latest call."""
        return self.talks[-1]

    def stop(self):
        """Pull the plug; fails if the telephone was broken."""
        self._stopped.set()
        self._work.result(5)
        self._sip.close()
        self._rtp.close()

    def _run(self):
        due = time.monotonic()
        while not self._stopped.is_set():
            wait = max(0, due - time.monotonic())
            ready, _w, _x = select.select([self._sip, self._rtp], [], [], wait)
            if self._sip in ready:
                self._take(Message(self._sip.recvfrom(65536)[0]))
            if self._rtp in ready:
                self._hear(self._rtp.recvfrom(2048)[0])
            if time.monotonic() >= due:
                due += FRAME / sound.RATE
                self._tick()

    # --- signalling -----------------------------------------------------------------
    def _take(self, message):
        known = self.talks and message["Call-ID"] == self.talk.invite["Call-ID"]
        if message.method == "INVITE" and not known:
            self._rings(message)
        elif message.method == "INVITE" and "tag=" in message["To"]:
            self._send(message.answer("200 OK", *self._offer()))
        elif message.method == "CANCEL":
            self._send(message.answer("200 OK"))
            self._send(self.talk.invite.answer("487 Request Terminated"))
            self._over("operator")
        elif message.method == "BYE":
            self._send(message.answer("200 OK"))
            self._over("operator")

    def _rings(self, invite):
        number = re.search(r"sip:\+?(\d+)@", invite.first)[1]
        talk = Talk(number, self.manner, invite)
        self.talks.append(talk)
        self._send(invite.answer("180 Ringing"))
        if talk.manner.refuses:
            self._send(invite.answer(talk.manner.refuses))
            self._over("debtor")

    def _answer(self):
        body = self.talk.invite.body
        host = re.search(r"^c=IN IP4 (\S+)", body, re.MULTILINE)[1]
        port = re.search(r"^m=audio (\d+)", body, re.MULTILINE)[1]
        self.talk.media = host, int(port)
        self._send(self.talk.invite.answer("200 OK", *self._offer()))
        self.talk.state = "talking"

    def _offer(self):
        more = f"Contact: <sip:127.0.0.1:{self.port}>\r\nContent-Type: application/sdp"
        body = SDP.format(port=self._rtp.getsockname()[1])
        return more, body.replace("\n", "\r\n")

    def _hang_up(self):
        invite = self.talk.invite
        target = re.search(r"<(.+)>", invite["Contact"])[1]
        lines = [
            f"Via: SIP/2.0/UDP 127.0.0.1:{self.port};branch=z9hG4bK{len(self.talks)}",
            f"From: {invite['To']};tag=debtor",
            f"To: {invite['From']}",
            f"Call-ID: {invite['Call-ID']}",
            "CSeq: 1 BYE",
            "Max-Forwards: 70",
        ]
        self._send(_written(f"BYE {target} SIP/2.0", lines))
        self._over("debtor")

    def _send(self, data):
        via = self.talk.invite["Via"]
        host, port = re.match(r"SIP/2.0/UDP ([\d.]+):(\d+)", via).groups()
        self._sip.sendto(data, (host, int(port)))

    def _over(self, by):
        if self.talk.state != "over":
            self.talk.state, self.talk.ended_by = "over", by

    # --- sound ----------------------------------------------------------------------
    def _hear(self, packet):
        if self.talks and self.talk.state == "talking" and packet[1] & 0x7F == 8:
            self.talk.samples.extend(SAMPLES[code] for code in packet[12:])

    def _tick(self):
        """What a telephone does every 20 ms."""
        if not self.talks:
            return
        talk, rings = self.talk, self.talk.manner.rings
        if talk.state == "ringing":
            # Counted, since the tests set the clock.
            talk.rung += 1
            if rings is not None and talk.rung >= rings * FRAMES_PER_SECOND:
                self._answer()
        elif talk.state == "talking":
            self._speak(talk)
            if self._is_bored(talk):
                self._hang_up()

    def _speak(self, talk):
        start = talk.spoken % FRAMES_PER_SECOND * FRAME
        head = bytes((0x80, 8)) + (talk.spoken & 0xFFFF).to_bytes(2, "big")
        head += (talk.spoken * FRAME).to_bytes(4, "big") + b"debt"
        self._rtp.sendto(head + self._voice[start : start + FRAME], talk.media)
        talk.spoken += 1

    def _is_bored(self, talk):
        """Whether he has heard somebody, and then nobody for too long."""
        if talk.manner.patience is None or talk.spoken % FRAMES_PER_SECOND:
            return False
        frames = talk.frames_of(self._listens_for)
        lately = frames[-int(talk.manner.patience * FRAMES_PER_SECOND) :]
        return True in frames and True not in lately


def _socket():
    made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    made.bind(("127.0.0.1", 0))
    return made
