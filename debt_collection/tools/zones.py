"""In which time zones may the debtor be?"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from .clock import known, rules
from .countries import country_zones, subdivision_zones
from .phones import Phone
from .postcodes import postcode_zones, town_zones
from .tz_database import successor

__all__ = [
    "Zones",
    "address_zones",
    "country_zones",
    "distinct",
    "resolve",
    "subdivision_zones",
]


@dataclass(frozen=True, slots=True)
class Zones:
    """Candidate zones and how they were found.

    ``source``: stated, address, landline, candidates, unknown.
    """

    names: tuple[str, ...]
    source: str


def resolve(
    stated: str | None,
    address: Sequence[str],
    phone: Phone | None,
    *,
    elsewhere: bool = False,
) -> Zones:
    """Choose the best evidence of where the debtor is.

    What he said; his address, if it leaves one zone; his landline, unless the address
    contradicts it; else every candidate, and the gate asks them all: the zones of the
    address that the number allows, or of whichever is known.  A number alone proves
    little: it moves with its owner.

    ``elsewhere``: it is the number of somebody who need not be at that address, like a
    company's accountant: where the two contradict each other, both are asked.

    >>> resolve(None, ["Europe/Moscow", "Europe/Kirov"], None)  # the clocks agree
    Zones(names=('Europe/Moscow',), source='address')
    >>> resolve(None, ["Europe/Moscow", "Europe/Samara"], None).source
    'candidates'
    >>> khabarovsk = Phone("+74212123456", "landline", "RU", ("Asia/Vladivostok",))
    >>> resolve(None, ["Europe/Moscow"], khabarovsk).names
    ('Europe/Moscow',)
    >>> resolve(None, ["Europe/Moscow"], khabarovsk, elsewhere=True).names
    ('Europe/Moscow', 'Asia/Vladivostok')
    """
    if said := known([successor(stated)] if stated else []):
        return Zones(said, "stated")
    home = distinct(tuple(address))
    number = distinct(phone.zones) if phone else ()
    both = _agreeing(home, number)
    if elsewhere and home and number and not both:
        return Zones((*home, *number), "candidates")
    if len(home) == 1:
        return Zones(home, "address")
    if phone and phone.kind == "landline" and len(number) == 1 and (both or not home):
        return Zones(number, "landline")
    names = both or home or number
    return Zones(names, "candidates" if names else "unknown")


@lru_cache(maxsize=16384)
def address_zones(
    country: str, state: str = "", postcode: str = "", town: str = ""
) -> tuple[str, ...]:
    """Return the zones of an address: of the state, or else of the country.

    The postal code and the town narrow them where they are known to; where they
    contradict the state, one of them is wrong, and the zones of both are candidates.

    >>> address_zones("US", "TX", "79901"), address_zones("US", "TX", town="Austin")
    (('America/Denver',), ('America/Chicago',))
    >>> address_zones("US", "TX", "10001")
    ('America/Chicago', 'America/Denver', 'America/New_York')
    """
    found = (state and subdivision_zones(country, state)) or country_zones(country)
    if len(distinct(found)) > 1:
        found = _narrowed(found, postcode_zones(country, postcode))
        found = _narrowed(found, town_zones(country, state, town))
    return found


@lru_cache(maxsize=16384)
def distinct(names: tuple[str, ...]) -> tuple[str, ...]:
    """Drop what is no zone, and zones whose clocks agree with an earlier one."""
    found: dict[str, str] = {}
    for name in known(names):
        found.setdefault(rules(name), name)
    return tuple(found.values())


def _narrowed(names: tuple[str, ...], others: tuple[str, ...]) -> tuple[str, ...]:
    return (_agreeing(names, others) or (*names, *others)) if others else names


def _agreeing(names: Sequence[str], others: Sequence[str]) -> tuple[str, ...]:
    clocks = {rules(name) for name in others}
    return tuple(name for name in names if rules(name) in clocks)
