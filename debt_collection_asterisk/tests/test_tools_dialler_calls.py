"""Calls by hand, with a PBX and an Odoo in memory."""

import hashlib

import pytest

from dialler.odoo import Refused
from lab.fakes import World

DEBTOR, OPERATOR = "debt-42-debtor", "debt-42-operator"


@pytest.fixture
def world(tmp_path):
    return World(tmp_path).start()


def talk(world, **values):
    """A call by hand, up to the conversation."""
    world.by_hand(42, **values)
    world.run(2)
    world.pbx.picks_up(OPERATOR)
    world.run()
    world.pbx.rings(DEBTOR)
    world.run()
    world.pbx.picks_up(DEBTOR)
    world.run(1)


def test_click_to_call(world):
    talk(world)
    assert world.pbx.bridged == {f"{OPERATOR}-bridge": {OPERATOR, DEBTOR}}
    world.pbx.end(DEBTOR, 16)
    world.run(1)
    assert world.odoo.story(42) == [
        "operator_ringing",
        "operator_answered",
        "dialing",
        "ringing",
        "answered",
        "bridged",
        "ended",
    ]
    expected = {"line": "answered", "cause": 16, "rang": True, "by": "debtor"}
    assert world.odoo.values(42, "ended") == [expected]
    assert not world.pbx.states
    assert not world.pbx.bridged
    assert len(world.odoo.asked) == 1


@pytest.mark.parametrize(
    ("permits", "shown"),
    [
        ({}, "+321"),
        ({"caller_number": "+322"}, "+322"),
        ({"caller_number": None}, None),
    ],
)
def test_the_number_that_odoo_took_is_shown(world, permits, shown):
    """It was chosen under a cap; the job's was only the best guess."""
    world.odoo.permits = permits
    talk(world, caller_number="+321")
    dialled = ("originate", DEBTOR)
    (request,) = [one for one in world.pbx.asked if one[:2] == dialled]
    assert request[-2] == shown


def test_keys_of_a_conversation_are_nobodys_business(world):
    talk(world)
    world.pbx.presses(DEBTOR, "4111")
    world.run(1)
    assert "digit" not in world.odoo.story(42)


def test_the_operator_hangs_up(world):
    talk(world)
    world.pbx.end(OPERATOR, 16)
    world.run(1)
    (ended,) = world.odoo.values(42, "ended")
    assert (ended["line"], ended["by"]) == ("answered", "operator")
    assert not world.pbx.states


def test_an_operator_who_gives_up_while_it_rings(world):
    world.by_hand(42)
    world.run(1)
    world.pbx.picks_up(OPERATOR)
    world.run()
    world.pbx.end(OPERATOR, 16)
    world.run(1)
    (ended,) = world.odoo.values(42, "ended")
    assert (ended["line"], ended["by"]) == ("cancelled", "operator")


def test_odoo_says_no(world):
    world.odoo.allow = False
    world.by_hand(42)
    world.run(1)
    world.pbx.picks_up(OPERATOR)
    world.run(1)
    assert world.pbx.originated[DEBTOR] == 0
    assert world.odoo.values(42, "ended")[0]["reason"] == "paid"
    assert not world.pbx.states


def test_odoo_is_away_when_it_is_asked(world):
    """The same question again; the lease runs out, and nobody was dialled."""
    world.by_hand(42)
    world.run(1)
    world.odoo.down = True
    world.pbx.picks_up(OPERATOR)
    world.run(40)
    world.odoo.down = False
    world.run(40)
    assert world.pbx.originated[DEBTOR] == 0
    assert world.odoo.values(42, "ended")[0]["reason"] == "expired"


def test_odoo_is_back_in_time(world):
    world.by_hand(42)
    world.run(1)
    world.odoo.down = True
    world.pbx.picks_up(OPERATOR)
    world.run(5)
    world.odoo.down = False
    world.run(2)
    assert world.pbx.originated[DEBTOR] == 1


def test_the_pbx_refuses(world):
    world.by_hand(42)
    world.run(1)
    world.pbx.refuse["originate"] = 500
    world.pbx.picks_up(OPERATOR)
    world.run(1)
    assert world.odoo.values(42, "ended")[0]["line"] == "failed"


def test_the_pbx_did_not_answer_whether_it_dials(world):
    world.by_hand(42)
    world.run(1)
    world.pbx.refuse["originate"] = 0
    world.pbx.picks_up(OPERATOR)
    world.run(3)
    assert world.odoo.values(42, "ended")[0]["line"] == "unknown"


def test_recorded_after_the_announcement(world):
    talk(world, announcement=announcement(world), record=True)
    assert not world.pbx.recordings
    world.pbx.played("debt-42-announcement")
    world.run(1)
    assert list(world.pbx.recordings) == ["debt-42-1"]
    world.pbx.end(DEBTOR, 16)
    world.run(2)
    assert world.odoo.uploads == {"debt-42-1": 42}
    assert not world.pbx.recordings
    assert world.odoo.story(42)[-5:-2] == ["bridged", "announced", "recording_started"]
    assert not world.journal.recordings()


def announcement(world):
    """How a job refers to the announcement that a call is recorded."""
    world.odoo.sounds[5] = b"RIFF"
    return {"id": 5, "sha1": hashlib.sha1(world.odoo.sounds[5]).hexdigest()}


def test_who_could_not_be_told_is_not_recorded(world, caplog):
    """The PBX may not read the file: nobody heard anything."""
    talk(world, announcement=announcement(world), record=True)
    world.pbx.played("debt-42-announcement", state="failed")
    world.run(1)
    assert not world.pbx.recordings
    assert world.odoo.story(42)[-1] == "bridged"
    assert str(world.config.prompts) in caplog.text


def test_what_odoo_will_never_take_is_forgotten(world):
    world.odoo.refusal = Refused("recording: Odoo answers 404 unknown_call")
    talk(world, record=True)
    world.pbx.end(DEBTOR, 16)
    world.run(5)
    assert not world.journal.recordings()
    assert not world.pbx.recordings


def test_a_recording_waits_for_odoo(world):
    talk(world, record=True)
    world.odoo.down = True
    world.pbx.end(DEBTOR, 16)
    world.run(30)
    assert not world.odoo.uploads
    world.odoo.down = False
    world.run(60)
    assert world.odoo.uploads == {"debt-42-1": 42}


def test_commands_are_carried_out_once(world):
    talk(world)
    hold = {"id": 1, "call_id": 42, "command": "hold", "values": {}}
    world.odoo.commands = [hold]
    world.run(3)
    assert world.pbx.asked.count(("music", DEBTOR)) == 1
    assert world.odoo.values(42, "command") == [{"id": 1, "ok": True, "error": ""}]
    resume = {"id": 2, "call_id": 42, "command": "resume", "values": {}}
    unknown = {"id": 3, "call_id": 42, "command": "dance", "values": {}}
    world.odoo.commands = [resume, unknown]
    world.run(3)
    assert [c["ok"] for c in world.odoo.values(42, "command")] == [True, True, False]
    hangup = {"id": 4, "call_id": 42, "command": "hangup", "values": {}}
    world.odoo.commands = [hangup]
    world.run(3)
    assert world.odoo.values(42, "ended")[0]["by"] == "operator"


def test_who_does_not_want_to_be_recorded_is_not(world):
    """Nor after the call was handed on to a colleague."""
    talk(world, announcement=announcement(world), record=True)
    world.pbx.played("debt-42-announcement")
    world.run(1)
    stop = {"id": 1, "call_id": 42, "command": "stop_record", "values": {}}
    hand_on = {"id": 2, "call_id": 42, "command": "transfer"}
    world.odoo.commands = [stop, hand_on | {"values": {"to": "PJSIP/101"}}]
    world.run(2)
    world.pbx.picks_up("debt-42-colleague1")
    world.run(2)
    assert world.odoo.story(42).count("transferred") == 1
    assert world.odoo.story(42).count("recording_started") == 1
    assert world.odoo.uploads == {"debt-42-1": 42}


def test_a_call_that_odoo_closed_is_dropped(world):
    talk(world)
    world.odoo.drop = [42]
    world.run(2)
    assert not world.pbx.states
