"""Numbers in the form in which a carrier wants them dialled."""

import string

import phonenumbers

FORMS = ("e164", "digits", "international", "national")
"""``e164``: +32470123456.  ``digits``: 32470123456.  ``international``: with what is
dialled from home to reach abroad, 0032470123456.  ``national``: as people dial at home,
0470123456, and numbers of other countries with what reaches abroad."""


def dialled(number: str, form: str, home: str, prefix: str = "") -> str:
    """Return a number as it is dialled.

    :param str number: in E.164 form; of anything else the digits are dialled
    :param str form: one of FORMS
    :param str home: ISO code of the country in which the line is
    :param str prefix: what goes before every number, as a 0 for an outside line

    >>> [dialled("+32470123456", form, "BE") for form in FORMS]
    ['+32470123456', '32470123456', '0032470123456', '0470123456']
    >>> [dialled("+4930123456", "national", home) for home in ("BE", "US")]
    ['004930123456', '0114930123456']
    >>> dialled("+32470123456", "national", "BE", prefix="9")
    '90470123456'
    """
    return prefix + _FORMS[form](number, home)


def _e164(number: str, _home: str) -> str:
    return number


def _digits(number: str, _home: str) -> str:
    return _only_digits(number)


def _international(number: str, home: str) -> str:
    """What is dialled at home for abroad (00 where that is not one thing), then all.

    >>> _international("+32470123456", "RU"), _international("+32470123456", "XX")
    ('81032470123456', '0032470123456')
    """
    away = "US" if home != "US" else "BE"
    sample = phonenumbers.example_number(away)
    text = _only_digits(phonenumbers.format_out_of_country_calling_number(sample, home))
    ending = _only_digits(phonenumbers.format_number(sample, 0))
    found = text.removesuffix(ending) if text.endswith(ending) else ""
    known = home in phonenumbers.SUPPORTED_REGIONS
    return (found if known and found else "00") + _only_digits(number)


def _national(number: str, home: str) -> str:
    """As people at home dial it."""
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return _only_digits(number)
    if parsed.country_code != phonenumbers.country_code_for_region(home):
        return _international(number, home)
    shape = phonenumbers.PhoneNumberFormat.NATIONAL
    return _only_digits(phonenumbers.format_number(parsed, shape))


def _only_digits(text: str) -> str:
    return "".join(char for char in text if char in string.digits)


_FORMS = {
    "e164": _e164,
    "digits": _digits,
    "international": _international,
    "national": _national,
}


def examples(home: str) -> list[str]:
    """Return numbers in E.164 form to show a form with: of home, and of abroad.

    >>> [number[:3] for number in examples("BE")]
    ['+32', '+32', '+49']
    """
    away = "DE" if home != "DE" else "FR"
    kinds = phonenumbers.PhoneNumberType
    wanted = (
        (home, kinds.MOBILE),
        (home, kinds.FIXED_LINE),
        (away, kinds.FIXED_LINE),
    )
    found = [phonenumbers.example_number_for_type(*what) for what in wanted]
    shape = phonenumbers.PhoneNumberFormat.E164
    return [phonenumbers.format_number(one, shape) for one in found if one]
