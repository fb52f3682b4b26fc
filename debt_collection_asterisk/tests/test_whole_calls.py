"""A debtor's telephone rings because somebody clicked in Odoo, and Odoo learns of it.

Nothing is faked here: Odoo's workers, the dialler, Asterisk, and SIPp for telephones.
"""

from lab import network, sound
from lab.network import PROMISED
from lab.ports import until
from lab.whole import AMOUNT, CALLER

#: An amplitude that silence and noise do not have.
AUDIBLE = 300
#: What an operator saves who spoke with a debtor.
REFUSED = {"outcome": "refused", "party": "right_party", "note": "Will not pay."}
#: By what the debtor's phone does: the line, whether it rang, the outcome in Odoo.
ENDS = {
    network.HUMAN: ("answered", True, False),
    network.MACHINE: ("machine", True, "voicemail"),
    network.BUSY: ("busy", True, "busy"),
    network.RINGS: ("no_answer", True, "no_answer"),
    network.DECLINES: ("declined", True, "no_answer"),
    network.OFF: ("switched_off", False, "no_answer"),
    network.PROMISES: ("answered", True, "promise"),
}


def campaign(whole, mode, stage, **values):
    """The manager starts a campaign for companies in a stage."""
    manager = whole.staff.manager
    campaigns = "debt.dialler.campaign"
    campaign_id = manager.new(
        campaigns,
        name=mode,
        mode=mode,
        provider_id=whole.staff.provider_id,
        debtor_kind="company",
        stage_ids=[[6, 0, [manager.ref(f"debt_collection.stage_{stage}")]]],
        ring_seconds=15,
        **values,
    )
    manager.call(campaigns, "action_start", [campaign_id])
    return campaign_id


def calls_of(whole, debtors):
    """The calls with these debtors, as the manager sees them, by debtor."""
    ids = [debtor.id for debtor in debtors]
    fields = ("partner_id", "state", "line", "rang", "outcome_code", "connected")
    fields += ("confirmed_by", "started_at", "phone_id", "recording_ids", "user_id")
    calls = whole.staff.manager.find("debt.call", [("partner_id", "in", ids)], *fields)
    assert sorted(call["partner_id"][0] for call in calls) == sorted(ids)
    return {call["partner_id"][0]: call for call in calls}


def health_of(whole, debtor):
    """What is known of the debtor's number."""
    numbers = [("partner_id", "=", debtor.id)]
    [phone] = whole.staff.manager.find("debt.phone", numbers, "health")
    return phone["health"]


def wait_for_all(whole, debtors, seconds):
    """Until each of these debtors was called and Odoo knows how it ended."""
    ids = [debtor.id for debtor in debtors]
    found = "SELECT partner_id, state, line FROM debt_call WHERE partner_id = ANY(%s)"

    def done():
        return sum(row[1] == "done" for row in whole.office.rows(found, ids))

    until(
        lambda: done() == len(ids) and not whole.open_leases(),
        seconds,
        lambda: f"all calls end: {whole.office.rows(found, ids)}",
    )


def test_a_voice_message_campaign(whole):
    """The manager starts it, the phones do what phones do, and Odoo draws the
    conclusions: outcomes, the health of numbers, a promise by keys."""
    staff = whole.staff
    debtors = staff.debtors(*ENDS, is_company=True)
    # Two debtors with one number that does not exist: once may be the network's error.
    nowhere = staff.debtors_with(*["+32479000009"] * 2, is_company=True)
    message = staff.prompt("message", 6)
    keys = {"menu_operator": False, "menu_promise": True}
    campaign_id = campaign(
        whole, "voice_message", "overdue", message_id=message, **keys
    )
    whole.start()
    wait_for_all(whole, debtors + nowhere, 60)
    staff.manager.call("debt.dialler.campaign", "action_pause", [campaign_id])

    calls = calls_of(whole, debtors)
    found = {
        suffix: tuple(
            calls[debtor.id][name] for name in ("line", "rang", "outcome_code")
        )
        for suffix, debtor in zip(ENDS, debtors, strict=True)
    }
    assert found == ENDS
    for call in calls.values():
        assert call["confirmed_by"] == "telephony", call
    by_end = dict(zip(ENDS, debtors, strict=True))
    rang = whole.network.all_that_rang()
    assert all(rang[debtor.number.lstrip("+")] == 1 for debtor in debtors)
    assert rang[nowhere[0].number.lstrip("+")] == 2

    listened = whole.story(calls[by_end[network.HUMAN].id]["id"])
    assert {"human", "message_played"} < set(listened)
    unheard = whole.story(calls[by_end[network.MACHINE].id]["id"])
    assert "message_played" not in unheard
    lines = {call["line"] for call in calls_of(whole, nowhere).values()}
    assert lines == {"invalid"}
    healths = {suffix: health_of(whole, debtor) for suffix, debtor in by_end.items()}
    assert healths.pop(network.PROMISES) == "good"
    assert set(healths.values()) == {"unknown"}
    assert {health_of(whole, debtor) for debtor in nowhere} == {"unknown", "dead"}
    check_promise(whole, by_end[network.PROMISES])


def check_promise(whole, debtor):
    """What was promised by keys is a promise like any other."""
    manager = whole.staff.manager
    promises = [("partner_id", "=", debtor.id)]
    [promise] = manager.find("debt.promise", promises, "amount", "date", "state")
    assert promise["amount"] == AMOUNT
    assert (promise["date"], promise["state"]) == (PROMISED.isoformat(), "open")
    [case] = manager.find("debt.case", [("id", "=", debtor.case_id)], "state")
    assert case["state"] == "promised"


def test_click_to_call_is_recorded_from_both_sides(whole):
    """The operator clicks, his telephone rings first, then the debtor's; both are
    heard on the recording that hangs on the call."""
    [debtor] = whole.staff.debtors(network.ANSWERS)
    before = whole.network.rang("900021")
    whole.start()
    operator = whole.staff.operator
    call = operator.dial(debtor)
    whole.heard(call.id, "recording_started")
    assert whole.network.rang("900021") == before + 1
    assert whole.network.caller_of(debtor.number) == CALLER
    # Two seconds of talk, by the PBX's own clock.
    until(lambda: whole.seconds_received(call) >= 2, 10, "two seconds of talk")
    operator.hang_up(call)
    whole.wait(call.id, "wrapup")
    assert whole.story(call.id)[:8] == [
        "operator_ringing",
        "operator_answered",
        "dialing",
        "ringing",
        "answered",
        "bridged",
        "announced",
        "recording_started",
    ]
    operator.save(call, **REFUSED)

    [recording] = until(lambda: whole.recordings(call), 20, "the recording comes")
    data = operator.get(f"/debt/recording/{recording}")
    samples, length = sound.samples_of(data)
    assert length > 1.5
    assert sound.power(samples, network.DEBTOR_HZ) > AUDIBLE
    assert sound.power(samples, network.OPERATOR_HZ) > AUDIBLE
    made = calls_of(whole, [debtor])[debtor.id]
    assert (made["state"], made["line"]) == ("done", "answered")
    assert (made["outcome_code"], made["confirmed_by"]) == ("refused", "telephony")
    assert made["user_id"][0] == whole.staff.operator.id
    assert health_of(whole, debtor) == "good"
    assert whole.network.rang(debtor.number) == 1
    until(lambda: not whole.pbx.channels(), 10, "both lines are free")
    stored = whole.pbx.ari("GET", "recordings/stored").json()
    assert not stored, "nothing of a debtor's voice stays on the PBX"


def wait_for_wrap_up(whole, station_id):
    """The call of an operator whose debtor has hung up."""
    found = "SELECT call_id FROM debt_dialler_operator"
    found += " WHERE id = %s AND state = 'wrapup'"
    return until(
        lambda: whole.office.value(found, station_id), 30, "a debtor was put through"
    )


def test_a_campaign_puts_debtors_through_to_who_waits(whole):
    """An operator at his station gets a debtor after the other, without a click."""
    staff, stations = whole.staff, "debt.dialler.operator"
    first, second = debtors = staff.debtors(
        network.DROPS, network.DROPS, is_company=True, days_late=120
    )
    campaign_id = campaign(whole, "progressive", "collectible")
    station_id = staff.colleague.call(stations, "action_open")["res_id"]
    staff.colleague.call(stations, "write", [station_id], {"campaign_id": campaign_id})
    staff.colleague.call(stations, "action_ready", [station_id])
    whole.start()
    for _debtor in debtors:
        call = staff.colleague.bridged(wait_for_wrap_up(whole, station_id))
        staff.colleague.save(call, **REFUSED)
    staff.colleague.call(stations, "action_leave", [station_id])
    staff.manager.call("debt.dialler.campaign", "action_pause", [campaign_id])

    calls = calls_of(whole, debtors)
    for debtor in (first, second):
        made = calls[debtor.id]
        assert (made["line"], made["outcome_code"]) == ("answered", "refused")
        assert made["user_id"][0] == staff.colleague.id
        assert whole.network.rang(debtor.number) == 1
    until(lambda: not whole.pbx.channels(), 10, "his line is let go when he leaves")
