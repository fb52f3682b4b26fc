"""How many numbers to dial now, so that operators talk and nobody hears silence.

One ``Pacer`` per campaign is asked every second. It knows four modes:

* ``preview``: the operator reads, then dials. Nothing is dialled by itself.
* ``progressive``: one line for each operator who waits. Nobody is abandoned.
* ``predictive``: as many lines as can be expected to meet a free operator, so that
  of those who answer at most the cap find none.
* ``voice_message``: no operator; as many lines as there are.

Predictive dialling keeps N lines in flight, N the largest number for which

    E[(A - F)+] / (N p) <= target,    A ~ Bin(N, p),  F = idle + Bin(busy, 1 - e^(-r/H))

where A are those who will answer, F the operators who will be free by then, p the
answers per dial, r the seconds until an answer, H the seconds an operator spends on a
conversation. p, r and H are estimated as the campaign goes. The target aims at the cap:
twice the cap less what was measured in the last half hour; at half of that while a
second abandoned call would break the cap.

Two cases turn predictive into progressive, and ``reason`` says which: fewer than five
operators (no average to count on), and a day in which one more abandoned call would
break the cap. A third holds it back: a campaign that has just begun and has yet to
learn who answers.

This file needs the standard library only: the dialler process loads it by itself.
"""

from collections import deque
from collections.abc import Callable
from functools import lru_cache
from heapq import heappop, heappush
from math import ceil, exp, floor, lgamma, log

PREVIEW, PROGRESSIVE, PREDICTIVE, VOICE_MESSAGE = MODES = (
    "preview",
    "progressive",
    "predictive",
    "voice_message",
)
FEW_OPERATORS, OVER_CAP, LEARNING = "few_operators", "over_cap", "learning"

MIN_OPERATORS = 5
# A live answer without an operator for so long (seconds) is abandoned: he is told who
# called, and the line is hung up.
GREETING = 2.0
# The target follows what was measured in this time, as if so many answers more had
# been met at the cap: a single abandoned call must not swing it.
WINDOW = 30 * 60
PSEUDO_ANSWERS = 30
LOWEST_TARGET, HIGHEST_TARGET = 0.002, 0.15
# The cap holds over a day, as regulators count. Where one more would break it, nothing
# is dialled ahead of the operators. The first of a day is no share yet: it would be
# above any cap.
DAY = 24 * 60 * 60
GRACE = 1
# Two may find nobody at the same moment: where only one more is allowed, the aim is
# lower.
CAUTIOUS = 0.5
# The answer rate is hearsay at first: no more lines than dials whose end was seen, to
# begin with so many for each operator who waits.
LINES_TO_LEARN = 2
# A dial is decided after so many seconds, or after the longest seen, within reason.
DECIDED_AFTER, LONGEST = 30, 120
# The pace is asked for each second; a longer silence says nothing about operators.
LONGEST_TICK = 5
# A probability that is left out.
NOTHING = 1e-14


class Estimate:
    """A ratio that begins with a guess and forgets slowly.

    :param float guess: what to believe at first
    :param int weight: observations the guess is worth
    :param int memory: observations after which the old ones fade
    """

    def __init__(self, guess: float, weight: int, memory: int):
        self.seen = 0
        self._sum = guess * weight
        self._count: float = weight
        self._memory = memory

    @property
    def mean(self) -> float:
        return self._sum / self._count

    def add(self, value: float, count: int = 1, memory: int = 0) -> None:
        """Add observations, of which ``value`` is the sum."""
        self.seen += count
        self._sum += value
        self._count += count
        fade = max(self._memory, memory) / self._count
        if fade < 1:
            self._sum *= fade
            self._count *= fade


class AbandonedShare:
    """Those abandoned among the live answers of the last so many seconds."""

    def __init__(self, seconds: float):
        self.answers = self.abandoned = 0
        self._seconds = seconds
        self._outcomes: deque[tuple[float, bool]] = deque()

    def add(self, now: float, abandoned: bool) -> None:
        self._outcomes.append((now, abandoned))
        self.answers += 1
        self.abandoned += abandoned

    def forget(self, now: float) -> None:
        """Leave out what is too old at ``now`` (seconds)."""
        while self._outcomes and self._outcomes[0][0] <= now - self._seconds:
            self.answers -= 1
            self.abandoned -= self._outcomes.popleft()[1]

    def smoothed(self, now: float, cap: float) -> float:
        """The share at ``now``, as if ``PSEUDO_ANSWERS`` more had met the cap."""
        self.forget(now)
        abandoned = self.abandoned + PSEUDO_ANSWERS * cap
        return abandoned / (self.answers + PSEUDO_ANSWERS)


class Pacer:
    """The pace of one campaign.

    All times are seconds; ``now`` may count from anything, but never runs back. After
    a restart, replay the day's ``connected`` and ``abandoned`` with their times.

    :param str mode: one of ``MODES``
    :param float cap: the share of live answers that may be abandoned, 0.03 for 3 %
    :param int max_lines: dials in flight at once, for voice messages lines in use
    :param float answer_rate: live answers per dial to expect at first
    :param float ring: seconds until an answer to expect at first
    :param float handling: seconds of talk and wrap-up to expect at first
    """

    def __init__(
        self,
        mode: str,
        cap: float = 0.03,
        max_lines: int = 100,
        answer_rate: float = 0.3,
        ring: float = 10,
        handling: float = 150,
    ):
        if mode not in MODES:
            raise ValueError(f"There is no mode {mode!r}")
        self.mode = mode
        self.cap = cap
        self.max_lines = max_lines
        self.reason: str | None = None
        self.dials = 0
        self._answer_rate = Estimate(answer_rate, weight=20, memory=500)
        self._ring = Estimate(ring, weight=10, memory=100)
        self._handling = Estimate(handling, weight=10, memory=100)
        # A heap of (when dialled, whether answered).
        self._undecided: list[tuple[float, bool]] = []
        self._decided_after: float = DECIDED_AFTER
        self._asked: float | None = None  # when the pace was asked for last
        self._recent = AbandonedShare(WINDOW)
        self._day = AbandonedShare(DAY)

    # --- what happened ------------------------------------------------------------
    def dialled(self, now: float) -> None:
        """A number was dialled."""
        self.dials += 1

    def answered(self, now: float, after: float) -> None:
        """A person answered, ``after`` so many seconds of dialling and ringing."""
        self._ring.add(after)
        self._decided(now, after, True)

    def failed(self, now: float, after: float) -> None:
        """Nobody answered, or a machine did, ``after`` so many seconds."""
        self._decided(now, after, False)

    def connected(self, now: float) -> None:
        """Who answered got an operator in time."""
        self._outcome(now, abandoned=False)

    def abandoned(self, now: float) -> None:
        """Who answered got none within ``GREETING`` seconds."""
        self._outcome(now, abandoned=True)

    def talk_ended(self, now: float, seconds: float) -> None:
        """An operator is ready again, ``seconds`` after the conversation began.

        Talk and wrap-up together, a pause afterwards not. The mean of ``seconds`` would
        know the short talks first, so what counts is that one ended: see ``_observe``.
        """
        self._handling.add(0)

    def _outcome(self, now: float, abandoned: bool) -> None:
        self._recent.add(now, abandoned)
        self._day.add(now, abandoned)

    def _decided(self, now: float, after: float, answered: bool) -> None:
        self._decided_after = max(self._decided_after, min(after, LONGEST))
        heappush(self._undecided, (now - after, answered))

    def _observe(self, now: float, busy: int, in_flight: int) -> None:
        """Learn the answer rate and the handling time, without a bias to the quick.

        Those who answer do so before the others are given up: a dial counts when all
        that were dialled with it are decided. And an operator's handling time is the
        time they all were busy by the number of conversations that ended in it.
        """
        dials = answers = 0
        while self._undecided and self._undecided[0][0] <= now - self._decided_after:
            answers += heappop(self._undecided)[1]
            dials += 1
        self._answer_rate.add(answers, dials, memory=20 * in_flight)
        if self._asked is not None:
            passed = min(now - self._asked, LONGEST_TICK)
            self._handling.add(busy * passed, count=0)
        self._asked = now

    # --- what to do ---------------------------------------------------------------
    def lines_to_dial(self, now: float, idle: int, busy: int, in_flight: int) -> int:
        """How many numbers to dial at once, 0 or more.

        :param int idle: operators who wait and have no answered call waiting
        :param int busy: operators who talk or wrap up; on a break they do not count
        :param int in_flight: numbers dialled that neither answered nor failed; for
            voice messages the lines in use, those that listen included
        """
        self._observe(now, busy, in_flight)
        lines = self._lines(now, idle, busy)
        return max(0, min(lines, self.max_lines) - in_flight)

    def _lines(self, now: float, idle: int, busy: int) -> int:
        """The lines to have in flight."""
        mode = self.effective_mode(now, idle + busy)
        if mode == PREVIEW:
            return 0
        if mode == VOICE_MESSAGE:
            return self.max_lines
        if mode == PROGRESSIVE:
            return idle
        known = max(LINES_TO_LEARN * idle, self._answer_rate.seen)
        lines = lines_in_flight(
            idle,
            busy,
            self._answer_rate.mean,
            chance_to_end(self._ring.mean, self._handling.mean),
            self.target(now),
            self.max_lines,
        )
        if lines > known:
            self.reason = LEARNING
        return min(lines, known)

    def effective_mode(self, now: float, operators: int) -> str:
        """The mode in use with so many operators at work; ``reason`` if not ours."""
        self.reason = None
        if self.mode == PREDICTIVE:
            if operators < MIN_OPERATORS:
                self.reason = FEW_OPERATORS
            elif not self._has_room(now):
                self.reason = OVER_CAP
        return PROGRESSIVE if self.reason else self.mode

    def _has_room(self, now: float) -> bool:
        """Whether the day's cap would bear one more abandoned call."""
        self._day.forget(now)
        return self._day.abandoned + 1 <= max(GRACE, self.cap * self._day.answers)

    def target(self, now: float) -> float:
        """The share of abandoned calls to aim at now."""
        measured = max(
            share.smoothed(now, self.cap) for share in (self._recent, self._day)
        )
        second = self.cap * self._day.answers / 2
        aim = (2 * self.cap - measured) * min(max(second, CAUTIOUS), 1)
        return min(max(aim, LOWEST_TARGET), HIGHEST_TARGET)

    def stats(self, now: float) -> dict[str, float | str | None]:
        """The figures behind the pace, for people to look at."""
        target = self.target(now)
        self._day.forget(now)
        return {
            "mode": self.mode,
            "reason": self.reason,
            "dials": self.dials,
            "answer_rate": self._answer_rate.mean,
            "ring": self._ring.mean,
            "handling": self._handling.mean,
            "answers_day": self._day.answers,
            "abandoned_day": self._day.abandoned,
            "target": target,
        }


# --- the arithmetic ---------------------------------------------------------------
def chance_to_end(ring: float, handling: float) -> float:
    """The chance that a conversation ends while another phone rings.

    >>> round(chance_to_end(10, 150), 4)
    0.0645
    """
    return 1 - exp(-ring / handling)


def lines_in_flight(
    idle: int,
    busy: int,
    answer_rate: float,
    chance: float,
    target: float,
    max_lines: int,
) -> int:
    """The largest number of lines whose expected share of abandoned is in the target.

    Rates are rounded to a grid, always to the careful side, so that the same question
    comes again and the answer is at hand.

    >>> lines_in_flight(2, 0, 0.5, 0, 0.0, 100)
    2
    >>> lines_in_flight(2, 8, 0.2, 0.06, 0.03, 100)
    4
    """
    return _largest(
        idle,
        busy,
        min(1.0, _grid(answer_rate, ceil)),
        min(1.0, _grid(chance, floor)),
        floor(target * 2000) / 2000,
        max_lines,
    )


def _grid(value: float, rounding: Callable[[float], int]) -> float:
    """The value on a grid of steps of 1 %."""
    step = rounding(log(max(value, 0.001)) / log(1.01))
    found: float = 1.01**step
    return found


@lru_cache(maxsize=20_000)
def _largest(
    idle: int,
    busy: int,
    answer_rate: float,
    chance: float,
    target: float,
    max_lines: int,
) -> int:
    """The share grows with the lines: halve the interval, or go up to find its end."""
    low, high = min(idle, max_lines), max(2 * idle, 8)
    while high <= max_lines and _in_target(
        high, idle, busy, answer_rate, chance, target
    ):
        low, high = high, 2 * high
    high = min(high, max_lines + 1)
    while high - low > 1:
        middle = (low + high) // 2
        if _in_target(middle, idle, busy, answer_rate, chance, target):
            low = middle
        else:
            high = middle
    return low


def _in_target(
    lines: int, idle: int, busy: int, answer_rate: float, chance: float, target: float
) -> bool:
    lost = expected_abandoned(lines, idle, busy, answer_rate, chance)
    return lost <= target * lines * answer_rate


def expected_abandoned(
    lines: int, idle: int, busy: int, answer_rate: float, chance: float
) -> float:
    """E[(A - F)+]: the answers that find no operator.

    >>> round(expected_abandoned(2, 1, 0, 0.5, 0), 6)
    0.25
    """
    freed, likely_freed = binomial(busy, chance)
    first, over = excess(lines, answer_rate)
    lost = 0.0
    for place, likely in enumerate(likely_freed, idle + freed - first):
        if place < 0:  # surely more answers than that
            lost += likely * (lines * answer_rate - first - place)
        elif place < len(over):
            lost += likely * over[place]
    return lost


@lru_cache(maxsize=2000)
def excess(count: int, chance: float) -> tuple[int, tuple[float, ...]]:
    """E[(A - k)+] for A ~ Bin(count, chance): the first k that matters, and its values.

    From the top down, E[(A - k)+] = E[(A - k - 1)+] + P(A > k).
    """
    first, likely = binomial(count, chance)
    over: list[float] = []
    beyond = total = 0.0
    for value in reversed(likely):
        over.append(total)
        beyond += value
        total += beyond
    return first, tuple(reversed(over))


@lru_cache(maxsize=2000)
def binomial(count: int, chance: float) -> tuple[int, tuple[float, ...]]:
    """The first number of successes that matters, and the probabilities from there on.

    >>> first, likely = binomial(2, 0.5)
    >>> first, [round(value, 6) for value in likely]
    (0, [0.25, 0.5, 0.25])
    """
    if not 0 < chance < 1:
        return (count if chance >= 1 else 0), (1.0,)
    odds = chance / (1 - chance)
    start = min(count, floor((count + 1) * chance))
    top = exp(
        lgamma(count + 1)
        - lgamma(start + 1)
        - lgamma(count - start + 1)
        + start * log(chance)
        + (count - start) * log(1 - chance)
    )
    # From the likeliest number outwards, as far as there is anything.
    down: list[float] = []
    value, number = top, start
    while number > 0 and value > NOTHING:
        value *= number / (count - number + 1) / odds
        down.append(value)
        number -= 1
    up, value = [top], top
    while start + len(up) <= count and value > NOTHING:
        value *= (count - start - len(up) + 1) / (start + len(up)) * odds
        up.append(value)
    return number, (*reversed(down), *up)
