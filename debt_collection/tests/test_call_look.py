from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .test_call_window import WizardCommon


@tagged("post_install", "-at_install")
class TestLook(WizardCommon):
    """What it is about can be looked at, and sent, without rights in accounting."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.debtor.email = "debtor@example.com"

    def _look(self, wizard):
        return (
            self.env["debt.call.look"]
            .with_user(self.operator)
            .browse(wizard.action_look()["res_id"])
        )

    def _send_form(self, wizard, **values):
        form = self.env["debt.call.send"].with_user(self.operator)
        form = form.browse(wizard.action_send()["res_id"])
        form.write(values)
        return form

    def test_lines_and_dates_of_an_invoice_are_shown(self):
        look = self._look(self._open())
        for text in ("Service", "300.00", "02/18/2026"):
            self.assertIn(text, look.document_html)
        self.assertFalse(look.has_next)

    def test_from_one_invoice_to_the_next(self):
        self._invoice(50, 10)
        look = self._look(self._open())
        first = look.name
        look.action_next()
        self.assertNotEqual(look.name, first)
        look.action_next()
        self.assertEqual(look.name, first)

    def test_a_colleague_sees_no_invoice_of_a_window_that_is_not_his(self):
        item = self._open().item_ids
        with self.assertRaises(AccessError):
            item.with_user(self.colleague)._document()
        with self.assertRaises(AccessError):
            self.env["debt.call.look"].with_user(self.colleague).create(
                {"item_id": item.id}
            )

    def test_the_total_is_what_is_asked_for_and_the_rest_is_told_apart(self):
        self._invoice(50, -10)
        wizard = self._open()
        self.assertEqual(wizard.item_ids.mapped("is_apart"), [False, True])
        self.assertEqual(wizard.amount_overdue, 300)
        self.assertIn("not due", wizard.apart_text)
        self.assertIn("50.00", wizard.apart_text)

    def test_who_looks_gets_no_link_that_is_the_debtors(self):
        self.company.write({"debt_page_on": True, "debt_page_sms": True})
        call = self._open().call_id.with_user(self.operator)
        for channel in ("sms", "email"):
            body = call.look("payment_details", channel)["body"]
            self.assertIn("/consent/...", body)
            self.assertIn("/account/...", body)
            for url in (call.case_id.sudo().page_url, call.case_id.sudo().consent_url):
                self.assertNotIn(url, body)

    def test_payment_details_are_looked_at_before_they_leave(self):
        wizard = self._open()
        form = self._send_form(wizard)
        self.assertEqual(form.address, "debtor@example.com")
        self.assertIn("payment details", form.subject)
        self.assertIn("300.00", form.body)
        self.assertFalse(form.problem)
        messages = self.env["debt.message"]
        self.assertFalse(messages.search([("partner_id", "=", self.debtor.id)]))
        form.action_send()
        message = messages.search([("partner_id", "=", self.debtor.id)])
        self.assertEqual((message.kind, message.state), ("payment_details", "sent"))
        self.assertEqual(message.call_id, wizard.call_id)
        self.assertEqual(message.user_id, self.operator)

    def test_an_invoice_is_sent_with_its_number_and_link(self):
        other = self._invoice(50, 10)
        wizard = self._open()
        item = wizard.item_ids.filtered(lambda one: one.name == other.name)
        item.selected = True
        form = self._send_form(wizard, kind="invoice")
        self.assertFalse(form.problem)
        self.assertIn(other.name, form.subject)
        self.assertNotIn(self.invoice.name, form.body)
        form.action_send()
        message = self.env["debt.message"].search([("kind", "=", "invoice")])
        self.assertEqual(message.move_ids, other)
        self.assertIn("access_token", message.mail_mail_id.body_html)
        form = self._send_form(wizard, kind="invoice", channel="sms")
        self.assertIn(other.name, form.body)

    def test_without_an_address_the_form_says_what_to_do(self):
        self.debtor.email = False
        form = self._send_form(self._open())
        self.assertIn("no e-mail address", form.problem)

    def test_at_night_the_form_says_from_when_on(self):
        wizard = self._open()
        with self._at(hours=13):
            form = self._send_form(wizard, channel="sms")
            self.assertTrue(form.problem)

    def test_an_item_of_somebody_else_is_not_sent(self):
        other = self._new_debtor("Other", "+32 470 00 00 01")
        line = self._invoice(70, 10, other)._debt_lines()
        call = self._call()
        for arguments in (
            ("invoice", "email", line.ids),
            ("invoice", "email", ["1"]),
            ("invoice", "pigeon"),
            ("ladder", "email"),
        ):
            with self.subTest(arguments), self.assertRaises(UserError):
                call.send(*arguments)
        with self.assertRaises(AccessError):
            call.with_user(self.colleague).send("payment_details", "email")
