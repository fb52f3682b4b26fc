"""Prompts: fetched from Odoo once, kept by their hash where Asterisk reads them."""

import hashlib
import logging

_logger = logging.getLogger(__name__)
AGAIN = 5


class Sounds:
    """The folder of prompts."""

    def __init__(self, desk, folder):
        self._desk = desk
        self._folder = folder
        self._underway = set()
        folder.mkdir(parents=True, exist_ok=True)

    def media(self, prompt):
        """What Asterisk is asked to play."""
        return f"sound:{self._path(prompt).with_suffix('')}"

    def at_hand(self, prompts):
        """Whether all are here; those that are not are fetched."""
        missing = [prompt for prompt in prompts if not self._path(prompt).exists()]
        for prompt in missing:
            self._fetch(prompt)
        return not missing

    def _path(self, prompt):
        digest = "".join(c for c in prompt["sha1"] if c.isalnum())
        return self._folder.absolute() / f"{int(prompt['id'])}-{digest}.wav"

    def _fetch(self, prompt):
        path = self._path(prompt)
        if path in self._underway:
            return
        self._underway.add(path)
        self._desk.background(
            lambda: self._desk.odoo.prompt(prompt["id"]),
            lambda data: self._store(prompt, path, data),
            lambda error: self._failed(path, error),
            slow=True,
        )

    def _store(self, prompt, path, data):
        if hashlib.sha1(data).hexdigest() != prompt["sha1"]:
            self._failed(path, "its contents are not what Odoo announced")
            return
        part = path.with_suffix(".part")
        part.write_bytes(data)
        part.replace(path)
        self._underway.discard(path)

    def _failed(self, path, why):
        _logger.warning("Prompt %s: %s", path.name, why)
        self._desk.later(AGAIN, lambda: self._underway.discard(path))
