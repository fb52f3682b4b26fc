"""A predictive campaign with simulated operators against a real Asterisk.

Twenty operators for five minutes by default: SIPp plays them and the debtors, Odoo is
faked, the dialler and Asterisk are real. The bars: nobody is dialled twice, at most
3 % of those who answer find no operator, operators talk most of the time. Beside it
stands what the simulator foretells for such calls.
"""

import argparse
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ADDON = ROOT / "debt_collection_asterisk"
CORE = ROOT / "debt_collection"
sys.path[:0] = [str(part) for part in (ROOT, CORE, ADDON, ADDON / "tests")]

from tools.dialler_formulas import Figures  # noqa: E402
from tools.dialler_simulation import simulate  # noqa: E402
from tools.pacing import PREDICTIVE  # noqa: E402

from lab.bench import Lab, telephony  # noqa: E402
from lab.crowd import Crowd  # noqa: E402

CAP = 0.03


def measure(seconds, operators):
    """The figures of one shift, and those the simulator foretells."""
    with tempfile.TemporaryDirectory() as folder, telephony(Path(folder)) as network:
        lab = Lab(*network, Path(folder))
        try:
            crowd = Crowd(lab, operators)
            crowd.queue(int(operators * seconds))
            start = time.monotonic()
            crowd.work(seconds)
            lasted = {"seconds": round(time.monotonic() - start)}
            return crowd.figures() | lasted, foretold(crowd)
        finally:
            lab.close()


def foretold(crowd):
    """What the simulator makes of calls like these."""
    figures = Figures(**crowd.means())
    found = simulate(PREDICTIVE, figures, hours=1)
    return {"utilisation": found.utilisation, "abandoned_share": found.abandoned}


def main():
    """Print the figures; fail where a bar is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=300)
    parser.add_argument("--operators", type=int, default=20)
    options = parser.parse_args()
    found, simulated = measure(options.seconds, options.operators)
    print(f"{'':<18}{'measured':>10}{'simulated':>11}")
    for name, value in found.items():
        text = f"{value:.3f}" if isinstance(value, float) else value
        beside = f"{simulated[name]:.3f}" if name in simulated else ""
        print(f"{name.replace('_', ' '):<18}{text:>10}{beside:>11}".rstrip())
    bars = found["dialled_twice"] == 0 and found["abandoned_share"] <= CAP
    return 0 if bars else 1


if __name__ == "__main__":
    sys.exit(main())
