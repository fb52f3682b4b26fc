"""Asterisk's REST interface: the requests we need, and the stream of its events."""

from __future__ import annotations

import base64
import json
import logging
import threading
from typing import TYPE_CHECKING, Any

import requests
import websocket

if TYPE_CHECKING:
    from .config import Pbx

_logger = logging.getLogger(__name__)
#: A stream that is silent for so long (seconds), pings included, is broken.
PING_EVERY, PING_TIMEOUT = 3, 2
CONNECT_AGAIN = 0.5


class AriError(Exception):
    """Asterisk refused; `status` is its HTTP status, 0 when it was not reached."""

    def __init__(self, text: str, status: int = 0) -> None:
        super().__init__(text)
        self.status = status


class Ari:
    """Requests, each answered within milliseconds: Asterisk is next door."""

    def __init__(self, config: Pbx, timeout: float = 5) -> None:
        self.app = config.app
        self._base = config.url.rstrip("/") + "/ari"
        self._nowhere = config.forward_context
        self._timeout = timeout
        self._session = requests.Session()
        self._session.auth = (config.user, config.password)
        self._session.trust_env = False

    # --- channels ---------------------------------------------------------------
    def originate(
        self,
        channel: str,
        endpoint: str,
        arguments: str,
        ring: float,
        limit: int,
        caller: str | None = None,
        variables: dict[str, str] | None = None,
    ) -> None:
        """Ring an endpoint; once it answers the channel enters our application.

        Where the far end answers that another number be dialled instead (302), the PBX
        looks for that number in a context that leads nowhere.

        :param int ring: seconds to let it ring
        :param int limit: seconds after which the PBX drops it, whatever happens
        """
        body: dict[str, Any] = {
            "endpoint": endpoint,
            "app": self.app,
            "appArgs": arguments,
        }
        body |= {
            "timeout": ring,
            "variables": {
                "TIMEOUT(absolute)": str(limit),
                "FORWARD_CONTEXT": self._nowhere,
                **(variables or {}),
            },
        }
        if caller:
            body["callerId"] = caller
        self._ask("POST", f"channels/{channel}", json=body)

    def hangup(self, channel: str) -> None:
        """Drop a channel; one that is gone is none the worse for it."""
        self._quietly("DELETE", f"channels/{channel}")

    def channels(self) -> list[dict[str, Any]]:
        """All channels of this PBX."""
        found: list[dict[str, Any]] = self._ask("GET", "channels")
        return found

    def exists(self, channel: str) -> bool:
        """Whether a channel lives."""
        return self._is_there(f"channels/{channel}")

    def _is_there(self, path: str) -> bool:
        try:
            self._ask("GET", path)
        except AriError as error:
            if error.status == 404:
                return False
            raise
        return True

    def leave_to(self, channel: str, context: str) -> None:
        """Send a channel through a dialplan context, which sends it back to us."""
        query = {"context": context, "extension": "s", "priority": 1}
        self._ask("POST", f"channels/{channel}/continue", params=query)

    def ring(self, channel: str, limit: int) -> None:
        """Let somebody who calls us hear that it rings, for at most `limit` seconds."""
        query = {"variable": "TIMEOUT(absolute)", "value": str(limit)}
        self._ask("POST", f"channels/{channel}/variable", params=query)
        self._ask("POST", f"channels/{channel}/ring")

    def answer(self, channel: str) -> None:
        """Pick up a call that came in."""
        self._ask("POST", f"channels/{channel}/answer")

    def watch_speech(self, channel: str) -> None:
        """Be told when whoever is on this line speaks."""
        query = {"variable": "TALK_DETECT(set)", "value": ""}
        self._quietly("POST", f"channels/{channel}/variable", params=query)

    def trouble_of(self, endpoint: str) -> str | None:
        """What is wrong with a phone that the PBX would not ring.

        :return: unregistered, unknown_phone, or nothing that we could tell
        """
        technology, _, phone = endpoint.partition("/")
        try:
            found = self._ask("GET", f"endpoints/{technology}/{phone.split('@')[-1]}")
        except AriError as error:
            return "unknown_phone" if error.status == 404 else None
        return "unregistered" if found.get("state") == "offline" else None

    def has_module(self, name: str) -> bool:
        """Whether a module of the PBX runs."""
        try:
            found = self._ask("GET", f"asterisk/modules/{name}")
        except AriError as error:
            if error.status == 404:
                return False
            raise
        return bool(found["status"] == "Running")

    def settings_of(self, endpoint: str) -> dict[str, str] | None:
        """How the PBX is set up for a PJSIP endpoint; nothing where it cannot tell."""
        path = f"asterisk/config/dynamic/res_pjsip/endpoint/{endpoint}"
        try:
            found = self._ask("GET", path)
        except AriError as error:
            if error.status == 0:
                raise
            return None
        return {one["attribute"]: one["value"] for one in found}

    def music(self, channel: str, on: bool) -> None:
        """Music on hold."""
        self._quietly("POST" if on else "DELETE", f"channels/{channel}/moh")

    def subscribe(self, channel: str) -> None:
        """Hear of a channel that was there before we were."""
        path = f"applications/{self.app}/subscription"
        self._quietly("POST", path, params={"eventSource": f"channel:{channel}"})

    # --- bridges ----------------------------------------------------------------
    def bridges(self) -> list[dict[str, Any]]:
        """All bridges of this PBX."""
        found: list[dict[str, Any]] = self._ask("GET", "bridges")
        return found

    def open_bridge(self, bridge: str) -> None:
        """Make a bridge, or take the one of that name."""
        self._ask("POST", f"bridges/{bridge}", params={"type": "mixing"})

    def close_bridge(self, bridge: str) -> None:
        """Remove a bridge: it would not go by itself."""
        self._quietly("DELETE", f"bridges/{bridge}")

    def join(self, bridge: str, channel: str) -> None:
        """Let a channel hear and speak to the others of a bridge."""
        query = {"channel": channel}
        self._ask("POST", f"bridges/{bridge}/addChannel", params=query)

    def part(self, bridge: str, channel: str) -> None:
        """Take a channel out of a bridge."""
        query = {"channel": channel}
        self._quietly("POST", f"bridges/{bridge}/removeChannel", params=query)

    # --- sound ------------------------------------------------------------------
    def play(self, where: str, media: str, playback: str) -> None:
        """Play to `channels/…` or `bridges/…`."""
        self._ask("POST", f"{where}/play/{playback}", params={"media": media})

    def is_playing(self, playback: str) -> bool:
        """Whether a playback has not come to its end."""
        return self._is_there(f"playbacks/{playback}")

    def stop_playing(self, playback: str) -> None:
        """End a playback; an ended one is fine."""
        self._quietly("DELETE", f"playbacks/{playback}")

    def record(self, bridge: str, name: str, limit: int) -> None:
        """Record a bridge for at most `limit` seconds."""
        query = {"name": name, "format": "wav", "ifExists": "overwrite"}
        query["maxDurationSeconds"] = str(limit)
        self._ask("POST", f"bridges/{bridge}/record", params=query)

    def stop_recording(self, name: str) -> None:
        """End a recording and keep it."""
        self._quietly("POST", f"recordings/live/{name}/stop")

    def is_recording(self, name: str) -> bool:
        """Whether a recording has not come to its end."""
        return self._is_there(f"recordings/live/{name}")

    def recording(self, name: str) -> bytes | None:
        """The WAV of a recording, or nothing when there is none."""
        try:
            found: bytes = self._ask("GET", f"recordings/stored/{name}/file")
        except AriError as error:
            if error.status == 404:
                return None
            raise
        return found

    def forget_recording(self, name: str) -> None:
        """Remove a recording from the PBX."""
        self._quietly("DELETE", f"recordings/stored/{name}")

    def _quietly(self, method: str, path: str, **options: Any) -> None:
        """Where the aim is that something be gone, or is not worth a failure."""
        try:
            self._ask(method, path, **options)
        except AriError as error:
            if error.status not in (0, 404):
                _logger.warning("%s", error)

    def _ask(self, method: str, path: str, **options: Any) -> Any:
        url = f"{self._base}/{path}"
        try:
            answer = self._session.request(
                method, url, timeout=self._timeout, **options
            )
        except requests.RequestException as error:
            raise AriError(f"{method} {path}: {type(error).__name__}") from None
        if not answer.ok:
            text = f"{method} {path}: {answer.status_code} {answer.text[:200]}"
            raise AriError(text, answer.status_code)
        if "json" in answer.headers.get("Content-Type", ""):
            return answer.json()
        return answer.content


class Events(threading.Thread):
    """The websocket: it hands every event on, and connects again when it breaks.

    `on_open`, `on_event(event)` and `on_close` are called in this thread.
    """

    def __init__(self, config: Pbx, on_open: Any, on_event: Any, on_close: Any) -> None:
        super().__init__(name="events", daemon=True)
        self._config = config
        self._callbacks = on_open, on_event, on_close
        self._ended = threading.Event()
        self._complaint: str | None = None
        self._socket: Any = None

    def run(self) -> None:
        """Stay connected until `stop`."""
        on_open, on_event, on_close = self._callbacks
        plain = f"{self._config.user}:{self._config.password}".encode()
        address = self._config.url.rstrip("/").replace("http", "ws", 1)
        while not self._ended.is_set():
            self._socket = websocket.WebSocketApp(
                f"{address}/ari/events?app={self._config.app}",
                header=[f"Authorization: Basic {base64.b64encode(plain).decode()}"],
                on_open=lambda _socket: on_open(),
                on_message=lambda _socket, text: on_event(json.loads(text)),
                on_error=self._broken,
            )
            self._socket.run_forever(
                ping_interval=PING_EVERY,
                ping_timeout=PING_TIMEOUT,
                suppress_origin=True,
            )
            on_close()
            self._ended.wait(CONNECT_AGAIN)

    def _broken(self, _socket: Any, error: Exception) -> None:
        """It does not connect, or not any more; to close it in good form takes time."""
        self._complain(error)
        self._callbacks[2]()

    def _complain(self, error: Exception) -> None:
        """Say why: once, not each second."""
        text = f"{type(error).__name__} {getattr(error, 'status_code', '')}".strip()
        if text != self._complaint and not self._ended.is_set():
            self._complaint = text
            _logger.warning("Asterisk's stream of events: %s", text)

    def stop(self) -> None:
        """Connect no more."""
        self._ended.set()
        if self._socket:
            self._socket.close()
