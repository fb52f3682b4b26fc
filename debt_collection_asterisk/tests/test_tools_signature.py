import io
import unittest
import wave

from odoo.addons.debt_collection_asterisk.dialler import signing
from odoo.addons.debt_collection_asterisk.tools import signature, wav

SECRET, PATH = "00" * 32, "/debt_collection/dialler/k/sync"
NOW, NONCE, BODY = 1_700_000_000, "0" * 32, b"{}"
FACTS = '{"name": "one", "seconds": 1}'
#: The same vector stands in the tests of the process.
VECTOR = "2f3ceef2a884edbebde9998ed7e405c3954a53f5ad9b32e1cab4675b15c03b72"


def headers(**changes):
    """Headers that are rightly signed, and then changed."""
    sent = {
        signature.TIMESTAMP: str(NOW),
        signature.NONCE: NONCE,
        signature.RECORDING: FACTS,
        signature.DIGEST: signature.digest(BODY),
    }
    sent[signature.SIGNATURE] = signature.sign(SECRET, "POST", PATH, sent)
    return sent | changes


def refusal(sent=None, now=NOW, method="POST", target=PATH):
    sent = headers() if sent is None else sent
    return signature.refusal(SECRET, method, target, sent, now)


class TestSignature(unittest.TestCase):
    """Both ends sign alike, and nothing signed can be changed."""

    def test_vector(self):
        self.assertEqual(headers()[signature.SIGNATURE], VECTOR)
        self.assertEqual(signing.signature(SECRET, "POST", PATH, headers()), VECTOR)

    def test_headers_of_the_process_are_believed(self):
        sent = signing.headers(SECRET, "POST", PATH, BODY, now=NOW)
        self.assertEqual(refusal(sent), "")
        self.assertEqual(sent[signature.DIGEST], signature.digest(BODY))

    def test_every_part_is_signed(self):
        self.assertEqual(refusal(), "")
        self.assertEqual(refusal(method="GET"), "bad_signature")
        self.assertEqual(refusal(target=PATH + "x"), "bad_signature")
        self.assertEqual(refusal(target=PATH + "?db=other"), "bad_signature")
        for name, value in (
            (signature.TIMESTAMP, str(NOW + 1)),
            (signature.NONCE, "1" * 32),
            (signature.RECORDING, FACTS.replace("1", "2")),
            (signature.DIGEST, signature.digest(b"{ }")),
            (signature.SIGNATURE, "0" * 64),
        ):
            self.assertEqual(refusal(headers(**{name: value})), "bad_signature", name)

    def test_missing_headers(self):
        self.assertEqual(refusal({}), "bad_signature")

    def test_clocks(self):
        self.assertEqual(refusal(now=NOW + 300), "")
        self.assertEqual(refusal(now=NOW + 301), "stale")
        self.assertEqual(refusal(now=NOW - 301), "stale")

    def test_signed_nonsense(self):
        for stamp, nonce in (("soon", NONCE), (str(NOW), "x"), ("²", NONCE)):
            sent = headers(**{signature.TIMESTAMP: stamp, signature.NONCE: nonce})
            sent[signature.SIGNATURE] = signature.sign(SECRET, "POST", PATH, sent)
            self.assertIn(refusal(sent), ("stale", "bad_signature"))


def tone(rate, channels=1, width=2, frames=None):
    """A second of a constant level, a little of it in every channel."""
    file = io.BytesIO()
    with wave.open(file, "wb") as recording:
        recording.setnchannels(channels)
        recording.setsampwidth(width)
        recording.setframerate(rate)
        recording.writeframes(b"\x10\x00" * channels * (rate if frames is None else 0))
    return file.getvalue()


class TestWav(unittest.TestCase):
    def test_any_rate_becomes_the_lines(self):
        for rate in (8000, 11025, 16000, 22050, 44100, 48000, 6000):
            for channels in (1, 2):
                data = wav.for_telephone(tone(rate, channels))
                self.assertEqual(data, tone(8000), (rate, channels))

    def test_what_is_none(self):
        for data, code in (
            (b"", "not_wav"),
            (b"ID3", "not_wav"),
            (tone(8000, width=1), "not_16_bit"),
            (tone(8000, frames=0), "empty"),
        ):
            with self.assertRaises(wav.WavError) as error:
                wav.for_telephone(data)
            self.assertEqual(error.exception.code, code)

    def test_length(self):
        self.assertEqual(wav.seconds(tone(8000)), 1)
