"""What Odoo is to know of calls that came in: on the disk until it knows it.

Of each call in the order in which it happened: that a recording was announced is of no
use to who does not know yet that somebody answered.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from .odoo import Refused

if TYPE_CHECKING:
    from .engine import Engine

_logger = logging.getLogger(__name__)
#: Seconds until what Odoo did not take is told again, each time twice as long.
AGAIN, LONGEST_WAIT = 5.0, 60.0
#: Seconds from the start until what is left of an earlier process is told: Odoo must
#: know of this one before.
SETTLED = 1.0

#: `heard(told, answer)`: what Odoo took, and what it answered.
Heard = Callable[[dict[str, Any], dict[str, Any]], None]


class Telling:
    """Tells Odoo, however often it must try; told twice it is the same."""

    def __init__(self, engine: Engine, heard: Heard) -> None:
        self._engine = engine
        self._heard = heard
        self._underway: set[str] = set()

    def tell(self, told: dict[str, Any], facts: dict[str, Any] | None) -> None:
        """Note it together with how the call stands now, then tell it.

        :param facts: nothing once the call is over
        """
        engine, channel = self._engine, told["uuid"]
        engine.journal.note_incoming(channel, facts, told, engine.wall())
        self._next(channel)

    def resume(self) -> None:
        """What an earlier process could not tell."""
        self._engine.later(SETTLED, self._tell_all)

    def _tell_all(self) -> None:
        for channel in self._engine.journal.untold_calls():
            self._next(channel)

    def _next(self, channel: str) -> None:
        if channel in self._underway:
            return
        if found := self._engine.journal.first_untold(channel):
            self._underway.add(channel)
            self._send(*found, AGAIN)

    def _send(self, number: int, told: dict[str, Any], wait: float) -> None:
        engine = self._engine

        def failed(error: Exception) -> None:
            _logger.warning("Incoming call %s: %s", told["uuid"], error)
            if isinstance(error, Refused):
                self._taken(number, told, {})
                return
            longer = min(2 * wait, LONGEST_WAIT)
            engine.later(wait, lambda: self._send(number, told, longer))

        engine.background(
            lambda: engine.odoo.incoming(told),
            lambda answer: self._taken(number, told, answer),
            failed,
        )

    def _taken(self, number: int, told: dict[str, Any], answer: dict[str, Any]) -> None:
        # What follows from it is noted first: nothing of that may be lost either.
        self._heard(told, answer)
        self._engine.journal.told(number)
        self._underway.discard(told["uuid"])
        self._next(told["uuid"])
