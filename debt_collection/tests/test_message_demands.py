"""Whatever is missing, no text leaves without what the debtor's policy demands."""

import os
from random import Random

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import html2plaintext

from ..tools.content import language
from ..tools.page_link import without_key
from .common import DebtCommon

EXAMPLES = int(os.environ.get("DEBT_EXAMPLES", "240"))
LANGS = ("en_US", "ru_RU", "de_DE", "fr_FR", "uk_UA")
KINDS = (
    "promise_confirmation",
    "promise_reminder",
    "payment_details",
    "callback_request",
    "refusal_noted",
)
COMPANY = {
    "phone": ("+32 2 555 00 00", False),
    "email": ("answer@example.com", False),
    "website": ("https://acme.example", False),
    "street": ("Rue Haute 1", False),
    "vat": (False,),
    "debt_forbidden_phrases": (False, False, "please\nпросим", "bailiff"),
}
DEBTOR = {
    "lang": (*LANGS, False),
    "email": ("debtor@example.com", "debtor@example.com", False),
    "phone": ("+32 470 12 34 56", "+32 470 12 34 56", False),
    "street": ("Dorpsstraat 5", False),
    "ref": ("K-17", False),
}
DISCLOSURES = (False, "This is an attempt to collect a debt.", "Tel est l'avis.")


@tagged("post_install", "-at_install")
class TestMessageDemands(DebtCommon):
    """Every shipped text, policy and language, with any datum missing."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for lang in LANGS:
            cls.env["res.lang"]._activate_lang(lang)
        cls.policies = [
            cls._at_any_hour(policy)
            for policy in cls.env["debt.contact.policy"].sudo().search([])
        ]

    def setUp(self):
        super().setUp()
        self._invoice(1000, 10)
        self.promise = self.env["debt.promise"].create(
            {"case_id": self._case().id, "amount": 250, "date": "2026-03-20"}
        )
        # Nothing else goes out to who has promised.
        self.other = self._new_debtor("Debtor Two", "+32 470 12 34 57")
        self._invoice(1000, 10, self.other)
        self.case = self._case(self.other)

    @classmethod
    def _at_any_hour(cls, policy):
        """The same demands, of which neither hours, limits nor consent keep back."""
        nowhere = [Command.clear()]
        copy = policy.copy({"country_ids": nowhere, "state_ids": nowhere})
        for lines in (copy.limit_ids, copy.consent_ids, copy.window_ids):
            lines.unlink()
        copy.effective_from = False
        days = dict.fromkeys(("saturday", "sunday", "holiday"), True)
        copy.window_ids = [Command.create({"hour_from": 0, "hour_to": 24, **days})]
        return copy

    def test_no_text_leaves_without_what_its_policy_demands(self):
        sent = {}
        for seed in range(EXAMPLES):
            rnd = Random(seed)
            policy = rnd.choice(self.policies)
            self._lack(rnd, policy)
            kind, channel = rnd.choice(KINDS), rnd.choice(("sms", "email"))
            if kind == "refusal_noted":
                # An e-mail is confirmed on the page that its link opens.
                channel = "sms"
            message = self._send(kind, channel)
            if message.state == "sent":
                sent[kind] = sent.get(kind, 0) + 1
                with self.subTest(
                    seed=seed, policy=policy.name, kind=kind, channel=channel
                ):
                    self._assert_says_all(message, policy)
            elif message.state != "queued":
                self.assertTrue(message.failure or not message, seed)
        if EXAMPLES >= 240:
            self.assertEqual(set(sent), set(KINDS), "each leaves when nothing lacks")

    def _lack(self, rnd, policy):
        """Leave out, by chance, what company, debtor and policy may lack."""
        self.company.write({name: rnd.choice(some) for name, some in COMPANY.items()})
        debtors = self.debtor | self.other
        debtors.write({name: rnd.choice(some) for name, some in DEBTOR.items()})
        debtors.debt_contact_policy_id = policy
        policy.disclosure = rnd.choice(DISCLOSURES)
        if rnd.random() < 0.3:
            self.company.bank_ids.unlink()

    def _send(self, kind, channel):
        promise = self.promise if kind.startswith("promise") else None
        case = promise.case_id if promise else self.case
        try:
            return case._send_message(kind, channel, promise=promise)
        except UserError:
            # There is no address: nothing leaves, and the sender is told.
            return self.env["debt.message"]

    def _assert_says_all(self, message, policy):
        text = html2plaintext(message.body or "")
        case, company = message.case_id, self.company
        self.assertIn(company.name, text)
        phone, url = company.phone, without_key(case.consent_url)
        self.assertIn(url if message.channel == "email" else f"{url}/sms", text)
        ways = [phone, company.email, company.website]
        if policy.demand_phone or message.kind == "callback_request":
            ways = [phone]
        self.assertTrue(any(way and way in text for way in ways), text)
        for phrase in company._debt_forbidden():
            self.assertNotIn(phrase, text.lower())
        if policy.languages:
            own = (case.partner_id.lang or "")[:2]
            spoken = language(text)
            self.assertIn(spoken, (None, own, *policy._language_codes()))
        spoken_of = message.kind not in ("callback_request", "refusal_noted")
        if spoken_of and policy.disclosure:
            self.assertIn(policy.disclosure, text)
        if message.kind.startswith("promise"):
            self.assertIn("250", text)
        if not spoken_of:
            self.assertNotIn("1,000", text)
            for name in case._collected():
                self.assertNotIn(name["name"], text)
