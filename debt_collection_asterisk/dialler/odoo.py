"""Odoo's end of the protocol: signed requests, and what their refusals mean."""

from __future__ import annotations

import contextlib
import json
import logging
import threading
import time
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import requests

from . import signing

if TYPE_CHECKING:
    from .config import Odoo as OdooConfig

_logger = logging.getLogger(__name__)


class OdooError(Exception):
    """Odoo was not reached, or refused; trying again later may help."""


class Refused(OdooError):
    """Odoo will never take this: trying again is of no use."""


class Replaced(OdooError):
    """Another dialler took over: this one must stop."""


class Odoo:
    """A client; every thread that uses it has its own connection."""

    def __init__(self, config: OdooConfig, instance: str) -> None:
        self.instance = instance
        self._config = config
        self._local = threading.local()
        #: seconds by which Odoo's clock is ahead of ours, where it must be minded
        self._ahead = 0.0
        self._base = f"{config.url.rstrip('/')}/debt_collection/dialler/{config.key}"

    def sync(self, payload: dict[str, Any]) -> Any:
        """Heartbeat, events and leases in one."""
        return self._ask("sync", payload).json()

    def dial(self, call_id: int, lease: str) -> Any:
        """Whether the debtor of this call may be dialled this instant."""
        return self._ask("dial", {"call_id": call_id, "lease": lease}).json()

    def incoming(self, told: dict[str, Any]) -> Any:
        """Ask who a call that came in is for, or tell what became of it."""
        return self._ask("incoming", told).json()

    def recording(self, call_id: int, name: str, seconds: float, data: bytes) -> Any:
        """Hand over the sound of a call."""
        facts = json.dumps({"name": name, "seconds": seconds})
        more = {"Content-Type": "audio/wav"}
        verb = f"recording/{call_id}"
        return self._post(verb, data, more, timeout=60, recording=facts).json()

    def prompt(self, prompt_id: int) -> bytes:
        """The sound of a prompt (WAV, 8 kHz, mono)."""
        content: bytes = self._post(f"prompt/{prompt_id}", b"", {}, timeout=60).content
        return content

    def believes_us(self) -> None:
        """Ask for a prompt that there cannot be: nothing else but that may be said.

        :raises OdooError: Odoo was not reached, or does not know us
        """
        try:
            self.prompt(0)
        except Refused as error:
            if "unknown_prompt" not in str(error):
                raise

    def _ask(self, verb: str, content: dict[str, Any]) -> requests.Response:
        body = json.dumps({"instance": self.instance} | content).encode()
        return self._post(verb, body, {"Content-Type": "application/json"})

    def _post(
        self,
        verb: str,
        body: bytes,
        headers: dict[str, str],
        timeout: float | None = None,
        recording: str = "",
    ) -> requests.Response:
        url = f"{self._base}/{verb}"
        secret, path = self._config.secret, urlsplit(url).path
        now = time.time() + self._ahead
        headers |= signing.headers(secret, "POST", path, body, now, recording)
        if self._config.database:
            headers["X-Odoo-Database"] = self._config.database
        try:
            answer = self._session.post(
                url,
                data=body,
                headers=headers,
                timeout=timeout or self._config.timeout,
                allow_redirects=False,
            )
        except requests.RequestException as error:
            # The text of these errors may hold the address, which holds the key.
            raise OdooError(f"{verb}: {type(error).__name__}") from None
        return self._judged(verb, answer)

    def _follow_clock(self, date: str | None) -> None:
        """Sign with Odoo's time from now on: ours it does not believe."""
        with contextlib.suppress(TypeError, ValueError):
            self._ahead = parsedate_to_datetime(date or "").timestamp() - time.time()

    @property
    def _session(self) -> requests.Session:
        """The open connection of this thread."""
        if not hasattr(self._local, "session"):
            self._local.session = requests.Session()
        session: requests.Session = self._local.session
        return session

    def _judged(self, verb: str, answer: requests.Response) -> requests.Response:
        if answer.status_code == 200:
            return answer
        try:
            code = answer.json().get("error", "")
        except ValueError:
            code = ""
        if answer.status_code == 409 and code == "replaced":
            raise Replaced("another dialler has taken over")
        if code == "stale":
            self._follow_clock(answer.headers.get("Date"))
        text = f"{verb}: Odoo answers {answer.status_code} {code}".rstrip()
        # Without a code of Odoo's own it is a server between us that may be mended.
        final = code and answer.status_code in (400, 404, 413)
        raise (Refused if final else OdooError)(text)
