"""Twenty operators who take the next call at once, and the queue on a bad morning."""

import argparse
import json
import multiprocessing
import os
import random
import time
from contextlib import closing, contextmanager
from statistics import median, quantiles

import databases
import debtors
import psycopg2
from probe import measured

from odoo import api
from odoo.modules.registry import Registry
from odoo.service.model import retrying
from odoo.sql_db import close_db
from odoo.tools import SQL

WORKERS = 20
#: How many times as slow as the floor a claim may be, how much slower with a held
#: snapshot, and the longest a claim may take whatever the queue looks like, in ms.
FLOOR_BAR, HELD_BAR, MORNING_BAR = 10, 1.1, 1000
#: Calls that were made and planned anew since the snapshot was taken.
CHURN = 5_000
#: Seconds between two claims of an operator who is not in a hurry, on the average.
PAUSE = 1.0
#: The bad morning: cases, and how many of those at the head are refused by the gate.
CASES, REFUSED = 18_500, 200

FLOOR_TABLE = """
    CREATE TABLE debt_bench_queue AS
        SELECT id, company_id, priority, next_contact_at AS next_at, TRUE AS ready,
               NULL::int AS taken_by FROM debt_case;
    ALTER TABLE debt_bench_queue ADD PRIMARY KEY (id);
    CREATE INDEX ON debt_bench_queue (company_id, priority DESC, next_at, id)
        WHERE ready;
"""
FLOOR_CLAIM = """
    UPDATE debt_bench_queue SET ready = FALSE, taken_by = %s
     WHERE id = (SELECT id FROM debt_bench_queue
                  WHERE ready AND company_id = %s
                    AND next_at <= now() AT TIME ZONE 'UTC'
                  ORDER BY priority DESC, next_at, id
                    FOR UPDATE SKIP LOCKED LIMIT 1)
    RETURNING id
"""
#: The case is called and planned for tomorrow, as an outcome would have it.
FINISH_CASE = """
    UPDATE debt_case SET next_contact_at = next_contact_at + interval '1 day',
           contact_until = contact_until + interval '1 day'
     WHERE id = ANY(%s)
"""


class Processor:
    """Processor time of this process and of its connection to PostgreSQL."""

    def __init__(self, cursor):
        cursor.execute("SELECT pg_backend_pid()")
        self._backend = f"/proc/{cursor.fetchone()[0]}/stat"
        self._begun = self._seconds()

    @property
    def milliseconds(self):
        """Since this was made."""
        return (self._seconds() - self._begun) * 1000

    def _seconds(self):
        with open(self._backend) as stat:
            user, system = stat.read().rsplit(")", 1)[1].split()[11:13]
        ticks = os.sysconf("SC_CLK_TCK")
        return time.process_time() + (int(user) + int(system)) / ticks


class Queue:
    """A database with due cases, and what operators do with it."""

    def __init__(self, name):
        self.name = name
        databases.configure()
        with databases.environment(name) as env:
            self.company = env.company.id
            self.users = debtors.operators(env, WORKERS)
            env.cr.execute(
                SQL(
                    """
                    UPDATE debt_case
                       SET next_contact_at = now() AT TIME ZONE 'UTC'
                           - interval '4 hours' + id %% 7200 * interval '1 second',
                           contact_until = now() AT TIME ZONE 'UTC'
                           + interval '12 hours', plan_dirty = FALSE,
                           next_contact_code = 'ladder'
                    """
                )
            )
            env.cr.execute(FLOOR_TABLE)
        self.settle()

    def settle(self):
        """What autovacuum does sooner or later."""
        databases.analyze(self.name, "debt_case", "debt_bench_queue", "debt_call")

    def churn(self):
        """Many calls are made and planned anew, at the head of both queues."""
        with databases.environment(self.name) as env:
            env.cr.execute(
                SQL(
                    "SELECT array_agg(id) FROM (SELECT id FROM debt_case ORDER BY"
                    " priority DESC, next_contact_at, id LIMIT %s) head",
                    CHURN,
                )
            )
            (ids,) = env.cr.fetchone()
        for start in range(0, CHURN, 10):
            with databases.environment(self.name) as env:
                some = ids[start : start + 10]
                env.cr.execute(FINISH_CASE, [some])
                env.cr.execute(
                    "UPDATE debt_bench_queue SET ready = FALSE WHERE id = ANY(%s)",
                    [some],
                )

    @contextmanager
    def snapshot(self):
        """A long transaction elsewhere that still sees the queue as it was."""
        with closing(psycopg2.connect(dbname=self.name)) as connection:
            connection.set_session(isolation_level="REPEATABLE READ")
            with connection.cursor() as cursor:
                cursor.execute("SELECT count(*) FROM debt_case")
                yield

    # --- many operators -----------------------------------------------------------
    def race(self, kind, claims, pause):
        """Claims of all workers, each in a process of its own.

        :param kind: ``claim`` or ``floor``
        :param claims: how many each worker takes
        :param pause: seconds between two claims of a worker, on the average
        :return: list of (id of the debtor or row, milliseconds), and the processor's
            milliseconds for each
        """
        Registry(self.name)  # loaded once, and shared by those that are forked
        close_db(self.name)
        fork = multiprocessing.get_context("fork")
        start, results = fork.Barrier(WORKERS), fork.SimpleQueue()
        work = {"claim": self._claims, "floor": self._floor_claims}[kind]
        workers = [
            fork.Process(target=_work, args=(work, user, claims, pause, start, results))
            for user in self.users
        ]
        for worker in workers:
            worker.start()
        found = [results.get() for _worker in workers]
        for worker in workers:
            worker.join()
        claims = [claim for *several, _spent in found for claim in several]
        return claims, sum(several[-1] for several in found) / WORKERS

    def _claims(self, user, claims, pause, start):
        """Take calls through the addon, one after the other.

        The last that comes is the processor's time for each, in milliseconds: other
        load does not matter to that.
        """
        self.claim(user)  # what a process learns once
        with Registry(self.name).cursor() as cr:
            spent = Processor(cr)
        start.wait()
        for _number in range(claims):
            time.sleep(random.expovariate(1 / pause) if pause else 0)
            yield self.claim(user)
        yield spent.milliseconds / claims

    def claim(self, user):
        """One claim in a transaction of its own, retried as requests are.

        :return: (id of the debtor or None, milliseconds)
        """
        begun = time.perf_counter()
        with Registry(self.name).cursor() as cr:
            env = api.Environment(cr, user, {})
            call_id = retrying(env["debt.case"].claim_next, env)
            cr.commit()
            spent = (time.perf_counter() - begun) * 1000
            if not call_id:
                return None, spent
            call = env["debt.call"].browse(call_id).sudo()
            debtor = call.partner_id.id
            cr.execute("UPDATE debt_call SET state = 'done' WHERE id = %s", [call_id])
            cr.execute(FINISH_CASE, [call.case_id.ids])
        return debtor, spent

    def _floor_claims(self, user, claims, pause, start):
        """The same with rows of the plain table."""
        with closing(psycopg2.connect(dbname=self.name)) as connection:
            connection.autocommit = True
            with connection.cursor() as cursor:
                spent = Processor(cursor)
                start.wait()
                for _number in range(claims):
                    time.sleep(random.expovariate(1 / pause) if pause else 0)
                    begun = time.perf_counter()
                    cursor.execute(FLOOR_CLAIM, [user, self.company])
                    (row,) = cursor.fetchone()
                    yield row, (time.perf_counter() - begun) * 1000
                yield spent.milliseconds / claims


def _work(work, user, claims, pause, start, results):
    random.seed(user)
    results.put(list(work(user, claims, pause, start)))


def measure(name, claims):
    """Milliseconds of claims and of the floor, by what was going on meanwhile."""
    queue = Queue(name)
    found, claimed = {}, []

    def run(label, pause):
        for kind in ("floor", "claim"):
            several, processor = queue.race(kind, claims, pause)
            spent = [spent for _id, spent in several]
            found[f"{kind}{label}"] = summary(spent) | {"cpu": round(processor, 2)}
            if kind == "claim":
                claimed.extend(debtor for debtor, _spent in several if debtor)

    run(", operators in no hurry", PAUSE)
    run(", one after the other", 0)
    queue.churn()
    queue.settle()
    run(", after many calls", PAUSE)
    with queue.snapshot():
        queue.churn()
        run(", with a held snapshot", PAUSE)
    twice = len(claimed) - len(set(claimed))
    return found, {"claimed": len(claimed), "twice": twice}


def bad_morning(name):
    """Milliseconds of the first claims of a morning on which much is wrong.

    The cases at the head are refused, half of them because nothing is owed any more
    and half because the debtor refused calls; the others are unplanned.
    """
    queue = Queue(name)
    queue.claim(queue.users[0])  # what a process learns once
    with databases.environment(name) as env:
        env.cr.execute(
            "UPDATE debt_case SET plan_dirty = TRUE, next_contact_at = NULL,"
            " contact_until = NULL WHERE id % 2 = 0"
        )
        head = env["debt.case"].search(
            [("next_contact_at", "!=", False)],
            order="priority DESC, next_contact_at, id",
            limit=REFUSED,
        )
        env.cr.execute(
            "UPDATE account_move_line SET amount_residual = 0, reconciled = TRUE"
            " WHERE partner_id = ANY(%s)",
            [head[::2].partner_id.ids],
        )
        env.cr.execute(
            "UPDATE res_partner SET debt_do_not_call = TRUE WHERE id = ANY(%s)",
            [head[1::2].partner_id.ids],
        )
    queue.settle()
    costs = []
    for user in queue.users:
        with measured() as cost:
            debtor, spent = queue.claim(user)
        costs.append((debtor, spent, cost["queries"]))
    return costs


def summary(several):
    """Median, 95th percentile and maximum in milliseconds."""
    middle, late = median(several), quantiles(several, n=20)[-1]
    return {"p50": round(middle, 2), "p95": round(late, 2), "max": round(max(several))}


def show(cases, found, counts, morning):
    """The table for people."""
    if found:
        show_race(cases, found, counts)
    print(f"a bad morning of {CASES} cases (bar: {MORNING_BAR} ms a claim):")
    for debtor, spent, queries in morning[:3]:
        print(f"  {spent:9.0f} ms {queries:6} queries, debtor {debtor}")
    print(f"  {max(spent for _d, spent, _q in morning):9.0f} ms the longest")


def show_race(cases, found, counts):
    """How long operators waited who claimed at the same time."""
    print(f"{cases} due cases, {WORKERS} operators; load {os.getloadavg()[0]:.1f}")
    heads = f"{'p50':>9}{'p95':>9}{'max':>9}{'p95 x floor':>13}{'processor':>11}"
    print(f"{'milliseconds':36}{heads}")
    for label, spent in found.items():
        times = ""
        if label.startswith("claim"):
            floor = found[label.replace("claim", "floor")]
            times = f"{spent['p95'] / floor['p95']:.1f}"
        print(
            f"{label:36}{spent['p50']:9.2f}{spent['p95']:9.2f}{spent['max']:9}"
            f"{times:>13}{spent['cpu']:11.2f}"
        )
    print(f"bar: {FLOOR_BAR} x floor; {HELD_BAR} x itself with a held snapshot")
    print(f"{counts['claimed']} claims, {counts['twice']} debtors claimed twice")


def main():
    """Measure and tell."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=100_000)
    parser.add_argument("--claims", type=int, default=20, help="of each worker")
    parser.add_argument("--morning", action="store_true", help="the bad morning alone")
    parser.add_argument("--json", action="store_true", help="for programs")
    options = parser.parse_args()
    found, counts = {}, {"claimed": 0, "twice": 0}
    if not options.morning:
        with _prepared(options.cases) as name:
            found, counts = databases.in_own_process(measure, name, options.claims)
    with _prepared(CASES) as name:
        morning = databases.in_own_process(bad_morning, name)
    if options.json:
        print(
            json.dumps(
                {"cases": options.cases, **counts, "ms": found, "morning": morning}
            )
        )
    else:
        show(options.cases, found, counts, morning)


@contextmanager
def _prepared(cases):
    seed = databases.in_own_process(debtors.ensure, cases)
    with databases.copy(seed, "queue") as name:
        databases.in_own_process(debtors.prepare, name)
        yield name


if __name__ == "__main__":
    main()
