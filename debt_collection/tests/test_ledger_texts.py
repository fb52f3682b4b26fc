import re
from pathlib import Path

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import new_test_user, tagged

from .refresh_common import RefreshCommon

ADDON = Path(__file__).parents[1]
#: What reads receivable lines, and may do so in the ledger's wing alone.
#: They tell of money that came and of days that are over, never of what is owed now.
TELLERS_OF_THE_PAST = {
    "models/fee/debt_ledger.py": "when late items were paid; what is left it is told",
    "models/figures/debt_collection_money.py": "payments of items in collection",
    "models/figures/debt_figures_record.py": "what was open, and sold, by a past day",
}
READS = re.compile(
    r"(?:FROM|JOIN)\s+account_move_line\b(?!_)"
    r"|\[\"account\.move\.line\"\](?:\.sudo\(\))?\s*\.(?:search|_read_group|_search)"
    r"|\"account_type\", \"=\", \"asset_receivable\""
)


@tagged("post_install", "-at_install")
class TestLedgerTexts(RefreshCommon):
    """What is said and written about a debt is what the ledger says is left."""

    def test_payment_reference_names_what_makes_up_the_amount(self):
        due = self._invoice(100, 10)
        self._invoice(500, -30)
        self._invoice(200, 50).debt_status = "excluded"
        paid = self._invoice(40, 60)
        self._entry(-40)
        self._assert_case(100)
        self.assertEqual(self._open_case().payment_reference, due.name)
        self.assertNotIn(paid.name, self._open_case().payment_reference)

    def test_debtor_is_asked_for_what_he_was_billed(self):
        chf = self._chf()
        self._invoice(1000, 20, currency_id=chf.id)
        case = self._open_case()
        self.assertEqual(case.amount_overdue, 250)
        self.assertEqual(self._plain(case.amount_text), "1,000.00 CHF")
        promise = self.env["debt.promise"].create(
            {"case_id": case.id, "amount": 125, "date": "2026-03-20"}
        )
        self.assertEqual(self._plain(promise.amount_text), "500.00 CHF")
        self.assertIn("500.00", promise.schedule)
        self.assertIn("CHF", promise.schedule)
        for template in (
            "mail_template_payment_details",
            "sms_template_payment_details",
        ):
            text = self._rendered(template, case)
            self.assertIn("1,000.00 CHF", text)
            self.assertNotIn("250.00", text)
        steps = self.env["debt.script.step"]
        step = steps.search([("text", "like", "object.amount_text")], limit=1)
        self.assertIn("1,000.00 CHF", self._plain(step._render_text(case)[step.id]))

    def test_several_currencies_are_told_apart(self):
        chf = self._chf()
        self._invoice(30, 20)
        self._invoice(1000, 10, currency_id=chf.id)
        text = self._plain(self._open_case().amount_text)
        self.assertIn("1,000.00 CHF", text)
        self.assertIn("30.00", text)
        promise = self.env["debt.promise"].create(
            {"case_id": self._open_case().id, "amount": 100, "date": "2026-03-20"}
        )
        self.assertIn("100.00", promise.amount_text)

    def _chf(self):
        chf = self.setup_other_currency("CHF", rates=[("2020-01-01", 4.0)])
        chf.position = "after"
        return chf

    @staticmethod
    def _plain(text):
        return text.replace("\N{NO-BREAK SPACE}", " ")

    def _rendered(self, template, record):
        template = self.env.ref(f"debt_collection.{template}")
        name = "body_html" if template._name == "mail.template" else "body"
        text = str(template._render_field(name, record.ids)[record.id])
        return self._plain(text).replace("&nbsp;", " ")

    # --- the door for other programs ----------------------------------------------
    def test_an_operator_gets_the_debtors_of_his_cases_alone(self):
        self._invoice(100, 10)
        stranger = self._new_debtor("Nobody's")
        self._invoice(70, -10, partner=stranger)
        self.env.cr.flush()
        ledger = self.ledger.with_user(self.operator)
        self.assertEqual(
            {item["partner_id"] for item in ledger.items()}, {self.debtor.id}
        )
        self.assertEqual(ledger.items(stranger.ids), [])
        everything = {item["partner_id"] for item in self.ledger.items()}
        self.assertLessEqual({self.debtor.id, stranger.id}, everything)

    def test_who_may_not_ask(self):
        portal = new_test_user(self.env, "ledger_portal", groups="base.group_portal")
        with self.assertRaises(AccessError):
            self.ledger.with_user(portal).items()
        for wrong in ("1", [1.5], [True], [None], 7):
            with self.assertRaises(ValidationError):
                self.ledger.items(wrong)
        self.assertEqual(self.ledger.items([]), [])

    def test_no_other_company(self):
        other = self.setup_other_company()["company"]
        journal = self.env["account.journal"].search(
            [("type", "=", "sale"), ("company_id", "=", other.id)], limit=1
        )
        self._invoice(70, 5, journal_id=journal.id)
        ledger = self.ledger.with_context(allowed_company_ids=self.company.ids)
        self.assertEqual(ledger.items(self.debtor.ids), [])

    # --- one reader ---------------------------------------------------------------
    def test_nothing_else_reads_receivable_lines(self):
        readers = {
            str(path.relative_to(ADDON))
            for path in ADDON.rglob("*.py")
            if READS.search(path.read_text())
        }
        readers = {
            path
            for path in readers
            if not path.startswith(("models/ledger/", "tests/"))
        }
        readers -= TELLERS_OF_THE_PAST.keys()
        self.assertEqual(readers, set())
