from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...tools.content import COMMON_WORDS


class DebtContactPolicy(models.Model):
    """What a law asks of the words of a message, and of how a refusal is heeded."""

    _inherit = "debt.contact.policy"

    demand_phone = fields.Boolean(
        string="Messages Name a Telephone",
        help="Each message names a telephone number at which the creditor answers; a "
        "link or an address is not enough. Every message names the creditor, a way to "
        "answer and a way to refuse, whatever the law.",
    )
    demand_robot = fields.Boolean(
        string="Robots Say So",
        help="A robot or an artificial voice says at the beginning that it is one.",
    )
    disclosure = fields.Text(
        translate=True,
        help="Words that must be said as soon as it is known that the debtor is on the "
        "line, and stand in each message that speaks of the debt; e.g. in the USA for "
        "those who collect for others (12 CFR 1006.18(e)): “This is an attempt to "
        "collect a debt, and any information obtained will be used for that purpose.” "
        "Translate them into the languages of your debtors.",
    )
    languages = fields.Char(
        string="Languages of Messages",
        help="Codes of the languages in one of which messages are written, separated "
        "by commas, e.g. uk. The debtor's own language is permitted as well. Empty: "
        "any.",
    )
    recording_required = fields.Boolean(
        string="Calls Must Be Recorded",
        help="The source wants every call recorded. A call is refused that would not "
        "be: switch recording on at your telephony provider, or say in the settings "
        "that your telephone system records.",
    )
    revocation_scope = fields.Selection(
        [("medium", "Only That Medium"), ("all", "Every Medium")],
        string="A Refusal Is About",
        required=True,
        default="medium",
        help="What a debtor refuses who answers a message with “Stop”.",
    )
    revocation_days = fields.Integer(
        string="Working Days to Heed It",
        help="Within so many working days a refusal must be heeded. 0: at once. What "
        "we can read ourselves is heeded at once in any case.",
    )
    revocation_confirmed = fields.Boolean(
        string="One Confirmation",
        help="One message may tell the debtor that the refusal has been noted.",
    )

    def _version_content(self):
        """A version says what was demanded of words as well."""
        names = ("demand_phone", "demand_robot", "recording_required")
        names += (
            "languages",
            "revocation_scope",
            "revocation_days",
            "revocation_confirmed",
        )
        demands = {name: self[name] for name in names if self[name]}
        if self.disclosure:
            demands["disclosure"] = self._stored_texts("disclosure")
        return super()._version_content() | {"demands": demands}

    @api.constrains("languages")
    def _check_languages(self):
        """:raises ValidationError: a language is none whose texts can be told"""
        for policy in self:
            for code in policy._language_codes():
                if code not in COMMON_WORDS:
                    raise ValidationError(
                        self.env._(
                            "“%(code)s” is no language whose texts can be checked. "
                            "Write codes of two letters out of: %(codes)s.",
                            code=code,
                            codes=", ".join(sorted(COMMON_WORDS)),
                        )
                    )

    @api.model
    def _laws_asking(self, company, demand):
        """The policies that ask for something, and fit a debtor in collection.

        :param company: ``res.company`` that collects
        :param str demand: name of the field by which they ask for it
        """
        # Superuser: where debtors are, whoever may read contacts.
        cases = self.env["debt.case"].sudo()
        theirs = [("company_id", "=", company.id), ("closed_at", "=", False)]
        found = cases._read_group(theirs, ["partner_id.country_id"])
        countries = self.env["res.country"].union(*(country for (country,) in found))
        return self.search(
            [
                (demand, "=", True),
                ("company_id", "in", (False, company.id)),
                ("country_ids", "in", countries.ids),
            ]
        )

    def _disclosures(self, lang):
        """What these policies want to be said, in a language, as a tuple of texts."""
        texts = [policy.disclosure for policy in self.with_context(lang=lang)]
        return tuple(dict.fromkeys(filter(None, texts)))

    def _language_codes(self):
        codes = (self.languages or "").lower().split(",")
        return [code.strip() for code in codes if code.strip()]

    def _demanded_languages(self, debtor):
        """In which languages a message to a debtor may be under these policies.

        :param debtor: ``res.partner``
        :return: tuple of codes, those that all policies permit; empty for any
        """
        lists = [set(policy._language_codes()) for policy in self if policy.languages]
        if not lists:
            return ()
        own = {(debtor.lang or "")[:2]} & COMMON_WORDS.keys()
        common = set.intersection(*lists) or set.union(*lists)
        return tuple(sorted(common | own))
