from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import email_normalize, html2plaintext

from ...tools import revocation
from ...tools.clock import local
from ...tools.revocation import Rule

#: What a refusal of everything is about; letters are left.
EVERY_MEDIUM = ("sms", "email", "voice_message", "robot_call", "telephone", "visit")
#: What else a refusal may be about, as consents have it.
MEDIA = [("sms", "SMS"), ("email", "E-mail"), ("telephone", "Calls and SMS")]
SHOWN = 200


class DebtConsent(models.Model):
    _inherit = "debt.consent"

    how = fields.Selection(
        selection_add=[
            ("sms", "By SMS"),
            ("in_person", "In Person"),
            ("other", "Otherwise"),
        ],
        ondelete={
            "sms": "set default",
            "in_person": "set default",
            "other": "set default",
        },
    )


class DebtRefusal(models.Model):
    """An answer of a debtor's by which he refuses, or may refuse, more messages.

    A word alone ("Stop") is heeded at once. What he says in sentences a person reads
    and confirms before the deadline that the law sets; what nobody has read by then is
    taken for a refusal.
    """

    _name = "debt.refusal"
    _description = "Refusal of a Debtor"
    _inherit = ["mail.activity.mixin", "mail.thread"]
    _order = "received_at desc, id desc"

    case_id = fields.Many2one(
        "debt.case", required=True, readonly=True, index=True, ondelete="cascade"
    )
    partner_id = fields.Many2one(
        related="case_id.partner_id", string="Debtor", store=True, index=True
    )
    company_id = fields.Many2one(related="case_id.company_id", store=True, index=True)
    channel = fields.Selection(
        [
            ("sms", "SMS"),
            ("email", "E-mail"),
            ("letter", "Letter"),
            ("in_person", "In Person"),
            ("other", "Otherwise"),
            ("portal", "On the Debtor's Page"),
        ],
        string="Came By",
        required=True,
        readonly=True,
    )
    address = fields.Char(string="Number or Address", readonly=True)
    text = fields.Text(required=True, readonly=True)
    received_at = fields.Datetime(
        string="Received", required=True, readonly=True, default=fields.Datetime.now
    )
    state = fields.Selection(
        [
            ("to_confirm", "To Be Read"),
            ("heeded", "Heeded"),
            ("dismissed", "No Refusal"),
        ],
        required=True,
        readonly=True,
        default="to_confirm",
        index=True,
    )
    medium = fields.Selection(MEDIA, string="Is About", readonly=True)
    everywhere = fields.Boolean(
        string="Every Medium",
        readonly=True,
        help="The debtor, or the law, means every medium but letters.",
    )
    deadline = fields.Date(
        required=True, readonly=True, help="Last day on which it is heeded in time."
    )
    heeded_at = fields.Datetime(string="Heeded On", readonly=True)
    user_id = fields.Many2one(
        "res.users",
        string="Decided By",
        readonly=True,
        help="Empty: by itself, for what it says is plain, or nobody had read it.",
    )

    @api.depends("partner_id", "received_at")
    def _compute_display_name(self):
        for refusal in self:
            refusal.display_name = self.env._(
                "%(debtor)s, %(date)s",
                debtor=refusal.partner_id.display_name,
                date=fields.Date.to_string(refusal.received_at),
            )

    # --- what arrives -----------------------------------------------------------
    @api.model
    def receive_sms(self, number, text):
        """An SMS arrived: for gateways, which call it over the network.

        :param str number: whose it is, in any international form
        :param str text: what it says
        :return: ids of what was recorded; empty when it refuses nothing, or nobody
            who owes has that number
        :raises AccessError: the caller is not allowed to record consents for all
        :raises UserError: number or text is no text
        """
        if not (isinstance(number, str) and isinstance(text, str)):
            raise UserError(self.env._("Give the number and the text as text."))
        if not (
            self.env.su or self.env.user.has_group("debt_collection.group_debt_manager")
        ):
            raise AccessError(
                self.env._("Let the gateway call as a manager of debt collection.")
            )
        # Superuser: whose number it is, in whichever company he owes.
        phones = self.env["debt.phone"].sudo()
        found = phones._prepare_values(self.env["res.partner"], number)["number"]
        debtors = found and phones.search([("number", "=", found)]).partner_id
        cases = self.env["debt.case"].sudo()
        theirs = [("partner_id", "in", debtors.ids if debtors else [])]
        owing = cases.search([*theirs, ("closed_at", "=", False)])
        for case in owing:
            self.env["debt.reply"]._receive(case, "sms", found, text)
        return self._hear(owing, "sms", found, text).ids

    @api.model
    def _rule(self, case):
        """How the laws that hold for a debtor want a refusal heeded."""
        return revocation.combined(
            Rule(
                everywhere=policy.revocation_scope == "all",
                days=policy.revocation_days,
                confirmed=policy.revocation_confirmed,
            )
            for policy in case._contact_policy()
        )

    @api.model
    def _hear(self, cases, channel, address, text, received_at=None):
        """Read an answer of these debtors': do they refuse more messages?

        :param str channel: sms, email, letter
        :param str text: plain
        :return: ``debt.refusal`` (superuser), empty when the answer refuses nothing
        """
        found = self.sudo().browse()
        reading = revocation.read(text or "")
        for case in cases.sudo():
            if reading == "consented":
                self._take_back(case, channel, text)
            elif reading:
                found |= self._record(case, channel, address, text, received_at)
        if reading == "refused":
            found._confirm()
            found._heed()
        for refusal in found.filtered(lambda one: one.state == "to_confirm"):
            refusal._ask_to_read()
        return found

    @api.model
    def _record(self, case, channel, address, text, received_at=None, **values):
        """Put an answer on record that refuses, or may; see `_hear`."""
        rule = self._rule(case)
        holidays = case._public_holidays()
        received_at = received_at or fields.Datetime.now()
        day = local(case.company_id._debt_zone(), received_at).date()
        return self.sudo().create(
            {
                "case_id": case.id,
                "channel": channel,
                "medium": channel,
                "address": address,
                "text": text,
                "received_at": received_at,
                "everywhere": rule.everywhere,
                # Whoever has to read it has a day for it.
                "deadline": revocation.deadline(day, rule.days or 1, holidays),
                **values,
            }
        )

    @api.model
    def _enter(self, case, channel, text, medium, received_at):
        """A person puts a refusal on record that came by letter or was said.

        It is heeded at once. What the law takes it for is the least of it.

        :param case: ``debt.case``, to which the caller has been allowed
        :param str channel: how it came: email, letter, in_person, other
        :param str medium: what it is about: one of `MEDIA`, or all
        :param datetime received_at: naive UTC
        :return: ``debt.refusal`` (superuser)
        """
        about = {"medium": "email"} if medium == "all" else {"medium": medium}
        found = self._record(case, channel, False, text, received_at, **about)
        if medium == "all":
            found.everywhere = True
        found._heed(self.env.user)
        return found

    @api.model
    def _take_back(self, case, channel, text):
        """“Start”: who refused a medium by a word takes it back by one."""
        words = case._consent_words(case.partner_id)
        said = words[case.partner_id.id, case.company_id.id]
        if any(word.channel == channel and not word.given for word in said):
            case._record_consent(channel, "given", channel, note=text)

    @api.model
    def _read_reply(self, case, msg_dict):
        """The debtor's answer to an e-mail may refuse more of them.

        :param dict msg_dict: the mail as ``message_update`` gets it
        """
        sender = email_normalize(msg_dict.get("from") or msg_dict.get("email_from"))
        if sender and case._is_debtors_email(sender):
            text = html2plaintext(msg_dict.get("body") or "")
            self._hear(case, "email", sender, text)

    # --- what becomes of it -----------------------------------------------------
    def _heed(self, user=None):
        """Carry the refusal out: nothing more goes out by what was refused."""
        for refusal in self:
            channels = EVERY_MEDIUM if refusal.everywhere else [refusal.medium]
            for channel in channels:
                refusal.case_id._record_consent(
                    channel,
                    "withdrawn",
                    refusal.channel,
                    note=refusal.text,
                )
            refusal.write(
                {
                    "state": "heeded",
                    "heeded_at": fields.Datetime.now(),
                    "user_id": user.id if user else False,
                }
            )
            refusal._tell_case()
        self.activity_ids.unlink()

    def _confirm(self):
        """Tell the debtor once that it is noted, where each law that holds allows it.

        Before it is carried out: the gate is asked as for any other message, and what
        it does not allow now is not sent later either.
        """
        for refusal in self:
            case = refusal.case_id
            if refusal.channel == "sms" and self._rule(case).confirmed:
                values = case._prepare_message_values(
                    "refusal_noted",
                    "sms",
                    key=f"refusal:{refusal.id}",
                    address=refusal.address,
                )
                self.env["debt.message"].create(values)._send()

    def _tell_case(self):
        """The debtor's thread says what was refused, and in which words."""
        media = dict(self._fields["medium"]._description_selection(self.env))
        self.case_id._message_log(
            body=self.env._(
                "The debtor refuses more contact (%(medium)s): “%(text)s”. It is "
                "heeded from now on.",
                medium=self.env._("every medium but letters")
                if self.everywhere
                else media[self.medium],
                text=self.text[:SHOWN],
            )
        )

    def _ask_to_read(self):
        """Somebody reads it on the working day before its deadline at the latest."""
        case = self.case_id
        last = revocation.alert(self.deadline, case._public_holidays())
        owner = case.user_id or case._accountant()
        self.with_context(mail_activity_quick_update=True).activity_schedule(
            "mail.mail_activity_data_todo",
            max(last, case.company_id._debt_today()),
            summary=self.env._("Does the debtor refuse more messages?"),
            note=self.text[:SHOWN],
            user_id=owner.id,
        )

    @api.model
    def _heed_unread(self):
        """What nobody has read by its deadline is taken for a refusal."""
        waiting = self.search([("state", "=", "to_confirm")])
        for company, refusals in waiting.grouped("company_id").items():
            today = company._debt_today()
            refusals.filtered(lambda one, day=today: one.deadline <= day)._heed()

    # --- what a person decides --------------------------------------------------
    def action_heed(self):
        """It is a refusal."""
        self.check_access("read")
        waiting = self.filtered(lambda one: one.state == "to_confirm")
        # Superuser: operators own neither consents nor what debtors answer.
        waiting.sudo()._heed(self.env.user)

    def action_dismiss(self):
        """It is none: the answer is about something else.

        :raises AccessError: what protects the debtor is the accountant's to lift
        """
        self.check_access("read")
        if not self.env.user.has_group("debt_collection.group_debt_accountant"):
            raise AccessError(
                self.env._("Only an accountant or manager says that it is no refusal.")
            )
        # Superuser: nobody writes what debtors answer; who decided is kept.
        waiting = self.sudo().filtered(lambda one: one.state == "to_confirm")
        waiting.write({"state": "dismissed", "user_id": self.env.uid})
        waiting.activity_ids.unlink()


class DebtMessage(models.Model):
    _inherit = "debt.message"

    kind = fields.Selection(
        selection_add=[("refusal_noted", "Confirmation of a Refusal")],
        ondelete={"refusal_noted": "cascade"},
    )

    @api.model
    def _ignored_pauses(self, kind):
        ignored = super()._ignored_pauses(kind)
        # It asks for nothing: no promise and no hold keeps it back.
        return ("promised", "on_hold") if kind == "refusal_noted" else ignored

    def _can_wait(self, until):
        # Later it would be one more message that he refused.
        return self.kind != "refusal_noted" and super()._can_wait(until)
