"""Every way a call can end on the line is told apart, with a real PBX."""

from lab import network

LINES = {
    network.BUSY: ("busy", True, "debtor"),
    network.RINGS: ("no_answer", True, "pbx"),
    network.DECLINES: ("declined", True, "debtor"),
    network.DROPS: ("answered", True, "debtor"),
    network.MACHINE: ("machine", True, "us"),
    network.UNKNOWN: ("invalid", False, "pbx"),
    network.OFF: ("switched_off", False, "pbx"),
    network.CONGESTED: ("congestion", False, "pbx"),
}


def number_of(call_id, suffix):
    return f"+3247{call_id:05}{suffix}"


def test_each_outcome_of_a_line(lab):
    odoo = lab.odoo
    odoo.campaign(1, "voice_message")
    for call_id, suffix in enumerate(LINES, 1):
        detects = suffix == network.MACHINE
        odoo.job(
            call_id,
            number_of(call_id, suffix),
            mode="voice_message",
            campaign_id=1,
            detect_machine=detects,
            ring_seconds=4,
            menu={"1": "operator"},
        )
    lab.start()
    for call_id, (suffix, expected) in enumerate(LINES.items(), 1):
        ended = odoo.wait(call_id, "ended")
        found = (ended["line"], ended["rang"], ended["by"])
        assert (suffix, found) == (suffix, expected), odoo.story(call_id)
        assert lab.network.rang(number_of(call_id, suffix)) == 1
