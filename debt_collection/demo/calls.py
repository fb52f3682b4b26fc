"""A month of calls, each at an hour that was lawful where the debtor is."""

from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from odoo import Command, fields

from ..tools.contact import Contact, History, Question, check
from .companies import RUSSIAN, has_russian
from .ledger import ago
from .stories import NOTES, OBJECTIONS, SECONDS
from .tables import chance

SLOTS = (9.4, 11.6, 14.2, 16.4)
A_DAY = 3
APART = timedelta(minutes=100)
JUST_NOW = timedelta(minutes=15)
OTHER_OPERATOR, TELEPHONY, MANUAL = 0.2, 0.6, 0.15


def make_calls(env, debtors):
    """Create the calls of all stories, and what was agreed in them."""
    cases = env["debt.case"].union(*(debtor.case for debtor in debtors))
    facts = cases._contact_facts()
    outcomes = {o.code: o for o in env["debt.call.outcome"].search([])}
    values, told = [], []
    for debtor in debtors:
        placed = _place_calls(env, debtor, facts[debtor.case], outcomes)
        values += _prepare_calls(env, debtor, facts[debtor.case], placed, outcomes)
        told += [(debtor, call) for call, _at in placed]
    calls = env["debt.call"].create(values)
    _keep_decisions(env, calls)
    for (debtor, call), record in zip(told, calls, strict=True):
        if call.promises:
            _make_promises(env, debtor, call, record)
    _write_chatter(env, calls)
    for outcome in calls.outcome_id.filtered("phone_health"):
        reached = calls.filtered(lambda call, o=outcome: call.outcome_id == o)
        reached.phone_id.health = outcome.phone_health


def _keep_decisions(env, calls):
    """What the gate said to each call, knowing what had been before it."""
    facts = calls.case_id._contact_facts()
    decisions, drafts = env["debt.contact.decision"], []
    for call in calls.filtered(lambda call: call.direction == "outbound"):
        at, case, number = call.started_at, call.case_id, call.number
        before = (made for made in facts[case].history if made.at < at)
        known = replace(facts[case], history=History.of(before))
        answer = case._contact_answer("call", at, known, number, call.phone_id)
        about = {"call_id": call.id, "user_id": call.user_id.id, "number": number}
        drafts.append(
            decisions._prepare(
                case, "call", at, answer, known, occasion="dial", **about
            )
        )
    decisions._keep(drafts)


# --- when -----------------------------------------------------------------------
def _place_calls(env, debtor, facts, outcomes):
    """Give each call of a story its instant, the latest first.

    After somebody answered he is left in peace for the day.

    :return: list of pairs of `stories.Call` and naive UTC, oldest first
    """
    now = fields.Datetime.now()
    zone = ZoneInfo(facts.zone or "UTC")
    luck = chance("hours", debtor.row["key"])
    before, per_day, placed, made = now - JUST_NOW, Counter(), [], []
    for call in reversed(debtor.story.calls):
        hour = luck.choice(SLOTS) + luck.random() / 2
        wanted = _wanted(env, call, zone, now, hour)
        for back in range(10):
            earlier = wanted - timedelta(days=back)
            at = lawful(env, facts, min(earlier, before - APART))
            day = at and _local(at, zone).date()
            most = 1 if outcomes[call.outcome].connected else A_DAY
            if not at or at >= before or per_day[day] >= most:
                continue
            first = _made(at, outcomes[call.outcome])
            if _allowed(env, facts, [first, *made]):
                per_day[day] += 1
                before = at - APART
                placed.append((call, at))
                made = [first, *made]
                break
    return placed[::-1]


def _wanted(env, call, zone, now, hour):
    """The instant a story asks for; today's calls were made just now."""
    if not call.days:
        return now - APART
    day = _local(now, zone).date() - timedelta(days=call.days)
    local = datetime.combine(day, datetime.min.time(), tzinfo=zone)
    local += timedelta(minutes=round(hour * 60))
    return local.astimezone(ZoneInfo("UTC")).replace(tzinfo=None)


def _local(at, zone):
    return at.replace(tzinfo=ZoneInfo("UTC")).astimezone(zone)


def _made(at, outcome):
    """A call as the gate counts it."""
    spoken = outcome.party == "right_party" or outcome.code == "other"
    return Contact(at, "call", bool(outcome.connected), spoken)


def lawful(env, facts, at):
    """The first instant from ``at`` on at which the gate's hours are open."""
    asked = Question(facts.policy, facts.zones, holidays=facts.holidays)
    return check(asked, at).next_at


def _allowed(env, facts, made):
    """Whether the gate had allowed each of these calls, oldest first."""
    asked = Question(facts.policy, facts.zones, holidays=facts.holidays)
    return all(
        check(replace(asked, history=History.of(made[:n])), c.at).allowed
        for n, c in enumerate(made)
    )


# --- what -----------------------------------------------------------------------
def _prepare_calls(env, debtor, facts, placed, outcomes):
    """Values of the calls of one debtor, oldest first."""
    phones = list(facts.usable_phones)
    script = env["debt.script"]._for_case(debtor.case)
    values = []
    for number, (call, at) in enumerate(placed):
        outcome = outcomes[call.outcome]
        luck = chance("call", debtor.row["key"], number)
        local_hour = _local(at, ZoneInfo(facts.zone or "UTC")).hour
        values.append(
            _prepare_call(env, debtor, call, at, outcome, luck)
            | _prepare_words(env, debtor, outcome, luck)
            | {
                "phone_id": phones[0].id if phones else False,
                "number": phones[0].number if phones else False,
                "contact_id": (phones[0].contact_id if phones else debtor.partner).id,
                "local_hour": local_hour,
                "script_id": script.id,
            }
        )
        if outcome.phone_health in ("wrong", "dead") and phones:
            phones.pop(0)
    return values


def _prepare_call(env, debtor, call, at, outcome, luck):
    shortest, longest = SECONDS.get(outcome.code, (60, 180))
    ended = at + timedelta(seconds=luck.randint(shortest, longest))
    rang = at + timedelta(seconds=luck.randint(3, 12))
    confirmed = luck.random() < TELEPHONY
    spoken = outcome.connected
    party = "right_party" if outcome.code == "other" else outcome.party
    case = debtor.case
    return {
        "case_id": case.id,
        "partner_id": debtor.partner.id,
        "company_id": debtor.company.id,
        "user_id": _caller(env, debtor, luck).id,
        "direction": "inbound" if call.inbound else "outbound",
        "mode": "manual" if luck.random() < MANUAL else "preview",
        "state": "done",
        "started_at": at,
        "answered_at": rang if spoken else False,
        "ended_at": ended + (rang - at) if spoken else ended,
        "outcome_id": outcome.id,
        "connected": spoken,
        "party": party,
        "confirmed_by": "telephony" if confirmed else "operator",
        "external_id": f"demo-{case.id}-{at:%y%m%d%H%M}" if confirmed else False,
    }


def _caller(env, debtor, luck):
    """Most calls are the operator's own; colleagues stand in for him."""
    colleagues = debtor.case.team_id.member_ids.user_id
    own = debtor.case.user_id or colleagues[:1] or env.user
    if colleagues and luck.random() < OTHER_OPERATOR:
        return luck.choice(list(colleagues))
    return own


def _prepare_words(env, debtor, outcome, luck):
    """The note, and what the debtor objected."""
    russian = debtor.row["country"] in RUSSIAN and has_russian(env)
    notes = NOTES["ru" if russian else "en"]
    notes = notes.get(outcome.code) or NOTES["en"].get(outcome.code) or ("",)
    codes = OBJECTIONS.get(outcome.code)
    words = {"note": luck.choice(notes) or False}
    if codes:
        domain = [("code", "=", luck.choice(codes))]
        objections = env["debt.objection"].search(domain)
        words["objection_ids"] = [Command.set(objections.ids)]
    return words


# --- what came of it --------------------------------------------------------------
def _make_promises(env, debtor, call, record):
    """Promises of a call, and the payments that came; who kept is decided later."""
    case = debtor.case
    made_on = _local(record.started_at, ZoneInfo(debtor.company._debt_zone())).date()
    for told in call.promises:
        promise = env["debt.promise"].create(
            {
                "case_id": case.id,
                "call_id": record.id,
                "user_id": record.user_id.id,
                "amount": case.currency_id.round(case.amount_overdue * told.share),
                "made_on": made_on,
                "date": ago(-told.due),
            }
        )
        if told.cancelled:
            promise.action_cancel("The debtor named another day.")
        debtor.promises.append((promise, told))


def _write_chatter(env, calls):
    """The conversations stand in the chatter of their cases, at their own time."""
    for call in calls.filtered("connected"):
        message = call.case_id._message_log(
            body=call._summary(call.outcome_id, {"note": call.note}),
            author_id=call.user_id.partner_id.id,
        )
        message.date = call.started_at
