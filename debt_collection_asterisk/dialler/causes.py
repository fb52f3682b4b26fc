"""What became of a line, told from what the PBX said when it ended."""

from dataclasses import dataclass

#: Q.850 causes of a call that nobody answered
BUSY = {17}
DECLINED = {21}
INVALID = {1, 22, 28}
SWITCHED_OFF = {18, 20}
FORWARDED = {23}
CONGESTION = {34, 38, 41, 42, 44}
#: "no answer": by itself it does not say whether the phone rang
SILENT = {19}
#: a clearing without a reason: a far end that hung up, or a limit that ran out
NORMAL = {0, 16, 31, 102, 127}

LINES = {
    **dict.fromkeys(BUSY, "busy"),
    **dict.fromkeys(DECLINED, "declined"),
    **dict.fromkeys(INVALID, "invalid"),
    **dict.fromkeys(SWITCHED_OFF, "switched_off"),
    **dict.fromkeys(CONGESTION, "congestion"),
}
#: Lines on which it is sure that no telephone rang, unless ringing was heard: the
#: carrier had no way, or refused.
UNREACHED = ("congestion", "failed", "invalid")


@dataclass(frozen=True, slots=True)
class Line:
    """What is known of a line that is gone.

    ``cause``: Q.850, nothing when the end was not seen.  ``rang``: ringing was heard,
    or something else of the network's (early media).  ``timed_out``: our own ring time
    had run out.  ``forwarded``: the far end named another number instead of itself.
    ``asked_by``: who of us or the far end asked for the end, where that is known.
    """

    cause: int | None
    rang: bool = False
    answered: bool = False
    machine: bool = False
    timed_out: bool = False
    forwarded: bool = False
    asked_by: str | None = None


@dataclass(frozen=True, slots=True)
class End:
    """How it ended: the line's outcome, who ended it, and why, where it needs a why."""

    line: str
    by: str
    reason: str | None = None

    @property
    def reached(self) -> bool:
        """Whether the call went as far as a telephone, or may have."""
        return self.line not in UNREACHED


def judge(line: Line) -> End:
    """Tell how a line ended; where nothing rang, the debtor is not named.

    >>> judge(Line(21, rang=True))
    End(line='declined', by='debtor', reason=None)
    >>> judge(Line(21))
    End(line='failed', by='pbx', reason='rejected')
    >>> judge(Line(19, timed_out=True)).line, judge(Line(19)).line
    ('no_answer', 'switched_off')
    """
    if line.answered:
        return End("machine" if line.machine else "answered", line.asked_by or "pbx")
    if line.asked_by in ("us", "operator"):
        return End("cancelled", line.asked_by)
    if line.forwarded or line.cause in FORWARDED:
        return End("failed", "pbx", "forwarded")
    if line.cause in DECLINED and not line.rang:
        return End("failed", "pbx", "rejected")
    far_end = line.rang and line.cause in BUSY | DECLINED
    found = line_of(line.cause, line.rang or line.timed_out)
    return End(found, "debtor" if far_end else "pbx")


def line_of(cause: int | None, rang: bool) -> str:
    """The line's outcome of a call that was not answered.

    :param cause: the Q.850 cause, nothing when the end was not seen
    :param rang: whether ringing was heard

    >>> line_of(19, rang=True), line_of(19, rang=False), line_of(21, rang=True)
    ('no_answer', 'switched_off', 'declined')
    >>> line_of(27, rang=False), line_of(None, rang=True)
    ('failed', 'unknown')
    """
    if cause is None:
        return "unknown"
    if cause in SILENT:
        return "no_answer" if rang else "switched_off"
    if cause in NORMAL and rang:
        return "no_answer"
    return LINES.get(cause, "failed")
