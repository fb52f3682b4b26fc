"""Which law holds for a debtor, and when: the choice of policies.

All laws that fit a debtor on a day hold together.  What is not known about him (his
state, his postal code) excludes no law.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import NamedTuple

from .policy import Policy, combine

ONE_DAY = timedelta(days=1)


class Debtor(NamedTuple):
    """What a law is chosen by; ``country`` and ``state`` are ids, None if unknown.

    ``person``: a natural person. ``consumer``: the debt is no business debt.
    """

    country: int | None
    state: int | None = None
    zip: str | None = None
    person: bool = True
    consumer: bool = True


@dataclass(frozen=True, slots=True)
class Law:
    """A policy and for whom, where and from when until when it holds.

    ``states`` restrict it within those countries that have one among them:
    ``state_countries``.  ``zips`` are first characters of postal codes.  ``persons``
    and ``consumers`` are True, False, or None where it makes no difference.  ``first``
    and ``last`` are local days, both included, None: open.  ``replaces`` is the id of
    the law that this one stands in for.
    """

    id: int
    policy: Policy
    countries: frozenset[int] = frozenset()
    states: frozenset[int] = frozenset()
    state_countries: frozenset[int] = frozenset()
    zips: tuple[str, ...] = ()
    persons: bool | None = None
    consumers: bool | None = None
    company: int | None = None
    first: date | None = None
    last: date | None = None
    replaces: int | None = None

    def __hash__(self) -> int:
        # Choices are looked up often, and a policy takes long to hash.
        return hash(self.id)

    def fits(self, debtor: Debtor, company: int) -> bool:
        """Tell whether the law is about this debtor of this company of ours."""
        return (
            debtor.country in self.countries
            and self.company in (None, company)
            and self.persons in (None, debtor.person)
            and self.consumers in (None, debtor.consumer)
            and self._covers_state(debtor)
            and self._covers_zip(debtor)
        )

    def holds(self, day: date) -> bool:
        """Tell whether the law is in force on a day.

        >>> from .policy import NOTHING
        >>> autumn = Law(1, NOTHING, first=date(2026, 9, 1), last=date(2026, 11, 30))
        >>> [autumn.holds(date(2026, month, 1)) for month in (8, 9, 11, 12)]
        [False, True, True, False]
        """
        return (self.first or date.min) <= day <= (self.last or date.max)

    def _covers_state(self, debtor: Debtor) -> bool:
        if not debtor.state or debtor.country not in self.state_countries:
            return True
        return debtor.state in self.states

    def _covers_zip(self, debtor: Debtor) -> bool:
        if not self.zips:
            return True
        code = (debtor.zip or "").replace(" ", "").upper()
        return not code or code.startswith(self.zips)


class Choice(NamedTuple):
    """The laws among which the day decides.

    ``own`` is set on the debtor and wins while it is in force; ``fitting`` are the laws
    that are about him; ``default`` is the company's, for when there is none of them,
    and ``always`` tells that it holds beside them as well.
    """

    own: Law | None = None
    fitting: tuple[Law, ...] = ()
    default: Law | None = None
    always: bool = False

    def on(self, day: date) -> list[Law]:
        """Return the laws that hold on a day."""
        if self.own and self.own.holds(day):
            return [self.own]
        laws = _in_force(self.fitting, day)
        default = self.default
        if default and default.holds(day) and (self.always or not laws):
            laws += [default]
        return laws

    def policy(self) -> Policy | None:
        """Return what holds, with all it will be; None when there is no law at all.

        >>> from .policy import NOTHING, Window
        >>> old = Law(1, Policy((Window(frozenset({0}), 480, 1200),)))
        >>> new = Law(2, NOTHING, first=date(2026, 9, 1))
        >>> policy = Choice(default=old, fitting=(new,)).policy()
        >>> policy.windows == old.policy.windows
        True
        >>> str(policy.then[0]), policy.then[1] == NOTHING
        ('2026-09-01', True)
        """
        laws = [law for law in (self.own, *self.fitting, self.default) if law]
        if not laws:
            return None
        later: Policy | None = None
        turn = date.max
        for day in sorted({date.min, *_turns(laws)}, reverse=True):
            policy = combine(law.policy for law in self.on(day))
            later = replace(policy, then=(turn, later) if later else None)
            turn = day
        return later


def _in_force(laws: Sequence[Law], day: date) -> list[Law]:
    """Return the laws in force on a day, without those that another one replaces."""
    live = [law for law in laws if law.holds(day)]
    replaced = {law.replaces for law in live}
    return [law for law in live if law.id not in replaced]


def _turns(laws: Iterable[Law]) -> Iterable[date]:
    """Yield the days from which on another law may hold."""
    for law in laws:
        if law.first:
            yield law.first
        if law.last and law.last < date.max:
            yield law.last + ONE_DAY
