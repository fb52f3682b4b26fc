import base64
import hashlib
import shutil
import subprocess

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from odoo.addons.debt_collection.tools import content

from ..tools import wav

SPEAKER = "espeak-ng"
#: Voices of the synthesiser that are not called as their language is.
VOICES = {"pt": "pt-br"}
# Longer than any message a debtor would listen to.
LONGEST_TEXT = 2000


class DebtDiallerPrompt(models.Model):
    """A recorded text: what a debtor hears of us when nobody of us is on the line."""

    _name = "debt.dialler.prompt"
    _description = "Prompt"
    _order = "kind, sequence, id"

    name = fields.Char(required=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company", index=True, help="Empty: for all companies."
    )
    kind = fields.Selection(
        [
            ("announcement", "Announcement of the Recording"),
            ("message", "Voice Message"),
            ("abandon", "No Operator Is Free"),
            ("promise", "Promise by Key"),
            ("incoming", "Nobody Is There"),
            ("other", "Other"),
        ],
        required=True,
        default="message",
    )
    lang = fields.Selection(
        lambda self: self._languages(), string="Language", required=True, default="en"
    )
    text = fields.Text(
        required=True,
        help="What is said. Whoever picks up hears it: nothing in it may reveal that "
        "there is a debt. {company} and {phone} stand for your company's name and "
        "telephone number. In a promise by key, {date} stands for the day that is "
        "offered; the server speaks it anew for each day.",
    )
    audio = fields.Binary(
        string="Recording",
        attachment=True,
        help="A WAV file, 16 bit; it is brought to the 8 kHz of a telephone line.",
    )
    is_machine_voice = fields.Boolean(
        string="Spoken by a Machine",
        readonly=True,
        copy=False,
        help="Some laws want an artificial voice to say at the beginning that it is "
        "one.",
    )
    audio_sha1 = fields.Char(readonly=True, copy=False)
    seconds = fields.Integer(string="Length (s)", readonly=True, copy=False)

    @api.model
    def _languages(self):
        """Languages by their codes of two letters, as debtors have them."""
        return [
            ("en", "English"),
            ("ru", "Russian"),
            ("de", "German"),
            ("fr", "French"),
            ("nl", "Dutch"),
            ("es", "Spanish"),
            ("it", "Italian"),
            ("pl", "Polish"),
            ("pt", "Portuguese (Brazil)"),
            ("uk", "Ukrainian"),
            ("kk", "Kazakh"),
        ]

    @api.constrains("text", "kind", "company_id")
    def _check_text(self):
        """Whoever picks up hears it, and nobody knows yet who that is.

        What is heard after the key for a promise names what is promised.

        :raises ValidationError: it tells of a debt, or says what the company forbids
        """
        for prompt in self:
            company = prompt.company_id or self.env.company
            said = prompt._heard(company)
            found = content.forbidden(said, company._debt_forbidden())
            if prompt.kind != "promise":
                found += content.reveals(said, [company.name])
            if found:
                raise ValidationError(
                    self.env._(
                        "“%(prompt)s” says “%(phrase)s”: whoever picks up hears it. "
                        "Say it without.",
                        prompt=prompt.name,
                        phrase=found[0],
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._prepared(vals) for vals in vals_list])

    def write(self, vals):
        return super().write(self._prepared(vals))

    @api.model
    def _prepared(self, vals):
        """Values with the recording as a telephone line takes it.

        :raises ValidationError: it is no recording we can read
        """
        if "audio" not in vals:
            return vals
        vals = {"is_machine_voice": False, "said_text": False} | vals
        if not vals["audio"]:
            return vals | {"audio_sha1": False, "seconds": 0}
        try:
            data = wav.for_telephone(base64.b64decode(vals["audio"]))
        except wav.WavError as error:
            raise ValidationError(self._wav_problem(error.code)) from error
        return vals | {
            "audio": base64.b64encode(data),
            "audio_sha1": hashlib.sha1(data, usedforsecurity=False).hexdigest(),
            "seconds": round(wav.seconds(data)),
        }

    @api.model
    def _wav_problem(self, code):
        texts = {
            "not_wav": self.env._(
                "This is no WAV file. Save the recording as WAV (PCM, 16 bit)."
            ),
            "not_16_bit": self.env._(
                "The recording is not 16 bit PCM. Save it as WAV, 16 bit, mono, 8 kHz."
            ),
            "empty": self.env._("There is nothing on this recording."),
            "too_long": self.env._("A prompt lasts five minutes at most."),
        }
        return texts[code]

    def action_speak(self):
        """Let the machine speak the text.

        :raises UserError: it cannot
        """
        for prompt in self:
            said = prompt._filled_in(prompt.company_id or self.env.company)
            audio = base64.b64encode(prompt._spoken(said))
            prompt.write({"audio": audio, "is_machine_voice": True, "said_text": said})

    def _spoken(self, text):
        """A text as WAV, by the synthesiser of this machine."""
        program = shutil.which(SPEAKER)
        if not program:
            raise UserError(
                self.env._(
                    "This server cannot speak: install %(program)s on it, or upload a "
                    "recording.",
                    program=SPEAKER,
                )
            )
        voice = VOICES.get(self.lang, self.lang)
        command = [program, "-v", voice, "-s", "150", "--stdin", "--stdout"]
        try:
            return subprocess.run(
                command,
                input=text[:LONGEST_TEXT].encode(),
                capture_output=True,
                timeout=60,
                check=True,
            ).stdout
        except (subprocess.SubprocessError, OSError) as error:
            raise UserError(
                self.env._("The text could not be spoken. Upload a recording.")
            ) from error

    def _prepare_job(self):
        """What the dialler process must know to fetch and keep it."""
        self.ensure_one()
        return {"id": self.id, "sha1": self.audio_sha1, "lang": self.lang}

    def _content(self):
        """The recording itself, as bytes."""
        self.ensure_one()
        return base64.b64decode(self.with_context(bin_size=False).audio or b"")
