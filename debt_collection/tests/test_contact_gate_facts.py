from collections import Counter
from datetime import datetime, timedelta
from re import findall
from unittest.mock import patch

from odoo import sql_db
from odoo.tests import tagged
from odoo.tools import SQL

from .common import TUESDAY, DebtCommon

TABLES = {"debt_call", "debt_message", "debt_phone", "debt_contact_policy"}


@tagged("post_install", "-at_install")
class TestGateFacts(DebtCommon):
    """What the gate knows of a debtor: where he is, and at what price."""

    def _state(self, country, code):
        domain = [("country_id.code", "=", country), ("code", "=", code)]
        return self.env["res.country.state"].search(domain)

    def _moving(self, **values):
        debtor = self._new_debtor("Moving", **values)
        self._invoice(1000, 10, debtor)
        return self._case(debtor)

    def _zones(self, case):
        return case._contact_facts()[case].zones

    # --- where ------------------------------------------------------------------------
    def test_a_postcode_tells_el_paso_from_houston(self):
        texas = self._state("US", "TX").id
        values = {"phone": "+1 915 555 0100", "country": "base.us", "state_id": texas}
        case = self._moving(**values)
        self.assertEqual(self._zones(case), ("America/Chicago", "America/Denver"))
        case.partner_id.zip = "79901"
        self.assertEqual(self._zones(case), ("America/Denver",))
        case.partner_id.write({"zip": False, "city": "Houston"})
        self.assertEqual(self._zones(case), ("America/Chicago",))

    def test_a_debtor_who_moves_is_planned_anew_at_once(self):
        """From Lisbon to Moscow, three hours earlier by our clock."""
        case = self._moving(phone="+351 21 123 4567", country="base.pt", zip="1100-148")
        # Eleven in Brussels is ten in Lisbon; the day there ends at six.
        self.assertEqual(self._zones(case), ("Europe/Lisbon",))
        self.assertEqual(case.next_contact_at, datetime(2026, 3, 10, 9))
        case.partner_id.write(
            {
                "country_id": self.env.ref("base.ru").id,
                "state_id": self._state("RU", "MOW").id,
                "zip": "101000",
                "phone": "8 (495) 123-45-67",
            }
        )
        self.assertTrue(case.plan_dirty)
        self.assertEqual(case.partner_id.debt_phone_ids.number, "+74951234567")
        cron = self.env.ref("debt_collection.ir_cron_debt_plan")
        with self._at(hours=6.5), self.enter_registry_test_mode():
            cron.method_direct_trigger()
            # Half past six in the evening in Moscow: tomorrow at ten, when the
            # company's own calls begin, at eight in Brussels.
            self.assertEqual(self._zones(case), ("Europe/Moscow",))
            self.assertEqual(case.next_contact_at, datetime(2026, 3, 11, 7))

    def test_whatever_tells_the_zone_moves_the_plan(self):
        case = self._moving(phone="+1 915 555 0100", country="base.us")
        changes = (
            {"state_id": self._state("US", "TX").id},
            {"zip": "79901"},
            {"city": "El Paso"},
            {"debt_tz": "America/Denver"},
            {"phone": "+1 915 555 0101"},
            {"country_id": self.env.ref("base.ca").id, "state_id": False},
        )
        for values in changes:
            case._plan()
            self.assertFalse(case.plan_dirty)
            case.partner_id.write(values)
            self.assertTrue(case.plan_dirty, values)

    def test_a_landline_of_recife_is_not_on_noronha(self):
        case = self._moving(phone="+55 81 3456-7890", country="base.br")
        self.assertEqual(self._zones(case), ("America/Recife",))

    # --- what was before --------------------------------------------------------------
    def _called(self, case, hours, **values):
        """A call that ended a minute after it began, so many hours ago."""
        at = TUESDAY - timedelta(hours=hours)
        return (
            self.env["debt.call"]
            .sudo()
            .create(
                {
                    "case_id": case.id,
                    "partner_id": case.partner_id.id,
                    "company_id": case.company_id.id,
                    "state": "done",
                    "party": "none",
                    "started_at": at,
                    "ended_at": at + timedelta(minutes=1),
                    **values,
                }
            )
        )

    def test_contacts_are_known_the_oldest_first(self):
        """However many of them are alike in all but their time."""
        case = self._moving(phone="+32 470 11 22 33")
        self._called(case, 2, connected=True, party="right_party", local_hour=8)
        for hours in (1, 5, 3):
            self._called(case, hours)
        self._called(case, 4, direction="inbound", connected=True, local_hour=6)
        facts = case._contact_facts()[case]
        self.assertEqual(
            [(contact.at, contact.conversed) for contact in facts.history],
            [
                (TUESDAY - timedelta(hours=hours), hours == 2)
                for hours in (5, 4, 3, 2, 1)
            ],
        )
        self.assertEqual([c.incoming for c in facts.history][:3], [False, True, False])
        self.assertEqual(facts.hours, {8: 1}, "when he picked up, not when he rang")

    def test_a_ladder_that_changed_is_not_remembered_as_it_was(self):
        case = self._moving(phone="+32 470 11 22 33")
        ladder = case.ladder_id
        step = ladder.step_ids[0]
        self.assertEqual(ladder._steps()[0].attempts, step.attempts)
        step.attempts += 1
        self.assertEqual(ladder._steps()[0].attempts, step.attempts)
        ladder.step_ids[-1].unlink()
        self.assertEqual(len(ladder._steps()), len(ladder.step_ids))

    # --- the price --------------------------------------------------------------------
    def _many(self, number):
        country = self.env.ref("base.us").id
        debtors = self.env["res.partner"].create(
            [
                {"name": f"D{n}", "country_id": country, "phone": f"+1 212 555 {n:04}"}
                for n in range(number)
            ]
        )
        own = self.env.ref("debt_collection.policy_de")
        debtors[0].debt_contact_policy_id = own
        quiet = {"tracking_disable": True, "mail_create_nolog": True}
        cases = (
            self.cases.sudo()
            .with_context(**quiet)
            .create(
                [
                    {
                        "partner_id": debtor.id,
                        "company_id": self.company.id,
                        "currency_id": self.company.currency_id.id,
                    }
                    for debtor in debtors
                ]
            )
        )
        self.env["debt.phone"]._sync(debtors)
        for case in cases[:5]:
            self._called(case, 1, state="dialing", ended_at=False)
        return cases

    def _queries(self, cases):
        """Statements that read each table, by a server that knows nothing yet."""
        self.env.flush_all()
        self.env.invalidate_all()
        self.env.registry.clear_cache()
        found, execute, every = Counter(), sql_db.Cursor.execute, []

        def counted(cursor, query, *arguments, **options):
            code = query.code if isinstance(query, SQL) else query
            found.update(TABLES.intersection(findall(r'FROM\s+"?(\w+)', code)))
            every.append(code)
            return execute(cursor, query, *arguments, **options)

        with patch.object(sql_db.Cursor, "execute", counted):
            facts = cases._contact_facts()
            for case in cases:
                case._contact_answer("call", datetime(2026, 3, 10, 15), facts[case])
        return found, len(every)

    def test_a_thousand_debtors_cost_no_more_queries_than_ten(self):
        cases = self._many(1000)
        few, _all = self._queries(cases[:10])
        many, every = self._queries(cases)
        self.assertEqual(few, many)
        for table in TABLES:
            self.assertLessEqual(many[table], 2, table)
        self.assertLess(every, 40)
