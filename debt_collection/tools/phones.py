"""Telephone numbers as people type them, and the zones their owners may be in.

phonenumbers reads the numbers.  Its zones are trusted for landlines only, and corrected
there.  A mobile number moves with its owner, and so does a North American one, which
may be either: a lender that took area codes for time zones called 150,000 times at
forbidden hours.
"""

import hashlib
import re
from dataclasses import dataclass
from itertools import takewhile

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberFormat
from phonenumbers import PhoneNumberType as Type
from phonenumbers import ValidationResult as Length
from phonenumbers.timezone import time_zones_for_geographical_number

from .clock import known, rules
from .countries import all_countries, country_zones
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
NUMBER = re.compile(
    r"""
    (?P<number> (?: [+\uff0b] [\s(]{0,5} )? \(? \d [\d\s().~/\u2010-\u2015\u2212-]* )
    (?:
        [\s,;(]{0,5}
        (?: ext(?:ensi[oó]n)? | extn | доб(?:авочный)? | внутр(?:енний)? | вн | int
          | [\#xх] )
        [\s.:=№]{0,5}
        (?P<extension> \d{1,6} ) \b
    )?
    """,
    re.IGNORECASE | re.VERBOSE,
)
FEWEST_DIGITS, MOST_DIGITS = 5, 15
LONGEST = 500
# By so many last digits a number is known, however it was typed.
FEWEST_SAME, MOST_SAME = 7, 9
# From how many digits on a text before a slash is a number and not an area code.
WHOLE_ABROAD, WHOLE, WHOLE_LOCAL = 10, 8, 7


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
    for text in split(raw):
        try:
            return _read(text, (region or "").upper() or None)
        except PhoneError as error:
            errors.append(error)
    raise errors[0] if errors else PhoneError("empty", raw or "")


def split(raw: str) -> list[str]:
    """Cut a field that holds several numbers into one text per number.

    Whatever is not part of a number separates; a slash does after a whole number, not
    after an area code.  Without any number the text itself is returned.

    >>> split("8 (495) 123-45-67 доб. 12; 8-916-123-45-67 Иван")
    ['8 (495) 123-45-67 доб. 12', '8-916-123-45-67']
    >>> split("0211/1234567 / 0171 1234567")
    ['0211/1234567', '0171 1234567']
    """
    found, raw = [], (raw or "").strip()[:LONGEST]
    for match in NUMBER.finditer(raw):
        *first, last = _cut(match["number"])
        found += [*first, last + match[0][len(match["number"]) :]]
    texts = [text.strip().lstrip(") ").rstrip("(.-/~ ") for text in found]
    numbers = [text for text in texts if len(_digits(text)) >= FEWEST_DIGITS]
    return numbers or ([raw] if raw else [])


def tail(raw: str) -> str:
    """Return the last digits by which a number is known, however it was typed.

    Seven to nine of the first number that has as many, without its extension; empty
    when there is none.

    >>> tail("0470/12.34.56"), tail("+32 (0)470 12 34 56, ext. 12")
    ('470123456', '470123456')
    >>> tail("Debtor Ltd, 24 hours")
    ''
    """
    for text in split(raw):
        match = NUMBER.search(text)
        digits = phonenumbers.normalize_digits_only(match["number"]) if match else ""
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
    return re.sub(r"\D", "", text)


def _cut(run: str) -> list[str]:
    """Cut a run of digits at slashes between numbers, and where it is two numbers."""
    first, *others = run.split("/")
    pieces = [first]
    for part in others:
        if _whole(pieces[-1], len(_digits(part))):
            pieces.append(part)
        else:
            pieces[-1] += f"/{part}"
    return [half for piece in pieces for half in _halves(piece)]


def _whole(before: str, after: int) -> bool:
    """Tell whether a text before a slash is a number by itself."""
    digits = _digits(before)
    if before.startswith(("+", "\uff0b")) or digits.startswith("00"):
        return len(digits.removeprefix("00")) >= WHOLE_ABROAD
    return len(digits) >= WHOLE or min(len(digits), after) >= WHOLE_LOCAL


def _halves(piece: str) -> list[str]:
    """Cut two numbers with only a space between them where they are most alike."""
    if len(_digits(piece)) <= MOST_DIGITS:
        return [piece]

    def unlike(cut: int) -> int:
        return abs(len(_digits(piece[:cut])) - len(_digits(piece[cut:])))

    cuts = [match.start() for match in re.finditer(r"\s+|\(", piece)]
    best = min(cuts, key=unlike, default=0)
    return [piece[:best], piece[best:]] if unlike(best) <= 2 else [piece]


def _read(text: str, region: str | None) -> Phone:
    """Read one number; the reason of its first spelling holds when none is valid."""
    match = NUMBER.search(text)
    if not match:
        raise PhoneError("unparsable", text)
    errors = []
    for spelling in _spellings(match["number"], region):
        try:
            return _phone(spelling, region, match["extension"] or "")
        except PhoneError as error:
            errors.append(error)
    raise PhoneError(errors[0].code, text)


def _spellings(number: str, region: str | None) -> list[str]:
    """Return the digits as typed, and as they may have been meant.

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
    return meant


def _phone(digits: str, region: str | None, extension: str) -> Phone:
    try:
        number = phonenumbers.parse(digits, region)
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
