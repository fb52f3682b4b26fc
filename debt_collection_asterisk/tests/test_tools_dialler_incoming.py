"""Calls that come in, with a PBX and an Odoo in memory."""

import hashlib

import pytest

from dialler.times import parse
from lab.fakes import FakePbx, World

CALLER = "1796033993.7"
PHONE = {"user_id": 7, "endpoint": "PJSIP/100"}


@pytest.fixture
def world(tmp_path):
    world = World(tmp_path).start()
    world.odoo.for_whom = {"phones": [PHONE]}
    world.pbx.comes_in(CALLER, "+32470998877")
    world.run(1)
    return world


def phones(world):
    """The phones of ours that ring or speak."""
    return [name for name in world.pbx.states if name != CALLER]


def test_somebody_of_us_picks_up(world):
    [phone] = phones(world)
    world.pbx.picks_up(phone)
    world.run(1)
    assert world.pbx.bridged == {f"{phone}-bridge": {phone, CALLER}}
    world.pbx.end(CALLER, 16)
    world.run(1)
    assert world.odoo.came_in == ["asked", "answered", "ended"]
    assert not world.pbx.states
    assert not world.pbx.bridged


def test_a_process_that_follows_at_once_rings_phones_of_its_own(world, monkeypatch):
    """The phone that the former one rang is hung up; late news of it are its own."""
    [former] = phones(world)
    world.crash()
    hung_up = []
    monkeypatch.setattr(FakePbx, "do_hangup", lambda pbx, name: hung_up.append(name))
    world.time += 0.3
    world.start()
    world.run(1)
    monkeypatch.undo()
    assert hung_up == [former]
    world.pbx.end(former, 16)
    world.run(1)
    [phone] = phones(world)
    world.pbx.picks_up(phone)
    world.run(1)
    assert world.odoo.came_in == ["asked", "asked", "answered"]


def test_picked_up_while_nobody_listened(world):
    """The caller has him all the same."""
    [phone] = phones(world)
    world.disconnect()
    world.pbx.picks_up(phone)
    world.pbx.forget_events()
    world.connect()
    world.run(1)
    assert world.pbx.bridged == {f"{phone}-bridge": {phone, CALLER}}
    assert world.odoo.came_in == ["asked", "answered"]


def test_hung_up_while_nobody_listened(world):
    """Whoever spoke there is gone: the caller is not left alone on the line."""
    [phone] = phones(world)
    world.pbx.picks_up(phone)
    world.run(1)
    world.disconnect()
    world.pbx.end(phone, 16)
    world.connect()
    world.run(1)
    assert not world.pbx.states
    assert world.odoo.came_in == ["asked", "answered", "ended"]


# --- recording --------------------------------------------------------------------
def recorded(world, announced=True):
    """Somebody of us picked up, and Odoo wants it recorded."""
    world.odoo.sounds[5] = b"RIFF"
    prompt = {"id": 5, "sha1": hashlib.sha1(b"RIFF").hexdigest()}
    wanted = {"announcement": prompt if announced else None}
    world.odoo.for_whom = {"ok": True, "call_id": 42, "record": wanted}
    [phone] = phones(world)
    world.pbx.picks_up(phone)
    world.run(2)
    return phone


def test_he_is_told_first_and_then_recorded(world):
    phone = recorded(world)
    assert not world.pbx.recordings
    [said] = world.pbx.playing
    world.pbx.played(said)
    world.run(1)
    assert "announced" in world.odoo.came_in
    assert world.journal.recordings()[0]["call_id"] == 42
    world.pbx.end(phone, 16)
    world.run(2)
    assert list(world.odoo.uploads.values()) == [42]
    assert not world.journal.recordings()
    assert not world.pbx.recordings
    assert world.odoo.came_in[-1] == "ended"


def test_who_heard_no_announcement_is_not_recorded(world):
    recorded(world)
    [said] = world.pbx.playing
    world.pbx.played(said, "failed")
    world.run(1)
    assert "announced" not in world.odoo.came_in
    assert not world.pbx.recordings
    world.pbx.end(CALLER, 16)
    world.run(10)
    assert not world.odoo.uploads


def test_a_crash_ends_no_recording(world):
    """The talk goes on and so does its recording; that it ended is told."""
    phone = recorded(world, announced=False)
    world.crash()
    world.time += 2
    world.start()
    world.run(3)
    assert not world.odoo.uploads
    assert set(world.pbx.states) == {phone, CALLER}
    world.pbx.end(CALLER, 16)
    world.run(3)
    assert list(world.odoo.uploads.values()) == [42]
    assert not world.pbx.states
    assert world.odoo.came_in[-1] == "ended"


def test_a_talk_that_ended_while_nobody_listened(world):
    """Its recording is handed over, and its end is told."""
    phone = recorded(world, announced=False)
    world.crash()
    world.pbx.end(phone, 16)
    world.time += 2
    world.start()
    world.run(10)
    assert not world.pbx.states
    assert list(world.odoo.uploads.values()) == [42]
    assert world.odoo.came_in[-1] == "ended"


@pytest.mark.parametrize("crash", [False, True])
def test_that_it_was_announced_is_told_however_late(world, crash):
    """Odoo is away for an hour: the proof bears the time at which he heard it."""
    recorded(world)
    world.odoo.down = True
    [said] = world.pbx.playing
    heard_at = world.time
    world.pbx.played(said)
    world.run(1)
    if crash:
        world.crash()
        world.start()
    world.run(3600)
    assert "announced" not in world.odoo.came_in
    world.odoo.down = False
    world.run(70)
    [told] = [t for t in world.odoo.told_of_incoming if t["kind"] == "announced"]
    assert abs(parse(told["at"]) - heard_at) <= 1
    world.pbx.end(CALLER, 16)
    world.run(10)
    assert list(world.odoo.uploads.values()) == [42]


def test_what_happened_later_is_not_told_before(world):
    """Odoo does not hear of an end before it knows of the conversation."""
    [phone] = phones(world)
    world.odoo.down = True
    world.pbx.picks_up(phone)
    world.run(3)
    world.odoo.down = False
    world.pbx.end(CALLER, 16)
    world.run(30)
    assert world.odoo.came_in == ["asked", "answered", "ended"]


def press(world, command, number=1):
    """A button in the window of the call."""
    pressed = {"id": number, "call_id": 42, "command": command, "values": {}}
    world.odoo.commands = [pressed]
    world.run(2)
    told = [t for t in world.odoo.told_of_incoming if t["kind"] == "command"]
    return [one["ok"] for one in told if one["id"] == number]


@pytest.mark.parametrize("crash", [False, True])
def test_he_does_not_want_to_be_recorded(world, crash):
    """It ends at once, and does not begin again; they go on talking."""
    phone = recorded(world, announced=False)
    if crash:
        world.crash()
        world.start()
        world.run(1)
    assert press(world, "stop_record") == [True]
    assert list(world.odoo.uploads.values()) == [42]
    assert world.odoo.came_in.count("recording") == 2
    assert [t["on"] for t in world.odoo.told_of_incoming if "on" in t] == [True, False]
    world.run(5)
    assert set(world.pbx.states) == {phone, CALLER}
    assert not world.pbx.recordings


def test_not_wanted_before_the_announcement_is_over(world):
    recorded(world)
    assert press(world, "stop_record") == [True]
    [said] = world.pbx.playing
    world.pbx.played(said)
    world.run(2)
    assert not world.pbx.recordings


def test_the_operator_hangs_up_in_his_window(world):
    recorded(world, announced=False)
    assert press(world, "hangup") == [True]
    assert not world.pbx.states
    assert world.odoo.came_in[-1] == "ended"


def test_what_only_his_telephone_can_do(world):
    recorded(world, announced=False)
    assert press(world, "hold") == [False]


def test_a_broken_stream_ends_no_recording(world):
    phone = recorded(world, announced=False)
    world.disconnect()
    world.connect()
    world.run(3)
    assert not world.odoo.uploads
    world.pbx.end(phone, 16)
    world.run(3)
    assert list(world.odoo.uploads.values()) == [42]


def test_who_it_is_is_found_out_while_they_speak(world):
    """From then on it is recorded, as Odoo says; that Odoo says so again is nothing."""
    [phone] = phones(world)
    world.odoo.for_whom = {"ok": True, "call_id": None, "record": None}
    world.pbx.picks_up(phone)
    world.run(2)
    assert not world.pbx.recordings
    world.odoo.picked = {CALLER: {"call_id": 42, "record": {"announcement": None}}}
    world.run(3)
    assert len(world.pbx.recordings) == 1
    assert press(world, "stop_record") == [True]
    world.run(3)
    assert not world.pbx.recordings
    assert list(world.odoo.uploads.values()) == [42]
