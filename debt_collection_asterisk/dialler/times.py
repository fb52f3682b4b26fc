"""Instants: seconds since 1970 inside, ISO 8601 in UTC on the wire."""

from __future__ import annotations

import calendar
import time
from typing import Any


def iso(seconds: float) -> Any:
    """An instant as the protocol writes it.

    >>> iso(1700000000.7)
    '2023-11-14T22:13:20Z'
    """
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))


#: Seconds by which two clocks may differ before it is said.
FAR_OFF = 5
#: Seconds that a request may take; Odoo tells whole ones.
ABOUT = 2


def skew(told: Any, wall: Any) -> Any:
    """The seconds by which another clock is ahead of ours; small ones are none.

    >>> skew('2023-11-14T22:13:20Z', 1700000001.4), skew('2023-11-14T22:17:20Z', 1.7e9)
    (0, 240)
    """
    ahead = round(parse(told) - wall)
    return ahead if abs(ahead) >= ABOUT else 0


def parse(text: str | None) -> int | None:
    """The seconds since 1970 of such a text; nothing stays nothing.

    >>> parse('2023-11-14T22:13:20Z'), parse('2023-11-14T22:13:20.250Z'), parse(None)
    (1700000000, 1700000000, None)
    """
    if not text:
        return None
    return calendar.timegm(time.strptime(text[:19], "%Y-%m-%dT%H:%M:%S"))
