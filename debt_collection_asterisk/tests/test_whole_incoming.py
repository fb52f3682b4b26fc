"""A debtor rings us: Odoo knows him, his operator has him, and it is on record."""

import pytest

from lab import network, sound
from lab.ears import Ears
from lab.ports import until

STATIONS = "debt.dialler.operator"


@pytest.fixture
def ears(whole):
    found = Ears(whole.pbx)
    yield found
    found.close()


def test_a_debtor_rings_and_is_put_through(whole, ears):
    """Announced, recorded, written down in the window that opens with him."""
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
    user.call(STATIONS, "action_leave", [station])
    until(lambda: not whole.pbx.channels(), 10, "all lines are free")


def test_a_stranger_is_let_go_where_nobody_is_there_for_strangers(whole, ears):
    whole.start()
    ears.call_us("+3225550000")
    found = "SELECT state FROM debt_dialler_incoming WHERE number = %s"
    until(lambda: whole.office.value(found, "+3225550000") == "missed", 15, "it ends")
    until(lambda: not whole.pbx.channels(), 10, "his line is free")
