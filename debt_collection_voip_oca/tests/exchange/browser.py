"""Odoo's test browser, with a microphone into which somebody speaks."""

from unittest.mock import patch

from odoo.tests.common import ChromeBrowser

from odoo.addons.debt_collection_asterisk.tests.lab import sound

#: Media between two programs of one machine, and nobody to click on "Allow". SIP.js
#: would ask a server of Google's for its address, and wait five seconds in vain.
SWITCHES = (
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
    "--allow-loopback-in-peer-connection",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
)
#: In syllables: a browser takes an even tone for noise, and suppresses it.
SYLLABLE, PAUSE = 0.3, 0.2


def with_microphone(folder, hertz):
    """A patcher of Odoo's browser: whoever is at it says a tone, again and again."""
    file = folder / "microphone.wav"
    file.write_bytes(sound.wav(sound.tone(hertz, SYLLABLE) + sound.quiet(PAUSE)))
    switches = [*SWITCHES, f"--use-file-for-fake-audio-capture={file}"]
    spawn = ChromeBrowser._spawn_chrome

    def spawn_with_microphone(browser, command):
        return spawn(browser, [command[0], *switches, *command[1:]])

    return patch.object(ChromeBrowser, "_spawn_chrome", spawn_with_microphone)
