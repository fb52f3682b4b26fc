import re

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ...tools import phones

#: What may be said of a number by whoever dialled it.
VERDICTS = ("good", "wrong", "dead")
#: So long a number that was right is taken to be right still.
STALE_DAYS = 180


class DebtPhone(models.Model):
    """From whom a number is, when it was last right, and how operators put it right."""

    _inherit = "debt.phone"

    learned_from = fields.Char(
        readonly=True,
        help="From whom we have the number, and when it was written down.",
    )
    confirmed_on = fields.Date(
        string="Last Confirmed On",
        readonly=True,
        help="The day on which somebody was reached on it, or said that it is right.",
    )
    tried_at = fields.Datetime(
        string="Dialled in Vain",
        readonly=True,
        help="When it was last dialled without an answer: the others come first.",
    )

    @api.model
    def _check_readable(self, contact, raw):
        """The one number that was typed.

        :param contact: ``res.partner`` whose it is
        :return: the text to be written on the contact
        :raises UserError: it is no number, or several
        """
        texts = phones.split(raw)
        if len(texts) != 1:
            raise UserError(self.env._("Type one telephone number."))
        values = self._prepare_values(contact, texts[0])
        if values["error"]:
            errors = dict(self._fields["error"]._description_selection(self.env))
            raise UserError(
                self.env._(
                    "“%(number)s” cannot be dialled: %(reason)s. Type it with its "
                    "country code.",
                    number=texts[0],
                    reason=errors[values["error"]],
                )
            )
        return texts[0]

    @api.model
    def _learn(self, contact, raw, learned_from):
        """Write a number down on a contact, and list it.

        :param contact: ``res.partner``, whose number it is
        :param str raw: one number, in any form
        :param str learned_from: from whom we have it
        :return: ``debt.phone`` (superuser)
        :raises UserError: it is no number
        """
        text = self._check_readable(contact, raw)
        # Superuser: operators have no rights on contacts; the caller has checked whose
        # it is.
        contact = contact.sudo()
        if not (phone := self._of_contact(contact, text)):
            contact.phone = f"{contact.phone}, {text}" if contact.phone else text
            self._sync(contact.commercial_partner_id)
            phone = self._of_contact(contact, text)
            phone.learned_from = learned_from
        return phone

    @api.model
    def _of_contact(self, contact, raw):
        """The listed number of a contact that reads as ``raw``."""
        wanted = self._prepare_values(contact, raw)
        listed = self.sudo().search([("contact_id", "=", contact.id)])
        return listed.filtered(
            lambda one: (
                one.number == wanted["number"]
                and (one.extension or "") == (wanted["extension"] or "")
            )
        )[:1]

    # --- put right by whoever has the debtor on his list ----------------------------
    def _check_may_mend(self):
        """Operators and accountants mend numbers of debtors whose case they may read.

        :raises AccessError: it is none of theirs
        """
        self.check_access("read")
        groups = ("group_debt_operator", "group_debt_accountant")
        user = self.env.user
        may = any(user.has_group(f"debt_collection.{group}") for group in groups)
        cases = self.env["debt.case"].search(
            [("partner_id", "in", self.partner_id.ids), ("closed_at", "=", False)]
        )
        if not may or self.partner_id - cases.partner_id:
            raise AccessError(self.env._("You work no case of this number's debtor."))

    def mend(self, number):
        """Correct a number on its contact.

        :param str number: as it should be, in any form
        :raises AccessError: the user works no case of the debtor
        :raises UserError: it is no number, or the contact was changed meanwhile
        """
        self.ensure_one()
        self._check_may_mend()
        if not isinstance(number, str):
            raise UserError(self.env._("Type one telephone number."))
        # Superuser: operators have no rights on contacts (checked above).
        phone = self.sudo()
        contact = phone.contact_id
        text = phone._check_readable(contact, number)
        former = phone.raw
        # Not within a longer number.
        whole = rf"(?<!\d){re.escape(former)}(?!\d)"
        changed, count = re.subn(
            whole, lambda _found: text, contact.phone or "", count=1
        )
        if not count:
            raise UserError(
                self.env._("The contact was changed meanwhile: open the call again.")
            )
        contact.phone = changed
        self._sync(contact.commercial_partner_id)
        phone._log_on_cases(
            self.env._(
                "Number of %(contact)s corrected: %(number)s instead of %(former)s.",
                contact=contact.name,
                number=text,
                former=former,
            )
        )

    def mark(self, health):
        """Say what a number turned out to be: right, somebody else's, out of service.

        A wrong extension leaves the switchboard's other extensions as they are; a line
        out of service is so for all of them.

        :param str health: good, wrong or dead
        :raises AccessError: the user works no case of the debtor
        :raises UserError: unknown, or the debtor refused calls on it
        """
        self.ensure_one()
        self._check_may_mend()
        if health not in VERDICTS:
            raise UserError(self.env._("A number is right, wrong or out of service."))
        # Superuser: operators have no rights on numbers (checked above).
        phone = self.sudo()
        if phone.health == "do_not_call":
            raise UserError(
                self.env._("The debtor refused calls on this number: that stands.")
            )
        phone.health = health
        if health == "good":
            phone.confirmed_on = fields.Date.context_today(self)
        names = dict(self._fields["health"]._description_selection(self.env))
        phone._log_on_cases(f"{phone._number_text()}: {names[health]}.")

    def _is_stale(self, today):
        """Whether it should be asked about: it was right once, and long ago."""
        self.ensure_one()
        confirmed = self.confirmed_on
        return bool(confirmed) and (today - confirmed).days > STALE_DAYS

    def _in_turn(self):
        """Usable ones first; of these, the one dialled in vain last comes last."""
        never = fields.Datetime.to_datetime("1970-01-01")
        return self.sorted(
            lambda one: (
                not one._is_usable(),
                one.tried_at or never,
                one.sequence,
                one.id,
            )
        )

    def _log_on_cases(self, text):
        for case in self._open_cases():
            case._message_log(body=text)
