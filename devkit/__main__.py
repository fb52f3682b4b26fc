"""The command line of `./dev`."""

import argparse
import os
import shutil
import signal
import sys

from . import (
    access_table,
    bench,
    database,
    lint,
    odoo,
    postgres,
    screenshots,
    server,
    testing,
    translations,
    venv,
)
from .base import DEV, ROOT, Problem, locked, say, step

HELP = {"-h", "--help"}
EPILOG = """\
ODOO_HOME      an Odoo 19 you have (checkout or unpacked package); none is fetched
PGHOST …       a PostgreSQL you have; no private one is made in .dev
ASTERISK_ROOT  Asterisk and SIPp you have unpacked; none are fetched
DEBIAN_MIRROR  where to fetch Debian's odoo-19, if apt does not know
DEV_PYTHON     the Python to use (3.11, 3.12 or 3.13)

Everything ./dev makes lies in .dev, and ./dev clean removes it.
"""


def prepare():
    """Odoo, its requirements and PostgreSQL: made if need be, found in a second."""
    with locked("setup"):
        found = odoo.find()
        venv.ensure(found)
        others = venv.add_addons("others", database.OTHERS)
        database.configure(found, others)
        postgres.ensure()
    os.environ["ODOO_RC"] = str(database.CONFIG)


def run(options):
    """Serve the addon with its demo data."""
    prepare()
    server.run(options.port, options.host, options.fresh, options.detach)


def test(options):
    """Run the tests."""
    if HELP.intersection(options.arguments):
        say(testing.usage())
        return
    prepare()
    testing.run(options.arguments)


def check_style(options):
    """Run the linters; they need neither Odoo nor a database."""
    with locked("setup"):
        lint.prepare()
    lint.run(options.fix)


def translate(options):
    """Bring what is made from the code up to date, or say what is missing.

    These are the translation files and the table of rights.
    """
    prepare()
    work = translations.check if options.check else translations.update
    return work() + access_table.run(options.check)


def list_access(options):
    """Write docs/access.md, or say whether it is up to date."""
    prepare()
    return access_table.run(options.check)


def measure(options):
    """Run a benchmark."""
    if HELP.issuperset(options.arguments[:1]):
        say(f"usage: ./dev bench NAME [arguments]\n\n{bench.listing()}")
        return
    prepare()
    bench.run(*options.arguments[:1], options.arguments[1:])


def take_screenshots(options):
    """Make the pictures of the documentation."""
    prepare()
    screenshots.run(options.arguments)


def shell(options):
    """Odoo's shell, or a script, on the demo database."""
    prepare()
    database.demo()
    quiet = ["-d", database.DEMO, "--no-http", "--log-level=warn"]
    become("shell", *quiet, *options.arguments)


def odoo_command(options):
    """Odoo's own command line with our configuration."""
    prepare()
    become(*options.arguments)


def become(*arguments):
    """Give way to Odoo."""
    sys.stderr.flush()
    os.execv(venv.PYTHON, [str(venv.PYTHON), "-m", "odoo", *arguments])


def dial(options):
    """The dialler of debt_collection_asterisk, as on the machine of the PBX."""
    with locked("setup"):
        venv.ensure(odoo.find())
    os.environ["PYTHONPATH"] = str(ROOT / "debt_collection_asterisk")
    sys.stderr.flush()
    os.execv(venv.PYTHON, [str(venv.PYTHON), "-m", "dialler", *options.arguments])


def stop(_options):
    """Stop the servers that ./dev started."""
    server.stop()


def clean(_options):
    """Remove everything ./dev made."""
    server.stop(force=True)
    with step("Removing .dev"):
        shutil.rmtree(DEV, ignore_errors=True)
    if DEV.exists():
        raise Problem(f"{DEV} has files of another user: remove it as that user.")


def parser():
    """The subcommands."""
    main = argparse.ArgumentParser(
        prog="./dev",
        description="debt_collection: run it, test it, work on it.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = main.add_subparsers(metavar="command")

    def add(name, action, usage, passes=False):
        command = commands.add_parser(name, help=usage, add_help=not passes)
        command.set_defaults(action=action, passes=passes)
        return command

    command = add("run", run, "serve the addon with demo data")
    command.add_argument("--port", type=int, help="instead of the first free from 8069")
    command.add_argument("--host", default="127.0.0.1", help="0.0.0.0 lets others in")
    command.add_argument("--fresh", action="store_true", help="make the demo data anew")
    command.add_argument("--detach", action="store_true", help="run behind")
    add("test", test, "run the tests; pytest's arguments go through", passes=True)
    command = add("lint", check_style, "check style and common mistakes")
    command.add_argument("--fix", action="store_true", help="mend what can be mended")
    add("bench", measure, "run a benchmark; alone it lists them", passes=True)
    command = add("pot", translate, "update the translations and docs/access.md")
    command.add_argument("--check", action="store_true", help="only compare")
    command = add("access-table", list_access, "write docs/access.md: roles and rights")
    command.add_argument("--check", action="store_true", help="only compare")
    add("screenshots", take_screenshots, "make docs/*.png anew", passes=True)
    add("shell", shell, "Odoo's shell, or a script from standard input", passes=True)
    add("odoo", odoo_command, "Odoo's own command line", passes=True)
    add("dialler", dial, "the dialler process: --config dialler.toml", passes=True)
    add("stop", stop, "stop the servers")
    add("clean", clean, "remove everything ./dev made")
    return main


def main():
    """Run one subcommand; what a person can mend is said in a sentence."""
    arguments = parser()
    options, rest = arguments.parse_known_args()
    if not hasattr(options, "action"):
        arguments.print_help()
        return 0
    if rest and not options.passes:
        arguments.error(f"unknown arguments: {' '.join(rest)}")
    options.arguments = sys.argv[2:]
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        return options.action(options)
    except Problem as problem:
        say(f"dev: {problem}")
    except KeyboardInterrupt:
        say("")
    return 1


if __name__ == "__main__":
    sys.exit(main())
