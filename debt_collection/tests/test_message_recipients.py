from datetime import timedelta

from odoo import SUPERUSER_ID, Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.sms.tests.common import SMSCommon

from .common import TUESDAY, DebtCommon


@tagged("post_install", "-at_install")
class TestMessageRecipients(DebtCommon, SMSCommon):
    """Whom people write to from a case: each address is asked about, and counts."""

    def setUp(self):
        super().setUp()
        self.debtor.email = "one@example.com"
        self.company.phone = "+32 2 555 00 00"
        self.ann = self._new_contact("Ann", "ann@example.com")
        self._invoice(1000, 10)
        self.case = self._case().with_user(self.operator)

    def _new_contact(self, name, email, **values):
        values = {"parent_id": self.debtor.id, **values}
        return self._new_debtor(name, is_company=False, email=email, **values)

    def _post(self, partners, **values):
        return self.case.message_post(
            body="Please call us.",
            subtype_xmlid="mail.mt_comment",
            partner_ids=partners.ids,
            **values,
        )

    def _mail_to_many(self, cases=None, **values):
        composer = (
            self.env["mail.compose.message"]
            .with_user(self.operator)
            .with_context(active_model="debt.case", active_ids=(cases or self.case).ids)
            .create(
                {
                    "composition_mode": "mass_mail",
                    "model": "debt.case",
                    "res_ids": repr((cases or self.case).ids),
                    "subject": "Please call us",
                    "body": "<p>We would like to speak with you.</p>",
                    **values,
                }
            )
        )
        return composer._action_send_mail()

    def _messages(self, case=None):
        return (case or self.case).sudo().debtor_message_ids

    def _debtor_mails(self):
        mails = self.env["mail.mail"].sudo().search([("model", "=", "debt.case")])
        return mails.filtered("debt_message_ids")

    def _consent(self, state, address):
        self.env["debt.consent"].create(
            {
                "partner_id": self.debtor.id,
                "company_id": self.company.id,
                "channel": "email",
                "state": state,
                "how": "form",
                "address": address,
                "date": "2026-03-01",
            }
        )

    # --- several at once ----------------------------------------------------------
    def test_each_recipient_counts_before_the_next_is_asked_about(self):
        """Two a day are allowed: three are refused as one, and none of them goes."""
        bob = self._new_contact("Bob", "bob@example.com")
        with self.assertRaisesRegex(UserError, "The limit is used up"):
            self._post(self.debtor | self.ann | bob)
        self.assertFalse(self._messages())
        self._post(self.debtor | self.ann)
        self.assertEqual(
            sorted(self._messages().mapped("address")),
            ["ann@example.com", "one@example.com"],
        )
        with self.assertRaisesRegex(UserError, "The limit is used up"):
            self._post(bob)

    def test_one_mail_to_two_of_a_case_among_many(self):
        self._post(self.ann)
        partners = [(6, 0, (self.debtor | self.ann).ids)]
        with self.assertRaisesRegex(UserError, "The limit is used up"):
            self._mail_to_many(partner_ids=partners)
        self.assertEqual(len(self._messages()), 1)

    def test_two_numbers_by_sms(self):
        self._new_contact("Bob", False, phone="+32 470 12 34 58")
        self._post(self.ann)
        numbers = ["+32470123456", "+32470123458"]
        with self.assertRaisesRegex(UserError, "The limit is used up"):
            self.case._message_sms("Please call us.", sms_numbers=numbers)
        self.assertFalse(self.env["sms.sms"].sudo().search([]))
        self.case._message_sms("Please call us.", sms_numbers=numbers[1:])
        sms = self._messages().filtered(lambda message: message.channel == "sms")
        self.assertEqual(sms.address, "+32470123458")
        self.assertTrue(sms.sms_uuid)

    # --- by address ---------------------------------------------------------------
    def test_what_is_kept_is_what_was_decided(self):
        """The law wants consent, and it was given for one address."""
        policy = self.company.debt_contact_policy_id
        policy.consent_ids = [Command.create({"channels": "messages"})]
        self._consent("given", "one@example.com")
        with self.assertRaisesRegex(UserError, "consent is needed"):
            self._post(self.ann)
        self._post(self.debtor)
        decision = self._messages().decision_ids
        self.assertEqual((decision.allowed, decision.reason), (True, "ok"))
        self.assertEqual(decision.number, "one@example.com")

    def test_an_address_that_was_refused(self):
        """Nor is it written to among many: it stands on Odoo's own list."""
        self._consent("withdrawn", "one@example.com")
        self._mail_to_many()
        self.assertFalse(self._messages())
        self._mail_to_many(partner_ids=[(6, 0, self.ann.ids)])
        self.assertEqual(self._messages().address, "ann@example.com")

    def test_strangers_are_not_told(self):
        stranger = self._new_contact("Neighbour", "next@example.com", parent_id=False)
        with self.assertRaisesRegex(
            UserError, "not one of the debtor's e-mail addresses"
        ):
            self._post(stranger)
        with self.assertRaisesRegex(
            UserError, "not one of the debtor's e-mail addresses"
        ):
            self._mail_to_many(partner_ids=[(6, 0, stranger.ids)])
        stranger.parent_id = self.debtor
        self.env.flush_all()
        self._post(stranger)
        self.assertEqual(self._messages().address, "next@example.com")

    def test_what_runs_by_itself_tells_no_stranger(self):
        stranger = self._new_contact("Neighbour", "next@example.com", parent_id=False)
        robot = self.case.with_user(self.env.ref("base.user_root"))
        message = robot.message_post(
            body="Automatic",
            subtype_xmlid="mail.mt_comment",
            partner_ids=(stranger | self.colleague.partner_id).ids,
        )
        self.assertFalse(self._messages())
        mails = self.env["mail.mail"].sudo()
        mails = mails.search([("mail_message_id", "=", message.id)])
        self.assertNotIn(stranger, mails.recipient_ids)

    def test_who_works_for_us_is_no_stranger(self):
        ours = self.company.partner_id
        clerk = self._new_contact("Clerk", "clerk@example.com", parent_id=ours.id)
        with self._at(hours=9):
            self._post(clerk)
        self.assertFalse(self._messages())

    def test_the_representative_is_written_to_by_the_rules(self):
        lawyer = self._new_debtor("Lawyer", email="law@example.com")
        self.debtor.write(
            {"debt_protection": "represented", "debt_representative_id": lawyer.id}
        )
        with self._at(hours=9), self.assertRaisesRegex(UserError, "permitted hours"):
            self._post(lawyer)
        with self.assertRaisesRegex(UserError, "has a representative"):
            self._post(self.debtor)
        for _time in range(2):
            self._post(lawyer)
        self.assertEqual(set(self._messages().mapped("address")), {"law@example.com"})
        with self.assertRaisesRegex(UserError, "The limit is used up"):
            self._post(lawyer)

    # --- when it leaves -------------------------------------------------------------
    def test_no_template_sends_at_another_hour(self):
        night = TUESDAY + timedelta(hours=17)
        template = self.env.ref("debt_collection.mail_template_callback_request")
        template.scheduled_date = str(night)
        self.case._send_message("callback_request", "email")
        debtor = [(6, 0, self.debtor.ids)]
        self._mail_to_many(template_id=template.id, partner_ids=debtor)
        self.assertEqual(len(self._debtor_mails()), 2)
        self.assertFalse(any(self._debtor_mails().mapped("scheduled_date")))

    def test_no_request_sends_at_another_hour(self):
        case = self.case.with_context(default_scheduled_date="2026-03-11 02:00:00")
        case._send_message("callback_request", "email")
        self.assertEqual(self._debtor_mails().scheduled_date, False)

    def test_what_is_scheduled_is_asked_about_when_it_is_due(self):
        self._post(self.debtor, scheduled_date="2099-01-01 00:00:00")
        self.assertFalse(self._messages())
        scheduled = self.env["mail.message.schedule"].with_user(SUPERUSER_ID)
        with self._at(hours=9):
            scheduled.search([])._send_notifications()
        self.assertFalse(self._messages())

    def test_nothing_leaves_before_it_is_on_record(self):
        """Sent within a request, it would be sent again with the request."""
        with self.mock_mail_gateway():
            self._mail_to_many(force_send=True)
            self.assertEqual(self._debtor_mails().state, "outgoing")
            self.assertFalse(self._mails)
        with self.mockSMSGateway():
            composer = (
                self.env["sms.composer"]
                .with_user(self.operator)
                .with_context(
                    default_res_model="debt.case", default_res_ids=self.case.ids
                )
                .create({"body": "Call us", "composition_mode": "mass"})
            )
            composer.action_send_sms_mass_now()
            self.assertFalse(self._sms)
        self.assertEqual(len(self._messages()), 2)

    # --- what each ends with ----------------------------------------------------------
    def test_every_mail_has_the_link_to_refuse_more(self):
        template = self.env.ref("debt_collection.mail_template_payment_details")
        template.body_html = """<p><t t-out="object.company_id.name"/>:
            <t t-out="format_amount(object.amount_overdue, object.currency_id)"/>
            <t t-out="object.answer_at"/></p>"""
        self.case._send_message("payment_details", "email")
        self._post(self.ann)
        with self._at(days=1):
            self._mail_to_many()
        self.assertEqual(len(self._debtor_mails()), 3)
        for mail in self._debtor_mails():
            body = mail._prepare_outgoing_body()
            self.assertEqual(body.count(self.case.sudo().consent_url), 1)
            self.assertEqual(mail.debt_message_ids.body.count("Tell us here"), 1)

    def test_colleagues_get_no_link(self):
        self._post(self.ann | self.colleague.partner_id)
        mails = self.env["mail.mail"].sudo().search([("model", "=", "debt.case")])
        ours = mails.filtered(lambda m: self.colleague.partner_id in m.recipient_ids)
        for mail in ours:
            self.assertNotIn("Tell us here", mail._prepare_outgoing_body())
