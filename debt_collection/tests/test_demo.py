import os
import unittest
from datetime import datetime, timedelta

from freezegun import freeze_time

from odoo.sql_db import db_connect
from odoo.tests import BaseCase, TransactionCase
from odoo.tools.convert import convert_file

from odoo.addons.debt_collection.models.card.debt_case import CLOSE_REASONS, OPEN_STATES
from odoo.addons.debt_collection.tools.contact import Contact

from .questions import check

# A Sunday night in Brussels, when nobody may be called but the training debtors.
SUNDAY_NIGHT = datetime(2026, 3, 15, 1, 30)
WEDNESDAY = datetime(2026, 3, 18)
LEAST_DEBTORS, LEAST_COUNTRIES, LEAST_CALLS, LEAST_DAYS = 60, 6, 300, 20
# No debt of the demo company is as old as a limitation period, and the one write-off
# waits for whoever tries the demo.
REASONS = {reason for reason, _ in CLOSE_REASONS} - {"may_be_barred", "written_off"}
PROMISES = {"open", "kept", "partial", "broken", "cancelled"}


class TestDemo(TransactionCase):
    """Whoever looks at the demo finds something on every screen, on any day."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(freeze_time(SUNDAY_NIGHT))
        for name in ("debt_users_demo", "debt_demo"):
            path = f"demo/{name}.xml"
            convert_file(cls.env, "debt_collection", path, {}, "init", True)
        data = cls.env["ir.model.data"].search(
            [("module", "=", "debt_collection"), ("name", "like", "demo_debtor_")]
        )
        cls.debtors = cls.env["res.partner"].browse(data.mapped("res_id"))
        domain = [("partner_id", "in", cls.debtors.ids)]
        cls.cases = cls.env["debt.case"].search(domain)
        cls.calls = cls.env["debt.call"].search(domain, order="started_at")
        cls.moves = cls.env["account.move"].search(domain)
        cls.operators = cls.calls.user_id

    def _ref(self, name):
        return self.env.ref(f"debt_collection.{name}")

    # --- who owes -----------------------------------------------------------------
    def test_debtors_of_many_countries(self):
        self.assertGreaterEqual(len(self.debtors), LEAST_DEBTORS)
        self.assertEqual(set(self.debtors.mapped("is_company")), {True, False})
        regions = set(self.debtors.debt_phone_ids.filtered("number").mapped("region"))
        self.assertGreaterEqual(len(regions), LEAST_COUNTRIES)
        self.assertTrue(self.debtors.filtered(lambda one: not one.country_id))

    def test_two_companies_in_two_currencies(self):
        self.assertEqual(len(self.cases.company_id), 2)
        self.assertEqual(len(self.cases.currency_id), 2)
        for team in (self._ref("demo_team_eu"), self._ref("demo_team_us")):
            self.assertGreaterEqual(len(team.member_ids), 2)
            self.assertGreaterEqual(team.case_count, 10)

    def test_each_company_has_numbers_to_call_from(self):
        numbers = self.env["debt.caller.number"].search([("is_own", "=", True)])
        self.assertGreaterEqual(set(numbers.company_id), set(self.cases.company_id))
        self.assertTrue(all(numbers.mapped("country_id")))

    def test_numbers_to_mend_and_numbers_lost(self):
        phones = self.debtors.debt_phone_ids
        self.assertGreaterEqual(len(phones.filtered("error")), 3)
        self.assertLessEqual({"wrong", "dead", "good"}, set(phones.mapped("health")))

    # --- what they owe --------------------------------------------------------------
    def test_invoices_of_all_ages_and_kinds(self):
        invoices = self.moves.filtered(lambda move: move.move_type == "out_invoice")
        late = [(SUNDAY_NIGHT.date() - move.invoice_date_due).days for move in invoices]
        self.assertLess(min(late), 0)
        self.assertGreater(max(late), 365)
        lines = invoices.line_ids.filtered(
            lambda line: line.display_type == "payment_term"
        )
        self.assertGreater(len(lines), len(invoices), "instalments")
        self.assertLessEqual(
            {"not_paid", "partial", "paid", "blocked"},
            set(invoices.mapped("payment_state")),
        )
        self.assertTrue(lines.filtered("no_followup"))
        self.assertIn("out_refund", self.moves.mapped("move_type"))
        self.assertGreaterEqual(len(invoices.currency_id), 3)

    def test_accountants_decisions(self):
        status = set(self.moves.mapped("debt_status"))
        self.assertEqual(status, {"none", "flagged", "excluded"})

    def test_cases_agree_with_the_ledger(self):
        for case in self.cases.filtered(lambda case: not case.closed_at):
            totals = case.env["debt.ledger"]._totals(case.partner_id, case.company_id)
            self.assertAlmostEqual(case.amount_overdue, totals["amount_overdue"])
            self.assertAlmostEqual(case.amount_disputed, totals["amount_disputed"])

    # --- what has been done ---------------------------------------------------------
    def test_every_state_and_every_way_to_close(self):
        self.assertLessEqual(set(OPEN_STATES), set(self.cases.mapped("state")))
        closed = self.cases.filtered("closed_at")
        self.assertEqual(set(closed.mapped("close_reason")), REASONS)
        open_cases = self.cases - closed
        self.assertLessEqual(
            self._ref("stage_overdue") | self._ref("stage_collectible"),
            open_cases.stage_id,
        )

    def test_promises_and_disputes(self):
        states = set(self.cases.promise_ids.mapped("state"))
        self.assertEqual(states, PROMISES)
        self.assertLessEqual(
            {"open", "rejected"}, set(self.cases.dispute_ids.mapped("state"))
        )

    def test_a_month_of_calls_by_three_operators(self):
        self.assertGreaterEqual(len(self.calls), LEAST_CALLS)
        self.assertEqual(len(self.operators), 3)
        days = {call.started_at.date() for call in self.calls}
        self.assertGreaterEqual(len(days), LEAST_DAYS)
        self.assertLess(max(self.calls.mapped("started_at")), SUNDAY_NIGHT)
        self.assertGreaterEqual(len(self.calls.outcome_id), 15)
        self.assertEqual(
            set(self.calls.mapped("confirmed_by")), {"operator", "telephony"}
        )
        self.assertEqual(set(self.calls.mapped("direction")), {"outbound", "inbound"})
        self.assertTrue(self.calls.objection_ids)

    def test_no_call_broke_a_rule(self):
        facts = self.cases._contact_facts()
        for case in self.cases:
            history = []
            for call in case.call_ids.sorted("started_at"):
                answer = self._check(facts[case], call.started_at, history)
                if call.direction == "outbound":
                    self.assertTrue(answer.allowed, (case.partner_id.name, answer))
                    spoken = call.party == "right_party"
                    history.append(
                        Contact(call.started_at, "call", call.connected, spoken)
                    )

    def _check(self, facts, at, history=()):
        return check(
            facts.policy, facts.zones, "call", at, history, holidays=facts.holidays
        )

    # --- what there is to do --------------------------------------------------------
    def test_a_trainee_finds_somebody_on_a_sunday_night(self):
        for operator in self.operators:
            cases = self.env["debt.case"].with_user(operator)
            companies = operator.company_ids.ids
            call = cases.with_context(allowed_company_ids=companies).claim_next()
            debtor = self.env["debt.call"].browse(call).partner_id
            self.assertEqual(
                debtor.debt_contact_policy_id, self._ref("demo_policy_training")
            )

    def test_on_a_weekday_somebody_may_be_called_at_any_hour(self):
        training = self._ref("demo_policy_training")
        waiting = self.cases.filtered(
            lambda case: (
                case.state == "active"
                and case.partner_id.debt_contact_policy_id != training
            )
        )
        for company in waiting.company_id:
            own = waiting.filtered(lambda case, c=company: case.company_id == c)
            facts = own._contact_facts().values()
            facts = [one for one in facts if one.usable_phones]
            for hour in range(24):
                at = WEDNESDAY + timedelta(hours=hour, minutes=30)
                self.assertTrue(
                    any(self._check(one, at).allowed for one in facts),
                    f"{company.name}: nobody at {at}",
                )

    def test_every_operator_has_calls_in_his_activities(self):
        domain = [("res_model", "=", "debt.case"), ("automated", "=", True)]
        activities = self.env["mail.activity"].search(domain)
        self.assertLessEqual(self.operators, activities.user_id)

    def test_talks_left_their_path_and_some_are_reviewed(self):
        talks = self.env["debt.call"].search(
            [("party", "=", "right_party"), ("script_id", "!=", False)]
        )
        self.assertTrue(all(call.path_ids for call in talks))
        phases = set(talks.path_ids.mapped("phase"))
        self.assertGreaterEqual(phases, {"identify", "clarify", "demand"})
        states = self.env["debt.call.review"].search([]).mapped("state")
        self.assertEqual(set(states), {"draft", "shared"})
        proposals = self.env["debt.objection.proposal"].search([])
        self.assertEqual(set(proposals.mapped("state")), {"new"})

    def test_callbacks_are_waiting(self):
        waiting = self.cases.filtered("callback_at")
        self.assertGreaterEqual(len(waiting), 3)
        self.assertEqual(set(waiting.mapped("priority")), {"2"})

    def test_loading_again_changes_nothing(self):
        before = self.env["account.move"].search_count([])
        self.env["res.company"]._debt_load_demo()
        self.assertEqual(self.env["account.move"].search_count([]), before)

    def test_its_loader_is_no_model(self):
        """Where no demo is installed, nothing of it is in the registry."""
        self.assertFalse([name for name in self.env if name.startswith("debt.demo")])


@unittest.skipUnless(os.environ.get("DEBT_DEMO_DB"), "made by the whole ./dev test")
class TestDemoDatabase(BaseCase):
    """A database installed with demo data shows the same, on today's date."""

    def test_demo_was_loaded(self):
        with db_connect(os.environ["DEBT_DEMO_DB"]).cursor() as cr:
            cr.execute("SELECT state FROM debt_case GROUP BY 1")
            states = {state for (state,) in cr.fetchall()}
            cr.execute("SELECT state FROM debt_promise GROUP BY 1")
            promises = {state for (state,) in cr.fetchall()}
            cr.execute("SELECT count(*), count(DISTINCT user_id) FROM debt_call")
            calls, operators = cr.fetchone()
        self.assertLessEqual({*OPEN_STATES, "closed"}, states)
        self.assertEqual(promises, PROMISES)
        self.assertGreaterEqual(calls, LEAST_CALLS)
        self.assertEqual(operators, 3)
