"""What became of the debtors: cases, states, disputes, callbacks, closings."""

from datetime import timedelta

from odoo import Command, fields
from odoo.tools import SQL

from .calls import lawful
from .ledger import ago, pay

DISPUTE_DAYS = 9
LADDER_DAY, PAUSED_DAY = 12, 3
CLOSED_DAYS = 3


def open_cases(env, companies, debtors):
    """Read the ledger as it was before the calls, and give out the cases."""
    cases = env["debt.case"]
    env["debt.ledger"]._refresh(companies)
    domain = [("company_id", "in", companies.ids), ("closed_at", "=", False)]
    found = {(case.partner_id, case.company_id): case for case in cases.search(domain)}
    for debtor in debtors:
        debtor.case = found.get((debtor.partner, debtor.company))
        if debtor.case:
            debtor.case.profile_id = debtor.partner.debt_profile_id
    env["debt.team"]._assign(cases.union(*found.values()))


def end_stories(env, debtors):
    """Bring each story to today."""
    endings = {
        "dispute": _end_dispute,
        "dispute_rejected": _end_dispute_rejected,
        "training": _end_training,
        "merged": _end_merged,
    }
    for debtor in debtors:
        _pay_promised(env, debtor)
        _end_last_call(env, debtor)
        if ending := endings.get(debtor.story.ending):
            ending(env, debtor)
    cases = env["debt.case"].union(*(debtor.case for debtor in debtors))
    env["debt.case"]._cron_refresh()
    cases.promise_ids._evaluate()
    _set_dates(env, debtors)
    env["debt.case"].search([("closed_at", "=", False)])._plan()


def close_by_hand(env, debtors):
    """The manager gave a case up, and then it was paid after all."""
    for debtor in debtors:
        if debtor.story.ending == "manual":
            debtor.case._close("manual")


# --- one debtor ---------------------------------------------------------------
def _pay_promised(env, debtor):
    for promise, told in debtor.promises:
        if told.paid:
            moves = env["account.move"].union(*(move for _item, move in debtor.moves))
            pay(
                env,
                moves.filtered(lambda move: move.move_type == "out_invoice"),
                told.paid_days,
                promise.amount * told.paid,
            )


def _end_last_call(env, debtor):
    """What the outcome of the last call means for the case today."""
    case, last = debtor.case, debtor.case.call_ids[:1]
    outcome = last.outcome_id
    if not outcome or case.state == "closed":
        return
    day = last.started_at.date()
    proof = {"how": "call", "call_id": last.id, "note": last.note, "date": day}
    proof["user_id"] = last.user_id.id
    if outcome.stops_contact:
        case._record_consent("telephone", "withdrawn", **proof)
        debtor.partner.debt_do_not_call = True
    elif outcome.code == "promise":
        case._record_consent("sms", "given", **proof)
    if outcome.case_state in ("on_hold", "legal"):
        case.write(
            {
                "state": outcome.case_state,
                "hold_until": day + timedelta(days=outcome.hold_days)
                if outcome.hold_days
                else False,
            }
        )
    if outcome.activity_summary:
        outcome._ask_accountant(debtor.case, last.note)
    _end_callback(env, debtor)


def _end_callback(env, debtor):
    """The debtor is called back when he asked, at an hour that is lawful."""
    hours = [call.back for call in debtor.story.calls if call.back is not None]
    if not hours:
        return
    at = fields.Datetime.now() + timedelta(hours=hours[-1])
    facts = debtor.case._contact_facts()[debtor.case]
    if hours[-1] > 0:
        at = lawful(env, facts, at)
    debtor.case.write({"callback_at": at, "priority": "2"})


def _end_dispute(env, debtor):
    call = debtor.case.call_ids.filtered(lambda call: call.outcome_code == "disputed")
    moves = env["account.move"].union(
        *(move for _number, move in debtor.flagged("dispute"))
    )
    return env["debt.dispute"].create(
        {
            "case_id": debtor.case.id,
            "call_id": call[:1].id,
            "move_ids": [Command.set(moves.ids)],
            "reason": call[:1].note or "The amount is not what was agreed.",
            "user_id": debtor.company.debt_accountant_id.id,
            "deadline": ago(-DISPUTE_DAYS),
        }
    )


def _end_dispute_rejected(env, debtor):
    dispute = _end_dispute(env, debtor)
    dispute.reject("The delivery note is signed; a copy was sent.")


def _end_training(env, debtor):
    debtor.case.ladder_id = env.ref("debt_collection.demo_ladder_training")


def _end_merged(env, debtor):
    """A debtor who was entered twice becomes one with himself."""
    kept = env.ref("debt_collection.demo_debtor_vlierhout")
    merge = env["base.partner.merge.automatic.wizard"].create({})
    merge._merge((kept | debtor.partner).ids, kept, extra_checks=False)


# --- all of them --------------------------------------------------------------
def _set_dates(env, debtors):
    """The cases are as old as their stories, although all were made just now.

    Promises and holds paused the ladders, which are the younger for it.
    """
    for debtor in debtors:
        case, days = debtor.case, debtor.story.ladder_day
        if case.state == "closed":
            settled = [days for days, _move in debtor.flagged("settled")]
            closed = max(settled, default=CLOSED_DAYS)
            case.closed_at = fields.Datetime.now() - timedelta(days=closed)
        elif case.state in ("promised", "on_hold"):
            days = min(days, PAUSED_DAY)
        elif debtor.row["story"] != "dormant":
            days = min(days, LADDER_DAY)
        case.ladder_started_on = ago(days)
    _set_create_dates(env, debtors)
    env["debt.case"].union(*(debtor.case for debtor in debtors)).filtered(
        lambda case: not case.closed_at
    ).plan_dirty = True


def _set_create_dates(env, debtors):
    """The ORM lets nobody write when a record was made; reports count from it."""
    for debtor in debtors:
        first = debtor.case.call_ids[-1:].started_at or fields.Datetime.now()
        env.cr.execute(
            SQL(
                "UPDATE debt_case SET create_date = %s WHERE id = %s",
                first,
                debtor.case.id,
            )
        )
    env["debt.case"].invalidate_model(["create_date"], flush=False)
