"""Conversations, recordings, menus and answering machines, with a real PBX."""

import datetime

from lab import network, sound
from lab.ports import until

ENDPOINT = "PJSIP/{}@trunk".format
DEBTOR, OPERATOR = "+32470000101", ENDPOINT("900021")
#: An amplitude that silence and noise do not have.
AUDIBLE = 300


def by_hand(lab, call_id, number=DEBTOR, **values):
    """Somebody clicks on a number in Odoo."""
    operator = {"user_id": 7, "endpoint": values.pop("endpoint", OPERATOR)}
    values = {"operator": operator, "operator_first": True} | values
    return lab.odoo.job(call_id, number, **values)


def hang_up(lab, call_id, number=1):
    lab.odoo.command(number, call_id, "hangup")
    return lab.odoo.wait(call_id, "ended")


def test_click_to_call_is_recorded_from_both_sides(lab):
    odoo = lab.odoo
    announcement = odoo.prompt(5, sound.wav(sound.tone(700, 0.5)))
    by_hand(lab, 1, record=True, announcement=announcement)
    lab.start()
    odoo.wait(1, "recording_started")
    until(lambda: len(lab.pbx.channels()) == 2, 10, "both are on the line")
    bridge = until(lab.pbx.bridges, 10, "a bridge")
    assert bridge == {"debt-1-operator-bridge"}
    # Two seconds of talk, by the PBX's own clock.
    until(lambda: _duration(lab, "debt-1-1") >= 2, 10, "two seconds of talk")
    ended = hang_up(lab, 1)
    assert (ended["line"], ended["by"]) == ("answered", "operator")
    assert odoo.story(1)[:8] == [
        "operator_ringing",
        "operator_answered",
        "dialing",
        "ringing",
        "answered",
        "bridged",
        "announced",
        "recording_started",
    ]
    until(lambda: odoo.recordings, 10, "the recording is handed over")
    call_id, seconds, data = odoo.recordings["debt-1-1"]
    samples, length = sound.samples_of(data)
    assert call_id == 1
    assert abs(seconds - length) < 1.5 <= length
    assert sound.power(samples, network.DEBTOR_HZ) > AUDIBLE
    assert sound.power(samples, network.OPERATOR_HZ) > AUDIBLE
    assert odoo.wait(1, "recorded")["name"] == "debt-1-1"
    assert lab.network.caller_of(DEBTOR) == "+3221234567"
    until(lambda: not lab.pbx.channels(), 10, "both lines are free")
    until(lambda: not lab.pbx.bridges(), 10, "the bridge is gone")
    stored = lab.pbx.ari("GET", "recordings/stored").json()
    assert not stored, "nothing of a debtor's voice stays on the PBX"


def test_who_could_not_be_told_is_not_recorded(lab):
    """Asterisk finds no sound in the file: nobody heard the announcement."""
    odoo = lab.odoo
    silent = odoo.prompt(8, b"no sound at all")
    by_hand(lab, 8, "+32470000801", record=True, announcement=silent)
    lab.start()
    odoo.wait(8, "bridged")
    complaint = "the PBX must be able to read"
    until(lambda: complaint in lab.dialler.log.read_text(), 10, "it is noticed")
    hang_up(lab, 8)
    assert not {"announced", "recording_started"}.intersection(odoo.story(8))


def _duration(lab, name):
    """Seconds since a recording began, by what the debtor's line received."""
    answer = lab.pbx.ari("GET", "channels/debt-1-debtor/rtp_statistics")
    return answer.json().get("rxcount", 0) / 50 if answer.ok else 0


def test_an_operator_who_does_not_pick_up_costs_the_debtor_no_ring(lab):
    by_hand(lab, 2, "+32470000201", endpoint=ENDPOINT("900002"))
    lab.start()
    assert lab.odoo.wait(2, "operator_failed")["line"] == "busy"
    assert lab.odoo.wait(2, "ended")["line"] == "cancelled"
    assert lab.network.rang("+32470000201") == 0


def test_odoo_says_no_at_the_last_moment(lab):
    lab.odoo.allow = False
    by_hand(lab, 3, "+32470000301")
    lab.start()
    ended = lab.odoo.wait(3, "ended")
    assert (ended["line"], ended["reason"]) == ("cancelled", "paid")
    assert lab.network.rang("+32470000301") == 0
    until(lambda: not lab.pbx.channels(), 10, "the operator's phone is let go")


def test_hold_resume_and_hand_on_to_a_colleague(lab):
    odoo = lab.odoo
    by_hand(lab, 4, "+32470000401")
    lab.start()
    odoo.wait(4, "bridged")
    odoo.command(1, 4, "hold")
    odoo.wait(4, "held")
    odoo.command(2, 4, "resume")
    odoo.wait(4, "resumed")
    odoo.command(3, 4, "transfer", to=ENDPOINT("901021"))
    assert odoo.wait(4, "transferred")["to"] == ENDPOINT("901021")
    until(
        lambda: lab.pbx.channels() == {"debt-4-debtor", "debt-4-colleague1"},
        5,
        "he left",
    )
    odoo.command(4, 4, "dance")
    until(lambda: not odoo.commands, 10, "all commands are acknowledged")
    assert hang_up(lab, 4, 5)["line"] == "answered"
    until(lambda: not lab.pbx.channels(), 10, "all lines are free")


def test_a_debtor_answers_a_message_by_his_keys(lab):
    """He calls back, promises a day, wants no more calls, or wants a person."""
    odoo = lab.odoo
    message = odoo.prompt(6, sound.wav(sound.tone(600, 6)))
    offer = odoo.prompt(8, sound.wav(sound.tone(500, 4)))
    today = datetime.date.today()
    offered = (today + datetime.timedelta(7)).isoformat()
    odoo.campaign(1, "voice_message")
    menu = {"1": "operator", "2": "callback", "3": "promise", "9": "stop"}
    pressed = {
        network.CALLBACK: "callback",
        network.DATED: "promise",
        network.STOPS: "stop",
        network.OFFERED: "promise",
    }
    for call_id, suffix in enumerate(pressed, 10):
        number = f"+3247{call_id:05}{suffix}"
        more = {"message": message, "menu": menu, "campaign_id": 1}
        more |= {"promise_prompt": offer, "promise_date": offered}
        odoo.job(call_id, number, mode="voice_message", **more)
    lab.start()
    for call_id, choice in enumerate(pressed.values(), 10):
        found = odoo.wait(call_id, "menu")
        assert found["choice"] == choice
        ended = odoo.wait(call_id, "ended")
        assert (ended["line"], ended["by"]) == ("answered", "us")
        assert not odoo.values(call_id, "message_played")["complete"]
    assert odoo.values(13, "menu")["date"] == offered
    date = odoo.values(11, "menu").get("date")
    month = datetime.date(today.year, 3, 15)
    near = datetime.timedelta() <= month - today <= datetime.timedelta(62)
    assert date == (month.isoformat() if near else None)


def test_nobody_presses_a_key(lab):
    odoo = lab.odoo
    message = odoo.prompt(6, sound.wav(sound.tone(600, 1)))
    odoo.campaign(1, "voice_message")
    odoo.job(20, "+32470002001", mode="voice_message", campaign_id=1, message=message)
    lab.start()
    assert odoo.wait(20, "ended")["by"] == "us"
    played = odoo.values(20, "message_played")
    assert played["complete"]
    assert 0.9 <= played["seconds"] <= 30


def test_a_person_is_told_from_a_machine(lab):
    """Who says his name and waits, and what speaks on."""
    odoo, machines = lab.odoo, (31, 32, 33)
    message = odoo.prompt(6, sound.wav(sound.tone(600, 0.5)))
    odoo.campaign(1, "voice_message")
    calls = {30: network.HUMAN} | dict.fromkeys(machines, network.MACHINE)
    for call_id, suffix in calls.items():
        odoo.job(
            call_id,
            f"+3247000{call_id}{suffix}",
            mode="voice_message",
            campaign_id=1,
            message=message,
            detect_machine=True,
        )
    lab.start()
    assert odoo.wait(30, "ended")["line"] == "answered"
    assert "human" in odoo.story(30)
    assert "message_played" in odoo.story(30)
    lines = {call_id: odoo.wait(call_id, "ended")["line"] for call_id in machines}
    assert set(lines.values()) == {"machine"}, lines
    assert not any("message_played" in odoo.story(call_id) for call_id in machines)


def test_nobody_free_within_two_seconds(lab):
    """Who answers and finds no operator hears who called, at once."""
    odoo = lab.odoo
    sorry = odoo.prompt(7, sound.wav(sound.tone(500, 0.5)))
    odoo.campaign(1, "progressive")
    odoo.operator(7, OPERATOR, campaign_id=1)
    lab.start()
    until(lambda: odoo.lines.get(7) == "up", 10, "the operator waits")
    odoo.job(
        40,
        f"+324700040{network.SLOW}",
        mode="progressive",
        campaign_id=1,
        abandon_message=sorry,
    )
    odoo.wait(40, "ringing")
    odoo.operators[7]["state"] = "pause"
    assert odoo.wait(40, "message_played")["complete"]
    assert odoo.story(40)[-3:] == ["abandoned", "message_played", "ended"]
    assert "debt-op-7-line" in lab.pbx.channels(), "his line stands through a pause"


def test_the_limit_of_a_talk(lab):
    by_hand(lab, 60, "+32470006001", ring_seconds=2, max_seconds=2)
    lab.start()
    ended = lab.odoo.wait(60, "ended")
    assert (ended["line"], ended["by"]) == ("answered", "pbx")
    until(lambda: not lab.pbx.channels(), 10, "both lines are free")


def test_a_waiting_operator_gets_call_after_call_on_one_line(lab):
    odoo = lab.odoo
    odoo.campaign(1, "progressive")
    odoo.operator(7, OPERATOR, campaign_id=1)
    for call_id in (50, 51):
        odoo.job(call_id, f"+324700{call_id}005", mode="progressive", campaign_id=1)
    lab.start()
    for call_id in (50, 51):
        assert odoo.wait(call_id, "bridged") == {"user_id": 7}
        assert odoo.wait(call_id, "ended")["by"] == "debtor"
    assert lab.network.rang("900021") >= 1
    odoo.operators[7]["state"] = "offline"
    until(lambda: not lab.pbx.channels(), 10, "his line is let go when he leaves")
