"""Who works which cases: nobody more than his share, and as few changes as need be."""

from collections import Counter
from fractions import Fraction

from hypothesis import example, given
from hypothesis import strategies as st

from ..tools.balance import Movable, Worker, loads_after, rebalance

NAMES = "abcd"
ABLE = st.frozensets(st.sampled_from(NAMES))
CASES = st.lists(st.tuples(st.sampled_from((*NAMES, "left", None)), ABLE), max_size=40)
CAPACITIES = st.fixed_dictionaries({name: st.integers(1, 100) for name in NAMES})


def laid_out(capacities, cases):
    cases = [Movable(number, *case) for number, case in enumerate(cases)]
    loads = Counter(case.owner for case in cases)
    workers = [Worker(name, capacities[name], loads[name]) for name in NAMES]
    return workers, cases


@given(CAPACITIES, CASES)
def test_only_who_may_have_a_case_gets_it(capacities, cases):
    workers, cases = laid_out(capacities, cases)
    for number, taker in rebalance(workers, cases).items():
        assert taker in cases[number].able
        assert taker != cases[number].owner


@given(CAPACITIES, CASES)
def test_nobodys_cases_are_given_away_where_anybody_may_have_them(capacities, cases):
    workers, cases = laid_out(capacities, cases)
    moved = rebalance(workers, cases)
    for case in cases:
        if case.owner not in tuple(NAMES) and case.able:
            assert case.id in moved


@given(CAPACITIES, CASES)
def test_nothing_is_lost(capacities, cases):
    workers, cases = laid_out(capacities, cases)
    owners = {case.id: case.owner for case in cases}
    moved = rebalance(workers, cases)
    after = loads_after(workers, owners, moved)
    assert after == {
        name: sum({**owners, **moved}[case.id] == name for case in cases)
        for name in NAMES
    }


@example(
    # “a” can give only when “b” has given to “c”.
    {"a": 1, "b": 2, "c": 2, "d": 1},
    [
        ("a", frozenset()),
        ("b", frozenset()),
        ("a", frozenset("ab")),
        ("b", frozenset("c")),
    ],
)
@given(CAPACITIES, CASES)
def test_no_further_change_would_help(capacities, cases):
    """Whoever still owns a case has no more of his share than a taker would get."""
    workers, cases = laid_out(capacities, cases)
    owners = {case.id: case.owner for case in cases}
    moved = rebalance(workers, cases)
    after = loads_after(workers, owners, moved)
    for case in cases:
        if case.id in moved or case.owner not in tuple(NAMES):
            continue
        kept = Fraction(after[case.owner] - 1, capacities[case.owner])
        for taker in case.able - {case.owner}:
            assert kept < Fraction(after[taker] + 1, capacities[taker])


def test_a_level_team_stays_as_it_is():
    both = frozenset("ab")
    cases = [(name, both) for name in "aabb"]
    workers, cases = laid_out(dict.fromkeys(NAMES, 100), cases)
    assert rebalance(workers[:2], cases) == {}
