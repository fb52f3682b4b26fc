"""How far one reads to follow a journey: moves between the product's files."""

import argparse
import json
import sys
from collections import Counter
from datetime import timedelta

import databases
import make_ledger
from freezegun import freeze_time
from refresh import install

from odoo import Command, fields

ADDON = "/debt_collection/"
# A Tuesday morning on which business debtors of Brussels may be called.
NOW = "2026-03-10 09:00:00"
JOURNEYS = {
    "gate": "a gate decision (check_contact)",
    "dial": "a dialled call (action_call, dial)",
    "no_answer": "a saved outcome (finish with no_answer)",
    "promise": "a saved outcome (finish with a promise)",
    "activity": "a phone-call activity marked done",
}


class Tracer:
    """Counts calls into the product's files while it is entered.

    A move is a call from one product file into another, whatever of Odoo lies between;
    what Odoo calls by itself comes from the file that called Odoo.
    """

    def __init__(self):
        self.calls, self.files, self.pairs = 0, Counter(), Counter()
        self._stack = []

    def __enter__(self):
        sys.setprofile(self._event)
        return self

    def __exit__(self, *_error):
        sys.setprofile(None)

    def _event(self, frame, event, _argument):
        if event not in ("call", "return"):
            return
        _, found, name = frame.f_code.co_filename.rpartition(ADDON)
        if not found or frame.f_code.co_name == "<genexpr>":
            return
        if event == "return":
            if self._stack:
                self._stack.pop()
            return
        self.calls += 1
        self.files[name] += 1
        if self._stack and self._stack[-1] != name:
            self.pairs[f"{self._stack[-1]} > {name}"] += 1
        self._stack.append(name)

    def figures(self):
        """What was counted."""
        return {
            "calls": self.calls,
            "moves": self.pairs.total(),
            "files": len(self.files),
        }


def prepare(env):
    """The superuser's environment of an operator with one debtor to call."""
    company = env.company
    company.partner_id.write({"tz": "Europe/Brussels"})
    company.country_id = env.ref("base.be")
    company.debt_contact_policy_id = env.ref("debt_collection.policy_business")
    operator = env["res.users"].create(
        {
            "name": "Operator",
            "login": "journeys",
            "tz": "Europe/Brussels",
            "company_id": company.id,
            "company_ids": [Command.link(company.id)],
            "group_ids": [
                Command.link(env.ref(name).id)
                for name in ("base.group_user", "debt_collection.group_debt_operator")
            ],
        }
    )
    debtor = env["res.partner"].create(
        {
            "name": "Debtor",
            "phone": "+32 470 12 34 56",
            "country_id": env.ref("base.be").id,
            "is_company": True,
        }
    )
    invoice = env["account.move"].create(
        {
            "move_type": "out_invoice",
            "partner_id": debtor.id,
            "invoice_date": fields.Date.today() - timedelta(days=40),
            "invoice_date_due": fields.Date.today() - timedelta(days=10),
            "invoice_payment_term_id": False,
            "invoice_line_ids": [
                Command.create({"name": "Service", "price_unit": 1000, "tax_ids": []})
            ],
        }
    )
    invoice.action_post()
    env["debt.case"].refresh(debtor.ids)
    case = env["debt.case"].search([("partner_id", "=", debtor.id)])
    case.user_id = operator
    case._plan()
    env["mail.activity"]._debt_sync_due()
    return case.with_user(operator)


def _claimed(case):
    """The call that opening the window makes."""
    window = case.action_call()
    wizard = case.env["debt.call.wizard"].browse(window["res_id"])
    return wizard.call_id


def _dialled(case):
    call = _claimed(case)
    call.dial(phone=case.phone_ids[:1])
    return call


def _journeys(case):
    """Pairs of what comes before and what is traced, by name."""
    day = fields.Date.today() + timedelta(days=3)
    agreed = {"promise_amount": 100, "promise_date": day, "party": "right_party"}
    kind = case.env.ref("debt_collection.mail_activity_type_call")
    return {
        "gate": (lambda: case, lambda case: case.check_contact("call")),
        "dial": (lambda: case, _dialled),
        "no_answer": (lambda: _dialled(case), lambda call: call.finish("no_answer")),
        "promise": (
            lambda: _dialled(case),
            lambda call: call.finish("promise", **agreed),
        ),
        "activity": (
            lambda: case.activity_schedule(activity_type_id=kind.id),
            lambda activity: activity._action_done(feedback="Called"),
        ),
    }


def trace(name):
    """Figures of each journey, the second time it is made; nothing of it is kept."""
    databases.configure()
    found = {}
    with databases.environment(name) as env, freeze_time(NOW):
        case = prepare(env)
        for key in JOURNEYS:
            for _again in range(2):
                found[key] = _traced(case, key)
        env.cr.rollback()
    return found


def _traced(case, key):
    case.env.flush_all()
    savepoint = case.env.cr.savepoint(flush=False)
    before, journey = _journeys(case)[key]
    start = before()
    case.env.flush_all()
    case.env.invalidate_all()
    with Tracer() as tracer:
        journey(start)
        case.env.flush_all()
    savepoint.close(rollback=True)
    case.env.invalidate_all(flush=False)
    return tracer.figures() | {"most": tracer.pairs.most_common()}


def show(found, details):
    """The table for people."""
    print(f"{'journey':44}{'moves':>8}{'calls':>8}{'files':>8}")
    for key, title in JOURNEYS.items():
        one = found[key]
        print(f"{title:44}{one['moves']:8}{one['calls']:8}{one['files']:8}")
        if details:
            for pair, moves in one["most"]:
                print(f"    {moves:6} {pair}")


def main():
    """Trace and tell."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", action="store_true", help="moves between each pair")
    parser.add_argument("--json", action="store_true", help="for programs")
    options = parser.parse_args()
    seed = databases.in_own_process(make_ledger.ensure, 400)
    with databases.copy(seed, "journeys") as name:
        databases.in_own_process(install, name)
        found = databases.in_own_process(trace, name)
    if options.json:
        print(json.dumps(found))
    else:
        show(found, options.pairs)


if __name__ == "__main__":
    main()
