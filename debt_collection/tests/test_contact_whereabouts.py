from datetime import datetime, timedelta

from odoo.tests import tagged

from .common import TUESDAY, DebtCommon


@tagged("post_install", "-at_install")
class TestWhereabouts(DebtCommon):
    """What nobody knows of where a debtor is never turns out to be to his harm."""

    def _owing(self, name, phone=None, country=None, **values):
        debtor = self._new_debtor(name, phone, country, **values)
        self._invoice(1000, 10, debtor)
        return self._case(debtor)

    def _person(self, phone, country=None, **values):
        return self._owing("Olena", phone, country, is_company=False, **values)

    def _names(self, case):
        xml_ids = case._contact_policy().get_external_id().values()
        return {name.removeprefix("debt_collection.policy_") for name in xml_ids}

    def _state(self, country, code):
        domain = [("country_id.code", "=", country), ("code", "=", code)]
        return self.env["res.country.state"].search(domain).id

    def _reason(self, case, channel, *at):
        return case.check_contact(channel, at=datetime(*at))["reason"]

    # --- an unknown country -----------------------------------------------------------
    def test_without_a_country_the_law_of_the_number_protects(self):
        """She typed in her Ukrainian mobile, and nobody asked where she lives."""
        case = self._person("+380 67 123 45 67")
        self.assertEqual(self._names(case), {"ua", "eu", "business"})
        at_home = self._person("+380 67 123 45 68", "base.ua")
        self.assertEqual(self._names(at_home), {"ua"})

    def test_without_a_country_the_law_of_the_creditor_protects(self):
        self.company.country_id = self.env.ref("base.ru")
        case = self._person(None, email="olena@example.com")
        self.assertIn("ru_230fz", self._names(case))
        self.assertEqual(
            case._public_holidays(),
            self._person(None, "base.ru")._public_holidays(),
        )

    def test_of_several_countries_the_holidays_of_all_are_kept(self):
        """1 January is a holiday in Kazakhstan and Belgium, 21 July in Belgium only."""
        case = self._owing("Trade", "+7 701 123 45 67")
        holidays = case._public_holidays()
        self.assertIn(datetime(2026, 7, 21).date(), holidays)
        self.assertIn(datetime(2026, 12, 16).date(), holidays)

    def test_a_state_tells_the_country(self):
        case = self._person("+380 67 123 45 67")
        case.partner_id.state_id = self._state("US", "MA")
        case.partner_id.country_id = False
        self.assertEqual(self._names(case), {"us_regf", "us_tcpa", "us_ma"})

    def test_where_nothing_is_known_nobody_is_contacted(self):
        self.company.country_id = False
        case = self._person(None, email="olena@example.com")
        answer = case.check_contact("email")
        self.assertEqual(answer["reason"], "no_country")
        self.assertIn("enter the debtor's country", answer["message"])
        case.partner_id.country_id = self.env.ref("base.be")
        self.assertEqual(case.check_contact("email")["reason"], "ok")

    def test_a_policy_of_his_own_needs_no_country(self):
        self.company.country_id = False
        case = self._person(None, debt_tz="Europe/Brussels", email="o@example.com")
        self.assertEqual(case.check_contact("email")["reason"], "no_country")
        policy = self.env.ref("debt_collection.policy_business")
        case.partner_id.debt_contact_policy_id = policy
        self.assertEqual(case.check_contact("email")["reason"], "ok")

    def test_a_planned_law_concerns_whoever_may_live_there(self):
        case = self._person("+380 67 123 45 67")
        law = self.env.ref("debt_collection.policy_ua")._to_law()
        what_if = self.env["debt.what.if"]
        self.assertNotIn(law, what_if._choice_with(case, law, False).fitting)
        self.assertIn(law, what_if._choice_with(case, law, True).fitting)

    # --- holidays ---------------------------------------------------------------------
    def _holidays(self, country, code=None):
        state = code and self._state(country.upper(), code)
        values = {"country_id": self.env.ref(f"base.{country}").id, "state_id": state}
        self.debtor.write(values)
        self._invoice(1000, 10)
        return self._case()._public_holidays()

    def test_states_have_holidays_of_their_own(self):
        revolution = datetime(2026, 7, 9).date()
        self.assertIn(revolution, self._holidays("br", "SP"))
        self.assertNotIn(revolution, self._holidays("br", "RJ"))

    def test_an_unknown_state_has_the_holidays_of_all(self):
        assumption = datetime(2026, 8, 15).date()
        self.assertIn(assumption, self._holidays("de"))

    def test_in_sao_paulo_nobody_calls_on_the_states_holiday(self):
        state = self._state("BR", "SP")
        case = self._person("+55 11 91234-5678", "base.br", state_id=state)
        self.assertIn("br_sp", self._names(case))
        self.assertEqual(self._reason(case, "call", 2026, 7, 9, 15), "holiday")
        self.assertEqual(self._reason(case, "call", 2026, 7, 8, 15), "ok")

    def test_a_state_of_war_takes_no_holiday_away(self):
        case = self._person("+380 67 123 45 67", "base.ua")
        self.assertEqual(self._reason(case, "call", 2026, 12, 25, 10), "holiday")

    def test_holidays_are_known_as_far_as_anybody_asks(self):
        """A Monday, years ahead."""
        self._invoice(1000, 10)
        case = self._case()
        self.assertEqual(self._reason(case, "email", 2028, 12, 25, 10), "holiday")
        self.assertEqual(self._reason(case, "email", 2035, 12, 25, 10), "holiday")
        self.assertEqual(self._reason(case, "email", 2028, 12, 18, 10), "ok")

    # --- whose number -----------------------------------------------------------------
    def _accountant_in(self, phone, **values):
        """The case of a company in Moscow, and its accountant's listed number."""
        case = self._owing("OOO", None, "base.ru", state_id=self._state("RU", "MOW"))
        contact = self._new_debtor(
            "Accountant",
            phone,
            "base.ru",
            is_company=False,
            parent_id=case.partner_id.id,
            **{"type": "other"} | values,
        )
        [listed] = case._contact_facts()[case].phones
        self.assertEqual(listed.contact_id, contact)
        return case, listed

    def test_a_contacts_landline_is_not_where_the_company_is(self):
        """A call from Moscow at 17:30 rings in Khabarovsk at half past midnight."""
        case, phone = self._accountant_in("+7 4212 32-34-56", type="contact")
        evening = TUESDAY + timedelta(hours=5, minutes=30)
        answer = case.check_contact("call", phone.number, evening)
        self.assertEqual(answer["reason"], "hours")
        zones = case._resolve_zones(phone).names
        self.assertEqual(len(zones), 2)
        self.assertIn("Europe/Moscow", zones)

    def test_a_contact_may_have_an_address_of_his_own(self):
        case, phone = self._accountant_in(
            "+7 914 123-45-67", state_id=self._state("RU", "KHA")
        )
        self.assertEqual(case._resolve_zones(phone).names, ("Asia/Vladivostok",))

    def test_a_contacts_address_without_a_town_is_narrowed_by_his_landline(self):
        case, phone = self._accountant_in("+7 4212 32-34-56")
        self.assertEqual(case._resolve_zones(phone).names, ("Asia/Vladivostok",))

    def test_what_a_contact_says_of_his_time_wins(self):
        case, phone = self._accountant_in("+7 914 123-45-67", debt_tz="Asia/Omsk")
        self.assertEqual(case._resolve_zones(phone).names, ("Asia/Omsk",))

    def test_a_companys_own_number_does_not_move_it(self):
        case = self._owing(
            "OOO", "+7 4212 32-34-56", "base.ru", state_id=self._state("RU", "MOW")
        )
        [phone] = case._contact_facts()[case].phones
        self.assertEqual(case._resolve_zones(phone).names, ("Europe/Moscow",))
