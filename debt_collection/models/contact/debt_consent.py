from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError
from odoo.tools import email_normalize

from ...tools.consent import Word, last_word

PHONE_CHANNELS = (
    *("call", "robot_call", "sms", "voice_message"),
    *("telephone", "work_place"),
)


class DebtConsent(models.Model):
    """That a debtor consented to something, or withdrew it: what, when and how.

    The last word holds. Nobody changes a word of the debtor's: what was wrong or is
    over is followed by another one, so that an inspector can read what held when.
    """

    _name = "debt.consent"
    _description = "Consent of a Debtor"
    _inherit = ["debt.evidence"]
    _order = "date desc, id desc"

    partner_id = fields.Many2one(
        "res.partner",
        string="Debtor",
        required=True,
        index=True,
        ondelete="restrict",
        help="The commercial partner who owes.",
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
        help="To whom it was said: it says nothing of your other companies.",
    )
    channel = fields.Selection(
        [
            ("call", "Call"),
            ("robot_call", "Call by a Robot or Dialler"),
            ("sms", "SMS"),
            ("email", "E-mail"),
            ("voice_message", "Voice Message"),
            ("letter", "Letter"),
            ("visit", "Visit"),
            ("recording", "Recording of Calls"),
            ("work_place", "Calls at Work"),
            ("telephone", "Calls and SMS"),
        ],
        string="To What",
        required=True,
    )
    state = fields.Selection(
        [("given", "Given"), ("withdrawn", "Refused or Withdrawn")],
        string="Consent",
        required=True,
        default="given",
    )
    address = fields.Char(
        string="Number or E-mail",
        help="Empty: for all numbers and addresses of the debtor.",
    )
    how = fields.Selection(
        [
            ("call", "By Telephone"),
            ("letter", "By Letter"),
            ("email", "By E-mail"),
            ("portal", "On the Web"),
            ("form", "On a Form"),
            ("contract", "In the Contract"),
        ],
        required=True,
        default="call",
    )
    date = fields.Date(
        string="On", required=True, default=lambda self: self.env.company._debt_today()
    )
    valid_until = fields.Date(
        string="Until", help="Last day on which it is valid. Empty: until withdrawn."
    )
    note = fields.Text(
        string="Evidence", help="What exactly was said or written, and by whom."
    )
    evidence = fields.Binary(string="Document", attachment=True)
    evidence_name = fields.Char()
    call_id = fields.Many2one(
        "debt.call", readonly=True, index="btree_not_null", ondelete="set null"
    )
    user_id = fields.Many2one(
        "res.users",
        string="Recorded By",
        required=True,
        readonly=True,
        default=lambda self: self.env.user,
    )

    _days_in_order = models.Constraint(
        "CHECK(date <= valid_until)", "A consent ends after the day it was given."
    )

    @api.depends("partner_id", "channel", "state")
    def _compute_display_name(self):
        channels = dict(self._fields["channel"]._description_selection(self.env))
        states = dict(self._fields["state"]._description_selection(self.env))
        for consent in self:
            parts = (
                consent.partner_id.display_name,
                channels.get(consent.channel),
                states.get(consent.state),
            )
            consent.display_name = ": ".join(filter(None, parts))

    @api.constrains("date")
    def _check_date(self):
        for consent in self:
            if consent.date > consent.company_id._debt_today():
                raise ValidationError(
                    self.env._("Record a consent on the day it is given, not before.")
                )

    @api.model_create_multi
    def create(self, vals_list):
        consents = super().create(
            [
                vals | self._prepare_debtor(vals) | self._prepare_recorder(vals)
                for vals in vals_list
            ]
        )
        consents._check_recorded()
        consents._follow()
        return consents

    @api.model
    def _prepare_recorder(self, vals):
        """Who heard it, and in which call, is not the user's to choose."""
        if self.env.su:
            return {}
        # Superuser: whose call it was, and with whom, whoever may read it.
        call = self.env["debt.call"].sudo().browse(vals.get("call_id") or [])
        partner = self.env["res.partner"].browse(vals.get("partner_id"))
        debtor = partner.commercial_partner_id
        heard = call.exists().user_id == self.env.user and call.partner_id == debtor
        return {"user_id": self.env.uid, "call_id": heard and call.id}

    @api.model
    def _ways_without_people(self):
        """Values of ``how`` that only the addon itself records."""
        return {"portal"}

    def _check_recorded(self):
        """People record what they were told, by debtors whom they work.

        :raises ValidationError: the debtor is said to have told it to a machine
        :raises AccessError: it is a debtor of others
        """
        if self.env.su:
            return
        if self._ways_without_people() & set(self.mapped("how")):
            raise ValidationError(
                self.env._(
                    "What debtors say on the web or by a keypad is recorded by itself. "
                    "Choose how you heard of it."
                )
            )
        if not self.env.user.has_group("debt_collection.group_debt_accountant"):
            self._check_debtors()
            self._check_not_lifting()

    def _is_decided(self):
        """A word of the debtor's is one from the moment it is recorded."""
        return True

    def _check_not_lifting(self):
        """Whoever wants to call does not say that he may after all.

        :raises AccessError: an operator records the consent of a debtor who refused
        """
        # Superuser: the debtor's own words, of which some concern other teams.
        for consent in self.sudo().filtered(lambda one: one.state == "given"):
            debtor = consent.partner_id
            about = [
                ("partner_id", "=", debtor.id),
                ("channel", "=", consent.channel),
                ("id", "!=", consent.id),
            ]
            last = self.sudo().search(about, order="date desc, id desc", limit=1)
            refused = consent.channel == "telephone" and debtor.debt_do_not_call
            if refused or last.state == "withdrawn":
                raise AccessError(
                    self.env._(
                        "%(debtor)s has refused this. An accountant records that it is "
                        "permitted again.",
                        debtor=debtor.display_name,
                    )
                )

    def _check_debtors(self):
        """The rules for reading cases decide, company by company."""
        groups = self.env["debt.case"]._read_group(
            [("partner_id", "in", self.partner_id.ids)], ["partner_id", "company_id"]
        )
        if {(one.partner_id, one.company_id) for one in self} - set(groups):
            raise AccessError(
                self.env._("Record consents of debtors whose case is your team's.")
            )

    @api.model
    def _prepare_debtor(self, vals):
        """The debtor behind a contact, and the address in the form it is compared in.

        :raises ValidationError: it is no number, or no e-mail address
        """
        partner = self.env["res.partner"].browse(vals.get("partner_id"))
        values = {"partner_id": partner.commercial_partner_id.id}
        if address := (vals.get("address") or "").strip():
            values["address"] = self._normalise(partner, vals.get("channel"), address)
        return values

    @api.model
    def _normalise(self, partner, channel, address):
        if channel == "email":
            found = email_normalize(address)
        elif channel in PHONE_CHANNELS:
            # Superuser: reads countries only, to know how a number is dialled there.
            found = self.env["debt.phone"].sudo()
            found = found._prepare_values(partner, address)["number"]
        else:
            return address
        if not found:
            raise ValidationError(
                self.env._(
                    "“%(address)s” cannot be read: enter one number with its country "
                    "code, or one e-mail address, or leave it empty.",
                    address=address,
                )
            )
        return found

    def _follow(self):
        """Plans follow what a debtor permits; so does the contact's Do Not Call."""
        # Superuser: whoever records a word of the debtor's need not own his contact.
        about_calls = self.sudo().filtered(
            lambda one: one.channel == "telephone" and not one.address
        )
        for debtor in about_calls.partner_id:
            debtor.debt_do_not_call = about_calls._refuses_calls(debtor)
        self.env["debt.case"].sudo().search(
            [("partner_id", "in", self.partner_id.ids), ("closed_at", "=", False)]
        )._set_dirty()

    @api.model
    def _refuses_calls(self, debtor):
        """Whether the debtor's last word to one of the companies is not to be called.

        The last word is the one said last, not the one that was filed last.
        """
        about = [("partner_id", "=", debtor.id), ("channel", "=", "telephone")]
        by_company = self.search(about, order="date, id").grouped("company_id")
        last_words = (
            last_word(
                [one._to_pure() for one in said],
                "telephone",
                None,
                company._debt_today(),
            )
            for company, said in by_company.items()
        )
        return False in last_words

    def _to_pure(self):
        self.ensure_one()
        return Word(
            channel=self.channel,
            given=self.state == "given",
            day=self.date,
            until=self.valid_until or None,
            address=self.address or None,
            id=self.id,
            recorded=self.create_date,
        )
