"""The dialler or the PBX is killed in the middle of a call; nobody is rung twice."""

import threading
import time

import pytest

from lab import sound
from lab.ports import until
from lab.process import Process

OPERATOR = "PJSIP/900021@trunk"
POINTS = ("asked", "dialing", "ringing", "answered", "recording_started")
NUMBERS = iter(range(60000, 61000))


def call_by_hand(lab, call_id=1):
    number = f"+3247{next(NUMBERS)}01"
    operator = {"user_id": 7, "endpoint": OPERATOR}
    lab.odoo.job(call_id, number, operator=operator, operator_first=True, record=True)
    return number


def strike(lab, point, victim):
    """Kill somebody as soon as Odoo hears of this point of a call."""
    struck, once = threading.Event(), threading.Lock()

    def reached(kind):
        if kind == point and once.acquire(blocking=False):
            victim.kill()
            struck.set()

    lab.odoo.on_event = lambda event: reached(event["kind"])
    lab.odoo.on_dial = lambda _call_id: reached("asked")
    return struck


def settle(lab, number):
    """Let the call come to its end; then nothing may be left, and nothing doubled."""
    odoo = lab.odoo

    def ended():
        if "debt-1-debtor" in lab.pbx.channels() and not odoo.commands:
            odoo.command(int(time.time() * 1000), 1, "hangup")
        return "ended" in odoo.story(1)

    until(ended, 40, lambda: f"the call is resolved ({odoo.story(1)})")
    until(lambda: not lab.pbx.channels(), 10, "all lines are free")
    until(lambda: not lab.pbx.bridges(), 10, "all bridges are gone")
    assert lab.network.rang(number) <= 1
    assert odoo.story(1).count("ended") == 1
    assert odoo.resolved(1)


@pytest.mark.parametrize("point", POINTS)
def test_the_dialler_is_killed(lab, point):
    number = call_by_hand(lab)
    struck = strike(lab, point, lab.dialler)
    lab.start()
    assert struck.wait(120), lab.odoo.story(1)
    lab.dialler.start()
    settle(lab, number)
    if point == "asked":
        assert lab.odoo.values(1, "ended")["line"] == "unknown"
        assert lab.network.rang(number) == 0
    if point == "recording_started":
        until(lambda: lab.odoo.recordings, 20, "what was recorded is handed over")


@pytest.mark.parametrize("point", POINTS)
def test_the_pbx_is_killed(lab, point):
    number = call_by_hand(lab)
    struck = strike(lab, point, lab.pbx)
    lab.start()
    assert struck.wait(120), lab.odoo.story(1)
    lab.pbx.start()
    settle(lab, number)
    until(lambda: lab.odoo.pbx_up, 10, "the dialler is back at work")
    second = call_by_hand(lab, 2)
    assert lab.odoo.wait(2, "bridged")
    assert lab.network.rang(second) == 1


def test_odoo_is_away_for_a_whole_conversation(lab):
    """What happened meanwhile is told afterwards, in its order."""
    call_by_hand(lab)
    lab.start()
    lab.odoo.wait(1, "answered")
    lab.odoo.down = True
    until(lambda: len(lab.pbx.bridges()) == 1, 5, "they talk")
    lab.pbx.ari("DELETE", "channels/debt-1-debtor")
    until(lambda: not lab.pbx.channels(), 10, "the line is free")
    lab.odoo.down = False
    lab.odoo.wait(1, "ended")
    until(lambda: lab.odoo.recordings, 40, "the recording comes, too")
    kinds = lab.odoo.story(1)
    assert kinds.index("bridged") < kinds.index("ended")
    assert len(kinds) == len(set(kinds))


def test_one_dialler_per_state_folder(lab):
    lab.start()
    second = Process(lab.dialler.folder, lab.pbx, lab.odoo).start()
    assert second.wait() == 2
    assert "Another dialler already works" in second.log.read_text()
    assert lab.dialler.alive


def test_a_newer_dialler_takes_over(lab, tmp_path):
    lab.start()
    first = lab.dialler
    second = Process(tmp_path / "second", lab.pbx, lab.odoo).start()
    try:
        assert first.wait() == 3
        until(lambda: lab.odoo.pbx_up, 10, "the second works")
        assert second.alive
    finally:
        second.kill()


def test_stopped_in_good_order_who_talks_goes_on(lab):
    call_by_hand(lab)
    lab.start()
    lab.odoo.wait(1, "bridged")
    assert lab.dialler.stop() == 0
    both = {"debt-1-debtor", "debt-1-operator"}
    assert lab.pbx.channels() == both
    lab.dialler.start()
    until(lambda: lab.odoo.pbx_up, 10, "it is back")
    lab.odoo.command(1, 1, "hangup")
    assert lab.odoo.wait(1, "ended")["line"] == "answered"


def test_the_pbx_drops_a_call_that_nobody_ends(lab):
    """The limit is set in the PBX itself: it holds although the dialler is dead."""
    odoo = lab.odoo
    message = odoo.prompt(6, sound.wav(sound.tone(600, 30)))
    odoo.campaign(1, "voice_message")
    odoo.job(
        1,
        "+32470070001",
        mode="voice_message",
        campaign_id=1,
        message=message,
        ring_seconds=2,
        max_seconds=3,
    )
    lab.start()
    odoo.wait(1, "answered")
    lab.dialler.kill()
    until(lambda: not lab.pbx.channels(), 10, "the PBX hangs up")


def test_the_log_holds_no_secret(lab):
    lab.odoo.down = True
    lab.dialler.start()
    until(lambda: "503" in lab.dialler.log.read_text(), 10, "it complains")
    text = lab.dialler.log.read_text()
    config = (lab.dialler.folder / "dialler.toml").read_text()
    for line in config.splitlines():
        key, _, value = line.partition(" = ")
        if key in ("secret", "password"):
            assert value.strip('"') not in text
