"""Every request to Odoo is signed with the secret that both sides know."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time


def signature(
    secret: str, method: str, path: str, timestamp: str, nonce: str, body: bytes
) -> str:
    """The signature of one request, in hexadecimal.

    :param str secret: the shared secret, in hexadecimal
    :param str timestamp: seconds since 1970
    :param bytes body: as it goes over the wire
    """
    parts = (method, path, timestamp, nonce, hashlib.sha256(body).hexdigest())
    text = "\n".join(parts).encode()
    return hmac.new(bytes.fromhex(secret), text, hashlib.sha256).hexdigest()


def headers(
    secret: str, method: str, path: str, body: bytes, now: float | None = None
) -> dict[str, str]:
    """The headers of a signed request: each call makes a fresh nonce."""
    timestamp = str(int(time.time() if now is None else now))
    nonce = secrets.token_hex(16)
    return {
        "X-Debt-Timestamp": timestamp,
        "X-Debt-Nonce": nonce,
        "X-Debt-Signature": signature(secret, method, path, timestamp, nonce, body),
    }
