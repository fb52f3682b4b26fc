from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import html2plaintext
from odoo.tools.mail import append_content_to_html

from ...tools import content
from ...tools.content import Demands
from ...tools.page_link import without_key
from ..card.groups import SETTERS

#: Messages in which the debtor is told the amount that was agreed or is asked for.
WITH_AMOUNT = ("promise_confirmation", "promise_reminder", "payment_details")
#: Messages that others may read or hear before anybody knows who does.
UNREVEALING = ("callback_request", "refusal_noted")
#: Messages that ask to be called.
ASKING_FOR_CALLS = ("callback_request",)


class ContentRefused(UserError):
    """A text lacks what it must say, or says what it must not."""


class ResCompany(models.Model):
    _inherit = "res.company"

    debt_forbidden_phrases = fields.Text(
        groups=SETTERS,
        string="Forbidden Phrases",
        help="One in each line. No message to a debtor and no script may contain them.",
    )
    debt_answer_at = fields.Char(
        groups=SETTERS,
        compute="_compute_debt_answer_at",
        help="Where you answer debtors: your telephone number, else your e-mail "
        "address, else your website.",
    )

    @api.model
    def _debt_traced(self):
        return super()._debt_traced() | {"debt_forbidden_phrases"}

    @api.depends("phone", "email", "website")
    def _compute_debt_answer_at(self):
        for company in self:
            company.debt_answer_at = company.phone or company.email or company.website

    def _debt_forbidden(self):
        """The company's own forbidden phrases, as a tuple."""
        self.ensure_one()
        lines = (self.debt_forbidden_phrases or "").splitlines()
        return tuple(line.strip() for line in lines if line.strip())


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    debt_forbidden_phrases = fields.Text(
        related="company_id.debt_forbidden_phrases", readonly=False
    )


class DebtMessage(models.Model):
    """No message leaves that does not say what it must."""

    _inherit = "debt.message"

    @api.model
    def _prepare_demands(self, case, channel, kind=None, amounts=()):
        """What a text to this debtor must say, see `tools.content.Demands`.

        :param str channel: one of the gate's
        :param str kind: one of ``debt.message``'s, None for one written by hand
        :param amounts: amounts that it has to name, digits with a point
        """
        # Superuser: the company's own particulars, and which law holds.
        case = case.sudo()
        company = case.company_id
        unrevealing = kind in UNREVEALING
        policies = case._contact_policy()
        return Demands(
            creditor=company.name or "",
            addressee=case.partner_id.name or "",
            numbers=tuple(filter(None, [company.phone])),
            links=tuple(filter(None, [company.email, company.website])),
            by_phone=kind in ASKING_FOR_CALLS or any(policies.mapped("demand_phone")),
            refusals=(without_key(case._refusal_url(channel)),),
            amounts=tuple(amounts),
            secrets=self._content_secrets(case) if unrevealing else None,
            forbidden=company._debt_forbidden(),
            robot=channel == "robot_call" and any(policies.mapped("demand_robot")),
            languages=policies._demanded_languages(case.partner_id),
            disclosures=() if unrevealing else self._disclosures(case),
        )

    @api.model
    def _disclosures(self, case):
        """What the law wants said to this debtor, in his language.

        :return: tuple of texts
        """
        lang = case.partner_id._debt_lang(case.company_id)
        return case._contact_policy()._disclosures(lang)

    def _with_disclosures(self, text, append):
        """A text with what the law wants said, where it does not say so itself.

        :param append: a function of a text and a sentence that puts them together
        """
        if self.kind not in UNREVEALING:
            case = self.promise_id.case_id or self.case_id
            for sentence in self._disclosures(case):
                if sentence not in text:
                    text = append(text, sentence)
        return text

    @api.model
    def _check_by_hand(self, case, channel, text):
        """What a person writes is checked for what he must not say.

        Odoo's layout names the company, and each e-mail ends with how to refuse more;
        where the law wants a telephone number in each message, so do we.

        :raises ContentRefused: it must not leave
        """
        demands = self._prepare_demands(case, channel)
        asked = {"forbidden"}
        if demands.by_phone:
            asked |= {"no_creditor", "no_phone"}
        self._check_content(text, demands, asked)

    @api.model
    def _content_secrets(self, case):
        """What would tell others of the debt: its documents and its amount."""
        return tuple(row["name"] for row in case._collected() if row["name"])

    @api.model
    def _content_text(self, problems):
        """What is wrong with a text, in sentences for who is to mend it.

        :param problems: list of `tools.content.Problem`
        """
        texts = {
            "no_creditor": self.env._("It does not say who writes: name your company."),
            "no_phone": self.env._(
                "It names no telephone number at which you answer: enter your "
                "company's and name it."
            ),
            "no_answer": self.env._(
                "It does not say where you answer: enter your company's telephone "
                "number or e-mail address and name it."
            ),
            "no_refusal": self.env._("It does not say how to refuse more messages."),
            "no_amount": self.env._("It does not name the amount (%(detail)s)."),
            "reveals": self.env._(
                "It speaks of the debt (“%(detail)s”), and others may read it."
            ),
            "forbidden": self.env._("Your company forbids the words “%(detail)s”."),
            "no_disclosure": self.env._(
                "It does not say what the law wants said: “%(detail)s”"
            ),
            "language": self.env._(
                "The law wants it in a language of the debtor (%(detail)s): set the "
                "debtor's language, and translate the template."
            ),
            "no_robot": self.env._(
                "It does not say at the beginning that a robot speaks."
            ),
        }
        return " ".join(texts[one.code] % {"detail": one.detail} for one in problems)

    @api.model
    def _check_content(self, text, demands, asked=None):
        """Let a finished text leave, or say why not.

        :param str text: plain
        :param asked: codes of the problems that keep it back; all when None
        :raises ContentRefused: it lacks what it must say, or says what it must not
        """
        # What is kept of an e-mail has its links without what opens them.
        found = content.check(without_key(text), demands)
        if problems := [one for one in found if asked is None or one.code in asked]:
            raise ContentRefused(
                self.env._(
                    "The text cannot be sent as it is. %(problems)s",
                    problems=self._content_text(problems),
                )
            )

    def _check_text(self, text):
        """:raises ContentRefused: it lacks something, or says what it must not"""
        case = self.promise_id.case_id or self.case_id
        amounts = self._named_amounts()
        demands = self._prepare_demands(case, self.channel, self.kind, amounts)
        self._check_content(text, demands)

    def _named_amounts(self):
        """The amounts that the message has to name."""
        if self.kind not in WITH_AMOUNT:
            return ()
        if not self.promise_id:
            records = self.case_id
        elif self.kind == "promise_reminder":
            records = self.promise_id
        else:
            records = self.promise_id.instalment_ids or self.promise_id
        return content.figures(" ".join(filter(None, records.mapped("amount_text"))))

    def _with_way_out(self, body):
        body = self._with_disclosures(
            body, lambda text, said: append_content_to_html(text, said)
        )
        return super()._with_way_out(body)

    def _queue_email(self):
        values = super()._queue_email()
        self._check_text(html2plaintext(self.body))
        return values

    def _prepare_sms_text(self):
        text = super()._prepare_sms_text()
        text = self._with_disclosures(text, "{} {}".format)
        self._check_text(text)
        return text

    def _not_handed_over(self, error):
        """What was refused for its text stays here; the case says why."""
        if not isinstance(error, ContentRefused):
            return super()._not_handed_over(error)
        self.write({"state": "refused", "failure": str(error)[:500]})
        channels = dict(self._fields["channel"]._description_selection(self.env))
        self.case_id._message_log(
            body=self.env._(
                "%(channel)s not sent: %(reason)s",
                channel=channels[self.channel],
                reason=str(error),
            )
        )
        return None
