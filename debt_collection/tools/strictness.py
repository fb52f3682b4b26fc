"""Whether a law was made weaker: what it forbade before and allows now.

Where it cannot be shown that the new rules are at least as strict, they count as
weaker: to ask for a reason too often harms nobody.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from .law import Law
from .policy import CHANNELS, HOLIDAY, Consent, Limit, Policy

#: What is counted by each way of counting is counted by these as well.
COUNTS_ALSO = {
    "attempt": {"attempt"},
    "connect": {"connect", "attempt"},
    "conversation": {"conversation"},
    "minute": {"minute"},
}


@dataclass(frozen=True, slots=True)
class Standing:
    """A law as it stands, and what it asks for beside hours and limits.

    ``active``: it is in use at all.  ``recording`` is 2 where recording needs prior
    consent, 1 where it is announced.  ``demands`` are codes of what it asks for;
    ``heeded_within`` is in working days.
    """

    law: Law
    active: bool = True
    recording: int = 0
    demands: frozenset[str] = frozenset()
    heeded_within: int = 0


def weaker(before: Standing, after: Standing | None) -> tuple[str, ...]:
    """Return in which respects a law is weaker than it was: codes, sorted.

    They are: callback, consents, demands, force, hours, limits, scope.

    >>> from dataclasses import replace
    >>> from .policy import Window
    >>> day = Window(frozenset(range(5)), 9 * 60, 18 * 60)
    >>> law = Standing(Law(1, Policy((day,))))
    >>> later = replace(day, end=20 * 60)
    >>> weaker(law, replace(law, law=Law(1, Policy((later,)))))
    ('hours',)
    >>> weaker(law, replace(law, law=Law(1, Policy(()))))
    ()
    >>> weaker(law, None)
    ('force',)
    """
    if after is None or before.active and not after.active:
        return ("force",) if before.active else ()
    if not before.active:
        return ()
    rules = _rules(before.law.policy, after.law.policy)
    return tuple(sorted({*rules, *_rest(before, after)}))


def _rules(before: Policy, after: Policy) -> Iterable[str]:
    if any(
        not _lawful(after, channel, day) <= _lawful(before, channel, day)
        for channel in CHANNELS
        for day in range(HOLIDAY + 1)
    ):
        yield "hours"
    if not all(
        any(_implies(limit, one) for limit in after.limits) for one in before.limits
    ):
        yield "limits"
    if not all(
        any(_covers(consent, one) for consent in after.consents)
        for one in before.consents
    ):
        yield "consents"
    if after.callback_beyond_limits and not before.callback_beyond_limits:
        yield "callback"


def _rest(before: Standing, after: Standing) -> Iterable[str]:
    old, new = before.law, after.law
    if not _as_wide(old, new):
        yield "scope"
    if _later(new.first, old.first) or _later(old.last, new.last, open_end=True):
        yield "force"
    less = not before.demands <= after.demands or after.recording < before.recording
    if less or after.heeded_within > before.heeded_within:
        yield "demands"


def _lawful(policy: Policy, channel: str, day: int) -> set[int]:
    """The minutes of a day at which a channel may be used, limits aside."""
    own = [window for window in policy.windows if channel in window.channels]
    windows = own or [window for window in policy.windows if not window.channels]
    return {
        minute
        for window in windows
        if day in window.days
        for minute in range(window.start, window.end)
    }


def _implies(new: Limit, old: Limit) -> bool:
    """Whether who keeps the new limit keeps the old one as well."""
    span = (old.period, old.length, old.rolling)
    return (
        (new.period, new.length, new.rolling) == span
        and new.maximum <= old.maximum
        and new.count in COUNTS_ALSO[old.count]
        and _within(old.channels, new.channels)
        and (new.scope == old.scope or new.scope == "debtor")
        and new.place in ("", old.place)
        and (old.spares_callback or not new.spares_callback)
    )


def _covers(new: Consent, old: Consent) -> bool:
    return _within(old.channels, new.channels) and (old.mobile or not new.mobile)


def _within(part: frozenset[str], whole: frozenset[str]) -> bool:
    """Whether channels are among others; none named means all of them."""
    return not whole or bool(part) and part <= whole


def _as_wide(old: Law, new: Law) -> bool:
    """Whether the law is about everybody whom it was about."""
    return (
        old.countries <= new.countries
        and _within_open(old.states, new.states)
        and (not new.zips or bool(old.zips) and set(old.zips) <= set(new.zips))
        and new.persons in (None, old.persons)
        and new.consumers in (None, old.consumers)
    )


def _within_open(part: frozenset[int], whole: frozenset[int]) -> bool:
    return not whole or bool(part) and part <= whole


def _later(one: date | None, other: date | None, open_end: bool = False) -> bool:
    """Whether a day lies after another; none is before, or after, all of them."""
    if one == other:
        return False
    if open_end:
        return one is None or other is not None and one > other
    return other is None or one is not None and one > other


@dataclass(frozen=True, slots=True)
class Period:
    """A limitation period: after how many years a claim may be barred, and whose.

    ``from_year_end``: the years are counted from the end of the year of the due date.
    ``debtor`` is any, person or company; ``country`` the id of one.
    """

    years: int
    from_year_end: bool = False
    debtor: str = "any"
    country: int = 0
    active: bool = True


def weaker_period(before: Period, after: Period) -> tuple[str, ...]:
    """Return in which respects a limitation period is weaker than it was, sorted.

    They are: force, length, scope.

    >>> weaker_period(Period(3), Period(4))
    ('length',)
    >>> weaker_period(Period(3), Period(2, from_year_end=True))
    ()

    What is made longer in the archive is longer when it is back:

    >>> weaker_period(Period(3, active=False), Period(30, active=False))
    ('length',)
    """
    if before.active and not after.active:
        return ("force",)
    # Whoever falls due in January waits almost a year for the year to end.
    until_year_end = after.from_year_end and not before.from_year_end
    found = set()
    if after.years + until_year_end > before.years:
        found.add("length")
    if after.country != before.country or after.debtor not in ("any", before.debtor):
        found.add("scope")
    return tuple(sorted(found))
