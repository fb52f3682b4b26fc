"""Every state of a conversation × every command, by what each side hears."""

import itertools

import pytest

from lab import network, sound
from lab.ears import PROMPT_HZ, Ears
from lab.ports import until
from lab.talks import COMMANDS, ENDS, PHONES, WAYS, after

OPERATOR = f"PJSIP/9000{network.OPERATOR}@trunk"
NUMBERS = itertools.count(1)


class Story:
    """One conversation, and the buttons that are pressed in it."""

    def __init__(self, lab):
        self.lab, self.odoo = lab, lab.odoo
        self.ears = Ears(lab.pbx)
        self.prompt = lab.odoo.prompt(6, sound.wav(sound.tone(PROMPT_HZ, 5)))
        self._commands = itertools.count(1)
        self.call_id = next(NUMBERS)
        self.debtor = f"debt-{self.call_id}-debtor"
        self._transfers = 0
        self.who = f"debt-{self.call_id}-operator"

    def begin(self):
        """Debtor and operator talk."""
        self.odoo.job(
            self.call_id,
            f"+3245{self.call_id:05}{network.ANSWERS}",
            operator={"user_id": 7, "endpoint": OPERATOR},
            operator_first=True,
            # Makes the prompt at hand before the call begins.
            message=self.prompt,
        )
        self.lab.start()
        self.odoo.wait(self.call_id, "bridged")

    def press(self, name):
        """Press a button; the error that it is answered with."""
        number, values = next(self._commands), {}
        if name in PHONES:
            values = {"to": PHONES[name][0]}
            self._transfers += 1
        elif name == "play":
            values = {"prompt": self.prompt}
        command = "transfer" if name in PHONES else name
        self.odoo.command(number, self.call_id, command, **values)
        told = until(lambda: self._answer(number), 20, f"{name} is answered")
        if name in PHONES and told["ok"]:
            self.who = f"debt-{self.call_id}-colleague{self._transfers}"
        return told["error"]

    def _answer(self, number):
        told = [e["values"] for e in self.odoo.order if e["kind"] == "command"]
        return next((one for one in told if one["id"] == number), None)

    def heard(self):
        """Whom the debtor hears, and whom the one who has him hears."""
        return self.ears.hears(self.debtor, 0.4), self.ears.hears(self.who, 0.4)

    def hears(self, expected, when):
        """Wait until each side hears what it should: a busy machine is late."""
        heard = []

        def right():
            heard.append(self.heard())
            return heard[-1] == expected

        until(right, 12, lambda: f"{when}: {expected}, not {heard[-1]}")

    def recorded(self):
        """Whether it is being recorded."""
        found = self.odoo.story(self.call_id).count("recording_started")
        live = [
            f"debt-{self.call_id}-{n}"
            for n in range(1, found + 1)
            if self.lab.pbx.ari("GET", f"recordings/live/debt-{self.call_id}-{n}").ok
        ]
        return bool(live)

    def end(self, by):
        """Somebody ends it."""
        if by == "hangup":
            assert not self.press("hangup")
        else:
            channel = self.debtor if by == "debtor" else self.who
            self.lab.pbx.ari("DELETE", f"channels/{channel}")
        return self.odoo.wait(self.call_id, "ended")


@pytest.fixture
def story(lab):
    found = Story(lab)
    yield found
    found.ears.close()


def reach(story, talk):
    """Bring a conversation into a state."""
    story.begin()
    for name in WAYS[talk]:
        assert story.press(name) == ""
    story.hears(talk.heard, f"in {named(talk)}")


def named(talk):
    return f"{talk.who}{'-held' * talk.held}{'-recorded' * talk.recorded}"


@pytest.mark.parametrize("talk", WAYS, ids=named)
def test_every_command(story, talk):
    """Each side hears what the next state says, and the operator is told the truth.

    After each command the conversation goes back to the state; the transfer that works
    is the last of them.
    """
    reach(story, talk)
    for command in COMMANDS:
        then, error = after(talk, command)
        assert story.press(command) == error, command
        debtor, who = then.heard
        if command == "play" and not error:
            debtor, who = debtor | {"prompt"}, who | {"prompt"}
        story.hears((debtor, who), command)
        assert story.recorded() is then.recorded, command
        if command != COMMANDS[-1]:
            go_back(story, then, talk)
    assert story.end("hangup")["by"] == "operator"
    until(lambda: not story.lab.pbx.channels(), 5, "all lines are free")


def go_back(story, now, talk):
    """Bring the conversation back into a state."""
    if now.recorded != talk.recorded:
        assert not story.press("record" if talk.recorded else "stop_record")
    if now.held != talk.held:
        assert not story.press("hold" if talk.held else "resume")
    story.hears(talk.heard, f"back in {named(talk)}")


@pytest.mark.parametrize("by", ENDS)
@pytest.mark.parametrize("talk", WAYS, ids=named)
def test_an_end(story, talk, by):
    """Whoever hangs up, the other's line is free, and it is told who did it."""
    reach(story, talk)
    ended = story.end(by)
    assert ended["line"] == "answered"
    assert ended["by"] == ("debtor" if by == "debtor" else "operator")
    until(lambda: not story.lab.pbx.channels(), 5, "all lines are free")
    until(lambda: not story.lab.pbx.bridges(), 5, "all bridges are gone")
    if talk.recorded:
        until(lambda: story.odoo.recordings, 40, "the recording is handed over")
