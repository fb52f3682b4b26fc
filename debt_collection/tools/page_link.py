"""The link that opens a debtor's page: short, expiring, and for his eyes alone."""

import re
import struct
from datetime import date, timedelta
from typing import NamedTuple

#: Between the parts of an address, also where it stands in another one.
SLASH = r"(?:/|%(?:25)*2F)"
#: The links by which somebody acts as the debtor, with what opens them.
LINK = re.compile(rf"({SLASH}(?:account|consent){SLASH})[\w-]{{24,}}", re.IGNORECASE)
DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
#: Days since then, debtor and company; then what signs them. As a number of that base
#: it has no sign at its end that a telephone would not take for a part of the link.
FIRST_DAY, FIELDS = date(2000, 1, 1), struct.Struct(">HII")
SIGNED, LENGTH = 9, 26


class Opens(NamedTuple):
    """What a link says: whose page it opens, and its last day."""

    debtor_id: int
    company_id: int
    last: date

    def to_bytes(self) -> bytes:
        days = (self.last - FIRST_DAY).days
        return FIELDS.pack(days, self.debtor_id, self.company_id)


def write_link(opens: Opens, signature: bytes) -> str:
    """Return the text of a link; ``signature`` has at least `SIGNED` bytes.

    >>> write_link(Opens(7, 1, date(2026, 3, 10)), bytes(SIGNED))
    '1I37yF3UHUKD21ZionEUfA3CvQ'
    """
    number = int.from_bytes(opens.to_bytes() + signature[:SIGNED], "big")
    text = ""
    for _digit in range(LENGTH):
        number, digit = divmod(number, len(DIGITS))
        text = DIGITS[digit] + text
    return text


def read_link(text: str) -> tuple[Opens, bytes] | None:
    """Return what a link says, and its signature, which proves it; None for no link.

    >>> read_link(write_link(Opens(7, 1, date(2026, 3, 10)), b"x" * SIGNED))[0][:2]
    (7, 1)
    >>> read_link("x")
    """
    if len(text) != LENGTH or not set(text) <= set(DIGITS):
        return None
    number = 0
    for digit in text:
        number = number * len(DIGITS) + DIGITS.index(digit)
    if number.bit_length() > 8 * (FIELDS.size + SIGNED):
        return None
    raw = number.to_bytes(FIELDS.size + SIGNED, "big")
    days, debtor_id, company_id = FIELDS.unpack(raw[: FIELDS.size])
    last = FIRST_DAY + timedelta(days=days)
    return Opens(debtor_id, company_id, last), raw[FIELDS.size :]


def without_key(text: str) -> str:
    """Text or HTML in which such links are there, and open nothing.

    Whoever opens one acts as the debtor: colleagues read what was sent to him.

    >>> without_key("https://us.example/account/1I37yF3UHUKD21ZionEUfA3CvQ now")
    'https://us.example/account/... now'
    >>> without_key("?to=us.example%2Faccount%2F1I37yF3UHUKD21ZionEUfA3CvQ")
    '?to=us.example%2Faccount%2F...'
    """
    return type(text)(LINK.sub(r"\1...", text)) if text else text
