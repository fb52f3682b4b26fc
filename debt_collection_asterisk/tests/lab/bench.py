"""What one test has on its table."""

from .fake_odoo import FakeOdoo
from .ports import until
from .process import Process


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
        self.odoo.close()
        self.pbx.clear()
