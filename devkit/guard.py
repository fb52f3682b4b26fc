"""A pytest plugin: what Odoo only logs, or only skips, fails here."""

import json
import logging
import os
from pathlib import Path
from zlib import crc32

import pytest

from .verdict import concerns

ADDONS = os.environ["DEV_ADDONS"].split(",")
#: Which share of the tests is run here: those with a browser, one half of the others
#: by file, or all.
SHARE = os.environ.get("DEV_SHARE", "all")
HALVES = ("even", "odd")


class Collector(logging.Handler):
    """Keeps the warnings that concern our addons.

    Those that a test expects never arrive: `assertLogs` and `mute_logger` stop them.
    """

    def __init__(self):
        super().__init__(logging.WARNING)
        self.messages = []

    def emit(self, record):
        """Keep a record about us."""
        message = record.getMessage()
        if concerns(record.name, message, ADDONS):
            self.messages.append(f"{record.levelname} {record.name}: {message}")

    def take(self):
        """The messages since the last call."""
        messages, self.messages = self.messages, []
        return messages


collector = Collector()


def pytest_sessionstart():
    """Listen before the registry is loaded."""
    logging.getLogger().addHandler(collector)


def pytest_collection_modifyitems(items):
    """Leave out what another process runs at the same time."""
    if SHARE in ("browser", *HALVES):
        items[:] = [item for item in items if _share(item) == SHARE]


def _share(item):
    if hasattr(item.cls, "browser_js"):
        return "browser"
    return HALVES[crc32(item.path.name.encode()) % 2]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item):
    """Fail a test that let a warning through, or skipped for want of a browser."""
    report = yield
    if messages := collector.take():
        report.outcome = "failed"
        report.longrepr = "\n".join(
            ["Logged, and expected by no test (assertLogs, mute_logger):", *messages]
        )
    elif report.skipped and _share(item) == "browser":
        report.outcome = "failed"
        report.longrepr = f"A browser test must not be skipped: {report.longrepr}"
    return report


def pytest_terminal_summary(terminalreporter):
    """Leave the counts for ./dev, which adds them up."""
    stats = terminalreporter.stats
    broken = len(stats.get("failed", ())) + len(stats.get("error", ()))
    counts = {"passed": len(stats.get("passed", ())), "failed": broken}
    Path(os.environ["DEV_COUNTS"]).write_text(json.dumps(counts))
