"""How many cases a second the gate and the planner answer: a measurement, no verdict.

Shown with ``./dev test debt_collection/tests/test_tools_speed.py -s``.  Sixteen
candidate zones, as a Russian mobile number leaves them, and twenty past contacts each.
"""

import sys
from datetime import date, timedelta
from random import Random
from time import process_time

import pytest

from odoo.addons.debt_collection.tools import hours
from odoo.addons.debt_collection.tools.contact import Contact, Limit, Policy
from odoo.addons.debt_collection.tools.ladder import Step
from odoo.addons.debt_collection.tools.zones import country_zones

from .questions import check, plan
from .test_tools_contact import CALLS, RUSSIA, utc

ZONES = country_zones("RU")[:8] + country_zones("RU")[-8:]
POLICY = Policy(
    RUSSIA.windows, (*RUSSIA.limits, Limit("conversation", 4, "month", channels=CALLS))
)
LADDER = (
    Step(1, 7, attempts=4),
    Step(8, 14, attempts=2),
    Step(15, 21),
    Step(22, 28, attempts=2, every_days=7),
)
HOLIDAYS = frozenset({date(2026, 2, 23), date(2026, 3, 9)})
MORNING, NIGHT = utc(2026, 2, 18, 7, 12), utc(2026, 2, 18, 15)


def debtors(number, now):
    rnd = Random(number)
    for _ in range(number):
        history = [
            Contact(
                now - timedelta(minutes=rnd.randrange(40 * 1440)),
                rnd.choice(("call", "call", "call", "sms")),
                connected=rnd.random() < 0.15,
                conversed=rnd.random() < 0.05,
            )
            for _ in range(20)
        ]
        yield date(2026, 2, 18) - timedelta(days=rnd.randrange(28)), history


def rate(function, cases):
    start = process_time()
    for case in cases:
        function(*case)
    return len(cases) / (process_time() - start)


@pytest.mark.parametrize("now", [MORNING, NIGHT])
def test_gate_and_planner(now):
    cases = list(debtors(2000, now))
    hours.hours.cache_clear()

    def gate(_started, history):
        check(POLICY, ZONES, "call", now, history, holidays=HOLIDAYS)

    def planner(started, history):
        plan(LADDER, started, now, POLICY, ZONES, history, holidays=HOLIDAYS)

    checks, plans = rate(gate, cases), rate(planner, cases)
    both = 1 / (1 / checks + 1 / plans)
    line = (
        f"{now:%H:%M} UTC: {checks:,.0f} checks, {plans:,.0f} plans, {both:,.0f} both"
    )
    sys.stdout.write(f"\n{line} a second\n")
    assert hours.hours.cache_info().misses <= 1  # all debtors share their hours
