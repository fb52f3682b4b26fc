"""Numbers in the form in which carriers want them dialled."""

import doctest

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.debt_collection_asterisk.tools import numbering

HOMES = ("BE", "DE", "FR", "GB", "US", "RU", "IT", "CH", "MX")


def test_examples():
    assert doctest.testmod(numbering).failed == 0


@pytest.mark.parametrize("home", HOMES)
@pytest.mark.parametrize("form", numbering.FORMS)
def test_what_is_dialled_is_the_same_number(home, form):
    """Read as it is dialled at home, it is the number that was meant."""
    for number in numbering.examples(home):
        text = numbering.dialled(number, form, home)
        text = f"+{text}" if form == "digits" else text
        if text.startswith("810"):
            text = f"8~10{text[3:]}"
        read = phonenumbers.parse(text, home)
        shape = phonenumbers.PhoneNumberFormat.E164
        assert phonenumbers.format_number(read, shape) == number, text


@given(
    st.sampled_from(numbering.FORMS),
    st.sampled_from(("", "XX", *HOMES)),
    st.text(max_size=20),
)
def test_nothing_but_digits_reaches_the_dialplan(form, home, number):
    """Whatever a number may be: no sign in it leads elsewhere."""
    if form != "e164":
        assert set(numbering.dialled(number, form, home)) <= set("0123456789")
