"""The benchmarks: scripts in benchmarks/, and the addon they are compared with."""

import os
import subprocess
import sys

from . import venv
from .base import DEV, ROOT, Problem
from .venv import PYTHON

FOLDER = ROOT / "benchmarks"
RIVAL = DEV / "rival"


def run(name, arguments):
    """Run one benchmark; `--rival` is passed on, with the rival at hand."""
    script = FOLDER / f"{name}.py"
    if name not in names():
        raise Problem(f"There is no benchmark {name}. {listing()}")
    if "--rival" in arguments:
        os.environ["RIVAL_ADDONS"] = str(rival())
    code = subprocess.run(
        [PYTHON, script, *arguments], cwd=ROOT, check=False
    ).returncode
    sys.exit(code)


def names():
    """The scripts that can be run, each with the first line of its docstring."""
    found = {}
    for path in sorted(FOLDER.glob("*.py")):
        text = path.read_text()
        if "__main__" in text:
            found[path.stem] = text.lstrip('"').split("\n", 1)[0].rstrip('"')
    return found


def listing():
    """The benchmarks, a line each."""
    lines = [f"  {name:<14} {text}" for name, text in names().items()]
    return "\n".join(["Benchmarks:", *lines])


def rival():
    """OCA's addon with the same purpose, from the package index.

    It is only ever run beside ours, never installed with it.
    """
    return venv.add_addons("rival", RIVAL)
