"""The simulated floor agrees with the formulas, and with what is known of dialling."""

from dataclasses import replace
from statistics import mean

import pytest

from odoo.addons.debt_collection.tools.dialler_formulas import (
    Figures,
    by_message,
    by_operators,
    mode_in_use,
    search_time,
)
from odoo.addons.debt_collection.tools.dialler_simulation import (
    MOST_EVENTS,
    Floor,
    simulate,
)

# utilisation by answer rate: the reference table of docs/dialler.md
RATES = (0.1, 0.2, 0.3, 0.5)
REFERENCE = {
    "preview": (0.29, 0.46, 0.57, 0.70),
    "progressive": (0.45, 0.63, 0.73, 0.83),
}
PREDICTIVE = {10: (0.81, 0.82, 0.84, 0.86), 50: (0.91, 0.91, 0.92, 0.93)}


@pytest.mark.parametrize("mode", REFERENCE)
def test_the_formulas_give_the_reference_table(mode):
    found = [by_operators(mode, Figures(answer_rate=rate)) for rate in RATES]
    assert [round(one.utilisation, 2) for one in found] == list(REFERENCE[mode])


@pytest.mark.parametrize("mode", REFERENCE)
@pytest.mark.parametrize("rate", [0.1, 0.5])
def test_the_simulation_agrees_with_the_formulas(mode, rate):
    figures = Figures(operators=50, answer_rate=rate)
    expected = by_operators(mode, figures)
    found = [simulate(mode, figures, hours=8, seed=seed) for seed in range(3)]
    for name in ("utilisation", "per_hour", "wait"):
        value = mean(getattr(one, name) for one in found)
        assert value == pytest.approx(getattr(expected, name), rel=0.02), name
    assert not any(one.abandoned for one in found)


def test_the_simulation_agrees_on_voice_messages():
    figures = Figures(answer_rate=0.3, max_lines=30)
    found = simulate("voice_message", figures, hours=24)
    assert found.per_hour == pytest.approx(by_message(figures).per_hour, rel=0.02)
    assert found.utilisation is None


@pytest.mark.parametrize(("operators", "hours"), [(10, 12), (50, 4)])
def test_predictive_reaches_the_reference_within_the_cap(operators, hours):
    for rate, expected in zip(RATES, PREDICTIVE[operators], strict=True):
        figures = Figures(operators=operators, answer_rate=rate, max_lines=1000)
        found = simulate("predictive", figures, hours)
        assert found.utilisation == pytest.approx(expected, abs=0.03), rate
        assert found.abandoned <= figures.cap, rate


def test_the_busiest_floor_takes_no_longer_than_others():
    """Somebody waits for the answer on a screen: enough is enough."""
    busy = Figures(
        operators=200,
        max_lines=2000,
        answer_rate=0.02,
        talk=1,
        wrap_up=1,
        ring=1,
        failed=1,
    )
    floor = Floor("predictive", busy, 1)
    found = floor.run(1800)
    assert floor._order < 1.1 * MOST_EVENTS
    assert 0 < found.utilisation <= 1
    assert found.per_hour == pytest.approx(20 * 3600 / 200, rel=0.25)


def test_the_same_seed_gives_the_same_day():
    figures = Figures(operators=6)
    first = simulate("predictive", figures, hours=1, seed=5)
    assert simulate("predictive", figures, hours=1, seed=5) == first
    assert simulate("predictive", figures, hours=1, seed=6) != first


def test_a_small_team_is_dialled_for_progressively():
    figures = Figures(operators=4)
    found = simulate("predictive", figures, hours=2)
    assert found == simulate("progressive", figures, hours=2)
    assert mode_in_use("predictive", figures) == "progressive"
    assert mode_in_use("predictive", replace(figures, operators=5)) == "predictive"


def test_a_stricter_cap_costs_conversations():
    figures = Figures(operators=10, answer_rate=0.1, max_lines=1000)
    loose = simulate("predictive", figures)
    strict = simulate("predictive", replace(figures, cap=0.01))
    assert strict.abandoned <= 0.01 < loose.abandoned
    assert strict.per_hour < loose.per_hour


def test_few_lines_hold_predictive_back():
    figures = Figures(operators=10, answer_rate=0.1)
    narrow = simulate("predictive", replace(figures, max_lines=10))
    assert narrow.per_hour < simulate("predictive", figures).per_hour * 0.95


def test_there_is_no_formula_for_predictive():
    with pytest.raises(ValueError, match="predictive"):
        search_time("predictive", Figures())
