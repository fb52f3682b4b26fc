from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from ..dialler.journal import KEEP
from ..models.constants import utc_text
from .common import IncomingCase, sound


@tagged("post_install", "-at_install")
class TestIncomingLate(IncomingCase):
    """What is done and told of a call that came in when it may be too late for it."""

    # --- the outcome is saved while they speak ------------------------------------
    def _save(self, call):
        later = fields.Datetime.now() + timedelta(days=1)
        call.with_user(self.operator).finish(
            "callback", party="right_party", callback_at=later
        )

    def _commands(self):
        return [one["command"] for one in self.process.sync()["commands"]]

    def test_who_refuses_is_not_recorded_though_the_outcome_is_saved(self):
        self._record()
        call, window = self._talking()
        self._tell("announced")
        self._tell("recording", on=True)
        window.action_telephony("stop_record")
        self._save(call)
        self.assertEqual(self._commands(), ["stop_record"], "once, and not lost")

    def test_whose_outcome_is_saved_is_recorded_no_more(self):
        """Whether it is being recorded already, or the announcement is still heard."""
        self._record()
        call, _window = self._talking()
        self._save(call)
        self.assertEqual(self._commands(), ["stop_record"])
        call._attach_recording("debt-in-1-1", sound(), 2)
        self.assertTrue(call.recording_ids, "what was recorded until then is kept")

    def test_who_refuses_while_it_is_announced_is_not_recorded(self):
        self._record()
        call, _window = self._talking()
        self._refuse()
        self._save(call)
        self.assertEqual(self._commands(), ["stop_record"])

    def test_what_is_not_recorded_needs_no_end_of_it(self):
        call, _window = self._talking()
        self._save(call)
        self.assertFalse(self._commands())

    def test_a_command_holds_until_the_line_has_ended(self):
        call, window = self._talking()
        self._save(call)
        window.action_telephony("hangup")
        self.assertEqual(self._commands(), ["hangup"])
        self._tell("ended")
        self.assertFalse(self._commands())
        [command] = self.env["debt.dialler.command"].search([])
        self.assertEqual((command.state, command.error), ("failed", "ended"))
        with self.assertRaisesRegex(UserError, "Nobody is on the line"):
            window.action_telephony("hangup")

    # --- told late ----------------------------------------------------------------
    def test_whatever_the_process_keeps_bears_its_own_time(self):
        """When it was announced is the proof: not the time at which Odoo was back."""
        self._record()
        self._ready(self._campaign())
        at = fields.Datetime.now() - timedelta(seconds=KEEP)
        self._tell(at=utc_text(at))
        self._tell("answered", user_id=self.operator.id, at=utc_text(at))
        self._tell("announced", at=utc_text(at + timedelta(seconds=5)))
        self.assertEqual(self.case.call_ids.answered_at, at)
        self.assertEqual(self.case.call_ids.announced_at, at + timedelta(seconds=5))

    def _spoken(self, minutes):
        """He was spoken with so long ago."""
        at = fields.Datetime.now() - timedelta(minutes=minutes)
        self.env["debt.call"].sudo().create(
            {
                "case_id": self.case.id,
                "partner_id": self.debtor.id,
                "company_id": self.company.id,
                "state": "done",
                "party": "right_party",
                "started_at": at,
                "answered_at": at,
            }
        )

    def _miss(self, minutes):
        """Nobody answered him so long ago, and it is told now."""
        at = utc_text(fields.Datetime.now() - timedelta(minutes=minutes))
        self._tell(at=at)
        self._tell("missed", at=at)

    def test_who_was_spoken_with_since_is_not_called_back(self):
        self._spoken(minutes=60)
        self._miss(minutes=120)
        self.assertFalse(self.case.callback_at)
        self.assertIn("nobody answered", self.case.message_ids[0].body)

    def test_who_was_spoken_with_before_is_called_back(self):
        self._spoken(minutes=60)
        self._miss(minutes=30)
        self.assertTrue(self.case.callback_at)

    def test_a_lost_call_is_as_old_as_it_is(self):
        self._tell()
        with self._at(hours=2):
            self._spoken(minutes=30)
            self.incoming._gc_lost()
        self.assertEqual(self.incoming.search([]).state, "missed")
        self.assertFalse(self.case.callback_at)

    def test_what_was_agreed_is_kept(self):
        """Though it is sooner than he would be called back."""
        agreed = fields.Datetime.now() + timedelta(minutes=2)
        self.case.callback_at = agreed
        self._miss(minutes=10)
        self.assertEqual(self.case.callback_at, agreed)
        self.assertIn("nobody answered", self.case.message_ids[0].body)

    # --- never told ---------------------------------------------------------------
    def test_a_talk_of_which_no_end_was_heard_is_over(self):
        call, _window = self._talking()
        with self._at(minutes=90):
            self.incoming._gc_lost()
            self.assertEqual(call.state, "talking", "it may still go on")
        with self._at(hours=3):
            self.incoming._gc_lost()
        self.assertEqual(self.incoming.search([]).state, "ended")
        self.assertEqual(call.state, "wrapup")
        self.assertEqual(call.ended_at, fields.Datetime.now() + timedelta(hours=2))

    def test_nobody_takes_a_line_that_was_lost(self):
        self._ready(self._campaign())
        self._tell(number="")
        self._tell("answered", user_id=self.operator.id)
        with self._at(hours=3):
            search = self.env["debt.call.inbound"].with_user(self.operator)
            search.action_take(self.case.id)
        [call] = self.case.call_ids
        self.assertFalse(call._came_in())
