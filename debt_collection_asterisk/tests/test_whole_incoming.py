"""A debtor rings us: Odoo knows him, his operator has him, and it is on record."""

import datetime

import pytest

from lab import network, sound
from lab.ears import Ears
from lab.ports import until
from lab.whole import WINDOW

STATIONS = "debt.dialler.operator"


@pytest.fixture
def ears(whole):
    found = Ears(whole.pbx)
    yield found
    found.close()


def put_through(whole, ears):
    """A debtor rings, and his operator has him: debtor, line, call and station."""
    [debtor] = whole.staff.debtors(network.ANSWERS)
    user, manager = whole.staff.operator, whole.staff.manager
    manager.call("debt.case", "write", [debtor.case_id], {"user_id": user.id})
    station = user.call(STATIONS, "action_open")["res_id"]
    user.call(STATIONS, "action_ready", [station])
    whole.start()
    caller = ears.call_us(debtor.number)
    until(lambda: ears.hears(caller, spy="in") == {"operator"}, 15, "his operator")
    found = "SELECT call_id FROM debt_dialler_incoming WHERE number = %s"
    call_id = until(
        lambda: whole.office.value(found, debtor.number), 10, "it is on record"
    )
    return debtor, caller, call_id, station


def leave(whole, station):
    """The operator goes; nobody is on any line."""
    whole.staff.operator.call(STATIONS, "action_leave", [station])
    until(lambda: not whole.pbx.channels(), 10, "all lines are free")


def test_a_debtor_rings_and_is_put_through(whole, ears):
    """Announced, recorded, written down in the window that opens with him."""
    user, manager = whole.staff.operator, whole.staff.manager
    _debtor, caller, call_id, station = put_through(whole, ears)
    told = "SELECT announced_at FROM debt_call WHERE id = %s"
    until(lambda: whole.office.value(told, call_id), 20, "he is told")
    until(
        lambda: "operator" in ears.hears(caller, 2, spy="in"), 10, "they talk a while"
    )
    whole.pbx.ari("DELETE", f"channels/{caller}")
    whole.wait(call_id, "wrapup")
    call = user.bridged(call_id)
    user.save(call, outcome="refused", party="right_party", note="Will not pay.")
    [recording] = until(lambda: whole.recordings(call), 20, "the recording comes")
    samples, _length = sound.samples_of(user.get(f"/debt/recording/{recording}"))
    assert sound.power(samples, network.OPERATOR_HZ) > 300
    fields = ("direction", "state", "outcome_code", "user_id")
    [made] = manager.find("debt.call", [("id", "=", call_id)], *fields)
    assert (made["direction"], made["state"]) == ("inbound", "done")
    assert (made["outcome_code"], made["user_id"][0]) == ("refused", user.id)
    leave(whole, station)


def line_of(whole, call):
    """What his window shows of the line, as it is read anew."""
    windows = [("id", "=", call.window_id)]
    [window] = whole.staff.operator.find(WINDOW, windows, "telephony")
    return window["telephony"]


@pytest.mark.parametrize("killed", [False, True])
def test_he_does_not_want_to_be_recorded(whole, ears, killed):
    """The operator sees that it is recorded, and ends it; they talk on unrecorded.

    That the dialler dies meanwhile changes nothing of it, nor of the proof that it
    was announced.
    """
    user = whole.staff.operator
    _debtor, caller, call_id, station = put_through(whole, ears)
    call = user.bridged(call_id)
    until(lambda: line_of(whole, call)["recording"], 20, "he sees it")
    if killed:
        whole.dialler.kill()
        whole.start()
        assert line_of(whole, call)["recording"]
    until(
        lambda: "operator" in ears.hears(caller, 2, spy="in"), 10, "they talk a while"
    )
    user.call(WINDOW, "action_telephony", [call.window_id], "stop_record")
    until(lambda: not line_of(whole, call)["recording"], 10, "it has ended")
    [recording] = until(lambda: whole.recordings(call), 20, "what there is comes")
    until(lambda: ears.hears(caller, spy="in") == {"operator"}, 10, "they talk on")
    user.hang_up(call)
    whole.wait(call_id, "wrapup")
    user.save(call, outcome="refused", party="right_party", note="Will not pay.")
    assert whole.recordings(call) == [recording]
    told = "SELECT announced_at >= answered_at FROM debt_call WHERE id = %s"
    assert whole.office.value(told, call_id)
    leave(whole, station)


def test_a_stranger_is_let_go_where_nobody_is_there_for_strangers(whole, ears):
    whole.start()
    ears.call_us("+3225550000")
    found = "SELECT state FROM debt_dialler_incoming WHERE number = %s"
    until(lambda: whole.office.value(found, "+3225550000") == "missed", 15, "it ends")
    until(lambda: not whole.pbx.channels(), 10, "his line is free")


# --- who it may be ----------------------------------------------------------------
@pytest.fixture
def exchange(whole):
    """Set something of the exchange, for one test."""
    provider, admin = whole.staff.provider_id, whole.staff.admin
    changed = {}

    def change(**values):
        changed.update(dict.fromkeys(values, False))
        admin.call("debt.telephony.provider", "write", [provider], values)

    yield change
    change(**changed)


def came_in(whole, number):
    """How the last call from a number stands: state, call, whose it may be."""
    return whole.office.rows(
        "SELECT i.state, i.call_id, coalesce(i.callback, FALSE),"
        " array_agg(c.debt_case_id)"
        " FROM debt_dialler_incoming i LEFT JOIN debt_case_debt_dialler_incoming_rel c"
        " ON c.debt_dialler_incoming_id = i.id"
        " WHERE coalesce(i.number, '') = %s GROUP BY i.id ORDER BY i.id DESC LIMIT 1",
        number,
    )[0]


@pytest.mark.parametrize("number", ["", "anonymous", "+3225557777"])
def test_nobody_knows_who_rings(whole, ears, exchange, number):
    """A withheld number, or a stranger's: the telephone for unknown callers rings."""
    exchange(incoming_extension="144")
    whole.start()
    caller = ears.call_us(number)
    until(lambda: ears.hears(caller, spy="in") == {"colleague"}, 15, "somebody of us")
    until(lambda: came_in(whole, number)[0] == "talking", 10, "it is on record")
    whole.pbx.ari("DELETE", f"channels/{caller}")
    until(lambda: came_in(whole, number)[0] == "ended", 10, "its end is on record")
    assert came_in(whole, number)[1:] == (None, False, [None])
    until(lambda: not whole.pbx.channels(), 10, "all lines are free")


def test_two_debtors_have_one_number(whole, ears):
    """The operator finds out who it is; from then on it is his call, and recorded."""
    user, manager = whole.staff.operator, whole.staff.manager
    number = "+3225558888"
    first, second = whole.staff.debtors_with(number, number)
    manager.call("debt.case", "write", [first.case_id], {"user_id": user.id})
    station = user.call(STATIONS, "action_open")["res_id"]
    user.call(STATIONS, "action_ready", [station])
    whole.start()
    caller = ears.call_us(number)
    until(lambda: ears.hears(caller, spy="in") == {"operator"}, 15, "an operator")
    until(lambda: came_in(whole, number)[0] == "talking", 10, "it is on record")
    _state, call_id, _wish, cases = came_in(whole, number)
    assert (call_id, sorted(cases)) == (None, [first.case_id, second.case_id])
    search = user.call("debt.call.inbound", "action_incoming", number)
    assert search["context"]["default_query"] == number
    taken = user.call("debt.call.inbound", "action_take", second.case_id, number)
    [window] = user.find(WINDOW, [("id", "=", taken["res_id"])], "call_id")
    call = user.bridged(window["call_id"][0])
    until(lambda: line_of(whole, call)["recording"], 20, "it is recorded")
    until(
        lambda: "operator" in ears.hears(caller, 2, spy="in"), 10, "they talk a while"
    )
    whole.pbx.ari("DELETE", f"channels/{caller}")
    whole.wait(call.id, "wrapup")
    user.save(call, outcome="refused", party="right_party", note="Will not pay.")
    until(lambda: whole.recordings(call), 20, "the recording comes")
    leave(whole, station)


@pytest.mark.parametrize("key", [False, True])
def test_a_missed_call_becomes_a_callback(whole, ears, exchange, key):
    """Nobody is there: he hears when we are, and may ask to be called; he is."""
    exchange(incoming_prompt_id=whole.staff.prompt("incoming", 5))
    [debtor] = whole.staff.debtors(network.ANSWERS)
    whole.start()
    caller = ears.call_us(debtor.number)
    until(lambda: ears.hears(caller, 0.4, spy="in") == {"prompt"}, 15, "the message")
    if key:
        ears.press(caller, "2")
    else:
        whole.pbx.ari("DELETE", f"channels/{caller}")
    until(lambda: came_in(whole, debtor.number)[0] == "missed", 15, "it is on record")
    assert came_in(whole, debtor.number)[2] is key
    [case] = whole.staff.manager.find(
        "debt.case", [("id", "=", debtor.case_id)], "callback_at"
    )
    soon = datetime.datetime.now(datetime.UTC) + datetime.timedelta(minutes=6)
    assert case["callback_at"] <= soon.strftime("%Y-%m-%d %H:%M:%S")
    until(lambda: not whole.pbx.channels(), 10, "his line is free")
