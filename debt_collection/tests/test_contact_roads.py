from datetime import date, timedelta
from email.message import EmailMessage

from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.sms.tests.common import SMSCommon

from ..tools.contact import Answer
from .common import TUESDAY, DebtCommon

FRIDAY = date(2026, 3, 13)
REFUSED = Answer(False, "hours")


@tagged("post_install", "-at_install")
class TestRoads(DebtCommon, SMSCommon):
    """Every road to a debtor leads through the gate: shut it, and nothing gets out."""

    def setUp(self):
        super().setUp()
        self.debtor.email = "one@example.com"
        self._invoice(1000, 10)
        self.case = self._case()
        self.asked = []

    def _shut(self):
        """From here on the gate says no to everything."""
        asked = self.asked

        def refuse(case, channel, at, number=None, ignored=()):
            asked.append(channel)
            return REFUSED, case._contact_facts()[case]

        def refuse_many(case, channel, at, facts, *_phone, **_known):
            asked.append(channel)
            return REFUSED

        self.patch(self.env.registry["debt.case"], "_contact_gate", refuse_many)
        self.patch(self.env.registry["debt.case"], "_ask_gate", refuse)

    def _assert_nothing_left(self, *channels):
        self.env.flush_all()
        self.assertEqual(set(self.asked), set(channels))
        sent = self.env["debt.message"].search([("sent_at", "!=", False)])
        self.assertFalse(sent)
        self.assertFalse(self.env["sms.sms"].search([]))
        self.assertFalse(self._mails())
        self.assertFalse(self.env["debt.call"].search([("state", "!=", "draft")]))

    def _mails(self):
        mails = self.env["mail.mail"].search([("model", "=", "debt.case")])
        return mails.filtered(
            lambda mail: (
                self.debtor in mail.recipient_ids
                or "one@example.com" in (mail.email_to or "")
            )
        )

    def _cron(self, *names):
        for name in names:
            with self.enter_registry_test_mode():
                cron = self.env.ref(f"debt_collection.ir_cron_debt_{name}")
                cron.method_direct_trigger()
        self.env.invalidate_all()

    # --- calls --------------------------------------------------------------------
    def test_dialling(self):
        call = self._call(self.case)
        self._shut()
        phone = self.debtor.debt_phone_ids
        for target in ({}, {"phone": phone}, {"number": "+32 470 12 34 56"}):
            with self.assertRaises(UserError):
                call.dial(**target)
        self._assert_nothing_left("call")

    def test_next_debtor(self):
        self._shut()
        self.assertFalse(self.cases.with_user(self.operator).claim_next())
        self._assert_nothing_left("call")

    # --- what the addon writes by itself ------------------------------------------
    def test_payment_details(self):
        self._shut()
        self.case.with_user(self.operator).action_send_payment_details()
        self._assert_nothing_left("email")

    def test_messages_of_every_kind_and_channel(self):
        self._shut()
        for kind in ("callback_request", "payment_details"):
            for channel in ("email", "sms"):
                self.case._send_message(kind, channel)
        self._assert_nothing_left("email", "sms")

    def test_what_waits_or_failed(self):
        with self._at(hours=9):
            message = self.case._send_message("callback_request", "email")
        self.assertEqual(message.state, "queued")
        self._shut()
        with self._at(days=1):
            self._cron("message")
        self.assertEqual(message.state, "refused")
        message.with_user(self.operator).action_send_again()
        self._assert_nothing_left("email")

    def test_confirmation_of_a_promise(self):
        call = self._call(self.case)
        self._shut()
        call.finish(
            "promise",
            promise_amount=1000,
            promise_date=FRIDAY,
            confirm_channel="email",
        )
        # The call itself, by hand, is judged as well.
        self.assertEqual(self.asked, ["call", "email"])
        self.assertFalse(self._mails())

    def test_reminder_of_a_promise(self):
        self._call(self.case).finish(
            "promise", promise_amount=1000, promise_date=FRIDAY
        )
        self._shut()
        with self._at(days=2):
            self.cases.sudo()._cron_daily()
            self._cron("message")
        self.assertEqual(set(self.asked), {"email"})
        self.assertFalse(self._mails())

    def test_steps_of_the_ladder(self):
        self._call(self.case).finish("no_answer")
        self._shut()
        with self._at(days=1, hours=3):
            self._cron("plan", "ladder_message", "message")
        self.assertEqual(set(self.asked), {"sms"})
        self.assertFalse(self.env["sms.sms"].search([]))

    # --- what people write ------------------------------------------------------------
    def _post(self, **values):
        return self.case.with_user(self.operator).message_post(
            body="Please call us.",
            subtype_xmlid="mail.mt_comment",
            partner_ids=self.debtor.ids,
            **values,
        )

    def test_chatter(self):
        self._shut()
        with self.assertRaises(UserError):
            self._post()
        self._assert_nothing_left("email")

    def test_followers(self):
        """A debtor who follows the case is written to by whatever is posted there."""
        self.case.message_subscribe(partner_ids=self.debtor.ids)
        self._shut()
        with self.assertRaises(UserError):
            self.case.with_user(self.operator).message_post(
                body="To whom it concerns", subtype_xmlid="mail.mt_comment"
            )
        self._assert_nothing_left("email")

    def test_scheduled_message(self):
        scheduled = (
            self.env["mail.scheduled.message"]
            .with_user(self.operator)
            .create(
                {
                    "model": "debt.case",
                    "res_id": self.case.id,
                    "body": "Please call us.",
                    "partner_ids": self.debtor.ids,
                    "author_id": self.operator.partner_id.id,
                    "scheduled_date": TUESDAY + timedelta(hours=1),
                }
            )
        )
        self._shut()
        with self.assertRaises(UserError):
            scheduled.post_message()
        self._assert_nothing_left("email")

    def test_composers(self):
        self._shut()
        for mode in ("comment", "mass_mail"):
            mail = self.env["mail.compose.message"].with_user(self.operator)
            composer = mail.create(
                {
                    "composition_mode": mode,
                    "model": "debt.case",
                    "res_ids": repr(self.case.ids),
                    "subject": "Please call us",
                    "body": "<p>Please call us.</p>",
                    "partner_ids": self.debtor.ids if mode == "comment" else [],
                }
            )
            with self.assertRaises(UserError):
                composer._action_send_mail()
        for mode in ("comment", "mass"):
            sms = self.env["sms.composer"].with_user(self.operator)
            sms = sms.with_context(
                default_res_model="debt.case", default_res_ids=self.case.ids
            )
            composer = sms.create({"body": "Call us", "composition_mode": mode})
            with self.assertRaises(UserError):
                composer._action_send_sms()
        self._assert_nothing_left("email", "sms")

    def test_sms_from_elsewhere_than_the_case(self):
        """Typed numbers, and what is no case, know nothing of a debtor's rules."""
        number = {"numbers": "+32470123456", "recipient_single_number_itf": ""}
        for model, mode in (
            ("debt.case", "numbers"),
            ("debt.call.wizard", "comment"),
            ("debt.dispute", "comment"),
            ("debt.dispute", "mass"),
        ):
            composer = (
                self.env["sms.composer"]
                .with_user(self.operator)
                .create(
                    {
                        "body": "Call us",
                        "composition_mode": mode,
                        "res_model": model,
                        **number,
                    }
                )
            )
            with self.assertRaisesRegex(UserError, "from the debtor's case"):
                composer._action_send_sms()
        self._assert_nothing_left()

    def test_the_call_window_has_no_link_to_dial_again(self):
        """Odoo's telephone widget dials as often as it is clicked, and writes SMS."""
        arch = self.env["debt.call.wizard"].get_view(view_type="form")["arch"]
        self.assertIn('name="number"', arch)
        self.assertNotIn('widget="phone"', arch)

    # --- what the debtor answers --------------------------------------------------
    def _answer(self, to_mail, sender="one@example.com", cc=""):
        mail = EmailMessage()
        mail["From"], mail["To"] = sender, "catchall@example.com"
        mail["Cc"], mail["Subject"] = cc, "Re: please call us"
        mail["Message-Id"] = f"<{sender}>"
        mail["In-Reply-To"] = mail["References"] = to_mail.message_id
        mail.set_content("I shall pay on Friday.")
        self.env["mail.thread"].sudo().message_process(None, mail.as_string())
        return self.env["mail.message"].search([("message_id", "=", f"<{sender}>")])

    def _mail_to_debtor(self):
        self.case.user_id = self.operator
        message = self.case._send_message("callback_request", "email")
        self.assertEqual(message.state, "sent", message.failure)
        return message.mail_mail_id

    def test_an_answer_reaches_the_case_and_its_operator_and_nobody_else(self):
        mail = self._mail_to_debtor()
        self._shut()
        mails = self.env["mail.mail"].search([])
        answer = self._answer(mail)
        self.assertEqual((answer.model, answer.res_id), ("debt.case", self.case.id))
        self.assertEqual(answer.author_id, self.debtor)
        self.assertIn("I shall pay on Friday", answer.body)
        notified = answer.notification_ids.res_partner_id
        self.assertIn(self.operator.partner_id, notified)
        self.assertNotIn(self.debtor, notified)
        written = self.env["mail.mail"].search([]) - mails
        self.assertLessEqual(written.recipient_ids, notified)

    def test_an_answer_is_not_passed_on_to_the_debtor_against_the_gate(self):
        """His colleague answers at night; he follows the case, and sleeps."""
        mail = self._mail_to_debtor()
        self.case.message_subscribe(partner_ids=self.debtor.ids)
        self._new_debtor(
            "Ann", is_company=False, parent_id=self.debtor.id, email="ann@example.com"
        )
        before = self._mails()
        self._shut()
        answer = self._answer(mail, "ann@example.com")
        self.assertEqual(answer.res_id, self.case.id)
        self.assertEqual(self.asked, ["email"])
        self.assertEqual(self._mails(), before)

    def test_a_colleagues_answer_by_mail_is_not_lost_at_night(self):
        """He cannot be told no on a screen: it is logged, and not passed on."""
        mail = self._mail_to_debtor()
        self.case.message_subscribe(partner_ids=self.debtor.ids)
        before = self._mails()
        self.operator.email = "operator@example.com"
        self._shut()
        answer = self._answer(mail, "operator@example.com")
        self.assertEqual(answer.res_id, self.case.id)
        self.assertEqual(self._mails(), before)

    # --- imports ------------------------------------------------------------------
    def test_importing_contacts_contacts_nobody(self):
        self._shut()
        partners = self.env["res.partner"].with_user(self.manager)
        self.manager.group_ids |= self.env.ref("base.group_partner_manager")
        result = partners.load(
            ["id", "name", "phone", "email", "debt_do_not_call"],
            [
                ["__import__.new", "New", "+32 470 11 22 33", "new@example.com", "0"],
                ["__import__.two", "Two", "+32 470 11 22 34", "two@example.com", "1"],
            ],
        )
        self.assertTrue(result["ids"], result["messages"])
        self.cases.refresh()
        self._cron("plan", "message")
        self._assert_nothing_left()

    def test_history_is_not_imported(self):
        """A call or message that nobody made would use up limits, or hide others."""
        case = self.case.export_data(["id"])["datas"][0][0]
        row = {
            "debt.call": (["case_id/id", "state"], [[case, "done"]]),
            "debt.message": (
                ["case_id/id", "channel", "kind"],
                [[case, "email", "manual"]],
            ),
            "debt.recording": (["name", "mimetype"], [["one", "audio/wav"]]),
        }
        for user in (self.operator, self.accountant, self.manager):
            for name, (names, rows) in row.items():
                result = self.env[name].with_user(user).load(names, rows)
                self.assertFalse(result["ids"], (user.login, name))
        self.assertFalse(self.env["debt.call"].search([("case_id", "=", self.case.id)]))

    def test_chatter_of_a_dispute(self):
        """Disputes are for colleagues; the debtor is written to from the case."""
        dispute = self.env["debt.dispute"].create(
            {
                "case_id": self.case.id,
                "move_ids": self.debtor.invoice_ids.ids,
                "reason": "Never delivered",
                "user_id": self.accountant.id,
                "deadline": FRIDAY,
            }
        )
        said = {"body": "Pay!", "message_type": "comment"}
        by_hand = dispute.with_user(self.accountant)
        with self.assertRaisesRegex(UserError, "from the debtor's case"):
            by_hand.message_post(
                partner_ids=self.debtor.ids, subtype_xmlid="mail.mt_comment", **said
            )
        with self.assertRaisesRegex(UserError, "from the debtor's case"):
            by_hand._message_sms("Pay!", sms_numbers=["+32470123456"])
        dispute.message_subscribe(self.debtor.ids)
        with self.enter_registry_test_mode():
            dispute.with_user(1).message_post(subtype_xmlid="mail.mt_comment", **said)
        self._assert_nothing_left()
