"""Requests of the dialler process are signed with the secret both sides know.

What is signed is the method, the path with its query, the time, a number used once,
what is told of a recording and the hash of the body, so that nobody can change, replay
or redirect a request. The hash is sent along: who did not sign the head of a request
is refused before its body is read.
"""

import hashlib
import hmac
from collections.abc import Mapping

#: Seconds by which the clocks of the two machines may differ.
TOLERANCE = 300
TIMESTAMP, NONCE, SIGNATURE = "X-Debt-Timestamp", "X-Debt-Nonce", "X-Debt-Signature"
#: The SHA-256 of the body, in hexadecimal.
DIGEST = "X-Debt-Digest"
#: Name and seconds of a recording, whose sound is the body.
RECORDING = "X-Debt-Recording"
NONCE_LENGTH = 32


def digest(body: bytes) -> str:
    """The hash of a body as it is sent along and signed."""
    return hashlib.sha256(body).hexdigest()


def sign(secret: str, method: str, target: str, headers: Mapping[str, str]) -> str:
    """Return the signature of a request, in hexadecimal.

    ``secret`` is hexadecimal; ``target`` is the path, and the query if there is one.
    """
    names = (TIMESTAMP, NONCE, RECORDING, DIGEST)
    parts = (method, target, *(headers.get(name, "") for name in names))
    key, text = bytes.fromhex(secret), "\n".join(parts).encode()
    return hmac.new(key, text, hashlib.sha256).hexdigest()


def refusal(
    secret: str, method: str, target: str, headers: Mapping[str, str], now: float
) -> str:
    """Tell why the head of a request is not believed: stale, bad_signature, or empty.

    The signature is compared in constant time, and before anything else is said. Of
    the body only the hash is believed: compare it with what is read.
    """
    expected = sign(secret, method, target, headers)
    given = headers.get(SIGNATURE, "")
    if not hmac.compare_digest(expected.encode(), given.encode()):
        return "bad_signature"
    timestamp, nonce = headers.get(TIMESTAMP, ""), headers.get(NONCE, "")
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) < 12):
        return "stale"
    if abs(int(timestamp) - now) > TOLERANCE:
        return "stale"
    return "" if _is_nonce(nonce) else "bad_signature"


def _is_nonce(text: str) -> bool:
    digits = set("0123456789abcdef")
    return len(text) == NONCE_LENGTH and digits.issuperset(text)
