from datetime import timedelta
from email.message import EmailMessage

from freezegun import freeze_time

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import TUESDAY, DebtCommon


@tagged("post_install", "-at_install")
class TestMessageReply(DebtCommon):
    """What a debtor writes back is on record, read by somebody, and pauses the rest."""

    def setUp(self):
        super().setUp()
        self.debtor.email = "debtor@example.com"
        self.company.debt_accountant_id = self.accountant
        self._invoice(1000, 10)
        self.case = self._case()
        self.case.user_id = self.operator

    def _mail(self, text="I have paid yesterday.", **values):
        self.case.message_update(
            {
                "from": "Debtor One <debtor@example.com>",
                "subject": "Re: invoices",
                "body": f"<p>{text}</p>",
                "attachments": [],
                **values,
            }
        )
        return self._last()

    def _sms(self, text="I have paid yesterday."):
        self.env["debt.refusal"].with_user(self.manager).receive_sms(
            "+32 470 12 34 56", text
        )
        return self._last()

    def _last(self):
        return self.env["debt.reply"].search([("case_id", "=", self.case.id)], limit=1)

    def _message(self, kind):
        values = self.case._prepare_message_values(
            kind, "email", key=f"test:{kind}", address="debtor@example.com"
        )
        message = self.env["debt.message"].sudo().create(values)
        message._send()
        return message

    def test_a_mail_is_on_record_and_wakes_the_operator(self):
        reply = self._mail()
        self.assertEqual((reply.channel, reply.state), ("email", "unread"))
        self.assertEqual(reply.address, "debtor@example.com")
        self.assertIn("paid yesterday", reply.text)
        self.assertEqual(reply.activity_ids.user_id, self.operator)

    def test_an_sms_too(self):
        reply = self._sms()
        self.assertEqual((reply.channel, reply.state), ("sms", "unread"))
        self.assertEqual(reply.address, "+32470123456")

    def test_files_go_to_the_accountant(self):
        reply = self._mail(attachments=[("transfer.pdf", b"%PDF", {})])
        self.assertEqual(reply.files, "transfer.pdf")
        self.assertEqual(reply.activity_ids.user_id, self.operator | self.accountant)

    def test_colleagues_are_no_debtors(self):
        self._mail(**{"from": self.accountant.email_formatted})
        self.assertFalse(self._last())

    def test_strangers_are_no_debtors_either(self):
        self._mail(**{"from": "Newsletter <news@example.org>"})
        self.assertFalse(self._last())
        self.env["res.partner"].create(
            {"name": "Eva", "parent_id": self.debtor.id, "email": "eva@example.com"}
        )
        reply = self._mail(**{"from": "Eva <eva@example.com>"})
        self.assertEqual(reply.address, "eva@example.com")

    def test_that_he_is_out_of_office_is_no_answer(self):
        for name, value, counts in (
            ("Auto-Submitted", "auto-replied", False),
            ("X-Autoreply", "yes", False),
            ("Auto-Submitted", "no", True),
        ):
            with self.subTest(f"{name}: {value}"):
                self._arrives(name, value)
                self.assertEqual(bool(self._last()), counts)

    def _arrives(self, header, value):
        """A mail from the debtor, as the mail server hands it over."""
        mail = EmailMessage()
        mail["From"] = "debtor@example.com"
        mail["To"] = "debts@example.net"
        mail["Message-Id"] = f"<{header}.{value}@example.com>"
        mail[header] = value
        mail.set_content("I am not in the office.")
        threads = self.env["mail.thread"].sudo()
        parsed = threads.message_parse(mail)
        route = ("debt.case", self.case.id, {}, self.env.uid, None)
        threads._message_route_process(mail, parsed, [route])

    def test_the_logo_of_a_signature_proves_no_payment(self):
        reply = self._mail(
            attachments=[
                ("logo.png", b"PNG", {"cid": "logo@example.com"}),
                ("transfer.pdf", b"%PDF", {"encoding": None}),
            ]
        )
        self.assertEqual(reply.files, "transfer.pdf")

    def test_no_robot_speaks_before_it_is_read(self):
        reply = self._mail()
        for channel in ("robot_call", "voice_message"):
            with self.subTest(channel):
                answer = self.case.check_contact(channel)
                self.assertFalse(answer["allowed"])
                self.assertEqual(answer["reason"], "unread_reply")
                self.assertIn("nobody has read it", answer["message"])
        self.assertTrue(self.case.check_contact("call")["allowed"])
        reply.with_user(self.operator).action_read()
        for channel in ("robot_call", "voice_message"):
            reason = self.case.check_contact(channel)["reason"]
            self.assertNotEqual(reason, "unread_reply")

    def test_nothing_is_sent_by_itself_before_it_is_read(self):
        reply = self._mail()
        waiting = self._message("ladder")
        self.assertEqual(waiting.state, "queued")
        self.assertIn("nobody has read it", waiting.failure)
        asked_for = self._message("payment_details")
        self.assertEqual(asked_for.state, "sent")
        reply.with_user(self.operator).action_read()
        self.assertEqual((reply.state, reply.user_id), ("read", self.operator))
        self.assertFalse(reply.activity_ids)
        self.assertFalse(self.env["debt.reply"]._unread(self.case))

    def test_a_message_that_waits_too_long_is_of_no_use(self):
        self._mail()
        waiting = self._message("ladder")
        with freeze_time(TUESDAY + timedelta(days=6)):
            waiting._send()
        self.assertEqual(waiting.state, "cancelled")

    def test_it_is_found_by_its_words(self):
        self._mail("The goods were broken.")
        found = self.env["debt.reply"].search([("text", "ilike", "BROKEN")])
        self.assertEqual(found.case_id, self.case)

    def test_others_do_not_read_it(self):
        reply = self._mail()
        team = self.env["debt.team"].create({"name": "Others"})
        self.case.write({"team_id": team.id, "user_id": self.colleague.id})
        with self.assertRaises(AccessError):
            reply.with_user(self.operator).action_read()
