"""What a debtor types on his page, read strictly: nothing that is sent is trusted.

Every function returns a plain value or raises `Refused` with a code, which the page
turns into a sentence in his language.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from math import ceil

#: So much is taken of what somebody writes; the rest is no explanation any more.
LONGEST_TEXT = 2000
MOST_FILES, MOST_BYTES = 3, 10 * 1024 * 1024
#: What a proof may be, by the first bytes of a file: its name proves nothing.
KINDS = {
    b"%PDF-": "application/pdf",
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
}
ENDS = {"application/pdf": ".pdf", "image/png": ".png", "image/jpeg": ".jpg"}


class Refused(Exception):
    """What was sent cannot be taken; ``code`` says why."""

    def __init__(self, code: str):
        super().__init__(code)
        self.code = code


def read_day(text: str | None, first: date, last: date) -> date:
    """Return a day between two others, both included.

    >>> read_day("2026-03-20", date(2026, 3, 10), date(2026, 4, 9))
    datetime.date(2026, 3, 20)
    """
    try:
        day = date.fromisoformat((text or "").strip())
    except ValueError:
        raise Refused("day") from None
    if not first <= day <= last:
        raise Refused("day")
    return day


def read_amount(text: str | None, *, zero: bool = False) -> float:
    """Return an amount above zero, or ``zero`` as well, as browsers send numbers.

    >>> read_amount("12.50"), read_amount("0", zero=True)
    (12.5, 0.0)
    """
    try:
        amount = float((text or "").strip())
    except ValueError:
        raise Refused("amount") from None
    if not (0 < amount < 1e12 or zero and amount == 0):
        raise Refused("amount")
    # Somebody may type a minus before it.
    return abs(amount)


def can_pay(
    income: float | None = None,
    outgoings: float | None = None,
    monthly: float | None = None,
) -> float:
    """Return what somebody can pay a month: what he names, if so much is left to him.

    Income alone says what he cannot pay, and not what he can.

    >>> can_pay(monthly=80), can_pay(1500, 1450, 80), can_pay(1500, 1400)
    (80, 50, 100)
    >>> can_pay(60, monthly=80), can_pay(0, 0), can_pay(1500, 0, 80)
    (60, 0, 80)
    """
    if monthly is None and (income is None or outgoings is None):
        raise Refused("amount")
    known = [] if monthly is None else [monthly]
    if income is not None:
        known.append(income - (outgoings or 0))
    return max(0, min(known))


def parts_of(total: float, monthly: float, most: int) -> int:
    """Return into how many parts a total falls; 0 when they would be too many.

    >>> parts_of(1000, 300, 6), parts_of(1000, 100, 6), parts_of(1000, 0, 6)
    (4, 0, 0)
    """
    if monthly <= 0 or total > monthly * most:
        return 0
    return max(1, ceil(total / monthly))


def read_count(text: str | None, most: int) -> int:
    """Return a number from 1 to ``most``; nothing is one.

    >>> read_count("3", 6), read_count("", 6)
    (3, 1)
    """
    text = (text or "1").strip()
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= most):
        raise Refused("count")
    return int(text[:9])


def read_ids(texts: Iterable[str], known: Iterable[int]) -> list[int]:
    """Return those ids that were ticked; each must be one that was offered.

    >>> read_ids(["7", "9"], [7, 8, 9])
    [7, 9]
    """
    offered = {str(one): one for one in known}
    ticked = list(dict.fromkeys(texts))
    if not ticked or not set(ticked) <= offered.keys():
        raise Refused("items")
    return [offered[one] for one in ticked]


def read_choice(text: str | None, known: Iterable[str], code: str = "choice") -> str:
    """Return one of the values that were offered."""
    if text is None or text not in tuple(known):
        raise Refused(code)
    return text


def read_instant(text: str | None) -> datetime:
    """Return a moment in naive UTC, as the page offered it."""
    try:
        at = datetime.fromisoformat((text or "").strip())
    except ValueError:
        raise Refused("time") from None
    if at.tzinfo:
        raise Refused("time")
    return at


def read_text(text: str | None, *, needed: bool = False) -> str:
    r"""Return what somebody wrote, without what no letter is.

    >>> read_text(" It never\x00 came. ")
    'It never came.'
    """
    said = "".join(one for one in text or "" if one in "\n\t" or one.isprintable())
    said = said.strip()[:LONGEST_TEXT]
    if needed and not said:
        raise Refused("text")
    return said


def read_files(files: Iterable[tuple[str, bytes]]) -> list[tuple[str, bytes, str]]:
    """Return the files that were sent: name, content and kind, known by its content.

    >>> read_files([("", b"")])
    []
    """
    sent = [(name, content) for name, content in files if content]
    if len(sent) > MOST_FILES:
        raise Refused("files")
    return [_read_file(name, content) for name, content in sent]


def _read_file(name: str, content: bytes) -> tuple[str, bytes, str]:
    kind = next((k for start, k in KINDS.items() if content.startswith(start)), None)
    if not kind or len(content) > MOST_BYTES:
        raise Refused("files")
    # The name ends as the content says: nothing that would be run by its name.
    stem = read_text(name.replace("/", " ")).rpartition(".")
    return f"{(stem[0] or stem[2])[-90:] or 'file'}{ENDS[kind]}", content, kind


@dataclass(slots=True)
class Tries:
    """How often somebody tried what cannot be, so that nobody guesses at leisure.

    ``most`` within ``seconds``, by who he is; the oldest are forgotten where there are
    more than ``kept`` of them.
    """

    most: int
    seconds: float
    kept: int = 10_000
    failed: dict[str, list[float]] = field(default_factory=dict)

    def note(self, who: str, now: float) -> None:
        """One more failed."""
        recent = [*self._recent(who, now), now]
        self.failed.pop(who, None)
        self.failed[who] = recent[-self.most :]
        while len(self.failed) > self.kept:
            self.failed.pop(next(iter(self.failed)))

    def is_over(self, who: str, now: float) -> bool:
        """Tell whether it was tried too often lately.

        >>> tries = Tries(most=2, seconds=60)
        >>> tries.note("10.0.0.1", 0), tries.note("10.0.0.1", 1)
        (None, None)
        >>> tries.is_over("10.0.0.1", 2), tries.is_over("10.0.0.1", 61.5)
        (True, False)
        >>> tries.is_over("10.0.0.2", 2)
        False
        """
        return len(self._recent(who, now)) >= self.most

    def _recent(self, who: str, now: float) -> list[float]:
        return [at for at in self.failed.get(who, ()) if now - at < self.seconds]
