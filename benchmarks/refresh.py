"""The daily refresh of the cases, beside the floor and OCA's credit control."""

import argparse
import json

import databases
import make_ledger
import rival
from floor import Floor
from probe import measured, quickest

from odoo.tools import SQL

#: How many debtors change between two refreshes, of a hundred.
CHANGED = 1
TITLES = {
    "first": "first run",
    "unchanged": "again, nothing changed",
    "changed": f"again, {CHANGED} % of the debtors changed",
    "floor_first": "floor, first",
    "floor_unchanged": "floor, nothing changed",
    "floor_changed": f"floor, {CHANGED} % changed",
    "simple_first": "floor without rules, first",
    "simple_unchanged": "floor without rules, nothing changed",
    "simple_changed": f"floor without rules, {CHANGED} % changed",
    "rival": "OCA account_credit_control, first run",
}
#: How many times as slow as the floor a phase may be.
BARS = {"first": 3, "unchanged": 1.2, "changed": 1.2}
RIVAL_AT_LEAST = 200


def install(name):
    """Install the addon into a copy of the ledger."""
    databases.configure()
    databases.install(name, "debt_collection")
    databases.close(name)
    databases.analyze(name)


class Work:
    """The three ways to do the same work, on one database and in one process.

    Each run is a transaction on a cursor of Odoo's, commit included, and all have the
    same fresh statistics and the same indexes, ours included.
    """

    def __init__(self, name):
        self.name = name
        databases.configure()
        with databases.environment(name) as env:
            today = env.company._debt_today()
            self.floors = {}
            for kind in ("simple", "rules"):
                self.floors[kind] = Floor(env, kind, today)
            env["debt.case"].refresh()

    def cases(self):
        """The addon."""
        with measured() as cost, databases.environment(self.name) as env:
            cost["rows"] = sum(env["debt.case"].refresh().values())
        return cost

    def simple(self):
        """The least that anybody could do."""
        return self._floor("simple")

    def rules(self):
        """The same classification as ours, straight down."""
        return self._floor("rules")

    def _floor(self, kind):
        with measured() as cost, databases.environment(self.name) as env:
            cost["rows"] = self.floors[kind].run(env)
        return cost

    def empty(self):
        """No case and no row, as before a first run; tables without dead rows."""
        with databases.environment(self.name) as env:
            env.cr.execute(SQL("TRUNCATE debt_case CASCADE"))
            for floor in self.floors.values():
                floor.empty(env)

    def change(self, remainder):
        """Half of what some debtors owe is gone, in the ledger itself."""
        with databases.environment(self.name) as env:
            env.cr.execute(
                SQL(
                    "UPDATE account_move_line"
                    "   SET amount_residual = amount_residual / 2,"
                    "       amount_residual_currency = amount_residual_currency / 2"
                    " WHERE abs(hashint4(partner_id)) %% 100 = %s"
                    "   AND reconciled IS NOT TRUE AND parent_state = 'posted'"
                    "   AND amount_residual <> 0",
                    remainder,
                )
            )
        self.settle("account_move_line")

    def settle(self, *tables):
        """What autovacuum would have done by the next day."""
        tables = tables or (
            "debt_case",
            *(floor.table for floor in self.floors.values()),
        )
        databases.analyze(self.name, *tables)


def measure(name, repeats):
    """Costs of every phase, the quickest of several runs that take turns."""
    work = Work(name)
    ways = {"": work.cases, "floor_": work.rules, "simple_": work.simple}
    costs = {}

    def turn(phase):
        for prefix, way in ways.items():
            costs.setdefault(prefix + phase, []).append(way())

    for _repeat in range(repeats):
        work.empty()
        turn("first")
    work.settle()
    for _repeat in range(repeats):
        turn("unchanged")
    for repeat in range(repeats):
        work.change(repeat)
        turn("changed")
        work.settle()
    return {phase: quickest(several) for phase, several in costs.items()}


def ratios(costs):
    """How many times slower than both floors we are, and the rival than we."""
    found = {}
    for phase in BARS:
        seconds = costs[phase]["seconds"]
        for prefix, suffix in (("floor", ""), ("simple", "_simple")):
            floor = costs[f"{prefix}_{phase}"]["seconds"]
            found[f"{phase}_ratio{suffix}"] = round(seconds / floor, 2)
    if "rival" in costs:
        times = costs["rival"]["seconds"] / costs["first"]["seconds"]
        found["rival_ratio"] = round(times, 1)
    return found


def show(invoices, costs, found):
    """The table for people."""
    print(f"{invoices} invoices")
    print(f"{'':40} {'seconds':>9} {'queries':>9} {'peak MiB':>9} {'rows':>9}")
    for phase, title in TITLES.items():
        if cost := costs.get(phase):
            print(
                f"{title:40} {cost['seconds']:9.3f} {cost['queries']:9}"
                f" {cost['peak_mib']:9.0f} {cost['rows']:9}"
            )
    for phase, bar in BARS.items():
        rules, simple = found[f"{phase}_ratio"], found[f"{phase}_ratio_simple"]
        title = f"{TITLES[phase]}: times the floor"
        print(f"{title:60} {rules:6.2f} (bar: {bar}); without rules {simple:.2f}")
    if "rival_ratio" in found:
        title = "OCA account_credit_control: times our first run"
        times = found["rival_ratio"]
        print(f"{title:60} {times:6.1f} (bar at 100000: {RIVAL_AT_LEAST})")


def main():
    """Measure and tell."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--invoices", type=int, default=10_000)
    parser.add_argument("--rival", action="store_true", help="OCA's addon as well")
    parser.add_argument("--json", action="store_true", help="for programs")
    parser.add_argument("--repeats", type=int, help="runs of each phase")
    options = parser.parse_args()
    repeats = options.repeats or max(2, min(15, 500_000 // options.invoices))
    ledger = databases.in_own_process(make_ledger.ensure, options.invoices)
    with databases.copy(ledger, "ours") as name:
        databases.in_own_process(install, name)
        costs = databases.in_own_process(measure, name, repeats)
    if options.rival:
        with databases.copy(ledger, "rival") as name:
            databases.in_own_process(rival.install, name)
            costs["rival"] = databases.in_own_process(rival.run, name)
    found = ratios(costs)
    if options.json:
        print(json.dumps({"invoices": options.invoices, **costs, **found}))
    else:
        show(options.invoices, costs, found)


if __name__ == "__main__":
    main()
