from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .test_call_window import WizardCommon


@tagged("post_install", "-at_install")
class TestFind(WizardCommon):
    """Debtors are found by whatever the operator knows of them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.garage = cls._new_debtor("Garage De Molenwiek BV", "+32 470 00 00 15")
        cls.hotel = cls._new_debtor("Hôtel Bellevue", "0475/12.34.99", ref="K-4711")
        cls.bill = cls._invoice(50, 10, cls.garage)
        cls._invoice(60, 10, cls.hotel, ref="PO 2026-778")
        cls.cases.refresh((cls.garage | cls.hotel | cls.debtor).ids)

    def _found(self, text):
        cases = self.cases.with_user(self.operator)
        return cases.search([("find", "ilike", text)]).partner_id

    def _callers(self, text):
        inbound = self.env["debt.call.inbound"].with_user(self.operator)
        return {caller["partner_id"] for caller in inbound._search_callers(text)}

    def test_the_list_of_cases_finds_by_all_that_is_known(self):
        number = self.bill.name
        for text, debtor in (
            ("garage molenwiek", self.garage),
            ("molenwiek garage", self.garage),
            ("hotel", self.hotel),
            ("HÔTEL", self.hotel),
            ("k-4711", self.hotel),
            ("0475 123499", self.hotel),
            ("+32 (0)475 12 34 99", self.hotel),
            ("po 778", self.hotel),
            (number, self.garage),
            (number.replace("/", "-").lower(), self.garage),
            (number.replace("/", " "), self.garage),
        ):
            with self.subTest(text):
                self.assertEqual(self._found(text), debtor)
        self.assertFalse(self._found("nobody of that name"))
        self.assertFalse(self._found("%"))

    def test_so_does_the_search_for_who_is_calling(self):
        for text, debtor in (
            ("garage molenwiek", self.garage),
            ("hotel", self.hotel),
            (self.bill.name, self.garage),
            (self.bill.name.replace("/", " "), self.garage),
        ):
            with self.subTest(text):
                self.assertIn(debtor.id, self._callers(text))

    def test_another_companys_invoice_finds_nobody(self):
        other = self.setup_other_company(name="Sister")["company"]
        finder = self.env["debt.finder"].with_company(other)
        finder = finder.with_context(allowed_company_ids=other.ids)
        self.assertFalse(finder._by_document(self.bill.name))

    def test_a_wrong_pick_is_taken_back_without_an_outcome(self):
        case = self._case(self.garage)
        call = case.with_user(self.operator)._open_inbound("+32 470 99 88 77")
        with self.assertRaises(AccessError):
            call.with_user(self.colleague)._take_back_call()
        action = call._take_back_call()
        self.assertFalse(call.exists())
        self.assertEqual(action["context"]["default_query"], "+32 470 99 88 77")
        self.assertIn("by mistake", case.message_ids[:1].body)
        self.assertFalse(case.call_ids)

    def test_what_we_dialled_is_never_taken_back(self):
        call = self._call()
        call.dial(number="+32470123456")
        with self.assertRaises(UserError):
            call._take_back_call()
