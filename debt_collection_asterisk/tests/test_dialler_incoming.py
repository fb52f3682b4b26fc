from datetime import datetime, timedelta
from unittest.mock import patch

from odoo import Command, fields
from odoo.exceptions import AccessError, ConcurrencyError, UserError
from odoo.tests import tagged

from ..models.debt_dialler_incoming import LATE
from .common import IncomingCase, sound


@tagged("post_install", "-at_install")
class TestIncoming(IncomingCase):
    """A debtor rings us at the exchange: he is recognised, put through or called."""

    # --- for whom it is -----------------------------------------------------------
    def test_his_operator_then_the_team_if_they_are_there(self):
        self.assertFalse(self._phones(uuid="1"), "nobody is there")
        team = self.env["debt.team"].create(
            {
                "name": "Team",
                "company_id": self.company.id,
                "member_ids": [
                    Command.create({"user_id": user.id})
                    for user in (self.operator, self.colleague)
                ],
            }
        )
        self.case.write({"team_id": team.id, "user_id": self.operator.id})
        campaign = self._campaign()
        self._ready(campaign, self.colleague)
        self.assertEqual(self._phones(uuid="2"), ["PJSIP/101"])
        self._ready(campaign)
        self.assertEqual(self._phones(uuid="3"), ["PJSIP/100", "PJSIP/101"])

    def test_he_is_recognised_in_any_form(self):
        for number in ("+32470123456", "0470123456", "0032470123456", "32470123456"):
            with self.subTest(number=number):
                self._tell(number=number, uuid=number)
                found = self.incoming.search([("uuid", "=", number)])
                self.assertEqual(found.case_ids, self.case)

    def test_strangers_and_withheld_numbers_reach_the_extension(self):
        for number in ("", "anonymous", "+3225559999", "12"):
            self.assertEqual(
                self._phones(number=number, uuid=f"x{number}"), ["PJSIP/190"]
            )
        self.case._close_by_hand()
        self.assertEqual(self._phones(uuid="closed"), ["PJSIP/190"])

    def test_he_hears_when_we_are_there_in_his_language(self):
        self.env["res.lang"]._activate_lang("ru_RU")
        answer = self._tell(uuid="1")
        self.assertEqual(answer["prompt"]["id"], self.prompt.id)
        self.assertEqual(answer["menu"], {"2": "callback"})
        self.debtor.lang = "ru_RU"
        self.assertEqual(self._tell(uuid="2")["prompt"]["id"], self.russian.id)
        self.assertEqual(self._tell(number="", uuid="3")["menu"], {})

    # --- somebody answers ---------------------------------------------------------
    def test_the_window_opens_and_the_call_is_on_record(self):
        station = self._ready(self._campaign())
        self._tell()
        for _twice in range(2):
            self._tell("answered", user_id=self.operator.id)
        [call] = self.case.call_ids
        self.assertEqual((call.direction, call.state), ("inbound", "talking"))
        self.assertEqual(call.user_id, self.operator)
        self.assertEqual((station.state, station.call_id), ("talking", call))
        self.assertEqual(len(self._sent("debt_dialler/bridged")), 1)
        self._tell("ended")
        self.assertEqual((call.state, station.state), ("wrapup", "wrapup"))
        later = fields.Datetime.now() + timedelta(days=1)
        call.with_user(self.operator).finish(
            "callback", party="right_party", callback_at=later
        )
        self.assertEqual(station.state, "ready")

    def test_he_is_told_and_recorded_as_others_are(self):
        self._record()
        self._ready(self._campaign())
        self.assertFalse(self._tell().get("record"))
        for _twice in range(2):
            answer = self._tell("answered", user_id=self.operator.id)
            [call] = self.case.call_ids
            self.assertEqual(answer["call_id"], call.id)
            self.assertEqual(
                answer["record"]["announcement"]["id"], self.provider.announcement_id.id
            )
        self.assertFalse(call.announced_at)
        self._tell("announced")
        self.assertTrue(call.announced_at)
        found = self.incoming._call_of(self.provider, call.id)
        self.assertEqual(found, call)
        self.assertFalse(self.incoming._call_of(self.provider, call.id + 1))
        call._attach_recording("debt-in-1-1", sound(), 2)
        self.assertEqual(len(call.recording_ids), 1)

    def test_what_is_told_late_bears_its_own_time(self):
        """Odoo was away for an hour; what cannot have been is put right."""
        self._record()
        self._ready(self._campaign())
        self._tell(at="2026-03-10T08:30:05Z")
        self._tell("answered", user_id=self.operator.id, at="2026-03-10T08:30:10Z")
        self._tell("announced", at="2026-03-10T08:30:15Z")
        self._tell("ended", at="2062-03-10T08:31:00Z")
        [call] = self.case.call_ids
        self.assertEqual(call.answered_at, datetime(2026, 3, 10, 8, 30, 10))
        self.assertEqual(call.announced_at, datetime(2026, 3, 10, 8, 30, 15))
        self.assertEqual(call.ended_at, fields.Datetime.now())
        self._tell(uuid="2", at="2020-01-01T00:00:00Z")
        first, last = self.incoming.search([], order="id")
        self.assertEqual(first.at, datetime(2026, 3, 10, 8, 30, 5))
        self.assertEqual(last.at, fields.Datetime.now() - LATE)

    def test_the_operator_sees_and_ends_the_recording(self):
        self._record()
        call, window = self._talking()
        self.assertEqual(window.telephony["features"], ["hangup", "record"])
        self.assertTrue(window.telephony["confirmed"])
        self.assertFalse(window.telephony["recording"])
        self._tell("announced")
        self._tell("recording", on=True)
        self.assertTrue(call._prepare_state()["recording"])
        self.assertEqual(len(self._sent("debt_call/state")), 1)
        window.action_telephony("stop_record")
        [command] = self.process.sync()["commands"]
        self.assertEqual(command["command"], "stop_record")
        self._tell("recording", on=False)
        self._tell("command", id=command["id"], ok=True, error="")
        self.assertFalse(call._prepare_state()["recording"])
        self.assertFalse(self.process.sync()["commands"])
        self._tell("ended")
        self.assertEqual(call._prepare_state()["features"], ["hangup", "record"])
        self.assertFalse(call._prepare_state()["recording"])

    def test_what_the_exchange_cannot_do_is_said(self):
        _call, window = self._talking()
        for command in ("hold", "resume"):
            with self.assertRaisesRegex(UserError, "cannot put on hold"):
                window.action_telephony(command)
        self.assertFalse(self.process.sync()["commands"])
        window.action_telephony("hangup")
        [command] = self.process.sync()["commands"]
        self._tell("command", id=command["id"], ok=False, error="not_talking")
        self.assertEqual(len(self._sent("simple_notification")), 1)

    def test_a_colleague_does_not_end_it(self):
        _call, window = self._talking()
        with self.assertRaises(AccessError):
            window.with_user(self.colleague).action_telephony("stop_record")

    def test_who_refuses_in_the_middle_is_not_recorded_either(self):
        """What had been recorded until then is not kept."""
        self._record()
        call, _window = self._talking()
        self._tell("announced")
        self._refuse()
        with self.assertRaisesRegex(UserError, "does not want to be recorded"):
            call._attach_recording("debt-in-1-1", sound(), 2)
        self.assertFalse(call.recording_ids)

    def test_who_does_not_want_it_is_not_recorded(self):
        self._record()
        self._refuse()
        self._ready(self._campaign())
        self._tell()
        self.assertFalse(self._tell("answered", user_id=self.operator.id)["record"])

    def test_two_debtors_have_one_number(self):
        """Which of them it is the operator finds out: the search opens, no window."""
        other = self._new_debtor("Debtor Two", "+32 470 12 34 56")
        self._invoice(500, 20, other)
        self._case(other).user_id = self.colleague
        campaign = self._campaign()
        for user in (self.operator, self.colleague):
            self._ready(campaign, user)
        self.assertCountEqual(self._phones(), ["PJSIP/100", "PJSIP/101"])
        self._tell("answered", user_id=self.colleague.id)
        self.assertFalse(self.case.call_ids)
        self.assertEqual(len(self._sent("debt_dialler/incoming")), 1)

    def test_his_case_is_being_planned_at_this_moment(self):
        """Not for that he goes without his window: it is tried again."""
        self._ready(self._campaign())
        self._tell()
        contended = patch.object(
            type(self.case), "_unless_contended", lambda case, work: None
        )
        with contended, self.assertRaises(ConcurrencyError):
            self._tell("answered", user_id=self.operator.id)
        self.incoming.search([]).state = "ringing"
        self._tell("answered", user_id=self.operator.id)
        self.assertEqual(self.case.call_ids.state, "talking")

    def test_a_colleague_speaks_with_him_on_another_line(self):
        """The search opens, which says so."""
        self._ready(self._campaign())
        self.case.with_user(self.colleague)._open_inbound()
        self._tell()
        self._tell("answered", user_id=self.operator.id)
        self.assertEqual(len(self.case.call_ids), 1)
        self.assertEqual(len(self._sent("debt_dialler/incoming")), 1)

    def test_who_it_is_he_finds_out(self):
        """The call he takes is that of the line: recorded, and its end is told."""
        other = self._new_debtor("Debtor Two", "+32 470 12 34 56")
        self._invoice(500, 20, other)
        self._case(other).user_id = self.operator
        self._record()
        station = self._ready(self._campaign())
        self._tell()
        answer = self._tell("answered", user_id=self.operator.id)
        self.assertFalse(answer["call_id"] or answer["record"])
        self.assertFalse(self.process.sync()["came_in"])
        search = self.env["debt.call.inbound"].with_user(self.operator)
        case = self._case(other)
        search.action_take(case.id, number="0470 12 34 56")
        [call] = case.call_ids
        self.assertEqual((station.state, station.call_id), ("talking", call))
        self.assertEqual(call.confirmed_by, "telephony")
        told = self.process.sync()["came_in"]["1"]
        self.assertEqual(told["call_id"], call.id)
        self.assertTrue(told["record"]["announcement"])
        self._tell("ended")
        self.assertEqual((call.state, station.state), ("wrapup", "wrapup"))
        self.assertFalse(self.process.sync()["came_in"])

    def test_who_takes_a_call_on_another_telephone(self):
        """No line of the exchange is his."""
        self._ready(self._campaign(), self.colleague)
        self._tell(number="")
        self._tell("answered", user_id=self.colleague.id)
        search = self.env["debt.call.inbound"].with_user(self.operator)
        search.action_take(self.case.id)
        [call] = self.case.call_ids
        self.assertFalse(call._came_in())
        self.assertFalse(call._prepare_state()["features"])

    def test_an_exchange_for_several_companies(self):
        """He owes another company of ours: its operators have him."""
        first = self.env["res.company"].create({"name": "First", "sequence": -1})
        self.assertEqual(self.env["res.company"].search([], limit=1), first)
        self.provider.company_id = False
        self._ready(self._campaign())
        self.assertEqual(self._phones(), ["PJSIP/100"])
        found = self.incoming.search([])
        self.assertEqual((found.case_ids, found.company_id), (self.case, self.company))

    # --- nobody does --------------------------------------------------------------
    def test_a_missed_call_becomes_a_callback(self):
        self._tell()
        self._tell("missed")
        self.assertEqual(self.incoming.search([]).state, "missed")
        allowed = self.case.check_contact("call", None, self.case.callback_at)
        self.assertTrue(allowed["allowed"])
        self.assertIn("nobody answered", self.case.message_ids[0].body)
        at = self.case.callback_at
        with self._at(minutes=30):
            self._tell("missed", choice="callback")
        self.assertEqual(self.case.callback_at, at, "told twice it is the same call")

    def test_at_night_he_is_called_in_the_morning(self):
        with self._at(hours=12):
            self._tell()
            self._tell("missed", choice="callback")
            self.assertTrue(self.incoming.search([]).callback)
            self.assertGreater(
                self.case.callback_at, fields.Datetime.now() + timedelta(hours=6)
            )

    def test_of_a_call_that_a_crash_swallowed_he_is_called_back(self):
        self._tell()
        with self._at(hours=2):
            self.incoming._gc_lost()
        self.assertEqual(self.incoming.search([]).state, "missed")
        self.assertTrue(self.case.callback_at)
