from odoo import api, fields, models
from odoo.fields import Domain

from ...tools.meaning import Card, rank
from ..card.arguments import check, is_id, is_text


class DebtSynonym(models.Model):
    """Phrases that mean the same, in whatever languages debtors say them."""

    _name = "debt.synonym"
    _description = "Synonyms"
    _order = "words, id"
    _rec_name = "words"

    words = fields.Char(
        string="Mean the Same",
        required=True,
        help="Separated by commas, in all languages that your debtors speak: “lost "
        "job, dismissed, laid off”. Endings make no difference.",
    )
    active = fields.Boolean(default=True)


class DebtObjection(models.Model):
    _inherit = "debt.objection"

    @api.model
    def find_cards(self, said, lang=None, profile_id=None):
        """The cards that what a debtor says may be about.

        :param str said: as the operator types it
        :param str lang: code of the language in which the cards are read
        :param int profile_id: id of the debtor's ``debt.profile``, where it is known
        :return: list of ids, the likeliest first; of two as likely the one that is for
            such debtors only
        :raises UserError: no text was given
        """
        self.check_access("read")
        check(self.env, is_text, said, lang)
        check(self.env, is_id, profile_id)
        # Superuser: words only, and none of them come out.
        groups = self.env["debt.synonym"].sudo().search([]).mapped("words")
        cards = self.with_context(lang=self._known_lang(lang)).search(
            Domain("profile_ids", "=", False)
            | Domain("profile_ids", "in", [profile_id] if profile_id else [])
        )
        cards = cards.sorted(lambda card: not card.profile_ids)
        texts = [
            Card(card.id, card.name, card.keywords or "", card.handling)
            for card in cards
        ]
        return rank(said or "", texts, groups)

    @api.model
    def _known_lang(self, lang):
        """A language that is installed; the user's where it is not."""
        known = dict(self.env["res.lang"].get_installed())
        return lang if lang in known else self.env.lang
