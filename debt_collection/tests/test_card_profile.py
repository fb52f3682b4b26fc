from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..tools.profile import SIGNALS, Facts
from .common import DebtCommon


@tagged("post_install", "-at_install")
class TestProfile(DebtCommon):
    """What payments and calls say about a debtor, and what follows when confirmed."""

    def setUp(self):
        super().setUp()
        self._invoice(1000, 10)
        self.case = self._case()

    def _settled(self, days_late, count, partner=None, due=90):
        """So many invoices that were due and paid so many days after."""
        for number in range(count):
            move = self._invoice(10, due + number, partner=partner)
            day = move.invoice_date_due + timedelta(days=days_late)
            self._pay(move, payment_date=day)

    def _profile(self, code):
        return self.env.ref(f"debt_collection.profile_{code}")

    def _suggestion(self, case=None):
        case = case or self.case
        case.invalidate_recordset()
        return self.env["debt.profile"]._suggestions(case)[case]

    def test_late_every_time_is_chronic(self):
        self._settled(12, 7)
        self._settled(-1, 2)
        profile, sentences = self._suggestion()
        self.assertEqual(profile, self._profile("chronic"))
        self.assertEqual(
            sentences[0], "Paid 7 of 9 invoices late, by 12 days on average."
        )

    def test_months_are_counted_over_the_last_year(self):
        for due in (330, 200, 150, 100, 60, 700):
            self._settled(5, 1, due=due)
        self.assertEqual(
            self._suggestion()[1],
            [
                "Paid 6 of 6 invoices late, by 5 days on average.",
                "Paid late in 5 of the last 12 months.",
            ],
        )

    def test_who_pays_in_time_has_forgotten(self):
        self._settled(0, 4)
        profile, sentences = self._suggestion()
        self.assertEqual(profile, self._profile("forgetful"))
        self.assertEqual(sentences, ["Paid 4 of 4 invoices on time."])

    def test_what_a_credit_note_settled_was_not_paid(self):
        for _number in range(3):
            move = self._invoice(10, 50)
            move._reverse_moves(cancel=True)
            self.assertEqual(move.payment_state, "reversed")
        self.assertEqual(
            self._suggestion(),
            (
                self._profile("forgetful").browse(),
                ["Too little to go by yet: 0 settled invoices, 0 calls, 0 promises."],
            ),
        )

    def test_old_habits_do_not_count(self):
        self._settled(12, 7, due=800)
        self.assertFalse(self._suggestion()[0])

    def test_whom_nobody_reaches_is_evasive(self):
        for number in range(8):
            with self._at(hours=4 * (number % 2), days=7 * (number // 2)):
                self._call().finish("no_answer")
        self.assertEqual(
            self._suggestion(),
            (self._profile("evasive"), ["The last 8 calls were not answered."]),
        )
        with self._at(days=70):
            self._call().finish("refused", note="later")
        self.assertFalse(self._suggestion()[0])

    def test_a_debtor_who_told_of_a_hardship(self):
        self._call().finish("hardship", note="ill")
        profile, sentences = self._suggestion()
        self.assertEqual(profile, self._profile("hardship"))
        self.assertEqual(sentences, ["Calls in which hardship was mentioned: 1."])

    def test_objections_and_promises_count(self):
        forgot = self.env.ref("debt_collection.objection_forgot")
        self._call().finish(
            "promise",
            promise_amount=1000,
            promise_date=fields.Date.today(),
            objection_ids=forgot.ids,
        )
        self._pay(self.case._open_items().move_id)
        self.assertEqual(self.case.promise_ids.state, "kept")
        profile, sentences = self._suggestion()
        self.assertEqual(profile, self._profile("forgetful"))
        self.assertEqual(
            sentences,
            [
                "Calls in which the invoice was said to have been forgotten: 1.",
                "Kept 1 of 1 promises.",
            ],
        )

    def test_every_reason_has_a_sentence(self):
        texts = self.env["debt.profile"]._texts(Facts().numbers())
        reasons = {signal.reason for signal in SIGNALS} | {"too_little", "unclear"}
        self.assertEqual(set(texts), reasons)

    def test_a_hundred_debtors_are_three_queries(self):
        debtors = self.debtor
        for number in range(5):
            debtor = self._new_debtor(f"Debtor {number}")
            self._invoice(100, 5, debtor)
            self._settled(20, 3, partner=debtor)
            debtors |= debtor
        self.cases.refresh(debtors.ids)
        cases = self.cases.search([("partner_id", "in", debtors.ids)])
        self.env["debt.profile"]._suggestions(cases)  # what is cached for good
        with self.assertQueryCount(3):
            suggestions = self.env["debt.profile"]._suggestions(cases)
        self.assertEqual(len(suggestions), 6)
        suggested = {profile.code for profile, _why in suggestions.values()}
        self.assertEqual(suggested, {False, "negligent"})

    def test_other_companies_do_not_count(self):
        company = self.env["res.company"].create({"name": "Sister"})
        self._settled(12, 7)
        case = self.case.sudo().copy({"company_id": company.id, "ladder_id": False})
        self.assertFalse(self._suggestion(case)[0])

    def test_the_operator_confirms_and_the_ladder_follows(self):
        ladder = self.env["debt.ladder"].create({"name": "Strict"})
        self._profile("chronic").ladder_id = ladder
        self._settled(12, 7)
        case = self.case.with_user(self.operator)
        case.invalidate_recordset()
        self.assertEqual(case.suggested_profile_id, self._profile("chronic"))
        self.assertIn("Paid 7 of 7 invoices late", case.profile_reasons)
        self.assertFalse(case.profile_id)
        case.action_accept_profile()
        self.assertEqual(case.profile_id, self._profile("chronic"))
        self.assertEqual(self.case.ladder_id, ladder)
        self.assertEqual(self.case.ladder_started_on, fields.Date.today())
        self.assertTrue(self.case.plan_dirty)
        case.profile_id = False
        self.assertEqual(self.case.ladder_id, self.case.stage_id.ladder_id)

    def test_a_ladder_chosen_by_hand_stays(self):
        ladders = self.env["debt.ladder"].create([{"name": "Own"}, {"name": "Strict"}])
        own, strict = ladders
        self._profile("chronic").ladder_id = strict
        self.case.with_user(self.accountant).ladder_id = own
        self.case.with_user(self.operator).profile_id = self._profile("chronic")
        self.assertEqual(self.case.ladder_id, own)
        self.case.with_user(self.accountant).write(
            {"ladder_id": strict.id, "profile_id": self._profile("evasive").id}
        )
        self.assertEqual(self.case.ladder_id, strict)

    def test_nothing_suggested_nothing_changed(self):
        self.case.action_accept_profile()
        self.assertFalse(self.case.profile_id)
        self.assertIn("Too little to go by yet", self.case.profile_reasons)

    def test_who_only_reads_the_ledger_confirms_nothing(self):
        reader = self._new_user("debt_reader", "group_debt_operator")
        reader.group_ids = self.env.ref("base.group_user") | self.env.ref(
            "account.group_account_readonly"
        )
        self._settled(12, 7)
        case = self.case.with_user(reader)
        self.assertTrue(case.suggested_profile_id)
        with self.assertRaises(AccessError):
            case.action_accept_profile()

    def test_cases_without_a_profile_are_found(self):
        found = self.cases.search(
            [("profile_id", "=", False), ("id", "=", self.case.id)]
        )
        self.assertEqual(found, self.case)
