"""Calls that come in, with a real PBX."""

import calendar
import time

import pytest

from lab import network, sound
from lab.ears import PROMPT_HZ, Ears
from lab.ports import until
from lab.process import Process

NUMBER = "+32470998877"
OPERATOR = {"user_id": 7, "endpoint": f"PJSIP/9000{network.OPERATOR}@trunk"}
AWAY = {"user_id": 8, "endpoint": f"PJSIP/9001{network.RINGS}@trunk"}
BUSY = {"user_id": 9, "endpoint": f"PJSIP/9002{network.BUSY}@trunk"}


@pytest.fixture
def ears(lab):
    found = Ears(lab.pbx)
    yield found
    found.close()


def told(lab, kind, seconds=20):
    """Wait until Odoo is told."""

    def found():
        return next((t for k, t in lab.odoo.came_in if k == kind), None)

    return until(found, seconds, lambda: f"{kind} in {lab.odoo.came_in}")


def hears_operator(ears, caller):
    until(
        lambda: ears.hears(caller, spy="in") == {"operator"},
        8,
        "they hear each other",
    )


def dialler(lab, folder, **settings):
    lab.dialler = Process(folder / "other", lab.pbx, lab.odoo, **settings)
    return lab


def test_the_phones_ring_one_after_the_other(lab, ears, tmp_path):
    """Busy, not picked up, answered; the caller is answered when we are."""
    lab = dialler(lab, tmp_path, operator_ring=3)
    lab.odoo.for_whom = {"phones": [BUSY, AWAY, OPERATOR]}
    lab.start()
    caller = ears.call_us(NUMBER)
    assert told(lab, "asked")["number"] == NUMBER
    assert told(lab, "answered")["user_id"] == 7
    hears_operator(ears, caller)
    lab.pbx.ari("DELETE", f"channels/{caller}")
    told(lab, "ended")
    until(lambda: not lab.pbx.channels(), 5, "all lines are free")
    until(lambda: not lab.pbx.bridges(), 5, "all bridges are gone")
    assert [kind for kind, _told in lab.odoo.came_in] == ["asked", "answered", "ended"]


def test_the_talk_is_recorded_once_both_were_told(lab, ears):
    odoo = lab.odoo
    said = odoo.prompt(5, sound.wav(sound.tone(PROMPT_HZ, 0.5)))
    odoo.for_whom = {"phones": [OPERATOR]}
    odoo.call_that_came_in, odoo.to_record = 42, {"announcement": said}
    lab.start()
    ears.call_us(NUMBER)
    told(lab, "announced")
    phone = next(name for name in lab.pbx.channels() if "-phone1" in name)

    def spoken():
        found = lab.pbx.ari("GET", f"channels/{phone}/rtp_statistics")
        return found.ok and found.json()["rxcount"] > 250

    until(spoken, 20, "five seconds of talk")
    lab.pbx.ari("DELETE", f"channels/{phone}")
    told(lab, "ended")
    until(lambda: odoo.recordings, 20, "the recording is handed over")
    [(call_id, _seconds, data)] = odoo.recordings.values()
    assert call_id == 42
    samples, length = sound.samples_of(data)
    assert length > 1
    assert sound.power(samples, network.OPERATOR_HZ) > 300
    until(
        lambda: not lab.pbx.ari("GET", "recordings/stored").json(),
        5,
        "nothing of his voice stays on the PBX",
    )


def once(odoo):
    """What Odoo was told; what a dialler told again that died, once."""
    found = []
    for _kind, told in odoo.came_in:
        # The one that follows has another name, and nothing else.
        same = told | {"instance": None}
        if same not in found:
            found.append(same)
    return found


def phone_of(lab):
    """The phone of ours that somebody speaks at."""
    return next(name for name in lab.pbx.channels() if "-phone" in name)


def live_recordings(lab):
    """The recordings of calls that came in that go on, as the PBX knows them."""
    names = [f"{phone_of(lab).rpartition('-')[0]}-1"]
    return [n for n in names if lab.pbx.ari("GET", f"recordings/live/{n}").ok]


def test_the_dialler_dies_before_odoo_knows_that_it_was_announced(lab, ears):
    """Odoo is away, then the dialler: the proof comes all the same, with its time."""
    odoo = lab.odoo
    said = odoo.prompt(5, sound.wav(sound.tone(PROMPT_HZ, 3)))
    odoo.for_whom = {"phones": [OPERATOR]}
    odoo.call_that_came_in, odoo.to_record = 42, {"announcement": said}
    lab.start()
    caller = ears.call_us(NUMBER)
    told(lab, "answered")
    until(lambda: "prompt" in ears.hears(caller, 0.4, spy="in"), 10, "he is told")
    odoo.down = True
    until(lambda: live_recordings(lab), 15, "it is recorded")
    heard_by = time.time()
    time.sleep(1)
    lab.dialler.kill()
    time.sleep(3)
    odoo.down = odoo.pbx_up = False
    assert "announced" not in [kind for kind, _told in odoo.came_in]
    lab.dialler.start()
    at = told(lab, "announced")["at"]
    heard_at = calendar.timegm(time.strptime(at, "%Y-%m-%dT%H:%M:%SZ"))
    assert heard_at <= heard_by
    assert live_recordings(lab), "the recording goes on"
    lab.pbx.ari("DELETE", f"channels/{caller}")
    told(lab, "ended")
    kinds = [told["kind"] for told in once(odoo)]
    assert kinds == ["asked", "answered", "announced", "recording", "ended"]
    until(lambda: odoo.recordings, 20, "the recording is handed over")
    [(call_id, _seconds, data)] = odoo.recordings.values()
    samples, length = sound.samples_of(data)
    assert (call_id, length > 3) == (42, True)
    assert sound.power(samples, network.OPERATOR_HZ) > 300
    until(
        lambda: not lab.pbx.ari("GET", "recordings/stored").json(),
        5,
        "nothing of his voice stays on the PBX",
    )


@pytest.mark.parametrize("killed", [False, True])
def test_the_operator_ends_the_recording(lab, ears, killed):
    """What was said until then is handed over; they talk on, and nobody records."""
    odoo = lab.odoo
    odoo.for_whom = {"phones": [OPERATOR]}
    odoo.call_that_came_in, odoo.to_record = 42, {"announcement": None}
    lab.start()
    caller = ears.call_us(NUMBER)
    assert told(lab, "recording")["on"] is True
    if killed:
        lab.dialler.kill()
        odoo.pbx_up = False
        lab.dialler.start()
        until(lambda: odoo.pbx_up, 15, "it is back")
    hears_operator(ears, caller)
    odoo.command(1, 42, "stop_record")
    assert told(lab, "command")["ok"]
    assert [told["on"] for told in once(odoo) if "on" in told] == [True, False]
    until(lambda: odoo.recordings, 20, "the recording is handed over")
    assert not live_recordings(lab)
    hears_operator(ears, caller)
    odoo.command(2, 42, "hangup")
    told(lab, "ended")
    until(lambda: not lab.pbx.channels(), 5, "all lines are free")
    assert len(odoo.recordings) == 1


def test_the_operator_hangs_up(lab, ears):
    lab.odoo.for_whom = {"phones": [OPERATOR]}
    lab.start()
    ears.call_us(NUMBER)
    told(lab, "answered")
    phone = next(name for name in lab.pbx.channels() if "-phone1" in name)
    lab.pbx.ari("DELETE", f"channels/{phone}")
    told(lab, "ended")
    until(lambda: not lab.pbx.channels(), 5, "all lines are free")


def test_an_operator_who_waits_for_calls_has_him_at_once(lab, ears):
    """His line stands; no campaign call is put to him until he is free again."""
    odoo = lab.odoo
    odoo.campaign(1, "progressive")
    odoo.operator(7, OPERATOR["endpoint"], campaign_id=1)
    lab.start()
    until(lambda: odoo.lines.get(7) == "up", 10, "the operator waits")
    odoo.for_whom = {"phones": [OPERATOR]}
    caller = ears.call_us(NUMBER)
    told(lab, "answered", 5)
    odoo.job(1, "+32470001130", mode="progressive", campaign_id=1)
    time.sleep(2)
    assert "dialing" not in odoo.story(1)
    lab.pbx.ari("DELETE", f"channels/{caller}")
    told(lab, "ended")
    assert odoo.wait(1, "bridged") == {"user_id": 7}


def test_nobody_is_there_and_he_asks_to_be_called(lab, ears):
    prompt = lab.odoo.prompt(6, sound.wav(sound.tone(PROMPT_HZ, 6)))
    lab.odoo.for_whom = {"phones": [], "prompt": prompt, "menu": {"2": "callback"}}
    lab.start()
    caller = ears.call_us(NUMBER)
    until(lambda: ears.hears(caller, 0.5, spy="in") == {"prompt"}, 10, "he hears it")
    ears.press(caller, "7")
    ears.press(caller, "2")
    assert told(lab, "missed")["choice"] == "callback"
    until(lambda: not lab.pbx.channels(), 5, "his line is free")


def test_he_gives_up_while_it_rings(lab, ears):
    lab.odoo.for_whom = {"phones": [AWAY]}
    lab.start()
    caller = ears.call_us("")
    assert told(lab, "asked")["number"] == ""
    until(lambda: len(lab.pbx.channels()) == 3, 5, "a phone rings")
    lab.pbx.ari("DELETE", f"channels/{caller}")
    assert told(lab, "missed")["choice"] is None
    until(lambda: not lab.pbx.channels(), 5, "it rings no more")


def test_odoo_is_away(lab, ears, tmp_path):
    """The phone of the configuration rings; what became of it is told later."""
    lab = dialler(lab, tmp_path, incoming_endpoint=OPERATOR["endpoint"])
    lab.start()
    lab.odoo.down = True
    caller = ears.call_us(NUMBER)
    until(lambda: ears.hears(caller, 0.5, spy="in") == {"operator"}, 15, "they talk")
    lab.odoo.down = False
    assert told(lab, "answered")["user_id"] is None


def test_the_dialler_dies_while_it_rings(lab, ears):
    """The caller still hears it ring: he is taken by the next process."""
    lab.odoo.for_whom = {"phones": [AWAY]}
    lab.start()
    caller = ears.call_us(NUMBER)
    told(lab, "asked")
    until(lambda: len(lab.pbx.channels()) == 3, 5, "a phone rings")
    lab.dialler.kill()
    lab.odoo.for_whom = {"phones": [OPERATOR]}
    lab.dialler.start()
    told(lab, "answered")
    hears_operator(ears, caller)


def test_the_dialler_dies_while_they_talk(lab, ears):
    lab.odoo.for_whom = {"phones": [OPERATOR]}
    lab.start()
    caller = ears.call_us(NUMBER)
    told(lab, "answered")
    lab.dialler.kill()
    lab.odoo.pbx_up = False
    lab.dialler.start()
    until(lambda: lab.odoo.pbx_up, 15, "it is back")
    time.sleep(1)
    hears_operator(ears, caller)
    lab.pbx.ari("DELETE", f"channels/{caller}")
    told(lab, "ended")
    until(lambda: not lab.pbx.channels(), 5, "all lines are free")
