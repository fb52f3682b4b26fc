from datetime import date, datetime, timedelta

from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .common import TUESDAY
from .test_call_window import WizardCommon


@tagged("post_install", "-at_install")
class TestCallSaid(WizardCommon):
    """What is said in a call is kept as data, and done as said."""

    def setUp(self):
        super().setUp()
        self.case = self._case()
        self.case.user_id = self.operator
        self.call = self._call(self.case)

    # --- try again at -------------------------------------------------------------
    def test_the_time_that_was_named_is_when_it_is_tried_again(self):
        """“The boss is in after three”: said by somebody else, in his clock."""
        wizard = self._open(self.case)
        with self._form(wizard) as form:
            form.outcome_id = self._coded("third_party")
            form.said_at = "after 3"
            self.assertIn("15:00 (Europe/Brussels)", form.said_hint)
            self.assertIn("Tue 10 Mar 15:00", form.consequence_html)
        wizard.action_save()
        self.assertEqual(self.case.next_contact_at, datetime(2026, 3, 10, 14, 0))
        self.assertEqual(self.case.next_contact_code, "named")
        self.assertEqual(self.call.try_again_at, datetime(2026, 3, 10, 14, 0))

    def test_busy_and_no_answer_take_a_time_within_the_permitted_hours(self):
        for code in ("busy", "no_answer", "voicemail"):
            self._call(self.case).finish(
                code, try_again_at=TUESDAY + timedelta(hours=2)
            )
            self.assertEqual(
                self.case.next_contact_at, TUESDAY + timedelta(hours=2), code
            )
        late = TUESDAY + timedelta(hours=12)
        self._call(self.case).finish("busy", try_again_at=late)
        self.assertGreater(self.case.next_contact_at, late)
        self.assertEqual(self.case._local_time(self.case.next_contact_at)[:3], "Wed")

    def test_the_next_call_forgets_the_time_of_the_last(self):
        self.call.finish("busy", try_again_at=TUESDAY + timedelta(days=2))
        self._call(self.case).finish("no_answer")
        self.assertFalse(self.case.try_again_at)
        self.assertLess(self.case.next_contact_at, TUESDAY + timedelta(days=2))

    def test_a_time_that_is_not_understood_is_not_guessed(self):
        wizard = self._open(self.case)
        with self._form(wizard) as form:
            form.outcome_id = self._coded("busy")
            form.said_at = "some day"
            self.assertIn("Not understood", form.said_hint)
            self.assertFalse(form.try_again_at)
            form.said_at = False
            self.assertFalse(form.said_hint)
        for at in (TUESDAY - timedelta(hours=1), TUESDAY + timedelta(days=60)):
            with self.assertRaises(ValidationError):
                self.call.finish("busy", try_again_at=at)

    def test_a_callback_is_typed_as_it_is_said(self):
        """In the debtor's clock, whatever the operator's is."""
        self.operator.tz = "Asia/Tokyo"
        wizard = self._open(self.case)
        with self._form(wizard) as form:
            form.outcome_id = self._coded("callback")
            form.said_at = "tomorrow 10"
            self.assertIn("Wed 11 Mar 10:00", form.said_hint)
        self.assertEqual(wizard.callback_at, datetime(2026, 3, 11, 9, 0))

    # --- says it is paid ----------------------------------------------------------
    def test_the_accountant_is_told_what_is_said_to_be_paid(self):
        wizard = self._open(self.case)
        with self._form(wizard) as form:
            form.outcome_id = self._coded("claims_paid")
            form.paid_on = date(2026, 3, 6)
            form.paid_amount = 300
            form.paid_reference = "RF18 5390"
        wizard.action_save()
        self.assertEqual(self.call.paid_on, date(2026, 3, 6))
        self.assertEqual(self.call.paid_amount, 300)
        todo = self.case.activity_ids.filtered(lambda a: a.user_id == self.accountant)
        for text in ("300.00", "2026-03-06", "RF18 5390"):
            self.assertIn(text, todo.note)
        self.assertEqual(todo.debt_call_id, self.call)

    def test_nothing_was_paid_tomorrow(self):
        with self.assertRaisesRegex(ValidationError, "promise to pay"):
            self.call.finish("claims_paid", paid_on=date(2026, 3, 11))
        with self.assertRaises(ValidationError):
            self.call.finish("claims_paid", paid_amount=-1)

    # --- a question and its answer ------------------------------------------------
    def test_the_answer_comes_back_into_the_next_call(self):
        self.call.finish("question", note="Is VAT included?")
        todo = self.case.activity_ids.filtered(lambda a: a.user_id == self.accountant)
        self.assertIn("Is VAT included?", todo.note)
        todo.with_user(self.accountant).action_feedback(feedback="Yes, 21 percent")
        self.assertEqual(self.call.answer, "Yes, 21 percent")
        self.assertEqual(self.call.answer_by_id, self.accountant)
        self.assertEqual(self.case.priority, "1")
        wizard = self._open(self.case)
        self.assertIn("Is VAT included? → Yes, 21 percent", wizard.answers)
        # Nobody answered: it is still to be told.
        wizard.call_id.finish("no_answer")
        wizard = self._open(self.case)
        self.assertTrue(wizard.answers)
        wizard.call_id.finish("refused", note="Heard it")
        self.assertTrue(self.call.answer_told)
        self.assertFalse(self._open(self.case).answers)

    def test_an_answer_that_comes_during_the_call_is_for_the_next(self):
        self.call.finish("question", note="Is VAT included?")
        todo = self.case.activity_ids.filtered(lambda a: a.user_id == self.accountant)
        window = self._open(self.case)
        self.assertFalse(window.answers)
        todo.with_user(self.accountant).action_feedback(feedback="Yes, 21 percent")
        window.call_id.finish("refused", note="Still waits for an answer")
        self.assertFalse(self.call.answer_told)
        self.assertTrue(self._open(self.case).answers)

    # --- why ----------------------------------------------------------------------
    def test_why_it_is_not_paid_is_data(self):
        wizard = self._open(self.case)
        with self._form(wizard) as form:
            form.outcome_id = self._coded("refused")
            form.nonpayment_reason = "waits_for_money"
            form.acknowledged = True
            form.note = "A customer of theirs is late"
        wizard.action_save()
        self.assertEqual(self.call.nonpayment_reason, "waits_for_money")
        self.assertTrue(self.call.acknowledged)

    def test_objections_and_answers_fill_it_in(self):
        wizard = self._open(self.case)
        with self._form(wizard) as form:
            form.party = "right_party"
            form.objection_ids.add(self.env.ref("debt_collection.objection_later"))
            self.assertFalse(form.nonpayment_reason)
            form.objection_ids.add(self.env.ref("debt_collection.objection_lost_job"))
            self.assertEqual(form.nonpayment_reason, "income_lost")
            form.objection_ids.add(self.env.ref("debt_collection.objection_forgot"))
            self.assertEqual(form.nonpayment_reason, "income_lost", "said before")
        day = self.env.ref("debt_collection.script_overdue_company_demand_day")
        wizard.step_id = day.step_id
        with self._form(wizard) as form:
            form.answer_id = day
            self.assertTrue(form.acknowledged)

    def test_only_the_debtor_says_why(self):
        with self.assertRaises(ValidationError):
            self.call.finish("refused", nonpayment_reason="bad_weather")
        self.call.finish("third_party", nonpayment_reason="no_money", acknowledged=True)
        self.assertFalse(self.call.nonpayment_reason)
        self.assertFalse(self.call.acknowledged)
