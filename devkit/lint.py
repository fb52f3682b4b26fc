"""The linters: Python's, Odoo's and those of the web client's languages."""

import os
import shutil
import subprocess
import sys

from . import venv
from .base import DEV, LOGS, ROOT, call, digest, read, say, step, write

PROGRAMS = DEV / "lint" / "bin"
NODE = DEV / "node"
MODULES = NODE / "node_modules"
#: Of Odoo's checks: a topic of a large model has a file of its own, master data is read
#: whole, the README is the checkout's, a field may well be called `length`, and a hook
#: that returns nothing is extended without a return.
NOT_OURS = (
    "attribute-deprecated",
    "consider-merging-classes-inherited",
    "missing-readme",
    "missing-return",
    "no-search-all",
)
PYLINT = (
    "--load-plugins=pylint_odoo",
    "--valid-odoo-versions=19.0",
    "--manifest-required-authors=Debt Collection Contributors",
    "--disable=all",
    "--enable=odoolint",
    f"--disable={','.join(NOT_OURS)}",
    "--score=no",
    "--persistent=no",
)
#: The pure code: no Odoo and no database, typed throughout.
TYPED = ("debt_collection/tools", "debt_collection_asterisk/dialler")
PRETTY = (".js", ".json", ".scss", ".xml", ".yaml", ".yml")


def prepare():
    """The tools, in an environment of their own: a linter must not hold Odoo back."""
    lock = ROOT / "requirements-lint.txt"
    venv.build(PROGRAMS.parent, sys.executable, [], ["-r", lock])
    os.environ["PATH"] = f"{PROGRAMS}:{os.environ['PATH']}"
    ensure_node()


def ensure_node():
    """The Node packages: linters, and what the browser tests measure pages with."""
    files = [ROOT / name for name in ("package.json", "package-lock.json")]
    if read(NODE / "stamp") == digest(*files):
        return
    NODE.mkdir(exist_ok=True)
    for file in files:
        shutil.copy(file, NODE)
    with step("Installing the Node packages of package-lock.json"):
        call(
            ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
            "npm could not install them; is the package registry reachable?",
            LOGS / "npm.log",
            cwd=NODE,
        )
    write(NODE / "stamp", digest(*files))


def run(fix):
    """Run them all, then fail if one of them did."""
    failed = [title for title, command in _commands(fix) if not _passes(title, command)]
    if failed:
        say(f"\nNot clean: {', '.join(failed)}")
        if not fix:
            say("./dev lint --fix mends what can be mended.")
        sys.exit(1)


def _passes(title, command):
    say(f"· {title}")
    command = [str(part) for part in command]
    return not subprocess.run(
        command, cwd=ROOT, stdin=subprocess.DEVNULL, check=False
    ).returncode


def _commands(fix):
    """Each linter with its files; those without files are left out."""
    addons = [path.parent for path in sorted(ROOT.glob("*/__manifest__.py"))]
    catalogs = sorted(ROOT.glob("*/i18n/*.po*"))
    pretty = [path for path in _files(addons) if path.suffix in PRETTY]
    scripts = [path for path in pretty if path.suffix == ".js"]
    mend = ["--fix"] if fix else []
    plugin = MODULES / "@prettier/plugin-xml/src/plugin.js"
    prettier = [MODULES / ".bin/prettier", f"--plugin={plugin}", "--log-level=warn"]
    prettier.append("--write" if fix else "--check")
    found = {
        "ruff check": ["ruff", "check", "-q", *mend, "."],
        "ruff format": ["ruff", "format", "-q", *([] if fix else ["--diff"]), "."],
        "mypy": ["mypy", "--no-error-summary", *TYPED],
        "pylint-odoo": ["pylint", *PYLINT, *addons],
        "oca-checks-odoo-module": ["oca-checks-odoo-module", *mend, *addons],
        "oca-checks-po": catalogs and ["oca-checks-po", *mend, *catalogs],
        "prettier": pretty and [*prettier, *pretty],
        "eslint": scripts and [MODULES / ".bin/eslint", *mend, *scripts],
    }
    return [(title, command) for title, command in found.items() if command]


def _files(addons):
    """What prettier looks at: our addons and our own configuration."""
    for addon in addons:
        for path in sorted(addon.rglob("*")):
            if "lib" not in path.relative_to(addon).parts:
                yield path
    yield from sorted(ROOT.glob("*.js*"))
