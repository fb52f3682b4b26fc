from freezegun import freeze_time

from odoo.tests import HttpCase, tagged

from .common import TUESDAY, DebtCommon


@tagged("post_install", "-at_install")
class TestConsentPage(DebtCommon, HttpCase):
    """The link in our e-mails: a debtor refuses more of them, without a login."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Waiting for a page needs a clock that goes.
        cls.startClassPatcher(freeze_time(TUESDAY, tick=True))
        cls.debtor.email = "one@example.com"
        cls._invoice(1000, 10)

    def setUp(self):
        super().setUp()
        self.case = self._case()
        self.path = "/consent/" + self.case.consent_url.rsplit("/", 1)[1]

    def _consents(self):
        self.env.invalidate_all()
        return self.env["debt.consent"].search([("partner_id", "=", self.debtor.id)])

    def test_opening_the_link_refuses_nothing(self):
        page = self.url_open(self.path)
        self.assertEqual(page.status_code, 200)
        self.assertIn(self.company.name, page.text)
        self.assertIn("No more e-mails?", page.text)
        for word in ("debt collect", "overdue", "1,000", self.debtor.name):
            self.assertNotIn(word, page.text.lower())
        self.assertFalse(self._consents())

    def test_confirming_refuses_emails_once_and_nothing_else(self):
        for _twice in range(2):
            page = self.url_open(self.path, data={"confirm": "1"})
            self.assertEqual(page.status_code, 200)
            self.assertIn("it is noted", page.text)
        consent = self._consents()
        self.assertEqual(
            (consent.channel, consent.state, consent.how),
            ("email", "withdrawn", "portal"),
        )
        self.assertEqual(consent.company_id, self.company)
        self.assertEqual(self.case.check_contact("email")["reason"], "opted_out")
        self.assertTrue(self.case.check_contact("call")["allowed"])

    def test_a_link_that_was_tampered_with_does_nothing(self):
        token = self.path.rsplit("/", 1)[1]
        for wrong in ("x", "AQ", "%C3%A9", token[:-4] + "AAAA", token[4:]):
            for data in (None, {"confirm": "1"}):
                page = self.url_open(f"/consent/{wrong}", data=data)
                self.assertEqual(page.status_code, 404, wrong)
        self.assertFalse(self._consents())

    def test_the_page_speaks_the_debtors_language(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.debtor.lang = "fr_FR"
        self.env.ref("debt_collection.consent_page").update_field_translations(
            "arch_db", {"fr_FR": {"No more e-mails?": "Plus d'e-mails ?"}}
        )
        self.assertIn("Plus d'e-mails ?", self.url_open(self.path).text)
