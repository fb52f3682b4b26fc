"""Telephone numbers as people type them, and the zones their owners may be in.

phonenumbers reads the numbers.  Its zones are trusted for landlines only, and corrected
there.  A mobile number moves with its owner, and so does a North American one, which
may be either: a lender that took area codes for time zones called 150,000 times at
forbidden hours.
"""

import hashlib
from dataclasses import dataclass
from itertools import takewhile

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberFormat
from phonenumbers import PhoneNumberType as Type
from phonenumbers import ValidationResult as Length
from phonenumbers.timezone import time_zones_for_geographical_number

from . import phone_text
from .clock import known, rules
from .countries import all_countries, country_zones
from .phone_text import Found
from .prefixes import PREFIX_ZONES

KINDS = {
    Type.MOBILE: "mobile",
    Type.FIXED_LINE: "landline",
    Type.FIXED_LINE_OR_MOBILE: "landline_or_mobile",
    Type.VOIP: "voip",
    Type.TOLL_FREE: "toll_free",
    Type.PREMIUM_RATE: "premium",
}
# Zones of a country in which its networks do not serve, or nobody sets his watch so.
NOT_BY_NUMBER = {"CN": {"Asia/Urumqi"}, "UA": {"Europe/Simferopol"}}
ERRORS = {
    NumberParseException.INVALID_COUNTRY_CODE: "no_country",
    NumberParseException.TOO_SHORT_AFTER_IDD: "too_short",
    NumberParseException.TOO_SHORT_NSN: "too_short",
    NumberParseException.TOO_LONG: "too_long",
}
LENGTHS = {
    Length.TOO_SHORT: "too_short",
    Length.IS_POSSIBLE_LOCAL_ONLY: "too_short",
    Length.TOO_LONG: "too_long",
}
# By so many last digits a number is known, however it was typed.
FEWEST_SAME, MOST_SAME = 7, 9


class PhoneError(ValueError):
    """A text is no telephone number; ``code`` says why.

    Codes: empty, unparsable, no_country (it needs one, or has an unknown one),
    too_short, too_long, invalid.
    """

    def __init__(self, code: str, raw: str = ""):
        super().__init__(f"{code}: {raw!r}")
        self.code = code


@dataclass(frozen=True, slots=True)
class Phone:
    """A valid number.

    ``kind``: mobile, landline, landline_or_mobile, voip, toll_free, premium, other.
    ``region``: ISO country, empty for international services.  ``zones``: IANA names
    the owner may be in, empty when unknown.
    """

    e164: str
    kind: str
    region: str
    zones: tuple[str, ...]
    extension: str = ""


def edition() -> str:
    """Name the state of all tables from which kind and zones of a number follow.

    Two that are alike read every number alike.

    >>> edition() == edition()
    True
    """
    foreign = sorted((code, sorted(names)) for code, names in NOT_BY_NUMBER.items())
    ours = [sorted(PREFIX_ZONES.items()), foreign, sorted(all_countries().items())]
    text = repr([phonenumbers.__version__, *ours])
    return hashlib.sha256(text.encode()).hexdigest()


def parse(raw: str, region: str | None = None) -> Phone:
    """Read the first valid number of a text; ``region`` is the ISO country assumed.

    Raises PhoneError, with the reason of the first number when none is valid.

    >>> parse("моб. 8-916-123-45-67 (Мария)", "RU").e164
    '+79161234567'
    >>> parse("00 49 211 / 1234567, ext. 12").zones
    ('Europe/Berlin',)
    >>> parse("916 123-45-67")  # doctest: +IGNORE_EXCEPTION_DETAIL
    Traceback (most recent call last):
    PhoneError: no_country: '916 123-45-67'
    """
    errors = []
    for found in phone_text.numbers(raw):
        try:
            return _read(found, (region or "").upper() or None)
        except PhoneError as error:
            errors.append(error)
    if errors:
        raise errors[0]
    raise PhoneError("unparsable" if (raw or "").strip() else "empty", raw or "")


def split(raw: str) -> list[str]:
    """Cut a field that holds several numbers into one text per number.

    Without any number the text itself is returned.

    >>> split("8 (495) 123-45-67 доб. 12; 8-916-123-45-67 Иван")
    ['8 (495) 123-45-67 доб. 12', '8-916-123-45-67']
    >>> split("0211/1234567 / 0171 1234567")
    ['0211/1234567', '0171 1234567']
    """
    raw = (raw or "").strip()[: phone_text.LONGEST]
    texts = [one.text for one in phone_text.numbers(raw) if one.is_long]
    return texts or ([raw] if raw else [])


def tail(raw: str) -> str:
    """Return the last digits by which a number is known, however it was typed.

    Seven to nine of the first number that has as many, without its extension; empty
    when there is none.

    >>> tail("0470/12.34.56"), tail("+32 (0)470 12 34 56, ext. 12")
    ('470123456', '470123456')
    >>> tail("Debtor Ltd, 24 hours")
    ''
    """
    for found in phone_text.numbers(raw):
        digits = phonenumbers.normalize_digits_only(found.vanity)
        if len(digits) >= FEWEST_SAME:
            return digits[-MOST_SAME:]
    return ""


def same_tail(one: str, other: str) -> int:
    """Count the last digits that two numbers have in common.

    >>> same_tail("+32470123456", "0032 470 12 34 56")
    11
    """
    pairs = zip(reversed(_digits(one)), reversed(_digits(other)), strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


def _digits(text: str) -> str:
    return phone_text.digits(text)


def _read(found: Found, region: str | None) -> Phone:
    """Read one number; the reason of its first spelling holds when none is valid."""
    errors = []
    spellings = _spellings(found.number, region, found.vanity)
    for spelling in spellings:
        try:
            return _phone(spelling, region, found.extension)
        except PhoneError as error:
            errors.append(error)
            if error.code == "too_long" and spelling.isdigit():
                # As Odoo does: 33612345678, typed in another country.
                spellings.append(f"+{spelling}")
    raise PhoneError(errors[0].code, found.text)


def _spellings(number: str, region: str | None, vanity: str = "") -> list[str]:
    """Return the digits as typed, and as they may have been meant.

    ``vanity`` is the number with digits for its letters.

    >>> _spellings("+8 916 123-45-67", "RU")
    ['+89161234567', '89161234567']
    """
    digits = _digits(number)
    abroad = number.lstrip("( ").startswith(("+", "\uff0b"))
    meant = [f"+{digits}" if abroad else digits]
    if abroad and (digits[0] == "0" or (digits[0] == "8" and region in ("RU", "KZ"))):
        meant.append(digits)
    if digits.startswith("00"):
        meant.append(f"+{digits[2:]}")
    if vanity not in ("", number):
        meant.append(("+" if abroad else "") + _digits(vanity))
    return meant


def _phone(digits: str, region: str | None, extension: str) -> Phone:
    try:
        number = phonenumbers.parse(digits, region)
        # As Odoo does: it teaches the library how to write what a country changed.
        written = phonenumbers.format_number(number, PhoneNumberFormat.INTERNATIONAL)
        number = phonenumbers.parse(written, region)
    except NumberParseException as error:
        code = ERRORS.get(error.error_type, "unparsable")
        raise PhoneError(code, digits) from error
    if not phonenumbers.is_valid_number(number):
        length = phonenumbers.is_possible_number_with_reason(number)
        raise PhoneError(LENGTHS.get(length, "invalid"), digits)
    kind = KINDS.get(phonenumbers.number_type(number), "other")
    country = phonenumbers.region_code_for_number(number) or ""
    country = country if country.isalpha() else ""
    e164 = phonenumbers.format_number(number, PhoneNumberFormat.E164)
    return Phone(e164, kind, country, _zones(number, kind, country), extension)


def _zones(number: PhoneNumber, kind: str, country: str) -> tuple[str, ...]:
    """Return the zones of a landline's prefix, else all those of the country."""
    everywhere = country_zones(country)
    if kind == "landline" and (names := _prefix_zones(number, everywhere)):
        return names
    return tuple(
        name for name in everywhere if name not in NOT_BY_NUMBER.get(country, ())
    )


def _prefix_zones(number: PhoneNumber, everywhere: tuple[str, ...]) -> tuple[str, ...]:
    """Return the zones of a prefix whose clocks are in use in the country.

    phonenumbers stands a foreign zone in for some: the Canaries for Morocco.
    """
    digits = f"{number.country_code}{phonenumbers.national_significant_number(number)}"
    prefixes = (digits[:end] for end in range(len(digits), 0, -1))
    names = next((PREFIX_ZONES[one] for one in prefixes if one in PREFIX_ZONES), None)
    clocks = {rules(name) for name in everywhere}
    found = known(names or time_zones_for_geographical_number(number))
    return tuple(name for name in found if rules(name) in clocks or not clocks)
