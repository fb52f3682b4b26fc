"""The tests: the pure ones first, then those that need a database."""

import json
import os
import subprocess
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from subprocess import PIPE, STDOUT
from typing import NamedTuple

from . import (
    access_table,
    apps,
    database,
    debian,
    installing,
    lint,
    runner,
    translations,
    uninstall,
    untouched,
    verdict,
)
from .base import DEV, ROOT, Problem, say, step
from .venv import PYTHON

PURE = "test_tools_*.py"
#: Against a real Asterisk, with the dialler as a process of its own.
LAB = "test_lab_*.py"
#: That with Odoo as one more process, on a database of its own.
WHOLE = "test_whole_*.py"
#: A campaign as it is in the field: ten minutes, and only when it is asked for.
CAMPAIGN = "debt_collection_asterisk/tests/field_campaign.py"
#: The guide, followed on Debian's Asterisk with its sample configuration.
GUIDE = "debt_collection_asterisk/tests/guide_asterisk.py"
WITHOUT_ODOO = ("-p", "devkit.pure", "-p", "no:odoo")
NOTHING_COLLECTED = 5
#: What stands on other addons' views and rights, and so is run beside all apps.
BESIDE = ("test_views.py", "test_access.py")


class Switch(NamedTuple):
    """What `./dev test` runs alone when its first argument says so."""

    run: Callable
    usage: str
    #: What may follow, as it is called in the usage.
    names: str = ""


def run(arguments):
    """Run pytest kind by kind; its arguments, such as paths and -k, go through.

    A switch alone runs something else, see `switches`.
    """
    first, *more = arguments or [None]
    if switch := switches().get(first):
        if more and not switch.names:
            raise Problem(f"Nothing may follow {first}.")
        totals = {"passed": 0, "failed": 0}
        switch.run(totals, *more)
        return _end(totals)
    given, options = _split(arguments)
    paths = given or [str(ROOT / name) for name in database.addons()]
    pure = [file for path in paths for file in _files(path, PURE)]
    lab = [file for path in paths for file in _files(path, LAB)]
    whole = [file for path in paths for file in _files(path, WHOLE)]
    rest = [path for path in paths if path not in (*pure, *lab, *whole)]
    totals = {"passed": 0, "failed": 0}
    with ThreadPoolExecutor(1) as pool:
        # The laboratory mostly waits: it leaves the cores to the others.
        beside = pool.submit(_laboratory, lab, whole, options, alone=not (pure or rest))
        if pure:
            say("\nTests without a database")
            _pytest([*pure, *WITHOUT_ODOO, *options], totals)
        stops = {"-x", "--exitfirst"}.intersection(options)
        if rest and not (totals["failed"] and stops):
            _with_database(rest, options, totals, full=not arguments)
        _add(totals, beside.result())
    return _end(totals)


def switches():
    """What runs alone, by its switch.

    Two are a part of the whole run as well; the others take up to half an hour each.
    """
    return {
        "--uninstall": Switch(
            uninstall.run, "uninstall all addons; compare what is left (also run above)"
        ),
        "--runner": Switch(
            runner.run, "a share of the tests in Odoo's own runner (also run above)"
        ),
        "--install": Switch(
            installing.run, "install on 10,000 invoices, update, uninstall"
        ),
        "--apps": Switch(
            _beside_apps, "install beside all other apps, or those named", "APP"
        ),
        "--campaign": Switch(
            _campaign, "200 telephones, five operators and Odoo, for ten minutes"
        ),
        "--guide": Switch(
            _guide, "docs/dialler-process.md, followed on Debian's sample Asterisk"
        ),
        "--odoo": Switch(
            untouched.run, "Odoo's own tests, with and without our addons", "TAG"
        ),
    }


def usage():
    """The help text of `./dev test`."""
    lines = [
        "usage: ./dev test [PATH …] [-k WORDS] [-x] [other arguments of pytest]",
        "       ./dev test SWITCH",
        "",
        "Without arguments all tests are run, as README.md tells. A switch runs one",
        "thing alone:",
    ]
    for name, switch in switches().items():
        call = f"{name} [{switch.names} …]" if switch.names else name
        lines.append(f"  {call:<17} {switch.usage}")
    return "\n".join(lines)


def _end(totals):
    print(f"\n{totals['passed']} passed, {totals['failed']} failed", flush=True)
    if totals["failed"]:
        raise SystemExit(1)
    if not totals["passed"]:
        raise Problem("No test was run.")


def _split(arguments):
    """The paths among pytest's arguments, and the rest."""
    paths = [
        part
        for before, part in zip(["", *arguments], arguments, strict=False)
        if before not in ("-k", "-m") and (ROOT / part.partition("::")[0]).exists()
    ]
    return paths, [part for part in arguments if part not in paths]


def _files(path, pattern):
    """The files of a kind below a path, or the path itself: run without Odoo."""
    if (ROOT / path).is_dir():
        return sorted(map(str, (ROOT / path).rglob(pattern)))
    return [path] if Path(path.partition("::")[0]).match(pattern) else []


def _guide(totals):
    _add(totals, _laboratory([GUIDE], [], [], alone=True))


def _campaign(totals):
    _add(totals, _laboratory([], [CAMPAIGN], ["-rP"], alone=True))


def _laboratory(lab, whole, options, alone):
    """The dialler and Asterisk as processes of their own, then Odoo as one more."""
    totals = {"passed": 0, "failed": 0}
    share = "all" if alone else "lab"
    if lab:
        say("\nTests in the telephone laboratory")
        _pytest([*lab, *WITHOUT_ODOO, *options], totals, share)
    if whole:
        with database.scratch("glue", "whole") as (name, log):
            _warnings(log, totals)
            os.environ["DEBT_WHOLE_DB"] = name
            say("\nTests of Odoo and the telephone laboratory together")
            _pytest([*whole, *WITHOUT_ODOO, *options], totals, share)
    return totals


def _add(totals, counts):
    for key, value in counts.items():
        totals[key] += value


def _with_database(paths, options, totals, full):
    debian.ensure_browser()
    lint.ensure_node()
    os.environ["DEBT_AXE"] = str(lint.MODULES / "axe-core" / "axe.min.js")
    core = [path for path in paths if _is_core(path)]
    glue = [path for path in paths if path not in core]
    runs = [("plain", "all", core), ("glue", "all", glue)]
    if full:
        totals["failed"] += translations.check() + access_table.run(check=True)
        # A browser mostly waits: its tests leave the cores to the others.
        shares = [("plain", share, core) for share in ("browser", "odd", "even")]
        runs = [*shares, ("glue", "glue", glue)]
        with database.scratch("demo") as (name, log):
            _warnings(log, totals)
            os.environ["DEBT_DEMO_DB"] = name
            _in_scratches(runs, options, totals)
        uninstall.run(totals)
        runner.run(totals)
    else:
        _in_scratches(runs, options, totals)


def _is_core(path):
    """Whether a path is below the addon that is tested without the others."""
    resolved = (ROOT / path.partition("::")[0]).resolve()
    return resolved.is_relative_to(ROOT / database.CORE)


def _in_scratches(runs, options, totals):
    """Run tests in databases of their own, three at a time."""
    runs = [run for run in runs if run[2]]
    with ThreadPoolExecutor(min(len(runs), 3)) as pool:
        found = [pool.submit(_in_scratch, *run, options) for run in runs]
    for future in found:
        _add(totals, future.result())


def _in_scratch(kind, share, paths, options):
    totals = {"passed": 0, "failed": 0}
    with database.scratch(kind, share) as (name, log):
        _warnings(log, totals)
        halves = dict.fromkeys(("odd", "even"), " without a browser")
        title = {"browser": " in a browser", **halves}
        addons = ", ".join(database.installable(kind))
        say(f"\nTests{title.get(share, '')} with {addons}")
        _in_database(name, [*paths, *options], totals, share)
    return totals


def _beside_apps(totals, *names):
    """Install our addons where other apps are; look at the views and rights there."""
    source = apps.template(names)
    with database.scratch("glue", "apps", source) as (name, _log):
        ours = list(database.installable("glue"))
        with step(f"Installing {', '.join(ours)} beside {source}"):
            log = database.run_odoo(name, "-i", ours)
        uninstall.count(uninstall.complaints(log), totals)
        tests = ROOT / database.CORE / "tests"
        _in_database(name, [str(tests / file) for file in BESIDE], totals)


def _in_database(name, arguments, totals, share="all"):
    """Run pytest in a database that is thrown away."""
    odoo = [f"--odoo-config={database.CONFIG}", f"--odoo-database={name}"]
    odoo += ["--odoo-http", "--odoo-log-level=warn", f"--ignore-glob=*/{PURE}"]
    # The laboratory's fixtures would import our addons by another name than Odoo's.
    odoo += [f"--ignore-glob=*/{pattern}" for pattern in (LAB, WHOLE)]
    odoo += ["--noconftest"]
    _pytest([*arguments, *odoo], totals, share)


def _pytest(arguments, totals, share="all"):
    """One run of pytest; its counts are added to `totals`."""
    counts = DEV / f"counts.{share}.{os.getpid()}"
    command = [PYTHON, "-m", "pytest", "-p", "devkit.guard", *arguments]
    environment = os.environ | {
        "DEV_COUNTS": str(counts),
        "DEV_ADDONS": ",".join(database.addons()),
        "DEV_SHARE": share,
    }
    if share == "all":
        code = subprocess.run(
            command, cwd=ROOT, env=environment, check=False
        ).returncode
    else:
        code = _side_by_side(command, environment, share)
    result = json.loads(counts.read_text()) if counts.exists() else {}
    counts.unlink(missing_ok=True)
    if code not in (0, NOTHING_COLLECTED) and not result.get("failed"):
        result["failed"] = 1
    _add(totals, result)


def _side_by_side(command, environment, share):
    """Run a command whose lines are told from those of its neighbours."""
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=PIPE, stderr=STDOUT, text=True
    ) as process:
        for line in process.stdout:
            print(f"{share:>8} │ {line}", end="", flush=True)
    return process.returncode


def _warnings(log, totals):
    """A warning about our addons while they were installed is a failure."""
    found = verdict.in_log(log.read_text(), database.addons())
    for line in found:
        say(f"  at installation: {line}")
    totals["failed"] += len(found)
