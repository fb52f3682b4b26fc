import itertools

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import TUESDAY
from .telephony_common import TelephonyCommon, ended


@tagged("post_install", "-at_install")
class TestCallLine(TelephonyCommon):
    """Rule 11: what telephony saw and what an operator says are told apart."""

    def test_an_operators_call_from_dialling_to_wrap_up(self):
        call = self._dialled()
        self.assertEqual(call.confirmed_by, "operator")
        self._report(call, "operator_ringing", "operator_answered", "dialing")
        self.assertEqual((call.state, call.confirmed_by), ("dialing", "telephony"))
        self._report(call, "ringing", "answered", start=4)
        self.assertEqual((call.state, call.answered_at), ("talking", self._second(5)))
        self._report(call, "held", start=6)
        self.assertTrue(call.on_hold)
        self._report(call, "resumed", ended("answered", by="debtor"), start=7)
        self.assertEqual((call.state, call.line), ("wrapup", "answered"))
        self.assertEqual((call.on_hold, call.hung_up_by), (False, "debtor"))
        self.assertEqual(call.duration, 3)
        self.assertFalse(call.outcome_id, "an operator says how it was")
        with self._at(minutes=5):
            call.finish("refused", note="No money")
        self.assertEqual(
            call.ended_at, self._second(8), "the line's end, not the log's"
        )
        self.assertEqual(call.duration, 3)
        self.assertFalse(call.disagreement)

    def test_any_order_late_or_twice_is_the_same_call(self):
        steps = ("dialing", "ringing", "answered", ended("answered"))
        facts = ("state", "line", "started_at", "answered_at", "ended_at", "duration")
        found = set()
        for order in itertools.permutations(range(4)):
            with self.env.cr.savepoint() as savepoint:
                call = self._dialled()
                events = self._events(call, *steps)
                for number in order:
                    self._send([events[number], events[0]])
                self._send(events)
                found.add(tuple(call[name] for name in facts))
                self.assertEqual(len(call.event_ids), 4)
                savepoint.rollback()
                self.env.invalidate_all(flush=False)
        self.assertEqual(len(found), 1, found)

    def test_what_is_no_event_is_refused_and_the_rest_taken(self):
        call = self._dialled()
        good = self._events(call, "dialing", "ringing")
        other = self._call(self._other_case(), self.colleague)
        answer = self._send(
            [
                good[0] | {"kind": "guess"},
                good[0],
                good[1] | {"at": "soon"},
                good[1] | {"call_id": other.id},
                good[1] | {"call_id": 0},
                "noise",
            ]
        )
        self.assertEqual(answer["accepted"], [[call.id, 1]])
        self.assertEqual(
            answer["refused"],
            [
                [call.id, 1, "unknown_kind"],
                [call.id, 2, "bad_time"],
                [other.id, 2, "unknown_call"],
                [None, 2, "unknown_call"],
                [None, None, "malformed"],
            ],
        )
        self.assertFalse(other.event_ids, "not a call of this exchange")

    def test_an_absurd_time_is_brought_to_where_it_can_be(self):
        call = self._dialled()
        dialled, answered, end = self._events(
            call, "dialing", "answered", ended("answered")
        )
        sent = [
            dialled | {"at": "1970-01-01T00:00:00"},
            answered,
            end | {"at": "9999-12-31T23:59:59"},
        ]
        self.assertEqual(len(self._send(sent)["accepted"]), 3)
        self.assertEqual(call.state, "wrapup", "its end is known all the same")
        self.assertEqual(call.ended_at, max(TUESDAY, call.answered_at))
        self.assertEqual(
            [(event.values or {}).get("reported_at") for event in call.event_ids],
            ["1970-01-01T00:00:00", None, "9999-12-31T23:59:59"],
        )

    def test_what_was_dialled_without_asking_is_a_fact(self):
        first = self._dialled()
        second = self._call(self._other_case())
        second.sudo().provider_id = self.exchange
        self._send(self._events(second, "dialing"))
        self.env.flush_all()
        states = (first.state, second.state, second.is_claim)
        self.assertEqual(states, ("dialing", "dialing", False))

    def _other_case(self):
        debtor = self._new_debtor("Debtor Two", "+32 470 12 34 57")
        self._invoice(500, 20, debtor)
        return self._case(debtor)

    # --- the operator's word and the line's ----------------------------------------
    def test_what_the_line_says_is_suggested(self):
        for line, code in (
            ("busy", "busy"),
            ("declined", "no_answer"),
            ("switched_off", "no_answer"),
            ("invalid", "invalid_number"),
            ("machine", "voicemail"),
            ("congestion", False),
        ):
            with self.env.cr.savepoint() as savepoint:
                call = self._dialled()
                self._report(call, "dialing", ended(line))
                self.assertEqual(call.suggested_outcome_id.code, code, line)
                self.assertFalse(call.outcome_id)
                savepoint.rollback()
                self.env.invalidate_all(flush=False)

    def test_no_answer_although_somebody_answered_is_shown(self):
        call = self._dialled()
        self._report(call, "dialing", "answered", ended("answered"))
        call.finish("no_answer")
        self.assertTrue(call.disagreement)
        self.assertEqual(call.outcome_code, "no_answer", "the operator's word")
        self.assertEqual(call.answered_at, self._second(2), "telephony's")
        self.assertFalse(call.connected)
        self.env.flush_all()
        row = self.env["debt.call.report"].browse(call.id)
        self.assertEqual((row.disagreements, row.line), (1, "answered"))

    def test_a_promise_on_a_busy_line_is_shown_whichever_comes_first(self):
        call = self._dialled()
        call.finish(
            "promise",
            party="right_party",
            promise_amount=1000,
            promise_date="2026-03-12",
        )
        self.assertFalse(call.disagreement, "the line has not been heard of yet")
        self._report(call, "dialing", ended("busy"))
        self.assertTrue(call.disagreement)
        self.assertEqual(call.state, "done")
        self.assertEqual(call.outcome_code, "promise")
        self.assertFalse(call.answered_at, "telephony saw no answer")
        self.assertTrue(call.connected, "as the operator says")

    def test_the_filter_finds_them(self):
        call = self._dialled()
        self._report(call, "dialing", "answered", ended("answered"))
        call.finish("no_answer")
        calls = self.env["debt.call"].with_user(self.manager)
        self.assertEqual(calls.search([("disagreement", "=", True)]), call)

    # --- calls without an operator -------------------------------------------------
    def test_what_the_line_proves_is_the_outcome(self):
        for line, code in (
            ("busy", "busy"),
            ("no_answer", "no_answer"),
            ("machine", "voicemail"),
        ):
            with self.env.cr.savepoint() as savepoint:
                call = self._robot()
                self._report(call, "dialing", "ringing", ended(line))
                self.assertEqual((call.state, call.outcome_code), ("done", code))
                self.assertEqual(call.party, "none")
                self.assertIn("The dialler called", self.case.message_ids[0].body)
                savepoint.rollback()
                self.env.invalidate_all(flush=False)

    def test_an_attempt_counts_where_a_telephone_may_have_rung(self):
        """A full trunk is no attempt; who knows nothing assumes the worst."""
        for line, rings, attempts in (
            ("congestion", False, 0),
            ("congestion", True, 1),
            ("failed", False, 0),
            ("failed", True, 1),
            ("unknown", False, 1),
        ):
            with self.env.cr.savepoint() as savepoint:
                call = self._robot()
                rang = ["ringing"] if rings else []
                self._report(call, "dialing", *rang, ended(line))
                self.assertEqual((call.state, call.outcome_id.id), ("done", False))
                self.assertEqual((call.party, call.connected), ("none", False))
                facts = self.case._contact_facts()[self.case]
                self.assertEqual(len(facts.history), attempts, (line, rings))
                savepoint.rollback()
                self.env.invalidate_all(flush=False)

    def test_an_outcome_that_asks_for_more_than_a_line_tells_holds_nobody_up(self):
        self.env.ref("debt_collection.outcome_busy").needs_callback = True
        call = self._robot()
        answer = self._report(call, "dialing", ended("busy"))
        self.assertEqual(len(answer["accepted"]), 2)
        self.assertEqual((call.state, call.outcome_id.id), ("done", False))
        self.assertEqual(call.line, "busy")

    def test_cancelled_before_dialling_never_was(self):
        now = fields.Datetime.now()
        call = self.case.sudo()._open_call(
            now, mode="predictive", provider_id=self.exchange.id
        )
        self._report(call, ended("cancelled"))
        self.assertFalse(call.exists())
        self.assertTrue(self.case.check_contact("call")["allowed"])

    def test_an_operator_who_did_not_pick_up_tries_again(self):
        self._teach("asks_permission", lambda self: True)
        self._teach("dial", lambda self, call, phone: None)
        call = self._dialled()
        self._report(call, "operator_ringing", "operator_failed", ended("cancelled"))
        self.assertEqual((call.state, call.confirmed_by), ("draft", "operator"))
        call._place(phone=self.phone)
        call.sudo().dial(phone=call.phone_id, number=call.number)
        self._report(call, "operator_ringing", "operator_answered", "dialing", start=4)
        self.assertEqual((call.state, call.confirmed_by), ("dialing", "telephony"))

    def test_abandoned_is_on_record_as_such(self):
        call = self._robot()
        self._report(
            call, "dialing", "answered", "human", "abandoned", ended("answered")
        )
        self.assertEqual((call.state, call.abandoned), ("done", True))
        self.assertFalse(call.outcome_id)
        self.assertTrue(call.connected)
        self.assertEqual(call.party, "none")

    def test_whoever_was_put_through_has_the_call(self):
        call = self._robot()
        self._report(
            call, "dialing", "answered", ("bridged", {"user_id": self.colleague.id})
        )
        self.assertEqual((call.user_id, call.state), (self.colleague, "talking"))
        self._report(call, ended("answered"), start=4)
        self.assertEqual((call.state, call.outcome_id.id), ("wrapup", False))
        call.with_user(self.colleague).finish("refused", note="No money")
        self.assertEqual(call.state, "done")

    def test_nobody_is_put_through_who_is_no_operator(self):
        call = self._robot()
        before = call.user_id
        for number, user_id in enumerate((self.accountant.id, 10**8, "x"), 2):
            self._report(call, ("bridged", {"user_id": user_id}), start=number)
        self.assertEqual(call.user_id, before)

    def test_an_end_that_overtook_the_operator_waits(self):
        call = self._robot()
        user = ("bridged", {"user_id": self.colleague.id})
        events = self._events(call, "dialing", "answered", user, ended("answered"))
        self._send([events[3]])
        self.assertEqual((call.state, call.outcome_id.id), ("wrapup", False))
        self._send(events[:3])
        self.assertEqual((call.state, call.user_id), ("wrapup", self.colleague))

    def test_a_number_is_dead_when_the_network_says_so_twice(self):
        self.case.sudo().ladder_id.step_ids.attempts = 5
        call = self._robot()
        self._report(call, "dialing", ended("invalid"))
        self.assertEqual(call.outcome_code, "invalid_number")
        self.assertEqual(self.phone.health, "unknown", "it may be an error")
        with self._at(days=1):
            self._report(self._robot(), "dialing", ended("invalid"))
        self.assertEqual(self.phone.health, "dead")

    def test_an_operators_ear_is_enough(self):
        call = self._dialled()
        self._report(call, "dialing", ended("invalid"))
        call.finish("invalid_number")
        self.assertEqual(self.phone.health, "dead")

    # --- who is still on the line ---------------------------------------------------
    def test_a_call_on_the_line_is_not_taken_back(self):
        call = self._dialled()
        self._report(call, "dialing", "answered")
        with self._at(hours=1, minutes=30):
            call.sudo()._keep_alive()
        with self._at(hours=3):
            self.env["debt.call"]._release_stale()
            self.assertEqual(call.state, "talking")
        with self._at(hours=4):
            self.env["debt.call"]._release_stale()
            self.assertEqual(call.state, "done")
            self.assertFalse(call.outcome_id)

    def test_an_exchange_that_says_it_is_alive_is_believed(self):
        call = self._dialled()
        self._teach("live", lambda self, calls: calls.browse(call.id))
        with self._at(hours=3):
            self.env["debt.call"]._release_stale()
        self.assertEqual(call.state, "dialing")

    def test_events_after_the_claim_ran_out_are_facts_all_the_same(self):
        call = self._dialled()
        with self._at(hours=3):
            self.env["debt.call"]._release_stale()
        events = self._events(call, "dialing", "answered", ended("answered"))
        self._send(events)
        self.assertEqual((call.state, call.line), ("done", "answered"))
        self.assertEqual((call.duration, call.confirmed_by), (1, "telephony"))

    # --- the screen -----------------------------------------------------------------
    def test_the_operators_window_is_told(self):
        call = self._dialled()
        sent = []
        users = self.env.registry["res.users"]
        self.patch(users, "_bus_send", lambda user, *args: sent.append((user, *args)))
        self._report(call, "dialing", "ringing", ended("busy"))
        [(user, kind, payload)] = sent
        self.assertEqual((user, kind), (self.operator, "debt_call/state"))
        busy = self.env.ref("debt_collection.outcome_busy")
        self.assertEqual(payload["call_id"], call.id)
        self.assertEqual((payload["state"], payload["line"]), ("wrapup", "busy"))
        self.assertEqual(payload["suggested_outcome"], [busy.id, busy.name])
        sent.clear()
        self._report(call, "dialing")
        self.assertFalse(sent, "nothing is new")

    # --- access ---------------------------------------------------------------------
    def test_what_was_reported_is_read_with_the_call_and_edited_by_nobody(self):
        call = self._dialled()
        self._report(call, "dialing")
        event = call.event_ids
        for user in (self.operator, self.accountant, self.manager):
            mine = event.with_user(user)
            self.assertEqual(mine.kind, "dialing")
            with self.assertRaises(AccessError):
                mine.write({"kind": "answered"})
            with self.assertRaises(AccessError):
                mine.unlink()
            with self.assertRaises(AccessError):
                mine.create({"call_id": call.id, "sequence": 9, "kind": "ended"})

    def test_other_teams_and_companies_do_not_read_it(self):
        call = self._dialled()
        self._report(call, "dialing")
        team = self.env["debt.team"].create({"name": "Others"})
        self.case.write({"team_id": team.id, "user_id": self.operator.id})
        events = self.env["debt.call.event"]
        mine = [("call_id", "=", call.id)]
        self.assertTrue(events.with_user(self.operator).search(mine))
        self.assertFalse(events.with_user(self.colleague).search(mine))
        sister = self.env["res.company"].create({"name": "Sister"})
        self.manager.write(
            {"company_ids": [fields.Command.set(sister.ids)], "company_id": sister.id}
        )
        self.assertFalse(events.with_user(self.manager).search(mine))
