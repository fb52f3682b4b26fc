import base64
from datetime import timedelta

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from odoo.addons.debt_collection.tests.common import TUESDAY

from .common import DiallerCommon, Process, sound


@tagged("post_install", "-at_install")
class TestClick(DiallerCommon):
    """An operator clicks: his telephone rings, then the debtor's."""

    def setUp(self):
        super().setUp()
        self._invoice(1000, 10)
        self.case = self._case()

    def _lease(self, call):
        return self.env["debt.dialler.lease"].search([("call_id", "=", call.id)])

    def test_click_becomes_a_job(self):
        call = self._clicked()
        self.assertEqual(call.state, "draft")
        [job] = self.process.sync()["jobs"]
        self.assertEqual(job["call_id"], call.id)
        self.assertEqual(job["mode"], "manual")
        self.assertTrue(job["operator_first"])
        self.assertEqual(job["lease_until"], "2026-03-10T09:01:00Z")
        self.assertFalse(self.process.sync()["jobs"])

    def test_lost_answer_is_given_again(self):
        """The process never got the answer: it gets the same job, not another."""
        call = self._clicked()
        [first] = self.process.sync(live=[])["jobs"]
        [again] = self.process.sync(live=[])["jobs"]
        self.assertEqual(again["lease"], first["lease"])
        self.assertFalse(self.process.sync(live=[call.id])["jobs"])

    def test_second_click_rings_nobody_twice(self):
        call = self._clicked()
        with self.assertRaises(UserError):
            call.with_user(self.operator)._place(phone=self.case.phone_ids[:1])

    def test_no_process_no_call(self):
        with self._at(seconds=11), self.assertRaises(UserError) as refused:
            self._clicked()
        self.assertIn("has not been seen", str(refused.exception))

    def test_exchange_down(self):
        self.process.pbx_up = False
        self.process.sync()
        with self.assertRaises(UserError) as refused:
            self._clicked()
        self.assertIn("does not reach the exchange", str(refused.exception))

    def test_operator_without_telephone(self):
        self.operator.debt_extension = False
        with self.assertRaises(UserError) as refused:
            self._clicked()
        self.assertIn("no telephone", str(refused.exception))

    def test_permission_puts_the_call_on_record(self):
        call = self._clicked()
        self.process.sync()
        answer = self.process.dial(call.id)
        self.assertTrue(answer["allowed"])
        self.assertEqual((call.state, call.started_at), ("dialing", TUESDAY))
        self.assertEqual(self.process.dial(call.id), answer)
        self.assertEqual(len(self.case._contact_facts()[self.case].history), 1)

    def test_paid_while_the_operators_telephone_rang(self):
        call = self._clicked()
        self.process.sync()
        self._pay(self.case._open_items().move_id)
        answer = self.process.dial(call.id)
        self.assertFalse(answer["allowed"])
        self.assertFalse(call.exists(), "the case is closed")

    def test_refused_while_the_operators_telephone_rang(self):
        """The window stays, the debtor's telephone does not ring."""
        call = self._clicked()
        self.process.sync()
        self.debtor.debt_do_not_call = True
        answer = self.process.dial(call.id)
        self.assertEqual(answer, {"allowed": False, "reason": "do_not_call"})
        self.assertEqual(call.state, "draft")
        self.assertEqual(self._lease(call).state, "closed")

    def test_permission_needs_the_lease(self):
        call = self._clicked()
        self.process.sync()
        self.assertFalse(self.process.dial(call.id, "0" * 32)["allowed"])
        self.assertEqual(call.state, "draft")

    def test_permission_after_the_lease(self):
        call = self._clicked()
        self.process.sync()
        with self._at(seconds=61):
            answer = self.process.dial(call.id)
        self.assertEqual(answer, {"allowed": False, "reason": "lease_over"})
        self.assertEqual(call.state, "draft")

    def test_operator_did_not_pick_up(self):
        """The debtor was not rung: the window stays, and may be dialled from again."""
        call = self._clicked()
        self.process.sync()
        self.process.tell(
            call.id,
            "operator_ringing",
            "operator_failed",
            ("ended", {"line": "cancelled"}),
        )
        self.assertEqual(call.state, "draft")
        self.assertFalse(self.case._contact_facts()[self.case].history)
        self.process.jobs.clear()
        call.with_user(self.operator)._place(phone=self.case.phone_ids[:1])
        [job] = self.process.sync()["jobs"]
        self.assertEqual(job["first_seq"], 4)
        self.assertTrue(self.process.dial(call.id)["allowed"])

    def test_click_nobody_fetched_is_void(self):
        call = self._clicked()
        with self._at(seconds=31):
            self.env["debt.dialler.lease"].sudo()._cron_tidy()
        self.assertEqual(self._lease(call).state, "closed")
        self.assertEqual(call.state, "draft")

    def test_whole_call(self):
        call = self._clicked()
        self.process.sync()
        self.process.dial(call.id)
        answer = self.process.tell(
            call.id, "operator_answered", "dialing", "ringing", "answered"
        )
        self.assertEqual(call.state, "talking")
        self.assertFalse(answer["drop"])
        ended = ("ended", {"line": "answered", "by": "debtor"})
        self.process.tell(call.id, ended)
        self.assertEqual((call.state, call.line), ("wrapup", "answered"))
        self.assertEqual(self._lease(call).state, "closed")
        call.with_user(self.operator).finish("refused", party="right_party")
        self.assertEqual(call.confirmed_by, "telephony")
        self.assertFalse(call.disagreement)

    def test_window_closed_while_the_line_is_up(self):
        call = self._clicked()
        self.process.sync()
        self.process.dial(call.id)
        self.process.tell(call.id, "operator_answered", "dialing", "answered")
        call.with_user(self.operator).finish("refused", party="right_party")
        self.assertEqual(self.process.sync()["drop"], [call.id])

    def test_transfer_to_an_extension(self):
        call = self._clicked()
        self.process.sync()
        self.process.dial(call.id)
        self.process.tell(call.id, "operator_answered", "dialing", "answered")
        provider = self.provider.with_user(self.operator)
        mine = call.with_user(self.operator)
        for wrong in ("", "100,evil()", "100@outside"):
            with self.assertRaises(UserError):
                provider._transfer(mine, wrong)
        provider._transfer(mine, " 101 ")
        [command] = self.process.sync()["commands"]
        self.assertEqual(command["values"], {"to": "PJSIP/101"})
        failed = ("command", {"id": command["id"], "ok": False, "error": "busy"})
        self.assertFalse(self.process.tell(call.id, failed)["commands"])

    def test_recording_is_announced_before(self):
        """Where the exchange records, the debtor is told, and when is on record."""
        prompt = self.env.ref("debt_collection_asterisk.prompt_announcement_en")
        recorded = {"record_calls": True, "announcement_id": prompt.id}
        with self.assertRaisesRegex(ValidationError, "can be played"):
            self.provider.write(recorded)
        prompt.audio = base64.b64encode(sound())
        self.provider.write(recorded)
        call = self._clicked()
        [job] = self.process.sync()["jobs"]
        self.assertTrue(job["record"])
        self.assertEqual(job["announcement"]["id"], prompt.id)
        self.process.dial(call.id)
        self.process.tell(
            call.id,
            "operator_answered",
            "dialing",
            "answered",
            ("announced", {"prompt_id": prompt.id}),
        )
        self.assertEqual(call.announced_at, TUESDAY)

    def test_debtor_who_does_not_want_to_be_recorded(self):
        """The operator sees that it is recorded, and stops it in his window; nothing
        records a debtor who was not told so."""
        call = self._clicked()
        self.process.sync()
        self.process.dial(call.id)
        self.process.tell(call.id, "operator_answered", "dialing", "answered")
        self.assertFalse(call._prepare_state()["recording"])
        provider = self.provider.with_user(self.operator)
        mine = call.with_user(self.operator)
        with self.assertRaisesRegex(UserError, "has not been told"):
            provider._record(mine)
        started = ("recording_started", {"name": "debt-1-1"})
        self.process.tell(call.id, ("announced", {"prompt_id": 1}), started)
        self.assertTrue(call._prepare_state()["recording"])
        windows = self.env["debt.call.wizard"].with_user(self.operator)
        window = windows.browse(windows._action_open(mine)["res_id"])
        window.action_telephony("stop_record")
        [command] = self.process.sync()["commands"]
        self.assertEqual(command["command"], "stop_record")
        self.process.tell(call.id, ("recorded", {"name": "debt-1-1"}))
        self.assertFalse(call._prepare_state()["recording"])

    def test_who_cannot_be_told_is_not_recorded(self):
        """An announcement that cannot be played stops the recording, not the call."""
        prompt = self.env.ref("debt_collection_asterisk.prompt_announcement_en")
        prompt.audio = base64.b64encode(sound())
        self.provider.write({"record_calls": True, "announcement_id": prompt.id})
        prompt.audio = False
        self._clicked()
        [job] = self.process.sync()["jobs"]
        self.assertFalse(job["record"])
        self.assertIsNone(job["announcement"])

    def test_extensions(self):
        for wrong in ("100 200", "100&PJSIP/1", "Local/1@all"):
            with self.assertRaises(ValidationError):
                self.operator.debt_extension = wrong
        self.operator.debt_extension = "SIP/100"
        endpoint = self.operator._debt_dialler_endpoint()["endpoint"]
        self.assertEqual(endpoint, "SIP/100")

    def test_unknown_calls_are_dropped(self):
        self.assertEqual(self.process.sync(live=[2**30])["drop"], [2**30])

    def test_commands_repeat_until_they_are_carried_out(self):
        call = self._clicked()
        self.process.sync()
        mine = call.with_user(self.operator)
        with self.assertRaises(UserError):
            self.provider.with_user(self.operator)._hold(mine)
        self.process.dial(call.id)
        self.process.tell(call.id, "operator_answered", "dialing", "answered")
        self.provider.with_user(self.operator)._hold(mine)
        [command] = self.process.sync()["commands"]
        self.assertEqual((command["command"], command["call_id"]), ("hold", call.id))
        self.assertEqual(self.process.sync()["commands"], [command])
        done = ("command", {"id": command["id"], "ok": True})
        self.assertFalse(self.process.tell(call.id, "held", done)["commands"])
        self.assertTrue(call.on_hold)
        with self.assertRaises(AccessError):
            self.provider.with_user(self.colleague)._hangup(
                call.with_user(self.colleague)
            )


@tagged("post_install", "-at_install")
class TestResolve(DiallerCommon):
    """Whatever crashes, every call lent comes back or is over."""

    def setUp(self):
        super().setUp()
        self._invoice(1000, 10)
        self.case = self._case()
        self.campaign = self._campaign()
        self.station = self._ready(self.campaign)

    def _leased(self):
        [job] = self.process.sync(want={self.campaign.id: 1})["jobs"]
        return self.env["debt.call"].browse(job["call_id"])

    def _tidy(self, **later):
        with self._at(**later):
            self.env["debt.dialler.lease"].sudo()._cron_tidy()

    def test_dead_process_gives_back_within_a_minute(self):
        call = self._leased()
        self._tidy(seconds=20)
        self.assertTrue(call.exists())
        self._tidy(seconds=31)
        self.assertFalse(call.exists())
        self.assertFalse(self.case.call_ids)

    def test_lease_that_runs_out_comes_back(self):
        call = self._leased()
        with self._at(seconds=61):
            self.process.sync()
            self.assertFalse(call.exists())
            again = Process(self.provider)
            again.sync()
            self.assertTrue(again.sync(want={self.campaign.id: 1})["jobs"])

    def test_archived_exchange_brings_its_calls_to_an_end(self):
        """Nothing new is begun; what was is heard, or given up in time."""
        call = self._leased()
        self.process.dial(call.id)
        self.provider.active = False
        self.assertFalse(self.process.sync(want={self.campaign.id: 5})["jobs"])
        self._tidy(minutes=63)
        self.assertEqual((call.state, call.line), ("done", "unknown"))

    def test_archived_exchange_dials_nobody_any_more(self):
        call = self._leased()
        self.provider.active = False
        answer = self.process.dial(call.id)
        self.assertEqual(answer, {"allowed": False, "reason": "paused"})

    def test_exchange_that_dials_stays_what_it_is(self):
        call = self._leased()
        with self.assertRaises(ValidationError) as refused:
            self.provider.kind = "tel"
        self.assertIn("is dialling", str(refused.exception))
        self.process.dial(call.id)
        self.process.tell(call.id, "dialing", ("ended", {"line": "busy"}))
        self.provider.kind = "tel"

    def test_dialled_call_waits_for_the_process_to_return(self):
        call = self._leased()
        self.process.dial(call.id)
        self._tidy(minutes=30)
        self.assertEqual(call.state, "dialing")
        with self._at(minutes=31):
            self.process.tell(call.id, "dialing", ("ended", {"line": "unknown"}))
        self.assertEqual((call.state, call.line), ("done", "unknown"))

    def test_dialled_call_of_a_process_that_never_returns(self):
        call = self._leased()
        self.process.dial(call.id)
        self._tidy(minutes=63)
        self.assertEqual((call.state, call.line), ("done", "unknown"))
        self.assertTrue(call.started_at, "the attempt counts")
        self.assertTrue(self.case.plan_dirty)

    def test_process_that_lost_its_memory(self):
        """It runs and knows nothing of the call: the call is over in half a minute."""
        call = self._leased()
        self.process.dial(call.id)
        newer = Process(self.provider)
        newer.sync()
        self.assertEqual(call.state, "dialing")
        with self._at(seconds=31):
            newer.sync()
        self.assertEqual((call.state, call.line), ("done", "unknown"))

    def test_late_word_of_the_old_process_is_added(self):
        call = self._leased()
        self.process.dial(call.id)
        self._tidy(minutes=63)
        with self._at(minutes=64):
            self.process.tell(
                call.id, "dialing", "ringing", ("ended", {"line": "busy"})
            )
        self.assertEqual((call.state, call.line), ("done", "busy"))

    def test_new_process_gets_no_jobs_with_its_first_word(self):
        newer = Process(self.provider)
        want = {self.campaign.id: 1}
        self.assertFalse(newer.sync(want=want)["jobs"])
        self.assertTrue(newer.sync(want=want)["jobs"])

    def test_no_jobs_without_exchange(self):
        self.process.pbx_up = False
        self.assertFalse(self.process.sync(want={self.campaign.id: 1})["jobs"])

    def test_events_twice_and_in_any_order(self):
        call = self._leased()
        self.process.dial(call.id)
        kinds = ["dialing", "ringing", ("ended", {"line": "no_answer", "rang": True})]
        events = [
            self.process.event(call.id, kind)
            if isinstance(kind, str)
            else self.process.event(call.id, kind[0], **kind[1])
            for kind in kinds
        ]
        self.process.sync(events[::-1])
        self.process.sync(events)
        self.assertEqual((call.state, call.outcome_code), ("done", "no_answer"))
        self.assertEqual(len(call.event_ids), 3)
        self.assertEqual(self.station.state, "ready")

    def test_long_talk_is_not_taken_back(self):
        """What the process knows of is kept, however long the talk."""
        self.provider.max_seconds = 4 * 3600
        call = self._leased()
        self._talk(call)
        with self._at(minutes=119):
            self.process.sync()
        with self._at(minutes=121):
            self.process.sync()
            self.env["debt.call"]._cron_release_stale()
        self.assertEqual(call.state, "talking")
        self.assertGreater(call.claim_until, TUESDAY + timedelta(minutes=121))
