from datetime import datetime, timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from odoo.addons.debt_collection.tests.common import TUESDAY

from .. import hooks
from .meeting_common import HOUR, THURSDAY, MeetingCommon

FRIDAY = THURSDAY + timedelta(days=1)
MONDAY = THURSDAY + timedelta(days=4)


@tagged("post_install", "-at_install")
class TestMeeting(MeetingCommon):
    """A meeting is agreed, moved, held or missed; calls wait for it."""

    # --- agreeing ---------------------------------------------------------------------
    def test_what_is_agreed_stands_in_the_calendar_and_in_the_thread(self):
        meeting = self._agree()
        event = meeting.event_id
        self.assertEqual(
            (event.start, event.stop, event.user_id, event.privacy),
            (THURSDAY, THURSDAY + HOUR, self.operator, "private"),
        )
        self.assertEqual(event.partner_ids, self.operator.partner_id | self.debtor)
        self.assertEqual(
            (meeting.state, meeting.agreed_by, meeting.agreed_at, meeting.user_id),
            ("planned", "operator", TUESDAY, self.operator),
        )
        self.assertIn("Meeting agreed: Thu 12 Mar 15:00", self._said())
        self.assertIn("Meeting on Thu 12 Mar 15:00", self.case.summary)

    def test_odoo_invites_nobody(self):
        before = self.env["mail.mail"].search([])
        event = self._agree(how="video").event_id
        self.assertIn("/calendar/join_videocall/", event.videocall_location)
        event.with_user(self.operator).write({"start": FRIDAY, "stop": FRIDAY + HOUR})
        event.with_user(self.manager).sudo().action_sendmail()
        sent = self.env["mail.mail"].search([]) - before
        to_debtor = sent.filtered(
            lambda mail: self.debtor in mail.recipient_ids and not mail.debt_message_ids
        )
        self.assertFalse(to_debtor)
        self.assertNotIn(self.debtor, event.message_partner_ids)
        self.assertNotIn(self.debtor, event._mail_get_partners()[event.id])

    def test_the_dialog_opens_on_tomorrow_in_the_debtors_time(self):
        dialogs = self.env["debt.meeting.dialog"].with_user(self.operator)
        form = Form(dialogs.with_context(default_case_id=self.case.id))
        self.assertEqual(form.start, datetime(2026, 3, 11, 9))
        self.assertIn("Wed 11 Mar 10:00", form.local_time)
        self.assertEqual((form.kind, form.minutes), ("agree", 30))
        form.how = "phone"
        form.save().action_apply()
        again = Form(dialogs.with_context(default_case_id=self.case.id))
        self.assertEqual(again.kind, "move")

    def test_from_the_call_window(self):
        call = self._call()
        window = self.env["debt.call.wizard"].with_user(self.operator)
        window = window.create({"call_id": call.id})
        dialogs = self.env["debt.meeting.dialog"].with_user(self.operator)
        dialogs = dialogs.with_context(
            active_model="debt.call.wizard", active_id=window.id
        )
        dialogs.create({"start": THURSDAY, "how": "video"}).action_apply()
        self.assertEqual(self.case.meeting_ids.call_id, call)
        self.assertIn("Meeting agreed: Thu 12 Mar 15:00", window.note)

    def test_nobody_is_met_at_night_nor_in_the_past(self):
        for start in (
            datetime(2026, 3, 12, 22),
            TUESDAY - HOUR,
            TUESDAY + timedelta(days=200),
        ):
            with self.assertRaises(UserError):
                self._agree(start)
        with self.assertRaisesRegex(UserError, "next lawful time"):
            self._agree(datetime(2026, 3, 12, 22))
        with self.assertRaises(UserError):
            self._agree(minutes=0)
        self.assertFalse(self.case.meeting_ids)

    def test_there_is_one_meeting_at_a_time(self):
        self._agree()
        with self.assertRaisesRegex(UserError, "already"):
            self.meetings._agree(
                self.case,
                {
                    "start": FRIDAY,
                    "stop": FRIDAY + HOUR,
                    "how": "phone",
                    "user_id": self.operator.id,
                },
            )

    def test_who_is_not_to_be_contacted_is_not_met(self):
        self.debtor.debt_protection = "represented"
        with self.assertRaises(UserError):
            self._agree()

    # --- the pause --------------------------------------------------------------------
    def test_calls_wait_until_it_is_over(self):
        self.assertEqual(self._reason(), "ok")
        self._agree()
        self.assertEqual(self._reason(), "meeting")
        self.assertGreaterEqual(self.case.next_contact_at, THURSDAY + HOUR)
        self.assertIn("A meeting is planned", self.case.next_contact_reason)
        self.assertFalse(self.case.next_message_at)
        self.assertFalse(self.cases.with_user(self.operator).claim_next())
        with freeze_time(THURSDAY + HOUR):
            self.assertEqual(self._reason(), "ok")

    def test_on_its_day_whoever_confirms_it_may_call(self):
        self._agree()
        with freeze_time(THURSDAY - 5 * HOUR):
            self.assertEqual(self._reason(), "ok")
            self.assertEqual(
                self.case._contact_facts()[self.case].pause.reason, "meeting"
            )

    def test_days_of_waiting_do_not_use_up_the_ladder(self):
        started = self.case.ladder_started_on
        self._agree(MONDAY)
        self.assertEqual(self.case.paused_on, TUESDAY.date())
        with freeze_time(MONDAY + HOUR):
            over = self.cases._get_to_plan_domain(MONDAY + HOUR)
            self.assertIn(self.case, self.cases.search(over))
            self.case._plan()
        self.assertFalse(self.case.paused_on)
        self.assertEqual(self.case.ladder_started_on, started + timedelta(days=6))
        self.assertEqual(self.case.ladder_paused_days, 6)

    def test_a_promise_in_between_pauses_on(self):
        self._agree(MONDAY)
        with freeze_time(TUESDAY + timedelta(days=1)):
            self.case._set_state("on_hold", hold_until=THURSDAY.date())
        self.assertEqual(self.case.paused_on, TUESDAY.date())

    def test_a_callback_is_made_whatever_pauses(self):
        self._agree(MONDAY)
        self.case.callback_at = TUESDAY + 4 * HOUR
        self.case._plan()
        self.assertEqual(self.case.next_contact_at, TUESDAY + 4 * HOUR)
        with freeze_time(TUESDAY + 4 * HOUR):
            self.assertTrue(self.case.check_contact("call")["allowed"])

    def test_who_pays_is_not_met(self):
        meeting = self._agree()
        self._pay(
            self.env["account.move"].search([("partner_id", "=", self.debtor.id)])
        )
        self.cases.refresh(self.debtor.ids)
        self.assertEqual((self.case.state, meeting.state), ("closed", "cancelled"))
        self.assertFalse(meeting.event_id.active)

    # --- moved twice ------------------------------------------------------------------
    def test_a_meeting_moved_twice(self):
        meeting = self._agree()
        todo = meeting.todo_id
        self.assertEqual(todo.date_deadline, THURSDAY.date())
        with freeze_time(TUESDAY + timedelta(days=1)):
            # The debtor calls: he would rather come on Friday.
            self._move(meeting, FRIDAY, note="He has the flu.")
        self.assertEqual((meeting.event_id.start, meeting.start), (FRIDAY, FRIDAY))
        self.assertFalse(todo.exists())
        with freeze_time(THURSDAY):
            # The operator drags it to Monday in his calendar.
            event = meeting.event_id.with_user(self.operator)
            event.write({"start": MONDAY, "stop": MONDAY + HOUR})
            self.assertEqual(self._reason(), "meeting")
        self.assertEqual(
            [(one.from_at, one.to_at, one.moved_by) for one in meeting.move_ids],
            [(THURSDAY, FRIDAY, "operator"), (FRIDAY, MONDAY, "calendar")],
        )
        self.assertEqual(meeting.move_ids[0].reason, "He has the flu.")
        self.assertEqual((meeting.move_count, meeting.state), (2, "planned"))
        self.assertIn("moved 2 times", self.case.summary)
        self.assertIn("moved from Fri 13 Mar 15:00", self._said())
        with freeze_time(FRIDAY + 2 * HOUR):
            self.assertEqual(self._reason(), "meeting")
        with freeze_time(MONDAY + timedelta(days=1)):
            self.cases.sudo()._cron_daily()
            self.assertIn("Was the meeting held?", meeting.todo_id.summary)
            self._end(meeting, "held")
        self.assertEqual((meeting.state, meeting.move_count), ("held", 2))
        self.assertFalse(meeting.todo_id)

    def test_no_move_into_the_night(self):
        meeting = self._agree()
        night = datetime(2026, 3, 12, 22)
        with self.assertRaises(UserError):
            self._move(meeting, night)
        with self.assertRaises(UserError), self.env.cr.savepoint():
            meeting.event_id.with_user(self.operator).write(
                {"start": night, "stop": night + HOUR}
            )
        self.assertEqual((meeting.start, meeting.move_count), (THURSDAY, 0))

    # --- how it ends ------------------------------------------------------------------
    def test_held_in_person_counts_as_a_visit(self):
        meeting = self._agree()
        with self.assertRaisesRegex(UserError, "not begun"):
            self._end(meeting, "held")
        with freeze_time(THURSDAY + 2 * HOUR):
            self._end(meeting, "held")
        visit = self.case.debtor_message_ids.filtered(lambda m: m.channel == "visit")
        self.assertEqual((visit.state, visit.sent_at), ("sent", THURSDAY))
        self.assertEqual(
            (meeting.state, meeting.note), ("held", "We agreed on a plan.")
        )
        with self.assertRaisesRegex(UserError, "noted already"):
            self._end(meeting, "missed")

    def test_who_does_not_come_is_called_again(self):
        meeting = self._agree()
        with freeze_time(THURSDAY + HOUR / 2):
            self.assertIn(self.case._pause().reason, "meeting")
            self._end(meeting, "missed", note=False)
            self.assertFalse(self.case._pause())
            self.assertEqual(self.case.priority, "1")
            self.assertIn("Missed the meeting on Thu 12 Mar 15:00", self.case.summary)
            self.assertIn("missed: the debtor did not come", self._said())
            self.assertEqual(self._next_day(), THURSDAY.date())

    def test_removed_from_the_calendar_it_is_cancelled(self):
        meeting = self._agree()
        meeting.event_id.with_user(self.operator).unlink()
        self.assertEqual(meeting.state, "cancelled")
        self.assertEqual(self._reason(), "ok")
        second = self._agree(FRIDAY)
        second.event_id.with_user(self.operator).active = False
        self.assertEqual(second.state, "cancelled")

    def test_who_meets_is_asked_the_day_after_and_once(self):
        meeting = self._agree()
        with freeze_time(THURSDAY + 3 * HOUR):
            self.cases.sudo()._cron_daily()
            self.assertIn("Confirm", meeting.todo_id.summary)
        with freeze_time(THURSDAY + timedelta(days=1)):
            self.cases.sudo()._cron_daily()
            todo = meeting.todo_id
            self.assertEqual(
                (todo.user_id, todo.date_deadline), (self.operator, FRIDAY.date())
            )
            self.cases.sudo()._cron_daily()
            self.assertEqual(meeting.todo_id, todo)
            self.assertEqual(self._reason(), "ok")

    # --- who may what -----------------------------------------------------------------
    def test_nobody_writes_a_meeting_by_hand(self):
        meeting = self._agree()
        for user in (self.operator, self.accountant, self.manager):
            theirs = meeting.with_user(user)
            theirs.read(["start", "state"])
            for work in (
                lambda one: one.write({"state": "held"}),
                lambda one: one.unlink(),
                lambda one: one.copy(),
                lambda one: one.move_ids.create(
                    {
                        "meeting_id": one.id,
                        "from_at": FRIDAY,
                        "to_at": MONDAY,
                        "moved_by": "operator",
                    }
                ),
            ):
                with self.assertRaises(AccessError):
                    work(theirs)

    def test_another_team_sees_nothing_of_it(self):
        team = self.env["debt.team"].create(
            {
                "name": "Others",
                "member_ids": [Command.create({"user_id": self.operator.id})],
            }
        )
        self.case.team_id = team
        meeting = self._agree()
        self.assertFalse(self.meetings.with_user(self.colleague).search([]))
        for work in (meeting.with_user(self.colleague).action_confirm,):
            with self.assertRaises(AccessError):
                work()
        with self.assertRaises(AccessError):
            self._agree(user=self.colleague)
        self.assertEqual(self.meetings.with_user(self.accountant).search([]), meeting)

    def test_a_client_cannot_mix_debtors(self):
        other = self._new_debtor("Debtor Two", "+32 470 65 43 21")
        self._invoice(500, 20, other)
        meeting = self._agree()
        dialogs = self.env["debt.meeting.dialog"].with_user(self.operator)
        dialog = dialogs.create(
            {
                "kind": "cancelled",
                "case_id": self._case(other).id,
                "meeting_id": meeting.id,
                "start": FRIDAY,
            }
        )
        with self.assertRaises(UserError):
            dialog.action_apply()
        self.assertEqual(meeting.state, "planned")

    # --- figures ----------------------------------------------------------------------
    def test_shown_and_held_have_their_own_denominators(self):
        for day, state in enumerate(("held", "held", "held", "missed", "cancelled")):
            start = THURSDAY + timedelta(days=7 * day)
            with freeze_time(start - timedelta(days=1)):
                meeting = self._agree(start, how="video")
            with freeze_time(start + HOUR):
                self._end(meeting, state)
        self.env.flush_all()
        [row] = self.meetings.with_user(self.manager).formatted_read_group(
            [],
            [],
            ["__count", "shown_rate:avg", "held_rate:avg", "due_count:sum"],
        )
        self.assertEqual(row["__count"], 5)
        self.assertEqual(row["due_count:sum"], 4)
        self.assertAlmostEqual(row["shown_rate:avg"], 3 / 4)
        self.assertAlmostEqual(row["held_rate:avg"], 3 / 5)

    # --- what is kept -----------------------------------------------------------------
    def test_it_is_told_and_erased_with_the_rest(self):
        meeting = self._agree()
        with freeze_time(THURSDAY + HOUR):
            self._end(meeting, "held", note="He lives with his mother.")
        data = self.env["debt.personal.data"]
        rows = data.sudo()._sections(self.debtor, self.company)
        self.assertIn("He lives with his mother.", str(rows))
        event = meeting.event_id
        self._pay(
            self.env["account.move"].search([("partner_id", "=", self.debtor.id)])
        )
        self.cases.refresh(self.debtor.ids)
        data.sudo()._erase_cases(self.case.sudo())
        self.assertFalse(meeting.note)
        self.assertFalse(event.exists())
        self.assertEqual(meeting.state, "held")

    def test_a_merged_debtor_takes_his_meeting_along(self):
        meeting = self._agree()
        kept = self._new_debtor("Debtor One Ltd", "+32 470 65 43 22")
        self._invoice(500, 20, kept)
        case = self._case(kept)
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((self.debtor | kept).ids, kept)
        self.env.invalidate_all()
        self.assertEqual((meeting.case_id, meeting.partner_id), (case, kept))
        self.assertEqual(self._reason(case), "meeting")

    def test_uninstalled_its_events_go(self):
        event = self._agree().event_id
        # What is dropped of the models themselves is no matter here.
        with patch.object(hooks, "leave_nothing"):
            hooks.uninstall_hook(self.env(su=True))
        self.assertFalse(event.exists())
