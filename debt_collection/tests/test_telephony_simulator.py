from datetime import timedelta

from odoo import SUPERUSER_ID, Command
from odoo.exceptions import AccessError
from odoo.tests import Form, tagged

from .common import TUESDAY, DebtCommon


@tagged("post_install", "-at_install")
class TestDiallerSimulator(DebtCommon):
    """A manager asks which mode suits his team."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._invoice(500, 10)
        cls.cases.refresh(cls.debtor.ids)
        cls.case = cls.cases.search([("partner_id", "=", cls.debtor.id)])

    def _form(self, **values):
        form = Form(self.env["debt.dialler.simulator"].with_user(self.manager))
        for name, value in values.items():
            form[name] = value
        return form

    def _calls(self, count, talk=0, days=3, **values):
        """Calls so many days ago: 8 s until the answer to a talk, 21 s to a failure."""
        begun = TUESDAY - timedelta(days=days)
        answered = begun + timedelta(seconds=8) if talk else False
        ended = begun + timedelta(seconds=8 + talk if talk else 21)
        outcome = "refused" if talk else "no_answer"
        return (
            self.env["debt.call"]
            .sudo()
            .create(
                [
                    {
                        "case_id": self.case.id,
                        "partner_id": self.debtor.id,
                        "company_id": self.company.id,
                        "user_id": self.operator.id,
                        "state": "done",
                        "started_at": begun,
                        "answered_at": answered,
                        "ended_at": ended,
                        "connected": bool(talk),
                        "outcome_id": self.env.ref(
                            f"debt_collection.outcome_{outcome}"
                        ).id,
                        "confirmed_by": "telephony",
                        **values,
                    }
                ]
                * count
            )
        )

    def test_without_calls_the_figures_are_assumed_and_it_says_so(self):
        form = self._form()
        self.assertIn("too few calls", form.source_note)
        self.assertEqual(form.operators, 10)
        self.assertAlmostEqual(form.answer_rate, 0.3)
        self.assertEqual(form.talk_seconds, 120)

    def test_the_teams_own_figures_come_first(self):
        self._calls(25, talk=90)
        self._calls(50, talk=60, user_id=self.colleague.id)
        self._calls(225)
        # Not these: long ago, incoming, a robot's, never finished.
        self._calls(50, talk=500, days=31)
        self._calls(50, talk=500, direction="inbound")
        self._calls(50, talk=500, mode="voice_message")
        self._calls(50, outcome_id=False)
        form = self._form()
        self.assertEqual(form.operators, 2)
        self.assertAlmostEqual(form.answer_rate, 0.25)
        self.assertEqual(form.talk_seconds, 70)
        self.assertEqual(form.ring_seconds, 8)
        self.assertEqual(form.failed_seconds, 21)
        self.assertIn("from 300 calls", form.source_note)
        self.assertIn("Assumed: Wrap-up", form.source_note)

    def test_whom_nobody_was_put_through_to_is_no_operators(self):
        """Unanswered calls of the dialler are in nobody's name."""
        self._calls(20, talk=90)
        self._calls(60, user_id=SUPERUSER_ID, mode="predictive")
        form = self._form()
        self.assertEqual(form.operators, 1)
        self.assertAlmostEqual(form.answer_rate, 0.25)

    def test_what_an_operator_claims_does_not_tell_how_long_it_rang(self):
        self._calls(30, talk=90, confirmed_by="operator")
        form = self._form()
        self.assertEqual(form.talk_seconds, 90)
        self.assertEqual(form.ring_seconds, 10)

    def test_a_team_is_measured_by_its_own_cases(self):
        members = [
            Command.create({"user_id": user.id})
            for user in (self.operator, self.colleague, self.manager)
        ]
        team = self.env["debt.team"].create({"name": "North", "member_ids": members})
        self.case.team_id = False
        self._calls(30, talk=90)
        form = self._form()
        self.assertEqual(form.talk_seconds, 90)
        form.team_id = team.with_user(self.manager)
        self.assertEqual(form.operators, 3)
        self.assertEqual(form.talk_seconds, 120)
        self.case.team_id = team
        form = self._form(team_id=team.with_user(self.manager))
        self.assertEqual(form.talk_seconds, 90)

    def test_another_companys_calls_are_not_measured(self):
        self._calls(30, talk=90)
        sister = self.env["res.company"].create({"name": "Sister"})
        self.manager.company_ids |= sister
        simulator = (
            self.env["debt.dialler.simulator"]
            .with_user(self.manager)
            .create({"company_id": sister.id})
        )
        self.assertEqual(simulator.talk_seconds, 120)

    def test_ten_operators_are_advised_to_dial_predictively(self):
        form = self._form(answer_rate=0.1)
        self.assertRegex(
            form.result_html,
            r"Predictive would give (17|18|19)\.\d conversations an hour per operator "
            r"instead of 10\.8; [12]\.\d % of those who answer",
        )
        self.assertIn("Progressive", form.result_html)
        self.assertIn("Voice Message", form.result_html)

    def test_four_operators_are_not_offered_predictive(self):
        form = self._form(operators=4)
        self.assertIn("not offered below 5 operators", form.result_html)
        self.assertNotIn("<td>Predictive</td>", form.result_html)

    def test_who_is_answered_by_everybody_needs_no_predictive(self):
        form = self._form(operators=5, answer_rate=0.9)
        self.assertIn("hardly worth", form.result_html)

    def test_the_best_mode_has_the_longest_bar(self):
        simulator = self._form(answer_rate=0.1).save()
        rows = simulator._prepare_result()["rows"]
        best = [row for row in rows if row["best"]]
        self.assertEqual([row["width"] for row in best], [100])
        yields = simulator._yields()
        self.assertLess(yields["preview"].per_hour, yields["progressive"].per_hour)
        self.assertLessEqual(yields["predictive"].abandoned, 0.03)

    def test_impossible_figures_are_named(self):
        for values, text in (
            ({"operators": 0}, "Choose 1 to 200 operators"),
            ({"answer_rate": 0}, "between 2 % and 100 %"),
            ({"max_lines": 3}, "a line for each operator"),
            ({"abandon_cap": 0.5}, "At most 10 %"),
            ({"talk_seconds": 0}, "between 1 second and 1 hour"),
        ):
            with self.subTest(**values):
                self.assertIn(text, self._form(**values).result_html)

    def test_only_managers_choose_a_mode(self):
        for user in (self.operator, self.accountant):
            with self.assertRaises(AccessError):
                self.env["debt.dialler.simulator"].with_user(user).create({})
