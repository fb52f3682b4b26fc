"""The manager's pivots over many calls: seconds and queries of each."""

import argparse
import json
import time

import databases
import debtors

from odoo import sql_db
from odoo.tools import SQL

OPERATORS = 20
BAR = 2
RATES = [
    "attempts:sum",
    "answered:sum",
    "right_party_rate:avg",
    "promise_rate:avg",
    "kept_rate:avg",
    "kept_rate_amount:avg",
    "collected:sum",
    "duration:sum",
]
MONEY = ["amount:sum", "payments:sum", "age:avg"]
#: What a manager opens: title, model, rows and columns, measures.
PIVOTS = (
    ("calls by operator", "debt.call.report", ["user_id"], RATES),
    ("calls by month and operator", "debt.call.report", ["started_at:month"], RATES),
    ("answers by hour and weekday", "debt.call.report", ["hour", "weekday"], RATES),
    ("calls by stage and language", "debt.call.report", ["stage_id", "lang_id"], RATES),
    ("calls by age and amount", "debt.call.report", ["age_band", "amount_band"], RATES),
    ("calls by script and ladder", "debt.call.report", ["script_id"], RATES),
    ("cases by stage", "debt.case.report", ["stage_id"], ["amount_overdue:sum"]),
    ("money by operator", "debt.collection.report", ["user_id", "followed"], MONEY),
    ("money by week and channel", "debt.collection.report", ["day:week"], MONEY),
    ("money by script", "debt.collection.report", ["script_id"], MONEY),
)


def make(name, calls):
    """So many calls of twenty operators in half a year, a promise for one in ten."""
    databases.configure()
    with databases.environment(name) as env:
        users = debtors.operators(env, OPERATORS)
        outcomes = env["debt.call.outcome"].search([]).ids
        scripts = env["debt.script"].search([]).ids
        env.flush_all()
        env.cr.execute(_calls(users, outcomes, scripts, calls))
        env.cr.execute(_promises())
        # Whoever pays had a case, as it would have been.
        env.cr.execute(
            "UPDATE debt_case SET create_date = create_date - interval '200 days'"
        )
        env.cr.execute(_payments())
    databases.close(name)
    databases.analyze(name)


def _calls(users, outcomes, scripts, number):
    return SQL(
        """
        INSERT INTO debt_call (case_id, partner_id, company_id, direction, mode, state,
                               started_at, answered_at, ended_at, finished_at, duration,
                               user_id, outcome_id, connected, party, script_id,
                               local_hour, confirmed_by, days_late, amount_owed)
        SELECT c.id, c.partner_id, c.company_id, 'outbound', 'preview', 'done',
               at, at, at + interval '90 s', at + interval '2 min', 90,
               (%(users)s::int[])[1 + n %% %(operators)s],
               (%(outcomes)s::int[])[1 + n %% %(kinds)s], n %% 3 = 0,
               CASE WHEN n %% 6 = 0 THEN 'right_party' ELSE 'none' END,
               (%(scripts)s::int[])[1 + n %% %(texts)s], 8 + n %% 12, 'telephony',
               n %% 200, n %% 4000
          FROM (SELECT *, row_number() OVER (ORDER BY id) - 1 AS number,
                       count(*) OVER () AS cases FROM debt_case) c
          JOIN generate_series(0, %(last)s) n ON n %% c.cases = c.number
         CROSS JOIN LATERAL (
               SELECT now() AT TIME ZONE 'UTC' - n * interval '78 s' AS at) moment
        """,
        kinds=len(outcomes),
        last=number - 1,
        operators=OPERATORS,
        outcomes=outcomes,
        scripts=scripts,
        texts=len(scripts),
        users=users,
    )


def _promises():
    return SQL(
        """
        INSERT INTO debt_promise (case_id, partner_id, company_id, call_id, user_id,
                                  amount, amount_paid, made_on, date, state, sequence,
                                  create_date)
        SELECT case_id, partner_id, company_id, id, user_id, 50,
               CASE WHEN id %% 20 = 0 THEN 50 ELSE 0 END, started_at::date,
               started_at::date + 7,
               CASE WHEN id %% 20 = 0 THEN 'kept' ELSE 'broken' END, 1, started_at
          FROM debt_call WHERE id %% 10 = 0
        """
    )


def _payments():
    """Copies of the one matching there is, so that there are some of every week."""
    return SQL(
        """
        UPDATE account_move_line line
           SET date = CURRENT_DATE - (line.id %% 180)::int
          FROM account_partial_reconcile matching
         WHERE line.id = matching.credit_move_id
        """
    )


def measure(name):
    """Seconds and queries of each pivot, the first time and again."""
    databases.configure()
    found = {}
    with databases.environment(name) as env:
        counts = {
            "calls": env["debt.call"].search_count([]),
            "promises": env["debt.promise"].search_count([]),
        }
        started, queries = time.perf_counter(), sql_db.sql_counter
        env["debt.collection.report"]._renew(env.company)
        found["all payments told anew"] = _cost(started, queries)
        counts["payments"] = env["debt.collection.report"].search_count([])
        for title, model, groupby, aggregates in PIVOTS:
            env.invalidate_all()
            started, queries = time.perf_counter(), sql_db.sql_counter
            env[model].formatted_read_group([], groupby, aggregates)
            found[title] = _cost(started, queries)
    return found, counts


def _cost(started, queries):
    return {
        "seconds": time.perf_counter() - started,
        "queries": sql_db.sql_counter - queries,
    }


def show(found, counts):
    """The table for people."""
    print(", ".join(f"{number} {kind}" for kind, number in counts.items()))
    print(f"{'pivot':46}{'seconds':>12}{'queries':>12}")
    for title, cost in found.items():
        print(f"{title:46}{cost['seconds']:12.2f}{cost['queries']:12}")
    slowest = max(found[title]["seconds"] for title, *_rest in PIVOTS)
    print(f"{'the slowest pivot':46}{slowest:12.2f} (bar: {BAR})")


def main():
    """Measure and tell."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=200_000)
    parser.add_argument("--debtors", type=int, default=10_000)
    parser.add_argument("--json", action="store_true", help="for programs")
    options = parser.parse_args()
    seed = databases.in_own_process(debtors.ensure, options.debtors)
    with databases.copy(seed, "pivots") as name:
        databases.in_own_process(debtors.prepare, name)
        databases.in_own_process(make, name, options.calls)
        found, counts = databases.in_own_process(measure, name)
    if options.json:
        print(json.dumps({"pivots": found, **counts}))
    else:
        show(found, counts)


if __name__ == "__main__":
    main()
