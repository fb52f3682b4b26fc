"""Which of a company's own numbers a debtor sees when he is called."""

from collections.abc import Iterable
from dataclasses import dataclass

import phonenumbers
from phonenumbers import NumberParseException


@dataclass(frozen=True, slots=True)
class CallerNumber:
    """An outgoing number.

    ``number``: E.164.  ``country``: ISO code.  ``states``: keys of those it is meant
    for.  ``prefixes``: E.164 beginnings of the numbers it is local to, beside its own
    area.  ``cap``: calls a day, 0 for any number; ``used``: calls today.  ``key`` is
    the caller's.
    """

    key: int
    number: str
    country: str = ""
    states: frozenset[int] = frozenset()
    prefixes: tuple[str, ...] = ()
    cap: int = 0
    used: int = 0

    @property
    def is_free(self) -> bool:
        return not self.cap or self.used < self.cap


@dataclass(frozen=True, slots=True)
class Callee:
    """Whoever is called; ``state`` is the key of the address's state, 0 if none."""

    number: str
    country: str = ""
    state: int = 0


def area(number: str) -> str:
    """Return the E.164 prefix of a number's area, empty where it has none.

    >>> area("+3225551234"), area("+74951234567"), area("+32470123456")
    ('+322', '+7495', '')
    """
    try:
        parsed = phonenumbers.parse(number)
    except NumberParseException:
        return ""
    length = phonenumbers.length_of_geographical_area_code(parsed)
    national = phonenumbers.national_significant_number(parsed)
    return f"+{parsed.country_code}{national[:length]}" if length else ""


def nearness(number: CallerNumber, callee: Callee) -> tuple[int, bool, bool]:
    """Tell how local a number is: shared prefix in digits, same state, same country."""
    prefixes = [prefix for prefix in (area(number.number), *number.prefixes) if prefix]
    shared = (len(prefix) for prefix in prefixes if callee.number.startswith(prefix))
    return (
        max(shared, default=0),
        callee.state in number.states,
        bool(callee.country) and number.country == callee.country,
    )


def ranked(numbers: Iterable[CallerNumber], callee: Callee) -> list[CallerNumber]:
    """Order the numbers that are local to the callee and not used up, the best first.

    The nearest is best, of these the one used least today, of these the first given.
    A number of another country is none: whoever calls shows his usual one then.

    >>> brussels = CallerNumber(1, "+3225551234", "BE", used=7)
    >>> national = CallerNumber(2, "+3278151234", "BE")
    >>> [one.key for one in ranked([national, brussels], Callee("+3225559999", "BE"))]
    [1, 2]
    """
    near = [(nearness(number, callee), number) for number in numbers if number.is_free]
    local = [(found, number) for found, number in near if any(found)]
    local.sort(key=lambda pair: ([-int(part) for part in pair[0]], pair[1].used))
    return [number for _found, number in local]
