"""The laboratory's Asterisk, which browsers can register at."""

import socket
from pathlib import Path

import psutil

from odoo.addons.debt_collection_asterisk.tests.lab import pbx, ports


class Exchange(pbx.Pbx):
    """Asterisk with an operator's softphone and a carrier behind it."""

    configuration = (*pbx.Pbx.configuration, Path(__file__).with_name("conf"))
    password = pbx.PASSWORD

    def __init__(self, root, folder, carrier, login):
        """:param int carrier: port of the telephone that answers for all numbers"""
        ours, _theirs = ports.for_voices()
        super().__init__(root, folder, carrier, ours)
        self._values |= {"login": login, "candidates": "\n".join(_candidates())}

    @property
    def websocket(self):
        """Where the softphone registers."""
        return f"ws://127.0.0.1:{self.http}/ws"


def _candidates():
    """What this machine's addresses are to be called towards browsers."""
    for addresses in psutil.net_if_addrs().values():
        for address in addresses:
            if address.family == socket.AF_INET:
                yield f"{address.address} => 127.0.0.1"
