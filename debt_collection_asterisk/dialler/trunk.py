"""The way to the carrier: when it fails all, dialling on spends numbers for nothing.

Whatever ended without that any telephone can have rung says more about the way than
about the debtor. A run of such ends slows dialling down, a longer one stops it until a
person has looked; after that it begins with one line and doubles.
"""

from __future__ import annotations

from collections import Counter, deque

#: So many ends in a row that reached no telephone slow down, stop.
SLOW, STOP = 5, 10
#: Of so many of the latest ends such a share stops, too: seldom does one get through.
LATELY, SHARE = 40, 0.75
#: Answered, and over within so many seconds; such a share of all that were answered
#: means that networks show us as a nuisance, or that nothing is heard.
SHORT, SHORT_OF, SHORT_SHARE = 3.0, 30, 0.6
#: The longest pause between two numbers (seconds) while it is slowed down.
LONGEST = 10.0


class Trunk:
    """How the latest calls went, and what follows for the next.

    >>> trunk = Trunk()
    >>> for _call in range(SLOW):
    ...     trunk.ended(0.0, "congestion", reached=False)
    >>> trunk.room(0.5, in_flight=0), trunk.room(1.0, in_flight=0), trunk.stopped
    (0, 1, None)
    >>> for _call in range(STOP - SLOW):
    ...     trunk.ended(1.0, "congestion", reached=False)
    >>> trunk.stopped, trunk.room(99.0, in_flight=0)
    ('congestion', 0)
    >>> trunk.restart()
    >>> trunk.stopped, trunk.room(99.0, in_flight=0), trunk.room(99.0, in_flight=1)
    (None, 1, 0)
    """

    def __init__(self) -> None:
        #: why nothing is dialled until a person has looked: congestion, rejected,
        #: invalid, forwarded, failed or short_calls
        self.stopped: str | None = None
        self._run = 0
        self._lately: deque[str] = deque(maxlen=LATELY)
        self._answered: deque[bool] = deque(maxlen=SHORT_OF)
        #: lines at once; nothing when there is no limit of ours
        self._lines: int | None = None
        self._not_before = 0.0

    @property
    def doubtful(self) -> bool:
        """Whether what is said of a number may well be the way's fault."""
        return self._run >= SLOW

    def ended(self, now: float, why: str, reached: bool) -> None:
        """Note a call that was not answered.

        :param why: what it was, where it reached nobody
        """
        self._lately.append("" if reached else why)
        if reached:
            self._reached()
            return
        self._run += 1
        if self._run >= SLOW:
            pause = min(2.0 ** (self._run - SLOW), LONGEST)
            self._not_before = now + pause
        failed = sum(map(bool, self._lately))
        if self._run >= STOP or failed >= SHARE * LATELY:
            self._stop(Counter(filter(None, self._lately)).most_common(1)[0][0])

    def answered(self, seconds: float, hung_up: bool) -> None:
        """Note a call that was answered.

        :param seconds: how long it lasted
        :param hung_up: the debtor ended it
        """
        self._lately.append("")
        self._reached()
        self._answered.append(hung_up and seconds < SHORT)
        if sum(self._answered) >= SHORT_SHARE * SHORT_OF:
            self._stop("short_calls")

    def _reached(self) -> None:
        self._run, self._not_before = 0, 0.0
        if self._lines is not None:
            self._lines = 2 * self._lines if self._lines < LATELY else None

    def _stop(self, why: str) -> None:
        self.stopped = self.stopped or why

    def restart(self) -> None:
        """A person has looked: go on, slowly."""
        if self.stopped:
            self.stopped, self._lines, self._run = None, 1, 0
            self._lately.clear()
            self._answered.clear()
            self._not_before = 0.0

    def room(self, now: float, in_flight: int) -> int:
        """How many more numbers may be dialled by themselves now.

        :param in_flight: those that are being dialled
        """
        if self.stopped or now < self._not_before:
            return 0
        lines = 1 if self._run >= SLOW else self._lines
        return 10**6 if lines is None else max(0, lines - in_flight)
