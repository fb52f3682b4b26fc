"""The tests: the pure ones first, then those that need a database."""

import json
import os
import subprocess
from pathlib import Path

from . import database, debian, translations, verdict
from .base import DEV, ROOT, Problem, say
from .venv import PYTHON

PURE = "test_tools_*.py"
NOTHING_COLLECTED = 5


def run(arguments):
    """Run pytest twice; its arguments, such as paths and -k, go through."""
    paths = [part for part in arguments if (ROOT / part.partition("::")[0]).exists()]
    pure = [part for part in paths if Path(part.partition("::")[0]).match(PURE)]
    options = [part for part in arguments if part not in paths]
    totals = {"passed": 0, "failed": 0}
    if pure or not paths:
        _pure(pure, options, totals)
    if len(pure) < len(paths) or not paths:
        rest = [part for part in paths if part not in pure]
        _with_database(rest, options, totals, full=not arguments)
    print(f"\n{totals['passed']} passed, {totals['failed']} failed", flush=True)
    if totals["failed"]:
        raise SystemExit(1)
    if not totals["passed"]:
        raise Problem("No test was run.")


def _pure(paths, options, totals):
    """What lies in tools/ is tested in a second, without Odoo."""
    found = paths or [path for name in database.addons() for path in _pure_files(name)]
    if found:
        say("\nTests without a database")
        _pytest([*found, "-p", "devkit.pure", "-p", "no:odoo", *options], totals)


def _pure_files(addon):
    return sorted(ROOT.glob(f"{addon}/tests/{PURE}"))


def _with_database(paths, options, totals, full):
    debian.ensure_browser()
    if full:
        totals["failed"] += translations.check()
        with database.scratch(demo=True) as (name, log):
            _warnings(log, totals)
            os.environ["DEBT_DEMO_DB"] = name
            _in_scratch(paths, options, totals)
    else:
        _in_scratch(paths, options, totals)


def _in_scratch(paths, options, totals):
    paths = paths or [ROOT / name for name in database.addons()]
    with database.scratch() as (name, log):
        _warnings(log, totals)
        say("\nTests in Odoo")
        odoo = [f"--odoo-config={database.CONFIG}", f"--odoo-database={name}"]
        odoo += ["--odoo-http", "--odoo-log-level=warn", f"--ignore-glob=*/{PURE}"]
        _pytest([*paths, *odoo, *options], totals)


def _pytest(arguments, totals):
    """One run of pytest; its counts are added to `totals`."""
    counts = DEV / f"counts.{os.getpid()}"
    command = [PYTHON, "-m", "pytest", "-p", "devkit.guard", *arguments]
    environment = os.environ | {
        "DEV_COUNTS": str(counts),
        "DEV_ADDONS": ",".join(database.addons()),
    }
    code = subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode
    result = json.loads(counts.read_text()) if counts.exists() else {}
    counts.unlink(missing_ok=True)
    if code not in (0, NOTHING_COLLECTED) and not result.get("failed"):
        result["failed"] = 1
    for key, value in result.items():
        totals[key] += value


def _warnings(log, totals):
    """A warning about our addons while they were installed is a failure."""
    found = verdict.in_log(log.read_text(), database.addons())
    for line in found:
        say(f"  at installation: {line}")
    totals["failed"] += len(found)
