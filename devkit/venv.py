"""The virtual environment with the locked Python requirements."""

import os
from pathlib import Path

from .base import DEV, LOGS, ROOT, Problem, call, digest, read, step, write

VENV = DEV / "venv"
PYTHON = VENV / "bin" / "python"
#: What the addon needs beside Odoo's own requirements.
OWN = ("phonenumbers", "holidays", "tzdata")


def ensure(odoo):
    """The environment Odoo and its tests run in."""
    locks = [ROOT / "requirements.txt", ROOT / "requirements-test.txt"]
    if odoo.has_requirements:
        wanted = [line for line in read(locks[0]).splitlines() if line.startswith(OWN)]
    else:
        wanted = ["-r", locks[0]]
    options = ["--system-site-packages"] if odoo.has_requirements else []
    build(VENV, odoo.python, options, [*wanted, "-r", locks[1]])
    if not odoo.has_requirements:
        packages = next(VENV.glob("lib/python3*/site-packages"))
        link = packages / "odoo19.pth"
        if read(link) != f"{odoo.path}\n":
            write(link, f"{odoo.path}\n")
    return PYTHON


def add(group):
    """Install one more group of requirements, such as `screenshots`."""
    lock = ROOT / f"requirements-{group}.txt"
    stamp = VENV / f"{group}.stamp"
    if read(stamp) != digest(lock):
        with step(f"Installing the Python packages of {lock.name}"):
            _pip(VENV, ["-r", lock])
        write(stamp, digest(lock))


def add_addons(group, folder):
    """Fetch the Odoo addons of one more group of requirements into a folder.

    Such a package depends on one named `odoo`, which the index does not have; hence
    --no-deps.

    :return: the folder to put on the addons path
    """
    lock = ROOT / f"requirements-{group}.txt"
    if read(folder / "stamp") != digest(lock):
        with step(f"Fetching the addons of {lock.name}"):
            wanted = ["--no-deps", "--upgrade", "--target", folder, "-r", lock]
            _pip(VENV, wanted)
        write(folder / "stamp", digest(lock))
    return folder / "odoo" / "addons"


def build(folder, python, options, wanted):
    """Make or complete an environment; its stamp says what is in it."""
    identity = call([python, "-VV"], f"{python} does not run.") + " ".join(options)
    identity += os.path.realpath(python)
    files = [part for part in wanted if isinstance(part, Path)]
    names = [part for part in wanted if not isinstance(part, Path)]
    state = digest(identity, *names, *files)
    stamp, made = folder / "stamp", folder / "made"
    if read(stamp) == state:
        return
    if read(made) != identity:
        with step(f"Making a virtual environment in {folder.relative_to(ROOT)}"):
            command = [python, "-m", "venv", "--clear", *options, folder]
            call(command, f"{python} cannot make virtual environments:")
        write(made, identity)
    shown = " ".join(part.name if isinstance(part, Path) else part for part in wanted)
    with step(f"Installing Python packages ({shown.replace('-r ', '')})"):
        _pip(folder, wanted)
    write(stamp, state)


def _pip(folder, wanted):
    pip = [folder / "bin" / "python", "-m", "pip", "install", "--no-input", "-q"]
    try:
        call([*pip, "--disable-pip-version-check", *wanted], "", LOGS / "pip.log")
    except Problem as problem:
        raise Problem(
            "pip could not install the requirements; is the package index"
            f" reachable? (all of it: {LOGS / 'pip.log'}){problem}"
        ) from None
