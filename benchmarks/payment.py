"""What registering a payment costs more with the addon than without."""

import argparse
import json
import time
from statistics import median, quantiles

import databases
import make_ledger
from refresh import install

from odoo import sql_db

#: Payments per measurement, measurements that take turns, and what is allowed more.
PAYMENTS, TURNS = 30, 4
MORE_QUERIES, MORE_MS = 5, 5


def pay(name, turn):
    """Queries and milliseconds of payments, each registered in its own transaction.

    They pay overdue invoices, half of them in part, the others in full.
    """
    databases.configure()
    with databases.environment(name) as env:
        domain = [
            ("move_type", "=", "out_invoice"),
            ("payment_state", "=", "not_paid"),
            ("company_id", "=", env.ref("base.main_company").id),
            ("invoice_date_due", "<", env.cr.now().date()),
        ]
        some = PAYMENTS + 2
        invoices = env["account.move"].search(
            domain, order="id", limit=some, offset=turn * some
        )
        ids = invoices.filtered(lambda one: one.currency_id == env.company.currency_id)
        ids = ids.ids
    costs = [_pay_one(name, id_, full=bool(id_ % 2)) for id_ in ids]
    return costs[2:]  # the first ones warm the caches


def _pay_one(name, invoice_id, full):
    with databases.environment(name) as env:
        queries, start = sql_db.sql_counter, time.perf_counter()
        invoice = env["account.move"].browse(invoice_id)
        wizard = env["account.payment.register"].with_context(
            active_model="account.move", active_ids=invoice.ids
        )
        amount = invoice.amount_residual
        wizard = wizard.create({"amount": amount if full else amount / 2})
        wizard.action_create_payments()
        env.cr.commit()
        seconds = time.perf_counter() - start
        return sql_db.sql_counter - queries, seconds * 1000


def _middle(costs):
    """The typical payment of several, little disturbed by other load."""
    return {
        "queries": median(queries for queries, _ms in costs),
        "ms": round(quantiles([ms for _queries, ms in costs], n=4)[0], 2),
    }


def main():
    """Measure and tell."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--invoices", type=int, default=10_000)
    parser.add_argument("--json", action="store_true", help="for programs")
    options = parser.parse_args()
    ledger = databases.in_own_process(make_ledger.ensure, options.invoices)
    costs = {"without": [], "with": []}
    with (
        databases.copy(ledger, "plain") as plain,
        databases.copy(ledger, "ours") as ours,
    ):
        databases.in_own_process(install, ours)
        for turn in range(TURNS):
            costs["without"] += databases.in_own_process(pay, plain, turn)
            costs["with"] += databases.in_own_process(pay, ours, turn)
    found = {name: _middle(several) for name, several in costs.items()}
    found["more"] = {
        key: round(found["with"][key] - found["without"][key], 2)
        for key in ("queries", "ms")
    }
    if options.json:
        print(json.dumps({"invoices": options.invoices, **found}))
        return
    print(f"a payment among {options.invoices} invoices")
    for name, cost in found.items():
        print(f"{name:8} {cost['queries']:7} queries {cost['ms']:9.2f} ms")
    print(f"allowed more: {MORE_QUERIES} queries, {MORE_MS} ms")


if __name__ == "__main__":
    main()
