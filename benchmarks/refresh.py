"""The daily refresh of the cases, beside the floor and OCA's credit control."""

import argparse
import json

import databases
import make_ledger
import rival
from floor import Floor
from probe import measured, median

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
    "rules_first": "floor with all rules, first",
    "rules_unchanged": "floor with all rules, nothing changed",
    "rules_changed": f"floor with all rules, {CHANGED} % changed",
    "rival": "OCA account_credit_control, first run",
}
#: The phases that are compared, with what, and how many times as slow they may be.
RATIOS = {
    "first_ratio": ("first", "floor_first", 5),
    "unchanged_ratio": ("unchanged", "floor_unchanged", 2),
    "changed_ratio": ("changed", "floor_changed", 2),
}
RIVAL_AT_LEAST = 100


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
                    "UPDATE account_move_line SET amount_residual = amount_residual / 2"
                    " WHERE partner_id %% 100 = %s AND reconciled IS NOT TRUE"
                    "   AND parent_state = 'posted' AND amount_residual <> 0",
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
    """Costs of every phase, the median of several runs that take turns."""
    work = Work(name)
    ways = {"": work.cases, "floor_": work.simple, "rules_": work.rules}
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
    return {phase: median(several) for phase, several in costs.items()}


def ratios(costs):
    """How many times slower than the floor we are, and the rival than we."""
    found = {
        name: round(costs[ours]["seconds"] / costs[other]["seconds"], 2)
        for name, (ours, other, _bar) in RATIOS.items()
    }
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
            rows = cost.get("rows", cost.get("lines"))
            print(
                f"{title:40} {cost['seconds']:9.3f} {cost['queries']:9}"
                f" {cost['peak_mib']:9.0f} {rows:9}"
            )
    for name, (ours, other, bar) in RATIOS.items():
        title = f"{TITLES[ours]} / {TITLES[other]}"
        print(f"{title:70} {found[name]:6.2f}   (bar: {bar})")
    if "rival_ratio" in found:
        title = "OCA account_credit_control / first run"
        bar = f"(bar at 100000: {RIVAL_AT_LEAST})"
        print(f"{title:70} {found['rival_ratio']:6.1f}   {bar}")


def main():
    """Measure and tell."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--invoices", type=int, default=10_000)
    parser.add_argument("--rival", action="store_true", help="OCA's addon as well")
    parser.add_argument("--json", action="store_true", help="for programs")
    parser.add_argument("--repeats", type=int, help="runs of each phase")
    options = parser.parse_args()
    repeats = options.repeats or (5 if options.invoices <= 100_000 else 1)
    ledger = databases.apart(make_ledger.ensure, options.invoices)
    with databases.copy(ledger, "ours") as name:
        databases.apart(install, name)
        costs = databases.apart(measure, name, repeats)
    if options.rival:
        with databases.copy(ledger, "rival") as name:
            databases.apart(rival.install, name)
            costs["rival"] = databases.apart(rival.run, name)
    found = ratios(costs)
    if options.json:
        print(json.dumps({"invoices": options.invoices, **costs, **found}))
    else:
        show(options.invoices, costs, found)


if __name__ == "__main__":
    main()
