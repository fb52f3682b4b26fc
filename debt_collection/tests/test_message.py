from datetime import date, datetime
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import html2plaintext

from odoo.addons.sms.tools.sms_api import SmsApi

from .common import TUESDAY, DebtCommon

FRIDAY = date(2026, 3, 13)
THURSDAY_NOON = {"days": 2, "hours": 3}


@tagged("post_install", "-at_install")
class TestMessage(DebtCommon):
    """What is written to a debtor: through the gate, once, and on record."""

    def setUp(self):
        super().setUp()
        self.debtor.email = "one@example.com"
        self.company.phone = "+32 2 555 00 00"
        self.invoice = self._invoice(1000, 10)
        self.case = self._case()
        self.messages = self.env["debt.message"]

    def _promise(self, channel="email", day=FRIDAY, **values):
        self._call(self.case).finish(
            "promise",
            promise_amount=1000,
            promise_date=day,
            confirm_channel=channel,
            **values,
        )
        return self.messages.search([("case_id", "=", self.case.id)])

    def _text(self, message):
        return html2plaintext(message.body)

    def _sms(self, message):
        return self.env["sms.sms"].search([("uuid", "=", message.sms_uuid)])

    def _report(self, message, state, **values):
        tracker = self.env["sms.tracker"].search([("sms_uuid", "=", message.sms_uuid)])
        tracker._action_update_from_sms_state(state, **values)

    def _cron(self):
        with self.enter_registry_test_mode():
            self.env.ref("debt_collection.ir_cron_debt_message").method_direct_trigger()
        self.env.invalidate_all()

    # --- confirmations ----------------------------------------------------------------
    def test_confirmation_by_email(self):
        message = self._promise(
            promise_method="card",
            promise_plan=[(500, date(2026, 4, 13))],
            promise_confirmed=1500,
        )
        self.assertEqual(message.state, "sent")
        self.assertEqual(message.sent_at, TUESDAY)
        self.assertEqual(message.user_id, self.operator)
        mail = message.mail_mail_id
        self.assertEqual(mail.state, "outgoing")
        self.assertEqual(mail.email_to, "one@example.com")
        self.assertFalse(mail.recipient_ids)
        self.assertEqual((mail.model, mail.res_id), ("debt.case", self.case.id))
        text = self._text(message)
        for part in (
            "1,000.00",
            "03/13/2026",
            "500.00",
            "04/13/2026",
            "Card",
            self.invoice.name,
            "+32 2 555 00 00",
        ):
            self.assertIn(part, text)

    def test_confirmation_by_sms(self):
        message = self._promise("sms")
        self.assertEqual(message.state, "sent")
        sms = self._sms(message)
        self.assertEqual(sms.number, "+32470123456")
        self.assertEqual(sms.state, "outgoing")
        self.assertEqual(sms._get_sms_company(), self.company)
        for part in ("1,000.00", "03/13/2026", self.invoice.name, "+32 2 555 00 00"):
            self.assertIn(part, sms.body)

    def test_landlines_get_no_sms(self):
        self.debtor.phone = "+32 2 555 12 12"
        with self.assertRaises(UserError):
            self._promise("sms")

    def test_confirmation_speaks_the_debtors_language(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.debtor.lang = "fr_FR"
        template = self.env.ref("debt_collection.sms_template_promise_confirmation")
        template.with_context(lang="fr_FR").body = (
            "Bonjour, {{ object.company_id.name }}: {{ object.schedule }}. "
            "{{ object.answer_at }}"
        )
        message = self._promise("sms")
        self.assertEqual(message.lang, "fr_FR")
        self.assertIn("Bonjour", self._text(message))
        self.assertIn("13/03/2026", self._text(message))

    def test_no_confirmation_nobody_asked_for(self):
        self.assertFalse(self._promise(False))

    def test_other_outcomes_confirm_nothing(self):
        self._call(self.case).finish("no_answer", confirm_channel="email")
        self.assertFalse(self.messages.search([("case_id", "=", self.case.id)]))

    # --- the gate ---------------------------------------------------------------------
    def test_at_night_it_waits_for_the_morning(self):
        with self._at(hours=9):
            call = self.case.with_user(self.operator)._claim_for_user()
            call.finish("promise", promise_amount=1000, promise_date=FRIDAY)
            message = self.case._send_message(
                "promise_confirmation", "email", promise=self.case.promise_ids
            )
            self.assertEqual(message.state, "queued")
            self.assertEqual(message.send_after, datetime(2026, 3, 11, 8, 0))
            self.assertIn("Possible from", message.failure)
            self._cron()
            self.assertFalse(message.mail_mail_id)
        with self._at(hours=23):
            self._cron()
            self.assertEqual(message.state, "sent")
            self.assertFalse(message.failure)
            self.assertEqual(len(message.mail_mail_id), 1)
            self._cron()
            self.assertEqual(message.sent_at, datetime(2026, 3, 11, 8, 0))

    def test_messages_use_up_the_limit(self):
        """Two messages a day, whoever sent them and about whatever."""
        for _number in range(2):
            message = self.case._send_message("callback_request", "sms")
            self.assertEqual(message.state, "sent")
        answer = self.case.check_contact("email")
        self.assertEqual(answer["reason"], "limit")
        third = self.case._send_message("callback_request", "email")
        self.assertEqual(third.state, "queued")
        self.assertEqual(third.send_after, datetime(2026, 3, 11, 8, 0))
        self.assertTrue(self.case.check_contact("call")["allowed"])

    def test_two_texts_a_day_in_russia_and_no_third(self):
        debtor = self._new_debtor(
            "Ivan", "+7 916 123-45-67", "base.ru", is_company=False
        )
        debtor.debt_tz = "Europe/Moscow"
        self._invoice(1000, 10, debtor)
        case = self._case(debtor)
        states = [
            case._send_message("callback_request", "sms").state for _number in range(3)
        ]
        self.assertEqual(states, ["sent", "sent", "queued"])

    def test_what_may_never_go_out_is_on_record_as_refused(self):
        self.debtor.debt_do_not_call = True
        with self.assertRaisesRegex(UserError, "choose e-mail instead"):
            self._promise("sms")
        message = self.case._send_message("callback_request", "sms")
        self.assertEqual(message.state, "refused")
        self.assertIn("refused calls", message.failure)
        self.assertFalse(message.sent_at)
        self.assertEqual(self._promise().sorted("id")[-1].state, "sent")

    def test_legal_stop_stops_messages(self):
        self._call(self.case).finish("represented", note="Me Dupont")
        message = self.case._send_message("payment_details", "email")
        self.assertEqual(message.state, "refused")

    def test_waiting_message_about_a_promise_that_is_over_is_dropped(self):
        with self._at(hours=9):
            message = self._promise()
            self.assertEqual(message.state, "queued")
            self._pay(self.invoice)
        with self._at(days=1):
            self._cron()
            self.assertEqual(message.state, "cancelled")

    def test_request_to_call_back_names_no_debt(self):
        for channel in ("email", "sms"):
            message = self.case._send_message("callback_request", channel)
            text = f"{message.subject} {self._text(message)}".lower()
            text = text.replace(self.debtor.name.lower(), "")
            for word in ("debt", "invoice", "amount", "owe", "pay", "1,000"):
                self.assertNotIn(word, text)
            self.assertIn("+32 2 555 00 00", text)

    def test_payment_details(self):
        for channel in ("email", "sms"):
            message = self.case._send_message("payment_details", channel)
            self.assertIn("1,000.00", self._text(message))
            self.assertIn(self.invoice.name, self._text(message))

    # --- once -------------------------------------------------------------------------
    def test_same_key_same_message(self):
        one = self.case._send_message("callback_request", "email", key="one")
        two = self.case._send_message("callback_request", "email", key="one")
        self.assertEqual(one, two)

    def test_broken_template_fails_one_message_and_not_the_call(self):
        template = self.env.ref("debt_collection.sms_template_promise_confirmation")
        template.body = "{{ object.no_such_field }}"
        message = self._promise("sms")
        self.assertEqual(message.state, "failed")
        self.assertTrue(message.failure)
        self.assertEqual(self.case.state, "promised")
        template.body = (
            "{{ object.company_id.name }}: {{ object.schedule }}. "
            "Questions: {{ object.answer_at }}"
        )
        message.with_user(self.operator).action_send_again()
        self.assertEqual(message.state, "sent")

    def test_missing_template_is_said(self):
        self.env.ref("debt_collection.sms_template_promise_confirmation").unlink()
        self.assertEqual(self._promise("sms").state, "failed")

    def test_messages_go_along_with_the_debtor(self):
        """A person who becomes a company's contact has had the company's messages."""
        person = self._new_debtor("Jan", "+32 470 12 36 02", is_company=False)
        self._invoice(100, 10, person)
        message = self._case(person)._send_message("callback_request", "sms")
        company = self._new_debtor("Jan BV")
        person.parent_id = company
        self.assertEqual(message.partner_id, company)
        self._case(company)
        history, _hours = self.env["debt.contact.facts"]._contact_history(company)
        self.assertEqual([c.channel for c in history[company.id]], ["sms"])

    # --- what becomes of it -----------------------------------------------------------
    def test_sms_is_delivered(self):
        message = self._promise("sms")
        self._report(message, "pending")
        self.assertEqual(message.state, "sent")
        self._report(message, "sent")
        self.assertEqual(message.state, "delivered")
        self._report(message, "error", failure_type="sms_server")
        self.assertEqual(message.state, "delivered")

    def test_sms_fails_with_its_reason(self):
        message = self._promise("sms")

        def refuse(_api, messages, **_options):
            return [
                {"uuid": number["uuid"], "state": "insufficient_credit"}
                for one in messages
                for number in one["numbers"]
            ]

        with patch.object(SmsApi, "_send_sms_batch", refuse):
            self._sms(message).send()
        self.assertEqual(message.state, "failed")
        self.assertEqual(message.failure, "Insufficient Credit")

    def test_mail_fails_and_is_sent_at_the_second_attempt(self):
        message = self._promise()
        mail = message.mail_mail_id
        mail._postprocess_sent_message([], [], "Mailbox is full", "mail_smtp")
        self.assertEqual(
            (message.state, message.failure), ("failed", "Mailbox is full")
        )
        mail._postprocess_sent_message([], ["one@example.com"])
        self.assertEqual((message.state, message.failure), ("sent", False))

    def test_mail_that_comes_back_has_failed(self):
        message = self._promise()
        self.env["mail.thread"]._routing_handle_bounce(
            False,
            {
                "bounced_email": "one@example.com",
                "bounced_partner": self.env["res.partner"],
                "bounced_msg_ids": [message.mail_mail_id.message_id],
                "bounced_message": self.env["mail.message"],
                "body": "<p>No such mailbox</p>",
                "email_from": "postmaster@example.com",
                "to": "us@example.com",
                "message_id": "<bounce@example.com>",
            },
        )
        self.assertEqual(
            (message.state, message.failure), ("failed", "No such mailbox")
        )

    # --- reminders --------------------------------------------------------------------
    def _remind(self, **delta):
        with self._at(**delta):
            self.cases._cron_refresh()
            self._cron()
        return self.messages.search([("kind", "=", "promise_reminder")])

    def test_reminder_the_day_before_and_once(self):
        self._promise("sms")
        self.assertFalse(self._remind(days=1))
        reminder = self._remind(days=2)
        self.assertEqual(reminder.state, "sent")
        self.assertEqual(reminder.channel, "sms")
        self.assertEqual(
            reminder.key, f"promise:{self.case.promise_ids.id}:reminder:2026-03-13"
        )
        self.assertIn("1,000.00", self._text(reminder))
        self.assertEqual(self._remind(**THURSDAY_NOON), reminder)
        self.assertEqual(self._remind(days=3), reminder)

    def test_reminder_by_the_preferred_channel_else_by_email(self):
        self.debtor.debt_preferred_channel = "sms"
        self._promise(False)
        self.assertEqual(self._remind(days=2).channel, "sms")
        self.debtor.debt_preferred_channel = "letter"
        promise = self.case.promise_ids
        self.assertEqual(promise._reminder_channels(), ["email", "sms"])
        self.debtor.debt_do_not_call = True
        self.assertEqual(promise._reminder_channels(), ["email"])

    def test_debtor_without_address_is_not_reminded(self):
        self.debtor.write({"email": False, "phone": "+32 2 555 12 12"})
        self._promise(False)
        self.assertFalse(self._remind(days=2))

    def test_no_reminder_where_none_is_wanted_or_needed(self):
        self._promise(False, day=date(2026, 3, 11))
        self.assertFalse(self._remind(hours=1), "promised an hour ago for tomorrow")
        self.company.debt_promise_reminder_days = 0
        self.env["debt.promise"].create(
            {"case_id": self.case.id, "amount": 10, "date": FRIDAY}
        )
        self.assertFalse(self._remind(days=2))

    def test_whoever_paid_is_not_reminded(self):
        self._promise(False)
        with self._at(days=1):
            self._pay(self.invoice)
        self.assertFalse(self._remind(days=2))

    def test_reminder_earlier_by_setting(self):
        self.company.debt_promise_reminder_days = 2
        self._promise(False)
        self.assertTrue(self._remind(days=1))

    # --- roles ------------------------------------------------------------------------
    def test_everybody_reads_and_nobody_writes(self):
        message = self._promise()
        for user in (self.operator, self.accountant, self.manager):
            mine = message.with_user(user)
            self.assertEqual(mine.state, "sent")
            for values in ({"state": "queued"}, {"body": "Pay!"}):
                with self.assertRaises(AccessError):
                    mine.write(values)
            with self.assertRaises(AccessError):
                mine.unlink()
        with self.assertRaises(UserError):
            message.with_user(
                new_test_user(self.env, "deleter", groups="base.group_user")
            ).sudo().unlink()

    def test_other_teams_and_companies_see_nothing(self):
        message = self._promise()
        team = self.env["debt.team"].create({"name": "Ours"})
        team.member_ids = [(0, 0, {"user_id": self.operator.id})]
        self.case.write({"team_id": team.id, "user_id": self.operator.id})
        visible = self.messages.with_user(self.colleague).search([])
        self.assertNotIn(message, visible)
        sister = self.env["res.company"].create({"name": "Sister"})
        stranger = new_test_user(
            self.env,
            "sister_manager",
            groups="debt_collection.group_debt_manager",
            company_id=sister.id,
            company_ids=[(6, 0, sister.ids)],
        )
        self.assertFalse(self.messages.with_user(stranger).search([]))

    def test_portal_users_see_none(self):
        portal = new_test_user(self.env, "debt_portal", groups="base.group_portal")
        portal.partner_id.parent_id = self.debtor
        self._promise()
        with self.assertRaises(AccessError):
            self.messages.with_user(portal).search([])

    def test_operator_takes_back_what_waits(self):
        with self._at(hours=9):
            message = self._promise()
            message.with_user(self.operator).action_cancel()
        self.assertEqual(message.state, "cancelled")

    def test_manager_edits_the_texts(self):
        for name in ("sms_template", "mail_template"):
            template = self.env.ref(f"debt_collection.{name}_callback_request")
            template.with_user(self.manager).name = "Ours"
        with self.assertRaises(AccessError):
            template = self.env.ref("debt_collection.sms_template_callback_request")
            template.with_user(self.operator).name = "Mine"

    def test_card_counts_and_shows_them(self):
        message = self._promise()
        self.assertEqual(self.case.debtor_message_count, 1)
        action = self.case.with_user(self.operator).action_debtor_messages()
        self.assertEqual(self.messages.search(action["domain"]), message)
