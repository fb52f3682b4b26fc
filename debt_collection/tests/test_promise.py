from datetime import date, datetime
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .common import DebtCommon

FRIDAY = date(2026, 3, 13)
APRIL = date(2026, 4, 13)
MAY = date(2026, 5, 13)


@tagged("post_install", "-at_install")
class TestPromise(DebtCommon):
    """Plans, ways of payment and items: what is promised, and whether it is paid."""

    def setUp(self):
        super().setUp()
        self.invoice = self._invoice(900, 10)
        self.case = self._case()
        self.call = self._call(self.case)

    def _promise(self, amount=900, day=FRIDAY, **values):
        self.call.finish("promise", promise_amount=amount, promise_date=day, **values)
        return self.case.promise_ids.sorted("date")

    def _plan(self):
        return self._promise(300, promise_plan=[[300, APRIL], (300, "2026-05-13")])

    def _receivable(self, *moves):
        lines = self.env["account.move"].union(*moves).line_ids
        return lines.filtered(lambda line: line.account_type == "asset_receivable")

    def _entry(self, amount, money, **values):
        """A miscellaneous entry that credits the debtor's receivable."""
        receivable = self.company_data["default_account_receivable"]
        partner = self.debtor.id
        entry = self.env["account.move"].create(
            {
                "journal_id": self.company_data["default_journal_misc"].id,
                "date": date.today(),
                "line_ids": [
                    Command.create({"account_id": money.id, "debit": amount}),
                    Command.create(
                        {
                            "account_id": receivable.id,
                            "credit": amount,
                            "partner_id": partner,
                        }
                    ),
                ],
                **values,
            }
        )
        entry.action_post()
        return entry

    # --- plans --------------------------------------------------------------------
    def test_plan_is_one_promise_for_each_instalment(self):
        promises = self._plan()
        self.assertEqual(promises.mapped("amount"), [300, 300, 300])
        self.assertEqual(promises.mapped("date"), [FRIDAY, APRIL, MAY])
        self.assertEqual(promises.plan_id, promises[0])
        self.assertEqual(promises.mapped("part"), ["1 of 3", "2 of 3", "3 of 3"])
        self.assertIn("(2 of 3)", promises[1].display_name)
        self.assertEqual(promises[2].instalment_ids, promises)

    def test_single_promise_is_no_instalment(self):
        promise = self._promise()
        self.assertIs(promise.part, False)
        self.assertNotIn("(", promise.display_name)

    def test_kept_instalment_waits_for_the_next(self):
        promises = self._plan()
        with self._at(days=2):
            self._pay(self.invoice, 300)
            self.assertEqual(promises.mapped("state"), ["kept", "open", "open"])
        with self._at(days=20):
            self.cases._cron_refresh()
            self.assertEqual(self.case.state, "promised")
            answer = self.case.check_contact("call")
            self.assertEqual(answer["reason"], "promised")
            # The next instalment, two days of grace, and then in the morning.
            self.assertEqual(answer["next_at"], datetime(2026, 4, 16, 7, 0))

    def test_missed_instalment_returns_the_case_and_leaves_the_others_open(self):
        promises = self._plan()
        with self._at(days=6):
            self.cases._cron_refresh()
            self.assertEqual(promises.mapped("state"), ["broken", "open", "open"])
            self.assertEqual(self.case.state, "active")
            self.assertEqual(self.case.priority, "1")
        with self._at(days=20):
            self._pay(self.invoice, 300)
            self.cases._cron_refresh()
            self.assertEqual(promises.mapped("state"), ["broken", "kept", "open"])

    def test_one_payment_keeps_as_many_instalments_as_it_pays(self):
        promises = self._plan()
        with self._at(days=1):
            self._pay(self.invoice, 600)
            self.assertEqual(promises.mapped("state"), ["kept", "kept", "open"])

    def test_plan_of_36_months(self):
        (amount, day), *plan = self.call._split_promise(900, 36, FRIDAY, every_months=1)
        promises = self._promise(amount, day, promise_plan=plan)
        self.assertEqual(len(promises), 36)
        self.assertEqual(promises[-1].date, date(2029, 2, 13))
        self.assertEqual(sum(promises.mapped("amount")), 900)

    def test_no_such_plan(self):
        for parts, months in ((0, 1), (37, 1), (3, 0)):
            with self.assertRaises(ValidationError):
                self.call._split_promise(900, parts, FRIDAY, every_months=months)

    def test_impossible_plans_are_refused(self):
        for plan in (
            [(300, FRIDAY)],  # the same day again
            [(300, MAY), (300, APRIL)],
            [(0, APRIL)],
            [(300, False)],
            [(300,)],
            [("much", APRIL)],
            [(1, date(2027, 1, day)) for day in range(1, 32)]
            + [(1, date(2027, 2, day)) for day in range(1, 6)],
        ):
            with self.assertRaises(UserError):
                self._promise(300, promise_plan=plan)
        self.assertFalse(self.case.promise_ids)
        self.assertFalse(self.call.outcome_id)

    # --- how it is paid, and what ---------------------------------------------------
    def test_way_of_payment(self):
        promise = self._promise(promise_method="direct_debit")
        self.assertEqual(promise.method, "direct_debit")
        self.assertEqual(promise.method_text, "Direct Debit")

    def test_unknown_way_of_payment_is_refused(self):
        with self.assertRaises(ValidationError):
            self._promise(promise_method="barter")

    def test_only_money_for_the_named_invoice_counts(self):
        other = self._invoice(500, 20)
        promise = self._promise(promise_line_ids=self._receivable(self.invoice).ids)
        self.assertEqual(promise.payment_reference, self.invoice.name)
        with self._at(days=1):
            self._pay(other)
            self.assertEqual((promise.state, promise.amount_paid), ("open", 0))
            self._pay(self.invoice, 400)
            self.assertEqual((promise.state, promise.amount_paid), ("open", 400))
            self._pay(self.invoice)
            self.assertEqual(promise.state, "kept")

    def test_money_for_a_named_invoice_keeps_the_promise_about_it(self):
        """An earlier promise about whatever is owed does not take it away."""
        other = self._invoice(100, 20)
        named = self._promise(100, promise_line_ids=self._receivable(other).ids)
        anything = self.env["debt.promise"].create(
            {"case_id": self.case.id, "amount": 100, "date": date(2026, 3, 12)}
        )
        with self._at(days=1):
            self._pay(other)
            self.assertEqual((named.state, anything.state), ("kept", "open"))

    def test_statement_that_comes_late_still_counts(self):
        promise = self._promise(promise_line_ids=self._receivable(self.invoice).ids)
        with self._at(days=7):
            self.cases._cron_refresh()
            self.assertEqual(promise.state, "broken")
            self._pay(self.invoice, payment_date=date(2026, 3, 12))
            self.cases._cron_refresh()
            self.assertEqual(promise.state, "kept")

    def test_payment_without_entry_counts_for_its_invoice(self):
        """The usual way of Odoo without outstanding accounts."""
        self.env["account.payment.method.line"].search([]).payment_account_id = False
        # As where bank statements are matched, which Community leaves to add-ons.
        moves = type(self.env["account.move"])
        self.startPatcher(
            patch.object(moves, "_get_invoice_in_payment_state", lambda _: "in_payment")
        )
        promise = self._promise(promise_line_ids=self._receivable(self.invoice).ids)
        with self._at(days=1):
            payment = self._pay(self.invoice)
            self.assertFalse(payment.move_id)
            promise._evaluate()
            self.assertEqual(promise.state, "kept")

    def test_items_of_others_are_refused(self):
        foreign = self._invoice(10, 5, self._new_debtor("Somebody Else"))
        paid = self._invoice(10, 5)
        self._pay(paid)
        for move in (foreign, paid):
            with self.assertRaises(ValidationError):
                self._promise(promise_line_ids=self._receivable(move).ids)

    def test_money_by_a_miscellaneous_entry(self):
        """Cash booked by hand is money; a write-off booked by hand is none."""
        promise = self._promise(300)
        cash = self.company_data["default_journal_cash"].default_account_id
        with self._at(days=1):
            expense = self.company_data["default_account_expense"]
            self._receivable(self.invoice, self._entry(300, expense)).reconcile()
            self.case.promise_ids._evaluate()
            self.assertEqual(promise.amount_paid, 0)
            self._receivable(self.invoice, self._entry(300, cash)).reconcile()
            self.case.promise_ids._evaluate()
            self.assertEqual((promise.state, promise.amount_paid), ("kept", 300))

    def test_payment_that_leaves_the_total_decides_at_once(self):
        """A new invoice, posted and paid in one go, changes nothing he owes."""
        promise = self._promise(200)
        with self._at(days=1):
            self.env.flush_all()
            self.env.cr.precommit.run()
            self._pay(self._invoice(200, 1))
            self.env.cr.precommit.run()
            self.assertEqual(self.case.amount_overdue, 900)
            self.assertEqual(promise.state, "kept")

    # --- the preview ----------------------------------------------------------------
    def _preview(self, code="promise", **values):
        told = self.call.with_user(self.operator).preview(code, **values)
        self.assertFalse(self.case.promise_ids, "nothing is saved")
        return " ".join([*told["sentences"], told["missing"] or ""])

    def test_payments_of_many_debtors_are_read_at_once(self):
        """The night decides the promises of all; each by his own money alone."""
        cases = self.case
        for number in range(3):
            debtor = self._new_debtor(f"Debtor {number}")
            self._invoice(100, 10, debtor)
            cases |= self._case(debtor)
        for case in cases:
            self.env["debt.promise"].create(
                {"case_id": case.id, "amount": 40, "date": FRIDAY}
            )
        with self._at(days=1):
            for case in cases[2:]:
                self._pay(case._open_items().move_id, amount=40)
            self.env.cr.flush()
        ledger = type(self.env["debt.ledger"])
        spied = patch.object(
            ledger, "_payments", autospec=True, side_effect=ledger._payments
        )
        with self._at(days=6), spied as read:
            cases.promise_ids._evaluate()
        self.assertEqual(read.call_count, 1)
        states = [case.promise_ids.state for case in cases]
        self.assertEqual(states, ["broken", "broken", "kept", "kept"])

    def test_preview_of_a_plan(self):
        text = self._preview(
            promise_amount=300, promise_date=FRIDAY, promise_plan=[[300, APRIL]]
        )
        self.assertIn("2 instalments", text)
        self.assertIn("only when one is missed", text)
        self.assertRegex(text, "300.00.* of what is overdue stays without a promise")

    def test_preview_says_what_is_too_much(self):
        text = self._preview(promise_amount=1000, promise_date=FRIDAY)
        self.assertRegex(text, "100.00.* more than is owed")
        exact = self._preview(promise_amount=900, promise_date=FRIDAY)
        self.assertNotIn("more than", exact)
        self.assertNotIn("without a promise", exact)

    def test_preview_of_the_confirmation(self):
        values = {"promise_amount": 900, "promise_date": FRIDAY}
        text = self._preview(confirm_channel="email", **values)
        self.assertIn("no e-mail address", text)
        self.debtor.email = "one@example.com"
        text = self._preview(confirm_channel="email", **values)
        self.assertIn("An e-mail goes out to one@example.com.", text)
        with self._at(hours=9):
            text = self._preview(confirm_channel="sms", **values)
            self.assertIn("Wed 11 Mar 09:00", text)
            self.assertIn("not before", text)
        self.debtor.debt_do_not_call = True
        text = self._preview(confirm_channel="sms", **values)
        self.assertIn("choose e-mail instead", text)

    def test_preview_of_incomplete_promises(self):
        """What is not typed yet is asked for, and is no mistake."""
        for values in ({}, {"promise_amount": False, "promise_date": False}):
            text = self._preview(**values)
            self.assertNotIn("Nobody calls until", text)
            self.assertIn("Enter the promised amount", text)
        undated = self._preview(
            promise_amount=10, promise_date=FRIDAY, promise_plan=[[10, False]]
        )
        self.assertIn("Enter the day", undated)

    def test_preview_says_what_the_law_asks_for(self):
        for code, text in (
            ("hardship", "Collection pauses"),
            ("represented", "only the representative"),
            ("bankrupt", "All contact stops"),
            ("do_not_call", "e-mails and letters stay permitted"),
        ):
            self.assertIn(text, self._preview(code), code)

    # --- four outcomes the law has a say in -------------------------------------------
    def test_effects_of_the_four(self):
        everything = ("call", "robot_call", "sms", "email", "voice_message", "letter")
        for code, state, stopped in (
            ("hardship", "on_hold", everything),
            ("represented", "legal", everything),
            ("bankrupt", "legal", everything),
            ("do_not_call", "active", ("call", "robot_call", "sms", "voice_message")),
        ):
            debtor = self._new_debtor(code, "+32 470 12 36 20", email="x@example.com")
            self._invoice(100, 10, debtor)
            case = self._case(debtor)
            self._call(case).finish(code, note="Said so")
            self.assertEqual(case.state, state, code)
            self.assertIn(self.accountant, case.activity_ids.user_id, code)
            for channel in everything:
                allowed = case.check_contact(channel)["allowed"]
                self.assertEqual(allowed, channel not in stopped, (code, channel))

    # --- roles ------------------------------------------------------------------------
    def test_who_may_do_what(self):
        promise = self._promise()
        promise.with_user(self.operator).read(["part", "schedule", "payment_reference"])
        with self.assertRaises(AccessError):
            promise.with_user(self.operator).action_cancel("Taken back")
        promise.with_user(self.accountant).action_cancel("Taken back")
        self.assertEqual(promise.state, "cancelled")
        self.assertEqual(self.case.state, "active")

    def test_confirmation_needs_an_address(self):
        with self.assertRaises(UserError):
            self._promise(confirm_channel="email")
        self.debtor.debt_phone_ids.health = "dead"
        with self.assertRaises(UserError):
            self._promise(confirm_channel="sms")
        with self.assertRaises(ValidationError):
            self._promise(confirm_channel="pigeon")
        self.assertFalse(self.call.outcome_id)
