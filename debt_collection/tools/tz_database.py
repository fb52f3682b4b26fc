"""The one time zone database: the ``tzdata`` package's, not the machine's.

Governments change their clocks at short notice.  A stable distribution's database may
be a year behind, and newer ones leave out the old names that books still hold: there
"US/Arizona" is in ``tzdata-legacy``.  The package is pinned like any other dependency,
so that gate, planner and audit reckon alike on each machine.
"""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from functools import lru_cache
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from zoneinfo import TZPATH, ZoneInfo

PACKAGE = "tzdata"
# Names that the database dropped altogether, or that only ever stood in other tables.
RENAMED = {
    "Türkiye": "Europe/Istanbul",
    "US/Pacific-New": "America/Los_Angeles",
    "Asia/Nur-Sultan": "Asia/Almaty",
    "Asia/Astana": "Asia/Almaty",
    "Europe/Kyev": "Europe/Kyiv",
    "Asia/Beijing": "Asia/Shanghai",
}
WEEK = timedelta(weeks=1)
WEEKS_AHEAD = 80


@lru_cache(maxsize=2048)
def zone(name: str | None) -> ZoneInfo | None:
    """Return the zone of a name, also of an old one; None when there is none.

    >>> zone("US/Arizona").key, zone("Asia/Calcutta").key, zone("Etc/Unknown")
    ('US/Arizona', 'Asia/Calcutta', None)
    """
    if not name or not isinstance(name, str):
        return None
    return _load(name, name) or _load(successor(name), name)


@lru_cache(maxsize=1024)
def successor(name: str) -> str:
    """Return the name that a zone has today, as far as it was renamed.

    A place that keeps its name although its clock is another's is not renamed.

    >>> successor("Asia/Calcutta"), successor("US/Arizona"), successor("Europe/Oslo")
    ('Asia/Kolkata', 'America/Phoenix', 'Europe/Oslo')
    """
    if name == "UTC" or name in _places():
        return name
    return _links().get(name) or RENAMED.get(name, name)


def version() -> str:
    """Return the edition of the database in use, such as 2026f; empty if unknown."""
    table = _folder() / "tzdata.zi"
    return _version(table.read_text("utf-8")) if table.is_file() else ""


def machine_version() -> str:
    """Return the edition of the machine's own database; empty where it has none."""
    tables = (Path(folder) / "tzdata.zi" for folder in TZPATH)
    table = next((table for table in tables if table.is_file()), None)
    return _version(table.read_text("utf-8")) if table else ""


def zone_table() -> str:
    """Read zone.tab: which zones are in which country."""
    table = _folder() / "zone.tab"
    return table.read_text("utf-8") if table.is_file() else ""


def disagreeing(
    names: Iterable[str],
    other: Callable[[str, datetime], timedelta | None],
    start: datetime,
) -> list[str]:
    """Return the zones whose clocks another database sets otherwise.

    ``other`` returns a zone's offset at a naive UTC instant, None where it has no such
    zone.  Looked at is a year and a half from ``start`` on, week by week.

    >>> summer = timedelta(hours=2)
    >>> disagreeing(["Europe/Paris"], lambda name, at: summer, datetime(2026, 7, 1))
    ['Europe/Paris']
    """
    weeks = [start + WEEK * number for number in range(WEEKS_AHEAD)]
    return [
        name
        for name in dict.fromkeys(names)
        if zone(name) and any(_offset(name, at) != other(name, at) for at in weeks)
    ]


def _offset(name: str, at: datetime) -> timedelta | None:
    where = zone(name)
    return where.fromutc(at.replace(tzinfo=where)).utcoffset() if where else None


def _load(name: str, key: str) -> ZoneInfo | None:
    """Read a zone of the package, else the machine's."""
    try:
        return _from_package(name, key) or ZoneInfo(name)
    except (KeyError, ValueError, OSError, TypeError):
        return None


def _from_package(name: str, key: str) -> ZoneInfo | None:
    parts = name.split("/")
    if not all(part.strip(".") for part in parts):
        return None
    source = _folder().joinpath(*parts)
    if not source.is_file():
        return None
    with source.open("rb") as content:
        return ZoneInfo.from_file(content, key=key)


@lru_cache(maxsize=1)
def _folder() -> Traversable:
    """Return the package's folder of zones, the machine's where it is missing."""
    try:
        return resources.files(f"{PACKAGE}.zoneinfo")
    except ModuleNotFoundError:
        folders = (Path(folder) for folder in TZPATH)
        return next((path for path in folders if path.is_dir()), Path(TZPATH[0]))


@lru_cache(maxsize=1)
def _links() -> dict[str, str]:
    """Return today's name of each old one, from the source of the database."""
    table = _folder() / "tzdata.zi"
    lines = table.read_text("utf-8").splitlines() if table.is_file() else []
    links = [line.split() for line in lines if line.startswith("L ")]
    return {name: target for _link, target, name in links}


@lru_cache(maxsize=1)
def _places() -> frozenset[str]:
    """Return the names that are in use for places today."""
    lines = (line.split("\t") for line in zone_table().splitlines())
    return frozenset(line[2] for line in lines if len(line) > 2)


def _version(text: str) -> str:
    """Read the edition from the first line of tzdata.zi.

    >>> _version("# version 2026f\\nR A 1916"), _version("")
    ('2026f', '')
    """
    first = text.partition("\n")[0]
    return first.removeprefix("# version ") if first.startswith("# version ") else ""
