"""Campaigns, operators and voice messages, with a PBX and an Odoo in memory."""

import hashlib

import pytest

from lab.fakes import World

DEBTOR = "debt-42-debtor"


@pytest.fixture
def world(tmp_path):
    return World(tmp_path).start()


def progressive(world, mode="progressive", operators=1):
    world.campaign(1, mode)
    for user_id in range(1, operators + 1):
        world.operator(user_id)
    world.run(2)
    for user_id in range(1, operators + 1):
        world.pbx.picks_up(f"debt-op-{user_id}-line")
    world.run(2)


def test_an_operator_is_rung_once_and_then_waits(world):
    progressive(world)
    world.run(60)
    assert world.pbx.originated == {"debt-op-1-line": 1}
    assert world.odoo.told["operators"] == [
        {"user_id": 1, "line": "up", "trouble": None}
    ]
    assert world.odoo.told["want"] == {"1": 1}


def test_an_operator_who_does_not_pick_up_is_rung_again_later(world):
    world.campaign(1, "progressive")
    world.operator(1)
    world.run(1)
    world.pbx.end("debt-op-1-line", 19)
    world.run(5)
    assert world.pbx.originated["debt-op-1-line"] == 1
    world.run(15)
    assert world.pbx.originated["debt-op-1-line"] == 2


def test_the_line_stands_through_a_pause_and_falls_when_he_leaves(world):
    progressive(world)
    world.odoo.operators[0]["state"] = "pause"
    world.run(3)
    assert world.pbx.states == {"debt-op-1-line": "Up"}
    assert world.odoo.told["want"] == {}
    world.odoo.operators[0]["state"] = "offline"
    world.run(3)
    assert not world.pbx.states


def test_who_answers_gets_who_waits_longest(world):
    progressive(world, operators=2)
    world.job(42, mode="progressive", campaign_id=1)
    world.run(2)
    world.pbx.picks_up(DEBTOR)
    world.run(1)
    assert world.odoo.values(42, "bridged") == [{"user_id": 1}]
    assert world.pbx.bridged["debt-op-1-line-bridge"] == {"debt-op-1-line", DEBTOR}


def test_a_former_state_of_the_operator_gives_him_no_second_call(world):
    """Odoo must have heard of the end before he is free: he may want to wrap up."""
    progressive(world)
    world.job(42, mode="progressive", campaign_id=1)
    world.run(2)
    world.pbx.picks_up(DEBTOR)
    world.run(1)
    world.odoo.down = True
    world.pbx.end(DEBTOR, 16)
    world.run(3)
    station = world.engine.stations.of(1)
    assert station.state == "ready"
    assert not station.idle
    world.odoo.down = False
    world.odoo.operators[0]["state"] = "wrapup"
    world.run(40)
    assert not station.idle
    assert station.busy
    world.odoo.operators[0]["state"] = "ready"
    world.run(2)
    assert station.idle


def test_nobody_free_is_abandoned_within_two_seconds(world):
    progressive(world)
    world.job(42, mode="progressive", campaign_id=1)
    world.run(2)
    world.odoo.operators[0]["state"] = "pause"
    world.run(2)
    answered = world.time
    world.pbx.picks_up(DEBTOR)
    while "abandoned" not in [e["kind"] for e in world.journal.outbox()]:
        assert world.time - answered < 2
        world.run(0.25)
        if "abandoned" in world.odoo.story(42):
            break
    world.run(2)
    (ended,) = world.odoo.values(42, "ended")
    assert (ended["line"], ended["by"]) == ("answered", "us")


def test_the_share_of_abandoned_outlives_a_restart(world):
    progressive(world)
    world.job(42, mode="progressive", campaign_id=1)
    world.run(2)
    world.odoo.operators[0]["state"] = "pause"
    world.run(2)
    world.pbx.picks_up(DEBTOR)
    world.run(5)
    world.crash()
    world.start()
    world.run(2)
    stats = world.odoo.told["stats"]["1"]
    assert (stats["answers_day"], stats["abandoned_day"]) == (1, 1)
    world.time += 24 * 3600
    world.run(1)
    assert world.odoo.told["stats"]["1"]["answers_day"] == 0


def test_who_becomes_free_takes_who_waits(world):
    progressive(world)
    world.job(42, mode="progressive", campaign_id=1)
    world.run(2)
    world.odoo.operators[0]["state"] = "wrapup"
    world.run(2)
    world.pbx.picks_up(DEBTOR)
    world.run(0.25)
    world.odoo.operators[0]["state"] = "ready"
    world.run(3)
    assert "abandoned" not in world.odoo.story(42)
    assert "bridged" in world.odoo.story(42)


def test_nothing_is_dialled_after_the_window(world):
    world.odoo.campaigns.clear()
    world.campaign(1, "progressive", until="2027-01-15T08:00:10Z")
    world.operator(1)
    world.run(2)
    world.pbx.picks_up("debt-op-1-line")
    world.run(12)
    world.job(42, mode="progressive", campaign_id=1)
    world.run(3)
    assert world.pbx.originated[DEBTOR] == 0
    assert world.odoo.values(42, "ended")[0]["line"] == "cancelled"
    assert world.odoo.told["want"] == {}


def test_a_paused_campaign_keeps_its_operators_on_the_line(world):
    progressive(world)
    paused = world.odoo.campaigns.pop()
    world.run(3)
    assert world.pbx.states == {"debt-op-1-line": "Up"}
    assert world.odoo.told["want"] == {}
    world.odoo.campaigns.append(paused)
    world.run(3)
    assert world.odoo.told["want"] == {"1": 1}


def test_a_lease_that_is_not_used_is_given_back(world):
    progressive(world)
    world.odoo.operators[0]["state"] = "pause"
    world.run(2)
    world.job(42, mode="progressive", campaign_id=1)
    world.run(31)
    assert world.odoo.values(42, "ended")[0]["line"] == "cancelled"
    world.job(42, mode="progressive", campaign_id=1, lease="another")
    world.odoo.operators[0]["state"] = "ready"
    world.run(2)
    assert world.pbx.originated[DEBTOR] == 1


def test_not_more_lines_than_the_campaign_may_use(world):
    world.campaign(1, "voice_message", max_lines=2)
    world.run(1)
    for call_id in range(100, 105):
        world.job(call_id, mode="voice_message", campaign_id=1)
    world.run(5)
    assert sum(world.pbx.originated.values()) == 2


def test_who_talks_uses_a_line_too(world):
    world.campaign(1, "progressive", max_lines=1)
    for user_id in (1, 2):
        world.operator(user_id)
    world.run(2)
    for user_id in (1, 2):
        world.pbx.picks_up(f"debt-op-{user_id}-line")
    world.job(42, mode="progressive", campaign_id=1)
    world.run(2)
    world.pbx.picks_up(DEBTOR)
    world.run(2)
    assert "bridged" in world.odoo.story(42)
    assert world.odoo.told["want"] == {}


def test_not_more_numbers_a_second_than_allowed(world):
    world.config.pbx.dials_per_second = 5
    world.campaign(1, "voice_message", max_lines=50)
    world.run(1)
    for call_id in range(100, 120):
        world.job(call_id, mode="voice_message", campaign_id=1)
    world.run(2.5)
    assert 10 <= sum(world.pbx.originated.values()) <= 15


def test_a_machine_is_not_put_through(world):
    progressive(world)
    world.job(42, mode="progressive", campaign_id=1, detect_machine=True)
    world.run(2)
    world.pbx.picks_up(DEBTOR)
    world.run(1)
    assert ("leave_to", DEBTOR, "debt-amd") in world.pbx.asked
    world.pbx.enters(DEBTOR, ["amd", "MACHINE", "LONGGREETING"])
    world.run(1)
    assert world.odoo.story(42) == ["dialing", "answered", "machine", "ended"]
    assert world.odoo.values(42, "ended")[0]["line"] == "machine"


def test_a_person_after_the_detection_is_put_through(world):
    progressive(world)
    world.job(42, mode="progressive", campaign_id=1, detect_machine=True)
    world.run(2)
    world.pbx.picks_up(DEBTOR)
    world.run(1)
    world.pbx.enters(DEBTOR, ["amd", "HUMAN", "HUMAN"])
    world.run(1)
    assert world.odoo.story(42)[-2:] == ["human", "bridged"]


# --- voice messages -------------------------------------------------------------------
def message(world, **values):
    data = b"RIFFmessage"
    world.odoo.sounds[6] = data
    prompt = {"id": 6, "sha1": hashlib.sha1(data).hexdigest()}
    world.campaign(1, "voice_message")
    menu = {"1": "operator", "3": "promise", "9": "stop"}
    more = {"message": prompt, "menu": menu} | values
    world.job(42, mode="voice_message", campaign_id=1, **more)
    world.run(2)
    world.pbx.picks_up(DEBTOR)
    world.run(1)


def test_a_message_is_heard_to_its_end(world):
    message(world)
    world.run(2)
    world.pbx.played("debt-42-message")
    world.run(10)
    assert world.odoo.values(42, "message_played")[0]["complete"]
    assert world.odoo.story(42)[-1] == "ended"


def test_a_message_that_cannot_be_played_is_not_heard(world):
    message(world)
    world.pbx.played("debt-42-message", state="failed")
    world.run(1)
    (heard,) = world.odoo.values(42, "message_played")
    assert not heard["complete"]
    assert world.odoo.story(42)[-1] == "ended"


def test_a_key_ends_the_message(world):
    message(world)
    world.pbx.presses(DEBTOR, "9")
    world.run(1)
    assert world.odoo.story(42)[-4:] == ["digit", "message_played", "menu", "ended"]
    assert world.odoo.values(42, "menu") == [{"choice": "stop"}]


def test_a_promise_with_a_day(world):
    message(world)
    world.pbx.presses(DEBTOR, "32001")
    world.run(1)
    expected = {"choice": "promise", "date": "2027-01-20"}
    assert world.odoo.values(42, "menu") == [expected]


def test_a_promise_of_the_day_that_is_offered(world):
    """He hears the day, then says yes to it."""
    data = b"RIFFoffer"
    world.odoo.sounds[8] = data
    prompt = {"id": 8, "sha1": hashlib.sha1(data).hexdigest()}
    message(world, promise_prompt=prompt, promise_date="2027-01-22")
    world.pbx.presses(DEBTOR, "3")
    world.run(1)
    (media,) = [what[2] for what in world.pbx.asked if what[0] == "play"][1:]
    assert media.endswith(f"8-{prompt['sha1']}")
    world.pbx.presses(DEBTOR, "#")
    world.run(1)
    expected = {"choice": "promise", "date": "2027-01-22"}
    assert world.odoo.values(42, "menu") == [expected]
    assert ("stop_playing", "debt-42-promise_prompt") in world.pbx.asked


def test_a_promise_without_a_day(world):
    message(world)
    world.pbx.presses(DEBTOR, "3")
    world.run(8)
    assert world.odoo.values(42, "menu") == [{"choice": "promise"}]
    assert not world.pbx.states


def test_who_wants_a_person_gets_one(world):
    world.operator(1)
    message(world)
    world.pbx.picks_up("debt-op-1-line")
    world.run(1)
    world.pbx.presses(DEBTOR, "1")
    world.run(1)
    assert world.odoo.story(42)[-2:] == ["menu", "bridged"]


def test_a_damaged_prompt_is_not_played(world):
    data = b"RIFF"
    world.odoo.sounds[6] = data
    world.campaign(1, "voice_message")
    prompt = {"id": 6, "sha1": "0" * 40}
    world.job(42, mode="voice_message", campaign_id=1, message=prompt)
    world.run(31)
    assert world.pbx.originated[DEBTOR] == 0
    assert world.odoo.values(42, "ended")[0]["line"] == "cancelled"
