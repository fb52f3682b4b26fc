from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import email_normalize

from ..tools.consent import Word

# What stands on the debtor himself when it is refused: it holds for all companies.
FLAGS = {"work_place": "debt_no_work_calls", "telephone": "debt_do_not_call"}
PHONE_CHANNELS = ("call", "robot_call", "sms", "voice_message")


class DebtConsent(models.Model):
    """That a debtor consented to something, or withdrew it: what, when and how.

    The last word holds. Nobody changes a word of the debtor's: what was wrong or is
    over is followed by another one, so that an inspector can read what held when.
    """

    _name = "debt.consent"
    _description = "Consent of a Debtor"
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
        string="Until", help="Last day on which it holds. Empty: until withdrawn."
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
            [vals | self._prepare_debtor(vals) for vals in vals_list]
        )
        consents._follow()
        return consents

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
        """Plans follow what a debtor permits; so does what stands on himself."""
        # Superuser: whoever records a word of the debtor's need not own his contact.
        for consent in self.sudo():
            if field := FLAGS.get(consent.channel):
                consent.partner_id[field] = consent.state == "withdrawn"
        self.env["debt.case"].sudo().search(
            [("partner_id", "in", self.partner_id.ids), ("closed_at", "=", False)]
        )._set_dirty()

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
