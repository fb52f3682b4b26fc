"""Can an operator get lost in a call script, or say too much too early?

A script is a graph: steps, and answers that lead from step to step. A step of the phase
``identify`` may be said to anybody; every other step speaks of the debt and may be said
only after an answer has told that the right party is on the line. What an answer says
about who it is counts until another answer says otherwise.
"""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass

IDENTIFY = "identify"
CLOSE = "close"
RIGHT_PARTY = "right_party"

NO_START = "no_start"
"""There is no step to begin with."""
TOO_EARLY = "too_early"
"""A step about the debt can be reached before the right party has answered."""
DEAD_END = "dead_end"
"""A step that closes nothing, and to which nothing can be answered."""
UNREACHABLE = "unreachable"
"""No way leads from the first step to this one."""
ENDLESS = "endless"
"""From this step on the talk goes round in circles, whatever is answered."""


@dataclass(frozen=True, slots=True)
class Answer:
    """``target`` is the key of the step it leads to, None when the talk ends there."""

    target: Hashable = None
    party: str | None = None


@dataclass(frozen=True, slots=True)
class Step:
    key: Hashable
    phase: str
    answers: tuple[Answer, ...] = ()

    @property
    def is_exit(self) -> bool:
        """The talk can properly end here."""
        return self.phase == CLOSE or any(a.target is None for a in self.answers)


@dataclass(frozen=True, slots=True)
class Finding:
    code: str
    key: Hashable = None


def check(steps: Sequence[Step]) -> list[Finding]:
    """Look for what is wrong with a script; its first step is the start.

    Answers to steps that are not among ``steps`` are taken to lead nowhere.

    :return: findings, in the order of the steps

    >>> who = Step("who", "identify", (Answer("why", "right_party"), Answer("bye")))
    >>> why = Step("why", "clarify", (Answer("bye"),))
    >>> check([who, why, Step("bye", "close")])
    [Finding(code='too_early', key='bye')]
    """
    if not steps:
        return [Finding(NO_START)]
    graph = {step.key: step for step in steps}
    states = reachable(graph, steps[0].key)
    reached = {key for key, _identified in states}
    ended = ending(graph)
    findings = []
    for step in steps:
        if step.key not in reached:
            findings.append(Finding(UNREACHABLE, step.key))
        if step.phase != IDENTIFY and (step.key, False) in states:
            findings.append(Finding(TOO_EARLY, step.key))
        if not step.answers and step.phase != CLOSE:
            findings.append(Finding(DEAD_END, step.key))
        elif step.key not in ended:
            findings.append(Finding(ENDLESS, step.key))
    return findings


def reachable(
    graph: Mapping[Hashable, Step], start: Hashable
) -> set[tuple[Hashable, bool]]:
    """Every (step, right party was told) a talk can come to."""
    seen = {(start, False)}
    queue = [(start, False)]
    while queue:
        key, identified = queue.pop()
        for answer in graph[key].answers:
            party = answer.party
            state = (answer.target, party == RIGHT_PARTY if party else identified)
            if answer.target in graph and state not in seen:
                seen.add(state)
                queue.append(state)
    return seen


def ending(graph: Mapping[Hashable, Step]) -> set[Hashable]:
    """Steps from which the talk can stop, be it at a dead end.

    Dead ends count: they are told by themselves, and what only leads to one is mended
    with it.
    """
    before: dict[Hashable, list[Hashable]] = {key: [] for key in graph}
    for key, step in graph.items():
        for target in _targets(step.answers, graph):
            before[target].append(key)
    ended = {key for key, step in graph.items() if step.is_exit or not step.answers}
    queue = list(ended)
    while queue:
        for key in before[queue.pop()]:
            if key not in ended:
                ended.add(key)
                queue.append(key)
    return ended


def _targets(
    answers: Iterable[Answer], graph: Mapping[Hashable, Step]
) -> list[Hashable]:
    return [answer.target for answer in answers if answer.target in graph]
