from datetime import date, datetime
from unittest.mock import patch

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, tagged

from .common import TUESDAY, DebtCommon

FRIDAY = date(2026, 3, 13)
# UTC; in Brussels it is an hour later, and from 29 March two.
AFTERNOON = datetime(2026, 3, 10, 15, 0)
NEXT_MORNING = datetime(2026, 3, 11, 8, 0)
MIDNIGHT = datetime(2026, 3, 10, 23, 0)


@tagged("post_install", "-at_install")
class TestMessageLadder(DebtCommon):
    """Who cannot be reached is asked to call back: once a day, and lawfully."""

    def setUp(self):
        super().setUp()
        self.debtor.email = "one@example.com"
        self.company.phone = "+32 2 555 00 00"
        self.invoice = self._invoice(1000, 10)
        self.case = self._case()
        self.ladder = self.case.ladder_id
        self.step = self.ladder.step_ids.filtered(lambda s: s.channel == "sms")

    def _try(self, outcome="no_answer", case=None, **values):
        self._call(case or self.case).finish(outcome, **values)

    def _try_all_day(self):
        """10:00, 12:00 and 16:00 in Brussels; at 18:00 the debtor's office closes."""
        for hours in (0, 2, 6):
            with self._at(hours=hours):
                self._try()

    def _cron(self):
        for name in ("plan", "ladder_message", "message"):
            with self.enter_registry_test_mode():
                cron = self.env.ref(f"debt_collection.ir_cron_debt_{name}")
                cron.method_direct_trigger()
        self.env.invalidate_all()

    def _messages(self, case=None):
        return (case or self.case).debtor_message_ids.sorted("id")

    # --- the story ----------------------------------------------------------------
    def test_shipped_ladder_writes_after_each_day_in_vain(self):
        self._try()
        self.assertEqual(self.case.next_message_at, MIDNIGHT, "more calls today")
        self._cron()
        self.assertFalse(self._messages())
        self._try_all_day_from(2)
        with self._at(hours=6):
            self.assertEqual(self.case.next_message_at, AFTERNOON)
            self._cron()
            message = self._messages()
            self.assertEqual(
                (message.state, message.channel, message.kind, message.sent_at),
                ("sent", "sms", "ladder", AFTERNOON),
            )
            self.assertEqual(message.address, "+32470123456")
            self.assertIn("could not reach you", message.body)
            self.assertIn("+32 2 555 00 00", message.body)
            self.assertNotIn("1,000", message.body)
            self._cron()
            self.assertEqual(self._messages(), message)
        with self._at(days=1):
            self._cron()
            self.assertEqual(self._messages(), message, "nobody called yet")
            self._try()
        with self._at(days=1, hours=9):
            self._cron()
            self.assertEqual(self._messages().mapped("state"), ["sent", "queued"])

    def test_nothing_is_written_before_somebody_has_looked(self):
        self.company.debt_texts_on = False
        self._try_all_day()
        with self._at(hours=12):
            self._cron()
            self.assertFalse(self._messages())
            self.assertFalse(self.case.next_message_at)
            self.company.debt_texts_on = True
            self._cron()
            self.assertTrue(self.case.next_message_at or self._messages())

    def test_a_ladder_of_messages_waits_for_somebody_to_look_at_them(self):
        """Switched off for days, it is not over; its last day ends it all the same."""
        self.company.debt_texts_on = False
        self.ladder.step_ids.filtered(lambda step: step.channel == "call").unlink()
        self.step.write({"after_unanswered": 0, "first_day": 1, "last_day": 9})
        self.case._plan()
        with self._at(days=3):
            self.case._plan()
            self.assertEqual(self.case.state, "active")
            self.assertEqual(self.case.next_contact_code, "ladder_messages")
            self.assertFalse(self.case.next_message_at)
            self.company.debt_texts_on = True
            self.case._plan()
            self.assertTrue(self.case.next_message_at)
            self.company.debt_texts_on = False
        with self._at(days=40):
            self.case._plan()
            self.assertEqual(self.case.state, self.ladder.exit_state)

    def _try_all_day_from(self, first):
        for hours in (first, 6):
            with self._at(hours=hours):
                self._try()

    def test_in_the_evening_it_waits_for_the_morning(self):
        """Nobody came round to the rest of the calls; the day was in vain all same."""
        self._try()
        with self._at(hours=9):
            self._cron()
            message = self._messages()
            self.assertEqual(
                (message.state, message.send_after), ("queued", NEXT_MORNING)
            )
        with self._at(hours=23):
            self._cron()
            self.assertEqual((message.state, message.sent_at), ("sent", NEXT_MORNING))

    def test_in_the_debtors_language(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.debtor.lang = "fr_FR"
        template = self.step.sms_template_id
        template.with_context(
            lang="fr_FR"
        ).body = (
            "{{ object.company_id.name }}: Rappelez-nous. {{ object.company_id.phone }}"
        )
        self._try_all_day()
        with self._at(hours=6):
            self._cron()
        self.assertEqual(self._messages().lang, "fr_FR")
        self.assertIn("Rappelez-nous", self._messages().body)

    def test_without_a_mobile_number_it_is_an_email(self):
        self.debtor.phone = "+32 2 555 12 12"
        self._try_all_day()
        with self._at(hours=6):
            self._cron()
        message = self._messages()
        self.assertEqual((message.channel, message.state), ("email", "sent"))
        self.assertEqual(message.mail_mail_id.email_to, "one@example.com")
        self.assertIn("not been able to reach you", message.body)

    def test_where_nothing_reaches_the_debtor_nothing_is_made(self):
        self.debtor.write({"phone": "+32 2 555 12 12", "email": False})
        self._try_all_day()
        with self._at(hours=6):
            self._cron()
            self.assertFalse(self._messages())
            self.assertFalse(self.case.next_message_at)

    def test_no_email_to_who_wants_no_mail(self):
        self.debtor.phone = "+32 2 555 12 12"
        self.env["mail.blacklist"]._add("one@example.com")
        self._try_all_day()
        self.assertFalse(self.case.next_message_at)

    # --- once, whatever crashes ---------------------------------------------------
    def test_killed_in_the_middle_it_repeats_nothing(self):
        self._try_all_day()
        with self._at(hours=6):
            with self.env.cr.savepoint() as savepoint:
                self.case._make_ladder_messages()
                self.assertEqual(len(self._messages()), 1)
                savepoint.rollback()
            self.env.invalidate_all()
            self.assertFalse(self._messages())
            self.assertEqual(self.case.next_message_at, AFTERNOON)
            for _time in range(3):
                self.case.sudo().next_message_at = AFTERNOON
                self.case._make_ladder_messages()
            self.assertEqual(len(self._messages()), 1)
            self._cron()
            self._cron()
            self.assertEqual(self._messages().mapped("state"), ["sent"])
            self.assertEqual(
                self.env["sms.sms"].search_count(
                    [("uuid", "=", self._messages().sms_uuid)]
                ),
                1,
            )

    def test_the_same_occurrence_has_the_same_key(self):
        self._try_all_day()
        with self._at(hours=6):
            made = self.case._ladder_messages()[self.case]
            facts = self.case._contact_facts()[self.case]
            values = [
                self.case._prepare_ladder_message(facts, AFTERNOON, made)
                for _time in range(2)
            ]
        self.assertEqual(values[0]["key"], values[1]["key"])

    # --- who is left alone --------------------------------------------------------
    def test_whoever_promised_gets_nothing(self):
        self._try()
        with self._at(hours=2):
            self._try("promise", promise_amount=1000, promise_date=FRIDAY)
            self.assertFalse(self.case.next_message_at)
        with self._at(days=1):
            self._cron()
        self.assertFalse(self._messages())

    def test_whoever_is_reached_while_it_waits_gets_nothing(self):
        self._try()
        with self._at(hours=9):
            self._cron()
            self.assertEqual(self._messages().state, "queued")
        with self._at(hours=23):
            self._try("refused", note="Not now")
            self._cron()
            self.assertEqual(self._messages().state, "cancelled")

    def test_whoever_paid_a_second_ago_gets_nothing(self):
        self._try()
        with self._at(hours=9):
            self._cron()
            self._pay(self.invoice)
        with self._at(hours=23):
            self._cron()
            self.assertEqual(self._messages().state, "cancelled")
            self.assertFalse(self._messages().sent_at)

    def test_paused_cases_send_nothing(self):
        self._try_all_day()
        with self._at(hours=6):
            self.assertTrue(self.case.next_message_at)
            for pause in (self._put_on_hold, lambda case: case._set_state("legal")):
                pause(self.case)
                self.assertFalse(self.case.next_message_at)
                self._cron()
                self.assertFalse(self._messages())
                self.case.action_resume()
                self.assertTrue(self.case.next_message_at)

    def test_who_asked_for_a_callback_waits_for_it(self):
        self._try()
        with self._at(hours=2):
            self._try("callback", callback_at=datetime(2026, 3, 12, 10, 0))
        with self._at(days=1):
            self._cron()
        self.assertFalse(self._messages())

    def test_do_not_call_is_no_sms_but_an_email(self):
        self._try_all_day()
        self.debtor.debt_do_not_call = True
        with self._at(hours=6):
            self._cron()
        self.assertEqual(self._messages().channel, "email")

    def test_caps_count_it_and_hold_it_back(self):
        """Two messages a day, whoever sent them."""
        self._try_all_day()
        with self._at(hours=6):
            for _number in range(2):
                self.case._send_message("payment_details", "email")
            self._cron()
            message = self._messages()[-1]
            self.assertEqual((message.kind, message.state), ("ladder", "queued"))
            self.assertEqual(message.send_after, NEXT_MORNING)
        with self._at(hours=23):
            self._cron()
            self.assertEqual(message.state, "sent")
            self.case._send_message("payment_details", "email")
            self.assertFalse(self.case.check_contact("sms")["allowed"])

    def test_what_could_only_go_out_much_later_does_not(self):
        self._try_all_day()
        limit = self.company.debt_contact_policy_id.limit_ids.filtered(
            lambda limit: limit.channels == "messages"
        )
        limit.write({"period": "month", "maximum": 1})
        with self._at(hours=6):
            self.case._send_message("payment_details", "email")
            self._cron()
        message = self._messages()[-1]
        self.assertEqual(message.state, "refused")
        self.assertIn("limit", message.failure)

    # --- days of the ladder -------------------------------------------------------
    def _by_days(self, **values):
        self.step.write(
            {"after_unanswered": 0, "channel": "email", "every_days": 7, **values}
        )
        self.case._plan()

    def test_on_a_day_of_the_ladder_called_or_not(self):
        self._by_days(first_day=2, last_day=15)
        self.assertEqual(self.case.next_message_at, MIDNIGHT)
        with self._at(hours=23):
            self._cron()
            self.assertEqual(self._messages().mapped("state"), ["sent"])
            self.assertEqual(self._messages().channel, "email")
        with self._at(days=4):
            self._cron()
            self.assertEqual(len(self._messages()), 1)
        with self._at(days=8):
            self._cron()
            self.assertEqual(len(self._messages()), 2)

    def test_only_for_cases_of_a_segment(self):
        """From an amount on, or after a broken promise: whatever a segment can ask."""
        large, broken = (
            self.env["debt.segment"].create({"name": name, "domain": str(domain)})
            for name, domain in (
                ("Large", [("amount_overdue", ">=", 5000)]),
                ("Broken", [("promise_ids.state", "=", "broken")]),
            )
        )
        self._by_days(segment_id=large.id)
        self.case._plan()
        self.assertFalse(self.case.next_message_at)
        self.ladder.step_ids.filtered("segment_id").segment_id = broken
        self.case._plan()
        self.assertFalse(self.case.next_message_at)
        self.env["debt.promise"].create(
            {"case_id": self.case.id, "amount": 10, "date": date(2026, 3, 11)}
        )
        with self._at(days=5):
            self.cases._cron_refresh()
            self.case._plan()
            self.assertTrue(self.case.next_message_at)

    def test_a_pause_does_not_bring_the_same_day_again(self):
        self._by_days(first_day=1, last_day=1, every_days=1)
        self._cron()
        self.assertEqual(len(self._messages()), 1)
        self._put_on_hold(self.case)
        with self._at(days=3):
            self.case.action_resume()
            self.assertEqual(self.case.ladder_started_on, FRIDAY)
            self._cron()
        self.assertEqual(len(self._messages()), 1)

    def test_a_ladder_that_begins_anew_writes_anew(self):
        self._by_days(first_day=1, last_day=1, every_days=1)
        self._cron()
        with self._at(days=3):
            self.case.sudo()._on_stage_changed()
            self._cron()
        self.assertEqual(len(self._messages()), 2)

    def test_last_message_goes_out_before_the_case_falls_asleep(self):
        calls = self.ladder.step_ids - self.step
        calls[1:].unlink()
        calls[0].write({"last_day": 1, "attempts": 1})
        self._by_days(first_day=3, last_day=3, every_days=1)
        self._try()
        self.assertEqual(self.case.state, "active")
        self.assertIn("a message is still to be sent", self.case.next_contact_reason)
        with self._at(days=1):
            self._cron()
            self.assertEqual(self.case.state, "active")
        with self._at(days=2):
            self._cron()
            self.assertEqual(self._messages().state, "sent")
            self.assertEqual(self.case.state, "dormant")

    def test_last_day_in_vain_is_written_about_too(self):
        calls = self.ladder.step_ids - self.step
        calls[1:].unlink()
        calls[0].write({"last_day": 1, "attempts": 1})
        self._try()
        self.assertEqual(self.case.state, "active")
        self._cron()
        self.assertEqual(self._messages().state, "sent")
        self.assertEqual(self.case.state, "dormant")

    def test_message_steps_are_no_work_for_operators(self):
        (self.ladder.step_ids - self.step).unlink()
        self._by_days(first_day=2, last_day=15)
        self.assertFalse(self.case.next_contact_at)
        self.assertFalse(self.cases.with_user(self.operator).claim_next())
        self.assertFalse(self.case.activity_ids)

    # --- what does not arrive -----------------------------------------------------
    def _send(self):
        self._try_all_day()
        with self._at(hours=6):
            self._cron()
        return self._messages()

    def _report(self, message, error):
        tracker = self.env["sms.tracker"].search([("sms_uuid", "=", message.sms_uuid)])
        tracker._action_update_from_provider_error(error)

    def test_dead_number_and_the_mail_instead(self):
        message = self._send()
        with self._at(hours=6, minutes=10):
            self._report(message, "invalid_destination")
            self._report(message, "invalid_destination")
            self._cron()
            phone = self.debtor.debt_phone_ids
            self.assertEqual((phone.health, phone.sms_failed), ("dead", True))
            first, second = self._messages()
            self.assertEqual((first.state, second.state), ("failed", "sent"))
            self.assertEqual(second.channel, "email")
            self.assertFalse(self.case.check_contact("call")["allowed"])
            self.assertFalse(self.case.next_contact_at)
        logged = " ".join(self.case.message_ids.mapped("body"))
        self.assertIn("SMS to +32470123456 did not arrive", logged)

    def test_number_on_which_one_spoke_is_not_dead(self):
        self.debtor.debt_phone_ids.health = "good"
        message = self._send()
        with self._at(hours=6, minutes=10):
            self._report(message, "invalid_destination")
            phone = self.debtor.debt_phone_ids
            self.assertEqual((phone.health, phone.sms_failed), ("good", True))
            self.assertFalse(self.case._message_address("sms"))

    def test_passing_trouble_changes_no_plan(self):
        message = self._send()
        self._report(message, "not_delivered")
        self.assertEqual(message.state, "failed")
        phone = self.debtor.debt_phone_ids
        self.assertEqual((phone.health, phone.sms_failed), ("unknown", False))
        self.assertEqual(self._messages(), message)

    def _bounce(self, message):
        self.env["mail.thread"]._routing_handle_bounce(
            False,
            {
                "bounced_email": message.address,
                "bounced_partner": self.env["res.partner"],
                "bounced_msg_ids": [message.mail_mail_id.message_id],
                "bounced_message": self.env["mail.message"],
                "body": "<p>No such mailbox</p>",
                "email_from": "postmaster@example.com",
                "to": "us@example.com",
                "message_id": "<bounce@example.com>",
            },
        )

    def test_returned_mail_and_the_sms_instead(self):
        self.step.channel = "email"
        message = self._send()
        self.assertEqual(message.channel, "email")
        with self._at(hours=6, minutes=10):
            self._bounce(message)
            self._cron()
            first, second = self._messages()
            self.assertEqual((first.state, second.state), ("failed", "sent"))
            self.assertEqual(second.channel, "sms")
            self.assertFalse(self.case._message_address("email"))
            self.assertIn("comes back", self.case._no_address_text("email"))
            self.debtor.email = "new@example.com"
            self.assertEqual(self.case._message_address("email"), "new@example.com")

    def test_both_ways_closed_ends_there(self):
        message = self._send()
        with self._at(hours=6, minutes=10):
            self._report(message, "invalid_destination")
            self._cron()
            self._bounce(self._messages()[-1])
            self._cron()
            self.assertEqual(self._messages().mapped("state"), ["failed", "failed"])

    # --- the ladder's form --------------------------------------------------------
    def test_manager_adds_a_message(self):
        form = Form(self.ladder.with_user(self.manager))
        with form.step_ids.new() as line:
            line.first_day, line.last_day = 29, 30
            line.channel = "email"
        form.save()
        step = self.ladder.step_ids[-1]
        self.assertEqual(
            step.mail_template_id,
            self.env.ref("debt_collection.mail_template_callback_request"),
        )
        self.assertIn("E-mail", step.display_name)
        step.sms_template_id = False
        self.assertEqual(step._channels(), ["email"])
        with self.assertRaises(ValidationError):
            step.mail_template_id = False
        step.channel = "call"
        self.assertFalse(step.mail_template_id)

    def test_operators_change_no_ladder_and_no_plan(self):
        with self.assertRaises(AccessError):
            self.step.with_user(self.operator).channel = "email"
        with self.assertRaises(AccessError):
            self.case.with_user(self.manager).write({"next_message_at": TUESDAY})
        self.assertTrue(self.step.with_user(self.operator).display_name)

    def test_operator_sees_what_was_sent(self):
        self.assertEqual(self._send().with_user(self.operator).state, "sent")

    # --- many ---------------------------------------------------------------------
    def test_many_cases_in_as_many_queries(self):
        debtors = [
            self._new_debtor(f"Debtor {n}", f"+32 470 12 40 {n:02}") for n in range(8)
        ]
        for debtor in debtors:
            self._invoice(100, 10, debtor)
        cases = self.cases.union(*(self._case(debtor) for debtor in debtors))
        for case in cases:
            self._try(case=case)
        counts = []
        with self._at(hours=16):
            for some in (cases[:2], cases[2:]):
                self.env.flush_all()
                self.env.invalidate_all()
                before = self.env.cr.sql_log_count
                some._plan()
                self.env.flush_all()
                counts.append(self.env.cr.sql_log_count - before)
        self.assertTrue(all(case.next_message_at for case in cases))
        self.assertLessEqual(counts[1], counts[0] + 4)

    def test_broken_text_keeps_nobody_else_back(self):
        self.step.sms_template_id.body = "{{ object.no_such_field }}"
        message = self._send()
        self.assertEqual(message.state, "failed")
        with patch.object(type(self.cases), "_plan_message", return_value=None):
            self.case._plan()
        self.assertFalse(self.case.next_message_at)
