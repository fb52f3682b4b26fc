from collections import defaultdict

from odoo import api, fields, models
from odoo.tools.misc import hash_sign

from ...tools.consent import last_word, standing_word

SAID = [
    *("partner_id", "company_id", "channel", "state"),
    *("date", "valid_until", "address", "create_date"),
]
CONSENT_SCOPE = "debt_collection.consent"


class DebtCase(models.Model):
    """What the debtor consented to, and refused."""

    _inherit = "debt.case"

    consent_count = fields.Integer(compute="_compute_consent_count")
    consent_url = fields.Char(
        compute="_compute_consent_url",
        # Whoever has the link refuses for the debtor: it is for texts to him alone.
        groups="base.group_system",
        help="Where the debtor can refuse further e-mails, without a login.",
    )

    @api.depends_context("uid")
    def _compute_consent_count(self):
        domain = self._get_consent_domain(self.partner_id)
        counts = {
            (partner.id, company.id): count
            for partner, company, count in self.env["debt.consent"]._read_group(
                domain, ["partner_id", "company_id"], ["__count"]
            )
        }
        for case in self:
            key = (case.partner_id.id, case.company_id.id)
            case.consent_count = counts.get(key, 0)

    def _compute_consent_url(self):
        for case in self:
            # Superuser: signs with the database's secret. Nothing of the debt in it.
            token = hash_sign(self.env(su=True), CONSENT_SCOPE, case.ids)
            # Nor in the address: others may read the e-mail.
            case.consent_url = f"{case.get_base_url()}/consent/{token}"

    def _refusal_url(self, channel):
        """The page on which the debtor refuses messages by a channel."""
        # Superuser: it goes into a message to the debtor.
        url = self.sudo().consent_url
        return url if channel == "email" else f"{url}/{channel}"

    def _get_consent_domain(self, debtors):
        return [
            ("partner_id", "in", debtors.ids),
            ("company_id", "in", self.company_id.ids),
        ]

    # --- what the gate asks ---------------------------------------------------------
    def _consent_words(self, debtors, numbers=None, written=True):
        """What these debtors said, oldest first.

        :param dict numbers: as of `debt.phone._numbers`, where it is known already
        :param bool written: with what stands on the lists of those who want no SMS or
            no e-mail
        :return: dict of lists of `tools.consent.Word` by ids of debtor and company
        """
        words = defaultdict(list)
        if numbers is None:
            numbers = self.env["debt.phone"]._numbers(debtors)
        # Superuser: exactly these debtors' words to the companies of these cases.
        consents = self.env["debt.consent"].sudo()
        domain = self._get_consent_domain(debtors)
        for consent in consents.search_fetch(domain, SAID, order="date, id"):
            key = (consent.partner_id.id, consent.company_id.id)
            words[key].append(consent._to_pure())
        listed = consents._blacklisted(debtors, numbers) if written else ()
        for debtor_id, word in listed:
            for company in self.company_id:
                words[debtor_id, company.id].append(word)
        return words

    def _last_words(self, channel, facts, number=None, phone=None):
        """His last word about a channel, for each address that may be used."""
        if phone:
            addresses = [phone.number]
        elif number:
            addresses = [number]
        else:
            addresses = [one.number for one in facts.usable_phones]
        if channel in ("letter", "visit") and not number:
            addresses = []
        if channel == "email" and not number:
            # Superuser: exactly this debtor's address.
            addresses = [self.partner_id.sudo().email_normalized or None]
        today = self.company_id._debt_today()
        return [
            last_word(facts.words, channel, address, today)
            for address in addresses or [None]
        ]

    def _has_opted_out(self, channel, facts, number=None, phone=None):
        """Whether he refused the channel, on every address that could be used."""
        if not facts.words:
            return False
        words = self._last_words(channel, facts, number, phone)
        return all(word is False for word in words)

    def _has_consented(self, channel, facts, number=None, phone=None):
        """Whether he consented to the channel, on every address that may be used."""
        if not facts.words:
            return False
        words = self._last_words(channel, facts, number, phone)
        return all(word is True for word in words)

    def _consent_behind(self, channel, facts, number):
        """Id of the consent that a contact relies on, False where there is none."""
        today = self.company_id._debt_today()
        word = standing_word(facts.words, channel, number or None, today)
        return bool(word and word.given) and word.id

    def _lacks_leave(self, channel, facts):
        """Whether no policy's hours could make a message by this channel lawful."""
        if self._refused_by_debtor(channel, facts, None, None):
            return True
        target = self._contact_target(channel, facts)
        consents = facts.policy.consents
        return any(consent.is_missing(channel, target) for consent in consents)

    # --- recording what he said -------------------------------------------------------
    def _record_consent(self, channel, state="given", how="call", **values):
        """Put on record what the debtor said; said twice, it is recorded once.

        :param str channel: one of ``debt.consent``'s
        :param str state: given, withdrawn
        :param str how: one of ``debt.consent``'s
        :param values: of the record: ``address``, ``note``, ``call_id``, …
        :return: ``debt.consent``
        """
        self.ensure_one()
        # Superuser: exactly this debtor's words; callers decide who may say so.
        consents = self.env["debt.consent"].sudo()
        domain = self._get_consent_domain(self.partner_id)
        domain += [("channel", "=", channel), ("address", "=", values.get("address"))]
        known = consents.search(domain, limit=1)
        if known.state == state and not known.valid_until:
            return known
        return consents.create(
            {
                "partner_id": self.partner_id.id,
                "company_id": self.company_id.id,
                "channel": channel,
                "state": state,
                "how": how,
                "date": self.company_id._debt_today(),
                **values,
            }
        )

    def action_consents(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "debt_collection.debt_consent_action"
        )
        return action | {
            "domain": self._get_consent_domain(self.partner_id),
            "context": self._consent_context(),
        }

    def action_record_consent(self):
        """A dialog for what the debtor has just said."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("What the Debtor Permits"),
            "res_model": "debt.consent",
            "views": [(False, "form")],
            "target": "new",
            "context": self._consent_context(),
        }

    def _consent_context(self):
        return {
            "default_partner_id": self.partner_id.id,
            "default_company_id": self.company_id.id,
        }
