"""PostgreSQL: yours if PGHOST names it, else a private server below .dev."""

import glob
import os
import pwd
import re
import shutil
import subprocess
import tempfile

from . import debian
from .base import DEV, LOGS, Problem, call, digest, exists_command, read, say, step

HOME = DEV / "postgres"
DATA = HOME / "data"
#: It holds nothing that cannot be made again, so it need not survive a power cut;
#: the rest is what a small production server would have, for honest benchmarks.
SETTINGS = {
    "listen_addresses": "",
    "max_connections": "200",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "shared_buffers": "512MB",
    "effective_cache_size": "2GB",
    "work_mem": "16MB",
    "maintenance_work_mem": "256MB",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "2GB",
    "checkpoint_timeout": "30min",
    "random_page_cost": "1.1",
}
USERS = """SELECT count(*) FROM pg_stat_activity
    WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"""


def ensure():
    """Have a server running, and lead every program we start to it."""
    if os.environ.get("PGHOST"):
        if not shutil.which("psql"):
            debian.install("postgresql-client")
        psql("SELECT 1")
        return
    binaries = _binaries()
    os.environ["PATH"] = f"{binaries}:{os.environ['PATH']}"
    socket = _socket()
    if not (HOME / "complete").exists():
        _create(binaries)
    if not _runs(binaries):
        _start(binaries, socket)
    os.environ.update(_address())


def stop(force=False):
    """Stop the private server, unless another ./dev is at work with it."""
    if not (HOME / "complete").exists() or not _runs(binaries := _binaries()):
        return
    os.environ.update(_address())
    if not force and (users := psql(USERS)[0][0]) != "0":
        say(f"· PostgreSQL goes on: {users} connections of others")
        return
    with step("Stopping PostgreSQL"):
        command = [f"{binaries}/pg_ctl", "stop", "-D", DATA, "-m", "fast"]
        call(_as_owner(command), "PostgreSQL does not stop:", cwd=HOME)
    if _socket() != HOME:
        shutil.rmtree(_socket(), ignore_errors=True)


def _address():
    return {"PGHOST": str(_socket()), "PGPORT": "5432", "PGUSER": "odoo"}


def psql(statement, database="postgres"):
    """Run one statement; the rows come as lists of texts."""
    command = ["psql", "-XAtq", "-F\t", "-v", "ON_ERROR_STOP=1", "-d", database]
    rows = call([*command, "-c", statement], "PostgreSQL refused:")
    return [line.split("\t") for line in rows.splitlines()]


def _binaries():
    """The folder with initdb and pg_ctl, of the version that made our data."""
    if found := _installed_binaries():
        return found
    if version := read(DATA / "PG_VERSION").strip():
        raise Problem(
            f"The databases in .dev were made by PostgreSQL {version}, which is gone:"
            " install it again, or start over with ./dev clean."
        )
    debian.install("postgresql")
    if found := _installed_binaries():
        return found
    raise Problem(
        "PostgreSQL's programs (initdb, pg_ctl) are not found on this system."
    )


def _installed_binaries():
    folders = glob.glob("/usr/lib/postgresql/*/bin")
    folders.sort(key=lambda path: float(path.split("/")[4]), reverse=True)
    if initdb := shutil.which("initdb"):
        folders.append(os.path.dirname(initdb))
    made = read(DATA / "PG_VERSION").strip()
    for folder in folders:
        if os.path.exists(f"{folder}/initdb") and made in ("", _version(folder)):
            return folder
    return None


def _version(folder):
    answer = call([f"{folder}/initdb", "--version"], f"{folder}/initdb does not run.")
    return re.search(r"(\d+)(\.\d+)?\s*(\(|$)", answer)[1]


def _socket():
    """A folder for the socket; its path may have some hundred characters only."""
    if len(str(HOME)) < 80:
        return HOME
    return f"{tempfile.gettempdir()}/debt-collection-{digest(str(HOME))}"


def _owner():
    """Who runs the server: PostgreSQL refuses to run as root."""
    if os.geteuid():
        return None
    for name in ("postgres", os.environ.get("SUDO_USER"), "nobody"):
        try:
            user = pwd.getpwnam(name or "root")
        except KeyError:
            continue
        if user.pw_uid:
            return user
    raise Problem("PostgreSQL refuses to run as root: run ./dev as an ordinary user.")


def _as_owner(command):
    """The command as the server's user, even below a folder closed to him (/root)."""
    user = _owner()
    if not user:
        return command
    become = ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}"]
    become.append("--clear-groups")
    if not exists_command([*become, "env", "-C", HOME, "true"]):
        become += ["--inh-caps=+dac_override", "--ambient-caps=+dac_override"]
        if not exists_command([*become, "env", "-C", HOME, "true"]):
            raise Problem(
                f"The user {user.pw_name}, who must run PostgreSQL, cannot enter"
                f" {DEV}: move the checkout to a folder that everybody may enter."
            )
    return [*become, "env", f"HOME={HOME}", *command]


def _make_folder(path):
    os.makedirs(path, mode=0o700, exist_ok=True)
    if user := _owner():
        os.chown(path, user.pw_uid, user.pw_gid)


def _create(binaries):
    shutil.rmtree(HOME, ignore_errors=True)
    _make_folder(HOME)
    command = [f"{binaries}/initdb", "-D", DATA, "-U", "odoo", "--auth=trust"]
    command += ["--encoding=UTF8", "--locale=C.UTF-8", "--lc-collate=C", "--no-sync"]
    with step("Making a private PostgreSQL server in .dev/postgres"):
        call(
            _as_owner(command),
            "initdb failed:",
            LOGS / "initdb.log",
            cwd=HOME,
        )
    (HOME / "complete").touch()


def _runs(binaries):
    command = _as_owner([f"{binaries}/pg_ctl", "status", "-D", str(DATA)])
    return exists_command(command)


def _start(binaries, socket):
    _make_folder(socket)
    settings = SETTINGS | {"unix_socket_directories": str(socket)}
    options = " ".join(f"-c {name}='{value}'" for name, value in settings.items())
    log = HOME / "server.log"
    command = [
        f"{binaries}/pg_ctl",
        "start",
        "-w",
        "-D",
        DATA,
        "-l",
        log,
        "-o",
        options,
    ]
    with step("Starting PostgreSQL"):
        done = subprocess.run(
            [str(part) for part in _as_owner(command)],
            cwd=HOME,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            check=False,
        )
    if done.returncode:
        raise Problem(f"PostgreSQL does not start; why stands in {log}.")
