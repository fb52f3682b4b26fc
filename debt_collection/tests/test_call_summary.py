from datetime import date, timedelta

from odoo import fields
from odoo.tests import tagged

from .common import DebtCommon


@tagged("post_install", "-at_install")
class TestSummary(DebtCommon):
    """What the matter is, in one sentence: on the case, in lists, in the window."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._invoice(300, 20)

    def _promise(self, case, amount, days_ago):
        made = fields.Date.today() - timedelta(days=days_ago + 5)
        promise = self.env["debt.promise"].create(
            {
                "case_id": case.id,
                "amount": amount,
                "made_on": made,
                "date": fields.Date.today() - timedelta(days=days_ago),
            }
        )
        promise._evaluate()
        case._plan()
        return promise

    def test_whom_nobody_called_yet(self):
        self.assertEqual(
            self._case().summary,
            "Owes $\xa0300.00 since 18 February on 1 invoice, not called yet; today "
            "because it is the first call.",
        )

    def test_what_was_broken_and_how_long_nobody_spoke_with_him(self):
        self._invoice(500, 70)
        case = self._case()
        with self._at(days=-12):
            call = self._call(case)
            call.dial(number="+32470123456")
            call.finish("other", party="right_party", note="Will see")
        self._promise(case, 100, 9)
        self._promise(case, 100, 8)
        self.assertEqual(
            case.summary,
            "Owes $\xa0800.00 since December 2025 on 2 invoices, broke 2 promises, not "
            "reached for 12 days; today because a promise was broken.",
        )

    def test_credits_count_and_withheld_invoices_do_not(self):
        self._invoice(80, 30)._debt_exclude(date(2026, 4, 1), "Being checked")
        self._invoice(50, -10)
        self.assertIn(
            "$\xa0300.00 since 18 February on 1 invoice,", self._case().summary
        )

    def test_a_closed_case_needs_no_sentence(self):
        case = self._case()
        case._close("manual")
        self.assertFalse(case.summary)

    def test_a_list_asks_as_often_for_many_as_for_one(self):
        debtors = [self._new_debtor(f"No {n}", f"+32 470 10 00 0{n}") for n in range(5)]
        for debtor in debtors:
            self._invoice(100, 10, debtor)
        cases = self._case()
        for debtor in debtors:
            cases |= self._case(debtor)
        counts = []
        for some in (cases[:1], cases):
            self.env.flush_all()
            self.env.invalidate_all()
            some.mapped("amount_overdue")
            before = self.cr.sql_log_count
            some.mapped("summary")
            counts.append(self.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0])

    def test_an_operator_reads_it_without_rights_in_accounting(self):
        self.assertIn("300", self._case().with_user(self.operator).summary)

    def test_the_window_says_it_and_what_to_check_who_it_is_by(self):
        self.debtor.write({"street": "Rue Haute 3", "zip": "1000", "city": "Brussels"})
        self.debtor.vat = "BE0477472701"
        call = self._call()
        wizards = self.env["debt.call.wizard"].with_user(self.operator)
        wizard = wizards.browse(wizards._action_open(call)["res_id"])
        self.assertIn("on 1 invoice", wizard.summary)
        for text in ("Rue Haute 3", "1000 Brussels", "BE0477472701"):
            self.assertIn(text, wizard.identity)
            self.assertNotIn(text, wizard.script_html)
