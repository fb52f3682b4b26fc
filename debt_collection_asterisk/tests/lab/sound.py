"""Sounds made by arithmetic: tones as WAV and a-law, keys as RTP packets."""

import io
import math
import struct
import wave
from array import array

RATE = 8000
SILENCE = b"\xd5"


def tone(hertz, seconds, level=8000):
    """Samples of a sine, 16 bits, 8 kHz."""
    step = 2 * math.pi * hertz / RATE
    return array(
        "h", (int(level * math.sin(step * n)) for n in range(int(RATE * seconds)))
    )


def quiet(seconds):
    """Samples of silence."""
    return array("h", bytes(2 * int(RATE * seconds)))


def words(hertz, count):
    """Somebody who speaks on: two words a second, with pauses as between words.

    Where a busy machine plays it in pieces, it is still many words.
    """
    return (tone(hertz, 0.3) + quiet(0.2)) * count


def wav(samples):
    """A WAV file of samples."""
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE)
        out.writeframes(samples.tobytes())
    return file.getvalue()


def samples_of(data):
    """The samples of a WAV file, and its length in seconds."""
    with wave.open(io.BytesIO(data)) as source:
        assert (source.getnchannels(), source.getframerate()) == (1, RATE)
        samples = array("h", source.readframes(source.getnframes()))
    return samples, len(samples) / RATE


def power(samples, hertz):
    """How much of a frequency is in samples (Goertzel): the amplitude of its sine."""
    factor = 2 * math.cos(2 * math.pi * hertz / RATE)
    before = last = 0.0
    for sample in samples:
        before, last = last, sample + factor * last - before
    square = before**2 + last**2 - factor * before * last
    return 2 * math.sqrt(max(0.0, square)) / max(1, len(samples))


def alaw(samples):
    """Samples as G.711 a-law, one byte each."""
    known = {}
    for sample in set(samples):
        known[sample] = _alaw(sample)
    return bytes(known[sample] for sample in samples)


def _alaw(sample):
    """One sample as a-law: the sign, three bits of exponent, four of mantissa."""
    size = min(abs(sample), 32767) >> 4
    exponent = max(0, size.bit_length() - 4)
    mantissa = size >> max(0, exponent - 1) & 0x0F
    return ((0x80 if sample >= 0 else 0) | exponent << 4 | mantissa) ^ 0x55


def keys_pcap(digits, lead=1.0, gap=0.6, tail=1.0):
    """A capture of RTP in which digits are pressed (RFC 4733, payload type 101)."""
    slots, out = 0, [struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1)]

    def send(kind, stamp, payload, at):
        number = len(out)
        rtp = struct.pack("!BBHII", 0x80, kind, number & 0xFFFF, stamp, 0x1234ABCD)
        out.append(_packet(at, rtp + payload))

    def silence(seconds):
        nonlocal slots
        for _slot in range(int(seconds * 50)):
            send(8, slots * 160, SILENCE * 160, slots * 0.02)
            slots += 1

    silence(lead)
    for digit in digits:
        event, stamp = "0123456789*#".index(digit), slots * 160
        for step in range(8):
            body = struct.pack("!BBH", event, 10, (step + 1) * 160)
            send(101 | (0x80 if step == 0 else 0), stamp, body, slots * 0.02)
            slots += 1
        for step in range(3):
            body = struct.pack("!BBH", event, 0x80 | 10, 9 * 160)
            send(101, stamp, body, slots * 0.02 - 0.017 + 0.001 * step)
        silence(gap)
    silence(tail)
    return b"".join(out)


def _packet(at, rtp):
    """One captured packet: seconds, then Ethernet, IP and UDP around the RTP."""
    udp = struct.pack("!HHHH", 6000, 6000, 8 + len(rtp), 0) + rtp
    here = bytes((127, 0, 0, 1))
    size = 20 + len(udp)
    ip = struct.pack("!BBHHHBBH4s4s", 0x45, 0, size, 0, 0, 64, 17, 0, here, here)
    frame = bytes(12) + b"\x08\x00" + ip + udp
    head = struct.pack("<IIII", int(at), int(at % 1 * 1e6), len(frame), len(frame))
    return head + frame
