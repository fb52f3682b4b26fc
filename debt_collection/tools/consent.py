"""Consents a debtor gave and withdrew: which of his words holds?"""

from collections.abc import Iterable
from datetime import date, datetime
from operator import attrgetter
from typing import NamedTuple


class Word(NamedTuple):
    """That a debtor consented to a channel, or withdrew it, on a day.

    ``address`` restricts it to one number (E.164) or e-mail address, None: all of his.
    ``until`` is the last day on which it holds, None: it does not end by itself.
    ``listed``: he stands on a list of those who want nothing, which outweighs what he
    says until he is taken off it.  ``id`` and ``recorded`` (naive UTC) are those of the
    record that it comes from.
    """

    channel: str
    given: bool
    day: date
    until: date | None = None
    address: str | None = None
    id: int | None = None
    recorded: datetime | None = None
    listed: bool = False

    def is_about(self, channel: str, address: str | None) -> bool:
        return self.channel == channel and self.address in (None, address)

    def holds(self, day: date) -> bool:
        return self.day <= day <= (self.until or date.max)


def standing_word(
    words: Iterable[Word], channel: str, address: str | None, day: date
) -> Word | None:
    """Return what he said last of a channel and still holds on a day, if anything.

    ``words`` in the order in which he said them; of one day, the later one holds.
    ``address`` is the one to be used, None when it is not known: then only what he said
    of all of them counts.
    """
    standing = [w for w in words if w.is_about(channel, address) and w.holds(day)]
    # Sorting is stable: of those of one day the one said last stays last.
    standing.sort(key=attrgetter("listed", "day"))
    return standing[-1] if standing else None


def last_word(
    words: Iterable[Word], channel: str, address: str | None, day: date
) -> bool | None:
    """Tell whether he consents to a channel on a day: True, False, None: he never said.

    See `standing_word`.

    >>> winter, spring = date(2026, 1, 10), date(2026, 4, 10)
    >>> words = [Word("sms", True, winter), Word("sms", False, spring)]
    >>> last_word(words, "sms", "+32470123456", winter)
    True
    >>> last_word(words, "sms", "+32470123456", spring)
    False
    >>> last_word(words, "email", None, spring) is None
    True
    """
    word = standing_word(words, channel, address, day)
    return word.given if word else None
