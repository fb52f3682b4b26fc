"""Public holidays of the places where a debtor may be."""

import warnings
from functools import lru_cache

import holidays as public_holidays

# Besides those in which nobody works: a law that spares the debtor on holidays means
# also those that a state of war turned into working days.
CATEGORIES = {"UA": ("public", "workday")}
# The gate may be asked about ten years ahead, and looks more than a year beyond.
YEARS_AHEAD = 12


@lru_cache(maxsize=512)
def holidays_of(places, year):
    """Public holidays of all these places together.

    :param tuple places: pairs of the codes of a country and of a state of it, or ""
    :param int year: the first one that matters
    :return: frozenset of dates
    """
    return frozenset().union(*(_calendar(*place, year) for place in places))


@lru_cache(maxsize=512)
def _calendar(country, state, year):
    """Public holidays of a country and its state, or of all its states if unknown.

    :return: frozenset of dates; empty where the calendar of a country is unknown
    """

    def ask(subdivision=None):
        return public_holidays.country_holidays(
            country,
            subdiv=subdivision,
            years=range(year - 1, year + YEARS_AHEAD + 1),
            categories=CATEGORIES.get(country),
        )

    with warnings.catch_warnings():
        # Some calendars warn of how far they reach.
        warnings.simplefilter("ignore")
        try:
            known = ask().subdivisions
        except NotImplementedError:
            return frozenset()
        state = state.removeprefix(f"{country}-")
        states = [state] if state in known else known
        return frozenset(ask()).union(*map(ask, states))
