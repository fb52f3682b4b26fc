from hypothesis import given
from hypothesis import strategies as st

from ..tools.caller_id import Callee, CallerNumber, area, nearness, ranked

BRUSSELS, CHARLEROI, WHOLE, PARIS = (
    CallerNumber(1, "+3225551234", "BE"),
    CallerNumber(2, "+3271551234", "BE"),
    CallerNumber(3, "+3278151234", "BE"),
    CallerNumber(4, "+33155512345", "FR"),
)
ALL = [BRUSSELS, CHARLEROI, WHOLE, PARIS]

numbers = st.lists(
    st.builds(
        CallerNumber,
        key=st.integers(1, 1000),
        number=st.sampled_from(["+3225551234", "+3271551234", "+74951234567"]),
        country=st.sampled_from(["BE", "RU", ""]),
        states=st.frozensets(st.integers(1, 3), max_size=2),
        prefixes=st.lists(st.sampled_from(["+322", "+32", "+749"]), max_size=2).map(
            tuple
        ),
        cap=st.integers(0, 3),
        used=st.integers(0, 4),
    ),
    max_size=6,
)
callees = st.builds(
    Callee,
    number=st.sampled_from(["+3225559999", "+32470123456", "+74959999999", ""]),
    country=st.sampled_from(["BE", "RU", ""]),
    state=st.integers(0, 3),
)


def _keys(found):
    return [number.key for number in found]


@given(numbers, callees)
def test_never_a_number_over_its_cap_nor_one_from_elsewhere(offered, callee):
    for number in ranked(offered, callee):
        assert not number.cap or number.used < number.cap
        assert any(nearness(number, callee))


@given(numbers, callees)
def test_nobody_nearer_or_less_used_was_passed_over(offered, callee):
    found = ranked(offered, callee)
    free = [number for number in offered if not number.cap or number.used < number.cap]
    near = [number for number in free if any(nearness(number, callee))]
    assert len(found) == len(near)
    if found:
        best = max(nearness(number, callee) for number in near)
        equals = [number for number in near if nearness(number, callee) == best]
        assert found[0] in equals
        assert found[0].used == min(number.used for number in equals)


def test_the_own_area_first_then_the_country():
    assert _keys(ranked(ALL, Callee("+3271559999", "BE")))[0] == 2
    assert _keys(ranked(ALL, Callee("+32470123456", "BE"))) == [1, 2, 3]


def test_the_state_of_the_address_before_the_country():
    here = CallerNumber(5, "+3278159999", "BE", states=frozenset((7,)))
    assert _keys(ranked([BRUSSELS, here], Callee("+32470123456", "BE", 7))) == [5, 1]


def test_prefixes_are_local_too():
    mobile = CallerNumber(6, "+3278159999", "BE", prefixes=("+32470", "+3247"))
    assert _keys(ranked([BRUSSELS, mobile], Callee("+32470123456", "BE")))[0] == 6


def test_a_stranger_sees_the_usual_number():
    assert ranked(ALL, Callee("+4930123456", "DE")) == []
    assert ranked(ALL, Callee("")) == []


def test_the_least_used_of_equals_goes_first():
    used = CallerNumber(7, "+3225551235", "BE", used=3)
    assert _keys(ranked([used, BRUSSELS], Callee("+3225559999", "BE"))) == [1, 7]


def test_what_is_no_number_has_no_area():
    assert area("") == area("+") == area("12") == ""
