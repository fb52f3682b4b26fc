from datetime import date, datetime, timedelta

from psycopg2.errors import CheckViolation

from odoo import Command
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common import DebtCommon


@tagged("post_install", "-at_install")
class TestPolicy(DebtCommon):
    """Which law holds for this debtor, today and after the next change of law?"""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policies = cls.env["debt.contact.policy"]
        cls.belgium = cls.env.ref("base.be")

    def setUp(self):
        super().setUp()
        self._invoice(1000, 10)
        self.case = self._case()

    @classmethod
    def _policy(cls, name, hour_from=9, hour_to=18, limit=0, **values):
        """A policy for Belgium, from Monday to Friday."""
        limits = [Command.create({"maximum": limit})] if limit else []
        hours = {"hour_from": hour_from, "hour_to": hour_to}
        return cls.policies.create(
            {
                "name": name,
                "country_ids": [Command.set(cls.belgium.ids)],
                "window_ids": [Command.create(hours)],
                "limit_ids": limits,
                **values,
            }
        )

    def _american(self, **values):
        debtor = self._new_debtor(
            "Jane", "+1 212 555 0111", "base.us", is_company=False, **values
        )
        self._invoice(1000, 10, debtor)
        return self._case(debtor)

    def _state(self, code):
        domain = [("country_id.code", "=", "US"), ("code", "=", code)]
        return self.env["res.country.state"].search(domain).id

    def _names(self, case):
        xml_ids = case._contact_policy().get_external_id().values()
        return {name.removeprefix("debt_collection.policy_") for name in xml_ids}

    def _next(self, *at):
        return self.case.check_contact("call", at=datetime(*at))["next_at"]

    # --- which ----------------------------------------------------------------------
    def test_states_have_laws_of_their_own_beside_the_nations(self):
        nation = {"us_regf", "us_tcpa"}
        for code, more in (("MA", {"us_ma"}), ("TX", set()), ("DC", {"us_dc"})):
            case = self._american(state_id=self._state(code))
            self.assertEqual(self._names(case), nation | more, code)

    def test_an_unknown_state_is_under_the_laws_of_all(self):
        case = self._american()
        everywhere = {"us_regf", "us_tcpa", "us_ma", "us_wa", "us_dc"}
        self.assertEqual(self._names(case), everywhere)
        case.partner_id.zip = "73301"
        with self._at(days=200):
            self.assertEqual(self._names(case), everywhere)
            case.partner_id.zip = "10001"
            self.assertEqual(self._names(case), everywhere | {"us_nyc"})

    def test_a_sole_trader_owes_as_a_business(self):
        case = self._american(state_id=self._state("TX"))
        case.partner_id.debt_kind = "business"
        self.assertEqual(self._names(case), {"business"})

    def test_a_company_is_under_kazakh_law_like_a_person(self):
        for is_company in (True, False):
            debtor = self._new_debtor("KZ", country="base.kz", is_company=is_company)
            choice = self.policies._choose(debtor, self.company)
            self.assertEqual(
                [law.id for law in choice.on(date(2026, 3, 10))],
                self.env.ref("debt_collection.policy_kz").ids,
            )

    def test_a_moved_debtor_is_planned_anew(self):
        for values in ({"zip": "1000"}, {"debt_kind": "consumer"}):
            self.case._plan()
            self.assertFalse(self.case.plan_dirty)
            self.debtor.write(values)
            self.assertTrue(self.case.plan_dirty, values)

    # --- together -------------------------------------------------------------------
    def test_the_strictest_of_all_that_fit(self):
        late = self._policy("Late Riser", 10, 20)
        early = self._policy("Early Closer", 8, 17, limit=1)
        self.assertEqual(self.case._contact_policy(), late | early)
        self.assertEqual(self._next(2026, 3, 10, 6), datetime(2026, 3, 10, 9))
        # 17:00 in Brussels: until ten next day.
        self.assertEqual(self._next(2026, 3, 10, 16), datetime(2026, 3, 11, 9))
        self._call(self.case).finish("no_answer")
        noon = self.case.check_contact("call", at=datetime(2026, 3, 10, 11))
        self.assertEqual(noon["reason"], "limit")

    def test_the_companys_choice_replans(self):
        self.case._plan()
        self.company.debt_contact_policy_always = True
        self.assertTrue(self.case.plan_dirty)

    def test_a_persons_choice_is_no_combination(self):
        self._policy("Strict", 12, 13)
        own = self._policy("Own", 8, 20, country_ids=False)
        self.debtor.debt_contact_policy_id = own
        self.assertEqual(self.case._contact_policy(), own)
        self.assertEqual(self._next(2026, 3, 10, 6), datetime(2026, 3, 10, 7))

    def test_at_least_as_strict_as_the_default(self):
        law = self._policy("Generous", 6, 22)
        self.assertEqual(self.case._contact_policy(), law)
        self.assertEqual(self._next(2026, 3, 10, 4), datetime(2026, 3, 10, 5))
        self.company.debt_contact_policy_always = True
        self.assertIn(law, self.case._contact_policy())
        self.assertEqual(self._next(2026, 3, 10, 4), datetime(2026, 3, 10, 8))
        law.window_ids.hour_from = 11
        self.assertEqual(self._next(2026, 3, 10, 4), datetime(2026, 3, 10, 10))

    # --- one after the other ----------------------------------------------------------
    def test_next_months_law_is_entered_today(self):
        """Until the day before the old law holds; the gate knows both."""
        self._policy("Old", 8, 20, effective_until="2026-03-31")
        self._policy("New", 11, 12, effective_from="2026-04-01")
        self.assertEqual(self._next(2026, 3, 31, 4), datetime(2026, 3, 31, 6))
        self.assertEqual(self._next(2026, 4, 1, 4), datetime(2026, 4, 1, 9))
        self.assertEqual(self._next(2026, 3, 31, 18), datetime(2026, 4, 1, 9))

    def test_the_plan_looks_behind_a_change_of_law(self):
        self._policy("Old", 8, 10, effective_until="2026-03-10")
        self._policy("New", 15, 16, effective_from="2026-03-11")
        self.case._plan()
        # It is ten in Brussels, where today's hours are over.
        self.assertEqual(self.case.next_contact_at, datetime(2026, 3, 11, 14))
        self.assertEqual(self.case.contact_until, datetime(2026, 3, 11, 15))

    def test_after_the_last_law_the_default_holds(self):
        self._policy("Old", 12, 13, effective_until="2026-03-10")
        self.assertEqual(self._next(2026, 3, 10, 9), datetime(2026, 3, 10, 11))
        self.assertEqual(self._next(2026, 3, 11, 4), datetime(2026, 3, 11, 8))
        with self._at(days=1):
            default = self.company.debt_contact_policy_id
            self.assertEqual(self.case._contact_policy(), default)

    # --- a company's own --------------------------------------------------------------
    def test_a_manager_adapts_a_law_for_his_company(self):
        law = self._policy("Law", 8, 20)
        other = self.env["res.company"].create({"name": "Other"})
        action = law.with_user(self.manager).action_adapt()
        adapted = self.policies.browse(action["res_id"])
        self.assertEqual(adapted.company_id, self.company)
        self.assertEqual(adapted.window_ids.hour_to, 20)
        self.assertEqual(self.case._contact_policy(), adapted)
        elsewhere = self.policies._choose(self.debtor, other)
        self.assertEqual([one.id for one in elsewhere.on(date.today())], law.ids)
        adapted.active = False
        self.assertEqual(self.case._contact_policy(), law)

    def test_an_adapted_default_becomes_the_default(self):
        default = self.company.debt_contact_policy_id
        action = default.with_user(self.manager).action_adapt()
        self.assertEqual(self.company.debt_contact_policy_id.id, action["res_id"])

    def test_operators_read_the_law_but_do_not_make_it(self):
        law = self._policy("Law").with_user(self.operator)
        self.assertTrue(law.source_kind)
        with self.assertRaises(AccessError):
            law.action_adapt()
        with self.assertRaises(AccessError):
            law.effective_until = "2026-03-31"

    # --- the form ---------------------------------------------------------------------
    def test_a_manager_enters_a_law(self):
        view = "debt_collection.debt_contact_policy_view_form"
        with Form(self.policies.with_user(self.manager), view=view) as form:
            form.name = "Belgium"
            form.country_ids.add(self.belgium)
            form.source = "Code, book VI"
            form.effective_from = date(2026, 4, 1)
            form.scope = "Consumers"
        self.assertIn("counsel", form.record.counsel_note)
        self.assertEqual(form.record.source_kind, "own")
        self.assertEqual(form.record.company_id, self.company)

    def test_nonsense_is_refused(self):
        law = self._policy("Law", effective_from="2026-04-01")
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(CheckViolation),
            self.cr.savepoint(),
        ):
            law.effective_until = "2026-03-01"
            law.flush_recordset()
        with self.assertRaisesRegex(ValidationError, "countries of the states"):
            law.state_ids = self.env["res.country.state"].browse(self._state("NY"))

    def test_a_robots_minutes_are_counted_from_its_calls(self):
        self._policy("Minutes")
        self.case._contact_policy().limit_ids = [
            Command.create({"channels": "automated", "maximum": 30, "count": "minute"})
        ]
        start = datetime(2026, 3, 10, 8)
        self.env["debt.call"].sudo().create(
            {
                "case_id": self.case.id,
                "partner_id": self.debtor.id,
                "company_id": self.company.id,
                "mode": "robot",
                "state": "done",
                "party": "none",
                "started_at": start,
                "ended_at": start + timedelta(minutes=29, seconds=1),
            }
        )
        answer = self.case.check_contact("robot_call")
        self.assertEqual(answer["reason"], "limit")
        self.assertIn("Minutes", answer["message"])
        self.assertEqual(answer["next_at"], datetime(2026, 3, 11, 8))
        self.assertTrue(self.case.check_contact("call")["allowed"])
