"""Statements that PostgreSQL plans once for each connection.

To plan a statement of the ledger about one debtor takes twenty times as long as to run
it, and it is run for each payment and before each call.
"""

import re
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from hashlib import sha256
from itertools import count

from odoo.tools import SQL

#: So many debtors at most are few: their plan goes through rows one by one.
FEW = 20
#: So many statements at most are kept on a connection. Most have one text for all
#: debtors of a company; those beyond are planned each time, as any other.
MOST = 40
PLACES = re.compile(r"%[s%]")
#: What a value would be taken for if it stood in the statement itself, by its type.
#: PostgreSQL finds out by itself what texts are.
TYPES = {
    bool: "boolean",
    float: "numeric",
    Decimal: "numeric",
    date: "date",
    datetime: "timestamp",
}
INTEGERS = range(-(1 << 31), 1 << 31)


def plan_once(cr, query):
    """The same query as a statement prepared on the cursor's connection: ``SQL``.

    The plan is one for whatever values: not for queries that read many rows at one time
    and few at another. PostgreSQL is asked for what it has prepared, since a pooler may
    have changed the connection behind the cursor.

    :param SQL query: with at least one parameter
    """
    types = tuple(map(_type_of, query.params))
    name, text = _numbered(query.code, types)
    cr.execute(
        SQL("SELECT count(*), bool_or(name = %s) FROM pg_prepared_statements", name)
    )
    kept, known = cr.fetchone()
    if not known:
        if kept >= MOST:
            return query
        cr.execute(SQL(text))
    # PostgreSQL would go on to plan it each time: it takes what a plan for the very
    # values saves for more than planning costs.
    return SQL(
        "SET LOCAL plan_cache_mode = force_generic_plan; EXECUTE %s (%s)",
        SQL.identifier(name),
        SQL(", ").join(SQL("%s", value) for value in query.params),
    )


def _type_of(value):
    """The type of PostgreSQL that a value has as a parameter."""
    if isinstance(value, list):
        inner = _type_of(value[0]) if value else None
        return f"{inner.replace('unknown', 'text')}[]" if inner else "unknown"
    if type(value) is int:
        return "integer" if value in INTEGERS else "bigint"
    return TYPES.get(type(value), "unknown")


@lru_cache(maxsize=MOST)
def _numbered(code, types):
    """A name for a statement with parameters of such types, and what prepares it."""
    number = count(1)
    text = PLACES.sub(lambda f: f"${next(number)}" if f[0] == "%s" else f[0], code)
    digest = sha256(f"{types} {text}".encode()).hexdigest()
    name = f"debt_{digest[:16]}"
    return name, f"PREPARE {name} ({', '.join(types)}) AS {text}"
