from datetime import date
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import html2plaintext, mute_logger

from .common import DebtCommon

FRIDAY = date(2026, 3, 13)


@tagged("post_install", "-at_install")
class TestMessageQueue(DebtCommon):
    """One message that is impossible keeps no other back, and texts are no code."""

    def setUp(self):
        super().setUp()
        self.debtor.email = "one@example.com"
        self.invoice = self._invoice(1000, 10)
        self.case = self._case()
        self.messages = self.env["debt.message"]

    def _promise(self, **values):
        return self.env["debt.promise"].create(
            {"case_id": self.case.id, "amount": 1000, "date": FRIDAY, **values}
        )

    def _waiting(self, kind, promise=None, channel="email"):
        """A message made at night, which waits for the morning."""
        with self._at(hours=9):
            message = self.case._send_message(kind, channel, promise=promise)
        self.assertEqual(message.state, "queued")
        return message

    def _cron(self, **delta):
        cron = self.env.ref("debt_collection.ir_cron_debt_message")
        with self._at(**delta), self.enter_registry_test_mode():
            cron.method_direct_trigger()
        self.env.invalidate_all()

    # --- the queue --------------------------------------------------------------------
    def test_deleted_promise_drops_what_waits_and_keeps_nothing_back(self):
        promise = self._promise()
        about = [
            self._waiting("promise_confirmation", promise),
            self._waiting("promise_reminder", promise),
        ]
        other = self._waiting("payment_details")
        promise.sudo().unlink()
        self._cron(days=1)
        self.assertEqual([one.state for one in about], ["cancelled", "cancelled"])
        self.assertEqual(other.state, "sent")

    @mute_logger("odoo.addons.debt_collection.models.message.debt_message")
    def test_impossible_message_fails_and_keeps_nothing_back(self):
        bad, good = self._waiting("payment_details"), self._waiting("callback_request")
        ask = type(bad)._ask_gate

        def fail(message):
            if message == bad:
                raise KeyError("no such rule")
            return ask(message)

        with patch.object(type(bad), "_ask_gate", fail):
            self._cron(days=1)
        self.assertEqual(bad.state, "failed")
        self.assertIn("no such rule", bad.failure)
        self.assertEqual(good.state, "sent")

    def test_email_is_in_the_language_on_record(self):
        """A debtor without a language is written to in the company's."""
        self.env["res.lang"]._activate_lang("fr_FR")
        self.company.partner_id.lang = "fr_FR"
        self.debtor.lang = False
        template = self.env.ref("debt_collection.mail_template_callback_request")
        template.with_context(lang="fr_FR").subject = "Rappelez-nous"
        template.with_context(lang="fr_FR").body_html = """<p>Bonjour
            <t t-out="object.company_id.name"/> <t t-out="object.company_id.phone"/></p>
        """
        message = self.case._send_message("callback_request", "email")
        self.assertEqual(message.lang, "fr_FR")
        self.assertEqual(message.subject, "Rappelez-nous")
        self.assertIn("Bonjour", html2plaintext(message.body))

    # --- reminders --------------------------------------------------------------------
    def test_reminder_of_a_promise_nobody_is_named_for(self):
        self._promise(user_id=False)
        with self._at(days=2):
            self.cases._cron_refresh()
        reminder = self.messages.search([("kind", "=", "promise_reminder")])
        self.assertEqual(reminder.user_id, self.env.user)

    def test_reminders_cost_the_same_for_few_and_many(self):
        for number in range(8):
            debtor = self._new_debtor(f"Debtor {number}", f"+32 470 12 37 0{number}")
            self._invoice(100, 10, debtor)
            self._promise(case_id=self._case(debtor).id)
        promises = self.env["debt.promise"].sudo().search([])
        promises[:1]._queue_reminders()  # reads what does not depend on them
        counts = []
        for some in (promises[1:3], promises[3:]):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            some._queue_reminders()
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(self.messages.search_count([]), 8)
        self.assertEqual(*counts)

    @mute_logger("odoo.addons.debt_collection.models.promise.debt_promise_reminder")
    def test_impossible_reminder_does_not_stop_the_day(self):
        promise = self._promise()
        stuck = self.case.sudo()
        stuck.write({"state": "active", "next_contact_at": False, "plan_dirty": False})
        with (
            patch.object(type(promise), "_prepare_reminder", side_effect=KeyError),
            self._at(days=2),
        ):
            self.cases.sudo()._cron_daily()
        self.assertTrue(self.case.plan_dirty)
        self.assertFalse(self.messages.search([]))

    # --- a person asks for payment details ------------------------------------------
    def _send_details(self):
        params = self.case.with_user(self.operator).action_send_payment_details()
        return params["params"]["type"], params["params"]["message"]

    def test_payment_details_by_email_else_by_sms(self):
        self.assertEqual(self._send_details(), ("success", "Sent to one@example.com."))
        message = self.case.debtor_message_ids
        self.assertEqual((message.kind, message.state), ("payment_details", "sent"))
        self.assertEqual(message.user_id, self.operator)
        self.debtor.email = False
        self.assertEqual(self._send_details(), ("success", "Sent to +32470123456."))

    def test_payment_details_that_wait_or_do_not_go_out(self):
        with self._at(hours=9):
            kind, text = self._send_details()
            self.assertEqual(kind, "info")
            self.assertIn("Not sent to one@example.com yet: ", text)
            self.assertIn("Possible from Wed 11 Mar 09:00", text)
        self._call(self.case).finish("represented", note="Me Dupont")
        self.assertEqual(self._send_details()[0], "warning")

    def test_payment_details_need_an_address(self):
        self.debtor.write({"email": False, "phone": "+32 2 555 12 12"})
        with self.assertRaisesRegex(UserError, "no e-mail address.*\n.*mobile number"):
            self._send_details()
        self.assertFalse(self.messages.search([]))

    def test_payment_details_are_sent_by_those_who_work_the_case(self):
        reader = self._new_user("debt_reader", "group_debt_operator")
        reader.group_ids = self.env.ref("account.group_account_readonly")
        with self.assertRaises(AccessError):
            self.case.with_user(reader).action_send_payment_details()

    # --- texts ------------------------------------------------------------------------
    def test_manager_rewords_every_text(self):
        for model in ("mail.template", "sms.template"):
            ours = self.env[model].search(
                [("model", "in", ["debt.case", "debt.promise"])]
            )
            self.assertGreaterEqual(len(ours), 4)
            for template in ours.with_user(self.manager):
                field = "body_html" if model == "mail.template" else "body"
                template[field] = template[field].replace("please", "Please, ")

    def test_mails_of_other_documents_are_not_looked_into(self):
        mail = self.env["mail.mail"].create({"model": "res.users", "body_html": "Hi"})
        mail._prepare_outgoing_body()
        mail.invalidate_recordset(["debt_message_ids"])
        with self.assertQueryCount(0):
            mail._prepare_outgoing_body()

    def test_manager_writes_no_code(self):
        sms = self.env.ref("debt_collection.sms_template_promise_confirmation")
        mail = self.env.ref("debt_collection.mail_template_promise_confirmation")
        write = "object.env['res.users'].browse(2).write({'active': False})"
        code = f"{{{{ {write} }}}}"
        for template, values in (
            (sms, {"body": code}),
            (sms, {"lang": code}),
            (mail, {"subject": code}),
            (mail, {"body_html": f'<p t-out="{write}"/>'}),
            (mail, {"body_html": '<p t-set="object" t-value="object.partner_id"/>'}),
            (mail, {"body_html": '<p t-att-title="object.partner_id.name"/>'}),
            (mail, {"body_html": '<p t-out="object.partner_id.signup_token"/>'}),
        ):
            with self.assertRaises(AccessError, msg=values):
                template.with_user(self.manager).write(values)
            self.env.invalidate_all()

    def test_manager_leaves_other_texts_alone(self):
        self.assertFalse(self.manager.has_group("mail.group_mail_template_editor"))
        other = self.env["mail.template"].create(
            {
                "name": "Reset Your Password",
                "model_id": self.env["ir.model"]._get_id("res.users"),
            }
        )
        with self.assertRaises(AccessError):
            other.with_user(self.manager).name = "Mine"
