from unittest.mock import patch

from odoo import Command, fields
from odoo.tests import tagged

from odoo.addons.sms.tests.common import SMSCommon

from ..models.message.debt_message_elsewhere import Letter
from .common import DebtCommon

LATE = {"hours": 13}


@tagged("post_install", "-at_install")
class TestMessageElsewhere(DebtCommon, SMSCommon):
    """Invoices and contacts are roads to the debtor, too: who takes them is warned."""

    def setUp(self):
        super().setUp()
        self.debtor.email = "one@example.com"
        self.invoice = self._invoice(1000, 10)
        self.case = self._case()

    def _noted(self):
        messages = self.case.debtor_message_ids
        return messages.filtered(lambda message: message.kind == "elsewhere")

    def _post(self, record, **values):
        """Post to the debtor.

        :return: sentences the user is shown
        """
        users = type(self.env["res.users"])
        with patch.object(users, "_bus_send", autospec=True) as told:
            record.message_post(
                body="About your invoice.",
                subtype_xmlid="mail.mt_comment",
                **{"partner_ids": self.debtor.ids, **values},
            )
        shown = [call.args[1:] for call in told.call_args_list]
        return [
            payload["message"] for kind, payload in shown if kind[0] == "s" and payload
        ]

    def _count(self):
        facts = self.env["debt.contact.facts"]
        history, _hours = facts._contact_history(self.debtor)
        return [one.channel for one in history.get(self.debtor.id, ())]

    def test_a_mail_from_an_invoice_is_a_contact(self):
        self.assertTrue(self.case.check_contact("email")["allowed"])
        self.assertEqual(self._post(self.invoice), [])
        message = self._noted()
        self.assertEqual(message.channel, "email")
        self.assertEqual(message.address, "one@example.com")
        self.assertIn("About your invoice", message.body)
        self.assertEqual(message.sent_at, fields.Datetime.now())
        self.assertTrue(message.decision_ids.allowed)
        self.assertEqual(self._count(), ["email"])

    def test_at_a_forbidden_hour_it_goes_and_the_sender_is_told(self):
        self.debtor.is_company = False
        with self._at(**LATE):
            [told] = self._post(self.invoice)
            self.assertIn("should not have been written to now", told)
            self.assertFalse(self._noted().decision_ids.allowed)

    def test_from_the_contact_it_counts_too(self):
        self._post(self.debtor)
        self.assertEqual(self._noted().address, "one@example.com")

    def test_a_contact_person_of_the_debtor_is_the_debtor(self):
        person = self._new_debtor(
            "Anna", parent_id=self.debtor.id, email="anna@example.com", is_company=False
        )
        self._post(self.invoice, partner_ids=person.ids)
        self.assertEqual(self._noted().address, "anna@example.com")

    def test_colleagues_and_strangers_are_no_debtors(self):
        stranger = self._new_debtor("Stranger", email="stranger@example.com")
        partners = stranger | self.accountant.partner_id
        self._post(self.invoice, partner_ids=partners.ids)
        self.assertFalse(self._noted())

    def test_who_owes_nothing_overdue_is_a_customer(self):
        self._pay(self.invoice)
        self._post(self.invoice)
        self.assertFalse(self.env["debt.message"].search([("kind", "=", "elsewhere")]))

    def test_a_bill_is_not_about_the_debt(self):
        bill = self._invoice(50, 3, move_type="in_invoice")
        self._post(bill)
        self.assertFalse(self._noted())

    def test_a_mail_that_fails_says_so_on_the_case(self):
        self._post(self.invoice)
        message = self._noted()
        mail = message.mail_mail_id
        self.assertNotIn("rather not get e-mails", mail._prepare_outgoing_body())
        mail._postprocess_sent_message([], [], failure_type="mail_email_invalid")
        self.assertEqual(message.state, "failed")

    def test_an_sms_from_the_contact(self):
        composer = self.env["sms.composer"].create(
            {
                "res_model": "res.partner",
                "res_id": self.debtor.id,
                "composition_mode": "comment",
                "body": "Please pay.",
            }
        )
        self.assertIn("counts as a contact", composer.debt_warning)
        with self.mockSMSGateway():
            composer._action_send_sms()
        message = self._noted()
        self.assertEqual((message.channel, message.address), ("sms", "+32470123456"))
        self.assertEqual(self._count(), ["sms"])

    def test_sms_to_many_contacts(self):
        other = self._new_debtor("Debtor Two", "+32 470 12 34 57")
        composer = self.env["sms.composer"].create(
            {
                "res_model": "res.partner",
                "res_ids": repr([self.debtor.id, other.id]),
                "composition_mode": "mass",
                "mass_force_send": False,
                "body": "Please pay.",
            }
        )
        composer._action_send_sms()
        self.assertEqual(self._noted().address, "+32470123456")

    def _many(self, count):
        """Debtors with an address, and an overdue invoice each."""
        debtors = self.env["res.partner"]
        for number in range(count):
            debtors |= self._new_debtor(
                f"Many {number}", email=f"many{number}@example.com"
            )
            self._invoice(100, 10, debtors[-1])
        self.cases.refresh(debtors.ids)
        return debtors

    def _queries_of(self, partners):
        composer = self._composer(records=partners)
        composer.partner_ids = False
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        composer._action_send_mail()
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    def test_what_goes_to_many_is_asked_about_at_once(self):
        few, many = self._many(3), self._many(13)
        self._queries_of(few)
        more = self._queries_of(many[:8]) - self._queries_of(many[8:])
        noted = self.env["debt.message"].search([("partner_id", "in", many.ids)])
        self.assertEqual(len(noted), 13)
        # Those that Odoo makes for each mail, and one for the addresses of a debtor.
        self.assertLessEqual(more / 3, 12)

    def test_the_second_of_two_at_once_knows_of_the_first(self):
        letters = [
            Letter(self.debtor, "one@example.com", self.company, {"subject": subject})
            for subject in ("One", "Two")
        ]
        self.company.debt_contact_policy_id.limit_ids = [
            Command.clear(),
            Command.create({"channels": "any", "maximum": 1, "period": "day"}),
        ]
        self.env["debt.message"]._note_elsewhere("email", letters)
        allowed = self._noted().sorted("id").decision_ids.mapped("allowed")
        self.assertEqual(sorted(allowed), [False, True])

    def _composer(self, user=None, records=None):
        records = self.debtor if records is None else records
        return (
            self.env["mail.compose.message"]
            .with_user(user or self.env.user)
            .create(
                {
                    "model": records._name,
                    "res_ids": repr(records.ids),
                    "subject": "Invoice",
                    "body": "Please pay.",
                    "partner_ids": self.debtor.ids,
                    "composition_mode": "mass_mail",
                }
            )
        )

    def test_the_composer_warns_before(self):
        self.debtor.is_company = False
        with self._at(**LATE):
            composer = self._composer()
            self.assertIn("should not be written to now", composer.debt_warning)
            composer._action_send_mail()
            self.assertEqual(self._noted().address, "one@example.com")

    def test_a_salesman_does_not_learn_who_is_in_collection(self):
        salesman = self._new_user("debt_salesman", "group_debt_operator")
        salesman.group_ids = self.env.ref("base.group_user")
        composer = self._composer(salesman)
        self.assertFalse(composer.debt_warning)

    def test_send_on_invoices_warns(self):
        other = self._new_debtor(
            "Debtor Two", "+32 470 12 34 57", email="b@example.com"
        )
        more = self._invoice(70, 5, other)
        self._case(other)
        for moves, text in (
            (self.invoice, "Debtor One is in collection"),
            (self.invoice | more, "2 of these debtors are in collection"),
        ):
            sender = self.env["account.move.send"]
            data = {
                move: {
                    **sender._get_default_sending_settings(move),
                    "sending_methods": {"email"},
                    "mail_partner_ids": move.partner_id,
                }
                for move in moves
            }
            alerts = sender._get_alerts(moves, data)
            [alert] = [v for k, v in alerts.items() if k.startswith("debt_collection")]
            self.assertIn(text, alert["message"])
            self.assertEqual(alert["level"], "warning")
