"""Installing on a database with 10,000 invoices, updating, and uninstalling again."""

import os
import subprocess
import time

from . import database, postgres, uninstall
from .base import LOGS, ROOT, Problem, say, step
from .venv import PYTHON

INVOICES = 10_000


def run(totals):
    """Do all three; a warning in a log, or a row left behind, is a failure."""
    say(f"\nInstalling on a database with {INVOICES:,} invoices")
    ledger, ours = _ledger(), list(database.installable("glue"))
    with database.scratch("glue", "below", ledger) as (base, _log):
        others = database.dependencies(database.installable("glue"))
        with step(f"Installing {', '.join(others)}"):
            database.run_odoo(base, "-i", others)
        with database.scratch("glue", "install", base) as (name, _log):
            found = _try(base, name, ours)
    uninstall.count(found, totals)


def _try(base, name, ours):
    """Install, update and uninstall in `name`; what is wrong with it, in words."""
    found = []
    for action, title in (("-i", "Installing"), ("-u", "Updating")):
        log = LOGS / f"{name}{action}.log"
        with step(f"{title} {', '.join(ours)}"):
            facts = _odoo(name, action, ours, log)
        say(f"  {facts}")
        found += [f"{title.lower()}: {line}" for line in uninstall.complaints(log)]
    cases = int(postgres.psql("SELECT count(*) FROM debt_case", name)[0][0])
    say(f"  {cases:,} cases")
    if not cases:
        found.append("no case was opened, so nothing was tried")
    return found + uninstall.compare("glue", base, name)


def _ledger():
    """The name of a database with posted invoices, many overdue; made if need be."""
    script = ROOT / "benchmarks" / "make_ledger.py"
    done = subprocess.run(
        [PYTHON, script, f"--invoices={INVOICES}"],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    if done.returncode:
        raise Problem("The invoices could not be made.")
    return done.stdout.strip()


def _odoo(name, action, modules, log):
    """Install (-i) or update (-u) in a process of its own.

    :return: what it took, in words: seconds, and the most memory it had
    """
    command = [PYTHON, "-m", "odoo", "-c", database.CONFIG, "-d", name, "--no-http"]
    command += [action, ",".join(modules), "--stop-after-init"]
    start = time.monotonic()
    with open(log, "w") as output:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=output
        )
        _pid, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode or not set(modules) <= set(database.installed(name)):
        raise Problem(f"Odoo could not install them; the whole log: {log}")
    seconds = time.monotonic() - start
    processor = usage.ru_utime + usage.ru_stime
    return (
        f"{seconds:.0f} s, {processor:.0f} s of a processor,"
        f" at most {usage.ru_maxrss / 1024:.0f} MiB of memory"
    )
