"""Bands of age and amount, the same in all figures."""

from odoo.tools import SQL

#: First day past due of each band, its code and its name.
AGES = (
    (1, "1", "1–30 Days"),
    (31, "2", "31–60 Days"),
    (61, "3", "61–90 Days"),
    (91, "4", "91–180 Days"),
    (181, "5", "181–365 Days"),
    (366, "6", "More Than a Year"),
)
#: Amounts in company currency from which on a band begins.
AMOUNTS = (
    (0, "1", "Below 100"),
    (100, "2", "100 to 500"),
    (500, "3", "500 to 1,000"),
    (1000, "4", "1,000 to 5,000"),
    (5000, "5", "5,000 and More"),
)
AGE_BANDS = [("0", "Not Due"), *((code, name) for _first, code, name in AGES)]
AMOUNT_BANDS = [(code, name) for _first, code, name in AMOUNTS]


def age_band(days):
    """SQL of the code of the band of days past due.

    :param SQL days: a number of days, or NULL
    """
    return SQL(
        "width_bucket(%s, %s::int[])::varchar", days, [first for first, *_ in AGES]
    )


def amount_band(amount):
    """SQL of the code of the band of an amount in company currency, none below zero.

    :param SQL amount: numeric
    """
    starts = [first for first, *_ in AMOUNTS]
    return SQL(
        "greatest(1, width_bucket(%s::numeric, %s::numeric[]))::varchar", amount, starts
    )
