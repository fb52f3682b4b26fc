"""The telephone network: one SIPp answers for every phone there is.

The last two digits of the number dialled choose what happens (see NUMBERS). Each
first request is noted with its number, so that a test can count how often one rang.
"""

import datetime
import os
import re
from collections import Counter
from pathlib import Path

from . import child, sound
from .ports import VOICES, free, until

#: What the phone with these last digits does.
ANSWERS, BUSY, RINGS, DECLINES, DROPS, PRESSES = "01", "02", "03", "04", "05", "06"
HUMAN, MACHINE, UNKNOWN, OFF, EARLY, CONGESTED, INFO = (
    "07", "08", "09", "10", "11", "12", "13",
)  # fmt: skip
DATED, STOPS, CALLBACK, OFFERED, PROMISES = "14", "15", "16", "17", "18"
FORWARDS, PROGRESSES, FORBIDDEN, GREETS, MUTE = "22", "23", "24", "25", "26"
SILENT, FLEETING = "27", "28"
OPERATOR, COLLEAGUE, CHATS, SLOW, TALKS = "21", "29", "30", "31", "32"
#: Whom a phone that forwards names instead of itself.
FORWARDED = "+32479999901"
#: The day that is promised by keys: near enough to be one in any month.
PROMISED = datetime.date.today() + datetime.timedelta(days=7)
DEBTOR_HZ, OPERATOR_HZ, COLLEAGUE_HZ = 440, 1000, 1400

HEADERS = """      [last_Via:]
      [last_From:]
      [last_To:];tag=[pid]SIPpTag01[call_number]
      [last_Call-ID:]
      [last_CSeq:]
"""
SDP = """      v=0
      o=lab 1 1 IN IP4 127.0.0.1
      s=-
      c=IN IP4 127.0.0.1
      t=0 0
      m=audio [rtpstream_audio_port] RTP/AVP 8 101
      a=rtpmap:8 PCMA/8000
      a=rtpmap:101 telephone-event/8000
      a=fmtp:101 0-15
      a=ptime:20

"""


def _send(line, more="", body="", options="", user="lab"):
    kind = "      Content-Type: application/sdp\n" if body else ""
    length = f"      Content-Length: {'[len]' if body else '0'}\n\n{body}"
    contact = f"      Contact: <sip:{user}@[local_ip]:[local_port]>\n"
    text = f"\n      SIP/2.0 {line}\n{HEADERS}{contact}{more}{kind}{length}"
    return f"<send{options}><![CDATA[\n{text}]]></send>\n"


def _request(method, number, more="      Content-Length: 0\n\n"):
    return f"""<send retrans="500"><![CDATA[

      {method} [next_url] SIP/2.0
      Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
      From: [$20];tag=[pid]SIPpTag01[call_number]
      To: [$21]
      Call-ID: [call_id]
      CSeq: {number} {method}
      Max-Forwards: 70
{more}]]></send>
<recv response="200"/>
"""


def _pause(milliseconds):
    return f'<pause milliseconds="{milliseconds}"/>\n'


def _do(action):
    return f"<nop><action><exec {action}/></action></nop>\n"


def _key(digit, number):
    more = "      Content-Type: application/dtmf-relay\n      Content-Length: [len]\n\n"
    body = f"      Signal={digit}\n      Duration=160\n\n"
    return _request("INFO", number, more + body) + _pause(300)


RING = _send("180 Ringing")
RING_SHORTLY = RING + _pause(300)
ACK = '<recv request="ACK" crlf="true"/>\n'
OK = _send("200 OK", body=SDP, options=' retrans="500"') + ACK
#: Captured packets are sent from no port that is SIPp's own.
CAPTURED = OK.replace("[rtpstream_audio_port]", "[media_port]")
WAIT = '<recv request="BYE" timeout="600000"/>\n' + _send("200 OK")
BYE = _request("BYE", 20)
CANCELLED = (
    '<recv request="CANCEL" timeout="120000"/>\n'
    + _send("200 OK")
    + _send("487 Request Terminated").replace("[last_CSeq:]", "CSeq: [$22] INVITE")
    + ACK
)


def _refuse(line, more="", ring=RING_SHORTLY, **options):
    return ring + _send(line, more, options=' retrans="500"', **options) + ACK


def _presses(digits, first=""):
    keys = "".join(_key(digit, 2 + n) for n, digit in enumerate(digits))
    return RING + _pause(300) + OK + first + _pause(1500) + keys + WAIT


def _stream(file, times=1):
    return _pause(200) + _do(f'rtp_stream="{file},{times},8"')


def plays(file, ring=500, times=1):
    """A phone that is picked up, and what is heard on it, once or without end (-1)."""
    return RING + _pause(ring) + OK + _stream(file, times) + WAIT


def _says_and_presses(file, digits):
    """A voice first, for the detection of machines; then keys, during the message."""
    return _presses(digits, _stream(file) + _pause(3000))


def _between(least, most):
    return f'<pause distribution="uniform" min="{least}" max="{most}"/>\n'


def _chats():
    """Somebody who answers after a while, talks for a while and hangs up."""
    return RING + _between(1000, 3000) + OK + _between(4000, 9000) + BYE


def _talks(file):
    """The same at length, by somebody who says his name first."""
    ring, talk = _between(2000, 6000), _between(15000, 45000)
    return RING + ring + OK + _stream(file) + talk + BYE


def numbers(folder):
    """What each of the last digits does, as SIPp's steps."""
    absent = '      Reason: Q.850;cause=20;text="subscriber absent"\n'
    return {
        ANSWERS: plays(f"{folder}/debtor.al", 1000, times=-1),
        BUSY: _refuse("486 Busy Here"),
        RINGS: RING + CANCELLED,
        DECLINES: _refuse("603 Decline"),
        DROPS: RING + _pause(500) + OK + _pause(2000) + BYE,
        PRESSES: RING + CAPTURED + _do(f'play_pcap_audio="{folder}/keys.pcap"') + WAIT,
        HUMAN: plays(f"{folder}/human.al"),
        MACHINE: plays(f"{folder}/machine.al"),
        UNKNOWN: _refuse("404 Not Found", ring=""),
        OFF: _refuse("480 Temporarily Unavailable", absent, ring=""),
        EARLY: _send("183 Session Progress", body=SDP) + _pause(1000) + OK + WAIT,
        CONGESTED: _refuse("503 Service Unavailable", ring=""),
        INFO: _presses("12"),
        DATED: _presses("31503#"),
        OFFERED: _presses("3#"),
        STOPS: _presses("9"),
        CALLBACK: _presses("2"),
        PROMISES: _says_and_presses(f"{folder}/human.al", f"3{PROMISED:%d%m}#"),
        FORWARDS: _refuse("302 Moved Temporarily", ring="", user=FORWARDED),
        PROGRESSES: _send("183 Session Progress", body=SDP) + CANCELLED,
        FORBIDDEN: _refuse("403 Forbidden", ring=""),
        GREETS: plays(f"{folder}/greeting.al"),
        MUTE: RING_SHORTLY + OK + WAIT,
        SILENT: CANCELLED,
        FLEETING: RING_SHORTLY + OK + BYE,
        OPERATOR: plays(f"{folder}/operator.al", 300, times=-1),
        COLLEAGUE: plays(f"{folder}/colleague.al", 300, times=-1),
        CHATS: _chats(),
        TALKS: _talks(f"{folder}/human.al"),
        SLOW: plays(f"{folder}/debtor.al", 8000, times=-1),
    }


def scenario(known):
    """The whole network as one scenario.

    :param dict known: what each of the last digits does, as SIPp's steps
    """
    cases = list(enumerate(known.items(), 100))
    find = '<ereg regexp="{}" search_in="hdr" header="{}:" assign_to="{}"/>\n'
    parts = ['<?xml version="1.0"?>\n<scenario name="network">\n']
    parts.append('<recv request="INVITE" crlf="true" rrs="true"><action>\n')
    headers = ((".*", "To", 40), (".*", "From", 41), ("[0-9]+", "CSeq", 42))
    parts += [find.format(*what) for what in headers]
    for number, (suffix, _steps) in cases:
        parts.append(find.format(f"sip:[+0-9]*{suffix}@", "To", number))
    parts.append('<log message="INVITE [$40] FROM [$41]"/>\n</action></recv>\n')
    parts.append(_send("100 Trying"))
    parts += [f'<nop next="{n}" test="{n}"/>\n' for n, _case in cases]
    parts.append(_refuse("404 Not Found", ring="") + '<nop next="99"/>\n')
    for number, (_suffix, steps) in cases:
        parts.append(f'<label id="{number}"/>\n{steps}<nop next="99"/>\n')
    parts.append('<label id="99"/>\n<nop/>\n<Reference variables="40,41,42"/>\n')
    text = "".join([*parts, "</scenario>\n"])
    return (
        text.replace("[$20]", "[$40]")
        .replace("[$21]", "[$41]")
        .replace("[$22]", "[$42]")
    )


class Network:
    """SIPp at work."""

    def __init__(self, command, folder, first_port):
        self._command = command
        self._first = first_port
        self._folder = Path(folder)
        self._process = None
        self.port = free()

    def numbers(self, folder):
        """What each of the last digits does."""
        return numbers(folder)

    def sounds(self):
        """Further sounds, by the names of their files."""
        return {}

    def start(self):
        """Make the sounds and the scenario, then answer."""
        folder = self._folder
        folder.mkdir(parents=True, exist_ok=True)
        files = {
            "debtor.al": sound.alaw(sound.tone(DEBTOR_HZ, 30)),
            "operator.al": sound.alaw(sound.tone(OPERATOR_HZ, 60)),
            "colleague.al": sound.alaw(sound.tone(COLLEAGUE_HZ, 60)),
            "human.al": sound.alaw(sound.tone(300, 0.6) + sound.quiet(20)),
            "greeting.al": sound.alaw(sound.tone(300, 2.2) + sound.quiet(20)),
            "machine.al": sound.alaw(sound.words(300, 18) + sound.quiet(15)),
            "keys.pcap": sound.keys_pcap("12"),
            "network.xml": scenario(self.numbers(folder)).encode(),
        } | self.sounds()
        for name, data in files.items():
            (folder / name).write_bytes(data)
        self._log = folder / "calls.log"
        self._log.write_text("")
        options = ["-sf", folder / "network.xml", "-i", "127.0.0.1", "-p", self.port]
        options += ["-mi", "127.0.0.1", "-nostdin", "-trace_logs"]
        last = self._first + VOICES - 2
        options += ["-min_rtp_port", self._first, "-max_rtp_port", last]
        for threshold in ("minor", "major"):
            # Where a busy machine lets it wait too often, SIPp would end by itself.
            options += [f"-watchdog_{threshold}_maxtriggers", 10**9]
        options += ["-log_file", self._log, "-trace_err", "-error_file", folder / "err"]
        self._process = child.start(
            [*self._command, *options],
            folder / "out",
            cwd=folder,
            env=os.environ | {"TERM": "dumb"},
        )
        until(self._listens, 10, "SIPp listens")

    def _listens(self):
        if self._process.poll() is not None:
            raise AssertionError((self._folder / "out").read_text()[-2000:])
        wanted = f"0100007F:{self.port:04X}"
        return wanted in Path("/proc/net/udp").read_text()

    def rang(self, number):
        """How often this number was dialled."""
        return self.all_that_rang()[number.lstrip("+")]

    def caller_of(self, number):
        """The number that this one saw on its display."""
        return re.search(r"FROM .*?sip:([^@]+)@", self.shown_to(number))[1]

    def shown_to(self, number):
        """All that this one was told of who calls."""
        wanted = re.escape(number.lstrip("+"))
        return re.search(rf"INVITE .*?sip:\+?{wanted}@.*", self._log.read_text())[0]

    def all_that_rang(self):
        """How often each number was dialled."""
        return Counter(re.findall(r"INVITE .*?sip:\+?(\d+)@", self._log.read_text()))

    def stop(self):
        """End it."""
        if self._process and self._process.poll() is None:
            self._process.kill()
            self._process.wait()
