"""What each dialling mode yields, over answer rates and team sizes."""

import argparse
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import dialler_plot

ROOT = Path(__file__).resolve().parent.parent
# The tools know nothing of Odoo: they are imported without it.
sys.path.insert(0, str(ROOT / "debt_collection"))

from tools.dialler_formulas import Figures, by_message, by_operators  # noqa: E402
from tools.dialler_simulation import simulate  # noqa: E402
from tools.pacing import MODES, PREDICTIVE, VOICE_MESSAGE  # noqa: E402

RATES = (0.1, 0.2, 0.3, 0.5)
TEAMS = (3, 5, 10, 20, 50)
LINES = 1000
# Conversations of a simulation: many where a formula is to be met within 2 %.
CONVERSATIONS, FEWER = 20_000, 5000
TOLERANCE = 0.02
# Utilisation and abandoned by answer rate. The last is quoted, not measured: what an
# earlier simulation of VICIdial's rule found, with the same talk, wrap-up and cap.
REFERENCE = {
    "predictive, 10 operators": ((0.81, 3.0), (0.82, 2.4), (0.84, 2.4), (0.86, 1.7)),
    "predictive, 50 operators": ((0.91, 1.7), (0.91, 1.7), (0.92, 1.4), (0.93, 1.6)),
    "VICIdial TAPERED, 20 (quoted)": (
        (0.52, 2.6),
        (0.66, 2.3),
        (0.74, 2.0),
        (0.84, 1.7),
    ),
}
HEADING = (
    "mode            team  answers  utilisation  conv/h  wait s  abandoned  formula"
)


def main():
    """The table, the plot, and whether formulas and simulation agree."""
    options = arguments()
    cells = [(mode, team, rate) for rate in RATES for team in TEAMS for mode in MODES]
    with ProcessPoolExecutor() as pool:
        futures = [pool.submit(cell, *one, options.seed) for one in cells]
        found = dict(zip(cells, (future.result() for future in futures), strict=True))
    print(HEADING)
    apart = 0.0
    for one, result in found.items():
        formula = expected(*one)
        print(row(*one, result, formula))
        if formula:
            apart = max(apart, abs(result.per_hour / formula.per_hour - 1))
    print_reference(found)
    options.plot.write_text(dialler_plot.draw(found, RATES, TEAMS))
    most = max(result.abandoned for result in found.values())
    print(f"\nFormulas and simulation differ by at most {apart:.1%} (2 % allowed),")
    print(f"at most {most:.1%} of the live answers were abandoned (3 % allowed).")
    print(f"Plot: {options.plot}")
    return int(apart > TOLERANCE or most > Figures.cap)


def arguments():
    parser = argparse.ArgumentParser(prog="./dev bench dialler", description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    plot = ROOT / "docs" / "images" / "dialler.svg"
    parser.add_argument("--plot", type=Path, default=plot, help="an SVG file")
    return parser.parse_args()


def figures(mode, team, rate):
    """The team of a cell; voice messages have a line for each operator's place."""
    lines = team if mode == VOICE_MESSAGE else LINES
    return Figures(operators=team, answer_rate=rate, max_lines=lines)


def cell(mode, team, rate, seed):
    """One simulation, of about as many conversations whatever the team."""
    conversations = FEWER if mode in (PREDICTIVE, VOICE_MESSAGE) else CONVERSATIONS
    hours = max(4, conversations / team / 15)
    return simulate(mode, figures(mode, team, rate), hours, seed)


def expected(mode, team, rate):
    """The formula's yield, None where there is no formula."""
    if mode == PREDICTIVE:
        return None
    by_formula = figures(mode, team, rate)
    if mode == VOICE_MESSAGE:
        return by_message(by_formula)
    return by_operators(mode, by_formula)


def row(mode, team, rate, result, formula):
    """A line of the table."""
    apart = f"{result.per_hour / formula.per_hour - 1:+8.1%}" if formula else ""
    if result.utilisation is None:
        team, used, wait = f"{team} lines", "", ""
    else:
        used, wait = f"{result.utilisation:.2f}", f"{result.wait:.0f}"
    return (
        f"{mode:<14}{team:>8}{rate:>8.0%} {used:>12}{result.per_hour:>8.1f}"
        f"{wait:>8}{result.abandoned:>10.1%} {apart}"
    )


def print_reference(found):
    """What was found elsewhere, beside what was found here."""
    print("\nReference: utilisation (abandoned %)" + " " * 14, end="")
    print("".join(f"p={rate:<10}" for rate in RATES))
    for name, values in REFERENCE.items():
        print(f"  {name:<48}" + "".join(f"{u:.2f} ({a})  " for u, a in values))
    for team in (10, 20, 50):
        ours = [found[PREDICTIVE, team, rate] for rate in RATES]
        text = "".join(f"{r.utilisation:.2f} ({100 * r.abandoned:.1f})  " for r in ours)
        print(f"  {f'here: predictive, {team} operators':<48}{text}")


if __name__ == "__main__":
    sys.exit(main())
