"""The pictures of the documentation, taken from a demo server of their own."""

import os
import subprocess
import sys

from . import database, debian, server, venv
from .base import ROOT, Problem

SCRIPT = ROOT / "docs" / "screenshots.py"


def run(arguments):
    """Start a server, run the script with its address in DEMO_URL, stop it."""
    if not SCRIPT.exists():
        raise Problem(f"{SCRIPT.relative_to(ROOT)} is not there.")
    venv.add("screenshots")
    debian.ensure_browser()
    database.demo()
    process, url = server.start(server.free_port())
    try:
        code = subprocess.run(
            [venv.PYTHON, SCRIPT, *arguments],
            cwd=ROOT,
            env=os.environ | {"DEMO_URL": url},
            check=False,
        ).returncode
    finally:
        server.end(process.pid)
    sys.exit(code)
