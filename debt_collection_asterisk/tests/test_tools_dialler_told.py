"""What the dialler tells, as Odoo understands it: the two halves put together."""

import hashlib

import pytest

from odoo.addons.debt_collection.tools import call_events

from lab.fakes import World

DEBTOR, OPERATOR = "debt-42-debtor", "debt-42-operator"


@pytest.fixture
def world(tmp_path):
    return World(tmp_path).start()


def facts(world, attended=False):
    """What Odoo knows of the call."""
    events = [event for key, event in world.odoo.received.items() if key[0] == 42]
    return call_events.fold(map(call_events.parse, events), attended)


def message(world, **values):
    """A voice message, up to its ringing."""
    world.odoo.sounds[6] = b"RIFFmessage"
    prompt = {"id": 6, "sha1": hashlib.sha1(world.odoo.sounds[6]).hexdigest()}
    world.campaign(1, "voice_message")
    job = {"mode": "voice_message", "campaign_id": 1, "message": prompt}
    world.job(42, **job | {"menu": {"9": "stop"}} | values)
    world.run(2)


def test_a_call_that_nobody_took_is_concluded(world):
    """Nothing is missing before its end: no operator can have been on the line."""
    message(world)
    world.pbx.end(DEBTOR, 17)
    world.run(1)
    assert (facts(world).state, facts(world).line) == ("done", "busy")


def test_what_was_chosen_by_key_is_carried_out(world):
    message(world)
    world.pbx.picks_up(DEBTOR)
    world.run(1)
    world.pbx.presses(DEBTOR, "9")
    world.run(1)
    assert facts(world).state == "done"
    assert facts(world).menu == {"choice": "stop"}


def test_a_call_given_back_after_the_question_may_be_dialled_anew(world):
    """The operator lifts, and hangs up while Odoo is asked."""
    world.by_hand(42)
    world.run(2)
    world.odoo.down = True
    world.pbx.picks_up(OPERATOR)
    world.run(1)
    world.pbx.end(OPERATOR, 16)
    world.odoo.down = False
    world.run(40)
    assert world.pbx.originated[DEBTOR] == 0
    assert facts(world, attended=True).cancelled
    world.by_hand(42, lease="another")
    world.run(2)
    world.pbx.picks_up(OPERATOR)
    world.run(1)
    world.pbx.end(DEBTOR, 17)
    world.run(1)
    assert facts(world, attended=True).whole
    assert facts(world, attended=True).line == "busy"


def test_a_call_is_live_until_its_end_is_told(world):
    """Odoo must not take it for lost while its events wait."""
    message(world)
    lives, sync = [], world.odoo.sync

    def listening(payload):
        answer = sync(payload)
        lives.append((payload["live"], [e["kind"] for e in payload["events"]]))
        return answer

    world.odoo.sync = listening
    world.odoo.down = True
    world.pbx.end(DEBTOR, 17)
    world.run(20)
    world.odoo.down = False
    world.run(20)
    assert lives[0] == ([42], ["ended"])
    assert lives[-1] == ([], [])


def test_the_day_is_that_of_the_office(world):
    """The PBX's clock shows UTC; in Los Angeles it is still the day before."""
    message(world, menu={"3": "promise"}, today="2027-01-14")
    world.pbx.picks_up(DEBTOR)
    world.run(1)
    world.pbx.presses(DEBTOR, "31401")
    world.run(1)
    assert facts(world).menu == {"choice": "promise", "date": "2027-01-14"}
