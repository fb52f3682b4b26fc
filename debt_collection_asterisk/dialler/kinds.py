"""What goes back and forth, by the names that the modules use for it."""

from __future__ import annotations

from types import ModuleType
from typing import Any, Protocol

#: An event of the PBX, a job, a command, a prompt: as they come over the wire.
Event = dict[str, Any]
Job = dict[str, Any]
Command = dict[str, Any]
Prompt = dict[str, Any]
#: `pacing.py` of the main addon, loaded from where it lies.
Pacing = ModuleType


class Background(Protocol):
    """Runs work elsewhere and hands its result, or its exception, back."""

    def __call__(
        self, work: Any, done: Any, failed: Any, slow: bool = False
    ) -> None: ...
