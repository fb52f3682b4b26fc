"""Kill -9 in the middle of a call, with a real Odoo, dialler and PBX.

A lock of the test's own stops the request of the moment inside of Odoo; once it has
come so far the workers are killed, and their master starts others.
"""

import pytest

from lab import network
from lab.office import Lock
from lab.ports import until

#: Nothing may stay open longer, whoever was killed.
A_MINUTE = 60
#: What a heartbeat needs, the giving of a lease, the permission to dial, and an event.
HEARTBEAT = (
    "SELECT FROM debt_dialler_instance WHERE id ="
    " (SELECT max(id) FROM debt_dialler_instance) FOR UPDATE"
)
LEASE = "SELECT FROM debt_dialler_lease WHERE call_id = %s FOR UPDATE"
PERMISSION = "LOCK TABLE debt_contact_decision IN SHARE MODE"
EVENT = "SELECT FROM debt_call WHERE id = %s FOR UPDATE"


@pytest.fixture
def debtor(whole):
    """Somebody who picks up and talks."""
    [found] = whole.staff.debtors(network.ANSWERS)
    return found


def hang_up(whole, call):
    """The operator, sooner or later with the debtor on the line, hangs up."""
    whole.wait(call.id, "talking", seconds=A_MINUTE)
    whole.staff.operator.hang_up(call)


def resolve(whole, debtor, call, line="answered", rang=1):
    """The call comes to its end; it is on record, once, and nothing of it is left."""
    whole.wait(call.id, "wrapup", seconds=A_MINUTE)
    until(lambda: not whole.open_leases(), A_MINUTE, "nothing is lent any more")
    until(lambda: not whole.pbx.channels(), 10, "all lines are free")
    assert whole.network.rang(debtor.number) == rang
    whole.staff.operator.save(call, "other", party="right_party", note="Cut off.")
    calls = [("partner_id", "=", debtor.id)]
    [made] = whole.staff.manager.find("debt.call", calls, "state", "line")
    assert (made["state"], made["line"]) == ("done", line)
    story = whole.story(call.id)
    assert story.count("ended") == 1
    assert story.count("dialing") == rang


# --- a worker of Odoo -------------------------------------------------------------
def test_a_worker_dies_before_there_is_a_lease(whole, debtor):
    whole.start()
    with Lock(whole.office, HEARTBEAT) as heartbeat:
        heartbeat.strike()
    call = whole.staff.operator.dial(debtor)
    hang_up(whole, call)
    resolve(whole, debtor, call)


def test_a_worker_dies_while_it_gives_a_lease(whole, debtor):
    whole.start()
    with Lock(whole.office, HEARTBEAT) as heartbeat:
        call = whole.staff.operator.dial(debtor)
        with Lock(whole.office, LEASE, call.id) as lock:
            heartbeat.release()
            lock.strike()
            assert whole.lease_of(call) == "queued"
    hang_up(whole, call)
    resolve(whole, debtor, call)


def test_a_worker_dies_while_it_says_yes(whole, debtor):
    """It has written the call down, and not yet said that the number may be dialled."""
    whole.start()
    with Lock(whole.office, HEARTBEAT) as heartbeat:
        call = whole.staff.operator.dial(debtor)
        with Lock(whole.office, PERMISSION) as lock:
            heartbeat.release()
            lock.strike()
            assert whole.lease_of(call) == "leased"
            assert whole.network.rang(debtor.number) == 0
    hang_up(whole, call)
    resolve(whole, debtor, call)


def test_a_worker_dies_while_they_talk(whole, debtor):
    whole.start()
    call = whole.staff.operator.dial(debtor)
    whole.heard(call.id, "bridged")
    with Lock(whole.office, HEARTBEAT) as heartbeat:
        heartbeat.strike()
    assert whole.pbx.channels() == lines(call)
    hang_up(whole, call)
    resolve(whole, debtor, call)


def test_a_worker_dies_while_it_hears_of_the_end(whole, debtor):
    whole.start()
    call = whole.staff.operator.dial(debtor)
    whole.heard(call.id, "recording_started")
    with Lock(whole.office, EVENT, call.id) as lock:
        whole.pbx.ari("DELETE", f"channels/debt-{call.id}-debtor")
        lock.strike()
        assert whole.state(call.id) == "talking"
    resolve(whole, debtor, call)
    until(lambda: whole.recordings(call), 30, "what was recorded comes, too")


def lines(call):
    """The lines of debtor and operator on the PBX."""
    return {f"debt-{call.id}-debtor", f"debt-{call.id}-operator"}


# --- the dialler, the PBX ---------------------------------------------------------
def test_the_dialler_dies_while_it_asks(whole, debtor):
    """Odoo says yes to nobody: the call counts, and nobody is rung, now or later."""
    whole.start()
    with Lock(whole.office, HEARTBEAT) as heartbeat:
        call = whole.staff.operator.dial(debtor)
        with Lock(whole.office, PERMISSION) as lock:
            heartbeat.release()
            until(lock.reached, 30, "it asks")
            whole.dialler.kill()
    whole.wait(call.id, "dialing")
    whole.start()
    resolve(whole, debtor, call, line="unknown", rang=0)


def test_the_dialler_dies_while_they_talk(whole, debtor):
    whole.start()
    call = whole.staff.operator.dial(debtor)
    whole.heard(call.id, "recording_started")
    whole.dialler.kill()
    assert whole.pbx.channels() == lines(call)
    whole.start()
    hang_up(whole, call)
    resolve(whole, debtor, call)
    until(lambda: whole.recordings(call), 30, "what was recorded comes, too")


def test_the_pbx_dies_while_they_talk(whole, debtor):
    whole.start()
    call = whole.staff.operator.dial(debtor)
    whole.heard(call.id, "bridged")
    whole.pbx.kill()
    whole.pbx.start()
    resolve(whole, debtor, call)
