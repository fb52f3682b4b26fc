"""What a client sends to a public method may be of any kind: it is looked at first.

Whatever does not fit is answered with a sentence, not with an error of the program.
"""

from datetime import date, datetime, timedelta
from math import isfinite

from odoo import fields
from odoo.exceptions import UserError

#: Nobody types more than that into a field; a letter has less.
LONGEST = 20_000
MOST_IDS = 10_000
HIGHEST_ID = 2**31 - 1
#: No currency of the world needs more.
HIGHEST_AMOUNT = 1e15
FARTHEST = timedelta(days=3660)
#: Of what a record keeps, as a protection or a law: longer than a life is a slip.
LIFETIME = timedelta(days=36600)


def is_text(value, longest=LONGEST):
    """Whether it is a text that the database can keep."""
    return isinstance(value, str) and len(value) <= longest and "\0" not in value


def is_id(value):
    """Whether it could be the id of a record."""
    return type(value) is int and 0 < value <= HIGHEST_ID


def is_count(value):
    """Whether it is a number of rows."""
    return type(value) is int and 0 <= value <= HIGHEST_ID


def is_ids(value):
    """Whether it is a list of ids."""
    fits = isinstance(value, list | tuple) and len(value) <= MOST_IDS
    return fits and all(map(is_id, value))


def is_values(value):
    """Whether it is values by name."""
    return isinstance(value, dict) and all(isinstance(name, str) for name in value)


def is_amount(value):
    """Whether it is an amount of money, or a number that can be one."""
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return number and isfinite(value) and abs(value) <= HIGHEST_AMOUNT


def is_moment(value, farthest=FARTHEST):
    """Whether it is a date, or a time in UTC, within ten years of now.

    :param timedelta farthest: another limit than ten years
    """
    if not isinstance(value, str | date):
        return False
    try:
        at = fields.Datetime.to_datetime(value)
    except (OverflowError, ValueError):
        return False
    if isinstance(value, datetime) and value.tzinfo:
        return False
    return at is not None and abs(at - fields.Datetime.now()) <= farthest


def check(env, fits, *values):
    """Check arguments that may be left out: None and False stand for nothing.

    :param fits: one of the functions above
    :raises UserError: one of the values does not fit
    """
    for value in values:
        if value is not None and value is not False and not fits(value):
            raise UserError(
                env._("“%(value)s” cannot be used here.", value=str(value)[:60])
            )
