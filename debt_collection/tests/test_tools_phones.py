"""Numbers as people type them, and where their owners may be."""

import sys

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.debt_collection.tools.clock import rules, zone
from odoo.addons.debt_collection.tools.phones import (
    PhoneError,
    parse,
    same_tail,
    split,
    tail,
)
from odoo.addons.debt_collection.tools.zones import country_zones, distinct

from .test_tools_oracle import thorough


@pytest.mark.parametrize(
    ("raw", "region", "e164"),
    [
        ("8-916-123-45-67", "RU", "+79161234567"),
        ("8 (916) 123-45-67", "ru", "+79161234567"),
        ("8916 123 45 67", "KZ", "+79161234567"),
        ("916 123 45 67", "RU", "+79161234567"),
        ("79161234567", "RU", "+79161234567"),
        ("+7 (8) 916 123-45-67", None, "+79161234567"),
        ("+8 916 123 45 67", "RU", "+79161234567"),
        ("(+7) 916 1234567", None, "+79161234567"),
        ("+ 7 916 123 45 67", None, "+79161234567"),
        ("８９１６１２３４５６７", "RU", "+79161234567"),
        ("8 916 123 45 67", "RU", "+79161234567"),
        ("8.916.123.45.67", "RU", "+79161234567"),
        ("8 916 123–45–67", "RU", "+79161234567"),
        ("моб. 8 916 123 45 67 (жена)", "RU", "+79161234567"),
        ("tel:+7-916-123-45-67", None, "+79161234567"),
        ("кв. 12, тел. 8 495 123-45-67", "RU", "+74951234567"),
        ("8 10 44 20 7946 0000", "RU", "+442079460000"),
        ("00 44 20 7946 0000", "RU", "+442079460000"),
        ("0044 20 7946 0000", None, "+442079460000"),
        ("011 44 20 7946 0000", "US", "+442079460000"),
        ("+44 (0)20 7946 0000", None, "+442079460000"),
        ("0211/1234567", "DE", "+492111234567"),
        ("+49 (0) 33201 / 12345", None, "+493320112345"),
        ("067 123 45 67", "UA", "+380671234567"),
        ("380671234567", "UA", "+380671234567"),
        ("06 698 12345", "IT", "+390669812345"),
    ],
)
def test_real_life_spellings(raw, region, e164):
    assert parse(raw, region).e164 == e164


@pytest.mark.parametrize(
    "raw",
    [
        "8 (495) 123-45-67 доб. 12",
        "8 (495) 123-45-67, доб.12",
        "8 (495) 123-45-67 (вн. 12)",
        "8 (495) 123-45-67 ext 12",
        "8 (495) 123-45-67 x12",
        "8 (495) 123-45-67#12",
        "tel:+7-495-123-45-67;ext=12",
    ],
)
def test_extensions(raw):
    phone = parse(raw, "RU")
    assert (phone.e164, phone.extension) == ("+74951234567", "12")


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ("", "empty"),
        ("   ", "empty"),
        (None, "empty"),
        ("нет", "unparsable"),
        ("12", "too_short"),
        ("123-45-67", "too_short"),  # no area code
        ("+7 916 123 45 67 89", "invalid"),
        ("89161234567891011121314", "too_long"),
        ("+999 123 456 789", "no_country"),
    ],
)
def test_what_is_no_number_says_why(raw, code):
    with pytest.raises(PhoneError) as caught:
        parse(raw, "RU")
    assert caught.value.code == code
    assert isinstance(caught.value, ValueError)


def test_without_a_country_no_foreigner_is_dialled_by_mistake():
    """2125551212 is New York to some and Morocco to the machine."""
    for raw in ("212 555 1212", "8 916 123 45 67"):
        with pytest.raises(PhoneError) as caught:
            parse(raw)
        assert caught.value.code == "no_country"


@pytest.mark.parametrize(
    ("raw", "numbers"),
    [
        ("8 916 123 45 67, 8 495 123 45 67", ["8 916 123 45 67", "8 495 123 45 67"]),
        ("8-916-1234567;8-495-1234567", ["8-916-1234567", "8-495-1234567"]),
        ("89161234567/84951234567", ["89161234567", "84951234567"]),
        ("89161234567\n84951234567", ["89161234567", "84951234567"]),
        ("8 916 123 45 67 или 8 495 123 45 67", ["8 916 123 45 67", "8 495 123 45 67"]),
        ("89161234567 84951234567", ["89161234567", "84951234567"]),
        ("+79161234567+74951234567", ["+79161234567", "+74951234567"]),
        ("8 916 123 45 67 (8 495 123 45 67)", ["8 916 123 45 67", "(8 495 123 45 67)"]),
        ("0211/1234567, 0171/1234567", ["0211/1234567", "0171/1234567"]),
        ("555-1234/555-2345", ["555-1234", "555-2345"]),
        ("8 (495) 123-45-67/68", ["8 (495) 123-45-67"]),  # 68 is no number
        ("8 495 123-45-67 доб. 12, Иван", ["8 495 123-45-67 доб. 12"]),
        ("неизвестен", ["неизвестен"]),
        ("", []),
    ],
)
def test_several_numbers_in_one_field(raw, numbers):
    assert split(raw) == numbers


def test_the_first_valid_number_counts():
    assert parse("1234567, 8 916 123 45 67", "RU").e164 == "+79161234567"


@pytest.mark.parametrize(
    ("e164", "kind", "region"),
    [
        ("+79161234567", "mobile", "RU"),
        ("+77011234567", "mobile", "KZ"),
        ("+74951234567", "landline", "RU"),
        ("+12125551212", "landline_or_mobile", "US"),
        ("+14165551212", "landline_or_mobile", "CA"),
        ("+78005553535", "toll_free", "RU"),
        ("+78091234567", "premium", "RU"),
        ("+445612345678", "voip", "GB"),
        ("+80012345678", "toll_free", ""),
        ("+447012345678", "other", "GB"),
    ],
)
def test_kinds_and_countries(e164, kind, region):
    phone = parse(e164)
    assert (phone.kind, phone.region) == (kind, region)


# --- zones ---


@pytest.mark.parametrize(
    ("e164", "like"),
    [
        ("+74012123456", "Europe/Kaliningrad"),  # phonenumbers: Bucharest
        ("+78452123456", "Europe/Saratov"),  # phonenumbers: Moscow
        ("+78453123456", "Europe/Saratov"),
        ("+78401234567", "Europe/Moscow"),
        ("+78442123456", "Europe/Volgograd"),
        ("+78512123456", "Europe/Astrakhan"),
        ("+78422123456", "Europe/Ulyanovsk"),
        ("+78462123456", "Europe/Samara"),
        ("+73412123456", "Europe/Samara"),
        ("+73422123456", "Asia/Yekaterinburg"),
        ("+73812123456", "Asia/Omsk"),
        ("+73852123456", "Asia/Barnaul"),
        ("+73882223456", "Asia/Barnaul"),
        ("+73822123456", "Asia/Tomsk"),
        ("+73832123456", "Asia/Novosibirsk"),
        ("+73842123456", "Asia/Novokuznetsk"),
        ("+73952123456", "Asia/Irkutsk"),
        ("+73022123456", "Asia/Chita"),
        ("+74112123456", "Asia/Yakutsk"),
        ("+74212123456", "Asia/Vladivostok"),
        ("+74132123456", "Asia/Magadan"),
        ("+74242123456", "Asia/Sakhalin"),
        ("+74152123456", "Asia/Kamchatka"),
        ("+74272223456", "Asia/Anadyr"),
        ("+77172123456", "Asia/Almaty"),
        ("+77112123456", "Asia/Oral"),
        ("+559335221234", "America/Santarem"),  # phonenumbers: Manaus
        ("+556532121234", "America/Cuiaba"),
        ("+212522123456", "Africa/Casablanca"),  # phonenumbers: the Canaries
        ("+21321234567", "Africa/Algiers"),  # phonenumbers: Paris
        ("+34922123456", "Atlantic/Canary"),
        ("+442079460000", "Europe/London"),
    ],
)
def test_landlines_are_where_their_prefix_is(e164, like):
    phone = parse(e164)
    assert phone.kind == "landline"
    assert {rules(name) for name in phone.zones} == {rules(like)}


def test_a_prefix_over_several_zones_has_them_all():
    yakutia = parse("+74113612345").zones
    assert yakutia == ("Asia/Yakutsk", "Asia/Vladivostok", "Asia/Srednekolymsk")
    assert set(parse("+61732111111").zones) == {
        "Australia/Brisbane",
        "Australia/Sydney",
    }


@pytest.mark.parametrize("e164", ["+79161234567", "+79991234567", "+78005553535"])
def test_a_russian_mobile_may_be_anywhere_in_russia(e164):
    zones = parse(e164).zones
    assert {"Europe/Kaliningrad", "Europe/Moscow", "Asia/Kamchatka"} <= set(zones)
    assert len(distinct(zones)) == 11
    assert "Europe/Bucharest" not in zones


def test_kazakhstan_has_one_clock_since_2024():
    assert len(distinct(parse("+77011234567").zones)) == 1


def test_an_american_number_may_have_moved():
    zones = parse("+12125551212").zones
    assert {"America/New_York", "America/Los_Angeles", "Pacific/Honolulu"} <= set(zones)
    assert "America/Toronto" not in zones


def test_legal_time_of_a_number():
    assert parse("+8613812345678").zones == ("Asia/Shanghai",)
    assert parse("+380671234567").zones == ("Europe/Kyiv",)


def test_services_of_no_country_are_nowhere():
    assert parse("+80012345678").zones == ()


@pytest.mark.parametrize("region", sorted(phonenumbers.SUPPORTED_REGIONS))
def test_every_country_has_known_zones(region):
    """For an example of each kind of number in each country."""
    for kind in phonenumbers.PhoneNumberType.values():
        number = phonenumbers.example_number_for_type(region, kind)
        if number and phonenumbers.is_valid_number(number):
            phone = parse(
                phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
            )
            assert all(map(zone, phone.zones))
            here = {rules(name) for name in country_zones(phone.region)}
            assert not here or {rules(name) for name in phone.zones} <= here


@thorough
@given(
    st.text("0123456789+()-. /,;x#\tдобЁab", max_size=40),
    st.sampled_from((None, "RU", "US", "DE", "XX")),
)
def test_any_text_is_a_number_or_a_phone_error(text, region):
    try:
        phone = parse(text, region)
    except PhoneError as error:
        assert error.code in {
            "empty",
            "unparsable",
            "no_country",
            "too_short",
            "too_long",
            "invalid",
        }
    else:
        assert phonenumbers.is_valid_number(phonenumbers.parse(phone.e164))
        assert parse(phone.e164).zones == phone.zones


spellings = ("{}{}", "8 ({}) {}", "+7{}{}", "00 7 {} {}", "т. 8-{}-{}!", "8{}{} доб. 7")


@thorough
@given(st.integers(3 * 10**9, 10**10 - 1).map(str), st.sampled_from(spellings))
def test_spelling_makes_no_difference(national, spelling):
    number = phonenumbers.parse(f"+7{national}")
    if phonenumbers.is_valid_number(number):
        spelt = spelling.format(national[:3], national[3:])
        assert parse(spelt, "RU").e164 == f"+7{national}"


def test_a_long_text_is_read_in_no_time():
    for nonsense in ("(" * 10**5, "1 " * 10**5, "1/" * 10**5, "+(" * 10**5):
        with pytest.raises(PhoneError):
            parse(nonsense, "RU")


def test_the_big_geocoder_stays_on_the_shelf():
    """Its import takes seconds and 97 MB."""
    assert not [name for name in sys.modules if name.startswith("phonenumbers.geodata")]


# --- the last digits ---


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("8 (916) 123-45-67", "161234567"),
        ("+7 916 123 45 67 доб. 12", "161234567"),
        ("123-45-67", "1234567"),
        ("12-34-56", ""),
        ("８９１６１２３４５６７", "161234567"),
        ("ext. 12", ""),
        ("", ""),
        (None, ""),
    ],
)
def test_the_last_digits_of_a_number(raw, expected):
    assert tail(raw) == expected


@pytest.mark.parametrize("region", ["BE", "RU", "DE", "US", "FR"])
@pytest.mark.parametrize("form", list(range(4)))
def test_every_form_of_a_number_ends_alike(region, form):
    number = phonenumbers.example_number(region)
    e164 = phonenumbers.format_number(number, 0)
    typed = phonenumbers.format_number(number, form)
    ending = tail(typed)
    assert 7 <= len(ending) <= 9
    # A short number may begin with the 0 that is dialled at home only.
    assert same_tail(e164, ending) >= 7


@given(st.text(alphabet="0123456789 ()-+/", max_size=25), st.text(max_size=5))
def test_whatever_is_typed_has_at_most_nine_last_digits(raw, other):
    found = tail(raw)
    assert found == "" or 7 <= len(found) <= 9
    assert found in "".join(filter(str.isdigit, raw)) or not found
    assert same_tail(raw, other) <= len(other)
