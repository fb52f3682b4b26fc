"""A private Asterisk on free ports of 127.0.0.1."""

from pathlib import Path

import requests

from devkit import asterisk

from . import child, sound
from .ports import VOICES, free, free_tcp, until

CONFIGURATION = Path(__file__).with_name("conf")
PASSWORD = "only-for-the-laboratory"
FOLDERS = ("etc", "lib/keys", "spool/recording", "log", "cache", "music")
#: What is heard on hold, and what no phone of the network sounds like.
MUSIC_HZ = 1900


class Pbx:
    """Asterisk, which may be killed and started again."""

    #: Folders of configuration: a later one adds to the files of the earlier ones.
    configuration = (CONFIGURATION,)

    def __init__(self, root, folder, carrier, first_port):
        self._root = root
        self._folder = Path(folder)
        self._process = None
        self.http, self.sip = free_tcp(), free()
        self.url = f"http://127.0.0.1:{self.http}"
        self._values = {"carrier": carrier, "http": self.http, "sip": self.sip}
        self._values |= {"rtp_first": first_port, "rtp_last": first_port + VOICES - 2}

    def configure(self):
        """Write the configuration."""
        folder, root = self._folder, self._root
        for name in FOLDERS:
            (folder / name).mkdir(parents=True, exist_ok=True)
        values = self._values | {
            "folder": folder,
            "etc": folder / "etc",
            "modules": asterisk.libraries(root) / "asterisk" / "modules",
            "share": root / "usr/share/asterisk",
            "password": PASSWORD,
        }
        for name, text in self._texts().items():
            for key, value in values.items():
                text = text.replace(f"@{key}@", str(value))
            (folder / "etc" / name).write_text(text)
        music = sound.wav(sound.tone(MUSIC_HZ, 20))
        (folder / "music" / "tone.wav").write_bytes(music)

    def _texts(self):
        """The text of each file of the configuration."""
        texts = {}
        for folder in self.configuration:
            for path in sorted(folder.glob("*.conf")):
                texts[path.name] = texts.get(path.name, "") + path.read_text()
        return texts

    def start(self):
        """Start it and wait until it answers."""
        self.configure()
        config = self._folder / "etc" / "asterisk.conf"
        command = [*asterisk.program(self._root, "asterisk"), "-f", "-q", "-C", config]
        self._process = child.start(
            command,
            self._folder / "log" / "out",
            cwd=self._folder,
            start_new_session=True,
        )
        until(self._answers, 30, "Asterisk answers")

    def _answers(self):
        if self._process.poll() is not None:
            raise AssertionError((self._folder / "log" / "out").read_text()[-2000:])
        try:
            return self.ari("GET", "asterisk/ping").ok
        except requests.ConnectionError:
            return False

    def ari(self, method, path, **options):
        """One request, beside the dialler."""
        session = requests.Session()
        session.trust_env = False
        url, auth = f"{self.url}/ari/{path}", ("debt", PASSWORD)
        return session.request(method, url, auth=auth, timeout=10, **options)

    def channels(self):
        """The names of all channels."""
        return {channel["id"] for channel in self.ari("GET", "channels").json()}

    def bridges(self):
        """The names of all bridges."""
        return {bridge["id"] for bridge in self.ari("GET", "bridges").json()}

    def log(self):
        """What Asterisk complained about."""
        return (self._folder / "log" / "messages").read_text(errors="replace")

    def clear(self):
        """Hang up whatever is left of a test."""
        for channel in self.channels():
            self.ari("DELETE", f"channels/{channel}")
        until(lambda: not self.channels(), 10, "all lines are free")
        for bridge in self.bridges():
            self.ari("DELETE", f"bridges/{bridge}")
        for recording in self.ari("GET", "recordings/stored").json():
            self.ari("DELETE", f"recordings/stored/{recording['name']}")

    def kill(self):
        """As if the machine lost its power."""
        if self._process and self._process.poll() is None:
            self._process.kill()
            self._process.wait()
