"""A predictive campaign with many operators: what comes of it is counted."""

import threading
import time
from collections import Counter, defaultdict
from datetime import datetime
from statistics import fmean

from . import network
from .ports import PATIENCE, until

CAMPAIGN = 1
#: Of ten phones so many are picked up, the others ring, are busy or out of reach.
MIX = (
    network.CHATS,
    network.CHATS,
    network.CHATS,
    network.RINGS,
    network.BUSY,
    network.RINGS,
    network.OFF,
    network.DECLINES,
    network.RINGS,
    network.UNKNOWN,
)


class Crowd:
    """Operators, debtors, and the figures of their campaign."""

    def __init__(self, lab, operators, mode="predictive", wrapup=1.0, cap=0.03):
        self.lab, self.odoo = lab, lab.odoo
        self._operators, self._wrapup = operators, wrapup
        self._numbers = {}
        self.odoo.campaign(CAMPAIGN, mode, max_lines=3 * operators, abandon_cap=cap)
        for user_id in range(1, operators + 1):
            endpoint = f"PJSIP/9{user_id:03}{network.OPERATOR}@trunk"
            self.odoo.operator(user_id, endpoint, CAMPAIGN)
        self.odoo.wrapup = wrapup
        self._samples = []

    def queue(self, count):
        """So many debtors wait to be dialled."""
        for call_id in range(1, count + 1):
            number = f"+3248{call_id:06}{MIX[call_id % len(MIX)]}"
            self._numbers[call_id] = number
            self.odoo.job(
                call_id,
                number,
                mode="predictive",
                campaign_id=CAMPAIGN,
                ring_seconds=5,
                max_seconds=60,
            )

    def work(self, seconds, talks=0):
        """Let them work; each half second it is noted how many talk.

        :param talks: conversations that are waited for, on a busy machine for longer
        """
        self.lab.start()
        operators = self.odoo.operators
        until(
            lambda: list(self.odoo.lines.values()).count("up") == len(operators),
            30,
            lambda: f"all wait on their lines {self.odoo.lines}",
        )
        ticker, begin = threading.Event(), time.monotonic()
        while (spent := time.monotonic() - begin) < PATIENCE * seconds:
            if spent > seconds and self._talks() >= talks:
                break
            ticker.wait(0.5)
            with self.odoo.lock:
                states = Counter(o["state"] for o in operators.values())
            self._samples.append(states["talking"] + states["wrapup"])
        with self.odoo.lock:
            self.odoo.campaigns[CAMPAIGN]["running"] = False
        until(self._quiet, 60, lambda: f"all calls end ({self._open()})")

    def _talks(self):
        return sum(event["kind"] == "bridged" for event in list(self.odoo.order))

    def _open(self):
        with self.odoo.lock:
            known = self.odoo.status.items()
            return [
                call_id for call_id, state in known if state in ("leased", "dialing")
            ]

    def _quiet(self):
        return not self._open()

    def figures(self):
        """Counts and shares of the whole shift."""
        told = [
            (event["call_id"], event["kind"], event["values"])
            for event in self.odoo.order
        ]
        kinds = Counter(kind for _call, kind, _values in told)
        live = kinds["bridged"] + kinds["abandoned"]
        steady = self._samples[len(self._samples) // 3 :]
        busy = sum(steady) / max(1, len(steady)) / self._operators
        rang = self.lab.network.all_that_rang()
        twice = [n for n in self._numbers.values() if rang[n.lstrip("+")] > 1]
        return {
            "dialled": kinds["dialing"],
            "answered": kinds["answered"],
            "bridged": kinds["bridged"],
            "abandoned": kinds["abandoned"],
            "abandoned_share": kinds["abandoned"] / max(1, live),
            "utilisation": busy,
            "dialled_twice": len(twice),
        }

    def means(self):
        """What the calls were like: the simulator's figures, times in seconds."""
        calls = defaultdict(dict)
        for event in self.odoo.order:
            at = datetime.fromisoformat(event["at"])
            calls[event["call_id"]].setdefault(event["kind"], at)

        def mean(start, end, without=None):
            return fmean(
                (call[end] - call[start]).total_seconds()
                for call in calls.values()
                if start in call and end in call and without not in call
            )

        dialled = [call for call in calls.values() if "dialing" in call]
        return {
            "operators": self._operators,
            "answer_rate": sum("answered" in call for call in dialled) / len(dialled),
            "talk": mean("bridged", "ended"),
            "wrap_up": self._wrapup,
            "ring": mean("dialing", "answered"),
            "failed": mean("dialing", "ended", without="answered"),
            "max_lines": 3 * self._operators,
        }
