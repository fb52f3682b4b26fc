"""Prompts: fetched from Odoo once, kept by their hash where Asterisk reads them."""

from __future__ import annotations

import hashlib
import logging
from pathlib import Path
from typing import TYPE_CHECKING

from .kinds import Prompt

if TYPE_CHECKING:
    from .engine import Engine

_logger = logging.getLogger(__name__)
AGAIN = 5


class Sounds:
    """The folder of prompts."""

    def __init__(self, engine: Engine, folder: Path) -> None:
        self._engine = engine
        self._folder = folder
        self._underway: set[Path] = set()
        folder.mkdir(parents=True, exist_ok=True)

    def media(self, prompt: Prompt) -> str:
        """What Asterisk is asked to play."""
        return f"sound:{self._path(prompt).with_suffix('')}"

    def at_hand(self, prompts: list[Prompt]) -> bool:
        """Whether all are here; those that are not are fetched."""
        missing = [prompt for prompt in prompts if not self._path(prompt).exists()]
        for prompt in missing:
            self._fetch(prompt)
        return not missing

    def _path(self, prompt: Prompt) -> Path:
        digest = "".join(c for c in prompt["sha1"] if c.isalnum())
        return self._folder.absolute() / f"{int(prompt['id'])}-{digest}.wav"

    def _fetch(self, prompt: Prompt) -> None:
        path = self._path(prompt)
        if path in self._underway:
            return
        self._underway.add(path)
        self._engine.background(
            lambda: self._engine.odoo.prompt(prompt["id"]),
            lambda data: self._store(prompt, path, data),
            lambda error: self._failed(path, error),
            slow=True,
        )

    def _store(self, prompt: Prompt, path: Path, data: bytes) -> None:
        if hashlib.sha1(data).hexdigest() != prompt["sha1"]:
            self._failed(path, "its contents are not what Odoo announced")
            return
        part = path.with_suffix(".part")
        part.write_bytes(data)
        part.replace(path)
        self._underway.discard(path)

    def _failed(self, path: Path, why: object) -> None:
        _logger.warning("Prompt %s: %s", path.name, why)
        self._engine.later(AGAIN, lambda: self._underway.discard(path))
