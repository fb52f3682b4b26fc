import base64
import logging
import shutil
from datetime import timedelta

from babel.dates import format_date, format_skeleton

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.debt_collection.tools import content

from .debt_dialler_prompt import SPEAKER

_logger = logging.getLogger(__name__)
#: Where a text names the day that is offered to the debtor.
DAY = "{date}"
# A prompt that named a day is of no use after it; a call may last beyond midnight.
KEPT = timedelta(days=7)


class DebtDiallerPrompt(models.Model):
    """How a prompt is said to one debtor: in his language, with a day in it."""

    _inherit = "debt.dialler.prompt"

    original_id = fields.Many2one(
        "debt.dialler.prompt",
        string="Translation Of",
        domain="[('kind', '=', kind), ('lang', '!=', lang),"
        " ('original_id', '=', False), ('template_id', '=', False)]",
        index="btree_not_null",
        ondelete="set null",
        help="Debtors who speak this language hear this prompt instead of that one.",
    )
    translation_ids = fields.One2many("debt.dialler.prompt", "original_id")
    template_id = fields.Many2one(
        "debt.dialler.prompt",
        string="Said From",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="cascade",
    )
    day = fields.Date(readonly=True, copy=False, help="The day that it names.")

    def _spoken_to(self, contact, company):
        """This prompt as a debtor understands it; itself where it is not translated.

        :param contact: ``res.partner`` who is called
        :param company: ``res.company`` that calls
        """
        lang = (contact.lang or "")[:2]
        translations = self.translation_ids.filtered(
            lambda one: (
                one.lang == lang
                and one._is_sayable()
                and one.company_id in (company, company.browse())
            )
        )
        return self if self.lang == lang else translations[:1] or self

    def _hides_its_nature(self, company):
        """Those prompts in which a machine speaks and does not say so.

        :param company: ``res.company`` that calls; empty where no law minds
        """
        demanded = self.env["debt.contact.policy"].search_count(
            [("demand_robot", "=", True), ("company_id", "in", (False, company.id))],
            limit=1,
        )
        return self.filtered(
            lambda prompt: (
                demanded
                and prompt.is_machine_voice
                and not content.names_robot(prompt.text)
            )
        )

    def _names_a_day(self):
        return DAY in (self.text or "")

    def _is_sayable(self):
        """Whether anything can be heard; what names a day is spoken for each day."""
        return self._can_speak() if self._names_a_day() else bool(self.audio_sha1)

    @api.model
    def _can_speak(self):
        return bool(shutil.which(SPEAKER))

    def _said_on(self, day):
        """The prompt that names ``day``, spoken now if it is the first to be told so.

        :return: ``debt.dialler.prompt``, empty when it cannot be spoken
        """
        self.ensure_one()
        filled = self._filled_in(self.company_id or self.env.company)
        text = filled.replace(DAY, self._day_in_words(day))
        said = self.search(
            [("template_id", "=", self.id), ("day", "=", day), ("text", "=", text)],
            limit=1,
        )
        return said or self._say(day, text)

    def _day_in_words(self, day):
        """As “Friday, March 13”, in the language of the prompt."""
        weekday = format_date(day, "EEEE", locale=self.lang)
        return f"{weekday}, {format_skeleton('MMMMd', day, locale=self.lang)}"

    def _say(self, day, text):
        try:
            audio = base64.b64encode(self._spoken(text))
        except UserError as error:
            # A heartbeat must not fail for it: the debtor keys in a day of his own.
            _logger.warning("The prompt “%s” cannot be spoken: %s", self.name, error)
            return self.browse()
        return self.create(
            {
                "name": f"{self.name}, {day}",
                "template_id": self.id,
                "day": day,
                "company_id": self.company_id.id,
                "kind": self.kind,
                "lang": self.lang,
                "text": text,
                "audio": audio,
            }
        )

    @api.autovacuum
    def _gc_said(self):
        """Nobody will be offered a day again that is over."""
        over = fields.Date.today() - KEPT
        self.search([("template_id", "!=", False), ("day", "<", over)]).unlink()
