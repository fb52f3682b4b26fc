"""Persons and answering machines, told apart by a real Asterisk.

Greetings are spoken by a synthesiser in five languages, by several voices and speeds;
music and silence stand beside them. Each is dialled, and what the detection says of it
is counted: persons taken for machines, and machines taken for persons.
"""

import argparse
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path
from statistics import median
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
ADDON = ROOT / "debt_collection_asterisk"
sys.path[:0] = [str(part) for part in (ROOT, ADDON, ADDON / "tests")]

from tools import wav  # noqa: E402

from devkit import asterisk  # noqa: E402
from lab import sound  # noqa: E402
from lab.bench import Lab, telephony  # noqa: E402
from lab.network import Network, plays  # noqa: E402

PERSON, MACHINE = "person", "machine"
SAID = {
    "en": {
        PERSON: (
            "Hello?",
            "Yes, speaking.",
            "John Smith.",
            "Good morning, Smith and Sons, Mary speaking.",
        ),
        MACHINE: (
            "You have reached the voice mail of John Smith. Please leave a message"
            " after the tone.",
            "The person you are calling is not available. Please leave a message.",
            "Hi, this is Mary. I can't come to the phone right now, leave a message.",
        ),
    },
    "de": {
        PERSON: ("Ja bitte?", "Müller.", "Autohaus Schneider, guten Tag, Meier."),
        MACHINE: (
            "Guten Tag, Sie sind verbunden mit dem Anschluss von Familie Müller. Bitte"
            " sprechen Sie nach dem Ton.",
            "Die gewünschte Person ist zurzeit nicht erreichbar.",
        ),
    },
    "fr": {
        PERSON: ("Allô ?", "Oui, bonjour.", "Garage Dupont, bonjour, j'écoute."),
        MACHINE: (
            "Bonjour, vous êtes bien sur la messagerie de Jean Dupont. Laissez un"
            " message après le bip sonore.",
        ),
    },
    "nl": {
        PERSON: ("Hallo?", "Met Jan.", "Garage De Molenwiek, goedemorgen, met Jan."),
        MACHINE: (
            "U bent verbonden met de voicemail van Jan de Vries. Spreek een bericht in"
            " na de toon.",
        ),
    },
    "ru": {
        PERSON: ("Алло?", "Слушаю вас.", "Компания Ромашка, добрый день."),
        MACHINE: (
            "Здравствуйте, вы позвонили Ивану Петрову. Оставьте сообщение после"
            " сигнала.",
        ),
    },
}
#: Words a minute, and the pitch of the voice.
VOICES = ((150, 50), (190, 35))
#: What Asterisk's own sample configuration goes by, and what we give it.
RULES = {
    "as Asterisk ships it": {
        "initial_silence": 2500,
        "greeting": 1500,
        "after_greeting_silence": 800,
        "total_analysis_time": 5000,
        "maximum_number_of_words": 2,
    },
    "ours": {},
}


class Greeting(NamedTuple):
    """Who it is, what is heard, as samples."""

    who: str
    text: str
    samples: object


def greetings():
    """All of them, persons first."""
    speak = asterisk.synthesiser()
    found = [
        Greeting(who, text, _spoken(speak, lang, text, *voice))
        for lang, by_who in SAID.items()
        for who, texts in by_who.items()
        for text in texts
        for voice in VOICES
    ]
    music = sound.tone(440, 2) + sound.tone(550, 2) + sound.tone(660, 4)
    found.append(Greeting(MACHINE, "music", music))
    found.append(Greeting("silence", "silence", sound.quiet(1)))
    return sorted(found, key=lambda one: one.who != PERSON)


def _spoken(speak, lang, text, speed, pitch):
    """Samples of a text; a moment passes before somebody speaks."""
    options = ["-v", lang, "-s", str(speed), "-p", str(pitch), "--stdin", "--stdout"]
    made = subprocess.run(
        [*speak, *options], input=text.encode(), capture_output=True, check=True
    )
    samples, _length = sound.samples_of(wav.for_telephone(made.stdout))
    return sound.quiet(0.4) + samples


class Greeters(Network):
    """A network in which each telephone greets in its own way."""

    known: tuple = ()

    def numbers(self, folder):
        """The last two digits are the number of the greeting."""
        return {
            f"{number:02}": plays(f"{folder}/{number}.al")
            for number in range(len(self.known))
        }

    def sounds(self):
        """What is heard, and then silence."""
        return {
            f"{number}.al": sound.alaw(one.samples + sound.quiet(12))
            for number, one in enumerate(self.known)
        }


def measure(known, rules):
    """What the detection says of each greeting: (found, seconds)."""
    kind = type("Greeters", (Greeters,), {"known": known})
    with tempfile.TemporaryDirectory() as name, telephony(Path(name), kind) as network:
        lab = Lab(*network, Path(name))
        try:
            return _measured(lab, known, rules)
        finally:
            lab.close()


def _measured(lab, known, rules):
    odoo = lab.odoo
    message = odoo.prompt(6, sound.wav(sound.tone(600, 0.5)))
    odoo.campaign(1, "voice_message", max_lines=10)
    for number in range(len(known)):
        odoo.job(
            number + 1,
            f"+324712345{number:02}",
            mode="voice_message",
            campaign_id=1,
            message=message,
            detect_machine=True,
            detection=rules,
        )
    lab.start()
    found = []
    for number in range(len(known)):
        odoo.wait(number + 1, "ended", 240)
        story = odoo.events[number + 1].values()
        verdict = next((e for e in story if e["kind"] in ("human", "machine")), None)
        why = verdict["values"]["cause"] if verdict else ""
        found.append((verdict["kind"] if verdict else "not sure", why))
    return found


def show(title, known, found):
    """A table of who was taken for whom, and what was taken wrongly."""
    counts = defaultdict(lambda: defaultdict(int))
    for greeting, (verdict, _why) in zip(known, found, strict=True):
        counts[greeting.who][verdict] += 1
    print(f"\n{title}")
    print(f"{'':<10}{'person':>8}{'machine':>9}{'not sure':>10}")
    for who, verdicts in counts.items():
        row = [verdicts[name] for name in ("human", "machine", "not sure")]
        print(f"{who:<10}{row[0]:>8}{row[1]:>9}{row[2]:>10}")
    for greeting, (verdict, why) in zip(known, found, strict=True):
        right = {PERSON: "human", MACHINE: "machine"}.get(greeting.who)
        if right and verdict not in (right, "not sure"):
            print(f"  {greeting.who} as {verdict} ({why}): {greeting.text[:60]}")


def main():
    """Measure with both rules; fail where ours takes a person for a machine."""
    argparse.ArgumentParser(description=__doc__).parse_args()
    known = greetings()
    lengths = defaultdict(list)
    for one in known:
        lengths[one.who].append(len(one.samples) / sound.RATE)
    for who, seconds in lengths.items():
        print(f"{who}: {len(seconds)} greetings, {median(seconds):.1f} s in the middle")
    found = {}
    for title, rules in RULES.items():
        found[title] = measure(known, rules)
        show(title, known, found[title])
    wrong = sum(
        one.who == PERSON and verdict == "machine"
        for one, (verdict, _why) in zip(known, found["ours"], strict=True)
    )
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
