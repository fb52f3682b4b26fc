"""OCA's account_credit_control over the same ledger: its first run, for all companies.

It is given what its documentation asks for: a policy with the receivable accounts, and
fresh statistics between the runs of the companies, which is kinder than autovacuum.
"""

import os
import signal

import databases
from probe import measured

MODULE = "account_credit_control"
#: It is stopped after so many seconds.
LIMIT = 900


class TooSlow(Exception):
    """The rival needed more than the limit."""


def install(name):
    """Install it, with its default policy, for all companies."""
    databases.configure(os.environ["RIVAL_ADDONS"])
    databases.install(name, MODULE)
    with databases.environment(name) as env:
        companies = env["res.company"].search([])
        policy = env.ref(f"{MODULE}.credit_control_3_time")
        policy.account_ids = env["account.account"].search(
            [("account_type", "=", "asset_receivable")]
        )
        companies.credit_policy_id = policy
        manager = env.ref(f"{MODULE}.group_account_credit_control_manager")
        admin = env.ref("base.user_admin")
        admin.company_ids |= companies
        admin.group_ids |= manager | env.ref("account.group_account_manager")
    databases.close(name)
    databases.analyze(name)


def run(name):
    """Cost of finding, for the first time, what is to be reminded of."""
    databases.configure(os.environ["RIVAL_ADDONS"])
    with databases.environment(name) as env:
        admin = env.ref("base.user_admin").id
        companies = env["res.company"].search([]).ids
    signal.signal(signal.SIGALRM, _stop)
    signal.alarm(LIMIT)
    lines = 0
    with measured() as cost:
        try:
            for company in companies:
                lines += _run_company(name, admin, company)
        except TooSlow:
            cost["stopped_after"] = LIMIT
        signal.alarm(0)
    return {**cost, "rows": lines}


def _stop(*_signal):
    raise TooSlow


def _run_company(name, admin, company):
    """One run of one company, in a transaction of its own as from the interface."""
    with databases.environment(name) as env:
        env = env(user=admin, context={"allowed_company_ids": [company]})
        runs = env["credit.control.run"]
        run = runs.create({"date": env.cr.now().date(), "company_id": company})
        run.generate_credit_lines()
        lines = len(run.line_ids)
    databases.analyze(name, "credit_control_line")
    return lines
