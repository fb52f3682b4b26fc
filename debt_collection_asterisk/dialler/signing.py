"""Every request to Odoo is signed with the secret that both sides know."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time

TIMESTAMP, NONCE, SIGNATURE = "X-Debt-Timestamp", "X-Debt-Nonce", "X-Debt-Signature"
DIGEST, RECORDING = "X-Debt-Digest", "X-Debt-Recording"


def signature(secret: str, method: str, target: str, sent: dict[str, str]) -> str:
    """The signature of one request, in hexadecimal.

    :param str secret: the shared secret, in hexadecimal
    :param str target: the path, and the query if there is one
    :param dict sent: the headers; the body is signed by its hash in one of them
    """
    names = (TIMESTAMP, NONCE, RECORDING, DIGEST)
    parts = (method, target, *(sent.get(name, "") for name in names))
    text = "\n".join(parts).encode()
    return hmac.new(bytes.fromhex(secret), text, hashlib.sha256).hexdigest()


def headers(
    secret: str,
    method: str,
    target: str,
    body: bytes,
    now: float | None = None,
    recording: str = "",
) -> dict[str, str]:
    """The headers of a signed request: each call makes a fresh nonce.

    :param str recording: what is told of a recording that is the body
    """
    sent = {
        TIMESTAMP: str(int(time.time() if now is None else now)),
        NONCE: secrets.token_hex(16),
        DIGEST: hashlib.sha256(body).hexdigest(),
    }
    if recording:
        sent[RECORDING] = recording
    return sent | {SIGNATURE: signature(secret, method, target, sent)}
