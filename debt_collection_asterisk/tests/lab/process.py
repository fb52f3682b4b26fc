"""The dialler as its own process, which tests kill and start again."""

import os
import sys
from pathlib import Path

from . import child
from .pbx import PASSWORD

ADDON = Path(__file__).parents[2]


class Process:
    """`python3 -m dialler` with a state folder that outlives it.

    `odoo` is anything with a `url`, a `key`, a `secret` and the name of a `database`.
    """

    def __init__(self, folder, pbx, odoo, **settings):
        self.folder = Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.log = self.folder / "log"
        self._process = None
        config = f"""
[odoo]
url = "{odoo.url}"
database = "{odoo.database}"
key = "{odoo.key}"
secret = "{odoo.secret}"

[pbx]
url = "{settings.get("url", pbx.url)}"
password = "{PASSWORD}"
dial = "{settings.get("dial", "PJSIP/{digits}@trunk")}"
dials_per_second = {settings.get("dials_per_second", 20)}
operator_ring = {settings.get("operator_ring", 8)}
incoming_endpoint = "{settings.get("incoming_endpoint", "")}"

[process]
state = "{self.folder}/state"
sync = 0.2
"""
        (self.folder / "dialler.toml").write_text(config)

    def start(self):
        """Start it."""
        command = [sys.executable, "-m", "dialler", "--config"]
        path = (str(ADDON), os.environ.get("PYTHONPATH"))
        self._process = child.start(
            [*command, self.folder / "dialler.toml"],
            self.log,
            env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, path))},
        )
        return self

    @property
    def alive(self):
        """Whether it runs."""
        return self._process is not None and self._process.poll() is None

    def kill(self):
        """As if it were struck by lightning."""
        if self.alive:
            self._process.kill()
            self._process.wait()

    def stop(self, seconds=90):
        """Ask it to stop; its exit code."""
        self._process.terminate()
        return self._process.wait(seconds)

    def wait(self, seconds=90):
        """Its exit code, once it ends by itself."""
        return self._process.wait(seconds)
