"""Many debtors who owe one overdue invoice each and may be called at any hour.

Twenty are posted through the ORM and copied by SQL, as `make_ledger` does; the addon is
installed on top. What is measured does not depend on the hour of the day: the debtors
are under a policy without windows or limits of its own.
"""

from datetime import date, timedelta

import databases
import ledger
import make_ledger
from multiply import ORDER, Copier

from odoo import Command
from odoo.tools import SQL

SEEDS = ledger.DEBTORS
REF = "many debtors"


def ensure(number):
    """The name of a database with so many debtors, without the addon."""
    databases.configure()
    name = f"{databases.PREFIX}debtors_{number}"
    make_ledger.made(name, lambda name: _multiplied(name, number))
    return name


def _multiplied(name, number):
    databases.create(name)
    databases.install(name, *make_ledger.MODULES)
    with databases.environment(name) as env:
        before = _post_seed(env)
        Copier(env, before, max(1, number // SEEDS - 1)).run()
    databases.close(name)
    databases.analyze(name)
    return f"{number} debtors"


def _post_seed(env):
    """Twenty debtors, an invoice each; return the highest ids before, by model."""
    company = env.ref("base.main_company")
    env["account.chart.template"].try_loading(
        "generic_coa", company, install_demo=False
    )
    env.flush_all()
    before = {name: ledger.highest(env, name) for name in ORDER}
    partners = env["res.partner"].with_context(tracking_disable=True)
    debtors = partners.create([_debtor(env, number) for number in range(SEEDS)])
    moves = env["account.move"].create([_invoice(debtor) for debtor in debtors])
    moves.action_post()
    # Copying a table needs a row to copy: one of the invoices is paid in part.
    ledger.pay(moves[0], {"date": moves[0].date, "paid": 0.5})
    env.flush_all()
    return before


def _debtor(env, number):
    return {
        "name": f"Debtor {number}.",
        "ref": REF,
        "is_company": number % 2 == 0,
        "country_id": env.ref("base.be").id,
        "email": f"debtor{number}.@example.com",
        "phone": f"+3247012{number:04}",
        "customer_rank": 1,
    }


def _invoice(debtor):
    due = date.today() - timedelta(days=35)
    line = {"name": "Service", "price_unit": 100, "tax_ids": [Command.clear()]}
    return {
        "move_type": "out_invoice",
        "partner_id": debtor.id,
        "invoice_date": due,
        "invoice_date_due": due,
        "invoice_payment_term_id": False,
        "invoice_line_ids": [Command.create(line)],
    }


def prepare(name):
    """Install the addon, give the debtors their numbers and open the cases."""
    databases.configure()
    databases.install(name, "debt_collection")
    with databases.environment(name) as env:
        _allow_always(env)
        _copy_numbers(env)
    with databases.environment(name) as env:
        env["debt.case"].refresh()
    databases.close(name)
    databases.analyze(name)


def operators(env, number):
    """The ids of so many new operators."""
    group = env.ref("debt_collection.group_debt_operator")
    names = (f"Operator {index}" for index in range(number))
    values = [
        {"name": name, "login": name, "group_ids": [Command.link(group.id)]}
        for name in names
    ]
    users = env["res.users"].with_context(no_reset_password=True)
    return users.create(values).ids


def _allow_always(env):
    """Put the debtors under a policy that allows every hour."""
    hours = {"hour_from": 0, "hour_to": 24, "saturday": True, "sunday": True}
    window = Command.create(hours | {"holiday": True})
    policy = env["debt.contact.policy"].create(
        {"name": "Any Hour", "window_ids": [window]}
    )
    env.cr.execute(
        SQL(
            "UPDATE res_partner SET debt_contact_policy_id = %s WHERE ref = %s",
            policy.id,
            REF,
        )
    )
    env.invalidate_all(flush=False)


def _copy_numbers(env):
    """A number of each debtor, as one of them has it after it was read."""
    debtor = env["res.partner"].search([("ref", "=", REF)], limit=1)
    env["debt.phone"]._sync_missing(debtor)
    env.flush_all()
    columns = [
        row[0]
        for row in env.execute_query(
            SQL(
                "SELECT column_name FROM information_schema.columns"
                " WHERE table_name = 'debt_phone' AND table_schema = current_schema"
            )
        )
    ]
    typed = SQL("p.phone")
    debtor_id = SQL("p.id")
    special = {"raw": typed, "number": typed}
    special |= {"partner_id": debtor_id, "contact_id": debtor_id}
    columns = [name for name in columns if name != "id"]
    env.cr.execute(
        SQL(
            "INSERT INTO debt_phone (%s) SELECT %s FROM debt_phone s, res_partner p"
            " WHERE s.partner_id = %s AND p.ref = %s AND p.id != s.partner_id",
            SQL(", ").join(map(SQL.identifier, columns)),
            SQL(", ").join(
                special.get(name) or SQL.identifier("s", name) for name in columns
            ),
            debtor.id,
            REF,
        )
    )
