"""A day of dialling in a second: operators, debtors and the very pacer that dials.

A discrete-event simulation, the same for the same seed. Talk and wrap-up are
exponential; ringing varies evenly by half around its mean, as phones do.
"""

from collections import deque
from collections.abc import Callable
from heapq import heappop, heappush
from random import Random
from typing import Any

from .dialler_formulas import Figures, Yield
from .pacing import GREETING, PREVIEW, VOICE_MESSAGE, Pacer

TICK = 1.0
# Not counted: it begins with all operators idle and no line in flight.
WARM_UP = 1800
Event = tuple[float, int, Callable[[Any], None], Any]
# A second or two; a floor where more happens is known after less time.
MOST_EVENTS = 200_000


def simulate(mode: str, figures: Figures, hours: float = 8, seed: int = 1) -> Yield:
    """What a mode yields in so many hours of one draw.

    :param str mode: one of ``pacing.MODES``
    :param Figures figures: the team
    :return: ``Yield``
    """
    return Floor(mode, figures, seed).run(hours * 3600)


class Floor:
    """The operators, the lines and what will happen next.

    Events are tuples (time, order, what to do, its argument).
    """

    def __init__(self, mode: str, figures: Figures, seed: int):
        self.mode = mode
        self.figures = figures
        self.pacer = Pacer(
            mode,
            cap=figures.cap,
            max_lines=figures.max_lines,
            answer_rate=figures.answer_rate,
            ring=figures.ring,
            handling=figures.handling,
        )
        self.clock = 0.0
        self.idle: deque[float] = deque()  # since when each idle operator waits
        self.busy = 0
        self.in_flight = 0
        # When those who wait for an operator answered.
        self.waiting: deque[float] = deque()
        self.counts = Counts()
        self._chance = Random(seed)
        self._events: list[Event] = []
        self._order = 0

    def run(self, seconds: float) -> Yield:
        """The yield of so many seconds after the warm-up, of fewer if much happens."""
        self._open()
        begun: float | None = None
        end = WARM_UP + seconds
        while self._events[0][0] < end:
            self.clock, _order, action, argument = heappop(self._events)
            warm = self.clock >= WARM_UP or self._order >= MOST_EVENTS / 2
            if warm and begun is None:
                begun, self.counts = min(self.clock, WARM_UP), Counts()
            if self._order >= MOST_EVENTS:
                end = self.clock
            action(argument)
        lasted = end - (begun or 0.0)
        return self.counts.result(self.mode, self.figures.operators, lasted)

    def _open(self) -> None:
        if self.mode == PREVIEW:
            for _number in range(self.figures.operators):
                self._read(None)
            return
        if self.mode != VOICE_MESSAGE:
            self.idle.extend([0.0] * self.figures.operators)
        self._later(0, self._tick, None)

    def _later(
        self, seconds: float, action: Callable[[Any], None], argument: Any = None
    ) -> None:
        self._order += 1
        heappush(self._events, (self.clock + seconds, self._order, action, argument))

    # --- chance -------------------------------------------------------------------
    def _exponential(self, mean: float) -> float:
        return self._chance.expovariate(1 / mean)

    def _around(self, mean: float) -> float:
        return mean * self._chance.uniform(0.5, 1.5)

    # --- dialling by itself -------------------------------------------------------
    def _tick(self, _argument: None) -> None:
        """Ask the pacer, as the dialler does each second.

        Half of the gap's first second has passed by then, on the average.
        """
        lines = self.pacer.lines_to_dial(
            self.clock, len(self.idle), self.busy, self.in_flight
        )
        for _number in range(lines):
            self._dial()
        self._later(TICK, self._tick)

    def _dial(self) -> None:
        self.in_flight += 1
        self.pacer.dialled(self.clock)
        delay = max(0.0, self.figures.gap - TICK / 2)
        if self._chance.random() < self.figures.answer_rate:
            after = delay + self._around(self.figures.ring)
            self._later(after, self._answer, after)
        else:
            after = delay + self._around(self.figures.failed)
            self._later(after, self._fail, after)

    def _fail(self, after: float) -> None:
        self.in_flight -= 1
        self.pacer.failed(self.clock, after)

    def _answer(self, after: float) -> None:
        self.pacer.answered(self.clock, after)
        if self.mode == VOICE_MESSAGE:
            self._later(self.figures.message, self._heard)
            return
        self.in_flight -= 1
        if self.idle:
            self._connect()
        else:
            self.waiting.append(self.clock)
            self._later(GREETING, self._give_up, self.clock)

    def _heard(self, _argument: None) -> None:
        self.in_flight -= 1
        self.counts.conversations += 1

    def _connect(self) -> None:
        """The operator who waited longest takes the call."""
        self.counts.wait += self.clock - self.idle.popleft()
        self.pacer.connected(self.clock)
        self._talk(self._free)

    def _give_up(self, answered: float) -> None:
        """Nobody came in time for a call that was answered then."""
        if self.waiting and self.waiting[0] == answered:
            self.waiting.popleft()
            self.counts.abandoned += 1
            self.pacer.abandoned(self.clock)

    def _free(self, seconds: float) -> None:
        self._talked(seconds)
        self.idle.append(self.clock)
        if self.waiting:
            self.waiting.popleft()
            self._connect()

    # --- talk ---------------------------------------------------------------------
    def _talk(self, then: Callable[[float], None]) -> None:
        self.busy += 1
        self.counts.conversations += 1
        seconds = self._exponential(self.figures.talk)
        seconds += self._exponential(self.figures.wrap_up)
        self._later(seconds, then, seconds)

    def _talked(self, seconds: float) -> None:
        self.busy -= 1
        self.counts.handling += seconds
        self.pacer.talk_ended(self.clock, seconds)

    # --- dialling by hand ---------------------------------------------------------
    def _read(self, since: float | None) -> None:
        """Preview: read the card, dial, and note what became of it."""
        since = self.clock if since is None else since
        seconds = self._exponential(self.figures.reading) + self.figures.gap
        if self._chance.random() < self.figures.answer_rate:
            seconds += self._around(self.figures.ring)
            self._later(seconds, self._reached, since)
        else:
            seconds += self._around(self.figures.failed)
            seconds += self._exponential(self.figures.noting)
            self._later(seconds, self._read, since)

    def _reached(self, since: float) -> None:
        self.counts.wait += self.clock - since
        self._talk(self._talked_by_hand)

    def _talked_by_hand(self, seconds: float) -> None:
        self._talked(seconds)
        self._read(None)


class Counts:
    """What is counted on a floor; times in seconds, of all operators."""

    def __init__(self) -> None:
        self.conversations = self.abandoned = 0
        self.handling = self.wait = 0.0

    def result(self, mode: str, operators: int, seconds: float) -> Yield:
        if mode == VOICE_MESSAGE:
            return Yield(per_hour=self.conversations * 3600 / seconds)
        talks = max(1, self.conversations)
        return Yield(
            per_hour=self.conversations * 3600 / seconds / operators,
            utilisation=self.handling / seconds / operators,
            wait=self.wait / talks,
            abandoned=self.abandoned / max(1, self.conversations + self.abandoned),
        )
