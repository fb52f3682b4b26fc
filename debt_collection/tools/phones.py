"""Telephone numbers as people type them, and the zones they may be in."""

from dataclasses import dataclass


class PhoneError(ValueError):
    """A text is no telephone number; ``code`` says why.

    Codes: empty, unparsable, no_country, too_short, too_long, invalid.
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


def parse(raw: str, region: str | None = None) -> Phone:
    """Read the first number of a text; ``region`` is the ISO country assumed.

    Raises PhoneError.
    """
    raise NotImplementedError


def split(raw: str) -> list[str]:
    """Cut a field that holds several numbers into one text per number."""
    raise NotImplementedError
