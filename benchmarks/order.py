"""The order of the queue: by expected gain, beside age times amount."""

import argparse
import importlib.util
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# The tools know nothing of Odoo: they are imported without it.
sys.path.insert(0, str(ROOT / "debt_collection"))

from tools.queue_simulation import (  # noqa: E402
    ByAgeAndAmount,
    ByGain,
    compare,
    simulate,
)

SEEDS = 12
#: At least so much more is to be collected in an hour of an operator.
BAR = 1.2
NEEDED = ("days", "hours", "operators", "owing", "call", "paid")


def main():
    """A line for each world; the exit code says whether all are above the bar."""
    options = arguments()
    found = worlds(options.world)
    names = [(options.world, name, seed) for name in found for seed in seeds(options)]
    with ProcessPoolExecutor() as pool:
        pairs = dict(zip(names, pool.map(pair, names), strict=True))
    print(f"{'world':<16}{'age × amount':>14}{'by gain':>10}{'factor':>9}  interval")
    below = 0
    for name in found:
        of_world = [pairs[options.world, name, seed] for seed in seeds(options)]
        result = compare(of_world)
        before, after = (
            sum(one) / len(of_world) for one in zip(*of_world, strict=True)
        )
        mark = "" if result.factor >= BAR else "  below the bar"
        below += result.factor < BAR
        print(
            f"{name:<16}{before:>14.1f}{after:>10.1f}{result.factor:>9.2f}"
            f"  {result.low:.2f} to {result.high:.2f}{mark}"
        )
    print(f"collected per operator hour, mean of {options.seeds} seeds; 95 % interval")
    if options.coverage:
        for name in found:
            print(f"{name:<16}{coverage(options, name)}")
    return bool(below)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--world",
        metavar="FILE",
        help="a Python file with classes that have what "
        "tools/queue_simulation.py:World asks for",
    )
    parser.add_argument("--seeds", type=int, default=SEEDS)
    parser.add_argument(
        "--coverage",
        type=int,
        default=0,
        metavar="N",
        help="repeat it N times with other seeds: how often does the interval cover "
        "the mean of all?",
    )
    options = parser.parse_args()
    if options.seeds < 2:
        parser.error("an interval needs two seeds at least")
    return options


def seeds(options, first=0):
    return range(first, first + options.seeds)


def worlds(path):
    """The classes of a file that are worlds, by name.

    :raises SystemExit: there are none
    """
    path = Path(path) if path else Path(__file__).with_name("order_worlds.py")
    if not path.exists():
        sys.exit(f"There is no file {path}.")
    spec = importlib.util.spec_from_file_location("order_world", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    if hasattr(module, "WORLDS"):
        return {one.__name__: one for one in module.WORLDS}
    found = {
        name: one
        for name, one in vars(module).items()
        if isinstance(one, type) and all(hasattr(one, part) for part in NEEDED)
    }
    if not found:
        sys.exit(f"No class in {path} has all of: {', '.join(NEEDED)}.")
    return found


def pair(job):
    """What an hour brings in a world: by age times amount, and by gain."""
    path, name, seed = job
    made = worlds(path)[name]
    return tuple(
        simulate(made(seed), order, seed).per_hour for order in (ByAgeAndAmount, ByGain)
    )


def coverage(options, name):
    """How often the interval of some seeds covers the mean of all."""
    jobs = [
        [(options.world, name, seed) for seed in seeds(options, 1000 * n)]
        for n in range(1, options.coverage + 1)
    ]
    with ProcessPoolExecutor() as pool:
        pairs = list(pool.map(pair, sum(jobs, [])))
    truth = compare(pairs).factor
    size = options.seeds
    parts = [compare(pairs[n : n + size]) for n in range(0, len(pairs), size)]
    covered = sum(one.low <= truth <= one.high for one in parts)
    return f"the interval covers the mean of all in {covered} of {len(parts)} runs"


if __name__ == "__main__":
    sys.exit(main())
