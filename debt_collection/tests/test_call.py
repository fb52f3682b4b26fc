from datetime import date, datetime, timedelta

from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .common import TUESDAY, DebtCommon

FRIDAY = date(2026, 3, 13)


@tagged("post_install", "-at_install")
class TestCall(DebtCommon):
    """How a call ends, and what follows from it."""

    def setUp(self):
        super().setUp()
        self.invoice = self._invoice(1000, 10)
        self.case = self._case()
        self.call = self._call(self.case)

    def _promise(self, amount=1000, day=FRIDAY):
        self.call.finish("promise", promise_amount=amount, promise_date=day)

    # --- no conversation ----------------------------------------------------------
    def test_no_answer_plans_another_part_of_the_day(self):
        self.call.finish("no_answer")
        self.assertEqual(self.call.state, "done")
        self.assertFalse(self.call.connected)
        self.assertGreaterEqual(
            self.case.next_contact_at, TUESDAY + timedelta(minutes=120)
        )
        self.assertEqual(self.case.next_contact_at.date(), TUESDAY.date())

    def test_busy_is_tried_again_soon_but_not_for_ever(self):
        self.call.finish("busy")
        self.assertEqual(self.case.next_contact_code, "retry")
        self.assertEqual(self.case.next_contact_at, TUESDAY + timedelta(minutes=20))
        for minutes in (20, 40):
            with self._at(minutes=minutes):
                self._call(self.case).finish("busy")
        self.assertEqual(self.case.next_contact_code, "ladder")

    def test_invalid_number_is_not_dialled_again(self):
        self.call.finish("invalid_number")
        self.assertEqual(self.case.phone_ids.health, "dead")
        self.assertEqual(self.case.next_contact_code, "no_number")
        self.assertFalse(self.case.next_contact_at)
        self.assertEqual(self.case.check_contact("call")["reason"], "no_number")

    def test_wrong_number_leaves_the_other_number(self):
        self.env["res.partner"].create(
            {"name": "Boss", "parent_id": self.debtor.id, "phone": "+32 2 555 12 12"}
        )
        self.call.finish("wrong_number")
        health = {p.number: p.health for p in self.case.phone_ids}
        self.assertEqual(health["+32470123456"], "wrong")
        self.assertEqual(health["+3225551212"], "unknown")
        self.assertTrue(self.case.next_contact_at)

    # --- agreements ---------------------------------------------------------------
    def test_promise_pauses_until_date_and_grace(self):
        self._promise()
        self.assertEqual(self.case.state, "promised")
        self.assertGreaterEqual(self.case.next_contact_at, datetime(2026, 3, 16, 8, 0))
        with self._at(days=2):
            self.assertEqual(self.case.check_contact("call")["reason"], "promised")
            self.assertFalse(self.cases.with_user(self.operator).claim_next())

    def test_kept_promise_closes_the_case(self):
        self._promise()
        with self._at(days=1):
            self._pay(self.invoice)
            self.assertEqual(self.case.state, "closed")
            self.assertEqual(self.case.promise_ids.state, "kept")

    def test_broken_promise_returns_in_front(self):
        self._promise()
        with self._at(days=6):
            self.cases._cron_refresh()
            self.assertEqual(self.case.promise_ids.state, "broken")
            self.assertEqual(self.case.state, "active")
            self.assertEqual(self.case.priority, "1")
            call = self.cases.with_user(self.operator).claim_next()
            self.assertEqual(self.env["debt.call"].browse(call).case_id, self.case)

    def test_partly_kept_promise_is_told_apart(self):
        self._promise()
        with self._at(days=1):
            self._pay(self.invoice, 400)
        with self._at(days=6):
            self.cases._cron_refresh()
            self.assertEqual(self.case.promise_ids.state, "partial")
            self.assertEqual(self.case.promise_ids.amount_paid, 400)

    def test_late_payment_keeps_no_promise(self):
        self._promise()
        with self._at(days=6):
            self._pay(self.invoice)
            self.assertEqual(self.case.state, "closed")
            self.assertEqual(self.case.promise_ids.state, "broken")

    def test_one_payment_keeps_one_promise(self):
        """A plan of two: the first half was paid, the second was not."""
        self._promise(500)
        self.env["debt.promise"].create(
            {"case_id": self.case.id, "amount": 500, "date": date(2026, 3, 20)}
        )
        with self._at(days=1):
            self._pay(self.invoice, 500)
            self.case.promise_ids._evaluate()
        states = self.case.promise_ids.sorted("date").mapped("state")
        self.assertEqual(states, ["kept", "open"])
        self.assertEqual(self.case.state, "promised")

    def test_credit_note_keeps_no_promise(self):
        """Payments alone decide; where nothing is owed any more, none is broken."""
        self._promise()
        credit = self._invoice(1000, 0, move_type="out_refund")
        lines = (self.invoice + credit).line_ids
        lines.filtered(lambda line: line.account_type == "asset_receivable").reconcile()
        self.assertEqual(self.case.state, "closed")
        with self._at(days=6):
            self.case.promise_ids._evaluate()
        self.assertEqual(self.case.promise_ids.state, "cancelled")

    def test_callback_outside_hours_is_refused_with_the_next_slot(self):
        with self.assertRaisesRegex(ValidationError, "lawful time is Wed"):
            self.call.finish("callback", callback_at=datetime(2026, 3, 10, 21, 0))
        self.assertEqual(self.call.state, "draft")
        self.assertFalse(self.call.outcome_id)

    def test_nobody_calls_before_the_callback(self):
        asked = datetime(2026, 3, 11, 13, 0)
        self.call.finish("callback", callback_at=asked)
        self.assertEqual(self.case.next_contact_at, asked)
        with self._at(hours=4):
            answer = self.case.check_contact("call")
            self.assertEqual(answer["reason"], "before_callback")
            self.assertEqual(answer["next_at"], asked)
        with self._at(days=1, hours=4):
            self.assertTrue(self.case.check_contact("call")["allowed"])
            call = self._call(self.case)
            call.dial(self.case.phone_ids)
            self.assertTrue(call.requested)
            call.finish("no_answer")
            self.assertFalse(self.case.callback_at)

    def test_a_call_a_day_late_is_not_the_one_that_was_asked_for(self):
        """W4: nobody planned the case anew in the meantime."""
        asked = datetime(2026, 3, 11, 13, 0)
        self.call.finish("callback", callback_at=asked)
        for late, requested in ((timedelta(hours=23), True), (timedelta(1), False)):
            with self.subTest(late), freeze_time(asked + late):
                self.assertEqual(self.case.callback_at, asked)
                told = self._call(self.case)._is_requested(asked + late)
                self.assertEqual(told, requested)

    def test_a_hold_with_an_end_goes_on_after_the_callback(self):
        self._put_on_hold(self.case)
        until = self.case.hold_until
        asked = datetime(2026, 3, 11, 13, 0)
        self.call.finish("callback", callback_at=asked)
        self.assertEqual((self.case.state, self.case.hold_until), ("on_hold", until))
        self.assertEqual(self.case.next_contact_at, asked)
        with self._at(days=1, hours=4):
            call = self._call(self.case)
            call.dial(self.case.phone_ids)
            call.finish("no_answer")
            self.assertEqual(self.case.state, "on_hold")
            self.assertFalse(self.case.callback_at)
            self.assertEqual(self.case.check_contact("call")["reason"], "on_hold")

    def test_whoever_is_held_without_an_end_and_asks_is_called_and_held_on(self):
        self.case._set_state("on_hold")
        asked = datetime(2026, 3, 11, 13, 0)
        self.call.finish("callback", callback_at=asked)
        self.assertEqual(
            (self.case.state, self.case.next_contact_at), ("on_hold", asked)
        )
        with self._at(days=1, hours=4):
            call = self._call(self.case)
            call.dial(self.case.phone_ids)
            call.finish("no_answer")
            self.assertEqual(self.case.state, "on_hold")
            self.assertFalse(self.case.next_contact_at)

    # --- effects that stop --------------------------------------------------------
    def test_dispute_holds_exactly_its_invoice(self):
        other = self._invoice(500, 20)
        self.call.finish(
            "disputed",
            dispute_move_ids=self.invoice.ids,
            dispute_reason="Never delivered",
        )
        self.assertEqual(self.case.amount_overdue, 500)
        self.assertEqual(self.case.amount_disputed, 1000)
        self.assertEqual(self.case.state, "active")
        dispute = self.case.dispute_ids
        self.assertEqual(dispute.user_id, self.accountant)
        self.assertEqual(dispute.deadline, date(2026, 3, 24))
        self.assertEqual(dispute.activity_ids.user_id, self.accountant)
        self._pay(other)
        self.assertEqual(self.case.state, "disputed")
        self.assertEqual(self.case.check_contact("call")["reason"], "disputed")
        dispute.with_user(self.accountant).reject("Delivered as ordered.")
        self.assertEqual(self.case.state, "active")
        self.assertEqual(self.case.amount_overdue, 1000)

    def test_unanswered_dispute_ends(self):
        self.call.finish(
            "disputed",
            dispute_move_ids=self.invoice.ids,
            dispute_reason="Never delivered",
        )
        with self._at(days=15):
            self.cases._cron_refresh()
            self.assertEqual(self.case.dispute_ids.state, "expired")
            self.assertEqual(self.case.amount_overdue, 1000)

    def test_only_own_open_invoices_can_be_disputed(self):
        foreign = self._invoice(10, 5, self._new_debtor("Somebody Else"))
        with self.assertRaises(ValidationError):
            self.call.finish(
                "disputed", dispute_move_ids=foreign.ids, dispute_reason="Not mine"
            )

    def test_claims_paid_holds_and_asks_the_accountant(self):
        self.call.finish("claims_paid")
        self.assertEqual(self.case.state, "on_hold")
        self.assertEqual(self.case.hold_until, FRIDAY)
        self.assertIn(self.accountant, self.case.activity_ids.user_id)
        answer = self.case.check_contact("call")
        self.assertEqual(answer["reason"], "on_hold")
        self.assertGreaterEqual(answer["next_at"], datetime(2026, 3, 13, 23, 0))
        with self._at(days=6):
            self.assertTrue(self.cases.with_user(self.operator).claim_next())
            self.assertEqual(self.case.state, "active")

    def test_do_not_call_stops_every_number_but_not_letters(self):
        self.call.finish("do_not_call")
        self.assertTrue(self.debtor.debt_do_not_call)
        for channel in ("call", "robot_call", "sms", "voice_message"):
            self.assertEqual(
                self.case.check_contact(channel)["reason"], "do_not_call", channel
            )
        self.assertTrue(self.case.check_contact("letter")["allowed"])

    def test_bankrupt_goes_to_legal(self):
        self.call.finish("bankrupt", note="Case 12/345")
        self.assertEqual(self.case.state, "legal")
        self.assertFalse(self.case.next_contact_at)
        self.assertEqual(self.case.check_contact("letter")["reason"], "legal")

    # --- what may not be ----------------------------------------------------------
    def test_promise_needs_the_right_party(self):
        with self.assertRaises(ValidationError):
            self.call.finish(
                "promise",
                party="third_party",
                promise_amount=10,
                promise_date=FRIDAY,
            )

    def test_bad_promises_are_refused(self):
        yesterday = date(2026, 3, 9)
        for amount, day in (
            (0, FRIDAY),
            (-5, FRIDAY),
            (None, FRIDAY),
            (10, yesterday),
            (10, None),
        ):
            with self.assertRaises(ValidationError):
                self._promise(amount, day)
        self.assertFalse(self.case.promise_ids)

    def test_unknown_outcome_and_values(self):
        with self.assertRaises(UserError):
            self.call.finish("exploded")
        with self.assertRaises(UserError):
            self.call.finish("no_answer", colour="blue")

    def test_outcome_is_logged_once(self):
        self.call.finish("no_answer")
        with self.assertRaises(UserError):
            self.call.finish("busy")

    def test_colleague_cannot_finish_my_call(self):
        with self.assertRaises(AccessError):
            self.call.with_user(self.colleague).finish("no_answer")

    def test_dialled_call_is_on_record_and_stays(self):
        self.call.dial(self.case.phone_ids)
        self.assertEqual(self.call.state, "dialing")
        self.assertEqual(self.call.started_at, TUESDAY)
        self.assertEqual(self.call.local_hour, 10)
        for user in (self.operator, self.manager):
            with self.assertRaises(AccessError):
                self.call.with_user(user).unlink()
        with self.assertRaises(UserError):
            self.call.dial(self.case.phone_ids)

    def test_paid_a_second_ago_is_not_dialled(self):
        self._pay(self.invoice)
        self.assertEqual(self.case.state, "closed")
        self.assertEqual(self.case.check_contact("call")["reason"], "closed")
        self.assertFalse(self.call.exists(), "the claim has been taken back")

    def test_invoice_reset_while_the_debtor_is_on_the_line(self):
        """The conversation is logged all the same; nothing is lost."""
        self.call.dial(self.case.phone_ids)
        self.invoice.button_draft()
        self.assertEqual(self.case.state, "closed")
        self.call.finish("other", note="He says it was the wrong amount")
        self.assertEqual(self.call.state, "done")
        self.assertEqual(self.case.state, "closed")

    def test_activity_is_done_with_the_call(self):
        self.case.user_id = self.operator
        self.case._plan()
        activity = self.case.activity_ids
        self.assertEqual(activity.user_id, self.operator)
        self.assertEqual(activity.activity_type_id.category, "phonecall")
        self.call.finish("voicemail")
        self.assertFalse(activity.active)
        self.assertEqual(activity.feedback, "Voicemail")
        self.assertTrue(self.case.activity_ids, "the next call is planned for today")

    def test_preview_says_what_happens(self):
        self.case.user_id = self.operator
        mine = self.call.with_user(self.operator)
        lines = mine.preview("promise", promise_amount=10, promise_date=FRIDAY)
        self.assertTrue(any("2026" in line for line in lines["sentences"]), lines)
        planned = mine.preview("no_answer")["sentences"]
        self.call.finish("no_answer")
        self.assertIn(self.case._local_time(self.case.next_contact_at), planned[-1])
