"""Addresses in states and countries that have several clocks."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.debt_collection.tools.clock import rules
from odoo.addons.debt_collection.tools.countries import SUBDIVISIONS
from odoo.addons.debt_collection.tools.postcodes import (
    POSTCODES,
    TOWNS,
    postcode_zones,
    town_zones,
)
from odoo.addons.debt_collection.tools.zones import (
    address_zones,
    country_zones,
    distinct,
    resolve,
    subdivision_zones,
)

from .test_tools_oracle import thorough

NEW_YORK, CHICAGO = "America/New_York", "America/Chicago"
DENVER, PACIFIC = "America/Denver", "America/Los_Angeles"


def clocks(names):
    return {rules(name) for name in names}


@pytest.mark.parametrize(
    ("country", "state", "postcode", "town", "zones"),
    [
        ("US", "TX", "79901", "El Paso", [DENVER]),
        ("US", "TX", "88510", "", [DENVER]),
        ("US", "TX", "79830", "", [CHICAGO, DENVER]),  # 798 lies on both sides
        ("US", "TX", "77002-1234", "", [CHICAGO]),
        ("US", "FL", "32501", "", [CHICAGO]),
        ("US", "FL", "32401", "", [CHICAGO]),
        ("US", "FL", "32456", "", [NEW_YORK, CHICAGO]),  # Port St. Joe
        ("US", "FL", "33101", "", [NEW_YORK]),
        ("US", "IN", "46402", "", [CHICAGO]),
        ("US", "IN", "46204", "", [NEW_YORK]),
        ("US", "IN", "47708", "", [CHICAGO]),
        ("US", "KY", "40202", "", [NEW_YORK]),
        ("US", "KY", "42001", "", [CHICAGO]),
        ("US", "TN", "37201", "", [CHICAGO]),
        ("US", "TN", "37902", "", [NEW_YORK]),
        ("US", "MI", "48201", "", [NEW_YORK]),
        ("US", "MI", "49801", "", [NEW_YORK, CHICAGO]),
        ("US", "MI", "49801", "Iron Mountain", [CHICAGO]),
        ("US", "ND", "58102", "", [CHICAGO]),
        ("US", "ND", "58601", "Dickinson", [DENVER]),
        ("US", "SD", "57701", "", [DENVER]),
        ("US", "NE", "68102", "", [CHICAGO]),
        ("US", "NE", "69361", "", [DENVER]),
        ("US", "KS", "67735", "", [CHICAGO, DENVER]),
        ("US", "ID", "83814", "", [PACIFIC]),
        ("US", "ID", "83702", "", [DENVER]),
        ("US", "OR", "97201", "", [PACIFIC]),
        ("US", "OR", "97914", "Ontario", [DENVER]),
        ("US", "AZ", "85001", "", ["America/Phoenix"]),
        ("US", "AZ", "86001", "", [DENVER, "America/Phoenix"]),
        ("US", "", "10001", "", [NEW_YORK]),
        ("US", "", "94103", "", [PACIFIC]),
        ("US", "", "09012", "", None),  # armed forces, anywhere
        ("CA", "BC", "V6B 1A1", "", ["America/Vancouver"]),
        ("CA", "BC", "V1C 2A1", "", ["America/Edmonton"]),
        ("CA", "BC", "V0B 1G0", "", subdivision_zones("CA", "BC")),
        ("CA", "ON", "p9n 1a1", "", ["America/Winnipeg"]),
        ("CA", "ON", "M5V2T6", "", ["America/Toronto"]),
        ("CA", "QC", "", "Montréal", ["America/Toronto"]),
        ("CA", "QC", "G4T 1A1", "", ["America/Halifax"]),
        ("CA", "NU", "X0A 0H0", "Iqaluit", ["America/Toronto"]),
        ("AU", "NSW", "2000", "Sydney", ["Australia/Sydney"]),
        ("AU", "NSW", "2880", "Broken Hill", ["Australia/Broken_Hill"]),
        ("AU", "WA", "6000", "", ["Australia/Perth"]),
        ("AU", "", "4000", "", ["Australia/Brisbane"]),
        (
            "AU",
            "",
            "0872",
            "",
            ["Australia/Darwin", "Australia/Adelaide", "Australia/Perth"],
        ),
        ("BR", "PE", "50030-230", "Recife", ["America/Recife"]),
        ("BR", "PE", "53990-000", "", ["America/Noronha"]),
        ("BR", "AM", "", "MANAUS", ["America/Manaus"]),
        ("BR", "AM", "", "Tabatinga", ["America/Eirunepe"]),
        ("BR", "", "01310-100", "", ["America/Sao_Paulo"]),
        ("RU", "SA", "677000", "", ["Asia/Yakutsk"]),
        ("RU", "SA", "678960", "", subdivision_zones("RU", "SA")),
        ("RU", "SA", "678960", "Нерюнгри", ["Asia/Yakutsk"]),
        ("RU", "", "236022", "", ["Europe/Kaliningrad"]),
        ("RU", "", "101000", "", ["Europe/Moscow"]),
        ("RU", "", "603000", "", ["Europe/Moscow"]),
        ("RU", "", "614000", "", ["Asia/Yekaterinburg"]),
        ("RU", "", "410012", "", ["Europe/Saratov"]),
        ("RU", "", "420015", "", ["Europe/Moscow"]),
        ("RU", "", "690091", "", ["Asia/Vladivostok"]),
        ("ID", "", "10110", "", ["Asia/Jakarta"]),
        ("ID", "", "80361", "", ["Asia/Makassar"]),
        ("ID", "", "99111", "", ["Asia/Jayapura"]),
        ("MX", "CHH", "32000", "", ["America/Ciudad_Juarez"]),
        ("MX", "CHH", "31000", "", ["America/Chihuahua"]),
        ("MX", "TAM", "88500", "Reynosa", ["America/Matamoros"]),
        ("ES", "GC", "", "", ["Atlantic/Canary"]),
        ("ES", "M", "28001", "", ["Europe/Madrid"]),
        ("ES", "", "38001", "", ["Atlantic/Canary"]),
        ("ES", "", "", "", ["Europe/Madrid", "Atlantic/Canary"]),
        ("PT", "20", "", "", ["Atlantic/Azores"]),
        ("PT", "", "1100-148", "", ["Europe/Lisbon"]),
        ("CL", "CL-MA", "", "", ["America/Punta_Arenas"]),
        ("CL", "RM", "", "", ["America/Santiago"]),
        ("CN", "沪", "", "", ["Asia/Shanghai"]),
        ("CN", "新", "", "", ["Asia/Shanghai", "Asia/Urumqi"]),
        ("MN", "16", "", "", ["Asia/Hovd"]),
        ("DE", "", "10115", "Berlin", ["Europe/Berlin"]),
    ],
)
def test_addresses(country, state, postcode, town, zones):
    found = address_zones(country, state, postcode, town)
    wanted = country_zones(country) if zones is None else zones
    assert clocks(found) == clocks(wanted)


def test_an_address_that_contradicts_itself_is_in_both_places():
    assert address_zones("US", "TX", "10001") == (CHICAGO, DENVER, NEW_YORK)
    gary = address_zones("US", "IN", "46204", "Gary")
    assert clocks(gary) == {rules(NEW_YORK), rules(CHICAGO)}


def test_a_postcode_decides_where_the_state_alone_would_ask_both():
    miami = address_zones("US", "FL", "33101")
    assert resolve(None, miami, None).source == "address"
    florida = address_zones("US", "FL")
    assert resolve(None, florida, None).source == "candidates"


@pytest.mark.parametrize("country", POSTCODES)
def test_no_zone_of_a_postcode_is_misspelt_or_abroad(country):
    isles = {"America/Puerto_Rico", "Pacific/Pago_Pago"} if country == "US" else set()
    assert set(POSTCODES[country]) - isles <= set(country_zones(country))
    for name, prefixes in POSTCODES[country].items():
        assert len(set(prefixes.split())) == len(prefixes.split()), name


@pytest.mark.parametrize(("country", "state"), TOWNS)
def test_towns_lie_in_zones_of_their_state(country, state):
    here = clocks(subdivision_zones(country, state))
    assert len(here) > 1
    assert clocks(TOWNS[country, state]) <= here
    listed = [
        town.strip()
        for names in TOWNS[country, state].values()
        for town in names.split(",")
    ]
    assert len(set(listed)) == len(listed)
    for town in listed:
        assert len(town_zones(country, state, town.upper())) == 1, town


STATES_OF_POSTCODES = {
    ("US", "FL"): range(320, 350),
    ("US", "IN"): range(460, 480),
    ("US", "KY"): range(400, 428),
    ("US", "MI"): range(480, 500),
    ("US", "ND"): range(580, 589),
    ("US", "NE"): range(680, 694),
    ("US", "SD"): range(570, 578),
    ("US", "TN"): range(370, 386),
    ("US", "KS"): range(660, 680),
    ("US", "OR"): range(970, 980),
    ("RU", "SA"): range(677, 679),
}


@pytest.mark.parametrize(("country", "state"), STATES_OF_POSTCODES)
def test_postcodes_of_a_state_are_in_its_zones(country, state):
    here = clocks(subdivision_zones(country, state))
    met = set()
    for prefix in STATES_OF_POSTCODES[country, state]:
        found = clocks(postcode_zones(country, f"{prefix}99"))
        assert found <= here, prefix
        met |= found
    assert met == here


texts = st.text(max_size=12) | st.integers(0, 99999).map(str)
countries = st.sampled_from((*SUBDIVISIONS, *POSTCODES, "DE", "", "??"))
states = st.sampled_from(("TX", "SA", "BC", "NSW", "", "新")) | texts


@thorough
@given(countries, states, texts, texts)
def test_no_address_leaves_the_country_or_nothing(country, state, postcode, town):
    """Whatever was typed: at most the country's zones, never none where it has some."""
    found = address_zones(country, state, postcode, town)
    everywhere = country_zones(country)
    isles = {"America/Puerto_Rico", "Pacific/Pago_Pago", "Pacific/Guam"}
    assert clocks(found) <= clocks(everywhere) | clocks(isles)
    assert bool(found) == bool(everywhere)
    assert len(distinct(found)) == len(clocks(found))
