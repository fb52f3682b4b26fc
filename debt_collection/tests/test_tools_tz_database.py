"""One time zone database, the same on each machine, old names included."""

from datetime import datetime, timedelta
from zoneinfo import available_timezones

import pytest
import pytz

from odoo.addons.debt_collection.tools import clock, tz_database
from odoo.addons.debt_collection.tools.zones import Zones, distinct, resolve

DECEMBER = datetime(2026, 12, 1, 12)
HOUR = timedelta(hours=1)


@pytest.fixture
def bare_machine(monkeypatch):
    """A machine without `tzdata-legacy`: files of today's names only."""
    load = tz_database._load
    renamed = tz_database._links().keys() - tz_database._places() - {"UTC"}

    def load_today(name, key):
        return None if name in renamed else load(name, key)

    monkeypatch.setattr(tz_database, "_load", load_today)
    tz_database.zone.cache_clear()
    yield
    monkeypatch.undo()
    tz_database.zone.cache_clear()


@pytest.mark.parametrize(
    ("name", "ahead"),
    [
        ("America/Vancouver", -7),  # stays on summer time since November 2026
        ("America/Edmonton", -6),
        ("Africa/Casablanca", 0),  # since 20 September 2026
    ],
)
def test_the_laws_of_autumn_2026_are_known(name, ahead):
    assert clock.offset(name, DECEMBER) == ahead * HOUR


def test_it_is_the_packages_and_not_the_machines():
    import tzdata

    assert tz_database.version() == tzdata.IANA_VERSION
    assert tz_database.machine_version() != "" or not available_timezones()


def test_the_libraries_in_use_agree():
    """Odoo reckons with pytz: locked beside tzdata, both are of the same edition."""

    def of_pytz(name, at):
        return pytz.utc.localize(at).astimezone(pytz.timezone(name)).utcoffset()

    names = sorted(pytz.common_timezones)
    assert tz_database.disagreeing(names, of_pytz, datetime(2026, 1, 1)) == []


def test_a_database_that_is_behind_is_noticed():
    def behind(name, at):
        return clock.offset(name, at) - HOUR * (name == "America/Vancouver")

    names = ["Europe/Berlin", "America/Vancouver", "Mars/Olympus"]
    assert tz_database.disagreeing(names, behind, DECEMBER) == ["America/Vancouver"]


def test_a_database_that_lacks_a_zone_disagrees():
    assert tz_database.disagreeing(["US/Arizona"], lambda *_: None, DECEMBER)


@pytest.mark.parametrize(
    ("old", "today"),
    [
        ("US/Arizona", "America/Phoenix"),
        ("Asia/Calcutta", "Asia/Kolkata"),
        ("Europe/Kiev", "Europe/Kyiv"),
        ("Turkey", "Europe/Istanbul"),
        ("US/Pacific-New", "America/Los_Angeles"),
    ],
)
def test_an_old_name_is_its_successor(bare_machine, old, today):
    assert tz_database.successor(old) == today
    assert clock.offset(old, DECEMBER) == clock.offset(today, DECEMBER)
    assert resolve(old, ["Asia/Tokyo"], None) == Zones((today,), "stated")
    assert distinct((old, today)) == (old,)


def test_every_old_name_is_known(bare_machine):
    """Dropped from files or not: no name that a book may hold raises or is lost."""
    for old in tz_database._links():
        assert clock.known([old]) == (old,), old
        assert clock.offset(old, DECEMBER) is not None, old


@pytest.mark.parametrize("name", ["Europe/Oslo", "Atlantic/Reykjavik", "Asia/Kuwait"])
def test_a_place_keeps_its_name_when_its_clock_is_anothers(name):
    assert tz_database.successor(name) == name
