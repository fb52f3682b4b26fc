"""What kind of debtor is this, by what the ledger and the calls say?

A suggestion with its reasons, for a person to confirm. Every signal looks at one thing
and has a weight; the profile whose signals weigh most is suggested, in doubt the milder
one. No signal rests on who somebody is, only on what was paid and said.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

#: From the mildest to the sternest: of two that weigh the same the first is suggested.
PROFILES = ("forgetful", "hardship", "negligent", "chronic", "evasive")

# --- thresholds, all of them ------------------------------------------------------
#: Weight from which a profile is suggested.
ENOUGH = 2
#: Settled invoices from which the share of late ones says something, and from which
#: it says that somebody is *always* late.
INVOICES, MANY_INVOICES = 3, 6
#: Share of late invoices up to which somebody pays on time as a rule, and from which
#: he is late as a rule.
SELDOM, MOSTLY = 1 / 3, 3 / 4
#: Days late, on average, up to which a reminder is all that was missing.
SHORT_DELAY = 7
#: Months with a late payment, of the last twelve.
LATE_MONTHS = 4
#: Calls in a row that nobody answered; calls made from which the share of answers
#: counts; that share.
SILENT, CALLS, SELDOM_ANSWERS = 8, 10, 1 / 5
#: Calls in which something was said, where once may be chance.
REPEATED = 2
#: Invoices, calls and promises below which it is too early to tell.
ANYTHING = 3

HARDSHIP_OBJECTIONS = ("lost_job",)
MONEY_OBJECTIONS = ("no_money", "salary_late", "partial")
DELAY_OBJECTIONS = ("later", "invoice", "accountant")


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of one debtor.

    ``days_late`` is the average over the invoices settled late; ``late_months`` counts
    calendar months of the last twelve. ``objections`` and ``outcomes`` count calls by
    code, ``promises`` and ``disputes`` count these by state.
    """

    settled: int = 0
    settled_late: int = 0
    days_late: float = 0.0
    late_months: int = 0
    calls: int = 0
    answered: int = 0
    unanswered_in_a_row: int = 0
    objections: Counter[str] = field(default_factory=Counter)
    outcomes: Counter[str] = field(default_factory=Counter)
    promises: Counter[str] = field(default_factory=Counter)
    disputes: Counter[str] = field(default_factory=Counter)

    @property
    def late_share(self) -> float:
        return self.settled_late / self.settled if self.settled else 0.0

    @property
    def decided_promises(self) -> int:
        return sum(self.promises[state] for state in ("kept", "partial", "broken"))

    @property
    def always_late(self) -> bool:
        return self.settled >= MANY_INVOICES and self.late_share >= MOSTLY

    def heard(self, codes: Iterable[str]) -> int:
        return sum(self.objections[code] for code in codes)

    def numbers(self) -> dict[str, int]:
        """All that sentences may name, by the names the sentences use."""
        return {
            "settled": self.settled,
            "late": self.settled_late,
            "on_time": self.settled - self.settled_late,
            "days": round(self.days_late),
            "months": self.late_months,
            "calls": self.calls,
            "answered": self.answered,
            "silent": self.unanswered_in_a_row,
            "forgot": self.objections["forgot"],
            "hardship": _told_hardship(self),
            "no_money": self.heard(MONEY_OBJECTIONS),
            "put_off": self.heard(DELAY_OBJECTIONS),
            "claims": self.outcomes["claims_paid"],
            "promises": self.decided_promises,
            "kept": self.promises["kept"],
            "partial": self.promises["partial"],
            "broken": self.promises["broken"],
            "disputes": self.disputes["rejected"],
        }


def _told_hardship(facts: Facts) -> int:
    """Calls in which a hardship was told; outcome and objection are often both set."""
    return max(facts.outcomes["hardship"], facts.heard(HARDSHIP_OBJECTIONS))


class Signal(NamedTuple):
    profile: str
    reason: str
    weight: int
    holds: Callable[[Facts], bool]


SIGNALS = (
    Signal(
        "forgetful",
        "mostly_on_time",
        2,
        lambda f: f.settled >= INVOICES and f.late_share <= SELDOM,
    ),
    Signal(
        "forgetful",
        "short_delay",
        1,
        lambda f: (
            f.settled >= INVOICES
            and f.settled_late > 0
            and f.days_late <= SHORT_DELAY
            and not f.always_late
        ),
    ),
    Signal("forgetful", "said_forgot", 2, lambda f: f.objections["forgot"] > 0),
    Signal(
        "forgetful",
        "keeps_promises",
        1,
        lambda f: 0 < f.promises["kept"] == f.decided_promises,
    ),
    Signal("hardship", "said_hardship", 3, lambda f: _told_hardship(f) > 0),
    Signal(
        "hardship",
        "said_no_money",
        2,
        lambda f: f.heard(MONEY_OBJECTIONS) >= REPEATED,
    ),
    Signal("hardship", "pays_in_parts", 1, lambda f: f.promises["partial"] > 0),
    Signal(
        "negligent",
        "often_late",
        2,
        lambda f: f.settled >= INVOICES and f.late_share > SELDOM and not f.always_late,
    ),
    Signal(
        "negligent",
        "puts_off",
        1,
        lambda f: f.heard(DELAY_OBJECTIONS) >= REPEATED,
    ),
    Signal("negligent", "promise_missed", 1, lambda f: f.promises["broken"] > 0),
    Signal("chronic", "always_late", 3, lambda f: f.always_late),
    Signal("chronic", "late_months", 1, lambda f: f.late_months >= LATE_MONTHS),
    Signal(
        "evasive",
        "unreachable",
        2,
        lambda f: f.unanswered_in_a_row >= SILENT,
    ),
    Signal(
        "evasive",
        "seldom_answers",
        1,
        lambda f: f.calls >= CALLS and f.answered <= SELDOM_ANSWERS * f.calls,
    ),
    Signal(
        "evasive",
        "promises_missed",
        3,
        lambda f: (
            f.promises["broken"] >= REPEATED
            and f.promises["broken"] > f.decided_promises / 2
        ),
    ),
    Signal(
        "evasive",
        "claims_paid",
        1,
        lambda f: f.outcomes["claims_paid"] >= REPEATED,
    ),
    Signal(
        "evasive",
        "disputes_rejected",
        1,
        lambda f: f.disputes["rejected"] >= REPEATED,
    ),
)


class Suggestion(NamedTuple):
    """A profile's code, or None, and the codes of the reasons.

    Without a profile the only reason is ``too_little`` (it is too early to tell) or
    ``unclear`` (what is known points nowhere).
    """

    profile: str | None
    reasons: tuple[str, ...]


def suggest(facts: Facts) -> Suggestion:
    """Suggest a profile, or say why not.

    >>> suggest(Facts(settled=9, settled_late=7, days_late=12.2))
    Suggestion(profile='chronic', reasons=('always_late',))
    >>> suggest(Facts(settled=2, settled_late=2, days_late=90))
    Suggestion(profile=None, reasons=('too_little',))
    """
    holding = [signal for signal in SIGNALS if signal.holds(facts)]
    weights: Counter[str] = Counter()
    for signal in holding:
        weights[signal.profile] += signal.weight
    best = max(PROFILES, key=weights.__getitem__)
    if weights[best] >= ENOUGH:
        return Suggestion(
            best, tuple(signal.reason for signal in holding if signal.profile == best)
        )
    known = facts.settled + facts.calls + facts.decided_promises
    return Suggestion(None, ("too_little" if known < ANYTHING else "unclear",))
