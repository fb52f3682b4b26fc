from datetime import datetime, timedelta
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..models.contact.debt_contact_decision import DebtContactDecision
from .common import TUESDAY, DebtCommon


@tagged("post_install", "-at_install")
class TestContactDecision(DebtCommon):
    """Years later it can be shown why a debtor was contacted, or was not."""

    def setUp(self):
        super().setUp()
        self.decisions = self.env["debt.contact.decision"]
        self.policy = self.env["debt.contact.policy"].create(
            {
                "name": "Two a week",
                "source": "Own choice",
                "window_ids": [Command.create({"hour_from": 9, "hour_to": 18})],
                "limit_ids": [
                    Command.create({"maximum": 2, "count": "attempt", "length": 7})
                ],
            }
        )
        self.debtor.debt_contact_policy_id = self.policy
        self.debtor.email = "one@example.com"
        self._invoice(1000, 10)
        self.case = self._case()

    def _dial(self, case=None):
        call = self._call(case or self.case)
        call.dial(phone=call.partner_id.debt_phone_ids)
        return call

    def _kept(self, **values):
        domain = [(name, "=", value) for name, value in values.items()]
        return self.decisions.search([("case_id", "=", self.case.id), *domain])

    # --- contacts ---------------------------------------------------------------------
    def test_a_dialled_call_keeps_what_it_was_decided_by(self):
        call = self._dial()
        [decision] = self._kept(kind="contact")
        self.assertEqual(decision.call_id, call)
        self.assertTrue(decision.allowed)
        self.assertEqual((decision.reason, decision.channel), ("ok", "call"))
        self.assertEqual((decision.at, decision.number), (TUESDAY, "+32470123456"))
        self.assertEqual(decision.local_time, "2026-03-10 10:00")
        self.assertEqual((decision.local_hour, decision.local_weekday), (10, "2"))
        self.assertEqual(decision.zones, "Europe/Brussels")
        self.assertEqual(decision.user_id, self.operator)
        self.assertEqual(decision.version_ids.policy_id, self.policy)
        [reading] = decision.readings
        self.assertEqual((reading["used"], reading["maximum"]), (0, 2))
        self.assertIn("Calls: at most 2 (Attempts) in 7 days", decision.counters)
        self.assertIn("0 of 2", decision.counters)

    def test_a_call_to_a_place_of_work_is_kept_as_such(self):
        """Limits of calls at work are read where it rings at work, and only there."""
        self.policy.limit_ids = [
            Command.create({"maximum": 1, "count": "attempt", "place": "work"})
        ]
        self.debtor.phone = "+32 2 555 12 12, +32 470 12 34 56"
        self.case = self._case()
        mobile, office = self.debtor.debt_phone_ids.sorted("number", reverse=True)
        office.place = "work"
        for phone, place, read in ((mobile, False, 1), (office, "work", 2)):
            call = self._call(self.case)
            call.dial(phone=phone)
            [decision] = self._kept(call_id=call.id)
            self.assertEqual(decision.place, place)
            self.assertEqual(len(decision.readings), read)
            call.finish("no_answer")
        self.assertIn("0 of 1", decision.counters)

    def test_an_email_goes_to_no_place_of_work(self):
        """Though his only number rings there, and nobody may call it twice."""
        self.policy.limit_ids = [
            Command.create({"maximum": 1, "channels": "any", "place": "work"})
        ]
        self.debtor.debt_phone_ids.place = "work"
        self._dial().finish("no_answer")
        self.assertEqual(self.case.check_contact("call")["reason"], "limit")
        self.assertTrue(self.case.check_contact("email")["allowed"])
        message = self.case._send_message("payment_details", "email")
        self.assertFalse(self._kept(message_id=message.id).place)

    def test_a_refusal_at_work_is_kept_with_the_place(self):
        self.policy.limit_ids = [
            Command.clear(),
            Command.create({"maximum": 1, "count": "attempt", "place": "work"}),
        ]
        phone = self.debtor.debt_phone_ids
        phone.place = "work"
        self._dial().finish("no_answer")
        call = self._call(self.case)
        kept = []
        with (
            patch.object(
                DebtContactDecision,
                "_keep_at_the_end",
                lambda _model, draft: kept.append(draft),
            ),
            self.assertRaises(UserError),
        ):
            call.dial(phone=phone)
        self.assertEqual((kept[0]["reason"], kept[0]["place"]), ("limit", "work"))

    def test_the_counters_are_those_before_the_contact(self):
        self._dial().finish("no_answer")
        with self._at(days=1):
            self._dial().finish("no_answer")
        used = [one.readings[0]["used"] for one in self._kept().sorted("at")]
        self.assertEqual(used, [0, 1])

    def test_a_call_from_a_desk_phone_is_kept_with_what_the_gate_would_have_said(self):
        with self._at(hours=12):
            call = self._call(self.case)
            call.finish("no_answer")
        [decision] = self._kept(kind="contact")
        self.assertEqual(decision.call_id, call)
        self.assertFalse(decision.allowed)
        self.assertEqual(decision.reason, "hours")

    def test_a_callback_beyond_the_limits_says_so(self):
        self.policy.callback_beyond_limits = True
        for _ in range(2):
            self._dial().finish("no_answer")
        self.case.sudo().callback_at = TUESDAY + timedelta(hours=1)
        with self._at(hours=1):
            self._dial()
        decision = self._kept(reason="callback")
        self.assertEqual(decision.callback_at, self.case.callback_at)
        self.assertEqual(decision.readings[0]["used"], 2)

    def test_a_call_the_debtor_made_is_no_contact_of_ours(self):
        self.case._open_call(
            TUESDAY, direction="inbound", state="talking", started_at=TUESDAY
        ).finish("refused", note="Later")
        self.assertFalse(self._kept(kind="contact"))

    def test_a_message_handed_over_is_kept(self):
        message = self.case._send_message("payment_details", "email")
        self.assertEqual(message.state, "sent")
        [decision] = self._kept(kind="contact")
        self.assertEqual(decision.message_id, message)
        self.assertEqual(decision.channel, "email")
        self.assertEqual(decision.number, "one@example.com")
        self.assertFalse(decision.counters)

    def test_a_message_written_by_hand_is_kept(self):
        self.case.with_user(self.operator).message_post(
            body="Please pay",
            partner_ids=self.debtor.ids,
            subtype_xmlid="mail.mt_comment",
        )
        [decision] = self._kept(kind="contact")
        self.assertEqual(decision.message_id.kind, "manual")
        self.assertTrue(decision.allowed)

    # --- refusals ---------------------------------------------------------------------
    def test_a_claim_refused_is_kept_once_for_each_plan(self):
        self.case.user_id = self.operator
        queue = self.cases.with_user(self.operator)
        self.debtor.debt_do_not_call = True
        planned = {
            "next_contact_at": TUESDAY,
            "contact_until": TUESDAY + timedelta(hours=1),
            "plan_dirty": False,
        }
        for _ in range(2):
            self.case.sudo().write(planned)
            self.assertFalse(queue.claim_next())
        [refusal] = self._kept(kind="refusal", occasion="claim")
        self.assertEqual(refusal.reason, "do_not_call")
        self.assertEqual(refusal.planned_at, TUESDAY)
        self.assertFalse(refusal.call_id)

    def test_a_refusal_at_the_click_outlives_its_error(self):
        call = self._call(self.case)
        kept = []
        with (
            self._at(hours=12),
            patch.object(
                DebtContactDecision,
                "_keep_at_the_end",
                lambda _model, draft: kept.append(draft),
            ),
            self.assertRaisesRegex(UserError, "hours"),
        ):
            call.dial(phone=self.debtor.debt_phone_ids)
        self.assertFalse(self._kept(kind="refusal", occasion="dial"))
        for _ in range(2):
            self.decisions._keep_if_known(kept[0])
        [refusal] = self._kept(kind="refusal", occasion="dial")
        self.assertEqual((refusal.reason, refusal.call_id), ("hours", call))
        self.assertEqual(refusal.user_id, self.operator)
        self.assertEqual(refusal.local_time, "2026-03-10 22:00")

    def test_it_is_written_when_the_transaction_is_over(self):
        draft = {"case_id": 0, "policies": {}}
        opened = []
        with patch.object(
            DebtContactDecision,
            "_keep_if_known",
            lambda model, draft: opened.append(model.env.cr),
        ):
            self.decisions._keep_at_the_end(draft)
            self.assertFalse(opened)
            with self.enter_registry_test_mode():
                self.cr.postrollback.run()
        self.assertEqual(len(opened), 1)
        self.assertNotEqual(opened[0], self.cr)
        self.cr.postcommit.clear()

    def test_a_message_is_postponed_once_for_each_time(self):
        with self._at(hours=12):
            message = self.case._send_message("payment_details", "email")
            message._send()
        self.assertEqual(message.state, "queued")
        [first, second] = self._kept(occasion="message").sorted("planned_at")
        self.assertEqual(first.reason, "hours")
        self.assertEqual(first.planned_at, TUESDAY + timedelta(hours=12))
        self.assertEqual(second.planned_at, datetime(2026, 3, 11, 8, 0))
        with self._at(hours=12):
            message._send()
        self.assertEqual(len(self._kept(occasion="message")), 2)

    def test_a_plan_that_the_limit_moved_is_kept_with_its_reason(self):
        """Two more calls by hand use up what tomorrow's plan had reckoned with."""
        tomorrow = datetime(2026, 3, 11, 9, 0)
        for hours in (0, 2):
            with self._at(hours=hours):
                self._dial().finish("no_answer")
        self.case.sudo().write({"next_contact_at": tomorrow, "plan_dirty": True})
        for _ in range(2):
            self.case._plan()
        [refusal] = self._kept(kind="refusal", occasion="plan")
        self.assertEqual((refusal.reason, refusal.planned_at), ("limit", tomorrow))
        self.assertEqual(refusal.readings[0]["used"], 2)
        self.assertGreater(self.case.next_contact_at, tomorrow)

    def test_a_holiday_on_which_the_ladder_wanted_a_call(self):
        with self._at(days=27):  # Easter Monday
            today = {"ladder_started_on": "2026-04-06", "plan_dirty": True}
            self.case.sudo().write(today)
            self.case._plan()
            self.case._plan()
        [refusal] = self._kept(kind="refusal", occasion="plan")
        self.assertEqual(refusal.reason, "holiday")

    def test_waiting_for_the_permitted_hours_is_no_refusal(self):
        with self._at(hours=14):
            self.case.sudo().plan_dirty = True
            self.case._plan()
        self.assertFalse(self._kept(kind="refusal"))

    # --- versions ---------------------------------------------------------------------
    def test_a_policy_is_kept_as_it_was_at_each_contact(self):
        self._dial().finish("no_answer")
        self._dial().finish("no_answer")
        self.assertEqual(self.policy.version_count, 1)
        self.policy.limit_ids.maximum = 5
        self._dial().finish("no_answer")
        self.assertEqual(self.policy.version_ids.mapped("number"), [2, 1])
        new, old = self.policy.version_ids
        self.assertEqual(old._to_pure().limits[0].maximum, 2)
        self.assertIn("Calls: at most 2 (Attempts)", old.text)
        self.assertIn("Calls: at most 5 (Attempts)", new.text)
        self.assertIn("Source: Own choice", old.text)
        self.assertIn("9:00 to 18:00", old.text)
        first = self._kept().sorted("id")[0]
        self.assertEqual(first.version_ids, old)
        self.assertIn("0 of 2", first.counters)

    def test_a_version_says_for_whom_where_and_with_what_consent(self):
        """An inspector must not read three lawful contacts as a breach of one."""
        washington = self.env.ref("base.us").state_ids.filtered(
            lambda state: state.code == "WA"
        )
        self.policy.write(
            {
                "country_ids": washington.country_id.ids,
                "state_ids": washington.ids,
                "applies_to": "person",
                "debt_kind": "consumer",
                "recording": "consent",
                "recording_years": 3,
                "limit_ids": [
                    Command.create(
                        {"channels": "any", "place": "work", "scope": "case"}
                        | {"rolling": True, "length": 7}
                    )
                ],
                "consent_ids": [
                    Command.create({"channels": "written"}),
                    Command.create({"channels": "robots", "number_kinds": "mobile"}),
                ],
            }
        )
        version = self.policy._versions()[self.policy.id]
        self.assertEqual(
            version.text.splitlines()[1:5],
            [
                "Debtors in: United States",
                "Only in these states: US-WA",
                "Only: Persons",
                "Only: Consumer Debts",
            ],
        )
        self.assertIn(
            "Every Channel: at most 1 (Attempts) in 7 days, at work, for each case, "
            "rolling\n",
            version.text,
        )
        self.assertIn("SMS and E-mail: only with the debtor's consent\n", version.text)
        self.assertIn("Calls by Robots: to mobile numbers only with", version.text)
        self.assertIn("Calls are recorded only with prior consent.", version.text)
        self.assertIn("Recordings are kept for 3 years.", version.text)

    def test_what_is_no_rule_makes_no_version(self):
        self._dial().finish("no_answer")
        self.policy.write({"note": "Checked", "sequence": 3})
        self._dial()
        self.assertEqual(self.policy.version_count, 1)

    def test_a_version_outlives_its_policy(self):
        self._dial().finish("no_answer")
        version = self.policy.version_ids
        self.debtor.debt_contact_policy_id = False
        self.policy.unlink()
        version.invalidate_recordset()
        self.assertFalse(version.policy_id)
        self.assertIn("at most 2", version.text)

    def test_versions_are_looked_up_in_one_query(self):
        policies = self.env["debt.contact.policy"].search([], limit=20)
        policies._versions()
        self.env.flush_all()
        with self.assertQueryCount(1):
            policies._versions()

    def test_keeping_a_hundred_refusals_takes_as_many_queries_as_one(self):
        facts = self.case._contact_facts()[self.case]
        answer, _facts = self.case._ask_gate("call", TUESDAY)
        self._dial()

        def drafts(number, name):
            return [
                self.env["debt.contact.decision"]._prepare_refusal(
                    self.case,
                    "plan",
                    "call",
                    answer,
                    facts,
                    TUESDAY,
                    key=f"{name}{index}",
                )
                for index in range(number)
            ]

        counts = []
        for number in (1, 100):
            few = drafts(number, f"of{number}:")
            self.env.flush_all()
            before = self.cr.sql_log_count
            self.decisions._keep(few)
            self.env.flush_all()
            counts.append(self.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0] + 2)

    # --- rights -----------------------------------------------------------------------
    def test_nobody_writes_or_deletes_decisions(self):
        self._dial()
        decision = self._kept(kind="contact")
        version = decision.version_ids
        for user in (self.operator, self.accountant, self.manager):
            for record in (decision, version):
                with self.assertRaises(AccessError):
                    record.with_user(user).unlink()
                with self.assertRaises(AccessError):
                    record.with_user(user).write({"create_date": TUESDAY})
            with self.assertRaises(AccessError):
                self.decisions.with_user(user).create({"kind": "contact"})
        for user in (self.accountant, self.manager):
            self.assertTrue(decision.with_user(user).counters)
        with self.assertRaises(AccessError):
            decision.with_user(self.operator).read(["reason"])
        self.assertTrue(version.with_user(self.operator).text)
        self.assertTrue(decision.call_id.with_user(self.operator).read())

    def test_no_other_companys_decisions(self):
        self._dial()
        sister = self.env["res.company"].create({"name": "Sister"})
        self.manager.company_ids |= sister
        found = self.decisions.with_user(self.manager).with_company(sister)
        found = found.with_context(allowed_company_ids=sister.ids)
        self.assertFalse(found.search([]))
