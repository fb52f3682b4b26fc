"""How many lines to dial: never more than there are, never beyond the cap."""

import importlib.util
from itertools import product
from math import comb
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.debt_collection.tools import pacing
from odoo.addons.debt_collection.tools.dialler_formulas import Figures
from odoo.addons.debt_collection.tools.dialler_simulation import Floor
from odoo.addons.debt_collection.tools.pacing import (
    FEW_OPERATORS,
    GRACE,
    LEARNING,
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


def _pacer(history=(), rate=0.1, dials=200, **values):
    """A pacer that has seen many dials, and these answers of a campaign."""
    pacer = Pacer("predictive", answer_rate=rate, **values)
    for number in range(dials):
        (pacer.failed if number % round(1 / rate) else pacer.answered)(-100, 10)
    pacer.lines_to_dial(0, 0, 0, 0)
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
    pacer = _pacer()
    assert pacer.lines_to_dial(0, 2, 2, 0) == 2
    assert pacer.reason == FEW_OPERATORS
    assert pacer.lines_to_dial(1, 2, 3, 0) > 2
    assert pacer.reason is None


def test_where_one_more_would_break_the_cap_nothing_is_dialled_ahead():
    """Odoo, which counts as regulators do, need never pause the campaign."""
    pacer = _pacer(cap=0.03)
    assert pacer.lines_to_dial(0, 3, 17, 0) > 3
    pacer.abandoned(1)
    assert pacer.lines_to_dial(100, 3, 17, 0) == 3
    assert pacer.reason == OVER_CAP
    assert pacer.stats(100)["abandoned_day"] == GRACE == 1
    for second in range(65):
        pacer.connected(100 + second)
    assert pacer.lines_to_dial(200, 3, 17, 0) == 3  # 2 of 67 are allowed, of 66 not
    pacer.connected(201)
    assert pacer.lines_to_dial(201, 3, 17, 0) > 3
    pacer.abandoned(202)
    assert pacer.lines_to_dial(202, 3, 17, 0) == 3
    assert pacer.lines_to_dial(25 * HOUR, 3, 17, 0) > 3


def test_the_target_follows_what_was_measured():
    pacer = Pacer("predictive", cap=0.03)
    assert pacer.target(0) == pytest.approx(0.015), "two might find nobody at once"
    for second in range(70):
        pacer.connected(second)
    assert pacer.target(70) == pytest.approx(0.06 - 0.9 / 100)
    for second in range(10):
        pacer.abandoned(70 + second)
    assert pacer.target(80) == pytest.approx(0.002)


@pytest.mark.parametrize("answers", [50, 150])
def test_small_campaigns_keep_the_cap(answers):
    """Five operators; hardly ever do two find nobody where one is allowed."""
    over = 0
    for seed in range(60):
        figures = Figures(operators=5, answer_rate=0.25, talk=30, wrap_up=10)
        floor = Floor("predictive", figures, seed)
        counts = []
        floor.pacer._outcome = _counting(floor.pacer, counts)
        floor.run(1200)
        over += counts[answers - 1] > max(1, 0.03 * answers)
    assert over <= 6


def _counting(pacer, counts):
    """Note after each answer how many found nobody so far."""
    outcome = pacer._outcome

    def note(now, abandoned):
        outcome(now, abandoned)
        counts.append((counts or [0])[-1] + abandoned)

    return note


def test_a_campaign_begins_slowly():
    """Whoever was told that one in a hundred answers may have been told nonsense."""
    pacer = Pacer("predictive", answer_rate=0.01, max_lines=1000)
    assert pacer.lines_to_dial(0, 20, 0, 0) == 40
    assert pacer.reason == LEARNING
    for number in range(60):
        (pacer.failed if number % 10 else pacer.answered)(20, 15)
    assert pacer.lines_to_dial(36, 20, 0, 0) == 60
    assert _pacer().lines_to_dial(0, 20, 0, 0) == 100


def test_those_who_answer_first_are_not_taken_for_all():
    """Five hundred dialled at once: fifty answer after 10 s, the others fail at 25."""
    pacer = Pacer("predictive", answer_rate=0.1)
    for _number in range(50):
        pacer.answered(10, 10)
    pacer.lines_to_dial(11, 5, 5, 450)
    assert pacer.stats(11)["answer_rate"] == pytest.approx(0.1)
    for _number in range(450):
        pacer.failed(25, 25)
    pacer.lines_to_dial(31, 5, 5, 0)
    assert pacer.stats(31)["answer_rate"] == pytest.approx(0.1)


def test_the_answer_rate_is_learnt():
    pacer = _pacer(rate=0.5)
    before = pacer.lines_to_dial(0, 4, 8, 0)
    for second in range(1500):
        pacer.dialled(second)
        (pacer.failed if second % 10 else pacer.answered)(second, 12)
        pacer.lines_to_dial(second, 4, 8, 0)
    after = pacer.lines_to_dial(1500, 4, 8, 0)
    stats = pacer.stats(1500)
    assert stats["answer_rate"] == pytest.approx(0.1, abs=0.03)
    assert stats["ring"] == pytest.approx(12, abs=0.5)
    assert stats["dials"] == 1500
    assert after > 2 * before


def test_longer_talks_mean_fewer_lines():
    pacer = _pacer(handling=60)
    before = pacer.lines_to_dial(0, 3, 20, 0)
    # Twenty talk on and on; every quarter of a minute one of them ends.
    for second in range(3600):
        pacer.lines_to_dial(second, 3, 20, 0)
        if second % 15 == 0:
            pacer.talk_ended(second, 300)
    assert pacer.stats(3600)["handling"] == pytest.approx(300, rel=0.1)
    assert pacer.lines_to_dial(3600, 3, 20, 0) < before


def test_short_talks_end_first_and_are_not_taken_for_all():
    pacer = _pacer(handling=150)
    for second in range(30):
        pacer.lines_to_dial(second, 0, 100, 0)
    for _number in range(18):  # of a hundred, 150 s each, so many end in half a minute
        pacer.talk_ended(30, 15)
    assert pacer.stats(30)["handling"] == pytest.approx(150, rel=0.1)


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
