"""Odoo's own test runner: it loads all our tests, and runs a share of them."""

import re
import subprocess

from . import database, server, verdict
from .base import LOGS, locked, read, say, step
from .venv import PYTHON

#: One class of each kind: it says that all are loaded, rights, money, law.
SHARE = ("TestOdoosRunner", "TestAccess", "TestRefreshPayment", "TestPolicyWeaker")
#: Fewer means that they were not found.
FEWEST = 30
RESULT = re.compile(r"(\d+) failed, (\d+) error\(s\) of (\d+) tests")


def run(totals):
    """Install the core with tests where it never was, as other people's CI does."""
    say("\nTests in Odoo's own runner")
    with locked("databases"):
        database.template()
        source = database.base_name("plain")
    with database.scratch("plain", "runner", source) as (name, _log):
        log = LOGS / f"{name}.log"
        tags = ",".join(f"/{database.CORE}:{case}" for case in SHARE)
        command = [PYTHON, "-m", "odoo", "-c", database.CONFIG, "-d", name]
        command += ["-i", database.CORE, "--test-enable", "--test-tags", tags]
        command += ["--stop-after-init", "--no-http", "--workers=0"]
        # With tests, Odoo takes a port all the same.
        command += [f"--http-port={server.free_port()}"]
        with step(f"Running {', '.join(SHARE)}"), open(log, "w") as output:
            code = subprocess.run(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                check=False,
            ).returncode
        failed, errors, tried = map(int, (RESULT.findall(read(log)) or [(0, 1, 0)])[-1])
        found = verdict.in_log(read(log), database.addons())
        for line in found:
            say(f"  {line}")
        broken = failed + errors + len(found)
        if code or tried < FEWEST:
            say(f"  exit code {code}, {tried} tests; the whole log: {log}")
            broken = broken or 1
        totals["passed"] += tried - failed - errors
        totals["failed"] += broken
