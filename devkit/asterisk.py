"""Asterisk 22 and SIPp for the telephone laboratory: unpacked, never installed.

Both run through the loader of their own C library, so that neither root rights nor
the release of this system matter. `ASTERISK_ROOT` names a folder that has them already.
"""

import os
import shutil
from pathlib import Path

from . import debian
from .base import DEV, Problem, call, digest, locked, read, write

HOME = DEV / "asterisk"
PACKAGES = ("asterisk", "sip-tester")
#: Of what they need, only libraries are wanted, and not those of modules we leave out.
UNWANTED = ("libpython", "libpam", "libsemanage", "libperl", "libicu", "libglib")


def ensure():
    """The folder with both programs; `program` says how to start them."""
    if named := os.environ.get("ASTERISK_ROOT"):
        return Path(named)
    root, stamp = HOME / "root", HOME / "stamp"
    with locked("asterisk"):
        state = digest(*PACKAGES, *UNWANTED)
        if read(stamp) != state:
            shutil.rmtree(root, ignore_errors=True)
            _fetch(root)
            write(stamp, state)
    return root


def synthesiser():
    """The command that speaks: `espeak-ng`, of this system or unpacked beside it."""
    if found := shutil.which("espeak-ng"):
        return [found]
    root = DEV / "speech"
    with locked("speech"):
        if not (root / "usr/bin/espeak-ng").exists():
            root.mkdir(parents=True, exist_ok=True)
            needed = debian.needed_by("espeak-ng")
            names = [n for n in needed if n.startswith(("lib", "espeak"))]
            debian.fetch(names, root)
    folder = next(root.glob("usr/lib/*/espeak-ng-data")).parent
    loader = next(folder.glob("ld-linux-*"))
    places = f"{folder}:{folder / 'pulseaudio'}"
    options = ["--inhibit-cache", "--library-path", places]
    command = [loader, *options, root / "usr/bin/espeak-ng", f"--path={folder}"]
    return [str(part) for part in command]


def _fetch(root):
    root.mkdir(parents=True)
    needed = debian.needed_by(*PACKAGES)
    debian.fetch([name for name in needed if _wanted(name)], root)
    for folder in ("doc", "man", "locale"):
        shutil.rmtree(root / "usr/share" / folder, ignore_errors=True)
    call([*program(root, "asterisk"), "-V"], "The fetched Asterisk does not run:")


def _wanted(name):
    if name.startswith(UNWANTED):
        return False
    return name in PACKAGES or name.startswith(("lib", "zlib", "asterisk-modules"))


def libraries(root):
    """Where Debian has the libraries of this kind of machine."""
    found = next(root.glob("usr/lib/*/asterisk"), None)
    if not found:
        raise Problem(f"There is no Asterisk in {root}.")
    return found.parent


def program(root, name):
    """The command that starts `asterisk` or `sipp` of the folder `root`."""
    folder = libraries(root)
    places = (root / "usr/sbin" / name, root / "usr/bin" / name)
    binary = next((path for path in places if path.exists()), None)
    if not binary:
        raise Problem(f"There is no {name} in {root}.")
    loader = next(folder.glob("ld-linux-*"))
    options = ["--inhibit-cache", "--library-path", folder]
    return [str(part) for part in (loader, *options, binary)]
