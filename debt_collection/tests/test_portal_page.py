import re
from datetime import timedelta

from freezegun import freeze_time
from lxml import html

from odoo.exceptions import AccessError
from odoo.http import request
from odoo.tests import HttpCase, new_test_user, tagged

from ..controllers.portal import TRIES
from .accessible import assert_accessible
from .common import TUESDAY, DebtCommon
from .tongues import speak_all

#: How the addresses of pages begin that debtors see.
PAGES = ("/account/<string:token>", "/my/open-items", "/consent/", "/debt_collection/p")
#: Elements that somebody fills in, and what names them.
FIELDS = "//form//*[self::input[not(@type='hidden')] or self::select or self::textarea]"


class PortalCommon(DebtCommon, HttpCase):
    """A debtor with an invoice that is overdue, and the link to his page."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Waiting for a page needs a clock that goes.
        cls.startClassPatcher(freeze_time(TUESDAY, tick=True))
        cls.company.debt_page_on = True
        cls.debtor.email = "one@example.com"
        cls.invoice = cls._invoice(1000, 20)
        cls.other = cls._new_debtor("Debtor Two", "+32 470 65 43 21")
        cls.foreign = cls._invoice(777, 20, cls.other)

    def setUp(self):
        super().setUp()
        TRIES.failed.clear()
        self.case, self.their_case = self._case(), self._case(self.other)
        self.path = self._path(self.case)

    def _path(self, case):
        return "/account/" + case.page_url.rsplit("/", 1)[1]

    def _page(self, path=None):
        page = self.url_open(path or self.path)
        return html.fromstring(page.content)

    def _text(self, path=None):
        return " ".join(self._page(path).text_content().split())

    def _fill(self, kind, values, path=None):
        """Fill in a form of the page and send it; the answer."""
        path = path or self.path
        form = self._page(path).xpath(f"//form[@action='{path}/{kind}']")[0]
        hidden = form.xpath(".//input[@type='hidden']")
        sent = {one.get("name"): one.get("value") for one in hidden} | values
        answer = self.url_open(f"{path}/{kind}", data=sent)
        self.env.invalidate_all()
        return answer


@tagged("post_install", "-at_install")
class TestPortalPage(PortalCommon):
    """What a debtor sees of his account, and who else sees nothing of it."""

    def test_it_says_what_is_owed_and_why(self):
        self._invoice(200, -10)
        self._invoice(50, 5, move_type="out_refund")
        text = self._text()
        for said in (self.company.name, "Debtor One", self.invoice.name, "credited"):
            self.assertIn(said, text)
        for amount in ("1,000.00", "200.00", "1,150.00"):
            self.assertIn(amount, text)
        self.assertNotIn(self.foreign.name, text)
        self.assertNotIn("777", text)

    def test_it_is_switched_off_until_somebody_has_looked(self):
        self.assertFalse(self.env["res.company"].new({}).debt_page_on)
        self.company.debt_page_on = False
        self.env.invalidate_all()
        self.assertFalse(self.case.page_url)
        self.assertEqual(self.url_open(self.path).status_code, 404)

    def test_a_debtor_who_owes_nothing_finds_a_kind_page(self):
        self._pay(self.invoice)
        self.env["debt.case"].refresh(self.debtor.ids)
        text = self._text()
        self.assertIn("Nothing is open on your account", text)
        self.assertNotIn("I will pay", text)
        self.assertIn("I do not want to be contacted", text)

    # --- who sees nothing -------------------------------------------------------------
    def test_a_forged_link_opens_nothing(self):
        token = self.path.rsplit("/", 1)[1]
        theirs = self._path(self.their_case).rsplit("/", 1)[1]
        consent = self.case.consent_url.rsplit("/", 1)[1]
        for wrong in (
            *("x", "AQ", "%C3%A9", consent),
            token[:-14] + theirs[-14:],
            token[:-4] + "AAAA",
            token[4:],
            # Later, another debtor, another company: each is signed.
            "z" * len(token),
            *(
                token[:place] + "zZ"[token[place] == "z"] + token[place + 1 :]
                for place in range(2, len(token), 5)
            ),
        ):
            TRIES.failed.clear()
            for rest in ("", "/statement", f"/document/{self.invoice.id}"):
                page = self.url_open(f"/account/{wrong}{rest}")
                self.assertEqual(page.status_code, 404, wrong)
                self.assertNotIn("1,000", page.text)

    def test_whoever_guesses_is_stopped(self):
        for number in range(30):
            self.url_open(f"/account/guess{number}")
        self.assertEqual(self.url_open("/account/guess").status_code, 429)
        page = self.url_open(self.path)
        self.assertEqual(page.status_code, 200, "many have one address")

    def test_a_debtor_who_became_a_contact_has_no_account_of_his_own(self):
        """His old link shows nothing of the company he belongs to now."""
        self.debtor.write(
            {"is_company": False, "parent_id": self.foreign.partner_id.id}
        )
        for rest in ("", "/statement"):
            page = self.url_open(self.path + rest)
            self.assertEqual(page.status_code, 404)

    def test_a_link_expires(self):
        with freeze_time(TUESDAY + timedelta(days=29), tick=True):
            self.assertEqual(self.url_open(self.path).status_code, 200)
        with freeze_time(TUESDAY + timedelta(days=32), tick=True):
            page = self.url_open(self.path)
            self.assertEqual(page.status_code, 404)
            self.assertIn("not valid any more", page.text)

    def test_documents_are_those_of_the_page(self):
        self.assertEqual(self.url_open(self.path + "/statement").status_code, 200)
        own = self.url_open(f"{self.path}/document/{self.invoice.id}")
        self.assertEqual(own.status_code, 200)
        for move in (self.foreign, self._invoice(5, 1, post=False)):
            page = self.url_open(f"{self.path}/document/{move.id}")
            self.assertEqual(page.status_code, 404)

    def test_a_link_does_not_bring_one_that_is_valid_for_longer(self):
        self.company.debt_page_paper = True
        shown = self.url_open(self.path + "/statement").text
        self.assertIn(self.invoice.name, shown)
        self.assertNotIn("/account/", shown)

    def test_no_cache_keeps_it_and_no_address_is_told_on(self):
        for rest in ("", "/statement", f"/document/{self.invoice.id}"):
            headers = self.url_open(self.path + rest).headers
            self.assertIn("no-store", headers["Cache-Control"])
            self.assertEqual(headers["Referrer-Policy"], "no-referrer")
            self.assertEqual(headers["X-Robots-Tag"], "noindex")
        allowed = self.url_open(self.path).headers["Content-Security-Policy"]
        self.assertIn("script-src 'self'", allowed, "no program that counts visitors")

    # --- by login ---------------------------------------------------------------------
    def _log_in(self, debtor, login):
        contact = self.env["res.partner"].create(
            {"name": f"{login} of {debtor.name}", "parent_id": debtor.id}
        )
        new_test_user(
            self.env, login, groups="base.group_portal", partner_id=contact.id
        )
        self.authenticate(login, login)

    def test_a_portal_user_sees_his_own_account(self):
        self._log_in(self.debtor, "debt_portal_one")
        text = self._text("/my/open-items")
        self.assertIn(self.invoice.name, text)
        self.assertNotIn(self.foreign.name, text)
        answer = self._fill(
            "refusal", {"refused": "sms"}, f"/my/open-items/{self.company.id}"
        )
        self.assertIn("it is noted", answer.text)
        self.assertEqual(self.env["debt.portal.act"].search([]).via, "login")

    def test_a_portal_user_who_owes_nothing_sees_nothing(self):
        self._log_in(self._new_debtor("Debtor Three"), "debt_portal_three")
        page = self.url_open(f"/my/open-items/{self.company.id}")
        self.assertEqual(page.status_code, 404)

    def test_a_stranger_is_asked_to_log_in(self):
        page = self.url_open(f"/my/open-items/{self.company.id}")
        self.assertIn("/web/login", page.url)

    # --- as one of us sees it ---------------------------------------------------------
    def test_an_operator_looks_and_sends_nothing(self):
        self.authenticate("debt_operator", "debt_operator")
        page = self._page(f"/debt_collection/page/{self.case.id}")
        self.assertIn("This is what the debtor sees", page.text_content())
        self.assertTrue(page.xpath("//fieldset[@disabled]//form"))
        self.assertNotIn("/account/", html.tostring(page).decode())

    def test_nobody_looks_at_a_case_that_is_none_of_his(self):
        team = self.env["debt.team"].create({"name": "Others"})
        self.case.write({"team_id": team.id, "user_id": self.colleague.id})
        self.authenticate("debt_operator", "debt_operator")
        page = self.url_open(f"/debt_collection/page/{self.case.id}")
        self.assertEqual(page.status_code, 404)

    def test_an_operator_of_two_companies_looks_where_a_website_knows_one(self):
        other = self.env["res.company"].create({"name": "Shop"})
        self.operator.company_ids |= other
        requests = type(self.env["ir.http"])
        before = requests._frontend_pre_dispatch

        def of_website():
            before()
            request.update_context(allowed_company_ids=other.ids)

        self.patch(requests, "_frontend_pre_dispatch", of_website)
        self.authenticate("debt_operator", "debt_operator")
        page = self.url_open(f"/debt_collection/page/{self.case.id}")
        self.assertEqual(page.status_code, 200)
        self.assertIn(self.invoice.name, page.text)

    def test_operators_never_get_a_link(self):
        for records in (self.case, self.env["debt.promise"], self.env["debt.message"]):
            for name in ("page_url", "consent_url"):
                shown = records.with_user(self.operator).fields_get([name])
                self.assertFalse(shown, f"{records} {name}")

    # --- links that were sent are withdrawn -------------------------------------------
    def _withdraw(self, user):
        dialogs = self.env["debt.portal.withdraw"].with_user(user)
        dialog = dialogs.create({"case_id": self.case.id})
        self.assertTrue(dialog.page_on)
        dialog.action_withdraw()
        self.env.invalidate_all()

    def test_it_is_offered_where_there_is_a_page_and_asks_once_more(self):
        action = self.env.ref("debt_collection.debt_portal_action_withdraw_links")
        self.assertEqual(action.target, "new")

        def offered():
            actions = self.env["ir.actions.actions"].with_user(self.accountant)
            return [one["id"] for one in actions.get_bindings("debt.case")["action"]]

        self.assertIn(action.id, offered())
        self.company.debt_page_on = False
        self.assertNotIn(action.id, offered())
        self.assertGreater(len(offered()), 1, "and nothing else goes")

    def test_a_link_in_wrong_hands_is_withdrawn(self):
        theirs = self._path(self.their_case)
        for user in (self.accountant, self.manager):
            before = self._path(self.case)
            self.assertEqual(self.url_open(before).status_code, 200)
            self._withdraw(user)
            for rest in ("", "/statement", f"/document/{self.invoice.id}"):
                self.assertEqual(self.url_open(before + rest).status_code, 404)
            said = self.case.message_ids.sorted("id")[-1]
            self.assertIn("withdrawn", said.body)
            self.assertEqual(said.author_id, user.partner_id)
        self.assertEqual(self.url_open(self._path(self.case)).status_code, 200)
        self.assertEqual(self.url_open(self.path).status_code, 404)
        self.assertEqual(self.url_open(theirs).status_code, 200, "nobody else's")

    def test_an_operator_withdraws_no_link(self):
        with self.assertRaises(AccessError):
            self._withdraw(self.operator)
        with self.assertRaises(AccessError):
            self.env["debt.portal"].with_user(self.operator)._withdraw_links(self.case)
        self.assertEqual(self.url_open(self.path).status_code, 200)

    # --- for everybody ----------------------------------------------------------------
    def test_each_field_has_a_label_and_each_page_a_language(self):
        page = self._page()
        self.assertTrue(page.xpath("//html/@lang"))
        self.assertEqual(len(page.xpath("//h1")), 1)
        fields = page.xpath(FIELDS)
        self.assertGreater(len(fields), 10)
        for field in fields:
            named = page.xpath(f"//label[@for='{field.get('id')}']")
            self.assertTrue(named and named[0].text_content().strip(), field.attrib)
        ids = page.xpath("//@id")
        self.assertEqual(len(ids), len(set(ids)), "an id is there twice")

    def test_it_speaks_the_languages_of_our_laws(self):
        known = set()
        for code in speak_all(self.env):
            self.debtor.lang = code
            page = self._page()
            said = page.xpath("//h1")[0].text + page.xpath("//summary")[0].text
            self.assertEqual(page.xpath("//html/@lang"), [code.replace("_", "-")])
            known.add(said)
        self.assertGreater(len(known), 8)

    def test_a_website_has_a_layout_for_it(self):
        """Where Odoo's website is installed, it shows no page without being asked."""
        http = self.env["ir.http"]
        rules = http._generate_routing_rules(
            sorted(self.registry._init_modules), http._get_converters()
        )
        found = [(path, end.routing) for path, end in rules if path.startswith(PAGES)]
        self.assertGreater(len(found), 12)
        for path, routing in found:
            if routing["type"] == "http":
                self.assertIs(routing.get("website"), True, path)
                self.assertIs(routing.get("multilang"), False, path)

    def test_it_is_in_his_language_whatever_the_browser_speaks(self):
        """Odoo would lead a browser on to an address with its own language in it."""
        self.env["res.lang"]._activate_lang("fr_FR")
        self.debtor.lang = "en_US"
        self.opener.cookies["frontend_lang"] = "fr_FR"
        consent = "/consent/" + self.case.consent_url.rsplit("/", 1)[1]
        for path in (self.path, self.path + "/statement", consent):
            page = self.url_open(path, allow_redirects=False)
            self.assertEqual(page.status_code, 200, path)
        self.assertEqual(self._page().xpath("//html/@lang"), ["en-US"])

    def test_it_holds_no_script_of_its_own(self):
        page = self.url_open(self.path).text
        self.assertFalse(re.findall(r"\bon(?:click|change|submit)=", page))


@tagged("post_install", "-at_install")
class TestPortalAccessible(PortalCommon):
    """Who sees, hears or moves badly finds no barrier on the page."""

    def test_in_a_telephone_and_on_a_desk(self):
        self._invoice(200, -10)
        self._invoice(50, 5, move_type="out_refund")
        for size in ("390x844", "1366x768"):
            self.browser_size = size
            for path in (self.path, "/account/unknown"):
                assert_accessible(self, path)

    def test_after_an_act(self):
        self._fill("refusal", {"refused": "sms"})
        act = self.env["debt.portal.act"].search([])
        assert_accessible(self, f"{self.path}/done/{act.id}")
