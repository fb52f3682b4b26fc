"""What in a telephone field is no telephone number."""

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.debt_collection.tools.phones import PhoneError, parse, split

from .test_tools_oracle import thorough


def read(text, region):
    """The numbers of a field, as the list of a debtor's numbers has them."""
    found = []
    for piece in split(text):
        try:
            found.append(parse(piece, region).e164)
        except PhoneError:
            continue
    return found


@pytest.mark.parametrize(
    ("text", "region", "numbers"),
    [
        ("0171 1234567 (ab 05.10.1986)", "DE", ["+491711234567"]),
        ("030 123456, bis 03.05.2026", "DE", ["+4930123456"]),
        ("030 123456 seit 3.5.26", "DE", ["+4930123456"]),
        ("22 22 22 22 (ferie til 22.05.2026)", "NO", ["+4722222222"]),
        ("33 12 34 56, tlf. fra 22.05.2026", "DK", ["+4533123456"]),
        ("33 12 34 56 (20.00-22.00)", "DK", ["+4533123456"]),
        ("8 916 123-45-67 с 12.05.2026", "RU", ["+79161234567"]),
        ("(201) 555-0123 until 2015 - 03/2016", "US", ["+12015550123"]),
        ("(201) 555-0123 since 2026-05-22", "US", ["+12015550123"]),
        ("33 12 34 56 (2015-2016)", "DK", ["+4533123456"]),
        ("01.02.03.04.05", "FR", ["+33102030405"]),  # no date
        ("05.10.19.86.22", "FR", ["+33510198622"]),
        ("21.10.86", "FO", ["+298211086"]),
    ],
)
def test_dates_and_hours_are_no_numbers(text, region, numbers):
    assert read(text, region) == numbers


@pytest.mark.parametrize(
    ("text", "region", "numbers"),
    [
        ("BSN 205505071", "NL", []),
        ("договор 4951234567", "RU", []),
        ("договора № 4951234567, тел. 8 916 123-45-67", "RU", ["+79161234567"]),
        ("ИНН 7707083893 8 916 123-45-67", "RU", ["+79161234567"]),
        ("паспорт 4510 123456", "RU", []),
        ("Kunden-Nr. 0301234567, 0171 1234567", "DE", ["+491711234567"]),
        ("0171 1234567 (Rechnung 0302345678)", "DE", ["+491711234567"]),
        ("client no. 2025551234", "US", []),
        ("client: (202) 555-1234", "US", ["+12025551234"]),
        ("Invoice 2025551234", "US", []),
        ("BE0470123456", "BE", []),
        ("INV/2026/0470123456", "BE", []),
        ("IBAN BE71 0961 2345 6769, 0470 12 34 56", "BE", ["+32470123456"]),
        ("DNI 61234567Z", "ES", []),
        ("61234567Z", "ES", []),
        ("TEL0470123456", "BE", ["+32470123456"]),
        ("GSM 0470/12.34.56", "BE", ["+32470123456"]),
    ],
)
def test_references_are_no_numbers(text, region, numbers):
    assert read(text, region) == numbers


@pytest.mark.parametrize(
    ("text", "region", "number"),
    [
        ("1-800-FLOWERS", "US", "+18003569377"),
        ("1 800 FLOWERS", "US", "+18003569377"),
        ("+1-800-FLOWERS", None, "+18003569377"),
        ("(212) 555-CALL", "US", "+12125552255"),
        ("0800-REVERSE", "GB", "+448007383773"),
        ("070 123 45 67 (Axel)", "SE", "+46701234567"),
        ("+1 212 555 0123 Bob", "US", "+12125550123"),
        ("0171 1234567 MAX", "DE", "+491711234567"),
        ("212-555-0123-ANNA", "US", "+12125550123"),
    ],
)
def test_letters_stand_for_digits_where_digits_are_missing(text, region, number):
    assert read(text, region) == [number]


@pytest.mark.parametrize(
    "text",
    [
        "416-555-1234 poste 12345",
        "416-555-1234 ext. 12345",
        "416-555-1234 x12345",
        "416-555-1234 ramal 12345",
    ],
)
def test_an_extension_is_no_number_of_its_own(text):
    assert split(text) == [text]
    phone = parse(text, "CA")
    assert (phone.e164, phone.extension) == ("+14165551234", "12345")


@pytest.mark.parametrize(
    ("text", "region", "number"),
    [
        ("33612345678", "BE", "+33612345678"),
        ("0xx11 98765-4321", "BR", "+5511987654321"),
        ("(0xx11) 98765-4321", "BR", "+5511987654321"),
    ],
)
def test_habits_of_writing(text, region, number):
    assert read(text, region) == [number]


def test_what_is_no_number_is_kept_as_it_is():
    """For the accountant to mend: nothing a person typed is lost."""
    for text in ("BSN 205505071", "05.10.1986", "неизвестен"):
        assert split(text) == [text]
        with pytest.raises(PhoneError) as caught:
            parse(text, "NL")
        assert caught.value.code == "unparsable"


ADDITIONS = (
    " (ab 05.10.1986)",
    ", until 2015 - 03/2016",
    "; contract 4951234567",
    " / INV/2026/00012",
    " (9.00-18.30)",
    "\nborn 05/10/1986",
)


@pytest.mark.parametrize("region", sorted(phonenumbers.SUPPORTED_REGIONS))
@pytest.mark.parametrize("form", list(range(4)))
def test_no_number_is_taken_for_a_date(region, form):
    """An example of each kind of each country, in each form, with each addition."""
    for kind in phonenumbers.PhoneNumberType.values():
        number = phonenumbers.example_number_for_type(region, kind)
        if not number or not phonenumbers.is_valid_number(number):
            continue
        text = phonenumbers.format_number(number, form)
        plain = read(text, region)
        if len(phonenumbers.national_significant_number(number)) >= 6:
            assert len(plain) == 1, text
        for addition in ADDITIONS:
            assert read(text + addition, region) == plain, text + addition


@thorough
@given(st.text("0123456789+()-./ ABxdob:№", max_size=60), st.sampled_from(("US", "DE")))
def test_every_number_found_is_read_alike_by_itself(text, region):
    for piece in split(text):
        assert split(piece)[:1] == [piece] or len(split(piece)) == 1
