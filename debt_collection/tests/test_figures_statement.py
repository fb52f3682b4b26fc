import re

from lxml import html

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import DebtCommon

CASE, PARTNER = "debt_collection.statement", "debt_collection.statement_partner"


@tagged("post_install", "-at_install")
class TestStatement(DebtCommon):
    """What a debtor is told of his account, on paper."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.partner.bank"].create(
            {
                "acc_number": "BE71 0961 2345 6769",
                "partner_id": cls.company.partner_id.id,
                "allow_out_payment": True,
            }
        )

    def _told(self, records, name=CASE, user=None):
        """The words of a statement, without spaces that nobody sees."""
        reports = self.env["ir.actions.report"].with_user(user or self.accountant)
        body, _kind = reports._render_qweb_html(name, records.ids)
        text = html.fromstring(body).text_content()
        return re.sub(r"\s+", " ", text.replace("\N{NO-BREAK SPACE}", " "))

    def _statement(self):
        statements = self.env["report.debt_collection.statement"]
        return statements._statement(self.debtor, self.company)

    def test_items_totals_and_bands(self):
        old = self._invoice(1000, 100)
        self._invoice(300, -10)
        self._pay(old, 400)
        self._case()
        told = self._statement()
        [account] = told["accounts"]
        self.assertEqual(
            [(i["original"], i["settled"], i["left"]) for i in account["items"]],
            [(1000, 400, 600), (300, 0, 300)],
        )
        self.assertEqual(
            dict(account["bands"]),
            {
                "not_due": 300,
                "days_1_30": 0,
                "days_31_60": 0,
                "days_61_90": 0,
                "over_90": 600,
            },
        )
        self.assertEqual((account["total"], account["overdue"]), (900, 600))
        self.assertEqual(account["reference"], old.name)

    def test_the_paper_says_all_of_it(self):
        invoice = self._invoice(1000, 100)
        case = self._case()
        told = self._told(case)
        for words in (
            "Statement of Account",
            "As of 03/10/2026",
            self.debtor.name,
            invoice.name,
            "1,000.00",
            "Balance in",
            "Over 90 Days",
            "BE71 0961 2345 6769",
            self.company.name,
        ):
            self.assertIn(words, told)
        self.assertEqual(self._told(self.debtor, PARTNER).count(invoice.name), 2)

    def test_each_currency_has_its_table(self):
        swiss = self.setup_other_currency("CHF", rates=[("2020-01-01", 2.0)])
        self._invoice(100, 10)
        self._invoice(500, 10, currency_id=swiss.id)
        told = self._statement()
        self.assertEqual(
            [(one["currency"].name, one["total"]) for one in told["accounts"]],
            [(self.company.currency_id.name, 100), ("CHF", 500)],
        )

    def test_credits_that_are_left_are_told(self):
        self._invoice(100, 10)
        self._invoice(130, 1, move_type="out_refund", invoice_date_due=False)
        [account] = self._statement()["accounts"]
        self.assertEqual([one["left"] for one in account["items"]], [-30])
        self.assertEqual((account["credits"], account["total"]), (-30, -30))

    def test_a_disputed_part_stays_in_its_line(self):
        invoice = self._invoice(1000, 20)
        self._call().finish(
            "disputed",
            dispute_move_ids=invoice.ids,
            dispute_reason="Half is missing",
            dispute_amount=400,
        )
        [account] = self._statement()["accounts"]
        [item] = account["items"]
        self.assertEqual((item["left"], item["disputed"]), (1000, 400))
        self.assertIn("disputed: $ 400.00", self._told(self._case()))

    def test_in_the_language_of_the_debtor(self):
        self.env["res.lang"]._activate_lang("ru_RU")
        self.env["ir.module.module"].search(
            [("name", "=", "debt_collection")]
        )._update_translations(["ru_RU"])
        self.debtor.lang = "ru_RU"
        self._invoice(1000, 100)
        told = self._told(self._case())
        self.assertIn("Выписка о задолженности", told)
        self.assertIn("10.03.2026", told)
        self.assertNotIn("Statement of Account", told)

    def test_who_owes_nothing(self):
        self.assertIn(
            "Nothing is open on your account.", self._told(self.debtor, PARTNER)
        )
        statements = self.env["report.debt_collection.statement"]
        with self.assertRaises(UserError):
            statements._get_report_values([])

    def test_in_bulk_one_for_each(self):
        other = self._new_debtor("Debtor Two")
        cases = self._case()
        for debtor in (self.debtor, other):
            self._invoice(100, 10, debtor)
            cases |= self._case(debtor)
        self.assertEqual(self._told(cases).count("Balance in"), 2)

    def test_operators_print_their_own_and_no_others(self):
        self._invoice(100, 10)
        case = self._case()
        self.assertIn("Balance in", self._told(case, user=self.operator))
        team = self.env["debt.team"].create({"name": "Others"})
        case.write({"team_id": team.id, "user_id": self.colleague.id})
        with self.assertRaises(AccessError):
            self._told(case, user=self.operator)
        with self.assertRaises(AccessError):
            self._told(self.debtor, PARTNER, user=self.operator)
