"""Landlines against the numbering plans of all countries that have several clocks.

The tables here are written from the plans, by area code; the library's data is checked
against them, and our corrections against the library.
"""

from random import Random

import phonenumbers
import pytest
from phonenumbers.timezone import time_zones_for_geographical_number
from phonenumbers.tzdata import TIMEZONE_DATA

from odoo.addons.debt_collection.tools.clock import known, rules
from odoo.addons.debt_collection.tools.phones import edition, parse
from odoo.addons.debt_collection.tools.prefixes import PREFIX_ZONES
from odoo.addons.debt_collection.tools.zones import country_zones

# Area codes of Russia by the offset from Moscow of their part of the federation.
RUSSIA = {
    "Europe/Kaliningrad": "401",
    "Europe/Moscow": "471 472 473 474 475 481 482 483 484 485 486 487 491 492 493 494 "
    "495 496 498 499 811 812 813 814 815 816 817 818 820 821 831 833 834 835 836 841 "
    "843 844 847 855 861 862 863 865 866 867 871 872 873 877 878 879",
    "Europe/Samara": "341 842 845 846 848 851",
    "Asia/Yekaterinburg": "342 343 345 346 347 349 351 352 353",
    "Asia/Omsk": "381",
    "Asia/Krasnoyarsk": "382 383 384 385 388 390 391 394",
    "Asia/Irkutsk": "301 395",
    "Asia/Chita": "302 416",
    "Asia/Vladivostok": "421 423 426",
    "Asia/Magadan": "413 424",
    "Asia/Kamchatka": "415 427",
}
BRAZIL = {
    "America/Sao_Paulo": "11 12 13 14 15 16 17 18 19 21 22 24 27 28 31 32 33 34 35 37 "
    "38 41 42 43 44 45 46 47 48 49 51 53 54 55 61 62 63 64 71 73 74 75 77 79 82 83 84 "
    "85 86 87 88 89 91 93 94 96 98 99",
    "America/Manaus": "65 66 67 69 92 95",
    "America/Rio_Branco": "68",
}
INDONESIA = {
    "Asia/Jakarta": "21 22 24 31 341 536 561 61 711 751 761 778",
    "Asia/Makassar": "361 370 380 411 431 451 511 541 551",
    "Asia/Jayapura": "901 911 921 951 967 981",
}
PLANS = {"7": RUSSIA, "55": BRAZIL, "62": INDONESIA}
ROWS = [
    (country, code, zone)
    for country, plan in PLANS.items()
    for zone, codes in plan.items()
    for code in codes.split()
]


def landlines(prefix, number=5):
    """Some valid landline numbers that begin with a prefix, always the same ones."""
    rnd, found = Random(prefix), []
    for _ in range(20_000):
        rest = rnd.randrange(4, 13 - len(prefix))
        digits = "".join(rnd.choice("0123456789") for _ in range(rest))
        try:
            one = phonenumbers.parse(f"+{prefix}{digits}")
        except phonenumbers.NumberParseException:
            continue
        kind = phonenumbers.number_type(one)
        # A prefix that reads as the trunk's 8 makes another number of it.
        same = e164(one).startswith(f"+{prefix}")
        if same and kind == phonenumbers.PhoneNumberType.FIXED_LINE:
            found.append(one)
        if len(found) == number:
            break
    return found


def e164(number):
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


@pytest.mark.parametrize(("country", "code", "zone"), ROWS)
def test_area_codes_are_where_the_plan_puts_them(country, code, zone):
    numbers = landlines(country + code)
    assert numbers
    for number in numbers:
        clocks = {rules(name) for name in parse(e164(number)).zones}
        assert clocks == {rules(zone)}, e164(number)


def test_the_library_is_wrong_about_no_other_area_code():
    """Nor better than when its errors were listed."""
    wrong = {
        country + code
        for country, code, zone in ROWS
        for number in landlines(country + code, 40)
        if rules(zone)
        not in {rules(name) for name in time_zones_for_geographical_number(number)}
    }
    assert wrong == {"7401", "7845", "5591", "5593", "5594"}


def answers(table, prefix):
    """Return the entries of a table of prefixes that numbers of a prefix may meet."""
    above = [prefix[:end] for end in range(len(prefix), 0, -1) if prefix[:end] in table]
    below = [one for one in table if one.startswith(prefix) and one != prefix]
    return [table[one] for one in (*above[:1], *below)]


@pytest.mark.parametrize("prefix", PREFIX_ZONES)
def test_a_correction_goes_when_the_library_mends_it(prefix):
    """The library, or a shorter correction of ours, says otherwise of some numbers."""
    ours = {rules(name) for name in PREFIX_ZONES[prefix]}
    shorter = {one: PREFIX_ZONES[one] for one in PREFIX_ZONES if one != prefix}
    others = answers(TIMEZONE_DATA, prefix) + [
        zones for one, zones in shorter.items() if prefix.startswith(one)
    ]
    clocks = [{rules(name) for name in known(zones)} for zones in others]
    assert any(found != ours for found in clocks), "mended: take the correction out"


@pytest.mark.parametrize("prefix", PREFIX_ZONES)
def test_a_correction_names_zones_of_its_country(prefix):
    region = parse(e164(landlines(prefix, 1)[0])).region
    here = {rules(name) for name in country_zones(region)}
    assert PREFIX_ZONES[prefix] == known(PREFIX_ZONES[prefix])
    assert {rules(name) for name in PREFIX_ZONES[prefix]} <= here
    for number in landlines(prefix):
        assert parse(e164(number)).zones


def test_a_corrected_table_is_another_edition(monkeypatch):
    """What was read by the former one is read again."""
    former = edition()
    monkeypatch.setitem(PREFIX_ZONES, "7401", ("Europe/Moscow",))
    assert edition() != former
    monkeypatch.undo()
    assert edition() == former
    monkeypatch.setattr(phonenumbers, "__version__", "0")
    assert edition() != former


@pytest.mark.parametrize(
    ("raw", "zones"),
    [
        ("+558134567890", ("America/Recife",)),  # the library: Noronha
        ("+558136191234", ("America/Noronha", "America/Recife")),
        ("+559131234567", ("America/Belem",)),
        ("+559236123456", ("America/Manaus",)),
        ("+6433071234", ("Pacific/Auckland",)),  # the library: Chatham
        ("+6433050123", ("Pacific/Auckland", "Pacific/Chatham")),
        ("+68940920710", ("Pacific/Tahiti", "Pacific/Marquesas", "Pacific/Gambier")),
        ("+62967521234", ("Asia/Jayapura",)),
    ],
)
def test_some_corrections(raw, zones):
    assert parse(raw).zones == zones


def test_darwin_is_among_the_zones_of_northern_landlines():
    zones = parse("+61889812345").zones
    assert {"Australia/Darwin", "Australia/Adelaide", "Australia/Perth"} <= set(zones)
