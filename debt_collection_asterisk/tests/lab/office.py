"""A real Odoo: a server with workers, its database, and people at their browsers."""

import os
import signal
from pathlib import Path

import psycopg2
import requests

from devkit import database, verdict
from devkit.venv import PYTHON

from . import child
from .ports import free_tcp, until

#: Odoo starts one of its own processes by this file again: `-m odoo` has none.
LAUNCHER = "import odoo.cli\n\nodoo.cli.main()\n"
#: The scheduled actions of others write mails and ask the maker for news.
OTHERS_REST = """
    UPDATE ir_cron SET active = FALSE WHERE id NOT IN (
        SELECT res_id FROM ir_model_data
         WHERE model = 'ir.cron' AND module LIKE 'debt_%')"""


class Office:
    """Odoo with two workers: they can be killed, their master starts others.

    :param str name: the database, which is written to
    """

    #: how the dialler is known here, see `Process`
    key = secret = ""

    def __init__(self, name, folder):
        self.database = name
        self.port = free_tcp()
        self.url = f"http://127.0.0.1:{self.port}"
        self._folder = Path(folder)
        self._log = self._folder / "odoo.log"
        self._seen = 0
        self._process = None
        self._eyes = self.connect()
        self._eyes.autocommit = True

    def start(self):
        """Start it and wait until it answers."""
        with self._eyes.cursor() as cursor:
            cursor.execute(OTHERS_REST)
        launcher = self._folder / "odoo"
        launcher.write_text(LAUNCHER)
        options = ["-c", database.CONFIG, "-d", self.database, "--workers=2"]
        options += [f"--db-filter=^{self.database}$", f"--http-port={self.port}"]
        options += [f"--gevent-port={free_tcp()}", "--max-cron-threads=1"]
        options += ["--log-level=warn"]
        # Workers see that their master is gone, and end too.
        self._process = child.start(
            [PYTHON, launcher, *options], self._log, "TERM", process_group=0
        )
        until(self._answers, 90, "Odoo answers")

    def _answers(self):
        if self._process.poll() is not None:
            raise AssertionError(self._log.read_text()[-2000:])
        try:
            return requests.get(f"{self.url}/web/health", timeout=5).ok
        except requests.RequestException:
            return False

    def stop(self):
        """End it with all its workers."""
        if self._process and self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        self._eyes.close()

    def complaints(self):
        """What it logged about our addons since the last call.

        A request that another got in the way of is tried again; were it not, that
        would be logged as well.
        """
        text = self._log.read_text(errors="replace")
        new, self._seen = text[self._seen :], len(text)
        found = verdict.in_log(new, database.addons())
        return [line for line in found if " odoo.sql_db: bad query" not in line]

    def kill_workers(self):
        """Kill -9 all workers at once; their master starts others."""
        master = self._process.pid
        children = Path(f"/proc/{master}/task/{master}/children").read_text().split()
        own = Path(f"/proc/{master}/cmdline").read_bytes()
        for child_pid in map(int, children):
            # Another child serves websockets; it is no copy of the master.
            if Path(f"/proc/{child_pid}/cmdline").read_bytes() == own:
                os.kill(child_pid, signal.SIGKILL)

    # --- the database -------------------------------------------------------------
    def connect(self):
        """A connection of the test's own."""
        return psycopg2.connect(dbname=self.database)

    def rows(self, statement, *values):
        """What stands in the database at this moment."""
        with self._eyes.cursor() as cursor:
            cursor.execute(statement, values)
            return cursor.fetchall()

    def value(self, statement, *values):
        """The one value of the first row, None where there is no row."""
        rows = self.rows(statement, *values)
        return rows[0][0] if rows else None


class Lock:
    """A lock of the test's own: whoever needs what it holds stops there and waits."""

    def __init__(self, office, statement, *values):
        self._office = office
        self._connection = office.connect()
        with self._connection.cursor() as cursor:
            cursor.execute(statement, values)

    def __enter__(self):
        return self

    def __exit__(self, *_error):
        self.release()

    def release(self):
        """Let them go on."""
        self._connection.close()

    def strike(self):
        """Kill the workers once a request has come as far as this."""
        until(self.reached, 30, "a request comes to the lock")
        self._office.kill_workers()

    def reached(self):
        """Whether a request waits here."""
        return self._office.value(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE %s = ANY(pg_blocking_pids(pid))",
            self._connection.info.backend_pid,
        )


class User:
    """Somebody at his browser: the requests it makes, with no more rights than his."""

    def __init__(self, office, login, password):
        self._url = office.url
        self._session = requests.Session()
        self._session.trust_env = False
        who = {"db": office.database, "login": login, "password": password}
        self.id = self._post("/web/session/authenticate", **who)["uid"]

    def call(self, model, method, *arguments, **options):
        """What a button or a view calls."""
        return self._post(
            f"/web/dataset/call_kw/{model}/{method}",
            model=model,
            method=method,
            args=arguments,
            kwargs=options,
        )

    def new(self, model, **values):
        """The id of a new record."""
        return self.call(model, "create", values)

    def find(self, model, domain, *names):
        """Records as dicts, in the order of their creation."""
        return self.call(model, "search_read", domain, names, order="id")

    def ref(self, name):
        """The id of a record that an addon brought, by its name `addon.name`."""
        addon, _, own = name.partition(".")
        return self.call("ir.model.data", "check_object_reference", addon, own)[1]

    def get(self, path):
        """A file, as bytes."""
        answer = self._session.get(f"{self._url}{path}", timeout=30)
        assert answer.ok, (path, answer.status_code)
        return answer.content

    def _post(self, path, **params):
        message = {"jsonrpc": "2.0", "method": "call", "params": params}
        answer = self._session.post(f"{self._url}{path}", json=message, timeout=60)
        result = answer.json()
        if error := result.get("error"):
            raise AssertionError(f"{path}: {error['data']['debug']}")
        return result.get("result")
