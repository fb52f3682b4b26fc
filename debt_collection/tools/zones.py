"""In which time zones may the debtor be?"""

from collections.abc import Sequence
from dataclasses import dataclass

from .phones import Phone


@dataclass(frozen=True, slots=True)
class Zones:
    """Candidate zones and how they were found.

    ``source``: stated, address, landline, candidates, unknown.
    """

    names: tuple[str, ...]
    source: str


def resolve(stated: str | None, address: Sequence[str], phone: Phone | None) -> Zones:
    """Choose the best evidence: what he said, his address, his landline, all."""
    raise NotImplementedError


def country_zones(code: str) -> tuple[str, ...]:
    """Return the zones of an ISO country, empty when unknown."""
    raise NotImplementedError


def subdivision_zones(country: str, subdivision_code: str) -> tuple[str, ...]:
    """Return the zones of a state as Odoo codes it, empty when unknown."""
    raise NotImplementedError
