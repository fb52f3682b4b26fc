"""The guide, followed to the letter: `./dev test --guide`.

Debian's package of Asterisk with its sample configuration, all modules it loads by
default, and what docs/dialler-process.md says, block by block. Only the ports are
others, and the trunk and the telephone, which the guide takes for granted.
"""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from devkit import asterisk
from lab import child, network, sound
from lab.bench import Lab
from lab.ears import Ears
from lab.fake_odoo import SECRET
from lab.network import Network
from lab.pbx import PASSWORD, Pbx
from lab.ports import for_voices, until

ROOT = Path(__file__).resolve().parents[2]
GUIDE = ROOT / "docs" / "dialler-process.md"
#: A file, what is said of it, and what is to stand in it.
BLOCK = re.compile(r"^`/etc/asterisk/(\w+\.conf)`(.*?)(?=^`/etc/|^#)", re.M | re.S)
INI = re.compile(r"```ini\n(.*?)```", re.S)
#: What whoever follows the guide has already: a carrier, and a telephone.
HAD = """
[udp]
type = transport
protocol = udp
bind = 127.0.0.1:@sip@

[trunk]
type = endpoint
context = from-carrier
disallow = all
allow = alaw
aors = trunk
media_address = 127.0.0.1
bind_rtp_to_media_address = yes

[trunk]
type = aor
contact = sip:127.0.0.1:@carrier@

[100]
type = endpoint
disallow = all
allow = alaw
aors = 100

[100]
type = aor
contact = sip:900021@127.0.0.1:@carrier@
"""


def blocks():
    """What the guide says to put into each file, in its order: [(file, text)]."""
    text = GUIDE.read_text().partition("## 2. Odoo")[0]
    found = [
        (name, ini) for name, said in BLOCK.findall(text) for ini in INI.findall(said)
    ]
    assert {name for name, _ini in found} == {
        "http.conf",
        "ari.conf",
        "pjsip.conf",
        "rtp.conf",
        "extensions.conf",
        "amd.conf",
    }
    return found


def with_settings(text, block):
    """A configuration after somebody followed a block of the guide.

    What a section has already is set, what it has not is added below its name; where a
    name stands for several things, the first of the same type is meant.
    """
    for name, body in re.findall(r"^\[([^\]]+)\]\n(.*?)(?=^\[|\Z)", block, re.M | re.S):
        section = re.compile(rf"^\[{re.escape(name)}\][^\n]*\n", re.M)
        found = section.search(text)
        if found is None or "exten =>" in body:
            text += f"\n[{name}]\n{body}"
            continue
        head, rest = text[: found.end()], text[found.end() :]
        after = re.search(r"^\[", rest, re.M)
        own, rest = (
            (rest[: after.start()], rest[after.start() :]) if after else (rest, "")
        )
        for key, value in re.findall(r"^(\w+) *= *(.*)$", body, re.M):
            own = re.sub(rf"^{key} *=[^\n]*\n", "", own, flags=re.M)
            own = f"{key} = {value}\n{own}"
        text = head + own + rest
    return text


class GuidePbx(Pbx):
    """Asterisk as Debian ships it, after somebody followed the guide."""

    def _texts(self):
        samples = self._root / "usr/share/asterisk/conf/samples"
        texts = {
            path.name.removesuffix(".sample"): path.read_text(errors="replace")
            for path in samples.glob("*.conf.sample")
        }
        texts["pjsip.conf"] += HAD
        for name, block in blocks():
            texts[name] = with_settings(texts[name], block)
        # Folders and ports of our own, for it runs beside whatever else is here.
        texts |= {"asterisk.conf": super()._texts()["asterisk.conf"]}
        changes = {
            "http.conf": [("bindport = 8088", "bindport = @http@")],
            "ari.conf": [("a-long-random-password", "@password@")],
            "rtp.conf": [
                ("rtpstart = 10000", "rtpstart = @rtp_first@"),
                ("rtpend = 20000", "rtpend = @rtp_last@"),
            ],
        }
        for name, pairs in changes.items():
            for old, new in pairs:
                assert texts[name].count(old) == 1, (name, old)
                texts[name] = texts[name].replace(old, new)
        return texts


class GuideProcess:
    """The process, laid out and configured as in the guide."""

    def __init__(self, folder, pbx, odoo):
        self.folder = Path(folder)
        self.log = self.folder / "log"
        text = GUIDE.read_text().partition("## 3. The process")[2]
        config = re.search(r"```toml\n(.*?)```", text, re.S)[1]
        tomllib.loads(config)
        config = config.replace("https://odoo.example.com", odoo.url)
        config = config.replace('secret = "…"', f'secret = "{SECRET}"')
        config = config.replace('key = "…"', 'key = "k"')
        config = config.replace("a-long-random-password", PASSWORD)
        config += f'url = "{pbx.url}"\n[process]\nstate = "{self.folder}/state"\n'
        self.folder.mkdir(parents=True)
        (self.folder / "dialler.toml").write_text(config)
        shutil.copytree(
            ROOT / "debt_collection_asterisk" / "dialler", self.folder / "dialler"
        )
        pacing = ROOT / "debt_collection" / "tools" / "pacing.py"
        shutil.copy(pacing, self.folder / "dialler")
        self._command = [sys.executable, "-m", "dialler"]
        self._options = ["--config", self.folder / "dialler.toml"]
        self._environment = os.environ | {"PYTHONPATH": str(self.folder)}
        self._process = None

    def check(self):
        """What `check` says."""
        return subprocess.run(
            [*self._command, "check", *self._options],
            env=self._environment,
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
        ).stdout

    def start(self):
        """Start it."""
        self._process = child.start(
            [*self._command, *self._options],
            self.log,
            cwd=self.folder,
            env=self._environment,
        )

    def kill(self):
        """End it."""
        if self._process:
            self._process.kill()
            self._process.wait()


@pytest.fixture(scope="module")
def guided(tmp_path_factory):
    """Asterisk as the guide leaves it, and the network behind it."""
    folder, root = tmp_path_factory.mktemp("guide"), asterisk.ensure()
    ours, theirs = for_voices()
    phones = Network(asterisk.program(root, "sipp"), folder / "network", theirs)
    pbx = GuidePbx(root, folder / "pbx", phones.port, ours)
    try:
        phones.start()
        pbx.start()
        yield pbx, phones
    finally:
        pbx.kill()
        phones.stop()


@pytest.fixture
def lab(guided, tmp_path):
    found = Lab(*guided, tmp_path)
    found.dialler = GuideProcess(tmp_path / "opt", found.pbx, found.odoo)
    try:
        yield found
    finally:
        found.close()


def test_whoever_followed_the_guide_can_work(lab):
    """It is checked, a click is put through and recorded, a machine is recognised, a
    forwarded call goes no further."""
    odoo = lab.odoo
    operator = {"user_id": 7, "endpoint": "PJSIP/100"}
    number = f"+32470111{network.ANSWERS}"
    odoo.job(1, number, operator=operator, operator_first=True, record=True)
    odoo.campaign(1, "voice_message")
    message = odoo.prompt(6, sound.wav(sound.tone(600, 1)))
    others = {2: network.HUMAN, 3: network.MACHINE, 4: network.FORWARDS, 5: "02"}
    for call_id, suffix in others.items():
        odoo.job(
            call_id,
            f"+32470222{suffix}",
            mode="voice_message",
            campaign_id=1,
            message=message,
            detect_machine=suffix in (network.HUMAN, network.MACHINE),
        )
    lab.start()
    said = lab.dialler.check()
    assert said == "Everything that can be checked is in order.\n"
    odoo.wait(1, "recording_started")
    ears = Ears(lab.pbx)
    try:
        until(lambda: ears.hears("debt-1-debtor") == {"operator"}, 10, "the operator")
        until(lambda: ears.hears("debt-1-operator") == {"debtor"}, 10, "the debtor")
    finally:
        ears.close()
    odoo.command(1, 1, "hangup")
    assert odoo.wait(1, "ended")["line"] == "answered"
    until(lambda: odoo.recordings, 20, "the recording is handed over")
    lines = {call_id: odoo.wait(call_id, "ended")["line"] for call_id in others}
    assert lines == {2: "answered", 3: "machine", 4: "failed", 5: "busy"}
    assert odoo.values(4, "ended")["reason"] == "forwarded"
    assert lab.network.rang(network.FORWARDED) == 0
    assert odoo.problems == []


def test_a_call_that_comes_in(lab):
    lab.odoo.for_whom = {"phones": [{"user_id": 7, "endpoint": "PJSIP/100"}]}
    lab.start()
    ears = Ears(lab.pbx)
    try:
        caller = ears.call_us("+32470998877", context="from-carrier")
        until(
            lambda: ears.hears(caller, spy="in") == {"operator"},
            10,
            "they hear each other",
        )
    finally:
        ears.close()
    lab.pbx.ari("DELETE", f"channels/{caller}")
    until(
        lambda: "ended" in [kind for kind, _told in lab.odoo.came_in], 10, "it is told"
    )
