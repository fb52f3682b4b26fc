"""The databases a benchmark needs: made once by size, copied for every run.

The cluster is the one that the environment names (PGHOST, PGPORT, PGUSER), Odoo's
configuration is the file in ODOO_RC: `./dev bench` sets both.
"""

import multiprocessing
import os
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing, contextmanager

import psycopg2

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.sql_db import close_db
from odoo.tools import config

PREFIX = "debt_bench_"
#: Of databases that serve one run alone.
COPIES = f"{PREFIX}copy_"


def configure(*addons):
    """Read Odoo's configuration, quietly, with more folders of addons if need be."""
    path = ",".join([*config["addons_path"], *addons]) if addons else None
    arguments = ["-c", os.environ["ODOO_RC"], "--no-http", "--log-level=error"]
    config.parse_config([*arguments, *(["--addons-path", path] if path else [])])


def in_own_process(work, *arguments):
    """The result of some work done in a process of its own, whose memory goes with it.

    What was loaded to prepare a measurement must not be there when it is made.
    """
    fork = multiprocessing.get_context("fork")
    with ProcessPoolExecutor(1, mp_context=fork) as pool:
        return pool.submit(work, *arguments).result()


@contextmanager
def server(database="postgres"):
    """A connection outside of transactions, as CREATE DATABASE and VACUUM want it."""
    with closing(psycopg2.connect(dbname=database)) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            yield cursor


def note(name):
    """What was noted on a database, None when there is no such database."""
    with server() as cursor:
        cursor.execute(
            "SELECT coalesce(shobj_description(oid, 'pg_database'), '')"
            "  FROM pg_database WHERE datname = %s",
            [name],
        )
        row = cursor.fetchone()
        return row and row[0]


def create(name, source="template0"):
    """Make a database, in place of one that a broken run left."""
    drop(name)
    with server() as cursor:
        cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE "{source}"')


def close(name):
    """Let go of a database, so that it can be copied."""
    Registry.delete(name)
    close_db(name)


def drop(name):
    """Remove a database with its registry, whoever is still connected."""
    close(name)
    with server() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def finish(name, text):
    """Note on a database that it is complete, and of what."""
    with server() as cursor:
        cursor.execute(f'COMMENT ON DATABASE "{name}" IS %s', [text])


def analyze(name, *tables):
    """What autovacuum does sooner or later: visibility and statistics."""
    with server(name) as cursor:
        cursor.execute(f"VACUUM (ANALYZE) {', '.join(tables)}")


def sweep():
    """Drop the copies of runs that were killed: their process is no more."""
    with server() as cursor:
        cursor.execute(
            "SELECT datname FROM pg_database WHERE datname ~ %s",
            [f"^{COPIES}[a-z]+_[0-9]+$"],
        )
        names = [name for (name,) in cursor.fetchall()]
    for name in names:
        if not os.path.exists(f"/proc/{name.rpartition('_')[2]}"):
            drop(name)


@contextmanager
def copy(source, kind):
    """A copy of a database for one run, dropped after it."""
    sweep()
    name = f"{COPIES}{kind}_{os.getpid()}"
    create(name, source)
    try:
        yield name
    finally:
        drop(name)


def install(name, *modules):
    """Install modules into a database."""
    Registry.new(name, update_module=True, install_modules=modules, new_db_demo=False)


@contextmanager
def environment(name):
    """The superuser's environment; committed when the block ends well."""
    with Registry(name).cursor() as cursor:
        yield api.Environment(cursor, SUPERUSER_ID, {"lang": "en_US"})
