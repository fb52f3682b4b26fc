"""The night: ledger, promises, plans, activities and messages of many debtors."""

import argparse
import json
import os
import random
from contextlib import contextmanager
from datetime import timedelta

import databases
import debtors
from gate import Costs

from odoo import fields, sql_db
from odoo.tools import SQL

OPERATORS = 20
#: Of a hundred debtors, so many have promised to pay, half of them by yesterday.
PROMISED = 10
#: So long ago at most the cases entered their ladder.
DAYS_ON_LADDER = 28
#: Seconds of one core for 100,000 debtors in all, and milliseconds for an activity.
NIGHT_BAR, ACTIVITY_BAR = 90, 1
TITLES = {
    "refresh": "reading the ledger anew",
    "day": "the new day: promises, disputes, reminders",
    "plan": "planning the next contacts",
    "activities": "the operators' activities",
    "ladder": "putting the ladder's messages into the queue",
    "send": "sending messages",
}


def make(name):
    """Operators in a team, promises, and cases on every day of their ladders."""
    databases.configure()
    with databases.environment(name) as env:
        users = debtors.operators(env, OPERATORS)
        env.flush_all()
        env.cr.execute(
            SQL(
                "UPDATE debt_case SET ladder_started_on = ladder_started_on"
                " - id %% %s * interval '1 day', user_id = %s + id %% %s,"
                " ladder_id = %s",
                DAYS_ON_LADDER,
                users[0],
                OPERATORS,
                env.ref("debt_collection.ladder_default").id,
            )
        )
        env.invalidate_all(flush=False)
        random.seed(1)
        cases = env["debt.case"].search([])
        _promise(random.sample(cases, len(cases) * PROMISED // 100))
    databases.close(name)
    databases.analyze(name)


def _promise(cases):
    today = fields.Date.today()
    made_on = today - timedelta(days=20)
    cases[0].env["debt.promise"].create(
        [
            {
                "case_id": case.id,
                "amount": 50,
                "made_on": made_on,
                "date": today + timedelta(days=7 if number % 2 else -7),
            }
            for number, case in enumerate(cases)
        ]
    )


def measure(name):
    """Processor seconds, those of PostgreSQL, queries and rows of each part."""
    databases.configure()
    found = {}
    with databases.environment(name) as env:
        spent = Costs(env)
        cases, messages = env["debt.case"], env["debt.message"]
        activities = env["mail.activity"]
        env["res.company"].search([]).debt_texts_on = True
        with _part(found, spent, "refresh"):
            env["debt.ledger"]._refresh(env.company)
        with _part(found, spent, "day"):
            cases._cron_daily()
        with (
            _counted_alone(activities, "_debt_sync", found, spent, "activities"),
            _part(found, spent, "plan"),
        ):
            cases._cron_plan()
        with _part(found, spent, "ladder"):
            cases._cron_ladder_messages()
        with _part(found, spent, "send"):
            messages._cron_send()
        kind = [("activity_type_id", "=", activities._debt_call_type().id)]
        counts = {
            "cases": cases.search_count([("closed_at", "=", False)]),
            "promises": env["debt.promise"].search_count([]),
            "activities": activities.search_count(kind),
            "messages": messages.search_count([]),
        }
    for key in found["plan"]:
        found["plan"][key] -= found["activities"][key]
    return found, counts


@contextmanager
def _part(found, spent, name):
    """Add what the block costs to what the part has cost so far."""
    queries = sql_db.sql_counter
    with spent.of(name):
        yield
    ours, database = spent.found[name].pop()
    cost = found.setdefault(name, {"ours": 0.0, "database": 0.0, "queries": 0})
    cost["ours"] += ours
    cost["database"] += database
    cost["queries"] += sql_db.sql_counter - queries


@contextmanager
def _counted_alone(cases, method, found, spent, part):
    """Have a method that is called within another part counted as one of its own."""
    model, original = type(cases), getattr(type(cases), method)

    def counted(self, *arguments):
        with _part(found, spent, part):
            # Odoo writes late: what the method left to be written is its own, too.
            self.env.flush_all()
            result = original(self, *arguments)
            self.env.flush_all()
        return result

    setattr(model, method, counted)
    try:
        yield
    finally:
        delattr(model, method)


def show(number, found, counts):
    """The table for people."""
    print(
        f"{number} debtors: " + ", ".join(f"{n} {kind}" for kind, n in counts.items())
    )
    print(f"other load: {os.getloadavg()[0]:.1f}")
    heads = ("Odoo", "PostgreSQL", "both", "queries")
    print(f"{'processor seconds':46}" + "".join(f"{head:>12}" for head in heads))
    total = 0
    for part, title in TITLES.items():
        cost = found[part]
        both = cost["ours"] + cost["database"]
        total += both
        print(
            f"{title:46}{cost['ours']:12.2f}{cost['database']:12.2f}{both:12.2f}"
            f"{cost['queries']:12}"
        )
    bar = NIGHT_BAR * number / 100_000
    print(f"{'in all':70}{total:12.2f} (bar: {bar:.0f})")
    cost = found["activities"]
    each = (cost["ours"] + cost["database"]) / max(1, counts["activities"]) * 1000
    print(f"{'milliseconds for an activity':70}{each:12.2f} (bar: {ACTIVITY_BAR})")


def main():
    """Measure and tell."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--debtors", type=int, default=100_000)
    parser.add_argument("--json", action="store_true", help="for programs")
    options = parser.parse_args()
    seed = databases.in_own_process(debtors.ensure, options.debtors)
    with databases.copy(seed, "night") as name:
        databases.in_own_process(debtors.prepare, name)
        databases.in_own_process(make, name)
        found, counts = databases.in_own_process(measure, name)
    if options.json:
        print(json.dumps({"debtors": options.debtors, "parts": found, **counts}))
    else:
        show(options.debtors, found, counts)


if __name__ == "__main__":
    main()
