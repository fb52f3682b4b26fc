from datetime import date

from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .common import DebtCommon

CHANNELS = ("call", "robot_call", "sms", "email", "voice_message", "letter", "visit")


@tagged("post_install", "-at_install")
class TestProtection(DebtCommon):
    """Whom the law protects is left alone, however it became known."""

    def setUp(self):
        super().setUp()
        self.accountant.group_ids |= self.env.ref("base.group_partner_manager")
        self.debtor.write({"email": "one@example.com", "is_company": False})
        self._invoice(1000, 10)
        self.case = self._case()

    def _reasons(self, **asked):
        return {
            self.case.with_user(self.operator).check_contact(channel, **asked)["reason"]
            for channel in CHANNELS
        }

    def _protect(self, kind, **values):
        self.debtor.with_user(self.accountant).write(
            {"debt_protection": kind, **values}
        )

    def test_every_protection_stops_every_way_with_its_own_words(self):
        texts = set()
        kinds = ("minor", "incapacity", "hospital", "disability", "bankrupt")
        kinds += ("military", "breathing_space", "bereavement", "calamity")
        for kind in (*kinds, "represented"):
            self._protect(kind)
            self.assertEqual(self._reasons(), {kind})
            texts.add(self.case.check_contact("call")["message"])
        self.assertEqual(len(texts), 10)

    def test_after_a_refusal_in_writing_only_letters_go_out(self):
        self._protect("refused_contact")
        for channel in CHANNELS:
            allowed = self.case.check_contact(channel)["allowed"]
            self.assertEqual(allowed, channel == "letter", channel)

    def test_it_stops_the_plan_at_once_and_is_dated(self):
        self.assertTrue(self.case.next_contact_at)
        self._protect("bankrupt")
        self.assertEqual(self.debtor.debt_protection_since, date(2026, 3, 10))
        self.assertTrue(self.case.plan_dirty)
        self.case._plan()
        self.assertFalse(self.case.next_contact_at)
        self.assertIn("insolvent", self.case.next_contact_reason)
        self.assertFalse(self.cases.with_user(self.operator).claim_next())

    def test_out_of_hospital_the_debtor_is_called_again(self):
        self._protect("hospital", debt_protection_until=date(2026, 3, 12))
        with self._at(days=2):
            self.assertEqual(self._reasons(), {"hospital"})
        with self._at(days=3):
            self.cases.sudo()._cron_daily()
            self.case._plan()
            self.assertTrue(self.case.next_contact_at)

    def test_a_breathing_space_begins_and_ends_on_its_days(self):
        self._protect(
            "breathing_space",
            debt_protection_since=date(2026, 3, 11),
            debt_protection_until=date(2026, 5, 9),
        )
        self.assertTrue(self.case.check_contact("call")["allowed"])
        for day, kept in ((1, True), (60, True), (61, False)):
            with self._at(days=day):
                found = self.case.check_contact("letter")["reason"]
                self.assertEqual(found == "breathing_space", kept, day)

    def test_protection_ends_after_it_begins(self):
        with self.assertRaises(ValidationError):
            self._protect("hospital", debt_protection_until=date(2026, 3, 1))

    def test_only_the_representative_is_contacted(self):
        lawyer = self._new_debtor(
            "Lawyer", "+32 2 555 77 77", is_company=False, email="law@example.com"
        )
        self._protect("represented", debt_representative_id=lawyer.id)
        self.assertEqual(self._reasons(), {"represented"})
        for channel, number, allowed in (
            ("call", "02 555 77 77", True),
            ("call", "+32 470 12 34 56", False),
            ("email", "Law@example.com", True),
            ("email", "one@example.com", False),
        ):
            answer = self.case.check_contact(channel, number=number)
            self.assertEqual(answer["allowed"], allowed, number)

    def test_a_protected_contact_of_a_debtor_is_not_called(self):
        self.debtor.is_company = True
        ann = self._new_debtor(
            "Ann", "+32 470 12 34 57", is_company=False, parent_id=self.debtor.id
        )
        number = "+32470123457"
        self.assertTrue(self.case.check_contact("call", number=number)["allowed"])
        ann.debt_protection = "hospital"
        answer = self.case.check_contact("call", number=number)
        self.assertEqual(answer["reason"], "bad_number")
        self.assertTrue(self.case.check_contact("call")["allowed"])

    def test_nobody_reads_it_with_a_portal_login(self):
        fields = self.debtor._fields
        for name in ("debt_protection", "debt_protection_note", "debt_no_work_calls"):
            self.assertIn("group_debt_operator", fields[name].groups)
