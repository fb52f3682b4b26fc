from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.sms.tests.common import SMSCommon

from .common import DebtCommon


@tagged("post_install", "-at_install")
class TestMessageByHand(DebtCommon, SMSCommon):
    """Chatter and composers are roads to the debtor: the gate stands on each."""

    def setUp(self):
        super().setUp()
        self.debtor.email = "one@example.com"
        self._invoice(1000, 10)
        self.case = self._case().with_user(self.operator)

    def _post(self, **values):
        return self.case.message_post(
            body="Please call us.",
            subtype_xmlid="mail.mt_comment",
            **{"partner_ids": self.debtor.ids, **values},
        )

    def _compose_mail(self, cases=None):
        cases = cases or self.case
        composer = (
            self.env["mail.compose.message"]
            .with_user(self.operator)
            .with_context(
                active_model="debt.case",
                active_ids=cases.ids,
                default_composition_mode="comment" if len(cases) == 1 else "mass_mail",
                default_model="debt.case",
                default_res_ids=cases.ids,
            )
            .create(
                {
                    "subject": "Please call us",
                    "body": "<p>We would like to speak with you.</p>",
                    "partner_ids": [(6, 0, self.debtor.ids)] if len(cases) == 1 else [],
                }
            )
        )
        composer._action_send_mail()

    def _compose_sms(self, cases=None, **values):
        cases = cases or self.case
        mode = "comment" if len(cases) == 1 else "mass"
        composer = (
            self.env["sms.composer"]
            .with_user(self.operator)
            .with_context(default_res_model="debt.case", default_res_ids=cases.ids)
            .create({"body": "Please call us.", "composition_mode": mode, **values})
        )
        composer._action_send_sms()

    def _messages(self, case=None):
        return (case or self.case).sudo().debtor_message_ids

    # --- e-mail -------------------------------------------------------------------
    def test_mail_from_the_chatter_is_on_record(self):
        self._post(subject="Hello")
        message = self._messages()
        self.assertEqual(
            (message.kind, message.channel, message.state, message.address),
            ("manual", "email", "sent", "one@example.com"),
        )
        self.assertEqual(message.user_id, self.operator)
        self.assertEqual(message.subject, "Hello")
        self.assertTrue(message.mail_mail_id)
        self.assertFalse(message.requested)

    def test_mail_from_the_composer_uses_up_the_limit(self):
        self._compose_mail()
        self._post()
        self.assertEqual(len(self._messages()), 2)
        self.assertEqual(self.case.check_contact("sms")["reason"], "limit")
        with self.assertRaisesRegex(UserError, "The limit is used up"):
            self._compose_mail()

    def test_at_night_nobody_writes(self):
        with self._at(hours=9):
            for write in (self._post, self._compose_mail, self._compose_sms):
                with self.assertRaisesRegex(UserError, "outside the permitted hours"):
                    write()
        self.assertFalse(self._messages())

    def test_notes_and_colleagues_are_free(self):
        with self._at(hours=9):
            self.case.message_post(body="Strange debtor")
            self._post(partner_ids=self.colleague.partner_id.ids)
        self.assertFalse(self._messages())

    def test_contact_of_the_debtor_is_the_debtor(self):
        contact = self._new_debtor(
            "Ann", is_company=False, parent_id=self.debtor.id, email="ann@example.com"
        )
        with self._at(hours=9), self.assertRaises(UserError):
            self._post(partner_ids=contact.ids)
        self._post(partner_ids=contact.ids)
        self.assertEqual(self._messages().address, "ann@example.com")

    def test_what_runs_by_itself_leaves_the_debtor_out(self):
        robot = self.case.with_user(self.env.ref("base.user_root"))
        with self._at(hours=9):
            message = robot.message_post(
                body="Automatic",
                subtype_xmlid="mail.mt_comment",
                partner_ids=self.debtor.ids,
            )
        self.assertFalse(
            self.env["mail.mail"].sudo().search([("mail_message_id", "=", message.id)])
        )
        self.assertFalse(self._messages())

    def _second(self):
        debtor = self._new_debtor("Two", "+32 470 12 34 57", email="two@example.com")
        self._invoice(10, 10, debtor)
        return self._case(debtor).with_user(self.operator)

    def test_mail_to_many(self):
        cases = self.case | self._second()
        self._compose_mail(cases)
        for case in cases:
            self.assertEqual(self._messages(case).mapped("state"), ["sent"])
        cases[1].sudo()._set_state("legal")
        with self.assertRaisesRegex(UserError, "Two cannot be written to"):
            self._compose_mail(cases)

    # --- SMS ----------------------------------------------------------------------
    def test_sms_is_on_record_and_its_report_arrives(self):
        self._compose_sms()
        message = self._messages()
        self.assertEqual(
            (message.kind, message.channel, message.state, message.address),
            ("manual", "sms", "sent", "+32470123456"),
        )
        trackers = self.env["sms.tracker"].sudo()
        tracker = trackers.search([("sms_uuid", "=", message.sms_uuid)])
        tracker._action_update_from_sms_state("sent")
        self.assertEqual(message.state, "delivered")

    def test_number_that_is_not_the_debtors(self):
        with self.assertRaisesRegex(UserError, "not to be dialled"):
            self.case._message_sms("Hello", sms_numbers=["+32470999999"])

    def test_sms_to_many(self):
        cases = self.case | self._second()
        self._compose_sms(cases, mass_keep_log=True)
        for case in cases:
            message = self._messages(case)
            self.assertEqual((message.channel, message.state), ("sms", "sent"))
            self.assertTrue(message.sms_uuid)
        cases[1].sudo()._set_state("legal")
        with self.assertRaisesRegex(UserError, "Two cannot be written to"):
            self._compose_sms(cases)

    def test_what_is_written_to_nobody_is_not_asked_about(self):
        """An activity that is done goes to no number: the gate has nothing to say."""
        activity = self.case.sudo().activity_schedule("mail.mail_activity_data_todo")
        messages = type(self.env["debt.message"])
        with patch.object(messages, "_write_by_hand") as written:
            activity._action_done(feedback="Done")
        written.assert_not_called()
