"""Between naive UTC and the wall clocks of zones, exact over every clock change."""

from bisect import bisect_left
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from .tz_database import successor, zone

SECOND = timedelta(seconds=1)
DAY = timedelta(days=1)
RULES_FROM = datetime(2025, 1, 1)


def known(names: Iterable[str | None]) -> tuple[str, ...]:
    """Keep the names that are zones, each once, in their order."""
    return tuple(name for name in dict.fromkeys(names) if name and zone(name))


@lru_cache(maxsize=1024)
def home(name: str | None) -> str:
    """Return a zone as it is called today, UTC where there is none of that name.

    >>> home("Asia/Calcutta"), home("Atlantis/Poseidonis"), home(None)
    ('Asia/Kolkata', 'UTC', 'UTC')
    """
    today = successor(name or "UTC")
    return today if zone(today) else "UTC"


@lru_cache(maxsize=1024)
def rules(name: str) -> str:
    """Return how a zone's clock goes from 2025 on, to tell whether two agree.

    >>> rules("Europe/Moscow") == rules("Europe/Kirov")
    True
    >>> rules("Europe/Moscow") == rules("Europe/Samara")
    False
    """
    weeks = range(13 * 52)
    offsets = (offset(name, RULES_FROM + timedelta(weeks=week)) for week in weeks)
    return " ".join(str(ahead // SECOND) for ahead in offsets)


def local(name: str, at: datetime) -> datetime:
    """Return what the wall clock of the zone shows at a UTC instant.

    >>> local("Europe/Berlin", datetime(2026, 3, 29, 1, 0))  # clocks skip 02:00-03:00
    datetime.datetime(2026, 3, 29, 3, 0)
    """
    where = _zone(name)
    return where.fromutc(at.replace(tzinfo=where)).replace(tzinfo=None)


def offset(name: str, at: datetime) -> timedelta:
    """Return how far the wall clock is ahead of UTC at a UTC instant."""
    return _ahead(at.replace(tzinfo=UTC).astimezone(_zone(name)))


def furthest_behind(names: tuple[str, ...], at: datetime) -> str:
    """Return the zone in which a day ends last, at a UTC instant.

    >>> furthest_behind(("Europe/Moscow", "Europe/Kaliningrad"), datetime(2026, 1, 1))
    'Europe/Kaliningrad'
    """
    return _furthest_behind(names, at.replace(second=0, microsecond=0))


@lru_cache(maxsize=1024)
def _furthest_behind(names: tuple[str, ...], minute: datetime) -> str:
    """Return the same for a whole minute: clocks change on no other."""
    return min(names, key=lambda name: offset(name, minute))


@lru_cache(maxsize=65536)
def instant(name: str, day: date, minute: int = 0) -> datetime:
    """Return the first UTC instant at which the wall clock has reached a local time.

    It need not ever show that time: the clock may jump over it.

    >>> instant("Europe/Berlin", date(2026, 3, 29), 150)  # 02:30 does not exist
    datetime.datetime(2026, 3, 29, 1, 0)
    >>> instant("Europe/Berlin", date(2026, 10, 25), 150)  # 02:30 happens twice
    datetime.datetime(2026, 10, 25, 0, 30)
    """
    wanted = datetime(day.year, day.month, day.day) + timedelta(minutes=minute)
    first, second = (_utc(name, wanted, fold) for fold in (0, 1))
    if second >= first:
        return first
    # The clock jumps over it, at an instant between the two.
    seconds = range(int((first - second) / SECOND))
    jump = bisect_left(
        seconds, True, key=lambda n: local(name, second + n * SECOND) >= wanted
    )
    return second + jump * SECOND


def _utc(name: str, wall: datetime, fold: int) -> datetime:
    """Return when a wall clock shows a time, by the offset before or after a change."""
    return wall - _ahead(wall.replace(tzinfo=_zone(name), fold=fold))


def _zone(name: str) -> ZoneInfo:
    """Return a zone that there is.

    :raises LookupError: there is none of that name
    """
    if found := zone(name):
        return found
    raise LookupError(f"There is no time zone {name!r}")


def _ahead(at: datetime) -> timedelta:
    """Return how far an aware time is ahead of UTC."""
    return at.utcoffset() or timedelta()


def segments(
    name: str, start: datetime, end: datetime
) -> tuple[tuple[datetime, datetime, timedelta], ...]:
    """Cut a UTC span of a day at most where the clock changes: (start, end, offset).

    >>> midnight = datetime(2026, 3, 29)
    >>> for cut in segments("Europe/Berlin", midnight, midnight + DAY):
    ...     print(*cut)
    2026-03-29 00:00:00 2026-03-29 01:00:00 1:00:00
    2026-03-29 01:00:00 2026-03-30 00:00:00 2:00:00
    """
    before, after = offset(name, start), offset(name, end - SECOND)
    if before == after:
        return ((start, end, before),)
    seconds = range(int((end - start).total_seconds()))
    change = start + SECOND * bisect_left(
        seconds, True, key=lambda n: offset(name, start + n * SECOND) != before
    )
    return ((start, change, before), (change, end, after))


def period_start(day: date, period: str, shift: int = 0) -> date:
    """Return the first day of the calendar period of a day, or of one ``shift`` later.

    >>> leap_day = date(2024, 2, 29)
    >>> str(period_start(leap_day, "week")), str(period_start(leap_day, "month", 11))
    ('2024-02-26', '2025-01-01')
    """
    if period == "day":
        return day + shift * DAY
    if period == "week":
        return day + (7 * shift - day.weekday()) * DAY
    months = day.year * 12 + day.month - 1 + shift
    return date(months // 12, months % 12 + 1, 1)


@lru_cache(maxsize=256)
def middle(names: tuple[str, ...], day: date) -> str:
    """Return the zone whose clock is in the middle of the candidates' on a day.

    >>> middle(("Asia/Kamchatka", "Europe/Moscow", "Asia/Omsk"), date(2026, 1, 1))
    'Asia/Omsk'
    """
    noon = datetime(day.year, day.month, day.day, 12)
    ordered = sorted(names, key=lambda name: offset(name, noon))
    return ordered[(len(ordered) - 1) // 2]


def clock_text(seconds: int) -> str:
    """Write a duration as people read it from a clock.

    >>> clock_text(65), clock_text(3725), clock_text(0)
    ('1:05', '1:02:05', '0:00')
    """
    minutes, rest = divmod(max(0, round(seconds)), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
