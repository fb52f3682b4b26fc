"""Profiles: what payments and calls point to, and when it is too early to tell."""

from collections import Counter

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from odoo.addons.debt_collection.tools.profile import (
    ENOUGH,
    PROFILES,
    SIGNALS,
    Facts,
    suggest,
)

from .test_tools_oracle import thorough

counts = st.integers(0, 40)
CODES = ["forgot", "lost_job", "no_money", "later", "invoice", "paid", "busy"]


@st.composite
def facts(draw):
    settled, calls = draw(counts), draw(counts)
    late = draw(st.integers(0, settled))
    return Facts(
        settled=settled,
        settled_late=late,
        days_late=draw(st.floats(0.5, 400)) if late else 0.0,
        late_months=draw(st.integers(0, min(12, late))),
        calls=calls,
        answered=(answered := draw(st.integers(0, calls))),
        unanswered_in_a_row=draw(st.integers(0, calls - answered)),
        objections=Counter(
            draw(st.dictionaries(st.sampled_from(CODES), counts, max_size=4))
        ),
        outcomes=Counter(
            draw(
                st.dictionaries(
                    st.sampled_from(["hardship", "claims_paid", "refused"]), counts
                )
            )
        ),
        promises=Counter(
            draw(
                st.dictionaries(
                    st.sampled_from(["open", "kept", "partial", "broken"]), counts
                )
            )
        ),
        disputes=Counter(
            draw(st.dictionaries(st.sampled_from(["open", "rejected"]), counts))
        ),
    )


@pytest.mark.parametrize(
    ("known", "profile", "reasons"),
    [
        # Who pays 8 of 9 in time has forgotten the ninth.
        ({"settled": 9, "settled_late": 1, "days_late": 20}, "forgetful", 1),
        ({"settled": 9}, "forgetful", 1),
        ({"settled": 9, "settled_late": 3, "days_late": 4}, "forgetful", 2),
        ({"objections": Counter(forgot=1)}, "forgetful", 1),
        # Late, but not always: he puts it off.
        ({"settled": 9, "settled_late": 5, "days_late": 20}, "negligent", 1),
        ({"settled": 5, "settled_late": 5, "days_late": 20}, "negligent", 1),
        (
            {"objections": Counter(later=2), "promises": Counter(broken=1)},
            "negligent",
            2,
        ),
        # Late every time.
        ({"settled": 6, "settled_late": 6, "days_late": 3}, "chronic", 1),
        (
            {"settled": 8, "settled_late": 6, "days_late": 3, "late_months": 4},
            "chronic",
            2,
        ),
        # He said so himself: once is enough.
        ({"outcomes": Counter(hardship=1)}, "hardship", 1),
        ({"objections": Counter(lost_job=1)}, "hardship", 1),
        (
            {"objections": Counter(no_money=2), "promises": Counter(partial=1)},
            "hardship",
            2,
        ),
        # Nobody answers, nothing promised comes.
        ({"calls": 9, "unanswered_in_a_row": 9}, "evasive", 1),
        (
            {"calls": 10, "answered": 1, "unanswered_in_a_row": 8},
            "evasive",
            2,
        ),
        ({"promises": Counter(broken=2, kept=1)}, "evasive", 1),
        # As much speaks for the milder as for the sterner one.
        (
            {"settled": 9, "calls": 8, "unanswered_in_a_row": 8},
            "forgetful",
            1,
        ),
        # Nothing to go by, or nothing that points anywhere.
        ({}, None, "too_little"),
        ({"settled": 2, "settled_late": 2, "days_late": 90}, None, "too_little"),
        ({"calls": 2, "unanswered_in_a_row": 2}, None, "too_little"),
        ({"calls": 3, "answered": 2}, None, "unclear"),
        ({"objections": Counter(no_money=1), "calls": 1}, None, "too_little"),
        ({"calls": 12, "answered": 2, "unanswered_in_a_row": 3}, None, "unclear"),
    ],
)
def test_what_points_where(known, profile, reasons):
    suggestion = suggest(Facts(**known))
    assert suggestion.profile == profile
    if profile:
        assert len(suggestion.reasons) == reasons
    else:
        assert suggestion.reasons == (reasons,)


@thorough
@given(facts())
def test_a_suggestion_rests_on_reasons_of_its_own(known):
    profile, reasons = suggest(known)
    assert reasons
    if profile is None:
        assert reasons in [("too_little",), ("unclear",)]
        return
    assert profile in PROFILES
    own = {s.reason: s for s in SIGNALS if s.profile == profile}
    assert all(own[reason].holds(known) for reason in reasons)
    assert sum(own[reason].weight for reason in reasons) >= ENOUGH


@thorough
@given(facts())
def test_no_other_profile_weighs_more(known):
    weights = Counter()
    for signal in SIGNALS:
        weights[signal.profile] += signal.weight * signal.holds(known)
    profile = suggest(known).profile
    assume(profile)
    heaviest = max(weights.values())
    assert weights[profile] == heaviest
    milder = PROFILES[: PROFILES.index(profile)]
    assert all(weights[other] < heaviest for other in milder)


@given(
    st.integers(0, 2).flatmap(
        lambda n: st.builds(
            Facts,
            settled=st.just(n),
            settled_late=st.integers(0, n),
            days_late=st.floats(0, 1000),
            calls=st.just(2 - n),
            answered=st.integers(0, 2 - n),
            unanswered_in_a_row=st.integers(0, 2 - n),
        )
    )
)
def test_nobody_is_judged_by_two_things(known):
    assert suggest(known) == (None, ("too_little",))


@thorough
@given(facts(), st.integers(1, 5))
def test_telling_of_a_hardship_never_turns_it_away(known, times):
    assume(suggest(known).profile == "hardship")
    known.outcomes["hardship"] += times
    assert suggest(known).profile == "hardship"


def test_every_profile_can_be_suggested_and_no_reason_is_twice():
    reasons = [signal.reason for signal in SIGNALS]
    assert len(reasons) == len(set(reasons))
    assert {signal.profile for signal in SIGNALS} == set(PROFILES)


def test_a_hardship_told_is_counted_once():
    both = Facts(outcomes=Counter(hardship=1), objections=Counter(lost_job=1))
    assert both.numbers()["hardship"] == 1
