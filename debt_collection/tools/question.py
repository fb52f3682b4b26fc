"""All that the gate and the planner are asked about one debtor and channel."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import NamedTuple

from .history import NO_CONTACTS, History
from .policy import ANYWHERE, CALLBACK_LASTS, Policy, Target


class Pause(NamedTuple):
    """Nothing happens before an instant, whatever the law would allow.

    ``reason``: on_hold, promised.  ``until``: naive UTC, from then on it is over.
    """

    reason: str
    until: datetime


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of the gate, for no instant in particular.

    ``zones``: all IANA zones in which the debtor may be.  ``history``: every contact
    that may count, of all his cases.  ``holidays``: public holidays, local dates.
    ``callback``: naive UTC, the instant at which he asked to be called: nothing is
    allowed before it, and from it on, for ``CALLBACK_TOLERANCE``, calls are not refused
    by the limits where the policy says so.  ``case``: as of `Contact`.  ``target``:
    where the contact would go.
    """

    policy: Policy
    zones: tuple[str, ...]
    channel: str = "call"
    history: History = NO_CONTACTS
    holidays: frozenset[date] = frozenset()
    callback: datetime | None = None
    case: int | None = None
    target: Target = ANYWHERE
    pause: Pause | None = None

    def as_of(self, at: datetime) -> "Question":
        """Return what is asked at an instant: a callback ends, and lifts a pause.

        It lifts a pause of the channel it was asked for by, for as long as it stands.
        """
        if not self.callback or self.channel != "call":
            return self
        if at >= self.callback + CALLBACK_LASTS:
            return replace(self, callback=None)
        return replace(self, pause=None) if self.pause else self
