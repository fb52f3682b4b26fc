"""Asterisk 22 and SIPp for the telephone laboratory: unpacked, never installed.

Both run through the loader of their own C library, so that neither root rights nor
the release of this system matter. `ASTERISK_ROOT` names a folder that has them already.
"""

import os
import shutil
from pathlib import Path

from . import debian
from .base import DEV, Problem, call, digest, exists_command, locked, read, write

HOME = DEV / "asterisk"
PACKAGES = ("asterisk", "sip-tester")
#: Of the closure only libraries are wanted; these serve modules we do not load.
UNWANTED = ("libpython", "libpam", "libsemanage", "libperl", "libicu", "libglib")
LIBRARIES = "usr/lib/x86_64-linux-gnu"


def ensure():
    """The folder with both programs; `program` says how to start them."""
    if named := os.environ.get("ASTERISK_ROOT"):
        return Path(named)
    root, stamp = HOME / "root", HOME / "stamp"
    with locked("asterisk"):
        if read(stamp) != digest(__file__, *PACKAGES, *UNWANTED):
            shutil.rmtree(root, ignore_errors=True)
            _fetch(root)
            write(stamp, digest(__file__, *PACKAGES, *UNWANTED))
    return root


def _fetch(root):
    names = [name for name in debian.needed_by(*PACKAGES) if _wanted(name)]
    root.mkdir(parents=True)
    debian.fetch(names, root)
    for folder in ("usr/share/doc", "usr/share/man", "usr/share/locale"):
        shutil.rmtree(root / folder, ignore_errors=True)
    for name, version in (("asterisk", "-V"), ("sipp", "-v")):
        # SIPp says its version with an exit code of its own.
        if name == "asterisk" and not exists_command([*program(root, name), version]):
            call([*program(root, name), version], f"The fetched {name} does not run:")


def _wanted(name):
    if name.startswith(UNWANTED):
        return False
    return name.startswith(("lib", "zlib", *PACKAGES)) and "sounds" not in name


def program(root, name):
    """The command that starts `asterisk` or `sipp` of the folder `root`."""
    libraries = root / LIBRARIES
    loader = libraries / "ld-linux-x86-64.so.2"
    binary = next(
        (p for p in (root / "usr/sbin" / name, root / "usr/bin" / name) if p.exists()),
        None,
    )
    if not (loader.exists() and binary):
        raise Problem(f"There is no {name} in {root}.")
    return [
        str(loader),
        "--inhibit-cache",
        "--library-path",
        str(libraries),
        str(binary),
    ]
