"""Which of a debtor's words about a channel holds on a day?"""

from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.addons.debt_collection.tools.consent import Word, last_word

DAY = date(2026, 3, 10)
ONE = timedelta(days=1)
MOBILE, OTHER = "+32470123456", "+32470123457"

days = st.integers(-20, 20).map(lambda n: DAY + n * ONE)
words = st.lists(
    st.builds(
        Word,
        channel=st.sampled_from(("sms", "email")),
        given=st.booleans(),
        day=days,
        until=st.none() | days,
        address=st.sampled_from((None, MOBILE, OTHER)),
        listed=st.booleans(),
    ),
    max_size=8,
)


def slowly(said, channel, address, day):
    """Walk back through the days and, within a day, from the last word to the first.

    What a list of those who want nothing says goes before everything else.
    """
    for listed in (True, False):
        for back in range(100):
            for word in reversed(said):
                if word.listed != listed or word.day != day - back * ONE:
                    continue
                if word.channel != channel or word.address not in (None, address):
                    continue
                if word.until is None or day <= word.until:
                    return word.given
    return None


@given(words, st.sampled_from(("sms", "email")), st.sampled_from((None, MOBILE)), days)
@settings(max_examples=500, derandomize=True, deadline=None, database=None)
def test_the_last_word_that_is_about_it_and_not_over_holds(said, channel, address, day):
    assert last_word(said, channel, address, day) == slowly(said, channel, address, day)


def test_a_list_outweighs_what_was_said_after_it():
    said = [Word("sms", False, DAY - ONE, listed=True), Word("sms", True, DAY)]
    assert last_word(said, "sms", None, DAY) is False


def test_of_one_day_the_later_word_holds():
    said = [Word("sms", True, DAY), Word("sms", False, DAY)]
    assert last_word(said, "sms", None, DAY) is False
    assert last_word(said[::-1], "sms", None, DAY) is True


def test_a_word_about_one_number_says_nothing_of_another():
    said = [Word("sms", True, DAY, address=MOBILE)]
    assert last_word(said, "sms", MOBILE, DAY) is True
    assert last_word(said, "sms", OTHER, DAY) is None
    assert last_word(said, "sms", None, DAY) is None


def test_a_consent_for_a_time_ends_and_what_was_said_before_holds_again():
    said = [
        Word("sms", False, DAY - ONE),
        Word("sms", True, DAY, until=DAY + ONE),
    ]
    assert last_word(said, "sms", None, DAY + ONE) is True
    assert last_word(said, "sms", None, DAY + 2 * ONE) is False
