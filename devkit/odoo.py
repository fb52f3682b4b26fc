"""Where Odoo 19 comes from: the one you have, or else Debian's package."""

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from . import debian
from .base import DEV, Problem, digest, read, say, write

HOME = DEV / "odoo"
PACKAGE = "odoo-19"
#: Debian's Odoo links fonts and scripts from these packages, as they are in Debian 13:
#: the icons are those of Font Awesome 4, which unstable has left behind.
ASSETS = tuple(
    f"{name}/trixie"
    for name in (
        "fonts-font-awesome",
        "fonts-inconsolata",
        "fonts-montserrat",
        "fonts-ocr-b",
        "fonts-roboto-unhinted",
        "libjs-jquery",
        "libjs-jquery-form",
        "libjs-underscore",
    )
)
#: Blurs the background of video calls: Debian leaves it out, the client asks for it.
BLUR = "mail/static/lib/selfie_segmentation/selfie_segmentation.js"


@dataclass(frozen=True)
class Odoo:
    """A folder to import `odoo` from, and the Python that has its requirements."""

    path: Path
    python: str = sys.executable
    has_requirements: bool = False

    @property
    def addons(self):
        """Where its addons lie, in a source checkout and in a package."""
        base, community = self.path / "odoo" / "addons", self.path / "addons"
        return [base] if (base / "web").is_dir() else [base, community]


def find():
    """Odoo 19: named by ODOO_HOME, installed, or fetched, in this order."""
    if home := os.environ.get("ODOO_HOME"):
        return _from_home(Path(home).expanduser().resolve())
    return _installed() or _fetched()


def _serie(path):
    """The major version of the Odoo below `path`, or nothing."""
    text = read(path / "odoo" / "release.py")
    found = re.search(r"^version_info = \((?:'saas~)?(\d+)", text, re.MULTILINE)
    return found and int(found[1])


def _from_home(home):
    for path in (home, home / "usr/lib/python3/dist-packages"):
        if _serie(path) == 19:
            return Odoo(path)
    raise Problem(f"ODOO_HOME={home} holds no Odoo 19 (looked for odoo/release.py).")


def _installed():
    """An Odoo 19 that this system's Python, or the `odoo` on the PATH, imports."""
    script = "import odoo.release as r; print(r.version_info[0], r.__file__)"
    for python in _pythons():
        done = subprocess.run(
            [python, "-c", script], cwd="/", capture_output=True, text=True, check=False
        )
        serie, _, path = done.stdout.strip().partition(" ")
        if serie in ("19", "saas~19"):
            return Odoo(Path(path).parent.parent, python, has_requirements=True)
    return None


def _pythons():
    """Interpreters that may have an Odoo: the launcher's own comes first."""
    if launcher := shutil.which("odoo"):
        first = Path(launcher).read_bytes().split(b"\n", 1)[0].decode(errors="replace")
        words = first.removeprefix("#!").split()
        if words and words[0].startswith("/") and not words[0].endswith("env"):
            yield words[0]
    yield sys.executable
    if os.path.exists("/usr/bin/python3"):
        yield "/usr/bin/python3"


def _fetched():
    """Debian's package, unpacked below .dev and kept."""
    path = HOME / "usr/lib/python3/dist-packages"
    complete, mended = HOME / "complete", HOME / "mended"
    wanted = [] if complete.exists() else [PACKAGE]
    if read(mended) != digest(*ASSETS):
        wanted += ASSETS
    if wanted:
        debian.fetch(wanted, HOME)
        if _serie(path) != 19:
            raise Problem("Debian's odoo-19 is no Odoo 19; name yours in ODOO_HOME.")
        write(complete, "")
        _mend(path)
        write(mended, digest(*ASSETS))
    return Odoo(path)


def _mend(path):
    """Complete what Debian took out, or browser tests fail on a console error."""
    addons = path / "odoo" / "addons"
    blur = addons / BLUR
    if not blur.exists():
        write(blur, "")
    links = [link for link in addons.glob("*/static/**/*") if link.is_symlink()]
    for link in links:
        if not link.exists():
            _relink(link)
    if missing := [link.name for link in links if not link.exists()]:
        say(f"· some icons or fonts will be missing: {', '.join(missing)}")


def _relink(link):
    """Lead a dangling link to the system's own copy, where it has one."""
    target = Path("/usr/share") / os.readlink(link).partition("/share/")[2]
    if target.exists():
        link.unlink()
        link.symlink_to(target)
