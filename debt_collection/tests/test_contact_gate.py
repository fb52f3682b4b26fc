from datetime import datetime, timedelta

from psycopg2.errors import CheckViolation

from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import TUESDAY, DebtCommon


@tagged("post_install", "-at_install")
class TestGate(DebtCommon):
    """May this debtor be contacted now, and if not, from when on?"""

    def _person(self, name, phone, country, **values):
        debtor = self._new_debtor(name, phone, country, is_company=False, **values)
        self._invoice(1000, 10, debtor)
        return self._case(debtor)

    def _russian(self, **values):
        return self._person("Ivan", "+7 916 123-45-67", "base.ru", **values)

    def test_business_hours(self):
        self._invoice(1000, 10)
        case = self._case()
        self.assertEqual(case.check_contact("call")["reason"], "ok")
        night = case.check_contact("call", at=datetime(2026, 3, 10, 20, 0))
        self.assertEqual(night["reason"], "hours")
        self.assertEqual(night["next_at"], datetime(2026, 3, 11, 8, 0))
        self.assertIn("hours", night["message"])

    def test_russian_mobile_waits_for_all_its_zones(self):
        """A mobile may be anywhere from Kaliningrad to Kamchatka (rule 3)."""
        case = self._russian()
        policy = self.env.ref("debt_collection.policy_ru_230fz")
        self.assertEqual(case._contact_policy(), policy)
        late = datetime(2026, 3, 10, 11, 0)
        self.assertEqual(case.check_contact("call", at=late)["reason"], "hours")
        early = datetime(2026, 3, 10, 7, 0)
        self.assertTrue(case.check_contact("call", at=early)["allowed"])

    def test_stated_zone_wins(self):
        case = self._russian(debt_tz="Europe/Moscow")
        evening = datetime(2026, 3, 10, 18, 30)
        self.assertTrue(case.check_contact("call", at=evening)["allowed"])

    def test_one_conversation_a_day_in_russia(self):
        case = self._russian(debt_tz="Europe/Moscow")
        self._call(case).finish("refused", note="Later")
        noon = TUESDAY + timedelta(hours=3)
        answer = case.check_contact("call", at=noon)
        self.assertEqual(answer["reason"], "limit")
        self.assertEqual(answer["next_at"], datetime(2026, 3, 11, 5, 0))
        self.assertTrue(case.check_contact("sms", at=noon)["allowed"])

    def test_calls_of_the_sister_company_count(self):
        case = self._russian(debt_tz="Europe/Moscow")
        company = self.env["res.company"].create({"name": "Sister"})
        sister = case.sudo().copy({"company_id": company.id, "ladder_id": False})
        self.env["debt.call"].sudo().create(
            {
                "case_id": sister.id,
                "partner_id": case.partner_id.id,
                "company_id": company.id,
                "state": "done",
                "connected": True,
                "party": "right_party",
                "started_at": TUESDAY - timedelta(hours=1),
            }
        )
        self.assertEqual(case.check_contact("call")["reason"], "limit")

    def test_holiday(self):
        self._invoice(1000, 100)
        case = self._case()
        labour_day = datetime(2026, 5, 1, 9, 0)
        answer = case.check_contact("call", at=labour_day)
        self.assertEqual(answer["reason"], "holiday")

    def test_no_country_no_call(self):
        debtor = self._new_debtor("Nowhere", None, None)
        self._invoice(1000, 10, debtor)
        case = self._case(debtor)
        self.assertEqual(case.check_contact("call")["reason"], "no_number")
        answer = case.check_contact("email")
        self.assertEqual(answer["reason"], "no_zone")
        self.assertIn("country", answer["message"])

    def test_no_policy(self):
        self._invoice(1000, 10)
        case = self._case()
        self.company.debt_contact_policy_id = False
        answer = case.check_contact("call")
        self.assertEqual(answer["reason"], "no_policy")
        self.assertFalse(answer["next_at"])

    def test_empty_policy(self):
        self._invoice(1000, 10)
        case = self._case()
        self.debtor.debt_contact_policy_id = self.env["debt.contact.policy"].create(
            {"name": "Empty"}
        )
        self.assertEqual(case.check_contact("call")["reason"], "no_hours")
        case._plan()
        self.assertEqual(case.next_contact_code, "no_hours")

    def test_ladder_without_steps(self):
        self._invoice(1000, 10)
        case = self._case()
        case.ladder_id = self.env["debt.ladder"].create({"name": "Empty"})
        case._plan()
        self.assertFalse(case.next_contact_at)
        self.assertIn("steps", case.next_contact_reason)

    def test_end_of_the_ladder(self):
        self._invoice(1000, 10)
        case = self._case()
        with self._at(days=40):
            case._plan()
            self.assertEqual(case.state, "dormant")
            self.assertFalse(case.next_contact_at)

    def test_bad_numbers(self):
        self._invoice(1000, 10)
        case = self._case()
        for number in ("call me", "12", "+32 2 999 99 99"):
            answer = case.check_contact("call", number=number)
            self.assertEqual(answer["reason"], "bad_number", number)
        self.assertTrue(case.check_contact("call", number="0470/12.34.56")["allowed"])

    def test_unknown_channel(self):
        self._invoice(1000, 10)
        with self.assertRaises(UserError):
            self._case().check_contact("pigeon")

    def test_numbers_to_mend_are_listed(self):
        debtor = self._new_debtor("Messy", "ask my wife")
        self._invoice(1000, 10, debtor)
        case = self._case(debtor)
        phone = debtor.debt_phone_ids
        self.assertEqual(phone.raw, "ask my wife")
        self.assertTrue(phone.error)
        self.assertEqual(case.next_contact_code, "no_number")
        debtor.phone = "0470 12 34 58"
        self.assertEqual(debtor.debt_phone_ids.number, "+32470123458")
        case._plan()
        self.assertTrue(case.next_contact_at)

    def test_health_survives_retyping(self):
        self._invoice(1000, 10)
        self._case()
        phone = self.debtor.debt_phone_ids
        phone.health = "dead"
        self.debtor.phone = False
        self.assertFalse(phone.active)
        self.debtor.phone = "0470 12 34 56"
        self.assertTrue(phone.active)
        self.assertEqual(phone.health, "dead")

    def test_archived_debtor_still_owes(self):
        self._invoice(1000, 10)
        case = self._case()
        self.debtor.active = False
        self.assertTrue(case.check_contact("call")["allowed"])

    def test_nonsense_is_refused_when_it_is_saved(self):
        policy = self.env["debt.contact.policy"].create({"name": "Night"})
        night = {"policy_id": policy.id, "hour_from": 22, "hour_to": 6}
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(CheckViolation),
            self.cr.savepoint(),
        ):
            self.env["debt.contact.policy.window"].create(night)
        ladder = self.env["debt.ladder"].create({"name": "Nowhere"})
        parts = dict.fromkeys(("morning", "midday", "evening"), False)
        with self.assertRaises(ValidationError):
            self.env["debt.ladder.step"].create({"ladder_id": ladder.id, **parts})
