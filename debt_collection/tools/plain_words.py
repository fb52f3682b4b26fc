"""Words as people type them: small, without accents, in any order."""

import re
import unicodedata

_ACCENTED = "".join(
    chr(code)
    for code in range(0x00C0, 0x0250)
    if len(unicodedata.normalize("NFD", chr(code))) > 1 and chr(code).islower()
)
#: Letters and what they are without their accents, place by place: for PostgreSQL's
#: `translate`, where the database has no extension for it. "й" is a letter of its own.
FOLDED = f"{_ACCENTED}ёøłđ"
PLAIN = (
    "".join(unicodedata.normalize("NFD", letter)[0] for letter in _ACCENTED) + "еold"
)


def fold(text: str) -> str:
    """Small letters without accents.

    >>> fold("Hôtel Żółw, Берёзкина"), fold("Øre")
    ('hotel zolw, березкина', 'ore')
    """
    return (text or "").lower().translate(str.maketrans(FOLDED, PLAIN))


def words(text: str) -> list[str]:
    """The words of a search, so that the ones between them may be left out.

    >>> words("Garage  Molenwiek!"), words("o'neill 50%")
    (['garage', 'molenwiek'], ['o', 'neill', '50'])
    """
    return re.findall(r"\w+", fold(text).replace("_", " "))
