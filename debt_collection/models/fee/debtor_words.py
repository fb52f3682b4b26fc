"""Sentences on the invoice of late fees, in the language that `env` has."""

from odoo.tools import format_date


def interest(env, invoice, due, until):
    """The line for interest."""
    return env._(
        "Interest for late payment of %(invoice)s, due on %(due)s, until %(until)s",
        invoice=invoice,
        due=format_date(env, due),
        until=format_date(env, until),
    )


def fixed_sum(env, invoice):
    """The line for the sum that is charged once."""
    return env._("Fixed sum for late payment of %(invoice)s", invoice=invoice)


def late_fees(env):
    """What the invoice is for."""
    return env._("Late fees")
