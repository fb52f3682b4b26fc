"""What networks and telephones do in the field, with a PBX and an Odoo in memory."""

import hashlib
import wave
from io import BytesIO

import pytest

from dialler import checks
from dialler.config import Config
from dialler.trunk import STOP, Trunk
from lab.fakes import FakePbx, World

DEBTOR, OPERATOR = "debt-42-debtor", "debt-42-operator"


@pytest.fixture
def world(tmp_path):
    return World(tmp_path).start()


def prompt(world, number):
    """How a job refers to a prompt."""
    world.odoo.sounds[number] = b"RIFF"
    return {"id": number, "sha1": hashlib.sha1(b"RIFF").hexdigest()}


def by_itself(world, call_id=42, **values):
    """A call of a campaign, up to its dialling."""
    if not world.odoo.campaigns:
        world.campaign(1, "voice_message")
    more = {"mode": "voice_message", "campaign_id": 1}
    world.job(call_id, **more | values)


# --- lines that nobody owns -------------------------------------------------------
def test_every_line_of_ours_is_forwarded_to_nowhere(world):
    world.by_hand(42)
    world.run(1)
    world.pbx.picks_up(OPERATOR)
    world.run(1)
    dial = {"type": "Dial", "dialstatus": "CANCEL", "forward": "+3290"}
    local = {"id": "1795914848.1", "name": "Local/+3290@telephones-1;1"}
    world.pbx.states[local["id"]] = "Ringing"
    world.engine.on_event(
        dial | {"peer": {"id": DEBTOR, "state": "Down"}, "forwarded": local}
    )
    assert local["id"] not in world.pbx.states
    world.pbx.end(DEBTOR, 23)
    world.run(1)
    [end] = world.odoo.values(42, "ended")
    assert (end["line"], end["reason"]) == ("failed", "forwarded")
    assert world.odoo.told["problems"][0]["code"] == "foreign_line"


def test_an_operators_phone_that_forwards(world):
    """It is known by what it said; the cause may be that of our hanging up."""
    world.by_hand(42)
    world.run(1)
    dial = {"type": "Dial", "dialstatus": "CANCEL", "forward": "+3290"}
    world.engine.on_event(dial | {"peer": {"id": OPERATOR, "state": "Down"}})
    world.pbx.end(OPERATOR, 16)
    world.run(1)
    [end] = world.odoo.values(42, "ended")
    assert end["reason"] == "phone_forwarded"


def test_who_hangs_up_before_we_hear_that_he_answered(world):
    by_itself(world)
    world.run(1)
    channel = {"id": DEBTOR, "state": "Up"}
    world.engine.on_event({"type": "ChannelHangupRequest", "channel": channel})
    world.pbx.picks_up(DEBTOR)
    world.pbx.end(DEBTOR, 16)
    world.run(1)
    [end] = world.odoo.values(42, "ended")
    assert (end["line"], end["by"]) == ("answered", "debtor")


def test_a_message_whose_end_the_pbx_does_not_tell(world):
    """After a gap nobody is kept on a silent line: the PBX is asked."""
    by_itself(world, abandon_message=prompt(world, 7))
    world.run(1)
    world.disconnect()
    world.pbx.picks_up(DEBTOR)
    world.connect()
    world.run(2)
    assert DEBTOR in world.pbx.states
    world.pbx.playing.clear()
    world.run(2)
    assert DEBTOR not in world.pbx.states
    told = world.odoo.story(42)
    assert told[-4:] == ["answered", "abandoned", "message_played", "ended"]


def test_a_pbx_that_forwards_by_itself(world):
    world.pbx.redirects = "uri_pjsip"
    world.disconnect()
    world.connect()
    world.by_hand(42)
    world.run(5)
    assert not world.pbx.originated
    assert world.odoo.told["problems"][0]["code"] == "forwards"
    world.pbx.redirects = "user"
    world.run(120)
    assert not world.odoo.told["problems"]


@pytest.mark.parametrize(
    "name", ["debt-b-42-debtor", "debt-op-42-debtor", "debt-b-op-7-line", "debt-x"]
)
def test_a_dialler_whose_name_begins_with_ours(world, name):
    """Its talks and bridges are its own."""
    world.pbx.states[name] = "Up"
    world.pbx.bridged[f"{name}-bridge"] = {name}
    world.disconnect()
    world.connect()
    world.run(2)
    assert name in world.pbx.states
    assert f"{name}-bridge" in world.pbx.bridged


def test_folders_before_the_first_start(tmp_path):
    """Those that are to be made are no fault; one that nobody can write is."""
    config = Config()
    config.process.state = str(tmp_path / "state")
    assert not list(checks.machine(config))
    (tmp_path / "state").write_text("a file stands there")
    found = [problem.code for problem in checks.machine(config)]
    assert set(found) == {"folder"}


# --- the way to the carrier -------------------------------------------------------
def fail_all(world, cause, seconds=60):
    """Every number that is dialled ends so."""
    for _step in range(seconds * 4):
        for name in list(world.pbx.states):
            if name.endswith("-debtor"):
                world.pbx.end(name, cause)
        world.run(0.25)


@pytest.mark.parametrize("cause", [1, 34, 21, 27])
def test_a_trunk_that_fails_all(world, cause):
    """A handful of numbers is spent, and none of them is called dead for long."""
    for call_id in range(1, 200):
        by_itself(world, call_id)
    fail_all(world, cause)
    assert sum(world.pbx.originated.values()) <= 2 * STOP
    assert world.odoo.told["stopped"]
    if cause == 1:
        lines = [world.odoo.values(id_, "ended") for id_ in range(1, 200)]
        ends = [one[0] for one in lines if one and one[0]["line"] != "cancelled"]
        assert {(e["line"], e.get("reason")) for e in ends[STOP:]} <= {
            ("failed", "trunk")
        }


def test_after_a_stop_it_begins_slowly(world):
    for call_id in range(1, 300):
        by_itself(world, call_id)
    fail_all(world, 34)
    spent = sum(world.pbx.originated.values())
    assert world.odoo.told["stopped"] == "congestion"
    [campaign] = world.odoo.campaigns
    campaign["running"] = False
    world.run(2)
    campaign["running"] = True
    for call_id in range(300, 400):
        by_itself(world, call_id)
    world.run(2)
    assert world.odoo.told["stopped"] is None
    assert sum(world.pbx.originated.values()) == spent + 1


def test_answered_and_gone_again_and_again():
    """Networks that call us a nuisance let nobody stay on the line."""
    trunk = Trunk()
    for _call in range(40):
        trunk.answered(1.0, hung_up=True)
    assert trunk.stopped == "short_calls"
    friendly = Trunk()
    for _call in range(40):
        friendly.answered(60.0, hung_up=True)
        friendly.answered(1.0, hung_up=False)
    assert friendly.stopped is None


def test_a_call_by_hand_goes_out_although_campaigns_are_stopped(world):
    for call_id in range(1, 40):
        by_itself(world, call_id)
    fail_all(world, 34)
    world.by_hand(500)
    world.run(2)
    assert world.pbx.originated["debt-500-operator"] == 1


# --- telephones of ours -----------------------------------------------------------
def test_a_phone_that_nobody_picks_up_is_rung_less_and_less(world):
    world.campaign(1, "progressive")
    operator = world.operator(1)
    for _step in range(600):
        if "debt-op-1-line" in world.pbx.states:
            world.run(20)
            world.pbx.end("debt-op-1-line", 19)
        world.run(1)
    assert 4 <= world.pbx.originated["debt-op-1-line"] <= 8
    [line] = world.odoo.told["operators"]
    assert line["trouble"] == "no_answer"
    # He comes back to his engine: it rings at once.
    rung = world.pbx.originated["debt-op-1-line"]
    operator["state"] = "pause"
    world.run(2)
    operator["state"] = "ready"
    world.run(2)
    assert world.pbx.originated["debt-op-1-line"] == rung + 1


def test_the_operator_of_a_campaign_clicks_while_he_talks(world):
    """One telephone, one talk, whoever began it."""
    world.campaign(1, "progressive")
    world.operator(7)
    world.run(1)
    world.pbx.picks_up("debt-op-7-line")
    world.run(1)
    world.job(1, mode="progressive", campaign_id=1)
    world.run(2)
    world.pbx.picks_up("debt-1-debtor")
    world.run(1)
    world.by_hand(42)
    world.run(2)
    assert world.odoo.values(42, "ended")[0]["reason"] == "operator_busy"
    assert not world.pbx.originated[DEBTOR]


# --- machines ---------------------------------------------------------------------
def machine(world, speaks):
    """Somebody answers and is taken for a machine."""
    sorry = prompt(world, 7)
    by_itself(world, mode="predictive", detect_machine=True, abandon_message=sorry)
    world.odoo.campaigns[0]["mode"] = "predictive"
    world.odoo.campaigns[0]["abandon_cap"] = 1.0
    world.engine.campaigns.clear()
    world.run(1)
    call = world.engine.calls[42]
    call.line.dial(None)
    world.pbx.picks_up(DEBTOR)
    world.run()
    world.pbx.enters(DEBTOR, ["amd", "MACHINE", "LONGGREETING-3000-3000"])
    world.run(0.5)
    if speaks:
        event = {"type": "ChannelTalkingStarted", "channel": {"id": DEBTOR}}
        world.engine.on_event(event)
    world.run(3)
    world.pbx.played("debt-42-abandon_message")
    world.run(1)
    return world.odoo.story(42)


def test_a_person_who_is_taken_for_a_machine(world):
    """He hears who called, and counts as abandoned."""
    told = machine(world, speaks=False)
    assert told[-4:] == ["machine", "abandoned", "message_played", "ended"]
    assert ("play", f"channels/{DEBTOR}") in [one[:2] for one in world.pbx.asked]


def test_a_machine_that_speaks_on_is_nobody(world):
    told = machine(world, speaks=True)
    assert "abandoned" not in told
    assert told[-3:] == ["machine", "message_played", "ended"]
    assert world.odoo.values(42, "ended")[0]["line"] == "machine"


# --- recordings -------------------------------------------------------------------
def talk(world):
    world.by_hand(42, record=True)
    world.run(2)
    world.pbx.picks_up(OPERATOR)
    world.run()
    world.pbx.picks_up(DEBTOR)
    world.run(1)


def test_a_request_that_is_lost_leaves_nobody_on_the_line(world, monkeypatch):
    """The PBX was busy for a moment: it is asked to hang up again."""
    talk(world)
    asked, hangup = [], FakePbx.do_hangup

    def busy(pbx, channel):
        asked.append(channel)
        if asked.count(channel) > 1:
            hangup(pbx, channel)

    monkeypatch.setattr(FakePbx, "do_hangup", busy)
    command = {"id": 1, "call_id": 42, "command": "hangup", "values": {}}
    world.odoo.commands = [command]
    world.run(5)
    assert DEBTOR not in world.pbx.states
    assert world.odoo.values(42, "ended")[0]["by"] == "operator"


def test_whoever_hangs_up_the_recording_is_handed_over(world):
    """The operator's bridge goes with him; it is recorded no more before that."""
    talk(world)
    world.pbx.end(OPERATOR, 16)
    world.run(2)
    assert world.odoo.uploads == {"debt-42-1": 42}
    assert world.odoo.values(42, "recorded")[0]["seconds"] == 1.0


def test_a_recording_of_whose_end_nobody_tells(world, monkeypatch):
    """It is looked for, once, and handed over."""
    talk(world)
    monkeypatch.setattr(FakePbx, "do_stop_recording", lambda pbx, name: None)
    world.pbx.end(OPERATOR, 16)
    world.run(4)
    assert not world.odoo.uploads
    world.run(4)
    assert world.odoo.uploads == {"debt-42-1": 42}
    assert world.odoo.story(42).count("recorded") == 1
    assert not world.journal.recordings()


def test_an_empty_recording_is_none(world):
    talk(world)
    world.pbx.empty = True
    world.pbx.end(DEBTOR, 16)
    world.run(5)
    assert "recorded" not in world.odoo.story(42)
    assert not world.odoo.uploads
    assert not world.journal.recordings()


def test_a_recording_without_its_length_can_be_played(world):
    """The PBX died before it wrote it: the header says nothing."""
    out = BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(bytes(16000))
    whole = out.getvalue()
    talk(world)
    world.pbx.sound = whole[:4] + bytes(4) + whole[8:40] + bytes(4) + whole[44:]
    world.pbx.end(DEBTOR, 16)
    world.run(5)
    with wave.open(BytesIO(world.odoo.sound["debt-42-1"])) as file:
        assert file.getnframes() == 8000
    assert world.odoo.values(42, "recorded")[0]["seconds"] == 1.0
