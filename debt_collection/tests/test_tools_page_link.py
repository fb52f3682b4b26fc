from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.debt_collection.tools.page_link import (
    DIGITS,
    LENGTH,
    SIGNED,
    Opens,
    read_link,
    without_key,
    write_link,
)

IDS = st.integers(1, 2**32 - 1)
DAYS = st.dates(date(2000, 1, 1), date(2170, 1, 1))
SIGNATURES = st.binary(min_size=SIGNED, max_size=32)


@given(IDS, IDS, DAYS, SIGNATURES)
def test_a_link_says_what_was_written(debtor, company, last, signature):
    opens = Opens(debtor, company, last)
    text = write_link(opens, signature)
    assert len(text) == LENGTH
    assert text.isascii() and text.isalnum(), "nothing a telephone leaves out"
    assert read_link(text) == (opens, signature[:SIGNED])


@given(IDS, IDS, DAYS, SIGNATURES, st.integers(0, LENGTH - 1), st.sampled_from(DIGITS))
def test_another_sign_is_another_link(debtor, company, last, signature, place, sign):
    text = write_link(Opens(debtor, company, last), signature)
    other = text[:place] + sign + text[place + 1 :]
    assert (read_link(other) == read_link(text)) == (other == text)


@given(st.text() | st.text(DIGITS, min_size=LENGTH, max_size=LENGTH))
def test_nothing_that_is_sent_breaks_it(text):
    read = read_link(text)
    assert read is None or write_link(read[0], read[1]) == text


@given(IDS, IDS, DAYS, SIGNATURES)
def test_colleagues_read_that_there_was_a_link(debtor, company, last, signature):
    link = write_link(Opens(debtor, company, last), signature)
    said = f'<a href="https://us.example/account/{link}">your page</a>, /consent/{link}'
    kept = without_key(said)
    assert link not in kept
    assert kept.count("/...") == 2
    assert without_key(kept) == kept


@pytest.mark.parametrize("slash", ["/", "%2F", "%2f", "%252F", "%25252f"])
@pytest.mark.parametrize("page", ["account", "consent"])
def test_within_another_address_it_opens_nothing_either(slash, page):
    """Programs that count clicks and look at links put one address into another."""
    link = write_link(Opens(7, 1, date(2026, 3, 10)), bytes(SIGNED))
    address = slash.join(["https:", "", "us.example", page])
    told = without_key(f"https://clicks.example/?to={address}{slash}{link}&n=1")
    assert told == f"https://clicks.example/?to={address}{slash}...&n=1"
