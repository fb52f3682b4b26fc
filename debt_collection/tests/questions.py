"""Questions to the gate and the planner, put together from what a test knows."""

from dataclasses import replace

from odoo.addons.debt_collection.tools import audit, contact, counters, ladder
from odoo.addons.debt_collection.tools.contact import History, Pause, Question


def question(policy, zones, channel="call", history=(), **known):
    """The question, whatever kinds of collections the test has."""
    free = frozenset(known.pop("holidays", ()))
    return Question(policy, tuple(zones), channel, History.of(history), free, **known)


def check(policy, zones, channel, at, history=(), *, horizon_days=400, **known):
    """Ask the gate about one instant."""
    asked = question(policy, zones, channel, history, **known)
    return contact.check(asked, at, horizon_days)


def plan(steps, started_on, now, policy, zones, history=(), **known):
    """Ask the planner; ``not_before`` is a pause, ``wishes`` go to it as they are."""
    wishes = known.pop("wishes", ladder.NO_WISHES)
    if hours := known.pop("preferred_hours", None):
        wishes = replace(wishes, hours=hours)
    if not_before := known.pop("not_before", None):
        known["pause"] = Pause("promised", not_before)
    asked = question(policy, zones, history=history, **known)
    return ladder.plan(asked, steps, started_on, now, wishes)


def readings(limits, zones, channel, at, history=(), case=None, place=""):
    """Read limits, of whichever policy."""
    target = contact.Target(place)
    nothing = contact.Policy(())
    asked = question(nothing, zones, channel, history, case=case, target=target)
    return counters.readings(limits, asked, at)


def violations(policy, zones, channel, at, before=(), **known):
    """Ask the audit about a contact."""
    asked = policy and question(policy, zones, channel, before, **known)
    return audit.violations(asked, at)
