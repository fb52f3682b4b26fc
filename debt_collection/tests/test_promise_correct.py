from datetime import date, timedelta

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from .test_call_window import WizardCommon

FRIDAY = date(2026, 3, 13)
APRIL = date(2026, 4, 13)
MAY = date(2026, 5, 13)


@tagged("post_install", "-at_install")
class TestPromiseCorrect(WizardCommon):
    """A slip of the keys is mended by a new record; too much is asked about."""

    def setUp(self):
        super().setUp()
        self.case = self._case()
        self.case.user_id = self.operator
        self.call = self._call(self.case)

    def _promise(self, amount=300, day=FRIDAY, **values):
        self.call.finish("promise", promise_amount=amount, promise_date=day, **values)
        return self.case.promise_ids._standing().sorted("date")

    def _correction(self, promise, user=None):
        action = promise.with_user(user or self.operator).action_correct()
        corrections = self.env[action["res_model"]].with_user(user or self.operator)
        return corrections.browse(action["res_id"])

    # --- correcting -----------------------------------------------------------------
    def test_a_wrong_amount_is_corrected_by_a_record_that_names_the_wrong_one(self):
        old = self._promise(30)
        correction = self._correction(old)
        with Form(correction) as form:
            form.reason = "He said 300"
            with form.line_ids.edit(0) as line:
                line.amount = 300
        correction.action_apply()
        new = self.case.promise_ids._standing()
        self.assertEqual((new.amount, new.date), (300, FRIDAY))
        self.assertEqual(new.corrects_id, old)
        self.assertEqual(old.replaced_by_id, new)
        self.assertEqual((old.amount, old.state), (30, "cancelled"))
        self.assertEqual(old.ended_reason, "He said 300")
        self.assertEqual(old.ended_by_id, self.operator)
        self.assertEqual(self.case.state, "promised")
        self.assertIn("He said 300", self.case.message_ids[0].body)

    def test_nothing_is_corrected_without_a_reason(self):
        promise = self._promise()
        for reason in (False, " "):
            correction = self._correction(promise)
            correction.reason = reason
            for kind in ("correct", "cancel"):
                correction.kind = kind
                with self.assertRaisesRegex(UserError, "Say why"):
                    correction.action_apply()
        self.assertEqual(promise.state, "open")

    def test_a_cancelled_promise_is_collected_on(self):
        promise = self._promise()
        correction = self._correction(promise)
        correction.write({"kind": "cancel", "reason": "The wrong debtor"})
        correction.action_apply()
        self.assertEqual(promise.state, "cancelled")
        self.assertEqual(self.case.state, "active")
        self.assertTrue(self.case.next_contact_at)
        with self.assertRaisesRegex(UserError, "does not stand"):
            self._correction(promise)

    def test_money_that_came_before_the_correction_counts(self):
        promise = self._promise(300)
        with self._at(days=1):
            self._pay(self.invoice, amount=100)
            promise._evaluate()
            self.assertEqual(promise.amount_paid, 100)
            promise.with_user(self.operator)._correct([(100, FRIDAY)], "Only 100")
        new = promise.replaced_by_id
        self.assertEqual((new.amount_paid, new.state), (100, "kept"))

    def test_whoever_has_nothing_to_do_with_the_case_corrects_nothing(self):
        promise = self._promise()
        with self.assertRaises(AccessError):
            self._correction(promise, self.colleague)
        with self.assertRaises(AccessError):
            promise.with_user(self.colleague).action_cancel("Why not")
        with self.assertRaises(AccessError):
            promise.with_user(self.colleague)._correct([(1, FRIDAY)], "Why not")
        correction = self._correction(promise)
        with self.assertRaises(AccessError):
            correction.with_user(self.colleague).action_apply()
        self._correction(promise, self.accountant)
        self.assertEqual(promise.state, "open")

    def test_a_plan_is_corrected_as_a_whole(self):
        plan = self._promise(100, promise_plan=[(100, APRIL), (100, MAY)])
        correction = self._correction(plan[1])
        with Form(correction) as form:
            form.reason = "More at first"
            with form.line_ids.edit(0) as line:
                line.amount = 200
            self.assertEqual(form.total, 300)
        self.assertEqual(correction.line_ids.mapped("amount"), [200, 50, 50])
        correction.action_apply()
        new = self.case.promise_ids._standing().sorted("date")
        self.assertEqual(new.mapped("amount"), [200, 50, 50])
        self.assertEqual(new.plan_id, new[0])
        self.assertEqual(set(plan.mapped("state")), {"cancelled"})

    def test_the_window_corrects_what_stands(self):
        promise = self._promise()
        wizard = self._open(self.case)
        self.assertIn("300.00", wizard.standing_promise)
        action = wizard.action_correct_promise()
        correction = self.env[action["res_model"]].browse(action["res_id"])
        self.assertEqual(correction.promise_id, promise)
        promise.with_user(self.accountant).action_cancel("Taken back")
        wizard.invalidate_recordset()
        self.assertFalse(wizard.standing_promise)
        with self.assertRaises(UserError):
            wizard.action_correct_promise()

    # --- too much ---------------------------------------------------------------------
    def test_more_than_is_owed_asks_for_a_second_yes(self):
        with self.assertRaisesRegex(ValidationError, "99,699.00 more than is owed"):
            self._promise(99999)
        with self.assertRaises(ValidationError):
            self._promise(99999, promise_confirmed=9999)
        self.assertFalse(self.case.promise_ids)
        self.assertTrue(self._promise(99999, promise_confirmed=99999))

    def test_the_tick_names_the_sum_and_goes_when_it_changes(self):
        wizard = self._open(self.case)
        with self._form(wizard) as form:
            form.outcome_id = self._coded("promise")
            form.promise_date = FRIDAY
            self.assertFalse(form.promise_beyond)
            form.promise_amount = 350
            self.assertIn("350.00", form.promise_beyond)
            self.assertIn("50.00 more than is owed", form.consequence_html)
            form.promise_is_sure = True
            self.assertIn("Nobody calls until", form.consequence_html)
            form.promise_amount = 3500
            self.assertFalse(form.promise_is_sure)
            form.promise_is_sure = True
            form.promise_amount = 350
            form.promise_is_sure = True
        wizard.action_save()
        self.assertEqual(self.case.promise_ids.amount, 350)

    def test_a_correction_to_more_than_is_owed_is_asked_about(self):
        correction = self._correction(self._promise())
        correction.reason = "He said so"
        correction.line_ids.amount = 400
        with self.assertRaisesRegex(ValidationError, "100.00 more than is owed"):
            correction.action_apply()
        correction.is_sure = True
        correction.action_apply()
        self.assertEqual(self.case.promise_ids._standing().amount, 400)

    # --- a new one in place of the old ------------------------------------------------
    def test_a_new_promise_replaces_the_old_one_visibly(self):
        old = self._promise(300)
        self.call = self._call(self.case)
        told = self.call.preview("promise", promise_amount=200, promise_date=APRIL)
        self.assertRegex(" ".join(told["sentences"]), "In place of .*300.00")
        new = self._promise(200, APRIL)
        self.assertEqual((old.state, old.replaced_by_id), ("cancelled", new))
        self.assertEqual(new.replaces_ids, old)

    def test_promises_about_different_items_stand_side_by_side(self):
        other = self._invoice(500, 5)
        self.case._plan()
        self._promise(300, promise_line_ids=self.invoice._debt_lines().ids)
        self.call = self._call(self.case)
        both = self._promise(500, APRIL, promise_line_ids=other._debt_lines().ids)
        self.assertEqual(both.mapped("amount"), [300, 500])

    # --- the rest ---------------------------------------------------------------------
    def test_what_a_promise_is_not_about_is_collected_on(self):
        other = self._invoice(500, 5)
        self.case._plan()
        self._promise(300, promise_line_ids=self.invoice._debt_lines().ids)
        self.assertEqual(self.case.state, "active")
        self.assertTrue(self.case.next_contact_at)
        with self._at(days=1):
            self.assertTrue(self.case.check_contact("call")["allowed"])
        # Once the other one is paid, what is promised is waited for.
        self._pay(other)
        self.assertEqual(self.case.state, "promised")
        with self._at(days=1):
            self.assertEqual(self.case.check_contact("call")["reason"], "promised")

    def test_a_changed_instalment_rebalances_the_plan(self):
        wizard = self._open(self.case)
        with self._form(wizard) as form:
            form.outcome_id = self._coded("promise")
            form.promise_date = FRIDAY + timedelta(days=1)
            form.promise_parts = 3
            with form.instalment_ids.edit(0) as line:
                line.amount = 200
            self.assertEqual(
                [part["amount"] for part in form.instalment_ids._records],
                [200, 50, 50],
            )
        wizard.action_save()
        amounts = self.case.promise_ids.sorted("date").mapped("amount")
        self.assertEqual(amounts, [200, 50, 50])

    def test_a_plan_is_read_back_whole(self):
        """Where the script has no blank for the later instalments, too."""
        wizard = self._open(self.case)
        closing = wizard.step_id.script_id.step_ids.filtered(
            lambda step: "[amount]" in step.text and "[next" not in step.text
        )[:1]
        wizard.write({"party": "right_party", "step_id": closing.id})
        with self._form(wizard) as form:
            form.outcome_id = self._coded("promise")
            form.promise_date = FRIDAY
            form.promise_parts = 3
            for text in ("100.00", "03/13/2026", "04/13/2026", "05/13/2026", "300.00"):
                self.assertIn(text, form.script_html)
