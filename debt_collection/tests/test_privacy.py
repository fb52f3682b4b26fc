import base64
from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from odoo.addons.debt_collection.models.privacy.debt_personal_data import ERASED

from .common import DebtCommon

NOTE, TYPED = "Was ill in spring", "Her brother rang from +32 470 11 22 33"


@tagged("post_install", "-at_install")
class TestPrivacy(DebtCommon):
    """A debtor may be forgotten; that he was treated rightly can still be shown."""

    def setUp(self):
        super().setUp()
        self.invoice = self._invoice(1000, 10)
        self.case = self._case()
        self._call(self.case).finish("refused", party="right_party", note=NOTE)
        self.call = self.case.call_ids
        self.case.message_post(body=TYPED)

    def _close(self):
        self._pay(self.invoice)
        self.cases.refresh(self.debtor.ids)
        self.assertEqual(self.case.state, "closed")

    def _wizard(self, user=None, **values):
        wizards = self.env["debt.privacy.wizard"].with_user(user or self.manager)
        values = {"reason": "Asked for it", "partner_id": self.debtor.id} | values
        return wizards.create(values)

    def _words(self):
        messages = self.env["mail.message"].search(
            [("model", "=", "debt.case"), ("res_id", "=", self.case.id)]
        )
        return " ".join(messages.mapped("body"))

    def test_what_was_said_goes_and_that_it_was_said_stays(self):
        self._close()
        decisions = self.env["debt.contact.decision"].search_count(
            [("partner_id", "=", self.debtor.id)]
        )
        total = self.invoice.amount_total
        self._wizard().action_erase()
        self.assertFalse(self.call.note)
        self.assertFalse(self.call.number)
        self.assertEqual(self.call.outcome_id.code, "refused")
        self.assertTrue(self.call.started_at)
        self.assertNotIn("brother", self._words())
        self.assertEqual(
            decisions,
            self.env["debt.contact.decision"].search_count(
                [("partner_id", "=", self.debtor.id), ("number", "=", False)]
            ),
        )
        phones = self.env["debt.phone"].with_context(active_test=False)
        found = phones.search([("partner_id", "=", self.debtor.id)])
        self.assertEqual(
            found.mapped(lambda one: (one.active, one.number, one.raw)),
            [(False, False, ERASED)],
        )
        self.assertEqual(self.invoice.amount_total, total)
        self.assertEqual(self.debtor.name, "Debtor One")
        told = self.debtor.message_ids[:1].body
        self.assertIn(self.manager.name, told)
        self.assertIn("Asked for it", told)

    def test_what_was_to_be_done_goes_with_what_came_of_it(self):
        for note in (TYPED, NOTE):
            self.case.activity_schedule("mail.mail_activity_data_todo", note=note)
        self.case.activity_ids[:1].action_feedback(feedback="Lives with her sister")
        self._close()
        activities = self.env["mail.activity"].with_context(active_test=False)
        about = [("res_model", "=", "debt.case"), ("res_id", "=", self.case.id)]
        done = activities.search([*about, ("active", "=", False)])
        self.assertTrue(done.filtered("feedback"))
        self._wizard().action_erase()
        for activity in activities.search(about):
            said = (activity.summary, activity.note, activity.feedback)
            self.assertEqual(said, (False, False, False))
        self.assertTrue(done.exists())

    def test_what_is_kept_beside_the_cases_goes_with_the_last(self):
        self.debtor.debt_protection = "hospital"
        self.debtor.debt_protection_note = "Her brother said so"
        until = self.env.company._debt_today() + timedelta(days=9)
        self.invoice.with_user(self.accountant)._debt_exclude(until, NOTE)
        self.env.flush_all()
        self._close()
        phone = self.debtor.debt_phone_ids
        phone.learned_from = "Her brother"
        self._wizard().action_erase()
        self.assertFalse(self.debtor.debt_protection_note)
        self.assertEqual(self.debtor.debt_protection, "hospital", "still holds")
        self.assertEqual(
            (self.invoice.debt_status, self.invoice.debt_reason), ("excluded", False)
        )
        tracked = self.invoice.message_ids.sudo().tracking_value_ids
        self.assertFalse([one for one in tracked if one.new_value_char == NOTE])
        self.assertEqual((phone.learned_from, phone.zones), (False, False))

    def _opening_items(self, *partners):
        """What debtors owed before the books began, in one entry."""
        receivable = self.company_data["default_account_receivable"]
        due = self.env.company._debt_today() - timedelta(days=30)
        owed = [
            Command.create(
                {
                    "account_id": receivable.id,
                    "partner_id": partner.id,
                    "debit": 100,
                    "date_maturity": due,
                }
            )
            for partner in partners
        ]
        revenue = self.company_data["default_account_revenue"]
        total = {"account_id": revenue.id, "credit": 100 * len(partners)}
        entry = self.env["account.move"].create(
            {"move_type": "entry", "line_ids": [*owed, Command.create(total)]}
        )
        entry.action_post()
        return entry.line_ids.filtered("debit")

    def _told(self, move):
        """All that the history of an entry says."""
        messages = move.message_ids.sudo()
        values = messages.tracking_value_ids
        texts = messages.mapped("body") + values.mapped("old_value_char")
        return " ".join(filter(None, texts + values.mapped("new_value_char")))

    def test_a_reason_that_was_taken_back_goes_as_well(self):
        until = self.env.company._debt_today() + timedelta(days=9)
        theirs = self.invoice.with_user(self.accountant)
        theirs._debt_exclude(until, NOTE)
        field = self.env["ir.model.fields"]._get("account.move", "debt_reason")
        change = {"field_id": field.id, "new_value_char": NOTE}
        # As it is tracked, which tests have switched off.
        self.invoice.sudo()._message_log(tracking_value_ids=[Command.create(change)])
        theirs._debt_flag()
        self.assertIn(NOTE, str(self.invoice.debt_former))
        theirs.action_debt_clear()
        theirs.action_debt_clear()
        theirs._debt_collect_barred("Acknowledged by her brother")
        self.invoice.message_post(body="Sent by post")
        told = self._told(self.invoice)
        self.assertIn(NOTE, told)
        self.assertIn("her brother", told)
        self._close()
        self._wizard().action_erase()
        told = self._told(self.invoice)
        self.assertNotIn(NOTE, told)
        self.assertNotIn("her brother", told)
        self.assertIn("Sent by post", told)

    def test_notes_about_an_item_go_and_those_about_other_debtors_stay(self):
        items = self._opening_items(self.debtor, self._new_debtor("Other"))
        until = self.env.company._debt_today() + timedelta(days=9)
        for item, reason in zip(items, (NOTE, "Merger"), strict=True):
            item.with_user(self.accountant)._debt_exclude(until, reason)
        items[:1].with_user(self.accountant).action_debt_clear()
        self._close()
        self._wizard().action_erase()
        told = self._told(items.move_id)
        self.assertNotIn(NOTE, told)
        self.assertIn("Merger", told)

    def test_an_open_case_stays_as_it_is(self):
        wizard = self._wizard()
        self.assertFalse(wizard.goes_text)
        self.assertIn("still collected", wizard.stays_text)
        wizard.action_erase()
        self.assertEqual(self.call.note, NOTE)
        self.assertTrue(self.debtor.debt_phone_ids.number)

    def test_a_legal_hold_stays_as_it_is(self):
        self._close()
        self.case.write({"legal_hold": True, "legal_hold_reason": "Court"})
        wizard = self._wizard()
        self.assertIn("legal hold", wizard.stays_text)
        wizard.action_erase()
        self.assertEqual(self.call.note, NOTE)
        self.assertIn("brother", self._words())

    def test_a_refusal_is_heeded_for_ever(self):
        consents = self.env["debt.consent"]
        for state in ("given", "withdrawn"):
            consents.create(
                {
                    "partner_id": self.debtor.id,
                    "channel": "email",
                    "state": state,
                    "address": "one@example.com",
                    "note": NOTE,
                }
            )
        self._close()
        self._wizard().action_erase()
        found = consents.search([("partner_id", "=", self.debtor.id)], order="id")
        self.assertEqual(
            found.mapped(lambda one: (one.address, one.note)),
            [(False, False), ("one@example.com", False)],
        )

    def test_the_contact_itself(self):
        person = self.env["res.partner"].create(
            {"name": "Ann", "parent_id": self.debtor.id, "email": "ann@example.com"}
        )
        self._close()
        self.manager.group_ids |= self.env.ref("base.group_partner_manager")
        self._wizard(erase_contact=True).action_erase()
        self.assertEqual((self.debtor.phone, person.email), (False, False))
        self.assertEqual(person.name, "Ann")

    def test_only_managers_and_with_a_reason(self):
        self._close()
        for user in (self.operator, self.accountant):
            with self.assertRaises(AccessError):
                self._wizard(user)
        with self.assertRaisesRegex(UserError, "Say why"):
            self._wizard(reason=" ").action_erase()
        self.assertEqual(self.call.note, NOTE)

    def test_the_dialog_opens_from_the_contact_and_from_the_case(self):
        for record in (self.debtor, self.case):
            context = {"active_model": record._name, "active_id": record.id}
            wizards = self.env["debt.privacy.wizard"].with_user(self.manager)
            form = Form(wizards.with_context(**context))
            self.assertEqual(form.partner_id, self.debtor)

    # --- by itself --------------------------------------------------------------------
    def _cron(self):
        cron = self.env.ref("debt_collection.ir_cron_debt_erase")
        with self.enter_registry_test_mode():
            cron.method_direct_trigger()
        self.env.invalidate_all()

    def test_retention(self):
        self._close()
        with self._at(days=400):
            self._cron()
            self.assertEqual(self.call.note, NOTE, "kept until somebody says otherwise")
            self.company.debt_keep_days = 500
            self._cron()
            self.assertEqual(self.call.note, NOTE, "not old enough")
            self.company.debt_keep_days = 365
            self._cron()
            self.assertFalse(self.call.note)
            self.assertTrue(self.case.erased_at)

    # --- what is told -----------------------------------------------------------------
    def test_the_export_tells_everything_in_his_language(self):
        self.env["debt.forbearance"].with_user(self.manager).create(
            {"case_id": self.case.id, "note": "Half of it in May"}
        )
        self.call.sudo().paid_reference = "REF 11"
        self.debtor.debt_phone_ids.learned_from = "Learned of his brother"
        self.case.activity_schedule("mail.mail_activity_data_todo", note="Look it up")
        wizard = self._wizard()
        action = wizard.action_export()
        self.assertIn(f"/{wizard.id}/file/", action["url"])
        page = base64.b64decode(wizard.with_context(bin_size=False).file).decode()
        outcome = self.call.outcome_id.name
        told = ("Half of it in May", "REF 11", "Learned of his brother", "Look it up")
        for text in (NOTE, TYPED, "+32470123456", outcome, "Debtor One", *told):
            self.assertIn(text, page)

    def _threads(self):
        """A record of each model with a history of the debtor's, by its name."""
        su, case = {"case_id": self.case.id}, self.case.sudo()
        self.env["debt.reply"]._receive(case, "sms", "+32470123456", "Wait")
        for name, values in {
            "debt.call.review": {"call_id": self.call.id},
            "debt.dispute": su
            | {
                "move_ids": [Command.set(self.invoice.ids)],
                "reason": "Late",
                "user_id": self.accountant.id,
                "deadline": self.case.company_id._debt_today(),
            },
            "debt.refusal": su
            | {
                "channel": "sms",
                "text": "Stop",
                "deadline": self.case.company_id._debt_today(),
            },
        }.items():
            self.env[name].sudo().create(values)
        data = self.env["debt.personal.data"]
        return {
            name: data._records(name, path, case)
            for name, path in data._threads().items()
        }

    def test_each_to_do_about_him_is_told_and_goes(self):
        """Whatever record it is of, open or done; what is about our people is not."""
        todo = self.env.ref("mail.mail_activity_data_todo")
        activities = self.env["mail.activity"].sudo()
        for name, records in self._threads().items():
            self.assertTrue(records, name)
            about = {
                "activity_type_id": todo.id,
                "res_model_id": self.env["ir.model"]._get_id(name),
                "res_id": records[:1].id,
                "user_id": self.manager.id,
            }
            for state in ("open", "done"):
                activity = activities.create(about | {"note": f"{name} {state}"})
                if state == "done":
                    activity.action_feedback(feedback=f"{name} feedback")
        wizard = self._wizard()
        wizard.action_export()
        page = base64.b64decode(wizard.with_context(bin_size=False).file).decode()
        data = self.env["debt.personal.data"]
        for name in data._threads():
            told = name not in data._threads_of_ours()
            for said in ("open", "done", "feedback"):
                self.assertEqual(f"{name} {said}" in page, told, (name, said))
        self._close()
        self._wizard().action_erase()
        for model, field in (("mail.activity", "note"), ("mail.message", "body")):
            said = self.env[model].with_context(active_test=False).search([])
            left = [text for text in said.mapped(field) if "debt." in (text or "")]
            self.assertFalse(left)

    def test_what_is_to_be_sent_to_him_is_told_and_goes(self):
        scheduled = self.env["mail.scheduled.message"].create(
            {
                "model": "debt.case",
                "res_id": self.case.id,
                "author_id": self.env.user.partner_id.id,
                "body": "An answer for tomorrow",
                "scheduled_date": fields.Datetime.add(fields.Datetime.now(), days=1),
            }
        )
        wizard = self._wizard()
        wizard.action_export()
        page = base64.b64decode(wizard.with_context(bin_size=False).file).decode()
        self.assertIn("An answer for tomorrow", page)
        self._close()
        self._wizard().action_erase()
        self.assertFalse(scheduled.exists())

    def test_the_export_tells_nothing_of_our_own_people(self):
        review = self.env["debt.call.review"].create({"call_id": self.call.id})
        review.message_post(body="Should let people finish")
        wizard = self._wizard()
        wizard.action_export()
        page = base64.b64decode(wizard.with_context(bin_size=False).file).decode()
        self.assertIn(NOTE, page)
        self.assertNotIn("let people finish", page)
        self._close()
        self._wizard().action_erase()
        self.assertNotIn("finish", " ".join(review.message_ids.mapped("body")))

    def test_the_export_tells_nothing_of_other_companies(self):
        sister = self.setup_other_company(name="Sister")["company"]
        other = self.case.sudo().copy({"company_id": sister.id, "ladder_id": False})
        self.call.sudo().copy(
            {"case_id": other.id, "company_id": sister.id, "note": "Elsewhere"}
        )
        wizard = self._wizard()
        wizard.action_export()
        page = base64.b64decode(wizard.file).decode()
        self.assertNotIn("Elsewhere", page)
