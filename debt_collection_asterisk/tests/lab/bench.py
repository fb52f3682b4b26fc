"""The laboratory itself, and what one test has on its table."""

import contextlib
import sys

from devkit import asterisk

from .fake_odoo import FakeOdoo
from .network import Network
from .pbx import Pbx
from .ports import for_voices, until
from .process import Process


@contextlib.contextmanager
def telephony(folder, network_class=Network):
    """Asterisk and the network behind it."""
    root = asterisk.ensure()
    ours, theirs = for_voices()
    sipp = asterisk.program(root, "sipp")
    network = network_class(sipp, folder / "network", theirs)
    pbx = Pbx(root, folder / "pbx", network.port, ours)
    try:
        network.start()
        pbx.start()
        yield pbx, network
    finally:
        pbx.kill()
        network.stop()


class Lab:
    """Odoo, the dialler, the PBX and the network."""

    def __init__(self, pbx, network, folder, **settings):
        self.pbx, self.network = pbx, network
        self.odoo = FakeOdoo()
        self.dialler = Process(folder / "dialler", pbx, self.odoo, **settings)

    def start(self):
        """Start the dialler and wait until it works."""
        self.dialler.start()
        until(lambda: self.odoo.pbx_up, 15, "the dialler is at work")
        return self

    def close(self):
        """Leave the table clean for the next test."""
        self.dialler.kill()
        # Shown where a test fails.
        if self.dialler.log.exists():
            sys.stdout.write(self.dialler.log.read_text())
        self.odoo.close()
        self.pbx.clear()
        assert not self.odoo.gaps(), self.odoo.events
