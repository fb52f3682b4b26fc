"""The gate and the planner for ten thousand debtors at once, beside the floor."""

import argparse
import gc
import json
import re
import time
from collections import Counter
from contextlib import contextmanager

import databases
import gate_debtors
import make_ledger
from refresh import install

from odoo import fields, sql_db
from odoo.tools import SQL

TABLES = ("debt_call", "debt_message", "debt_phone", "debt_contact_policy")
#: Decisions a second of one core, and queries of each table for all debtors.
RATE_BAR, QUERIES_BAR = 5_000, 2
TITLES = {
    "floor": "floor: the two history queries alone",
    "facts": "facts, in a process that knows nothing yet",
    "facts_warm": "facts, policies and zones known",
    "gate": "gate: one decision each",
    "planner": "planner: one next call each",
}
FLOOR = {
    "debt_call": "started_at, mode, party, connected, case_id, direction, local_hour",
    "debt_message": "sent_at, channel, requested, case_id",
}


@contextmanager
def statements():
    """Count the statements that read each table, in the counter it yields."""
    found, execute = Counter(), sql_db.Cursor.execute

    def counted(self, query, *arguments, **options):
        code = query.code if isinstance(query, SQL) else query
        read = set(re.findall(r'FROM\s+"?(\w+)"?', code))
        found.update(read & set(TABLES))
        return execute(self, query, *arguments, **options)

    sql_db.Cursor.execute = counted
    try:
        yield found
    finally:
        sql_db.Cursor.execute = execute


@contextmanager
def cpu(costs, name):
    """Note the seconds of this process, and those of the wall, under a name.

    The rate counts the processor's time, which other load does not disturb; what
    PostgreSQL needs beside is in the wall's.
    """
    gc.collect()
    start, wall = time.process_time(), time.perf_counter()
    yield
    seconds, wall = time.process_time() - start, time.perf_counter() - wall
    best = costs.get(name, {"seconds": seconds})
    if seconds <= best["seconds"]:
        costs[name] = {"seconds": round(seconds, 4), "wall": round(wall, 4)}


def measure(name, repeats):
    """Costs of each part, the quickest of several runs; the queries of the first."""
    databases.configure()
    costs = {}
    with databases.environment(name) as env:
        ours = [("partner_id.ref", "=", gate_debtors.REF)]
        ids = env["debt.case"].search(ours).ids
    for turn in range(repeats):
        with databases.environment(name) as env, statements() as found:
            cases, now = env["debt.case"].browse(ids), fields.Datetime.now()
            with cpu(costs, "facts_warm" if turn else "facts"):
                facts = cases._contact_facts()
            costs.setdefault("queries", dict(found))
            with cpu(costs, "gate"):
                for case in cases:
                    target = case._contact_target("call", facts[case])
                    case._ask_policy("call", now, facts[case], target)
            likely = cases._answering_hours()
            with cpu(costs, "planner"):
                for case in cases:
                    case._plan_next_contact(facts[case], now, likely)
            with cpu(costs, "floor"):
                _floor(env, cases.partner_id.ids)
    return costs


def _floor(env, partners):
    for table, columns in FLOOR.items():
        query = SQL(
            "SELECT partner_id, %s FROM %s WHERE partner_id = ANY(%s)",
            SQL(columns),
            SQL.identifier(table),
            partners,
        )
        env.execute_query(query)


def rates(debtors, costs):
    """Decisions a second of one core, without and with the facts they rest on."""
    gate = costs["gate"]["seconds"]
    return {
        "gate": round(debtors / gate),
        "gate_with_facts": round(debtors / (gate + costs["facts_warm"]["seconds"])),
        "gate_from_cold": round(debtors / (gate + costs["facts"]["seconds"])),
        "planner": round(debtors / costs["planner"]["seconds"]),
    }


def show(debtors, costs, found):
    """The table for people."""
    print(f"{debtors} debtors, {gate_debtors.CALLS} calls and", end=" ")
    print(f"{gate_debtors.MESSAGES} messages each")
    print(f"{'':46} {'CPU s':>8} {'wall s':>8} {'a second':>9} {'x floor':>8}")
    floor = costs["floor"]["seconds"]
    for key, title in TITLES.items():
        seconds = costs[key]["seconds"]
        rate, times = round(debtors / seconds), seconds / floor
        print(
            f"{title:46} {seconds:8.3f} {costs[key]['wall']:8.3f} {rate:9} {times:8.1f}"
        )
    print(f"decisions a second and core (bar: {RATE_BAR}):")
    print(f"  facts at hand {found['gate']}; facts included", end=" ")
    print(f"{found['gate_with_facts']}; from cold {found['gate_from_cold']}")
    for table in TABLES:
        print(f"queries of {table:22} {costs['queries'].get(table, 0)}", end=" ")
        print(f"(bar: {QUERIES_BAR})")


def main():
    """Measure and tell."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--debtors", type=int, default=10_000)
    parser.add_argument("--repeats", type=int, default=3, help="at least 2")
    parser.add_argument("--json", action="store_true", help="for programs")
    options = parser.parse_args()
    seed = databases.apart(make_ledger.ensure, 400)
    with databases.copy(seed, "gate") as name:
        databases.apart(install, name)
        databases.apart(prepare, name, options.debtors)
        costs = databases.apart(measure, name, max(2, options.repeats))
    found = rates(options.debtors, costs)
    if options.json:
        print(json.dumps({"debtors": options.debtors, **costs, "rates": found}))
    else:
        show(options.debtors, costs, found)


def prepare(name, debtors):
    """Make the debtors, and what autovacuum does sooner or later."""
    databases.configure()
    with databases.environment(name) as env:
        gate_debtors.make(env, debtors)
    databases.close(name)
    databases.analyze(name)


if __name__ == "__main__":
    main()
