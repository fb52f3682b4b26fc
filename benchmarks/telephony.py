"""A predictive campaign with simulated operators against a real Asterisk.

Twenty operators for five minutes by default: SIPp plays them and the debtors, Odoo is
faked, the dialler and Asterisk are real. The bars: nobody is dialled twice, at most
3 % of those who answer find no operator, operators talk most of the time.
"""

import argparse
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ADDON = ROOT / "debt_collection_asterisk"
sys.path[:0] = [str(part) for part in (ROOT, ADDON, ADDON / "tests")]

from lab.bench import Lab, telephony  # noqa: E402
from lab.crowd import Crowd  # noqa: E402

CAP = 0.03


def measure(seconds, operators):
    """The figures of one shift."""
    with tempfile.TemporaryDirectory() as folder, telephony(Path(folder)) as network:
        lab = Lab(*network, Path(folder))
        try:
            crowd = Crowd(lab, operators)
            crowd.queue(int(operators * seconds))
            start = time.monotonic()
            crowd.work(seconds)
            return crowd.figures() | {"seconds": round(time.monotonic() - start)}
        finally:
            lab.close()


def main():
    """Print the figures; fail where a bar is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=300)
    parser.add_argument("--operators", type=int, default=20)
    options = parser.parse_args()
    found = measure(options.seconds, options.operators)
    for name, value in found.items():
        text = f"{value:.3f}" if isinstance(value, float) else value
        print(f"{name.replace('_', ' '):<18}{text:>8}")
    bars = found["dialled_twice"] == 0 and found["abandoned_share"] <= CAP
    return 0 if bars else 1


if __name__ == "__main__":
    sys.exit(main())
