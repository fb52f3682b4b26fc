"""Every way a call can end on the line is told apart, with a real PBX."""

import os

from lab import network, sound
from lab.ports import until

#: By what the phone does: the line's outcome, whether it rang, who ended it.
LINES = {
    network.ANSWERS: ("answered", True, "us"),
    network.BUSY: ("busy", True, "debtor"),
    network.RINGS: ("no_answer", True, "pbx"),
    network.DECLINES: ("declined", True, "debtor"),
    network.DROPS: ("answered", True, "debtor"),
    network.PRESSES: ("answered", True, "us"),
    network.HUMAN: ("answered", True, "us"),
    network.MACHINE: ("machine", True, "us"),
    network.UNKNOWN: ("invalid", False, "pbx"),
    network.OFF: ("switched_off", False, "pbx"),
    network.EARLY: ("answered", True, "us"),
    network.CONGESTED: ("congestion", False, "pbx"),
    network.INFO: ("answered", True, "us"),
}
if os.geteuid():
    # SIPp sends keys as RTP packets of its own making, which only root may.
    del LINES[network.PRESSES]
DETECTED = (network.HUMAN, network.MACHINE)


def number_of(call_id, suffix):
    return f"+3247{call_id:05}{suffix}"


def test_each_outcome_of_a_line(lab):
    odoo = lab.odoo
    message = odoo.prompt(6, sound.wav(sound.tone(600, 4)))
    odoo.campaign(1, "voice_message")
    for call_id, suffix in enumerate(LINES, 1):
        odoo.job(
            call_id,
            number_of(call_id, suffix),
            mode="voice_message",
            campaign_id=1,
            detect_machine=suffix in DETECTED,
            ring_seconds=10,
            message=message,
            menu={"2": "callback"},
        )
    lab.start()
    found = {}
    for call_id, suffix in enumerate(LINES, 1):
        ended = odoo.wait(call_id, "ended", 40)
        found[suffix] = ended["line"], ended["rang"], ended["by"]
        assert lab.network.rang(number_of(call_id, suffix)) == 1
    assert found == LINES
    calls = dict(zip(LINES, range(1, 20), strict=False))
    for suffix in set(LINES) & {network.PRESSES, network.INFO}:
        assert odoo.values(calls[suffix], "menu") == {"choice": "callback"}
    assert "human" in odoo.story(calls[network.HUMAN])
    until(lambda: not lab.pbx.channels(), 10, "all lines are free")


def test_the_same_job_twice_is_one_call(lab):
    """Odoo repeats itself when an answer was lost; so does a command."""
    odoo = lab.odoo
    odoo.campaign(1, "voice_message")
    odoo.job(1, "+32470000105", mode="voice_message", campaign_id=1)
    lab.start()
    odoo.wait(1, "ringing")
    odoo.status[1] = "queued"
    odoo.wait(1, "ended")
    told = odoo.syncs
    until(lambda: odoo.syncs > told + 5, 10, "some more exchanges")
    assert lab.network.rang("+32470000105") == 1
    assert odoo.story(1).count("ended") == 1
