from odoo import api, models
from odoo.tools import email_normalize

from ...tools.consent import last_word
from ...tools.contact import Target
from .channel_groups import CHANNEL_GROUPS


class DebtCase(models.Model):
    """Whom the gate protects, and where a contact would reach him."""

    _inherit = "debt.case"

    def _refused_protected(self, channel, protection):
        """Why nobody contacts this debtor, whatever he owes; None when he may be.

        Entered on the contact, with or without a call: what an operator heard also
        stops the case, by its state.
        """
        if protection == "refused_contact" and channel == "letter":
            return None
        return protection or None

    def _is_representative(self, channel, number):
        """Whether the contact goes to whom the debtor chose to speak for him."""
        if not number:
            return False
        # Superuser: exactly the debtor and his representative.
        debtor = self.partner_id.sudo()
        chosen = debtor.debt_representative_id
        if not chosen or debtor._debt_protected() != "represented":
            return False
        if channel == "email":
            return email_normalize(number) == chosen.email_normalized
        phones = self.env["debt.phone"].sudo()
        known, wanted = (
            phones._prepare_values(chosen, raw)["number"]
            for raw in (chosen.phone or "", number)
        )
        return bool(known) and known == wanted

    def _is_debtors_email(self, address):
        """Whether it is the debtor's, a contact's, or the representative's."""
        # Superuser: exactly the debtor, the contacts and the representative.
        debtor = self.partner_id.sudo()
        family = debtor.search([("commercial_partner_id", "=", debtor.id)]) | debtor
        known = (family | debtor.debt_representative_id).mapped("email_normalized")
        return email_normalize(address) in set(known) - {False}

    def _forbidden_at_work(self, facts, phone):
        """Whether only his place of work is left, and he is not to be called there."""
        phones = [phone] if phone else [] if facts.usable else facts.phones
        return any(
            one._is_forbidden_at_work() or self._refused_at_work(one, facts.words)
            for one in phones
        )

    def _refused_at_work(self, phone, words):
        """Whether it rings at work, and the debtor told this company not to call there.

        :param words: what he said to this company, `tools.consent.Word`
        """
        if phone.place != "work" or not words:
            return False
        today = self.company_id._debt_today()
        return last_word(words, "work_place", phone.number, today) is False

    def _contact_target(self, channel, facts, number=None, phone=None):
        """Where a contact would go, as `tools.contact.Target`.

        Without a number it is any of those that can be used: their place counts when
        they agree, and one that may be a mobile makes all count as such.
        """
        phones = [phone] if phone else [] if number else facts.usable
        return Target(
            self._place_of(channel, phones),
            not phones or any(one._may_be_mobile() for one in phones),
            self._has_consented(channel, facts, number, phone),
            self.env["debt.contact.facts"]._is_recorded(self, channel, facts),
        )

    @api.model
    def _place_of(self, channel, phones):
        """Where a contact on one of these numbers reaches him, as of `Target`.

        A letter, an e-mail or a visit goes to none of his numbers.
        """
        if channel not in CHANNEL_GROUPS["phone"]:
            return ""
        places = {phone.place or "" for phone in phones}
        return places.pop() if len(places) == 1 else ""

    def _protection_texts(self):
        return {
            "minor": self.env._("The debtor is a minor: nobody contacts minors."),
            "incapacity": self.env._(
                "The debtor lacks legal capacity: write to the guardian."
            ),
            "hospital": self.env._(
                "The debtor is in hospital: wait, or ask the accountant to note when "
                "the stay ends."
            ),
            "disability": self.env._(
                "The debtor has a disability of the first group: nobody makes contact."
            ),
            "bankrupt": self.env._(
                "The debtor is insolvent: file the claim with the administrator."
            ),
            "military": self.env._(
                "The debtor, or one of the family, serves in the armed forces: nobody "
                "makes contact until the protection ends."
            ),
            "breathing_space": self.env._(
                "The debtor is in a breathing space (moratorium): nobody makes contact "
                "until it ends."
            ),
            "bereavement": self.env._(
                "There is a death in the debtor's family: wait until the protection "
                "ends."
            ),
            "calamity": self.env._(
                "A calamity has struck where the debtor lives: wait until the "
                "protection ends."
            ),
            "represented": self.env._(
                "The debtor has a representative: contact nobody else. The contact "
                "says who it is."
            ),
            "refused_contact": self.env._(
                "The debtor refused contact in writing: only letters are permitted."
            ),
            "opted_out": self.env._(
                "The debtor refused to be contacted that way: choose another, or "
                "record a new consent under “Consents” of the case."
            ),
            "no_consent": self.env._(
                "The debtor's consent is needed before. Ask for it and record it under "
                "“Consents” of the case, or choose another way."
            ),
            "not_recorded": self.env._(
                "The law wants this call recorded, and it would not be. Switch "
                "recording on at the telephony provider, or say in the settings that "
                "your telephone system records. Where the debtor refuses to be "
                "recorded, write instead."
            ),
            "work_forbidden": self.env._(
                "The debtor is not to be called at work: ask for another number."
            ),
        }
