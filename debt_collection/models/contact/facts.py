"""What is known of a debtor before a contact, as plain values."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple

from ...tools.consent import Word
from ...tools.contact import NO_CONTACTS, History, Pause, Policy
from .debt_phone_list import Number


class Debtor(NamedTuple):
    """What stands on a case and its debtor; ``home``: what law and zone depend on."""

    case_id: int
    partner_id: int
    state: str
    callback_at: datetime | None
    is_held: bool
    ladder_id: int | None
    ladder_started_on: date | None
    do_not_call: bool
    protection: str | None
    preferred_hour: float
    company_id: int
    is_company: bool
    home: tuple

    def law_key(self, numbers, zip_laws):
        """What decides which law protects him, and which holidays are his.

        Where his country is not known, those of his numbers count.

        :param zip_laws: ids of countries where the postal code decides, too
        """
        company, is_company, country, state, kind, own, code, _city, _tz = self.home
        if not country and not state:
            country = tuple(sorted({one.region or "" for one in numbers}))
        code = code if country in zip_laws else None
        return company, is_company, country, state, kind, own, code

    def zone_key(self, number):
        """What decides in which zones he may be, if a number is dialled.

        :param number: `Number` or None
        """
        return self.home[2:4], self.home[6:], number and number.whereabouts


class Alike(NamedTuple):
    """Debtors and numbers that stand for all who do not differ from them.

    ``laws``: what decides about the law, by id of the case.  ``cases`` and ``numbers``:
    the id of one case, and one `Number`, by what decides.  ``phones``: these numbers as
    ``debt.phone``, by id.
    """

    laws: dict
    cases: dict
    numbers: dict
    phones: dict


@dataclass(slots=True)
class Facts:
    """What the gate and the planner must know about one debtor.

    ``busy`` is the call that is open with him, whoever's it is; ``words`` are the
    consents he gave or withdrew; ``usable`` those of ``numbers`` that may be dialled,
    the one to try first in front.  ``protection``: why nobody contacts him today;
    ``pause``: until when a hold or a promise keeps contact back.
    ``dialler``: the ``debt.telephony.provider`` that would dial, where that is settled.
    ``book`` is the empty ``debt.phone`` (superuser) to look numbers up in.
    """

    policy: Policy | None = None
    zones: tuple[str, ...] = ()
    holidays: frozenset = frozenset()
    history: History = NO_CONTACTS
    numbers: list[Number] = field(default_factory=list)
    usable: list[Number] = field(default_factory=list)
    hours: dict[int, int] = field(default_factory=dict)
    busy: object = None
    words: list[Word] = field(default_factory=list)
    protection: str | bool | None = None
    pause: Pause | None = None
    debtor: Debtor | None = None
    dialler: object = None
    book: object = None

    @property
    def phones(self):
        """The numbers as ``debt.phone`` (superuser)."""
        return self.book.browse([one.id for one in self.numbers])

    @property
    def usable_phones(self):
        """Those that may be dialled as ``debt.phone`` (superuser)."""
        return self.book.browse([one.id for one in self.usable])

    @property
    def zone(self):
        return self.zones[0] if self.zones else None
