"""Odoo's permission to dial, asked for at the last moment."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from . import times

if TYPE_CHECKING:
    from .call import Call
    from .engine import Engine

_logger = logging.getLogger(__name__)
#: Seconds until the same question is asked again.
AGAIN = 1.0


def shown(number: str | None, label: str | None) -> str | None:
    """What the debtor's phone shows: a number, with a name where there is one.

    >>> shown("+3221234567", "Acme"), shown("+3221234567", None), shown(None, "Acme")
    ('"Acme" <+3221234567>', '+3221234567', None)
    """
    # Neither quotes nor brackets may end the name before its time.
    name = "".join(char for char in label or "" if char not in '"<>\\\r\n')
    return f'"{name}" <{number}>' if number and name else number


class Permission:
    """The question of one call; it may be asked many times, and gets one answer."""

    def __init__(self, call: Call) -> None:
        self.call = call

    @property
    def engine(self) -> Engine:
        """The engine."""
        return self.call.engine

    def ask(self) -> None:
        """Ask; noted first, since Odoo counts the call from its yes on."""
        self.engine.journal.mark(self.call.id, "asking")
        self.call.state = "asking"
        self._ask()

    def _ask(self) -> None:
        call = self.call
        if call.state != "asking":
            return
        if call.expired:
            call.give_back("expired")
        elif not self.engine.ready:
            self._later()
        else:
            question = (call.id, call.job["lease"])
            self.engine.background(
                lambda: self.engine.odoo.dial(*question), self._answered, self._failed
            )

    def _later(self) -> None:
        self.engine.later(AGAIN, self._ask)

    def _failed(self, error: Exception) -> None:
        _logger.warning("Call %s: %s", self.call.id, error)
        self._later()

    def _answered(self, answer: dict[str, Any]) -> None:
        """Odoo's word: yes, until a certain time and showing a number, or no."""
        call = self.call
        if call.state != "asking":
            return
        until = times.parse(answer.get("until"))
        if not answer.get("allowed"):
            call.give_back(answer.get("reason", "refused"))
        elif until and self.engine.office_now() >= until:
            call.give_back("too_late")
        elif not self.engine.ready:
            self._later()
        else:
            caller = answer.get("caller_number", call.job.get("caller_number"))
            call.line.dial(shown(caller, answer.get("caller_label")), until)
