"""Databases: templates made once, and clones of them in a second."""

import ast
import contextlib
import os
import re
import shutil
import subprocess
from pathlib import Path

from . import postgres
from .base import DEV, LOGS, ROOT, Problem, digest, locked, read, say, step, write
from .venv import PYTHON

CONFIG = DEV / "odoo.conf"
FILES = DEV / "data" / "filestore"
#: Where the addons of others lie that some of ours connect to.
OTHERS = DEV / "others"
DEMO = "debt_demo"
CORE = "debt_collection"
#: Addons of Odoo that the tests of ours work with, and the demo shows.
WORKED_WITH = ("payment_demo",)
#: What changes a database when it is installed; assets are read from the disk.
DATA_FILES = (".xml", ".csv", ".sql", ".json")
#: What a test writes is never committed. Autovacuum would note that the tables are
#: empty, and from then on the planner's choices are wrong by factors of a hundred.
UNWATCHED = """DO $$
DECLARE name regclass;
BEGIN
    FOR name IN SELECT oid FROM pg_class
        WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
    LOOP
        EXECUTE format('ALTER TABLE %s SET (autovacuum_enabled = off)', name);
    END LOOP;
END $$"""


def addons():
    """Our addons whose dependencies are there, by name, with their manifests."""
    ours = {
        path.parent.name: ast.literal_eval(path.read_text())
        for path in sorted(ROOT.glob("*/__manifest__.py"))
    }
    roots = [Path(part) for part in addons_path()]

    def available(name):
        if name in ours:
            manifest = ours[name]
            depends = manifest.get("depends", ["base"])
            return manifest.get("installable", True) and all(map(available, depends))
        return any((path / name / "__manifest__.py").exists() for path in roots)

    found = {name: ours[name] for name in ours if available(name)}
    if not found:
        raise Problem("There is no installable addon in this checkout.")
    return found


def installable(kind):
    """Our addons that a kind of database has, by name, with their manifests.

    "plain" has the core alone, "glue" all of them; "demo" leaves out those that stand
    on other people's addons: who tries the demo has no account with any of these.
    """
    ours = addons()
    if kind == "plain":
        return {CORE: ours[CORE]}
    if kind == "demo":
        return {name: ours[name] for name in ours if not _on_others(ours[name], ours)}
    return ours


def _on_others(manifest, ours):
    others = read(OTHERS / "stamp") and OTHERS / "odoo" / "addons"
    depends = set(manifest.get("depends", ())) - set(ours)
    return others and any((others / name).is_dir() for name in depends)


def addons_path():
    """The folders in which Odoo looks for addons."""
    line = re.search(r"^addons_path = (.*)$", read(CONFIG), re.MULTILINE)
    return line[1].split(",")


def configure(odoo, *more):
    """Write the configuration that every Odoo we start reads."""
    path = ",".join(str(part) for part in (*odoo.addons, ROOT, *more))
    text = f"[options]\naddons_path = {path}\ndata_dir = {DEV / 'data'}\n"
    text += "http_interface = 127.0.0.1\nlist_db = False\n"
    if read(CONFIG) != text:
        write(CONFIG, text)


def dependencies(ours):
    """The addons of others that ours stand on, and are tested with."""
    names = {name for manifest in ours.values() for name in manifest["depends"]}
    return sorted({*names, *WORKED_WITH} - set(ours))


def state(ours, demo=False):
    """A name for what an installation of our addons would put into a database."""
    suffixes = (*DATA_FILES, ".po") if demo else DATA_FILES
    files = []
    for name in ours:
        for path in sorted((ROOT / name).rglob("*")):
            if path.suffix == ".py" and "tests" not in path.parts:
                files.append(f"{path.name} {_shape(path)}")
            elif path.suffix in suffixes and "static" not in path.parts:
                files.append(path)
    return digest(*ours, *files)


def _shape(path):
    """A Python file without the bodies of its methods.

    They run when called, so a new template is needed only for fields, constraints
    and the like; `init`, hooks and migrations run at installation and stay.
    """
    if path.name == "hooks.py" or "migrations" in path.parts:
        return path.read_text()
    try:
        tree = ast.parse(path.read_text())
    except SyntaxError as error:
        raise Problem(f"{path.relative_to(ROOT)}:{error.lineno}: {error.msg}") from None
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and node.name != "init":
            node.body = []
    return ast.dump(tree)


def template(kind="plain"):
    """The name of a database with our addons as they are now, made if need be.

    It is a clone of one with the addons below ours, which takes a minute to make
    and changes seldom. Call it, and clone its result, with the lock held.

    :param str kind: plain, demo or glue, see `installable`
    """
    ours = installable(kind)
    if kind == "glue" and list(ours) == [CORE]:
        return template()
    demo, base = kind == "demo", below(kind)
    # Odoo brings these along with the core, wherever what they stand on is there.
    along = {n: one for n, one in installable("demo").items() if "auto_install" in one}
    name = f"debt_{kind}_{digest(base, UNWATCHED, state(ours | along, demo))}"
    if not exists(name):
        drop_all(f"debt_{kind}_%")
        with_demo = " with demo data" if demo else ""
        make(name, list(ours), demo, f"Installing {', '.join(ours)}{with_demo}", base)
    return name


def below(kind="plain"):
    """The name of a database with what our addons stand on, made if need be."""
    name = base_name(kind)
    if not exists(name):
        drop_all(f"debt_base_{kind}_%")
        source = below() if kind == "glue" else None
        modules = dependencies(installable(kind))
        title = f"Installing {', '.join(modules)} (a minute or two)"
        make(name, modules, kind == "demo", title, source)
    return name


def base_name(kind):
    """The name of the database on which the template of a kind stands."""
    return f"debt_base_{kind}_{digest(str(ROOT), *dependencies(installable(kind)))}"


def make(name, modules, demo, title, source=None):
    """Install modules into a new database, under another name until it is whole."""
    part = f"{name}_part"
    drop(part)
    if source:
        clone(source, part)
    with step(title):
        run_odoo(part, "-i", modules, demo, name)
    if not demo:
        postgres.psql(UNWATCHED, part)
    _rename(part, name)


def _rename(old, new):
    """Give a finished database its name, and its files too."""
    drop(new)
    postgres.psql(f'ALTER DATABASE "{old}" RENAME TO "{new}"')
    if (FILES / old).exists():
        (FILES / old).rename(FILES / new)


def run_odoo(database, action, modules, demo=False, log_name=None):
    """Install (-i) or upgrade (-u) modules; the log stays for the warnings in it."""
    log = LOGS / f"{log_name or database}.log"
    command = [PYTHON, "-m", "odoo", "-c", CONFIG, "-d", database]
    command += [action, ",".join(modules), "--stop-after-init", "--no-http"]
    command += ["--with-demo", "--load-language=en_US,ru_RU"] if demo else []
    LOGS.mkdir(parents=True, exist_ok=True)
    with open(log, "w") as output:
        code = subprocess.run(
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, check=False
        ).returncode
    missing = set(modules) - set(installed(database))
    if code or missing:
        raise Problem(
            f"Odoo could not install {', '.join(sorted(missing) or modules)};"
            f" the whole log: {log}\n{_last_error(read(log))}"
        )
    return log


def installed(database):
    """The modules installed in a database."""
    query = "SELECT name FROM ir_module_module WHERE state = 'installed'"
    return [row[0] for row in postgres.psql(query, database)]


def _last_error(log):
    """The end of the last traceback, or of the log."""
    entries = re.split(r"\n(?=\d{4}-\d\d-\d\d )", log)
    errors = [
        part for part in entries if re.match(r"\S+ \S+ \d+ (WARN|ERR|CRIT)", part)
    ]
    lines = (errors or entries)[-1].strip().splitlines()
    return "\n".join(f"    {line}" for line in lines[-15:])


def exists(name):
    """Whether there is such a database."""
    return bool(postgres.psql(f"SELECT 1 FROM pg_database WHERE datname = '{name}'"))


def names(pattern):
    """The databases whose names are like `pattern`."""
    pattern = pattern.replace("_", r"\_")
    query = f"SELECT datname FROM pg_database WHERE datname LIKE '{pattern}'"
    return [row[0] for row in postgres.psql(query)]


def drop(name):
    """Remove a database and its files, whoever is still connected."""
    postgres.psql(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    shutil.rmtree(FILES / name, ignore_errors=True)


def drop_all(pattern):
    """Remove all databases whose names are like `pattern`."""
    for name in names(pattern):
        drop(name)


def clone(source, target):
    """Copy a database; its files are never changed, so links serve."""
    postgres.psql(f'CREATE DATABASE "{target}" TEMPLATE "{source}"')
    shutil.rmtree(FILES / target, ignore_errors=True)
    if (FILES / source).exists():
        shutil.copytree(FILES / source, FILES / target, copy_function=os.link)


@contextlib.contextmanager
def scratch(kind="plain", share="all", source=None):
    """A clone of the template, or of another database, for one run: dropped after it.

    :return: its name, and the log of the installation
    """
    name = f"debt_run_{kind}_{share}_{os.getpid()}"
    with locked("databases"):
        for old in names("debt_run_%"):
            if not Path(f"/proc/{old.rpartition('_')[2]}").exists():
                drop(old)
        source = source or template(kind)
        clone(source, name)
    try:
        yield name, LOGS / f"{source}.log"
    finally:
        drop(name)


def demo(fresh=False):
    """The demo database, made once and upgraded when our addons changed."""
    stamp = DEV / "demo.stamp"
    ours = installable("demo")
    with locked("databases"):
        if fresh or not exists(DEMO):
            source = template("demo")
            log = read(LOGS / f"{source}.log")
            if "demo data failed to install" in log:
                raise Problem(f"The demo data cannot be loaded:\n{_last_error(log)}")
            drop(DEMO)
            clone(source, DEMO)
        elif read(stamp) != state(ours, demo=True):
            have = installed(DEMO)
            new = [name for name in ours if name not in have]
            with step("The addon changed: upgrading the demo database"):
                # New addons need the tables of the new core.
                run_odoo(DEMO, "-u", [name for name in ours if name in have])
                if new:
                    run_odoo(DEMO, "-i", new)
        write(stamp, state(ours, demo=True))
    say(f"· the demo database is {DEMO}")
