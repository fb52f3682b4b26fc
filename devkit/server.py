"""The demo server: in front, or behind with --detach."""

import json
import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request

from . import database, postgres
from .base import DEV, LOGS, Problem, read, say, step, write
from .venv import PYTHON

STATE = DEV / "server.json"
LOG = LOGS / "server.log"
#: Made by the addon's demo data; the password is the login.
LOGINS = (
    ("operator", "calls debtors, from one window"),
    ("accountant", "flags invoices, settles disputes"),
    ("manager", "sets the rules, reads the reports"),
    ("admin", "may do everything"),
)


def run(port, host, fresh, detach):
    """Serve the demo database until Ctrl-C, or until ./dev stop."""
    if running := _running():
        say(f"The demo server already runs: {running['url']} (./dev stop ends it)")
        return
    database.demo(fresh)
    if port and not _free(host, port):
        raise Problem(f"Port {port} is taken: name another with --port.")
    process, url = start(port or free_port(host), host)
    _welcome(url)
    if detach:
        say(f"It runs behind; its log is {LOG}. End it with ./dev stop.")
        return
    say("Ctrl-C ends it. (./dev stop ends PostgreSQL too.)")
    _wait(process)


def start(port, host="127.0.0.1"):
    """Start a server on the demo database and wait until it answers."""
    LOGS.mkdir(parents=True, exist_ok=True)
    command = [PYTHON, "-m", "odoo", "-c", database.CONFIG, "-d", database.DEMO]
    command += [f"--http-port={port}", f"--http-interface={host}"]
    # One threaded process serves pages and the bus on the same port.
    command += ["--workers=0", f"--db-filter=^{database.DEMO}$"]
    url = f"http://{'localhost' if host in ('127.0.0.1', '0.0.0.0') else host}:{port}"
    with step("Starting Odoo"), open(LOG, "w") as log:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, process_group=0
        )
        write(STATE, json.dumps({"pid": process.pid, "url": url}))
        _wait_for(url, process)
    return process, url


def _wait_for(url, process):
    """Until the login page is there: the first one builds the assets."""
    for _attempt in range(600):
        if process.poll() is not None:
            raise Problem(f"Odoo ended at once; why stands in {LOG}.")
        try:
            with urllib.request.urlopen(f"{url}/web/login", timeout=120):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    raise Problem(f"Odoo does not answer at {url}; its log is {LOG}.")


def _wait(process):
    try:
        process.wait()
    except KeyboardInterrupt:
        say("")
        with step("Stopping Odoo"):
            end(process.pid)
            process.wait()
    STATE.unlink(missing_ok=True)


def end(pid):
    """Ask an Odoo to stop, and wait for it."""
    os.kill(pid, signal.SIGTERM)
    for _attempt in range(100):
        if not _is_odoo(pid):
            return
        time.sleep(0.1)
    os.kill(pid, signal.SIGKILL)


def stop(force=False):
    """Stop the server and the database server."""
    if running := _running():
        with step("Stopping Odoo"):
            end(running["pid"])
    STATE.unlink(missing_ok=True)
    postgres.stop(force)


def _running():
    """What stands in the state file, if that process is still our Odoo."""
    state = json.loads(read(STATE) or "null")
    return state if state and _is_odoo(state["pid"]) else None


def _is_odoo(pid):
    try:
        with open(f"/proc/{pid}/cmdline") as file:
            return str(database.CONFIG) in file.read()
    except OSError:
        return False


def _free(host, port):
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def free_port(host="127.0.0.1", first=8069):
    """The first port, or the next one that nobody uses."""
    return next(port for port in range(first, first + 100) if _free(host, port))


def _welcome(url):
    say(f"\n  {url}\n\n  login and password")
    for login, role in LOGINS:
        say(f"    {login:<12} {role}")
    say("")
