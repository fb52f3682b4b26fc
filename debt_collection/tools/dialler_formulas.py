"""What a dialling mode yields where a formula knows: preview, progressive, messages.

Predictive has no closed formula: ``dialler_simulation`` plays it.
"""

from dataclasses import dataclass

from .pacing import MIN_OPERATORS, PREDICTIVE, PREVIEW, PROGRESSIVE


@dataclass(frozen=True)
class Figures:
    """A team and its debtors; times are means in seconds.

    The defaults are those of the reference table in docs/dialler.md.
    """

    operators: int = 10
    answer_rate: float = 0.3  # live answers per dial
    talk: float = 120
    wrap_up: float = 30
    reading: float = 15  # preview: the debtor's card, before each dial
    noting: float = 4  # preview: what became of a dial that failed
    ring: float = 10  # dial to answer
    failed: float = 18  # dial to failure
    gap: float = 1  # an operator or a line is free, to the next dial
    message: float = 30  # a voice message
    max_lines: int = 100
    cap: float = 0.03  # abandoned per live answer

    @property
    def handling(self) -> float:
        """Seconds an operator spends on a conversation."""
        return self.talk + self.wrap_up


@dataclass(frozen=True)
class Yield:
    """What a mode yields.

    ``utilisation``, ``per_hour`` and ``wait`` are those of an operator: the share of
    time he talks or wraps up, conversations an hour, seconds between two. A voice
    message has no operator: its ``per_hour`` are messages heard, of all lines.
    """

    per_hour: float
    utilisation: float | None = None
    wait: float | None = None
    abandoned: float = 0.0


def mode_in_use(mode: str, figures: Figures) -> str:
    """The mode a team gets: below five operators predictive is not offered."""
    if mode == PREDICTIVE and figures.operators < MIN_OPERATORS:
        return PROGRESSIVE
    return mode


def search_time(mode: str, figures: Figures) -> float:
    """Mean seconds from the end of a conversation to the next one.

    >>> search_time("progressive", Figures(answer_rate=0.5))
    30.0
    >>> search_time("preview", Figures(answer_rate=0.5))
    64.0
    """
    if mode not in (PREVIEW, PROGRESSIVE):
        raise ValueError(f"There is no formula for {mode}")
    failures = (1 - figures.answer_rate) / figures.answer_rate
    seconds = figures.ring + figures.gap + failures * (figures.failed + figures.gap)
    if mode == PREVIEW:
        seconds += figures.reading / figures.answer_rate + figures.noting * failures
    return seconds


def by_operators(mode: str, figures: Figures) -> Yield:
    """Preview and progressive.

    >>> round(by_operators("progressive", Figures(answer_rate=0.5)).utilisation, 2)
    0.83
    """
    wait = search_time(mode, figures)
    cycle = figures.handling + wait
    return Yield(per_hour=3600 / cycle, utilisation=figures.handling / cycle, wait=wait)


def by_message(figures: Figures) -> Yield:
    """Voice messages: each line dials, plays to whoever answers, and dials again.

    >>> by_message(Figures(answer_rate=1, ring=9, max_lines=2)).per_hour
    180.0
    """
    answered = figures.answer_rate * (figures.ring + figures.message)
    cycle = answered + (1 - figures.answer_rate) * figures.failed + figures.gap
    return Yield(per_hour=figures.max_lines * 3600 * figures.answer_rate / cycle)
