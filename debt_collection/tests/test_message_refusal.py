from datetime import date, timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import DebtCommon

MOBILE = "+32470123456"


@tagged("post_install", "-at_install")
class TestRefusal(DebtCommon):
    """A debtor who writes STOP gets no more, however and wherever he writes it."""

    def setUp(self):
        super().setUp()
        self.company.phone = "+32 2 555 00 00"
        self.debtor.email = "debtor@example.com"
        self._invoice(1000, 10)
        self.case = self._case()
        self.refusals = self.env["debt.refusal"]

    def _sms(self, text, number=MOBILE):
        ids = self.refusals.sudo().receive_sms(number, text)
        return self.refusals.sudo().browse(ids)

    def _reasons(self, case=None):
        case = case or self.case
        return {
            channel: case.check_contact(channel)["reason"]
            for channel in ("call", "sms", "email")
        }

    # --- a word -----------------------------------------------------------------
    def test_stop_is_heeded_at_once_and_is_about_its_medium(self):
        refusal = self._sms("Stop!")
        self.assertEqual(refusal.state, "heeded")
        self.assertFalse(refusal.activity_ids)
        reasons = self._reasons()
        self.assertEqual(reasons["sms"], "opted_out")
        self.assertNotEqual(reasons["email"], "opted_out")
        self.assertNotEqual(reasons["call"], "opted_out")
        consent = self.env["debt.consent"].search([("channel", "=", "sms")], limit=1)
        self.assertEqual((consent.state, consent.how), ("withdrawn", "sms"))
        self.assertEqual(consent.note, "Stop!")
        self.assertIn("Stop!", self.case.message_ids[:1].preview)

    def test_it_is_confirmed_once_where_the_law_allows_it(self):
        messages = self.env["debt.message"]
        noted = [("kind", "=", "refusal_noted")]
        self._sms("STOP")
        self.assertFalse(messages.search(noted), "the policy does not say so")
        self._sms("START")
        policy = self.company.debt_contact_policy_id.copy(
            {"revocation_confirmed": True}
        )
        self.debtor.debt_contact_policy_id = policy
        self._sms("STOP")
        message = messages.search(noted)
        self.assertEqual(message.state, "sent", message.failure)
        self.assertIn("no more SMS from us", message.body)
        self._sms("STOP!!")
        sent = messages.search([*noted, ("state", "=", "sent")])
        self.assertEqual(sent, message)

    def test_no_confirmation_at_night(self):
        policy = self.company.debt_contact_policy_id.copy(
            {"revocation_confirmed": True}
        )
        self.debtor.debt_contact_policy_id = policy
        with self._at(hours=12):
            refusal = self._sms("STOP")
        self.assertEqual(refusal.state, "heeded")
        message = self.env["debt.message"].search([("kind", "=", "refusal_noted")])
        self.assertEqual(message.state, "refused")

    def test_start_takes_it_back(self):
        self._sms("STOP")
        self._sms("START")
        self.assertNotEqual(self._reasons()["sms"], "opted_out")

    def test_start_of_somebody_who_never_refused_consents_to_nothing(self):
        self._sms("START")
        self.assertFalse(self.env["debt.consent"].search([("channel", "=", "sms")]))

    def test_an_answer_about_something_else_refuses_nothing(self):
        self.assertFalse(self._sms("I pay at the end of the month"))
        self.assertFalse(self._sms("Stop", "+32470999999"))
        self.assertNotEqual(self._reasons()["sms"], "opted_out")

    # --- a sentence -------------------------------------------------------------
    def test_a_sentence_waits_for_a_person(self):
        refusal = self._sms("Please do not ever text me again about that matter")
        self.assertEqual(refusal.state, "to_confirm")
        activity = refusal.activity_ids
        self.assertEqual(activity.date_deadline, date(2026, 3, 10))
        refusal.with_user(self.operator).action_heed()
        self.assertEqual((refusal.state, refusal.user_id), ("heeded", self.operator))
        self.assertEqual(self._reasons()["sms"], "opted_out")
        self.assertFalse(refusal.activity_ids)

    def test_only_the_accountant_says_that_it_is_none(self):
        refusal = self._sms("Do not contact me at work, call me at home")
        with self.assertRaises(AccessError):
            refusal.with_user(self.operator).action_dismiss()
        refusal.with_user(self.accountant).action_dismiss()
        self.assertEqual(refusal.state, "dismissed")
        self.assertNotEqual(self._reasons()["sms"], "opted_out")

    def test_what_nobody_has_read_by_its_deadline_is_a_refusal(self):
        refusal = self._sms("Leave me alone")
        self.cases.sudo()._cron_daily()
        self.assertEqual(refusal.state, "to_confirm")
        with self._at(days=1):
            self.cases.sudo()._cron_daily()
            self.assertEqual(self._reasons()["sms"], "opted_out")
        self.assertEqual((refusal.state, refusal.user_id.id), ("heeded", False))

    # --- by e-mail --------------------------------------------------------------
    def _reply(self, body, sender="Debtor <debtor@example.com>"):
        self.case.message_update({"from": sender, "body": body})
        return self.refusals.search([("channel", "=", "email")])

    def test_the_answer_to_an_email_refuses_more(self):
        quoted = "<p>On Tue, 10 Mar 2026 Acme wrote:</p><blockquote>pay</blockquote>"
        refusal = self._reply(f"<p>Unsubscribe</p>{quoted}")
        self.assertEqual(refusal.state, "heeded")
        self.assertEqual(self._reasons()["email"], "opted_out")

    def test_what_a_stranger_answers_refuses_nothing(self):
        self.assertFalse(self._reply("<p>STOP</p>", "x@stranger.example"))

    # --- each country -----------------------------------------------------------
    def test_the_debtor_who_writes_stop_in_each_country(self):
        """What is refused, and until when it must be heeded, is the law's to say."""
        stories = (
            ("base.us", "base.state_us_5", "+12025550123", "STOP"),
            ("base.ru", None, "+79161234567", "СТОП"),
            ("base.uk", None, "+447400123456", "stop please"),
            ("base.br", "base.state_br_sp", "+5511987654321", "SAIR"),
            ("base.de", None, "+4915123456789", "Abmelden"),
            ("base.fr", None, "+33612345678", "ARRÊT"),
            ("base.ua", None, "+380671234567", "Відмова"),
            ("base.in", None, "+919123456789", "रोकें"),
            ("base.kz", None, "+77011234567", "Тоқтату"),
        )
        for country, state, number, word in stories:
            with self.subTest(country=country):
                debtor = self._new_debtor(
                    f"Debtor {country}",
                    number,
                    country,
                    is_company=False,
                    state_id=self.env.ref(state).id if state else False,
                )
                self._invoice(500, 10, debtor)
                case = self._case(debtor)
                refusal = self._sms(word, number)
                self.assertEqual(refusal.case_id, case)
                self.assertEqual(refusal.state, "heeded")
                self.assertEqual(self._reasons(case)["sms"], "opted_out")

    def test_a_law_may_take_it_for_a_refusal_of_everything(self):
        policy = self.company.debt_contact_policy_id.copy({"revocation_scope": "all"})
        self.debtor.debt_contact_policy_id = policy
        refusal = self._sms("STOP")
        self.assertTrue(refusal.everywhere)
        self.assertEqual(
            self._reasons(),
            {"call": "do_not_call", "sms": "opted_out", "email": "opted_out"},
        )
        self.assertTrue(self.case.check_contact("letter")["allowed"])

    def test_the_deadline_is_the_laws(self):
        policy = self.company.debt_contact_policy_id.copy({"revocation_days": 10})
        self.debtor.debt_contact_policy_id = policy
        refusal = self._sms("Kindly do not write to me any more, I have told you")
        self.assertEqual(refusal.deadline, date(2026, 3, 24))
        self.assertEqual(refusal.activity_ids.date_deadline, date(2026, 3, 23))

    # --- Odoo's lists -----------------------------------------------------------
    def test_odoos_lists_follow(self):
        self._sms("STOP")
        phones = self.env["phone.blacklist"].sudo()
        entry = phones.search([("number", "=", MOBILE)])
        self.assertTrue(entry.debt_refused)
        self._sms("START")
        self.assertFalse(entry.active)
        self.case._record_consent("email", "withdrawn", "email")
        mails = self.env["mail.blacklist"].sudo()
        self.assertTrue(mails.search([("email", "=", "debtor@example.com")]))

    def test_what_others_put_there_is_not_taken_off(self):
        phones = self.env["phone.blacklist"].sudo()
        entry = phones._add([MOBILE])
        self._sms("STOP")
        self.assertFalse(entry.debt_refused)
        self._sms("START")
        self.assertTrue(entry.active)
        self.assertEqual(self._reasons()["sms"], "opted_out")

    # --- who may ----------------------------------------------------------------
    def test_a_gateway_is_a_manager(self):
        with self.assertRaises(AccessError):
            self.refusals.with_user(self.operator).receive_sms(MOBILE, "STOP")
        ids = self.refusals.with_user(self.manager).receive_sms(MOBILE, "STOP")
        self.assertEqual(len(ids), 1)
        with self.assertRaises(UserError):
            self.refusals.with_user(self.manager).receive_sms(12, "STOP")

    def test_nobody_writes_what_a_debtor_said(self):
        refusal = self._sms("STOP")
        for user in (self.operator, self.accountant, self.manager):
            with self.assertRaises(AccessError):
                refusal.with_user(user).text = "GO ON"
        self.assertLess(fields.Datetime.now() - refusal.heeded_at, timedelta(minutes=1))
