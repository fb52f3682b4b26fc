"""What is wrong with the machine, the PBX or the way to Odoo, in sentences.

Asked at the start and each minute after it; Odoo is told, and `--check` prints it.
"""

from __future__ import annotations

import contextlib
import logging
import os
import shutil
import socket
import ssl
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from .ari import Ari, AriError
from .times import FAR_OFF

if TYPE_CHECKING:
    from .config import Config
    from .engine import Engine

_logger = logging.getLogger(__name__)
EVERY = 60.0
#: Seconds for which it is told that a line was hung up that was none of ours.
REMEMBERED = 600
#: Free space of a disk below which recordings may be lost.
LEAST_FREE = 500 * 2**20
#: Days before the end of a certificate.
IN_TIME = 14
#: Seconds to wait for the certificate of Odoo's server.
PATIENCE = 5

SENTENCES = {
    "forwards": "A call that the far end forwards would be dialled on by the PBX, to a"
    " number that nobody permitted: nothing is dialled. Set `redirect_method = user`"
    " on the endpoint {endpoint} (now {method}), then reload.",
    "forwards_unknown": "Whether the PBX dials forwarded numbers by itself cannot be"
    " told of {endpoint}: see “Calls that are forwarded” in the guide.",
    "local_route": "`dial` goes through a Local channel: the dialplan behind it hides"
    " why a call fails, and may forward it. Name the trunk itself.",
    "no_detection": "The PBX has no {module}: answering machines cannot be told from"
    " persons. It needs an amd.conf, if only an empty one.",
    "trunk_offline": "The PBX says that {endpoint} is not to be reached.",
    "trunk_unknown": "The PBX has no endpoint {endpoint}, which `dial` names.",
    "unregistered": "Telephones that are not registered: {phones}.",
    "foreign_line": "A line was hung up that nobody looks after: something on the PBX"
    " sends calls into our application, or forwards them.",
    "clock": "The clock of this machine differs by {seconds} seconds from Odoo's.",
    "disk": "Only {megabytes} MB are free in {folder}: recordings may be lost.",
    "folder": "{folder} cannot be written.",
    "unreadable": "Asterisk may be unable to read the prompts in {folder}: let its user"
    " read it.",
    "certificate": "The certificate of {host} is accepted for {days} more days.",
    "no_certificate": "The certificate of {host} is refused: {why}.",
    "no_pbx": "The PBX's REST interface does not answer: {why}.",
    "no_odoo": "Odoo does not answer: {why}.",
}
#: With these nothing is dialled.
GRAVE = ("forwards",)


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong; `values` are those of its sentence."""

    code: str
    values: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return SENTENCES[self.code].format(**self.values)


def endpoint_of(dial: str) -> tuple[str, str]:
    """The technology and the endpoint that a template of numbers leads through.

    >>> endpoint_of("PJSIP/{number}@trunk"), endpoint_of("PJSIP/trunk/sip:{digits}@c.d")
    (('PJSIP', 'trunk'), ('PJSIP', 'trunk'))
    >>> endpoint_of("Local/{number}@out")
    ('Local', 'out')
    """
    technology, _, rest = dial.partition("/")
    first, _, address = rest.partition("/")
    return technology, first if address else first.rpartition("@")[2]


def forwarding(technology: str, endpoint: str, ari: Ari) -> Iterator[Problem]:
    """Whether the PBX would dial the number that a far end names instead of itself.

    As it is shipped (`user`), the PBX looks for that number in the context that we name
    with each call, and that leads nowhere. Otherwise it dials the address itself.
    """
    if technology == "Local":
        yield Problem("local_route")
        return
    settings = ari.settings_of(endpoint) if technology == "PJSIP" else None
    method = (settings or {}).get("redirect_method")
    if method is None:
        yield Problem("forwards_unknown", {"endpoint": endpoint})
    elif method != "user":
        yield Problem("forwards", {"endpoint": endpoint, "method": method})


def pbx(config: Config, ari: Ari) -> Iterator[Problem]:
    """What the PBX lacks."""
    technology, endpoint = endpoint_of(config.pbx.dial)
    yield from forwarding(technology, endpoint, ari)
    if technology == "PJSIP":
        trouble = ari.trouble_of(f"PJSIP/{endpoint}")
        codes = {"unregistered": "trunk_offline", "unknown_phone": "trunk_unknown"}
        if trouble in codes:
            yield Problem(codes[trouble], {"endpoint": endpoint})
    if not ari.has_module("app_amd.so"):
        yield Problem("no_detection", {"module": "app_amd"})


def machine(config: Config) -> Iterator[Problem]:
    """What this machine lacks."""
    for folder in sorted({config.prompts, Path(config.process.state)}):
        # Before the first start they are not there: the process makes them.
        there = next(path for path in (folder, *folder.parents) if path.exists())
        if not (there.is_dir() and os.access(there, os.W_OK)):
            yield Problem("folder", {"folder": str(folder)})
            continue
        free = shutil.disk_usage(there).free
        if free < LEAST_FREE:
            values = {"folder": str(folder), "megabytes": free // 2**20}
            yield Problem("disk", values)


def certificate(url: str, now: float) -> Iterator[Problem]:
    """Whether Odoo's certificate is good, and for long enough.

    :param now: seconds since 1970
    """
    address = urlsplit(url)
    if address.scheme != "https" or not address.hostname:
        return
    host = address.hostname
    context = ssl.create_default_context()
    try:
        with (
            socket.create_connection((host, address.port or 443), PATIENCE) as plain,
            context.wrap_socket(plain, server_hostname=host) as secure,
        ):
            found = secure.getpeercert() or {}
    except ssl.SSLError as error:
        yield Problem("no_certificate", {"host": host, "why": error.reason})
        return
    except OSError:
        # That Odoo does not answer is told by the exchange.
        return
    days = int((ssl.cert_time_to_seconds(str(found["notAfter"])) - now) // 86400)
    if days < IN_TIME:
        yield Problem("certificate", {"host": host, "days": days})


class Checks:
    """The checks of a process at work."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._found: list[Problem] = []
        self._said: set[str] = set()
        self._begun = False

    @property
    def grave(self) -> bool:
        """Whether something forbids to dial."""
        return any(problem.code in GRAVE for problem in self._found)

    def start(self) -> None:
        """Look at once, and each minute from then on."""
        self._found = [*self._at_once()]
        self._say()
        if not self._begun:
            self._begun = True
            self._later()

    def _at_once(self) -> Iterator[Problem]:
        """What must be known before the first number."""
        with contextlib.suppress(AriError):
            yield from pbx(self._engine.config, self._engine.ari)
        yield from machine(self._engine.config)

    def _again(self) -> None:
        engine = self._engine

        def look() -> list[Problem]:
            found = [*certificate(engine.config.odoo.url, time.time())]
            return [*pbx(engine.config, engine.files), *machine(engine.config), *found]

        engine.background(look, self._looked, lambda _error: self._later(), slow=True)

    def _looked(self, found: list[Problem]) -> None:
        self._found = found
        self._say()
        self._later()

    def _later(self) -> None:
        self._engine.later(EVERY, self._again)

    def _say(self) -> None:
        """Each sentence once in the log, and again when it had gone."""
        texts = {str(problem) for problem in self._found}
        for text in sorted(texts - self._said):
            _logger.warning("%s", text)
        self._said = texts

    def found(self) -> list[dict[str, Any]]:
        """All that is wrong at this moment, for Odoo."""
        return [
            {"code": problem.code, "values": problem.values, "text": str(problem)}
            for problem in [*self._found, *self._of_the_moment()]
        ]

    def _of_the_moment(self) -> Iterator[Problem]:
        engine = self._engine
        if abs(engine.exchange.skew) >= FAR_OFF:
            yield Problem("clock", {"seconds": abs(engine.exchange.skew)})
        if engine.foreign_at and engine.office_now() - engine.foreign_at < REMEMBERED:
            yield Problem("foreign_line")
        phones = [
            str(station.leg.endpoint)
            for station in engine.stations.by_user.values()
            if station.trouble in ("unregistered", "unknown_phone")
        ]
        if phones:
            yield Problem("unregistered", {"phones": ", ".join(sorted(phones))})


def report(config: Config, ask_odoo: Callable[[], Any]) -> list[Problem]:
    """All checks once, for the command line.

    :param ask_odoo: one signed request; it raises what is wrong
    """
    found = [*machine(config), *certificate(config.odoo.url, time.time())]
    try:
        found += pbx(config, Ari(config.pbx))
    except AriError as error:
        found.append(Problem("no_pbx", {"why": str(error)}))
    try:
        ask_odoo()
    except Exception as error:
        found.append(Problem("no_odoo", {"why": str(error)}))
    return found
