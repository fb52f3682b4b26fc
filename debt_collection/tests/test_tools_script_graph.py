"""A script in which nobody gets lost and nothing is said too early."""

from itertools import pairwise, product

from hypothesis import given
from hypothesis import strategies as st

from odoo.addons.debt_collection.tools import script_graph
from odoo.addons.debt_collection.tools.script_graph import Answer, Finding, Step

from .test_tools_oracle import thorough

RIGHT = "right_party"
KEYS = "abcd"


def found(*steps):
    return {(finding.code, finding.key) for finding in script_graph.check(steps)}


GOOD = (
    Step("who", "identify", (Answer("why", RIGHT), Answer("bye", "third_party"))),
    Step("bye", "identify", (Answer(), Answer("who"))),
    Step("why", "clarify", (Answer("demand"), Answer("why"))),
    Step("demand", "demand", (Answer("close"), Answer())),
    Step("close", "close"),
)


def test_a_complete_script_has_no_findings():
    assert not found(*GOOD)


def test_a_script_without_steps_has_no_start():
    assert found() == {("no_start", None)}


def test_the_debt_is_not_named_to_whoever_picks_up():
    who = Step("who", "identify", (Answer("why", RIGHT), Answer("why")))
    assert found(who, *GOOD[1:]) >= {("too_early", "why")}


def test_the_phone_is_handed_on_and_the_question_is_asked_again():
    """Somebody else on the line: what was told before no longer counts."""
    steps = (
        Step("who", "identify", (Answer("why", RIGHT),)),
        Step("why", "clarify", (Answer("again", "third_party"), Answer())),
        Step("again", "identify", (Answer("demand"), Answer("why", RIGHT))),
        Step("demand", "demand", (Answer(),)),
    )
    assert found(*steps) == {("too_early", "demand")}


def test_a_script_that_begins_with_the_debt():
    assert found(Step("why", "clarify", (Answer(),))) == {("too_early", "why")}


def test_a_step_nothing_can_be_answered_to():
    steps = (*GOOD[:3], Step("demand", "demand"))
    assert found(*steps) == {("dead_end", "demand")}


def test_a_step_no_answer_leads_to():
    lost = Step("lost", "objections", (Answer("why"),))
    assert found(*GOOD, lost) == {("unreachable", "lost")}


def test_a_talk_that_goes_round_in_circles():
    steps = (
        Step("who", "identify", (Answer("why", RIGHT), Answer())),
        Step("why", "clarify", (Answer("but"), Answer("why"))),
        Step("but", "objections", (Answer("why"),)),
    )
    assert found(*steps) == {("endless", "why"), ("endless", "but")}


# --- any script, against one that tries every walk ----------------------------------
answers = st.builds(
    Answer,
    target=st.sampled_from([*KEYS, None, "elsewhere"]),
    party=st.sampled_from([None, RIGHT, "third_party"]),
)
scripts = st.integers(0, len(KEYS)).flatmap(
    lambda size: st.tuples(
        *(
            st.builds(
                Step,
                st.just(key),
                st.sampled_from(["identify", "clarify", "close"]),
                st.lists(answers, max_size=3).map(tuple),
            )
            for key in KEYS[:size]
        )
    )
)


def walks(graph, start):
    """Every walk without a repeated (step, right party), as (key, identified) pairs."""
    open_walks = [[(start, False)]]
    while open_walks:
        walk = open_walks.pop()
        yield walk
        key, identified = walk[-1]
        for answer in graph[key].answers:
            if answer.party:
                follows = (answer.target, answer.party == RIGHT)
            else:
                follows = (answer.target, identified)
            if answer.target in graph and follows not in walk:
                open_walks.append([*walk, follows])


def connected(graph, start, goal):
    """Whether some sequence of steps leads from one to the other, all being tried."""
    for length in range(1, len(graph) + 1):
        for between in product(graph, repeat=length - 1):
            way = (start, *between, goal)
            if all(
                any(answer.target == b for answer in graph[a].answers)
                for a, b in pairwise(way)
            ):
                return True
    return start == goal


def oracle(steps):
    if not steps:
        return {Finding("no_start")}
    graph = {step.key: step for step in steps}
    visited = {state for walk in walks(graph, steps[0].key) for state in walk}
    findings = set()
    for step in steps:
        stops = [
            other.key
            for other in steps
            if not other.answers
            or other.phase == "close"
            or None in {answer.target for answer in other.answers}
        ]
        if step.key not in {key for key, _told in visited}:
            findings.add(Finding("unreachable", step.key))
        if (step.key, False) in visited and step.phase != "identify":
            findings.add(Finding("too_early", step.key))
        if not step.answers and step.phase != "close":
            findings.add(Finding("dead_end", step.key))
        if not any(connected(graph, step.key, stop) for stop in stops):
            findings.add(Finding("endless", step.key))
    return findings


@thorough
@given(scripts)
def test_any_script_is_judged_as_by_trying_every_walk(steps):
    findings = script_graph.check(steps)
    assert set(findings) == oracle(steps)
    assert len(findings) == len(set(findings))


@thorough
@given(scripts)
def test_a_script_without_findings_never_speaks_of_the_debt_to_a_stranger(steps):
    if script_graph.check(steps):
        return
    graph = {step.key: step for step in steps}
    for walk in walks(graph, steps[0].key):
        for key, told in walk:
            assert told or graph[key].phase == "identify"
