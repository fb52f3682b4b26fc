"""docs/access.md: what each role may do with the records of each model of ours."""

import subprocess
from textwrap import dedent

from . import database
from .base import ROOT, locked, say, step, write
from .venv import PYTHON

TABLE = ROOT / "docs" / "access.md"
#: The groups a role has by itself; Odoo adds those they imply.
ROLES = {
    "Operator": "debt_collection.group_debt_operator",
    "Accountant": "debt_collection.group_debt_accountant",
    "Manager": "debt_collection.group_debt_manager",
    "Billing": "account.group_account_invoice",
    "Ledger reader": "account.group_account_readonly",
    "Settings": "base.group_system",
    "Employee": "base.group_user",
    "Portal": "base.group_portal",
}
OPERATIONS = {"read": "R", "create": "C", "write": "W", "unlink": "D"}
HEAD = """\
    # Who may do what

    Made by `./dev access-table` from the access rights and record rules of an
    installation; `./dev test` fails when they differ.

    **R**ead, **C**reate, **W**rite (change), **D**elete; – is none of them.

    *Operator*, *Accountant* and *Manager* are the roles of this addon; a manager is an
    operator and an accountant as well. *Billing* and *Ledger reader* are users of
    Odoo's accounting without a role here, *Settings* is an administrator without one,
    *Employee* any internal user, *Portal* a customer with a login.

    *Which records* lists the record rules by name. One without a role limits everybody;
    of those with a role, a user sees the records that any of his roles sees.

    Write does not mean that every field may be changed: states, decisions and evidence
    change by the buttons only, and these check the user's rights themselves.
    """


def run(check=False):
    """Write the table, or say whether it is as it should be.

    :return: how many faults there are
    """
    with locked("databases"):
        source = database.template("glue")
        with step("Reading access rights and record rules"):
            script = "from devkit import access_table; print(access_table.table(env))"
            found = _in_shell(source, script)
    if not check:
        write(TABLE, found)
    elif not TABLE.exists() or TABLE.read_text() != found:
        say(f"  {TABLE.relative_to(ROOT)} is not up to date: run ./dev access-table.")
        return 1
    return 0


def _in_shell(name, script):
    """What a script prints in Odoo's shell."""
    command = [PYTHON, "-m", "odoo", "shell", "-c", database.CONFIG, "-d", name]
    return subprocess.run(
        [*command, "--no-http", "--log-level=error"],
        cwd=ROOT,
        input=script,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    ).stdout


def table(env):
    """The text of docs/access.md, worked out from Odoo's own records.

    :param env: an environment of a database with all our addons
    """
    models = env["ir.model"].search([("model", "=like", "debt.%")], order="model")
    stored = models.filtered(lambda model: not model.abstract and not model.transient)
    text = dedent(HEAD)
    for title, part in (("Records", stored), ("Dialogs", models.filtered("transient"))):
        columns = ["Model", "Name", *ROLES, "Which records"]
        text += f"\n## {title}\n\n{_line(columns)}{_line(['---'] * len(columns))}"
        text += "".join(_line(_cells(env, model)) for model in part)
    return text.rstrip()


def _line(cells):
    return f"| {' | '.join(cells)} |\n"


def _cells(env, model):
    groups = {role: env.ref(xmlid) for role, xmlid in ROLES.items()}
    rights = [_rights(model, group) for group in groups.values()]
    return [f"`{model.model}`", model.name, *rights, "; ".join(_rules(model, groups))]


def _rights(model, group):
    """The letters of what the lines of the access file allow to a group."""
    lines = model.access_ids.filtered("active")
    lines = lines.filtered(
        lambda line: not line.group_id or line.group_id in group.all_implied_ids
    )
    letters = [
        letter
        for operation, letter in OPERATIONS.items()
        if any(lines.mapped(f"perm_{operation}"))
    ]
    return "".join(letters) or "–"


def _rules(model, groups):
    """What the record rules say, by their names; those of a role with its name."""
    names = {group: role for role, group in groups.items()}
    for rule in model.rule_ids.filtered("active").sorted("id"):
        roles = [names.get(group, group.full_name) for group in rule.groups]
        what = rule.name.partition(": ")[2] or rule.name
        only = [name for name in OPERATIONS if rule[f"perm_{name}"]]
        what += "" if len(only) == len(OPERATIONS) else f" (to {', '.join(only)})"
        yield f"*{', '.join(roles)}*: {what}" if roles else what
