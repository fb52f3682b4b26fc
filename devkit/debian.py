"""Debian's packages: installed where a program is missing, or only unpacked."""

import os
import re
import shutil
import subprocess

from .base import DEV, LOGS, Problem, call, exists_command, say, step

CACHE = DEV / "debian"
#: What somebody may have instead of a package.
INSTEAD = {
    "odoo-19": "ODOO_HOME at a checkout of Odoo's branch 19.0",
    "asterisk": "ASTERISK_ROOT at a folder in which Asterisk and SIPp are unpacked",
}
KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"
#: PostgreSQL's package would start a server of its own, which nobody asked for.
NO_MAIN_CLUSTER = "/etc/postgresql-common/createcluster.d/debt-collection.conf"


def install(*packages):
    """Install packages with apt-get, saying so; only ever called for missing ones."""
    names = " ".join(packages)
    if not shutil.which("apt-get"):
        raise Problem(f"Missing on this system: {names}. Install it and try again.")
    sudo = [] if os.geteuid() == 0 else ["sudo"]
    if sudo and not shutil.which("sudo"):
        raise Problem(f"Ask an administrator for: apt-get install {names}")
    say(f"· this system lacks: {names}")
    if sudo and not exists_command(["sudo", "-n", "true"]):
        subprocess.run(["sudo", "-v"], check=False)
    script = (
        f"mkdir -p {os.path.dirname(NO_MAIN_CLUSTER)}"
        f" && echo 'create_main_cluster = false' > {NO_MAIN_CLUSTER}"
        " && apt-get update -qq"
        f" && apt-get install -y -qq --no-install-recommends {names};"
        f" code=$?; rm -f {NO_MAIN_CLUSTER}; exit $code"
    )
    command = [*sudo, "env", "DEBIAN_FRONTEND=noninteractive", "sh", "-c", script]
    with step(f"apt-get install {names}"):
        call(command, f"apt-get could not install {names}:", LOGS / "apt.log")


def fetch(packages, folder):
    """Download packages of Debian unstable or 13, checked by apt, and unpack them.

    A private apt root is used: a system must not get packages of another release.
    """
    downloads = CACHE / "packages"
    downloads.mkdir(parents=True, exist_ok=True)
    apt = _private_apt()
    with step("Reading Debian's package lists"):
        call([*apt, "update"], _not_to_be_had(packages[0]), LOGS / "apt.log")
    names = [name.partition("/")[0] for name in packages]
    with step(f"Downloading {' '.join(names)}"):
        call(
            [*apt, "download", *packages],
            _not_to_be_had(packages[0]),
            LOGS / "apt.log",
            cwd=downloads,
        )
    with step("Unpacking"):
        for name in names:
            newest = max(downloads.glob(f"{name}_*.deb"), key=os.path.getmtime)
            call(["dpkg", "-x", newest, folder], f"{newest} is damaged: remove it.")


def needed_by(*packages):
    """What these packages of Debian unstable need on a system that has nothing yet."""
    apt = _private_apt()
    nothing = CACHE / "nothing"
    nothing.write_text("")
    with step("Reading Debian's package lists"):
        call([*apt, "update"], _not_to_be_had(packages[0]), LOGS / "apt.log")
    simulate = [f"-oDir::State::status={nothing}", "-s", "-y", "install"]
    found = call(
        [*apt, "--no-install-recommends", *simulate, *packages],
        _not_to_be_had(packages[0]),
    )
    return re.findall(r"^Inst (\S+)", found, re.MULTILINE)


def _private_apt():
    """`apt-get` with lists and a cache of its own."""
    if not (shutil.which("apt-get") and os.path.exists(KEYRING)):
        raise Problem(_not_to_be_had("odoo-19"))
    lists, cache = CACHE / "lists", CACHE / "cache"
    for path in (lists, cache):
        (path / "partial").mkdir(parents=True, exist_ok=True)
    sources = CACHE / "sources.list"
    # A mirror that lags behind may serve an index past its date: signatures count.
    line = f"deb [signed-by={KEYRING} valid-until-min=7776000] {mirror()} %s main\n"
    sources.write_text(line % "unstable" + line % "trixie")
    options = {
        "Dir::Etc::SourceList": sources,
        "Dir::Etc::SourceParts": "/dev/null",
        "Dir::State::Lists": lists,
        "Dir::Cache": cache,
        "APT::Sandbox::User": "root",
        "Acquire::Languages": "none",
        "Acquire::IndexTargets::deb::DEP-11::DefaultEnabled": "false",
    }
    return ["apt-get", "-q", *(f"-o{key}={value}" for key, value in options.items())]


def mirror():
    """Debian's mirror as this machine knows it, or as DEBIAN_MIRROR says."""
    if named := os.environ.get("DEBIAN_MIRROR"):
        return named
    targets = call(
        ["apt-get", "indextargets", "--format", "$(REPO_URI)", "Created-By: Packages"],
        "apt-get does not know its own sources; name a mirror in DEBIAN_MIRROR.",
    )
    for uri in targets.split():
        if uri.rstrip("/").endswith("/debian"):
            return uri
    raise Problem(_not_to_be_had("odoo-19"))


def _not_to_be_had(package):
    return (
        f"Debian's package {package} is not to be had here. Point DEBIAN_MIRROR at a"
        f" Debian mirror, or {INSTEAD.get(package, INSTEAD['odoo-19'])}."
    )


def ensure_browser():
    """Chromium, for browser tests and pictures."""
    if not any(map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))):
        install("chromium", "fonts-liberation")
