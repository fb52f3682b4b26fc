"""How many lines to dial: never more than there are, never beyond the cap."""

import importlib.util
from itertools import product
from math import comb
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.debt_collection.tools import pacing
from odoo.addons.debt_collection.tools.pacing import (
    FEW_OPERATORS,
    GRACE,
    OVER_CAP,
    Pacer,
    binomial,
    expected_abandoned,
    lines_in_flight,
)

from .test_tools_oracle import thorough

HOUR = 3600
idle = st.integers(0, 30)
busy = st.integers(0, 60)
caps = st.floats(0.001, 0.1)
# Answers of a campaign, in order: abandoned or not.
histories = st.lists(st.booleans(), max_size=60)


def _pacer(history=(), **values):
    pacer = Pacer("predictive", **values)
    for second, abandoned in enumerate(history):
        (pacer.abandoned if abandoned else pacer.connected)(second)
    return pacer


def _chance(count, number, chance):
    return comb(count, number) * chance**number * (1 - chance) ** (count - number)


@thorough
@given(
    st.integers(0, 14),
    st.integers(0, 5),
    st.integers(0, 7),
    st.floats(0.01, 1),
    st.floats(0, 1),
)
def test_the_expectation_is_the_sum_over_all_cases(lines, idle, busy, rate, chance):
    cases = product(range(lines + 1), range(busy + 1))
    expected = sum(
        _chance(lines, answers, rate)
        * _chance(busy, freed, chance)
        * max(0, answers - idle - freed)
        for answers, freed in cases
    )
    found = expected_abandoned(lines, idle, busy, rate, chance)
    assert found == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("chance", [0.001, 0.3, 0.999])
def test_probabilities_add_up_for_many_lines_too(chance):
    first, values = binomial(5000, chance)
    assert sum(values) == pytest.approx(1)
    mean = sum(number * value for number, value in enumerate(values, first))
    assert mean == pytest.approx(5000 * chance)


@thorough
@given(st.integers(1, 12), busy, st.floats(0.05, 0.9), st.floats(0.005, 0.15))
def test_one_line_more_would_miss_the_target(idle, busy, rate, target):
    chance = 0.065
    lines = lines_in_flight(idle, busy, rate, chance, target, 1000)

    def share(count):
        return expected_abandoned(count, idle, busy, rate, chance) / (count * rate)

    assert lines == idle or share(lines) <= target + 1e-9
    # The grid costs one line in fifty, or one of a few.
    more = lines + 2 + lines // 25
    assert share(more) > target - 0.0005


@thorough
@given(idle, busy, st.integers(0, 80), st.integers(1, 100), histories, caps)
def test_there_are_never_more_lines_than_allowed(
    idle, busy, in_flight, most, history, cap
):
    for mode in pacing.MODES:
        pacer = Pacer(mode, cap=cap, max_lines=most, answer_rate=0.1)
        for abandoned in history:
            (pacer.abandoned if abandoned else pacer.connected)(0)
        more = pacer.lines_to_dial(1, idle, busy, in_flight)
        assert 0 <= more <= max(0, most - in_flight)


@thorough
@given(idle, busy, histories, caps)
def test_another_free_operator_never_means_fewer_lines(idle, busy, history, cap):
    pacer = _pacer(history, cap=cap)
    fewer = pacer.lines_to_dial(100, idle, busy, 0)
    assert fewer >= min(idle, pacer.max_lines)
    assert pacer.lines_to_dial(100, idle + 1, busy, 0) >= fewer


@thorough
@given(idle, busy, histories, caps, caps)
def test_a_higher_cap_never_means_fewer_lines(idle, busy, history, one, other):
    low, high = sorted((one, other))
    fewer = _pacer(history, cap=low).lines_to_dial(100, idle, busy, 0)
    assert _pacer(history, cap=high).lines_to_dial(100, idle, busy, 0) >= fewer


def test_preview_leaves_dialling_to_the_operator():
    assert Pacer("preview").lines_to_dial(0, 4, 2, 0) == 0


def test_progressive_dials_one_line_for_each_free_operator():
    assert Pacer("progressive").lines_to_dial(0, 4, 2, 1) == 3
    assert Pacer("progressive").lines_to_dial(0, 4, 2, 6) == 0


def test_voice_messages_need_no_operator():
    assert Pacer("voice_message", max_lines=12).lines_to_dial(0, 0, 0, 5) == 7


def test_an_unknown_mode_is_refused():
    with pytest.raises(ValueError, match="aggressive"):
        Pacer("aggressive")


def test_four_operators_get_progressive_and_are_told_so():
    pacer = Pacer("predictive", answer_rate=0.1)
    assert pacer.lines_to_dial(0, 2, 2, 0) == 2
    assert pacer.reason == FEW_OPERATORS
    assert pacer.lines_to_dial(1, 2, 3, 0) > 5
    assert pacer.reason is None


def test_above_the_cap_nothing_is_dialled_ahead_until_the_day_is_over():
    pacer = Pacer("predictive", cap=0.03)
    for second in range(GRACE + 1):
        pacer.abandoned(second)
    assert pacer.lines_to_dial(100, 3, 17, 0) == 3
    assert pacer.reason == OVER_CAP
    assert pacer.stats(100)["abandoned_day"] == GRACE + 1
    for second in range(300):
        pacer.connected(100 + second)
    assert pacer.lines_to_dial(400, 3, 17, 0) > 3  # 9 of 309
    pacer.abandoned(401)
    assert pacer.lines_to_dial(401, 3, 17, 0) == 3
    assert pacer.lines_to_dial(25 * HOUR, 3, 17, 0) > 3


def test_the_target_follows_what_was_measured():
    pacer = Pacer("predictive", cap=0.03)
    assert pacer.target(0) == pytest.approx(0.03)
    for second in range(70):
        pacer.connected(second)
    assert pacer.target(70) == pytest.approx(0.06 - 0.9 / 100)
    for second in range(10):
        pacer.abandoned(70 + second)
    assert pacer.target(80) == pytest.approx(0.002)


def test_the_answer_rate_is_learnt():
    pacer = Pacer("predictive", answer_rate=0.5)
    before = pacer.lines_to_dial(0, 4, 8, 0)
    for second in range(400):
        pacer.dialled(second)
        (pacer.failed if second % 10 else pacer.answered)(second, 12)
    stats = pacer.stats(400)
    assert stats["answer_rate"] == pytest.approx(0.1, abs=0.03)
    assert stats["ring"] == pytest.approx(12, abs=0.5)
    assert stats["dials"] == 400
    assert pacer.lines_to_dial(400, 4, 8, 0) > 2 * before


def test_longer_talks_mean_fewer_lines():
    pacer = Pacer("predictive", handling=60)
    before = pacer.lines_to_dial(0, 3, 20, 0)
    for second in range(200):
        pacer.talk_ended(second, 300)
    assert pacer.lines_to_dial(200, 3, 20, 0) < before


def test_a_question_never_asked_before_is_answered_in_a_millisecond():
    asked = [(free, 60 - free, rate / 100) for free in range(10) for rate in (6, 9, 25)]
    pacing._largest.cache_clear()
    pacing.excess.cache_clear()
    binomial.cache_clear()
    begun = process_time()
    for free, busy, rate in asked:
        lines_in_flight(free, busy, rate, 0.065, 0.03, 1000)
    assert process_time() - begun < 0.001 * len(asked)


def test_the_dialler_process_loads_the_file_alone():
    spec = importlib.util.spec_from_file_location("pacing_alone", pacing.__file__)
    alone = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(alone)
    assert alone.Pacer("progressive").lines_to_dial(0, 1, 0, 0) == 1
