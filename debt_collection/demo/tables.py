"""Reading the tables of the demo: debtors, their contacts and their invoices."""

import csv
import re
from pathlib import Path
from random import Random
from typing import NamedTuple

HERE = Path(__file__).parent
ITEM = re.compile(r"(-?[\d.]+)@(-?\d+)((?::[a-z]+\d*)*)")


class Item(NamedTuple):
    """An invoice, or a credit note where ``amount`` is negative.

    ``late``: days since it fell due, negative when it has not yet. ``flags``: what is
    special about it, each with a number where that has a meaning:

    * ``x3``: in three instalments, of which the first fell due ``late`` days ago
    * ``paid10``: paid ten days ago, before anybody called; ``settled10``: after that
    * ``part``: partly paid; ``credit``: partly credited; ``small``: all but a trifle
      paid, after the first calls; ``late``: entered only after them
    * ``credited``: credited in full after the calls; ``withdrawn``: cancelled then
    * ``blocked``, ``nofollowup``, ``excluded``, ``flagged``, ``dispute``
    * ``usd``, ``gbp``: in that currency
    """

    amount: float
    late: int
    flags: dict


def items(text):
    """Read the invoices of a debtor.

    >>> items("1200@45:part 300@-5")[0]
    Item(amount=1200.0, late=45, flags={'part': 0})
    """
    return [
        Item(float(amount), int(late), dict(map(_flag, filter(None, flags.split(":")))))
        for amount, late, flags in ITEM.findall(text)
    ]


def _flag(word):
    name = word.rstrip("0123456789")
    return name, int(word[len(name) :] or 0)


def debtors():
    """All debtors as dicts, ``items`` read."""
    return [row | {"items": items(row["items"])} for row in _rows("debtors.csv")]


def contacts():
    """People to speak with at the debtors."""
    return _rows("contacts.csv")


def _rows(name):
    with open(HERE / name, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


def chance(*key):
    """A source of chance that is the same in every demo."""
    return Random("/".join(map(str, key)))
