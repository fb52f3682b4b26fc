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
    if name not in names():
        raise Problem(f"There is no benchmark {name}. {listing()}")
    script = FOLDER / f"{name}.py"
    if not script.exists():
        script = FOLDER / f"{name}_.py"
    if "--rival" in arguments:
        os.environ["RIVAL_ADDONS"] = str(rival())
    code = subprocess.run(
        [PYTHON, script, *arguments], cwd=ROOT, check=False
    ).returncode
    sys.exit(code)


def names():
    """The scripts that can be run, each with the first line of its docstring.

    One that would hide a module of Python's own ends in an underscore: `queue_.py`.
    """
    found = {}
    for path in sorted(FOLDER.glob("*.py")):
        text = path.read_text()
        if "__main__" in text:
            title = text.lstrip('"').split("\n", 1)[0].rstrip('"')
            found[path.stem.rstrip("_")] = title
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
