"""Paths, messages and the few helpers that every other part uses."""

import contextlib
import fcntl
import hashlib
import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
#: Everything `./dev` makes lies here, so that `./dev clean` can be one `rm`.
DEV = ROOT / ".dev"
LOGS = DEV / "log"


class Problem(Exception):
    """Something the person at the keyboard can mend; shown without traceback."""


def say(text):
    """Progress goes to standard error: the output of a script stays clean."""
    print(text, file=sys.stderr, flush=True)


@contextlib.contextmanager
def step(text):
    """One line for one step, with the seconds it took."""
    start = time.monotonic()
    print(f"· {text} …", end=" ", file=sys.stderr, flush=True)
    try:
        yield
    except BaseException:
        say("failed")
        raise
    say(f"{time.monotonic() - start:.1f} s")


def call(command, failure, log=None, **options):
    """Run `command` quietly; when it fails, say `failure` and its last words."""
    done = subprocess.run(
        [str(part) for part in command],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
        **options,
    )
    if log:
        log.parent.mkdir(parents=True, exist_ok=True)
        log.write_text(done.stdout)
    if done.returncode:
        last = "\n".join(f"    {line}" for line in done.stdout.splitlines()[-12:])
        raise Problem(f"{failure}\n{last}")
    return done.stdout


def exists_command(command):
    """Whether `command` runs and succeeds."""
    try:
        return not subprocess.run(command, capture_output=True, check=False).returncode
    except OSError:
        return False


def digest(*parts):
    """A short name for a state: the hash of texts and of files' contents."""
    total = hashlib.sha256()
    for part in parts:
        data = part.read_bytes() if isinstance(part, Path) else str(part).encode()
        total.update(hashlib.sha256(data).digest())
    return total.hexdigest()[:12]


def write(path, text):
    """Replace a file at once, so that an interruption never leaves half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.{os.getpid()}")
    part.write_text(text)
    part.replace(path)


def read(path):
    """The text of a stamp file, or nothing where there is none."""
    return path.read_text() if path.exists() else ""


@contextlib.contextmanager
def locked(name):
    """Let only one `./dev` of this checkout prepare `name` at a time."""
    DEV.mkdir(exist_ok=True)
    if not os.access(DEV, os.W_OK):
        raise Problem(
            f"{DEV} belongs to another user: run ./dev as that user, or remove it."
        )
    with open(DEV / f"{name}.lock", "w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(f"· waiting for another ./dev ({name})")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield
