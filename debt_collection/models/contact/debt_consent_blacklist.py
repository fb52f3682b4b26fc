from collections import defaultdict
from datetime import date

from odoo import api, fields, models
from odoo.tools import SQL

from ...tools.consent import Word

LISTED_CHANNELS = {"sms": "phone.blacklist", "email": "mail.blacklist"}


class PhoneBlacklist(models.Model):
    """Numbers that a debtor of ours wants no SMS on stand on Odoo's list as well.

    Odoo's list is about all companies and all that they send. What a debtor refused us
    is kept with the company he refused; the mark tells the gate that it knows already.
    """

    _inherit = "phone.blacklist"

    debt_refused = fields.Boolean(
        string="Refused by a Debtor",
        readonly=True,
        help="Put here by Debt Collection, which keeps to whom it was refused.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        return super().create(vals_list)._debt_mark()

    def write(self, vals):
        result = super().write(vals)
        if vals.get("active"):
            self._debt_mark()
        return result

    def _debt_mark(self):
        """Whoever else puts a number here means it of everything."""
        ours = bool(self.env.context.get("debt_refusal"))
        self.filtered(lambda one: one.debt_refused != ours).debt_refused = ours
        return self


class MailBlacklist(models.Model):
    """Addresses on which a debtor of ours wants no e-mail, likewise."""

    _inherit = "mail.blacklist"

    debt_refused = fields.Boolean(
        string="Refused by a Debtor",
        readonly=True,
        help="Put here by Debt Collection, which keeps to whom it was refused.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        return super().create(vals_list)._debt_mark()

    def write(self, vals):
        result = super().write(vals)
        if vals.get("active"):
            self._debt_mark()
        return result

    def _debt_mark(self):
        """Whoever else puts an address here means it of everything."""
        ours = bool(self.env.context.get("debt_refusal"))
        self.filtered(lambda one: one.debt_refused != ours).debt_refused = ours
        return self


class DebtConsent(models.Model):
    """Odoo's own lists follow what debtors refuse, and take back."""

    _inherit = "debt.consent"

    def _follow(self):
        result = super()._follow()
        for consent in self.filtered(lambda one: one.channel in LISTED_CHANNELS):
            consent._follow_blacklist()
        return result

    def _follow_blacklist(self):
        """Put his addresses on Odoo's list, or take off what we put there."""
        self.ensure_one()
        addresses = self._refused_addresses()
        if not addresses:
            return
        # Superuser: the lists are for mailing people; exactly this debtor's addresses.
        blacklist = self.env[LISTED_CHANNELS[self.channel]].sudo()
        blacklist = blacklist.with_context(debt_refusal=True, active_test=False)
        column = "email" if self.channel == "email" else "number"
        listed = blacklist.search([(column, "in", addresses)])
        if self.state == "given":
            ours = listed.filtered(lambda one: one.active and one.debt_refused)
            ours.action_archive()
            return
        # Whoever stands there already stays there as he is.
        (listed - listed.filtered("active")).action_unarchive()
        missing = set(addresses) - set(listed.mapped(column))
        blacklist.create([{column: address} for address in sorted(missing)])

    def _refused_addresses(self):
        """The numbers or e-mail addresses that it is about, as a list."""
        self.ensure_one()
        if self.address:
            return [self.address]
        # Superuser: exactly this debtor's addresses.
        debtor = self.partner_id.sudo()
        if self.channel == "sms":
            numbers = debtor.debt_phone_ids.filtered(lambda one: one._may_be_mobile())
            return sorted(set(numbers.filtered("number").mapped("number")))
        family = debtor.search([("commercial_partner_id", "=", debtor.id)]) | debtor
        return sorted(set(filter(None, family.mapped("email_normalized"))))

    @api.model
    def _blacklisted(self, debtors, numbers):
        """What stands on Odoo's own lists of those who want no SMS or no e-mail.

        What we put there ourselves is known from the consents, and to whom it was said.

        :param dict numbers: as of `debt.phone._numbers`
        :return: pairs of the debtor's id and a `tools.consent.Word`
        """
        for name in ("phone.blacklist", "mail.blacklist", "res.partner"):
            self.env[name].flush_model()
        holders = defaultdict(list)
        for debtor_id, listed in numbers.items():
            for one in listed:
                holders[one.number].append(debtor_id)
        rows = self.env.execute_query(
            SQL(
                """
                SELECT NULL, 'sms', list.number
                  FROM phone_blacklist list
                 WHERE list.active AND list.debt_refused IS NOT TRUE
                   AND list.number = ANY(%(numbers)s)
                UNION ALL
                SELECT contact.commercial_partner_id, 'email', list.email
                  FROM res_partner contact
                  JOIN mail_blacklist list ON list.email = contact.email_normalized
                 WHERE list.active AND list.debt_refused IS NOT TRUE
                   AND contact.commercial_partner_id = ANY(%(debtors)s)
                """,
                debtors=debtors.ids,
                numbers=list(holders),
            )
        )
        for debtor_id, channel, address in rows:
            refusal = Word(channel, False, date.min, address=address, listed=True)
            for holder in [debtor_id] if debtor_id else holders[address]:
                yield holder, refusal
