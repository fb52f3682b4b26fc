"""What a piece of work costs: seconds, statements, peak memory of this process."""

import gc
import time
from contextlib import contextmanager

from odoo import sql_db

MIB = 1024  # /proc gives kB


def _resident(key):
    """A line of the process's own memory account, in MiB."""
    with open("/proc/self/status") as status:
        for line in status:
            if line.startswith(key):
                return int(line.split()[1]) / MIB
    return 0.0


def _forget_peak():
    """Start the high-water mark anew; where the kernel forbids it, it stays."""
    try:
        with open("/proc/self/clear_refs", "w") as clear:
            clear.write("5")
    except OSError:
        return


@contextmanager
def measured():
    """Fill the dictionary it yields when the block ends.

    ``seconds`` are of the wall, ``queries`` are counted by Odoo's own cursors, and
    ``peak_mib`` is the most this process ever held during the block, Odoo included.
    """
    gc.collect()
    _forget_peak()
    cost = {}
    queries = sql_db.sql_counter
    start = time.perf_counter()
    yield cost
    cost["seconds"] = round(time.perf_counter() - start, 4)
    cost["queries"] = sql_db.sql_counter - queries
    cost["peak_mib"] = round(_resident("VmHWM"), 1)


def quickest(costs):
    """The run that others' load disturbed least, with the highest peak of them all."""
    first = min(costs, key=lambda cost: cost["seconds"])
    return {**first, "peak_mib": max(cost["peak_mib"] for cost in costs)}
