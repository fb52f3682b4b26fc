import re

from odoo import api, fields, models

from odoo.addons.debt_collection.tools import content

#: What a text may leave open: it is filled in when the machine speaks it.
COMPANY, PHONE = "{company}", "{phone}"
#: What a debtor hears who has not asked for anything, or was called in vain.
NAMING = ("message", "abandon", "incoming")
#: The key by which a debtor refuses further calls, as a text may name it.
STOP_KEY = re.compile(r"(?<!\d)(?<!\d )9(?! ?\d)")
STOP_WORDS = re.compile(
    r"\b(nine|девять|девятку|дев['’ʼ]ять|тоғыз\w*|neun|neuf|negen|nueve|nove|dziewięć)\b"
)


class DebtDiallerPrompt(models.Model):
    """What is heard names the creditor, and says what else must be said."""

    _inherit = "debt.dialler.prompt"

    said_text = fields.Text(
        string="Said by the Machine",
        readonly=True,
        copy=False,
        help="The text as it was spoken, with the company's name and number in it.",
    )
    verdict = fields.Text(
        string="May It Be Played to Debtors?", compute="_compute_verdict"
    )
    is_refused = fields.Boolean(
        string="Not to Be Played to Debtors", compute="_compute_verdict"
    )

    @api.depends("text", "kind", "company_id", "said_text", "is_machine_voice")
    @api.depends_context("company", "lang")
    def _compute_verdict(self):
        for prompt in self:
            company = prompt.company_id or self.env.company
            problems = prompt._lacks(company)
            prompt.is_refused = bool(problems)
            prompt.verdict = (
                self.env["debt.message"]._content_text(problems)
                if problems
                else self.env._("It says what it must.")
            )

    def _filled_in(self, company):
        """The text with the name and the telephone number of a company.

        :param company: ``res.company`` that speaks
        """
        self.ensure_one()
        text = (self.text or "").replace(COMPANY, company.name or "")
        return text.replace(PHONE, company.phone or "")

    def _heard(self, company):
        """What is heard of it: what the machine said, else what it is to say."""
        self.ensure_one()
        spoken = self.is_machine_voice and self.said_text
        return spoken or self._filled_in(company)

    def _lacks(self, company):
        """What it must say when a company plays it, and does not.

        :return: list of `tools.content.Problem`
        """
        self.ensure_one()
        if self.kind not in NAMING:
            return []
        asked, heard = {"no_creditor"}, self._heard(company)
        policies = self.env["debt.contact.policy"]
        if self.kind != "incoming":
            asked |= {"no_phone"}
        demands = content.Demands(
            creditor=company.name or "",
            numbers=tuple(filter(None, [company.phone])),
            by_phone=bool(policies._laws_asking(company, "demand_phone")),
        )
        found = [one for one in content.check(heard, demands) if one.code in asked]
        if self.kind == "message" and not names_stop_key(heard):
            found.append(content.Problem("no_refusal"))
        return found

    def _lacking(self, company):
        """The first of these prompts that lacks something, and what, in a sentence."""
        for prompt in self:
            if problems := prompt._lacks(company):
                return self.env._(
                    "“%(prompt)s” cannot be played as it is. %(problems)s",
                    prompt=prompt.name,
                    problems=self.env["debt.message"]._content_text(problems),
                )
        return ""

    def _fits(self, case):
        """Whether the law of one debtor lets him hear it.

        :param case: ``debt.case`` of the debtor
        """
        messages = self.env["debt.message"]
        asked = {"no_creditor", "language", "forbidden", "reveals"}
        demands = messages._prepare_demands(case, "voice_message", "callback_request")
        if any(case.sudo()._contact_policy().mapped("demand_phone")):
            asked |= {"no_phone"}
        found = content.check(self._heard(case.sudo().company_id), demands)
        return not any(one.code in asked for one in found)


def names_stop_key(text):
    """Tell whether a text names the key by which further calls are refused.

    >>> names_stop_key("Please call 02 555 99 09"), names_stop_key("Press 9.")
    (False, True)
    >>> names_stop_key("Нажмите девять")
    True
    """
    said = text.casefold()
    return bool(STOP_KEY.search(said)) or bool(STOP_WORDS.search(said))
