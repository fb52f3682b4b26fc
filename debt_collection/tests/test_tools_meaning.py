import unittest

from hypothesis import given
from hypothesis import strategies as st

from ..tools.meaning import Card, rank

CARDS = (
    Card(1, "I already paid", "transferred, bank took it", "Ask for the date."),
    Card(2, "Out of work", "dismissed", "Show care; he paid late before."),
    Card(3, "I will pay later", "next week"),
)
GROUPS = ("dismissed, lost job, уволили", "перевёл деньги, déjà payé, transferred")
TEXT = st.text(max_size=40)


class TestMeaning(unittest.TestCase):
    def test_meaning_goes_before_words(self):
        self.assertEqual(rank("I lost my job", CARDS, GROUPS), [2])
        self.assertEqual(rank("меня уволили", CARDS, GROUPS), [2])

    def test_accents_capitals_and_endings_make_no_difference(self):
        for said in ("ПЕРЕВЕЛ деньги", "deja paye", "ALREADY"):
            self.assertEqual(rank(said, CARDS, GROUPS), [1], said)

    def test_the_title_goes_before_the_answer(self):
        self.assertEqual(rank("paid", CARDS, GROUPS), [1, 2])

    def test_the_last_word_may_not_be_typed_to_its_end(self):
        self.assertEqual(rank("alr", CARDS, GROUPS), [1])
        self.assertFalse(rank("alr zzz", CARDS, GROUPS))

    @given(TEXT, st.lists(TEXT, max_size=3), st.lists(TEXT, max_size=3))
    def test_whatever_is_typed_is_answered_with_cards_once(self, said, names, groups):
        cards = [Card(place, name, name, said) for place, name in enumerate(names)]
        found = rank(said, cards, groups)
        self.assertEqual(len(found), len(set(found)))
        self.assertLessEqual(set(found), {card.id for card in cards})

    @given(st.sampled_from(CARDS), st.lists(TEXT, max_size=3))
    def test_a_card_is_found_by_its_own_title(self, card, groups):
        self.assertIn(card.id, rank(card.name, CARDS, groups))
