"""In which time zones may he be?"""

from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.debt_collection.tools import clock, countries
from odoo.addons.debt_collection.tools.phones import parse
from odoo.addons.debt_collection.tools.zones import (
    Zones,
    country_zones,
    distinct,
    resolve,
    subdivision_zones,
)

from .test_tools_oracle import ZONES, instants, local, thorough

MOBILE = parse("+79161234567")
SARATOV = parse("+78452123456")
YAKUTIA = parse("+74113612345")
AMERICAN = parse("+12125551212")


# --- which evidence counts ---


def test_what_he_said_counts_most():
    found = resolve("Asia/Omsk", ["Europe/Moscow"], SARATOV)
    assert found == Zones(("Asia/Omsk",), "stated")


def test_an_address_in_one_zone_counts_more_than_a_number():
    assert resolve(None, ["Europe/Moscow"], SARATOV).names == ("Europe/Moscow",)
    assert resolve("", ["Europe/Moscow"], MOBILE).source == "address"


def test_zones_whose_clocks_agree_are_one():
    zones = ["Europe/Saratov", "Europe/Samara", "Europe/Ulyanovsk"]
    assert resolve(None, zones, None) == Zones(("Europe/Saratov",), "address")


def test_a_landline_decides_when_the_address_does_not():
    assert resolve(None, [], SARATOV) == Zones(("Europe/Saratov",), "landline")
    russia = country_zones("RU")
    assert resolve(None, russia, SARATOV) == Zones(("Europe/Saratov",), "landline")


def test_a_landline_that_contradicts_the_address_does_not_decide():
    texas = subdivision_zones("US", "TX")
    assert resolve(None, texas, SARATOV) == Zones(texas, "candidates")


def test_a_mobile_leaves_its_whole_country():
    found = resolve(None, [], MOBILE)
    assert (found.source, len(found.names)) == ("candidates", 11)


def test_address_and_number_narrow_each_other():
    found = resolve(None, subdivision_zones("RU", "SA"), YAKUTIA)
    assert found.names == ("Asia/Yakutsk", "Asia/Vladivostok", "Asia/Srednekolymsk")
    both = resolve(None, ["Europe/Berlin", "Asia/Omsk", "Asia/Almaty"], MOBILE)
    assert both == Zones(("Asia/Omsk", "Asia/Almaty"), "candidates")
    abroad = resolve(None, ["Europe/Berlin", "Europe/London"], MOBILE)
    assert abroad == Zones(("Europe/Berlin", "Europe/London"), "candidates")


def test_texas_with_a_new_york_number_is_texas():
    texas = subdivision_zones("US", "TX")
    assert resolve(None, texas, AMERICAN).names == texas


def test_nothing_known():
    assert resolve(None, [], None) == Zones((), "unknown")
    assert resolve("Mars/Olympus", ["Etc/Unknown", ""], None) == Zones((), "unknown")


zones = st.lists(st.sampled_from((*ZONES, "Nowhere/Land")), max_size=4)


@thorough
@given(st.none() | st.sampled_from(ZONES), zones, st.integers(0, 4), instants())
def test_no_evidence_is_lost(stated, address, which, at):
    """At any time, every clock of the best evidence is among the candidates."""
    phone = (None, MOBILE, SARATOV, YAKUTIA, AMERICAN)[which]
    found = resolve(stated, address, phone)
    address = [zone for zone in address if zone != "Nowhere/Land"]
    at = at.replace(year=max(at.year, 2025), day=min(at.day, 28))
    clocks = {local(zone, at) for zone in found.names}
    if stated:
        assert clocks == {local(stated, at)}
    elif phone is None or phone.kind != "landline":
        candidates = address or (phone.zones if phone else ())
        expected = {local(zone, at) for zone in candidates}
        assert clocks <= expected
        assert bool(clocks) == bool(expected)
        if not phone:
            assert clocks == expected
    assert len(found.names) == len(distinct(found.names))


# --- countries ---


def test_countries():
    assert country_zones("DE")[0] == "Europe/Berlin"
    assert country_zones("kz")[0] == "Asia/Almaty"
    assert len(country_zones("RU")) == 26
    assert country_zones("XK") == ("Europe/Belgrade",)
    assert country_zones("") == country_zones("ZZ") == country_zones(None) == ()


@pytest.mark.parametrize("reader", ["pytz", "table"])
def test_with_or_without_the_systems_table(reader, monkeypatch):
    if reader == "pytz":
        pytest.importorskip("pytz")
        monkeypatch.setattr(countries, "zone_table", str)
    read = countries._countries.__wrapped__()
    assert "Europe/Moscow" in read["RU"]
    assert "America/Phoenix" in read["US"]
    assert read["XK"] == ["Europe/Belgrade"]


# --- states ---

STATES = {  # as Odoo ships them, and those of Kazakhstan, which it does not
    "US": "AL AK AZ AR CA CO CT DE DC FL GA HI ID IL IN IA KS KY LA ME MT NE NV "
    "NH NJ NM NY NC ND OH OK OR MD MA MI MN MS MO PA RI SC SD TN TX UT VT "
    "VA WA WV WI WY AS FM GU MH MP PW PR VI",
    "CA": "AB BC MB NB NL NT NS NU ON PE QC SK YT",
    "AU": "ACT NSW NT QLD SA TAS VIC WA",
    "BR": "AC AL AP AM BA CE DF ES GO MA MT MS MG PA PB PR PE PI RJ RN RS RO RR "
    "SC SP SE TO",
    "RU": "AD AL ALT AMU ARK AST BA BEL BRY BU CE CHE CHU CU DA IN IRK IVA KAM KB "
    "KGD KL KLU KC KR KEM KHA KK KHM KIR KO KOS KDA KYA KGN KRS LEN LIP MAG "
    "ME MO MOS MOW MUR NIZ NGR NVS OMS ORE ORL PNZ PER PRI PSK ROS RYA SA "
    "SAK SAM SPE SAR SE SMO STA SVE TAM TA TOM TUL TVE TYU TY UD ULY VLA "
    "VGG VLG VOR YAN YAR YEV",
    "MX": "AGU BCN BCS CHH COL CAM COA CHP CMX DUR GRO GUA HID JAL MIC MOR MEX "
    "NAY NLE OAX PUE ROO QUE SIN SLP SON TAB TLA TAM VER YUC ZAC",
    "ID": "AC BA BB BT BE GO JK JA JB JT JI KB KS KT KI KU KR LA MA MU NB NT PA "
    "PB PD PS PT PE RI SR SN ST SG SA SB SS SU YO",
    "KZ": "10 11 15 19 23 27 31 33 35 39 43 47 55 59 61 62 63 71 75 79",
}
OF_THEIR_OWN = ("AS", "FM", "GU", "MH", "MP", "PW", "PR", "VI")
"""States to Odoo, countries to the tz database."""


@pytest.mark.parametrize("country", STATES)
def test_every_state_has_its_zones(country):
    for code in STATES[country].split():
        assert subdivision_zones(country, code), code


@pytest.mark.parametrize("country", STATES)
def test_states_and_country_have_the_same_clocks(country):
    here = {clock.rules(name) for name in country_zones(country)}
    states = [
        {clock.rules(name) for name in subdivision_zones(country, code)}
        for code in STATES[country].split()
        if country != "US" or code not in OF_THEIR_OWN
    ]
    assert set.union(*states) == here


@pytest.mark.parametrize("country", STATES)
def test_no_zone_is_misspelt(country):
    named = countries.SUBDIVISIONS[country]
    assert set(named) - set(country_zones(country)) <= {
        zone for code in OF_THEIR_OWN for zone in subdivision_zones("US", code)
    }
    codes = {code for codes in named.values() for code in codes.split()}
    assert set(STATES[country].split()) <= codes


@pytest.mark.parametrize(
    ("country", "code", "names"),
    [
        ("US", "NY", ("America/New_York",)),
        ("US", "US-TX", ("America/Chicago", "America/Denver")),
        ("US", "FL", ("America/New_York", "America/Chicago")),
        ("US", "AZ", ("America/Denver", "America/Phoenix")),
        ("us", "ak", ("America/Anchorage", "America/Adak")),
        ("CA", "SK", ("America/Regina", "America/Edmonton")),
        ("RU", "KGD", ("Europe/Kaliningrad",)),
        ("RU", "ALT", ("Asia/Barnaul",)),
        ("RU", "SA", ("Asia/Yakutsk", "Asia/Vladivostok", "Asia/Srednekolymsk")),
        ("MX", "ROO", ("America/Cancun",)),
        ("ID", "BA", ("Asia/Makassar",)),
        ("US", "AE", ()),  # armed forces, anywhere
        ("DE", "BY", ()),
        ("US", None, ()),
        (None, None, ()),
    ],
)
def test_some_states(country, code, names):
    assert subdivision_zones(country, code) == names


# --- clocks ---


def test_names_that_are_no_zones():
    for name in ("Etc/Unknown", "", "Europe", "../etc/passwd", "Moscow", None, "\0"):
        assert clock.zone(name) is None


@pytest.mark.parametrize("name", sorted(available_timezones())[::7])
def test_local_time_is_zoneinfos(name):
    for month in range(1, 13):
        at = clock.datetime(2026, month, 28, 21, 30)
        assert clock.local(name, at) == local(name, at)
        assert clock.offset(name, at) == local(name, at) - at


@thorough
@given(st.sampled_from(ZONES), instants(), st.integers(0, 1440))
def test_a_wall_clock_is_first_reached_at_its_instant(zone, at, minute):
    day = at.date()
    wanted = clock.datetime(day.year, day.month, day.day) + clock.timedelta(
        minutes=minute
    )
    reached = clock.instant(zone, day, minute)
    assert local(zone, reached) >= wanted
    assert local(zone, reached - clock.SECOND) < wanted
    if local(zone, reached) == wanted:
        again = wanted.replace(tzinfo=ZoneInfo(zone))
        assert reached == again.astimezone(clock.UTC).replace(tzinfo=None)


def test_the_first_of_two_equal_wall_clocks_counts():
    """On Chatham a quarter to four is a quarter to three again."""
    night = clock.date(2026, 4, 5)
    for minute, hour in ((180, 13), (195, 13), (224, 13), (225, 15), (165, 13)):
        reached = clock.instant("Pacific/Chatham", night, minute)
        assert reached.hour == hour, minute
