"""What a debtor answers to a voice message with the keys of his phone."""

from __future__ import annotations

import datetime

PROMISE = "promise"
#: A promise farther away than this is no date but a slip of the finger.
FARTHEST = datetime.timedelta(days=62)


class Menu:
    """Digits go in; a choice comes out once it is complete.

    After the key for a promise the day may be keyed in as DDMM. The hash key takes the
    day that was offered, if one was and no other was begun; silence promises no day.

    >>> menu = Menu({"3": "promise"}, datetime.date(2026, 3, 10))
    >>> [menu.press(digit) for digit in "31503"][-1]
    {'choice': 'promise', 'date': '2026-03-15'}
    >>> menu = Menu({"3": "promise"}, datetime.date(2026, 3, 10), "2026-03-17")
    >>> [menu.press(digit) for digit in "3#"][-1]
    {'choice': 'promise', 'date': '2026-03-17'}
    >>> [menu.press(digit) for digit in "33#"][-1]
    {'choice': 'promise', 'date': '2026-03-17'}
    """

    def __init__(
        self, choices: dict[str, str], today: datetime.date, offered: str | None = None
    ) -> None:
        self._choices = choices
        self._today = today
        self._offered = offered
        self._day: str | None = None
        self._key = ""

    @property
    def dating(self) -> bool:
        """Whether a day is being keyed in."""
        return self._day is not None

    @property
    def begun(self) -> bool:
        """Whether a digit of the day was keyed in."""
        return bool(self._day)

    def press(self, digit: str) -> dict[str, str] | None:
        """The finished choice, or nothing yet."""
        if self.dating:
            return self._press_day(digit)
        choice = self._choices.get(digit)
        if choice == PROMISE:
            self._day, self._key = "", digit
            return None
        return {"choice": choice} if choice else None

    def _press_day(self, digit: str) -> dict[str, str] | None:
        if digit == "#" and not (self._day or "").strip(self._key):
            # The key for a promise may have been pressed twice.
            return self._promised(self._offered)
        if digit.isdigit():
            self._day = (self._day or "") + digit
        if digit == "#" or len(self._day or "") == 4:
            return self.silence()
        return None

    def silence(self) -> dict[str, str] | None:
        """What is chosen when no more digits come, if anything."""
        if not self.dating:
            return None
        date = self._date()
        return self._promised(date.isoformat() if date else None)

    def _promised(self, date: str | None) -> dict[str, str]:
        self._day = None
        return {"choice": PROMISE} | ({"date": date} if date else {})

    def _date(self) -> datetime.date | None:
        """The next such day from today on, nothing if there is none or too far."""
        for year in (self._today.year, self._today.year + 1):
            try:
                keyed = self._day or ""
                day, month = int(keyed[:2]), int(keyed[2:])
                date = datetime.date(year, month, day)
            except ValueError:
                continue
            if self._today <= date <= self._today + FARTHEST:
                return date
        return None
