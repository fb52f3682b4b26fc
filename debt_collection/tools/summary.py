"""What the matter is with a debtor, in one sentence.

"Owes 4,035.00 € since July on 3 invoices, broke 2 promises, not reached for 12 days;
today because an instalment was missed." Which clauses it has, and why the call is made,
is decided here; the words are the caller's.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

#: Whoever was spoken with yesterday need not be told that it was a day ago.
SILENCE_MATTERS = 2


class Clause(StrEnum):
    """One part of the sentence, in the order in which they are said."""

    OWES = "owes"
    DISPUTED = "disputed"
    BROKE = "broke"
    PROMISED = "promised"
    NEVER_CALLED = "never_called"
    NEVER_REACHED = "never_reached"
    SILENT = "silent"


class Why(StrEnum):
    """Why a debtor is called when he is, the strongest reason first."""

    CALLBACK = "callback"
    INSTALMENT = "instalment"
    PROMISE = "promise"
    ANSWER = "answer"
    NEW_ITEM = "new_item"
    BUSY = "retry"
    FIRST = "first"
    LADDER = "ladder"


@dataclass(frozen=True, slots=True)
class Situation:
    """What is known about a debtor.

    :param day: today, where the creditor is
    :param overdue: whether something is due, collected and undisputed
    :param disputed: whether a part is disputed
    :param broken: promises that were broken or only partly kept
    :param promised: the day for which the next open promise was made
    :param attempts: calls made since the case was opened
    :param reached: the day of the last conversation with the debtor
    :param code: the planner's reason for the next contact; empty where none is planned
    :param missed: the promised day of the last promise that was not kept
    :param instalment: whether that one was part of a plan
    :param answered: the day on which a dispute was last settled
    :param newest_due: the last due day among what is overdue
    """

    day: date
    overdue: bool = True
    disputed: bool = False
    broken: int = 0
    promised: date | None = None
    attempts: int = 0
    reached: date | None = None
    code: str = ""
    missed: date | None = None
    instalment: bool = False
    answered: date | None = None
    newest_due: date | None = None

    def is_news(self, day: date | None) -> bool:
        """Whether something of ``day`` has not been talked about yet."""
        return day is not None and (self.reached is None or day >= self.reached)

    @property
    def silent_days(self) -> int:
        """Days since the last conversation; 0 where there was none."""
        return (self.day - self.reached).days if self.reached else 0


def clauses(situation: Situation) -> list[Clause]:
    """The clauses that are worth saying.

    >>> clauses(Situation(date(2026, 3, 10), broken=2, reached=date(2026, 2, 26)))
    [<Clause.OWES: 'owes'>, <Clause.BROKE: 'broke'>, <Clause.SILENT: 'silent'>]
    """
    wanted = {
        Clause.OWES: situation.overdue,
        Clause.DISPUTED: situation.disputed,
        Clause.BROKE: situation.broken > 0,
        Clause.PROMISED: situation.promised is not None,
        Clause.NEVER_CALLED: not situation.attempts and not situation.reached,
        Clause.NEVER_REACHED: situation.attempts > 0 and not situation.reached,
        Clause.SILENT: situation.silent_days >= SILENCE_MATTERS,
    }
    return [clause for clause in Clause if wanted[clause]]


def why(situation: Situation) -> Why | None:
    """What the call is about first: what happened since the last conversation.

    >>> why(Situation(date(2026, 3, 10), code="ladder", missed=date(2026, 3, 9)))
    <Why.PROMISE: 'promise'>
    """
    if not situation.code:
        return None
    reached = situation.reached
    missed = situation.is_news(situation.missed)
    reasons = {
        Why.CALLBACK: situation.code == Why.CALLBACK,
        Why.INSTALMENT: missed and situation.instalment,
        Why.PROMISE: missed,
        Why.ANSWER: situation.is_news(situation.answered),
        Why.NEW_ITEM: reached is not None and situation.is_news(situation.newest_due),
        Why.BUSY: situation.code == Why.BUSY,
        Why.FIRST: situation.code == Why.LADDER and not situation.attempts,
        Why.LADDER: situation.code == Why.LADDER,
    }
    return next((reason for reason in Why if reasons[reason]), None)
