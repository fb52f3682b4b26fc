"""Requests of the dialler process are signed with the secret both sides know.

What is signed is the method, the path, the time, a number used once and the hash of the
body, so that nobody can change, replay or redirect a request.
"""

import hashlib
import hmac
from collections.abc import Mapping

#: Seconds by which the clocks of the two machines may differ.
TOLERANCE = 300
TIMESTAMP, NONCE, SIGNATURE = "X-Debt-Timestamp", "X-Debt-Nonce", "X-Debt-Signature"
NONCE_LENGTH = 32


def sign(
    secret: str, method: str, path: str, timestamp: str, nonce: str, body: bytes
) -> str:
    """Return the signature of a request, in hexadecimal.

    ``secret`` is hexadecimal, ``timestamp`` in seconds since 1970.
    """
    parts = (method, path, timestamp, nonce, hashlib.sha256(body).hexdigest())
    key, text = bytes.fromhex(secret), "\n".join(parts).encode()
    return hmac.new(key, text, hashlib.sha256).hexdigest()


def refusal(
    secret: str,
    method: str,
    path: str,
    headers: Mapping[str, str],
    body: bytes,
    now: float,
) -> str:
    """Tell why a request is not believed: stale, bad_signature, or empty if it is.

    The signature is compared in constant time, and before anything else is said.
    """
    timestamp, nonce = headers.get(TIMESTAMP, ""), headers.get(NONCE, "")
    expected = sign(secret, method, path, timestamp, nonce, body)
    given = headers.get(SIGNATURE, "")
    if not hmac.compare_digest(expected.encode(), given.encode()):
        return "bad_signature"
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) < 12):
        return "stale"
    if abs(int(timestamp) - now) > TOLERANCE:
        return "stale"
    return "" if _is_nonce(nonce) else "bad_signature"


def _is_nonce(text: str) -> bool:
    digits = set("0123456789abcdef")
    return len(text) == NONCE_LENGTH and digits.issuperset(text)
