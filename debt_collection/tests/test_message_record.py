from datetime import date, timedelta

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import html2plaintext

from .common import TUESDAY, DebtCommon


@tagged("post_install", "-at_install")
class TestMessageRecord(DebtCommon):
    """Letters posted and visits made are contacts like all others."""

    def setUp(self):
        super().setUp()
        self.policy = self.env["debt.contact.policy"].create(
            {
                "name": "A visit a week",
                "window_ids": [Command.create({"hour_from": 9, "hour_to": 18})],
                "limit_ids": [
                    Command.create({"channels": "visits", "period": "week"}),
                    Command.create(
                        {"channels": "any", "length": 30, "maximum": 2}
                        | {"rolling": True}
                    ),
                ],
            }
        )
        self.debtor.write(
            {
                "debt_contact_policy_id": self.policy.id,
                "street": "Rue Haute 1",
                "city": "Brussels",
                "zip": "1000",
            }
        )
        self._invoice(1000, 10)
        self.case = self._case()
        self.case.user_id = self.operator

    def _form(self, channel, user=None, **values):
        wizards = self.env["debt.message.record"]
        wizards = wizards.with_context(default_case_id=self.case.id)
        form = Form(wizards.with_user(user or self.operator))
        form.channel = channel
        for name, value in values.items():
            form[name] = value
        return form

    def _record(self, channel, user=None, **values):
        self._form(channel, user, **values).save().action_record()
        return self.case.debtor_message_ids.sorted("id")[-1]

    def _audit(self):
        audit = self.env["debt.contact.audit"].with_user(self.manager)
        month = {"date_from": date(2026, 3, 1), "date_to": date(2026, 3, 31)}
        return audit.create(month)._run()

    def test_a_visit_uses_up_the_limit_of_visits(self):
        self.assertTrue(self.case.check_contact("visit")["allowed"])
        visit = self._record("visit", note="Spoke with the owner\nPays on Friday")
        self.assertEqual(
            (visit.channel, visit.kind, visit.state, visit.sent_at, visit.user_id),
            ("visit", "recorded", "sent", TUESDAY, self.operator),
        )
        self.assertIn("Rue Haute 1", visit.address)
        self.assertIn("Pays on Friday", html2plaintext(visit.body))
        [decision] = visit.decision_ids
        self.assertTrue(decision.allowed)
        self.assertIn("0 of 1", decision.counters)
        answer = self.case.check_contact("visit")
        self.assertEqual((answer["allowed"], answer["reason"]), (False, "limit"))
        self.assertIn("Visits: at most 1", answer["message"])
        self.assertTrue(self.case.check_contact("letter")["allowed"])
        form = self._form("visit")
        self.assertFalse(form.allowed)
        self.assertIn("Visits: at most 1", form.answer)
        with self.assertRaisesRegex(UserError, "Visits: at most 1"):
            form.save().action_record()
        self.assertFalse(self._audit())

    def test_letters_and_visits_count_where_all_contacts_count(self):
        self._record("visit")
        self._record("letter", user=self.accountant)
        self.assertEqual(self.case.check_contact("call")["reason"], "limit")
        self.assertTrue(self.case.plan_dirty)

    def test_what_was_made_already_is_recorded_and_told_by_the_audit(self):
        """At 22:00: it was not lawful, but it would be a lie to leave it out."""
        night = TUESDAY - timedelta(hours=11)
        visit = self._record("visit", done=True, made_at=night)
        self.assertEqual(visit.sent_at, night)
        self.assertFalse(visit.decision_ids.allowed)
        [exception] = self._audit()
        self.assertEqual((exception.message_id, exception.reason), (visit, "hours"))
        self.assertEqual(self.case.check_contact("visit")["reason"], "limit")

    def test_a_letter_of_monday_was_lawful_though_all_is_paid_on_tuesday(self):
        monday = TUESDAY - timedelta(days=1)
        self._pay(self.case._open_items().move_id)
        letter = self._record("letter", done=True, made_at=monday)
        self.assertTrue(letter.decision_ids.allowed)
        self.assertFalse(self._audit())

    def test_what_has_not_been_made_is_not_recorded(self):
        form = self._form("letter", done=True, made_at=TUESDAY + timedelta(days=1))
        with self.assertRaisesRegex(ValidationError, "when it has been made"):
            form.save()

    def test_no_queue_takes_a_letter_for_an_sms(self):
        for channel in ("letter", "visit", "voice_message"):
            message = (
                self.env["debt.message"]
                .sudo()
                .create(
                    {
                        "case_id": self.case.id,
                        "channel": channel,
                        "kind": "payment_details",
                        "address": "+32470123456",
                    }
                )
            )
            message._send()
            self.assertEqual((message.state, message.sent_at), ("failed", False))
            self.assertIn("Such messages are not sent automatically", message.failure)
        self.assertFalse(
            self.env["sms.sms"].search([("partner_id", "=", self.debtor.id)])
        )

    def test_who_may(self):
        stranger = new_test_user(
            self.env, "debt_plain", groups="base.group_user", company_id=self.company.id
        )
        record = self._form("letter").save()
        records = self.env["debt.message.record"]
        for user, may in (
            (self.operator, True),
            (self.accountant, True),
            (self.manager, True),
            (stranger, False),
        ):
            self.assertEqual(records.with_user(user).has_access("create"), may)
        self.assertFalse(record.with_user(self.colleague).has_access("read"))
        with self.assertRaises(AccessError):
            case = self.case.with_user(stranger)
            case.env["debt.message"]._record_in_person(case, "letter", "x")
