from itertools import product

from odoo.tests import tagged
from odoo.tools import SQL, html2plaintext

from ..tools import content
from .common import DebtCommon
from .tongues import speak_all

REPORT = "debt_collection.statement"
PROMISED = ("promise_confirmation", "promise_reminder")
#: They tell nothing of the debt, in whatever language.
NEUTRAL = ("callback_request", "refusal_noted")


@tagged("post_install", "-at_install")
class TestTongues(DebtCommon):
    """A debtor is written to in his language, in each of those of our laws."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.languages = speak_all(cls.env)
        cls.company.write({"phone": "+32 2 555 00 00", "email": "a@example.com"})
        cls.policy = cls.company.debt_contact_policy_id.copy()
        cls.policy.limit_ids.unlink()
        cls.debtor.write(
            {"email": "one@example.com", "debt_contact_policy_id": cls.policy.id}
        )
        cls._invoice(1000, 10)

    def setUp(self):
        super().setUp()
        self.case = self._case()

    def _send(self, kind, channel, promise=None):
        message = self.case._send_message(kind, channel, promise=promise)
        self.assertEqual(message.state, "sent", message.failure)
        return f"{message.subject or ''} {html2plaintext(message.body)}"

    def _check_all_languages(self, kinds, promise=None):
        """Each text comes in the language of the debtor, and in no other."""
        known = {}
        for code, kind, channel in product(self.languages, kinds, ("sms", "email")):
            if (kind, channel) == ("refusal_noted", "email"):
                continue
            self.debtor.lang = code
            text = self._send(kind, channel, promise)
            with self.subTest(language=code, kind=kind, by=channel):
                self.assertIn(content.language(text), (None, code[:2]), text)
                self.assertNotIn(text, known, "the same as in another language")
                known[text] = code
                self.assertIn(self.company.name, text)
                if kind in NEUTRAL:
                    names = (self.company.name, self.debtor.name)
                    self.assertFalse(content.reveals(text, names))

    def test_each_text_comes_in_the_debtors_language(self):
        """Whoever sends it, and whatever language he works in."""
        self._check_all_languages(("payment_details", *NEUTRAL))

    def test_what_was_promised_is_told_in_the_debtors_language(self):
        promise = self.env["debt.promise"].create(
            {"case_id": self.case.id, "amount": 250, "date": "2026-03-20"}
        )
        self._check_all_languages(PROMISED, promise)

    def test_the_statement_comes_in_the_debtors_language(self):
        known = set()
        for code in self.languages:
            self.debtor.lang = code
            page, _kind = self.env["ir.actions.report"]._render_qweb_html(
                REPORT, self.case.ids
            )
            text = html2plaintext(page.decode())
            known.add(text)
            for english in ("Statement of Account", "Balance in", "Remaining"):
                self.assertEqual(english in text, code == "en_US", (code, english))
        self.assertEqual(len(known), len(self.languages))

    def test_many_invoices_are_counted_in_the_debtors_language(self):
        """Also where the operator has just read the same in his own."""
        for _more in range(6):
            self._invoice(100, 10)
        self.env["debt.case"].refresh(self.debtor.ids)
        self.assertIn("and 2 more", self.case.payment_reference)
        self.debtor.lang = "de_DE"
        self.assertIn("und 2 weitere", self._send("payment_details", "sms"))

    def test_a_language_that_is_no_longer_active_falls_back(self):
        """The company's language is written instead, and English as the last."""
        self._lose("fr_FR", self.debtor)
        self.company.partner_id.lang = "nl_NL"
        self.assertIn("bel ons", self._send("callback_request", "email").lower())
        self._lose("nl_NL", self.company.partner_id)
        self.assertIn("Please call us", self._send("callback_request", "email"))
        self.assertIn("could not reach you", self._send("callback_request", "sms"))

    def _lose(self, code, partner):
        """A contact still has a language that was taken out behind Odoo's back."""
        partner.lang = code
        self.env.flush_all()
        self.env.cr.execute(
            SQL("UPDATE res_lang SET active = false WHERE code = %s", code)
        )
        self.env.invalidate_all()
        self.env.registry.clear_cache("stable")

    def test_kazakh_can_be_chosen(self):
        """Odoo does not bring it along; we do."""
        names = dict(self.env["res.lang"].get_installed())
        self.assertIn("Қазақша", names["kk_KZ"])
