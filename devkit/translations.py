"""Translations: the .pot file that Odoo exports, and the .po files merged with it."""

import subprocess
import sys

from . import database
from .base import DEV, LOGS, ROOT, call, locked, say, step
from .venv import PYTHON


def update():
    """Export the terms of every addon and merge them into its translations."""
    return _each("update", "Exporting translations")


def check():
    """Say what differs from a fresh export, or is not translated; how many addons."""
    return _each("check", "Comparing translations with the code")


def _each(action, title):
    failures = 0
    with locked("databases"):
        source = database.template("glue")
        for name in database.addons():
            fresh = DEV / f"{name}.pot"
            export = [PYTHON, "-m", "odoo", "i18n", "export", "-c", database.CONFIG]
            with step(f"{title} of {name}"):
                call(
                    [*export, "-d", source, "-l", "pot", "-o", fresh, name],
                    "Odoo could not export the terms:",
                    LOGS / "export.log",
                )
            folder = ROOT / name / "i18n"
            merge = [PYTHON, "-m", "devkit.merge", action, fresh, folder]
            failures += subprocess.run(merge, stdout=sys.stderr, check=False).returncode
    if failures and action == "check":
        say("  ./dev pot brings the files up to date; then translate what is missing.")
    return failures
