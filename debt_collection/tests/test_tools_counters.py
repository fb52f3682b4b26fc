"""The readings of the limits, and the audit's own judgement, against the gate."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from random import Random

import pytest
from hypothesis import given

from odoo.addons.debt_collection.tools.contact import (
    CALLBACK_TOLERANCE,
    Contact,
    Limit,
    Policy,
    Window,
)
from odoo.addons.debt_collection.tools.counters import in_force
from odoo.addons.debt_collection.tools.snapshot import digest, plain, restored

from .questions import check, readings, violations
from .test_tools_oracle import (
    ALWAYS,
    counted,
    debtors,
    lawful,
    near,
    random_policy,
    seeds,
    thorough,
)

NOON = datetime(2026, 2, 2, 12)


def by_hand(limit, zone, debtor):
    """Count one by one what the oracle says is near."""
    at, case = debtor["at"], debtor["case"]
    found = [
        contact
        for contact in debtor["history"]
        if counted(limit, contact, case) and near(limit, zone, at, contact.at)
    ]
    return sum(c.minutes if limit.count == "minute" else 1 for c in found)


def asked(debtor):
    names = ("zones", "channel", "at", "history", "case")
    return {name: debtor[name] for name in names}


def read(limits, debtor):
    return readings(limits, **asked(debtor), place=debtor["target"].place)


@thorough
@given(debtors())
def test_readings_are_what_is_counted_by_hand(debtor):
    limits = debtor["policy"].limits
    found = read(limits, debtor)
    channel, place = debtor["channel"], debtor["target"].place
    restrain = [limit for limit in limits if limit.restrains(channel, place)]
    assert [reading.limit for reading in found] == restrain
    for reading in found:
        used = [by_hand(reading.limit, zone, debtor) for zone in debtor["zones"]]
        assert reading.used == max(used)
        assert reading.since < debtor["at"] + timedelta(seconds=1)


@thorough
@given(debtors())
def test_a_limit_is_reached_when_the_gate_refuses_for_it(debtor):
    always = replace(
        debtor["policy"],
        windows=(ALWAYS,),
        consents=(),
        callback_beyond_limits=False,
        recorded=False,
    )
    answer = check(always, **asked(debtor), target=debtor["target"])
    found = read(always.limits, debtor)
    assert any(reading.reached for reading in found) == (not answer.allowed)


@thorough
@given(debtors(step=60))
def test_the_audit_finds_what_the_gate_refuses(debtor):
    """Asked about the contacts before, two ways of reckoning say the same."""
    debtor["history"] = [c for c in debtor["history"] if c.at <= debtor["at"]]
    found = violations(
        debtor["policy"],
        debtor["zones"],
        debtor["channel"],
        debtor["at"],
        debtor["history"],
        holidays=debtor["holidays"],
        callback=debtor["callback"],
        case=debtor["case"],
        target=debtor["target"],
    )
    assert (not found) == check(**debtor).allowed == lawful(**debtor)


def test_a_violation_says_which_limit_and_how_many_there_were():
    limit = Limit("attempt", 2, "week")
    policy = Policy((ALWAYS,), (limit,))
    made = [Contact(NOON - timedelta(hours=hours), "call") for hours in (1, 2)]
    [found] = violations(policy, ["UTC"], "call", NOON, made)
    assert (found.reason, found.limit, found.used) == ("limit", limit, 2)


def test_without_a_policy_or_a_zone_nothing_was_lawful():
    assert violations(None, ["UTC"], "call", NOON)[0].reason == "no_policy"
    assert violations(Policy((ALWAYS,)), [], "call", NOON)[0].reason == "no_zone"


def test_a_callback_spares_the_limits_for_its_hour():
    policy = Policy((ALWAYS,), (Limit("attempt", 1, "day"),), True)
    made = [Contact(NOON - timedelta(hours=1), "call")]
    rules = {"callback": NOON}
    late = NOON + CALLBACK_TOLERANCE
    assert not violations(policy, ["UTC"], "call", NOON, made, **rules)
    assert violations(policy, ["UTC"], "call", late, made, **rules)
    early = NOON - timedelta(minutes=1)
    [found] = violations(policy, ["UTC"], "call", early, (), **rules)
    assert found.reason == "before_callback"


def test_on_the_day_the_law_changes_both_hold_between_the_zones():
    """Where it is Tuesday already the new law holds, elsewhere still the old one."""
    old, new = Limit("attempt", 3, "day"), Limit("attempt", 1, "day")
    law = Policy((ALWAYS,), (old,), then=(date(2026, 2, 3), Policy((ALWAYS,), (new,))))
    zones = ["Asia/Kamchatka", "Europe/Berlin"]
    assert in_force(law, zones, NOON - timedelta(hours=1)).limits == (old,)
    assert set(in_force(law, zones, NOON + timedelta(hours=1)).limits) == {old, new}
    assert in_force(law, zones, NOON + timedelta(hours=12)).limits == (new,)


@thorough
@given(seeds)
def test_what_was_kept_of_a_policy_is_that_policy(seed):
    policy = random_policy(Random(seed))
    kept = plain(policy)
    assert restored(Policy, kept) == policy
    assert digest(kept) == digest(plain(restored(Policy, kept)))


def test_a_policy_kept_before_a_rule_was_known_has_its_default():
    kept = plain(Policy((Window(frozenset({0}), 0, 60),)))
    del kept["callback_beyond_limits"]
    kept["forgotten"] = 1
    assert restored(Policy, kept) == Policy((Window(frozenset({0}), 0, 60),))


@pytest.mark.parametrize(
    "other",
    [Limit("attempt", 2, "day"), Limit("attempt", 1, "day", rolling=True)],
)
def test_every_change_of_a_rule_is_seen(other):
    known = Policy((ALWAYS,), (Limit("attempt", 1, "day"),))
    assert digest(plain(known)) != digest(plain(Policy((ALWAYS,), (other,))))
