"""What networks and telephones do in the field, with a real PBX."""

import time

import pytest

from lab import network, sound
from lab.ears import Ears
from lab.ports import until
from lab.process import Process
from lab.proxy import Proxy

PHONE = "PJSIP/{}@trunk".format
OPERATOR = PHONE("900021")


def number(call_id, suffix):
    return f"+3246{call_id:05}{suffix}"


def by_hand(lab, call_id, suffix, **values):
    """Somebody clicks on a number in Odoo."""
    operator = {"user_id": 7, "endpoint": values.pop("endpoint", OPERATOR)}
    values = {"operator": operator, "operator_first": True} | values
    return lab.odoo.job(call_id, number(call_id, suffix), **values)


def by_itself(lab, call_id, suffix, **values):
    """A voice message is dialled."""
    more = {"mode": "voice_message", "campaign_id": 1, "ring_seconds": 10}
    return lab.odoo.job(call_id, number(call_id, suffix), **more | values)


def ended(lab, call_id, seconds=30):
    return lab.odoo.wait(call_id, "ended", seconds)


def said(lab, text):
    """Wait until the dialler's log says it."""
    log = lab.dialler.log
    until(lambda: text in log.read_text(), 10, lambda: f"{text} in {log.read_text()}")


# --- calls that are forwarded -----------------------------------------------------
def test_a_debtor_who_forwards_his_calls(lab):
    """The number he names is nobody's permission: its telephone does not ring."""
    before = lab.network.rang(network.FORWARDED)
    lab.odoo.campaign(1, "voice_message")
    by_itself(lab, 1, network.FORWARDS)
    by_hand(lab, 2, "01", endpoint=PHONE(f"9000{network.FORWARDS}"))
    lab.start()
    found = ended(lab, 1)
    assert (found["line"], found["by"], found["reason"]) == (
        "failed",
        "pbx",
        "forwarded",
    )
    assert ended(lab, 2)["reason"] == "phone_forwarded"
    assert lab.network.rang(number(2, "01")) == 0
    time.sleep(1)
    assert lab.network.rang(network.FORWARDED) == before
    assert not lab.pbx.channels()


def test_a_pbx_that_would_forward_by_itself_dials_nothing(lab, tmp_path):
    dialler = Process(
        tmp_path / "other", lab.pbx, lab.odoo, dial="PJSIP/{digits}@forwarding"
    )
    lab.dialler = dialler
    lab.odoo.campaign(1, "voice_message")
    by_itself(lab, 3, network.FORWARDS)
    dialler.start()
    said(lab, "Set `redirect_method = user` on the endpoint forwarding (now uri_core)")
    until(lambda: "forwards" in lab.odoo.problems, 10, "Odoo is told")
    told = lab.odoo.syncs
    until(lambda: lab.odoo.syncs > told + 5, 10, "some more exchanges")
    assert lab.network.rang(number(3, network.FORWARDS)) == 0


def test_a_line_that_is_none_of_ours_is_hung_up(lab):
    """Whatever comes into our application, and the phone that a phone names."""
    lab.start()
    body = {"endpoint": PHONE(f"9000{network.OPERATOR}"), "app": "debt"}
    assert lab.pbx.ari("POST", "channels/stranger", json=body).ok
    said(lab, "Line stranger is hung up")
    until(lambda: not lab.pbx.channels(), 1, "its line is free")
    until(lambda: "foreign_line" in lab.odoo.problems, 5, "Odoo is told")
    by_hand(lab, 4, "01", endpoint=f"PJSIP/9000{network.FORWARDS}@forwarding")
    assert ended(lab, 4)["reason"] == "phone_forwarded"
    until(lambda: not lab.pbx.channels(), 1, "nobody is on the line")


# --- hold and transfer ------------------------------------------------------------
@pytest.fixture
def ears(lab):
    found = Ears(lab.pbx)
    yield found
    found.close()


def talking(lab, call_id):
    by_hand(lab, call_id, network.ANSWERS)
    lab.start()
    lab.odoo.wait(call_id, "bridged")
    return f"debt-{call_id}-debtor", f"debt-{call_id}-operator"


def command(lab, number, call_id, command, **values):
    """Press a button, and wait for the answer."""
    lab.odoo.command(number, call_id, command, **values)

    def answer():
        told = [e for e in lab.odoo.order if e["kind"] == "command"]
        return next((e["values"] for e in told if e["values"]["id"] == number), None)

    return until(answer, 20, f"{command} is answered")


def test_put_on_hold_and_then_handed_on(lab, ears):
    """The two hear each other, and no music."""
    debtor, _operator = talking(lab, 10)
    assert command(lab, 1, 10, "hold")["ok"]
    until(lambda: ears.hears(debtor) == {"music"}, 8, "music")
    colleague = PHONE(f"9010{network.COLLEAGUE}")
    assert command(lab, 2, 10, "transfer", to=colleague)["ok"]
    until(lambda: ears.hears(debtor) == {"colleague"}, 8, "the colleague")
    until(lambda: ears.hears("debt-10-colleague1") == {"debtor"}, 8, "the debtor")
    kinds = lab.odoo.story(10)
    assert kinds.index("resumed") < kinds.index("transferred")


@pytest.mark.parametrize(
    ("phone", "why"),
    [
        (PHONE(f"9010{network.BUSY}"), "busy"),
        (PHONE(f"9010{network.UNKNOWN}"), "invalid"),
        (PHONE(f"9010{network.RINGS}"), "no_answer"),
        ("PJSIP/102", "unregistered"),
        ("PJSIP/nobody", "unknown_phone"),
    ],
)
@pytest.mark.parametrize("held", [False, True])
def test_the_colleague_is_not_to_be_had(lab, ears, phone, why, held):
    """The operator is told why, and has the debtor again."""
    debtor, operator = talking(lab, 11)
    if held:
        command(lab, 1, 11, "hold")
    answer = command(lab, 2, 11, "transfer", to=phone)
    assert answer == {"id": 2, "ok": False, "error": why}
    until(lambda: ears.hears(debtor) == {"operator"}, 8, "the operator")
    until(lambda: ears.hears(operator) == {"debtor"}, 8, "the debtor")
    assert command(lab, 3, 11, "hangup")["ok"]
    assert ended(lab, 11)["line"] == "answered"


# --- what a network says ----------------------------------------------------------
def test_a_line_on_which_only_the_network_is_heard(lab, ears):
    """Early media without ringing: the operator hears it ring, and it may have rung."""
    by_hand(lab, 20, network.PROGRESSES, ring_seconds=20)
    lab.start()
    lab.odoo.wait(20, "ringing")
    both = {"ringing", "debtor"}
    until(lambda: ears.hears("debt-20-operator", 2.5) == both, 15, "it rings")
    assert ended(lab, 20)["line"] == "no_answer"


def test_who_refused(lab):
    """A carrier that refuses is not the debtor; nor is our own ring time his phone."""
    lab.odoo.campaign(1, "voice_message")
    kinds = {
        network.FORBIDDEN: ("failed", False, "pbx", "rejected"),
        network.DECLINES: ("declined", True, "debtor", None),
        network.SILENT: ("no_answer", False, "pbx", None),
        network.OFF: ("switched_off", False, "pbx", None),
        network.FLEETING: ("answered", True, "debtor", None),
    }
    for call_id, suffix in enumerate(kinds, 21):
        message = lab.odoo.prompt(6, sound.wav(sound.tone(600, 2)))
        by_itself(lab, call_id, suffix, message=message)
    lab.start()
    found = {}
    for call_id, suffix in enumerate(kinds, 21):
        told = ended(lab, call_id)
        found[suffix] = (*(told[k] for k in ("line", "rang", "by")), told.get("reason"))
    assert found == kinds
    assert "must be able to read" not in lab.dialler.log.read_text()


def test_hung_up_during_a_prompt_is_nobodys_fault(lab):
    lab.odoo.campaign(1, "voice_message")
    message = lab.odoo.prompt(6, sound.wav(sound.tone(600, 8)))
    by_itself(lab, 30, network.DROPS, message=message)
    lab.start()
    assert ended(lab, 30)["by"] == "debtor"
    assert lab.odoo.values(30, "message_played")["complete"] is False
    assert "must be able to read" not in lab.dialler.log.read_text()


def test_a_full_trunk_stops_the_campaign(lab):
    """A few numbers are spent, not hundreds; Odoo is told why."""
    lab.odoo.campaign(1, "voice_message", max_lines=10)
    for call_id in range(100, 300):
        by_itself(lab, call_id, network.CONGESTED)
    lab.start()
    until(lambda: lab.odoo.stopped == "congestion", 60, "it stops by itself")
    told = lab.odoo.syncs
    until(lambda: lab.odoo.syncs > told + 10, 20, "some more exchanges")
    dialled = [e for e in lab.odoo.order if e["kind"] == "dialing"]
    assert len(dialled) <= 30
    ends = [e["values"] for e in lab.odoo.order if e["kind"] == "ended"]
    assert {(v["line"], v["rang"]) for v in ends} <= {
        ("congestion", False),
        ("cancelled", False),
    }


# --- persons and machines ---------------------------------------------------------
def test_who_greets_for_two_seconds_is_a_person(lab):
    lab.odoo.campaign(1, "voice_message")
    message = lab.odoo.prompt(6, sound.wav(sound.tone(600, 0.5)))
    for call_id, suffix in ((40, network.GREETS), (41, network.MUTE)):
        by_itself(lab, call_id, suffix, message=message, detect_machine=True)
    lab.start()
    assert ended(lab, 40)["line"] == "answered"
    assert "human" in lab.odoo.story(40)
    # Without any sound nobody can tell: nothing is claimed, and he hears the message.
    ended(lab, 41)
    assert "human" not in lab.odoo.story(41)


# --- telephones of ours -----------------------------------------------------------
def test_a_phone_that_is_not_registered(lab):
    by_hand(lab, 50, "01", endpoint="PJSIP/102")
    by_hand(lab, 51, "01", endpoint="PJSIP/nobody", operator_first=True)
    lab.odoo.jobs[51]["operator"]["user_id"] = 8
    lab.start()
    assert ended(lab, 50)["reason"] == "phone_unregistered"
    assert ended(lab, 51)["reason"] == "phone_unknown"
    said(lab, "PJSIP/102 is not registered with the PBX: is the phone on?")
    said(lab, "The PBX has no telephone PJSIP/nobody")
    assert lab.network.rang(number(50, "01")) == 0


def test_two_clicks_of_one_operator(lab):
    """He has one mouth."""
    by_hand(lab, 52, "01")
    lab.start()
    lab.odoo.wait(52, "operator_ringing")
    by_hand(lab, 53, "01")
    assert ended(lab, 53)["reason"] == "operator_busy"
    lab.odoo.wait(52, "bridged")
    by_hand(lab, 54, "01")
    assert ended(lab, 54)["reason"] == "operator_busy"
    assert lab.network.rang(number(53, "01")) == lab.network.rang(number(54, "01")) == 0


def test_a_number_and_a_name_as_the_carrier_wants_them(lab):
    """The form is Odoo's to say, and the name that is shown with our number."""
    lab.odoo.label = 'Ac"me <x>'
    by_hand(lab, 55, "01", dial="0466123401")
    lab.start()
    lab.odoo.wait(55, "bridged")
    assert lab.network.rang("0466123401") == 1
    assert lab.network.rang(number(55, "01")) == 0
    assert '"Acme x"' in lab.network.shown_to("0466123401")


# --- clocks, hours, wires ---------------------------------------------------------
@pytest.mark.parametrize("ahead", [240, 3600, -240])
def test_the_clock_of_the_pbx_is_off(lab, ahead):
    """Odoo's clock counts, and the log says that there is something to mend."""
    lab.odoo.ahead = ahead
    lab.odoo.campaign(1, "voice_message")
    by_itself(lab, 60, network.BUSY)
    lab.start()
    ended(lab, 60)
    for event in lab.odoo.events[60].values():
        at = time.mktime(time.strptime(event["at"], "%Y-%m-%dT%H:%M:%SZ"))
        assert abs(at - time.mktime(time.gmtime()) - ahead) < 100, event
    said(lab, "The clock of this machine is")
    assert "clock" in lab.odoo.problems


def test_the_lawful_hour_ends_while_it_rings(lab):
    """The phone does not ring on, whatever becomes of us."""
    lab.odoo.lawful = 5
    lab.odoo.campaign(1, "voice_message")
    by_itself(lab, 61, network.RINGS, ring_seconds=300)
    lab.start()
    lab.odoo.wait(61, "ringing")
    lab.dialler.kill()
    until(lambda: not lab.pbx.channels(), 6, "it rings no more")
    lab.dialler.start()
    assert ended(lab, 61)["line"] == "unknown"


@pytest.mark.parametrize("answered", [False, True])
def test_the_stream_of_events_is_half_open(lab, tmp_path, answered):
    """Who answered meanwhile was abandoned; whose phone still rings was not."""
    wire = Proxy(lab.pbx.http)
    lab.dialler = Process(tmp_path / "wired", lab.pbx, lab.odoo, url=wire.url)
    lab.odoo.campaign(1, "voice_message")
    suffix = network.ANSWERS if answered else network.RINGS
    sorry = lab.odoo.prompt(7, sound.wav(sound.tone(500, 0.5)))
    by_itself(lab, 62, suffix, ring_seconds=15, abandon_message=sorry)
    lab.start()
    lab.odoo.wait(62, "dialing")
    wire.deaf = True
    said(lab, "stream of events is lost")
    wire.deaf = False
    line = "answered" if answered else "cancelled"
    assert ended(lab, 62)["line"] == line
    assert ("abandoned" in lab.odoo.story(62)) is answered
    if answered:
        assert lab.odoo.values(62, "message_played")
    wire.close()
