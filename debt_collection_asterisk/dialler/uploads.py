"""Recordings: from the PBX to Odoo, then removed from the PBX."""

from __future__ import annotations

import logging
import struct
from typing import TYPE_CHECKING, Any

from .ari import AriError
from .odoo import Refused

if TYPE_CHECKING:
    from .engine import Engine

_logger = logging.getLogger(__name__)
#: WAV as Asterisk writes it: 8,000 samples of 16 bits after a short header.
BYTES_PER_SECOND, HEADER = 16000, 44
FIRST_WAIT, LONGEST_WAIT = 2, 300
#: Seconds until it is asked about a recording whose end was asked for and not told.
UNTOLD = 5.0


def mended(data: bytes) -> bytes:
    """A WAV whose header says how long it is: a PBX that dies leaves it at nothing.

    >>> cut = b"RIFF" + bytes(4) + b"WAVEfmt " + bytes(20) + b"data" + bytes(8)
    >>> [int.from_bytes(mended(cut)[at : at + 4], "little") for at in (4, 40)]
    [40, 4]
    """
    if data[:4] != b"RIFF" or data[36:40] != b"data" or len(data) < HEADER:
        return data
    sizes = struct.pack("<I", len(data) - 8), struct.pack("<I", len(data) - HEADER)
    return data[:4] + sizes[0] + data[8:40] + sizes[1] + data[HEADER:]


class Uploads:
    """Hands recordings over, however often it must try."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._underway: set[str] = set()

    def finished(self, name: str, seconds: float | None) -> None:
        """The PBX closed a recording: hand it over, then tell Odoo.

        Until its file was looked at nobody knows whether there is anything in it.
        """
        row = self._row(name)
        if row:
            self._send(name, row["call_id"], seconds, FIRST_WAIT)

    def expect(self, name: str) -> None:
        """Its end was asked for: should the PBX not tell of it, it is looked for."""
        self._engine.later(UNTOLD, lambda: self._look(name))

    def _look(self, name: str) -> None:
        row = self._row(name)
        if row is None or row["seconds"] is not None:
            return
        try:
            live = self._engine.ari.is_recording(name)
        except AriError:
            live = True
        if live:
            self._engine.ari.stop_recording(name)
            self.expect(name)
        else:
            self._send(name, row["call_id"], None, FIRST_WAIT)

    def lost(self, name: str) -> None:
        """The PBX could not record."""
        _logger.warning("Recording %s failed", name)
        self._engine.journal.handed_over(name)

    def resume(self, live: set[str]) -> None:
        """After a start or a gap: what is complete goes, what is open is closed.

        :param live: names of recordings whose calls go on
        """
        for row in self._engine.journal.recordings():
            if row["name"] in live:
                continue
            if row["seconds"] is None:
                self._engine.ari.stop_recording(row["name"])
            self._send(row["name"], row["call_id"], row["seconds"], FIRST_WAIT)

    def _row(self, name: str) -> dict[str, Any] | None:
        rows = self._engine.journal.recordings()
        return next((row for row in rows if row["name"] == name), None)

    def _send(
        self, name: str, call_id: int, seconds: float | None, wait: float
    ) -> None:
        if name in self._underway:
            return
        self._underway.add(name)

        def work() -> float | None:
            data = mended(self._engine.files.recording(name) or b"")
            if len(data) <= HEADER:
                _logger.warning("Recording %s is empty", name)
                return None
            length = round((len(data) - HEADER) / BYTES_PER_SECOND, 1)
            self._engine.odoo.recording(call_id, name, seconds or length, data)
            return length

        def failed(error: Exception) -> None:
            _logger.warning("Recording %s: %s", name, error)
            if isinstance(error, Refused):
                self._sent(name, None)
                return
            self._underway.discard(name)
            again = min(2 * wait, LONGEST_WAIT)
            self._engine.later(wait, lambda: self._again(name, seconds, again))

        def done(length: float | None) -> None:
            self._sent(name, length)

        self._engine.background(work, done, failed, slow=True)

    def _again(self, name: str, seconds: float | None, wait: float) -> None:
        if row := self._row(name):
            self._send(name, row["call_id"], seconds, wait)

    def _sent(self, name: str, length: float | None) -> None:
        self._underway.discard(name)
        if length:
            self._engine.journal.recorded(name, length, self._engine.office_now())
        # Before it is forgotten here: nothing of his voice may stay on the PBX.
        self._engine.ari.forget_recording(name)
        self._engine.journal.handed_over(name)
