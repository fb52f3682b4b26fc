"""Odoo's own tests, on a database with our addons and on one without.

What passes without them passes with them: `untouched.toml` lists what Odoo fails by
itself here, and what differs for a good reason.
"""

import re
import subprocess
import tomllib
from fnmatch import fnmatchcase
from pathlib import Path

from . import database, debian, server
from .base import LOGS, Problem, locked, read, say, step
from .venv import PYTHON

#: What we extend, and the addons whose only purpose is to test it.
TAGS = (
    "/account",
    "/sms",
    "/phone_validation",
    "/mail",
    "/test_mail",
    "/test_mail_sms",
)
TESTERS = ("test_mail", "test_mail_sms")
LISTED = Path(__file__).with_suffix(".toml")
STARTED = re.compile(
    r"^\S+ \S+ \d+ INFO \S+ odoo\.addons\.(\w+)\.\S+ Starting (\S+) \.\.\.", re.M
)
SKIPPED = re.compile(
    r"^\S+ \S+ \d+ INFO \S+ odoo\.addons\.(\w+)\.\S+ skipped (\S+) : ", re.M
)
BROKEN = re.compile(
    r"^\S+ \S+ \d+ ERROR \S+ (?:odoo\.addons\.(\w+)|odoo)\.\S+ (?:FAIL|ERROR):"
    r" (?:Subtest )?(\S+)(.*)$",
    re.M,
)
CLASS = re.compile(r"odoo\.addons\.(\w+)\.[\w.]*\.(\w+)\)?$")
RESULT = re.compile(r"(\d+) failed, (\d+) error\(s\) of (\d+) tests")


def run(totals, *tags):
    """Run the tests that `tags` name, or all of `TAGS`, with our addons.

    Those that do not pass are run again without them, where they must come to the same.

    :param dict totals: tests with the same result are added as passed, others as failed
    :param tags: in the form of Odoo's --test-tags, such as /account:TestAccountMove
    """
    debian.ensure_browser()
    tags = tags or TAGS
    say(f"\nOdoo's own tests {' '.join(tags)}")
    with locked("databases"):
        sources = {"with": database.template("glue"), "without": database.below("glue")}
    after = _outcomes("with", sources["with"], tags)
    doubtful = sorted(key for key, said in after.items() if said)
    before = {}
    if doubtful:
        before = _outcomes("without", sources["without"], doubtful)
    _judge(before, after, totals)


def _outcomes(which, source, tags):
    """What each test came to: nothing where it passed, else what was said of it."""
    with database.scratch("odoo", which, source) as (name, _log):
        testers = [one for one in TESTERS if any(f"/{one}" in tag for tag in tags)]
        if testers:
            with step(f"Installing {', '.join(testers)} {which} our addons"):
                database.run_odoo(name, "-i", testers)
        log = LOGS / f"{name}.tests.log"
        command = [PYTHON, "-m", "devkit.odoos_runner", "-c", database.CONFIG]
        command += ["-d", name, f"--http-port={server.free_port()}", "--workers=0"]
        command += ["--test-enable", "--test-tags", ",".join(tags)]
        command += ["--stop-after-init", "--max-cron-threads=0"]
        title = f"Running {len(tags)} tags {which} our addons"
        with step(title), open(log, "w") as output:
            subprocess.run(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                check=False,
            )
    return in_log(read(log), log)


def in_log(text, log="the log"):
    """The outcome of each test in a log of Odoo's runner, by tag.

    >>> line = "2026-03-10 09:00:00,000 1 {} db odoo.addons.sms.tests.test_x: {}\\n"
    >>> in_log(
    ...     line.format("INFO", "Starting TestSms.test_one ...")
    ...     + line.format("INFO", "Starting TestSms.test_two ...")
    ...     + line.format("ERROR", "FAIL: Subtest TestSms.test_two (lang='ru')")
    ...     + line.format("ERROR", "1 failed, 0 error(s) of 2 tests")
    ... )
    {'/sms:TestSms.test_one': (), '/sms:TestSms.test_two': (" (lang='ru')",)}
    """
    if not RESULT.search(text):
        raise Problem(f"Odoo ended before its tests did: {log}")
    found = {f"/{module}:{test}": () for module, test in STARTED.findall(text)}
    for module, test in SKIPPED.findall(text):
        found[f"/{module}:{test}"] = ("skipped",)
    for module, test, details in BROKEN.findall(text):
        # Where a class could not be prepared, what is said names it: (odoo.addons.…)
        if not module and (named := CLASS.search(details)):
            module, test = named.groups()
        key = f"/{module}:{test}"
        found[key] = (*found.get(key, ()), details or "failed")
    return found


def _judge(before, after, totals):
    """Count the tests that differ, and those that fail and are not in the list."""
    listed = tomllib.loads(read(LISTED))
    fails, differs = listed["fails"], listed["differs"]
    for key, said in sorted(after.items()):
        line = None
        if said != before.get(key, ()) and not _is_in(differs, key):
            line = f"differs: {key}: {said} with, {before.get(key, ())} without"
        elif set(said) - {"skipped"} and not _is_in(fails | differs, key):
            line = f"fails without our addons as well, and is not listed: {key}: {said}"
        elif not said and _is_in(fails, key):
            say(f"  passes, though {LISTED.name} says that it fails: {key}")
        totals["failed" if line else "passed"] += 1
        if line:
            say(f"  {line}")
    if not after:
        raise Problem("No test of Odoo's has these tags.")


def _is_in(listed, key):
    """Whether a test is listed, by its name or by a pattern."""
    return any(fnmatchcase(key, pattern) for pattern in listed)
