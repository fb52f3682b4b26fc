from datetime import date

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from .common import DebtCommon


@tagged("post_install", "-at_install")
class TestConsentRecord(DebtCommon):
    """The last word is the one said last, and whoever records it is on record."""

    def setUp(self):
        super().setUp()
        self._invoice(1000, 10)
        self.case = self._case()

    def _say(self, channel, state="given", user=None, **values):
        user = user or (self.accountant if state == "given" else self.operator)
        consents = self.env["debt.consent"].with_user(user)
        said = {"partner_id": self.debtor.id, "channel": channel, "state": state}
        return consents.create(said | values)

    def _reason(self, channel):
        return self.case.with_user(self.operator).check_contact(channel)["reason"]

    # --- which word is the last -----------------------------------------------------
    def test_an_older_form_filed_later_permits_no_calls(self):
        self._say("telephone", "withdrawn")
        self._say("telephone", date=date(2026, 1, 15), how="form")
        self.assertTrue(self.debtor.debt_do_not_call)
        self.assertEqual(self._reason("call"), "do_not_call")

    def _at_work_only(self):
        """The debtor's one number rings at work; nobody objected yet."""
        self.debtor.debt_phone_ids.place = "work"
        self.assertEqual(self._reason("call"), "ok")

    def test_an_older_form_filed_later_permits_no_calls_at_work(self):
        self._at_work_only()
        self._say("work_place", "withdrawn")
        self._say("work_place", date=date(2026, 1, 15), how="form")
        self.assertEqual(self._reason("call"), "work_forbidden")

    def test_leave_to_call_at_work_ends_with_its_last_day(self):
        self._at_work_only()
        self._say("work_place", "withdrawn", date=date(2026, 3, 9))
        self._say("work_place", valid_until=date(2026, 3, 10))
        self.assertEqual(self._reason("call"), "ok")
        with self._at(days=1):
            self.assertEqual(self._reason("call"), "work_forbidden")

    def test_the_employers_objection_is_not_the_debtors_to_lift(self):
        self._at_work_only()
        self.debtor.debt_no_work_calls = True
        self._say("work_place")
        self.assertEqual(self._reason("call"), "work_forbidden")

    def test_what_is_said_about_work_is_said_to_one_company(self):
        self._at_work_only()
        self._say("work_place", "withdrawn")
        other = self.env["res.company"].create({"name": "Sister"})
        said = self.case._consent_words(self.debtor)
        phone = self.debtor.debt_phone_ids
        self.assertTrue(
            self.case._refused_at_work(phone, said[self.debtor.id, self.company.id])
        )
        self.assertFalse(
            self.case._refused_at_work(phone, said[self.debtor.id, other.id])
        )

    # --- by whom ----------------------------------------------------------------------
    def test_nobody_records_in_another_name(self):
        said = self._say("sms", user=self.operator, user_id=self.colleague.id)
        self.assertEqual(said.user_id, self.operator)
        context = {"default_user_id": self.colleague.id}
        consents = self.env["debt.consent"].with_user(self.operator)
        consent = consents.with_context(**context).create(
            {"partner_id": self.debtor.id, "channel": "sms"}
        )
        self.assertEqual(consent.user_id, self.operator)

    def test_only_a_call_of_ones_own_proves_it(self):
        call = self._call(self.case, self.colleague)
        self.assertFalse(self._say("sms", call_id=call.id).call_id)
        self.assertEqual(
            self._say("sms", user=self.colleague, call_id=call.id).call_id, call
        )
        other = self._new_debtor("Other", "+32 470 12 34 99")
        self._invoice(10, 10, other)
        self._case(other)
        about = {"partner_id": other.id, "call_id": call.id}
        self.assertFalse(self._say("sms", user=self.colleague, **about).call_id)

    def test_nobody_records_what_only_the_debtor_can_do(self):
        for user in (self.operator, self.manager):
            with self.assertRaises(ValidationError):
                self._say("sms", user=user, how="portal")

    def test_nobody_records_for_the_debtors_of_others(self):
        stranger = self._new_debtor("Stranger", "+32 470 12 34 99")
        with self.assertRaises(AccessError):
            self._say("sms", user=self.operator, partner_id=stranger.id)
        team = self.env["debt.team"].create({"name": "Others"})
        self.case.write({"team_id": team.id, "user_id": False})
        with self.assertRaises(AccessError):
            self._say("sms", "withdrawn", user=self.operator)
        self.assertTrue(self._say("sms", user=self.accountant, partner_id=stranger.id))
