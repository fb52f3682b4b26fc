"""What a debtor means, however he says it: which handling cards it is about."""

from collections.abc import Iterable, Sequence
from itertools import chain
from typing import NamedTuple

from .plain_words import words

#: Endings of so many letters are left out of longer words: "работа", "работу".
ENDING = 2
#: Shorter words are only met by themselves: "car" is no "card".
WHOLE = 4
#: Shorter words ("I", "my", "is") say nothing of what is meant.
TELLING = 3
#: What a meaning that is said in other words counts, beside a word that is met.
MEANT = 2


class Card(NamedTuple):
    """A card by its texts: its title, other ways of saying it (commas), the answer."""

    id: int
    name: str
    keywords: str = ""
    answer: str = ""


def alike(one: str, other: str) -> bool:
    """Whether two words are the same but for their endings.

    >>> alike("работу", "работа"), alike("paid", "pay"), alike("car", "card")
    (True, False, False)
    """
    return one == other or (
        min(len(one), len(other)) >= WHOLE
        and (one.startswith(_stem(other)) or other.startswith(_stem(one)))
    )


def _stem(word: str) -> str:
    return word[: max(WHOLE + 1, len(word) - ENDING)]


def says(text: Iterable[str], phrase: Iterable[str]) -> bool:
    """Whether all words of a phrase are among those of a text, in any order.

    >>> says(["i", "lost", "my", "job"], ["job", "lost"])
    True
    """
    text = list(text)
    return all(any(alike(word, own) for own in text) for word in phrase)


def phrases(text: str) -> list[list[str]]:
    """The phrases of a list that is separated by commas, each as its words.

    >>> phrases("Let go, уволен,")
    [['let', 'go'], ['уволен']]
    """
    return [found for part in (text or "").split(",") if (found := words(part))]


def rank(said: str, cards: Sequence[Card], synonyms: Sequence[str]) -> list[int]:
    """The cards that what was said may be about, the likeliest first.

    A card counts for each telling word of it that was said, the last of which may not
    be typed to its end, and more for each meaning that it shares with what was said.
    Less than half as likely as the likeliest is not told.

    :param said: as typed, in any language
    :param synonyms: lists, separated by commas, of phrases that mean the same
    :return: ids

    >>> cards = [Card(1, "I forgot", "lost track"), Card(2, "Out of work", "dismissed")]
    >>> rank("I lost my job", cards, ["out of work, lost job, jobless"])
    [2, 1]
    """
    spoken = words(said)
    telling = [word for word in spoken if len(word) >= TELLING] or spoken
    groups = [phrases(group) for group in synonyms]
    meant = [group for group in groups if any(says(spoken, one) for one in group)]
    scored = []
    for place, card in enumerate(cards):
        texts = [words(text) for text in (card.name, card.keywords, card.answer)]
        met = [sum(_is_met(word, telling, text) for word in telling) for text in texts]
        own = [texts[0], *phrases(card.keywords)]
        shared = sum(_shares(own, group) for group in meant)
        both = list(chain(*texts))
        hits = sum(_is_met(word, telling, both) for word in telling)
        if score := hits + MEANT * shared:
            scored.append((-score, [-count for count in met], place, card.id))
    scored.sort()
    return [one[-1] for one in scored if 2 * one[0] <= scored[0][0]]


def _is_met(word: str, telling: Sequence[str], text: Sequence[str]) -> bool:
    begun = word == telling[-1]
    return any(alike(word, own) or begun and own.startswith(word) for own in text)


def _shares(own: Sequence[Sequence[str]], group: Sequence[Sequence[str]]) -> bool:
    return any(says(text, phrase) for text in own if text for phrase in group)
