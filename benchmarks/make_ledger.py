"""Print the name of a database with a ledger of so many invoices, made if need be.

Making one also makes the seed, a database with Odoo's accounting and 200 invoices. Both
are kept, as templates, until this code changes or they are a month old.
"""

import argparse
import hashlib
import sys
import time
from datetime import date, timedelta
from pathlib import Path

import databases
import ledger
from multiply import ORDER, Copier

MODULES = ("account", "calendar", "phone_validation", "sms")
KEPT = timedelta(days=30)


def _state():
    """What the copies depend on: this code."""
    here = Path(__file__).parent
    files = ("ledger.py", "multiply.py", "make_ledger.py")
    code = b"".join((here / name).read_bytes() for name in files)
    return hashlib.sha256(code).hexdigest()[:12]


def _noted(name):
    """The facts noted on a database, if it still serves."""
    state, _, rest = (databases.note(name) or "").partition(" ")
    day, _, rest = rest.partition(" ")
    fits = state == _state() and date.fromisoformat(day) > date.today() - KEPT
    return rest if fits else None


def made(name, make):
    """The facts of a database, made by `make` when it does not serve any more."""
    facts = _noted(name)
    if facts is None:
        start = time.monotonic()
        print(f"· making {name} …", file=sys.stderr, flush=True)
        facts = make(name)
        databases.finish(name, f"{_state()} {date.today()} {facts}")
        seconds = time.monotonic() - start
        print(f"· made {name} in {seconds:.0f} s", file=sys.stderr, flush=True)
    return facts


def seed(name):
    """Accounting with the invoices that are multiplied; return the ids before them."""
    databases.create(name)
    databases.install(name, *MODULES)
    with databases.environment(name) as env:
        before = ledger.post_seed(env)
    databases.close(name)
    return " ".join(str(before[model]) for model in ORDER)


def multiplied(invoices):
    """A maker of a database with so many invoices, at least 400."""

    def make(name):
        facts = made(f"{databases.PREFIX}seed", seed)
        before = dict(zip(ORDER, map(int, facts.split()), strict=True))
        databases.create(name, f"{databases.PREFIX}seed")
        with databases.environment(name) as env:
            Copier(env, before, max(1, round(invoices / ledger.INVOICES) - 1)).run()
        databases.analyze(name)
        with databases.environment(name) as env:
            checked = ledger.verify(env)
        databases.close(name)
        return f"{checked} values verified"

    return make


def ensure(invoices):
    """The name of the database with so many invoices."""
    databases.configure()
    name = f"{databases.PREFIX}{invoices}"
    made(name, multiplied(invoices))
    return name


def main():
    """Make it and print its name."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--invoices", type=int, default=10_000)
    options = parser.parse_args()
    print(ensure(options.invoices))


if __name__ == "__main__":
    main()
