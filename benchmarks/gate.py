"""The gate and the planner for ten thousand debtors at once, beside the floor."""

import argparse
import gc
import json
import os
import re
import time
from collections import Counter, defaultdict
from contextlib import contextmanager
from statistics import median

import databases
import gate_debtors
import make_ledger
from refresh import install

from odoo import fields, sql_db
from odoo.tools import SQL

TABLES = ("debt_call", "debt_message", "debt_phone", "debt_contact_policy")
#: Queries of each table for all debtors.
QUERIES_BAR = 2
TITLES = {
    "floor": "floor: the two history queries alone",
    "cold_facts": "facts, in a process that knows nothing yet",
    "cold_gate": "gate: one decision each, for the first time",
    "facts": "facts, policies and zones known",
    "gate": "gate: one decision each",
    "planner": "planner: one next call each",
}
#: What is held to a bar, in floors: a batch from its ids to the last decision.
BARS = {"gate, facts included": 3, "planner, facts included": 5}
BATCHES = {
    "gate, facts included": ("facts", "gate"),
    "gate, from cold": ("cold_facts", "cold_gate"),
    "planner, facts included": ("facts", "planner"),
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


class Costs:
    """Seconds of processor time by part, a list of the runs each.

    Those of this process, which other load disturbs less than the wall's, and apart
    from them those of PostgreSQL for the same work, where it runs on this machine.
    """

    def __init__(self, env):
        env.cr.execute("SELECT pg_backend_pid()")
        self._backend = f"/proc/{env.cr.fetchone()[0]}/stat"
        self.found = defaultdict(list)

    @contextmanager
    def of(self, name):
        """Note what the block costs under a name."""
        gc.collect()
        start, database = time.process_time(), self._database()
        yield
        seconds = time.process_time() - start
        self.found[name].append((seconds, self._database() - database))

    def _database(self):
        try:
            with open(self._backend) as stat:
                user, system = stat.read().rsplit(")", 1)[1].split()[11:13]
        except OSError:
            return 0.0
        return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def measure(name):
    """Costs of each part, first in a process that knows nothing; and the queries."""
    databases.configure()
    with databases.environment(name) as env:
        ours = [("partner_id.ref", "=", gate_debtors.REF)]
        ids = env["debt.case"].search(ours).ids
    costs, queries = defaultdict(list), None
    for known in ("cold_", ""):
        with databases.environment(name) as env:
            spent = Costs(env)
            found = _decide(env["debt.case"].browse(ids), spent, known)
            for key, runs in spent.found.items():
                costs[key] += runs
        queries = queries or dict(found)
    return dict(costs), queries


def _decide(cases, spent, known):
    """Do all parts once; return how often the gate read each table."""
    now = fields.Datetime.now()
    with statements() as found:
        with spent.of(f"{known}facts"):
            facts = cases._contact_facts()
        with spent.of(f"{known}gate"):
            for case in cases:
                case._contact_answer("call", now, facts[case])
    likely = cases._answering_hours()
    with spent.of(f"{known}planner"):
        for case in cases:
            case._plan_next_contact(facts[case], now, likely)
    with spent.of("floor"):
        _floor(cases.env, cases.partner_id.ids)
    return found


def _floor(env, partners):
    for table, columns in FLOOR.items():
        query = SQL(
            "SELECT partner_id, %s FROM %s WHERE partner_id = ANY(%s)",
            SQL(columns),
            SQL.identifier(table),
            partners,
        )
        env.execute_query(query)


def summary(debtors, costs):
    """Best and median of each part, in seconds, and of the batches, in debtors."""
    found = {"seconds": {}, "database": {}, "rates": {}}
    for key in TITLES:
        ours, database = zip(*costs[key], strict=True)
        found["seconds"][key] = min(ours), median(ours)
        found["database"][key] = min(database)
    for title, parts in BATCHES.items():
        together = zip(*(found["seconds"][part] for part in parts), strict=True)
        best, middle = map(sum, together)
        found["rates"][title] = round(debtors / best), round(debtors / middle)
    floors = found["seconds"]["floor"]
    found["ratios"] = {
        title: tuple(
            round(sum(times) / floor, 1)
            for floor, *times in zip(
                floors, *(found["seconds"][part] for part in parts), strict=True
            )
        )
        for title, parts in BATCHES.items()
    }
    return found


def show(debtors, found, queries):
    """The table for people."""
    print(f"{debtors} debtors, {gate_debtors.CALLS} calls and", end=" ")
    print(
        f"{gate_debtors.MESSAGES} messages each; other load: {os.getloadavg()[0]:.1f}"
    )
    heads = ("best", "median", "a second", "x floor", "database")
    print(f"{'processor seconds':46}" + "".join(f"{head:>10}" for head in heads))
    floor, _middle = found["seconds"]["floor"]
    for key, title in TITLES.items():
        best, middle = found["seconds"][key]
        print(
            f"{title:46}{best:10.3f}{middle:10.3f}{debtors / best:10.0f}"
            f"{best / floor:10.1f}{found['database'][key]:10.2f}"
        )
    print(f"{'from the ids to the last decision':46}{'a second':>20}{'x floor':>20}")
    for title, (best, middle) in found["rates"].items():
        ratios = "{:10.1f}{:10.1f}".format(*found["ratios"][title])
        bar = f"  (bar: {BARS[title]})" if title in BARS else ""
        print(f"  {title:44}{best:10}{middle:10}{ratios}{bar}")
    for table in TABLES:
        print(f"queries of {table:22} {queries.get(table, 0)} (bar: {QUERIES_BAR})")


def main():
    """Measure and tell."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--debtors", type=int, default=10_000)
    parser.add_argument("--repeats", type=int, default=3, help="each cold and warm")
    parser.add_argument("--json", action="store_true", help="for programs")
    options = parser.parse_args()
    seed = databases.in_own_process(make_ledger.ensure, 400)
    costs, queries = defaultdict(list), {}
    with databases.copy(seed, "gate") as name:
        databases.in_own_process(install, name)
        databases.in_own_process(prepare, name, options.debtors)
        for _repeat in range(options.repeats):
            found, queries = databases.in_own_process(measure, name)
            for key, runs in found.items():
                costs[key] += runs
    found = summary(options.debtors, costs)
    if options.json:
        print(json.dumps({"debtors": options.debtors, **found, "queries": queries}))
    else:
        show(options.debtors, found, queries)


def prepare(name, debtors):
    """Make the debtors, and what autovacuum does sooner or later."""
    databases.configure()
    with databases.environment(name) as env:
        gate_debtors.make(env, debtors)
    databases.close(name)
    databases.analyze(name)


if __name__ == "__main__":
    main()
