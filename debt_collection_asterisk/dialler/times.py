"""Instants: seconds since 1970 inside, ISO 8601 in UTC on the wire."""

import calendar
import time


def iso(seconds):
    """An instant as the protocol writes it.

    >>> iso(1700000000.7)
    '2023-11-14T22:13:20Z'
    """
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))


def parse(text):
    """The seconds since 1970 of such a text; nothing stays nothing.

    >>> parse('2023-11-14T22:13:20Z'), parse('2023-11-14T22:13:20.250Z'), parse(None)
    (1700000000, 1700000000, None)
    """
    if not text:
        return None
    return calendar.timegm(time.strptime(text[:19], "%Y-%m-%dT%H:%M:%S"))
