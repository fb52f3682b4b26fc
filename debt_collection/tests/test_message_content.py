from itertools import product

from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import html2plaintext

from .common import DebtCommon
from .tongues import speak_all

PHONE = "+32 2 555 00 00"
EMAIL = "answer@example.com"
KINDS = (
    "promise_confirmation",
    "promise_reminder",
    "payment_details",
    "callback_request",
)


@tagged("post_install", "-at_install")
class TestMessageContent(DebtCommon):
    """A message names who writes, where he answers, how to refuse, or stays here."""

    def setUp(self):
        super().setUp()
        self.company.write({"phone": PHONE, "email": EMAIL, "website": False})
        self.policy = self.company.debt_contact_policy_id.copy()
        self.policy.limit_ids.unlink()
        self.debtor.write(
            {"email": "debtor@example.com", "debt_contact_policy_id": self.policy.id}
        )
        self._invoice(1000, 10)
        promised = self._case()
        self.promise = self.env["debt.promise"].create(
            {"case_id": promised.id, "amount": 250, "date": "2026-03-20"}
        )
        # Nothing else goes out to who has promised.
        self.other = self._new_debtor(
            "Debtor Two",
            "+32 470 12 34 57",
            email="two@example.com",
            debt_contact_policy_id=self.policy.id,
        )
        self._invoice(1000, 10, self.other)
        self.case = self._case(self.other)

    def _send(self, kind, channel):
        promise = self.promise if kind.startswith("promise") else None
        case = promise.case_id if promise else self.case
        message = case._send_message(kind, channel, promise=promise)
        return message, html2plaintext(message.body or "")

    def test_nobody_is_asked_to_call_a_name(self):
        """The operator's name, or the robot's, is no number."""
        self.company.phone = False
        for channel in ("sms", "email"):
            message, _text = self._send("callback_request", channel)
            self.assertEqual(message.state, "refused")
            self.assertIn("no telephone number", message.failure)
        self.assertFalse(self.env["sms.sms"].sudo().search([]))
        self.assertIn("not sent", self.case.message_ids[:1].preview)

    def test_it_does_not_count_as_a_contact(self):
        self.company.phone = False
        message, _text = self._send("callback_request", "sms")
        self.assertFalse(message.sent_at)
        self.assertFalse(message.decision_ids)

    def test_the_reminder_names_the_amount(self):
        for channel in ("sms", "email"):
            message, text = self._send("promise_reminder", channel)
            self.assertEqual(message.state, "sent", message.failure)
            self.assertIn("250", text)
            self.assertIn(PHONE, text)

    def test_a_template_without_the_amount_stays_here(self):
        template = self.env.ref("debt_collection.sms_template_promise_reminder")
        template.body = "{{ object.company_id.name }}: soon. {{ object.answer_at }}"
        message, _text = self._send("promise_reminder", "sms")
        self.assertEqual(message.state, "refused")
        self.assertIn("does not name the amount", message.failure)

    def test_a_request_to_call_back_does_not_speak_of_the_debt(self):
        template = self.env.ref("debt_collection.sms_template_callback_request")
        template.body += " about your overdue invoice"
        message, _text = self._send("callback_request", "sms")
        self.assertEqual(message.state, "refused")
        self.assertIn("others may read it", message.failure)

    def test_every_sms_says_how_to_refuse(self):
        message, text = self._send("payment_details", "sms")
        self.assertEqual(message.state, "sent", message.failure)
        self.assertIn("/consent/.../sms", text, "colleagues read it")
        sms = self.env["sms.sms"].sudo().search([("uuid", "=", message.sms_uuid)])
        self.assertIn(f"{self.case.consent_url}/sms", sms.body)
        self.assertNotIn(self.case.consent_url, str(self.case.message_ids[:1].body))

    def test_the_law_may_want_a_language(self):
        """The debtor's own will do; a text that is in neither stays here."""
        self.policy.languages = "uk"
        message, _text = self._send("payment_details", "email")
        self.assertEqual(message.state, "sent", message.failure)
        self.other.lang = False
        message, _text = self._send("payment_details", "email")
        self.assertEqual(message.state, "refused")
        self.assertIn("in a language of the debtor (uk)", message.failure)
        self.policy.languages = "en, uk"
        message, _text = self._send("payment_details", "email")
        self.assertEqual(message.state, "sent", message.failure)
        with self.assertRaisesRegex(ValidationError, "codes of two letters"):
            self.policy.languages = "ukrainian"

    def test_what_the_law_wants_said_is_said(self):
        """By itself, where the debt is spoken of, and nowhere else."""
        said = "This is an attempt to collect a debt."
        self.policy.disclosure = said
        for channel in ("sms", "email"):
            message, text = self._send("payment_details", channel)
            self.assertEqual(message.state, "sent", message.failure)
            self.assertEqual(text.count(said), 1)
            message, text = self._send("callback_request", channel)
            self.assertNotIn(said, text)
        steps = self.env["debt.script"]._for_case(self.case).step_ids
        first = steps.filtered(lambda step: step.phase != "identify")[:1]
        texts = steps._render_text(self.case)
        self.assertEqual(
            [one for one, text in texts.items() if said in text], first.ids
        )

    def test_who_refused_sms_by_the_link_gets_none(self):
        url = f"{self.case.consent_url}/sms"
        self.assertTrue(url.endswith("/sms"))
        self.case._record_consent("sms", "withdrawn", "portal")
        message, _text = self._send("payment_details", "sms")
        self.assertEqual(message.state, "refused")
        self.assertEqual(self._send("payment_details", "email")[0].state, "sent")

    def test_where_the_law_wants_a_telephone_an_address_is_not_enough(self):
        self.policy.demand_phone = True
        self.company.phone = False
        message, _text = self._send("payment_details", "email")
        self.assertEqual(message.state, "refused")
        self.company.phone = PHONE
        self.assertEqual(self._send("payment_details", "email")[0].state, "sent")

    def test_the_companys_own_list_binds_people_too(self):
        self.company.debt_forbidden_phrases = "the bailiff\n\n"
        messages = self.env["debt.message"]
        with self.assertRaisesRegex(UserError, "forbids the words"):
            messages.with_user(self.accountant)._check_by_hand(
                self.case, "email", "Or else the  Bailiff comes."
            )
        messages._check_by_hand(self.case, "email", "Thank you.")

    def test_a_script_says_nothing_that_the_company_forbids(self):
        script = self.env["debt.script"].search([], limit=1)
        self.assertEqual(script._check_forbidden(), [])
        step = script.step_ids[:1]
        step.text = "<p>Or we send the <b>bailiff</b>.</p>"
        self.company.debt_forbidden_phrases = "send the bailiff"
        [finding] = script._check_forbidden()
        self.assertIn("which your company forbids", finding)

    def test_a_template_tells_the_verdict_while_it_is_written(self):
        sms = self.env.ref("debt_collection.sms_template_callback_request")
        self.assertIn("says what it must", sms.debt_verdict)
        form = Form(sms.with_user(self.manager), "sms.sms_template_view_form")
        form.body = "Please call us back: {{ object.company_id.name }}"
        self.assertIn("no telephone number", form.debt_verdict)
        self.assertTrue(form.debt_refused)
        form.body = (
            "{{ object.company_id.name }}: your debt! {{ object.company_id.phone }}"
        )
        self.assertIn("others may read it", form.debt_verdict)
        form.body = "{{ object.env.user.password }}"
        self.assertIn("code of its own", form.debt_verdict)
        self.assertFalse(form.debt_refused)
        mail = self.env.ref("debt_collection.mail_template_promise_reminder")
        self.assertIn("says what it must", mail.debt_verdict)
        other = self.env["mail.template"].search(
            [("model", "=", "account.move")], limit=1
        )
        self.assertFalse(other.debt_verdict)

    def test_no_shipped_text_leaves_without_what_it_must_say(self):
        """Each text, in each language, whatever the company or the debtor lacks."""
        langs = speak_all(self.env)
        for lang, phone, email in product(langs, (PHONE, False), (EMAIL, False)):
            self.company.write({"phone": phone, "email": email})
            (self.debtor | self.other).lang = lang
            if not phone:
                self.company.bank_ids.unlink()
            for kind, channel in product(KINDS, ("sms", "email")):
                with self.subTest(
                    lang, phone=phone, email=email, kind=kind, by=channel
                ):
                    self._assert_says_all(kind, channel, phone, email)

    def _assert_says_all(self, kind, channel, phone, email):
        message, text = self._send(kind, channel)
        answered = bool(phone) or bool(email) and kind != "callback_request"
        self.assertEqual(message.state, "sent" if answered else "refused")
        if message.state == "sent":
            self.assertIn(self.company.name, text)
            self.assertTrue(phone and phone in text or email and email in text)
            self.assertIn("/consent/...", text)
            if kind.startswith("promise"):
                self.assertIn("250", text)
