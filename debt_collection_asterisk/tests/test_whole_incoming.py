"""A debtor rings us: Odoo knows him, his operator has him, and it is on record."""

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
