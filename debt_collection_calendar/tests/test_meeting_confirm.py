from datetime import datetime, timedelta

from freezegun import freeze_time

from odoo.tests import TransactionCase, tagged

from odoo.addons.debt_collection.tests.common import TUESDAY
from odoo.addons.debt_collection.tests.tongues import speak_all

from ..tools.confirmation import steps
from .meeting_common import HOUR, THURSDAY, MeetingCommon

TODAY = datetime(2026, 3, 10, 15)


class TestConfirmation(TransactionCase):
    """When a debtor is asked whether a meeting stands."""

    def _steps(self, agreed, start, zone="UTC", opens=None):
        def lawful(at):
            return max(at, opens or at)

        return [(str(one.at), one.again) for one in steps(agreed, start, zone, lawful)]

    def test_the_same_day_three_and_two_hours_before(self):
        self.assertEqual(
            self._steps(datetime(2026, 3, 10, 9), TODAY),
            [("2026-03-10 12:00:00", False), ("2026-03-10 13:00:00", True)],
        )

    def test_a_later_day_in_the_morning_as_well(self):
        self.assertEqual(
            self._steps(datetime(2026, 3, 9, 9), TODAY, "Europe/Brussels"),
            [("2026-03-10 08:00:00", False), ("2026-03-10 12:00:00", True)],
        )

    def test_the_day_is_the_debtors(self):
        # Monday 23:00 in UTC is Tuesday in Omsk.
        agreed, start = datetime(2026, 3, 9, 23), datetime(2026, 3, 10, 10)
        self.assertEqual(
            self._steps(agreed, start, "Asia/Omsk"),
            [("2026-03-10 07:00:00", False), ("2026-03-10 08:00:00", True)],
        )

    def test_before_the_hours_of_the_law_he_is_asked_when_they_begin(self):
        start = datetime(2026, 3, 10, 10)
        opens = datetime(2026, 3, 10, 9)
        self.assertEqual(
            self._steps(datetime(2026, 3, 9, 9), start, opens=opens),
            [("2026-03-10 09:00:00", False)],
        )

    def test_what_would_come_too_late_is_not_sent(self):
        opens = datetime(2026, 3, 10, 14, 45)
        self.assertFalse(self._steps(datetime(2026, 3, 9, 9), TODAY, opens=opens))
        self.assertFalse(self._steps(datetime(2026, 3, 10, 14), TODAY))


@tagged("post_install", "-at_install")
class TestMeetingConfirm(MeetingCommon):
    """The debtor is asked by messages through the gate, and answers stop them."""

    def _send_until(self, at):
        with freeze_time(at):
            due = self.case.debtor_message_ids.sudo().filtered(
                lambda m: m.state == "queued" and m.send_after <= at
            )
            due._send()

    def test_in_the_morning_by_mail_and_unanswered_by_sms(self):
        self._agree()
        self.assertEqual(
            self._queued(),
            [("email", "2026-03-12 08:00:00"), ("sms", "2026-03-12 11:00:00")],
        )
        self._send_until(THURSDAY - 6 * HOUR)
        mail = self.case.debtor_message_ids.filtered("sent_at")
        self.assertEqual((mail.channel, mail.state), ("email", "sent"))
        self.assertIn("Thursday 12 March 15:00", mail.body)
        self._send_until(THURSDAY - 3 * HOUR)
        sms = self.case.debtor_message_ids.filtered(lambda m: m.channel == "sms")
        self.assertEqual(sms.state, "sent")
        self.assertIn(self.company.phone, sms.body)

    def test_who_has_confirmed_is_left_alone(self):
        meeting = self._agree()
        self._send_until(THURSDAY - 6 * HOUR)
        meeting.with_user(self.operator).action_confirm()
        self.assertEqual(meeting.state, "confirmed")
        self.assertFalse(meeting.todo_id)
        self._send_until(THURSDAY - 3 * HOUR)
        sms = self.case.debtor_message_ids.filtered(lambda m: m.channel == "sms")
        self.assertEqual(sms.state, "cancelled")
        self.assertIn("confirmed the meeting", self._said())

    def test_agreed_the_same_day(self):
        self._agree(datetime(2026, 3, 10, 15))
        self.assertEqual(
            self._queued(),
            [("email", "2026-03-10 12:00:00"), ("sms", "2026-03-10 13:00:00")],
        )

    def test_moved_the_old_time_is_asked_about_no_more(self):
        meeting = self._agree()
        self._move(meeting, THURSDAY + timedelta(days=1))
        self._send_until(THURSDAY - 3 * HOUR)
        self.assertFalse(self.case.debtor_message_ids.filtered("sent_at"))
        self.assertEqual(
            self._queued(),
            [("email", "2026-03-13 08:00:00"), ("sms", "2026-03-13 11:00:00")],
        )

    def test_called_off_by_us_he_is_told(self):
        meeting = self._agree()
        self._end(meeting, "cancelled", note="Our car broke down.")
        self._send_until(THURSDAY - 2 * HOUR)
        told = self.case.debtor_message_ids.filtered("sent_at")
        self.assertIn("does not take place", told.body)
        self.assertNotIn("Our car", told.body)
        paid = self._agree(THURSDAY + timedelta(days=1))
        self._pay(self.invoice)
        self.cases.refresh(self.debtor.ids)
        # Nobody is written to who owes nothing: who meets him tells him.
        self.assertIn("the meeting is off", paid.todo_id.summary)

    def test_he_is_written_to_at_once_where_somebody_wants_it(self):
        self._agree(tell=True, how="video")
        self._send_until(TUESDAY)
        told = self.case.debtor_message_ids.filtered("sent_at")
        self.assertIn("/calendar/join_videocall/", told.body)
        self.assertEqual(told.meeting_id, self.case.meeting_ids)

    def test_a_debtor_elsewhere_is_asked_at_his_own_hours(self):
        self.debtor.write(
            {
                "country_id": self.env.ref("base.us").id,
                "state_id": self.env.ref("base.state_us_5").id,
                "phone": "+1 415 555 26 71",
                "debt_tz": "America/Los_Angeles",
            }
        )
        self.case.invalidate_recordset()
        # 11:00 in Los Angeles.
        self._agree(datetime(2026, 3, 12, 18), how="video")
        times = [at for _channel, at in self._queued()]
        # Not before its morning: 8:00 and 9:00 there.
        self.assertEqual(times, sorted(times))
        self.assertTrue(all(at >= "2026-03-12 15:00:00" for at in times), times)

    def test_each_language_has_its_words(self):
        meeting, names = self._agree(how="phone"), ("meeting", "meeting_off")
        said = set()
        languages = speak_all(self.env)
        for lang in languages:
            for name in names:
                template = self.env.ref(f"debt_collection_calendar.sms_template_{name}")
                text = template._render_field("body", meeting.ids, set_lang=lang)
                said.add(text[meeting.id])
                mail = self.env.ref(f"debt_collection_calendar.mail_template_{name}")
                mail = mail.with_context(lang=lang)
                text = mail._render_field("body_html", meeting.ids)[meeting.id]
                self.assertIn(meeting.with_context(lang=lang).when_text, text)
                said.add(text)
        self.assertEqual(len(said), 4 * len(languages))
