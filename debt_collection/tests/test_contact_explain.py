from datetime import datetime, timedelta

from lxml import html

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import Form, tagged

from .common import TUESDAY, DebtCommon


@tagged("post_install", "-at_install")
class TestExplain(DebtCommon):
    """Why may the debtor be called at these hours of the next days and no others?"""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        hours = {"hour_from": 9, "hour_to": 18}
        cls.policy = cls.env["debt.contact.policy"].create(
            {
                "name": "Our Hours",
                "source": "Board, 1 March",
                "window_ids": [Command.create(hours)],
                "limit_ids": [
                    Command.create({"maximum": 2, "period": "week", "rolling": True})
                ],
            }
        )
        cls.debtor.debt_contact_policy_id = cls.policy
        cls.invoice = cls._invoice(1000, 10)

    def setUp(self):
        super().setUp()
        self.case = self._case()
        self.case.user_id = self.operator

    def _explain(self, case=None, user=None, **values):
        case = (case or self.case).with_user(user or self.operator)
        action = case.action_explain()
        explain = self.env[action["res_model"]].with_user(user or self.operator)
        explain = explain.browse(action["res_id"])
        explain.write(values)
        return explain

    def _strip(self, explain):
        """Titles of the segments by day."""
        days = html.fromstring(explain.html).xpath(
            "//div[contains(@class, 'o_debt_outlook_bar')]"
        )
        return [day.xpath("span/@title") for day in days]

    def _call_in_vain(self, **ago):
        with self._at(**ago):
            call = self._call()
            call.dial()
            call.finish("no_answer")

    def test_the_operator_sees_the_next_fourteen_days(self):
        strip = self._strip(self._explain())
        self.assertEqual(len(strip), 14)
        self.assertEqual(
            strip[0],
            [
                "00:00–09:00: It is outside the permitted hours where the debtor is.",
                "09:00–18:00: Allowed.",
                "18:00–24:00: It is outside the permitted hours where the debtor is.",
            ],
        )
        saturday = strip[4]
        self.assertEqual(len(saturday), 1)
        self.assertIn("00:00–24:00", saturday[0])

    def test_a_limit_used_up_says_until_when(self):
        for days in (-5, -1):
            self._call_in_vain(days=days)
        explain = self._explain()
        strip = self._strip(explain)
        self.assertEqual(
            strip[0][1],
            "09:00–18:00: The limit is used up. Calls: at most 2 (Attempts) "
            "per week, rolling.",
        )
        self.assertIn("10:00–18:00: Allowed.", strip[2])
        text = html.fromstring(explain.html).text_content()
        self.assertIn("Our Hours", text)
        self.assertIn("Board, 1 March", text)
        self.assertIn("free from Thu 12 Mar 10:00", " ".join(text.split()))
        self.assertIn("2 of 2", " ".join(text.split()))

    def test_what_the_planned_call_uses_up(self):
        self._call_in_vain(days=-1)
        self.case._plan()
        self.assertEqual(self.case.next_contact_at, TUESDAY)
        explain = self._explain()
        self.assertIn("09:00–18:00: Allowed.", self._strip(explain)[1])
        explain.after_plan = True
        self.assertIn("The limit is used up", self._strip(explain)[1][1])
        self.assertEqual(len(self._strip(explain)), 14)

    def test_a_promise_is_a_pause_not_a_refusal(self):
        call = self._call()
        call.dial()
        call.finish("promise", promise_amount=1000, promise_date="2026-03-12")
        strip = self._strip(self._explain())
        self.assertIn("A payment is promised", strip[0][0])
        self.assertIn("00:00–24:00", strip[1][0])

    def test_who_paid_is_shown_as_not_to_be_called(self):
        self._pay(self.invoice)
        text = html.fromstring(self._explain().html).text_content()
        self.assertIn("opens again by itself", " ".join(text.split()))
        self.assertIn("the policy leaves these hours", " ".join(text.split()))

    def test_without_policy_or_number_it_says_what_to_do(self):
        self.debtor.debt_contact_policy_id = False
        self.company.debt_contact_policy_id = False
        self.env["debt.contact.policy"].search(
            [("country_ids", "!=", False)]
        ).active = False
        explain = self._explain()
        self.assertIn("set one for the debtor", explain.html)
        self.assertFalse(self._strip(explain))
        self.debtor.debt_contact_policy_id = self.policy
        self.debtor.phone = False
        self.assertIn("Add a number", self._explain().html)
        self.assertIn("Allowed.", self._explain(channel="email").html)

    def test_a_change_of_law_within_the_days_is_named(self):
        belgium = self.env.ref("base.be").ids
        self.debtor.debt_contact_policy_id = False
        self.env["debt.contact.policy"].search(
            [("country_ids", "in", belgium)]
        ).active = False
        hours = {"hour_from": 10, "hour_to": 12}
        self.env["debt.contact.policy"].create(
            {
                "name": "New Act",
                "country_ids": [Command.set(belgium)],
                "effective_from": "2026-03-16",
                "window_ids": [Command.create(hours)],
            }
        )
        explain = self._explain()
        self.assertIn("10:00–12:00: Allowed.", self._strip(explain)[6])
        text = " ".join(html.fromstring(explain.html).text_content().split())
        self.assertIn("New Act from Mon 16 Mar on", text)

    def test_the_clocks_change_on_one_of_the_days(self):
        with self._at(days=14):
            explain = self._explain()
            self.assertIn(
                "23 h", " ".join(html.fromstring(explain.html).text_content().split())
            )

    def test_texts_are_shown_as_texts(self):
        self.policy.source = "<script>alert(1)</script>"
        self.assertNotIn("<script>", self._explain().html)

    def test_each_channel_is_explained(self):
        for channel in (
            self.env["debt.contact.explain"]._fields["channel"].get_values(self.env)
        ):
            self.assertTrue(self._explain(channel=channel).html, channel)

    def test_the_strip_says_what_the_gate_says(self):
        self._call_in_vain(days=-1)
        for hours in range(0, 24 * 13, 5):
            at = TUESDAY + timedelta(hours=hours)
            allowed = self.case.check_contact("call", at=at)["allowed"]
            self.assertEqual(self._allowed(at), allowed, at)

    def _allowed(self, at):
        explain = self._explain()
        facts = self.case._contact_facts()[self.case]
        asked = self.case._question("call", facts)
        days = explain._outlook(asked, datetime(2026, 3, 10, 9))
        return next(
            one.allowed
            for day in days
            for one in day.segments
            if one.start <= at < one.end
        )

    def test_it_costs_few_queries(self):
        explain = self._explain()
        # What Odoo itself keeps for all requests: access rights, templates, languages.
        explain.read(["html"])
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertQueryCount(25):
            explain.read(["html"])

    # --- who may ----------------------------------------------------------------
    def test_an_operator_explains_only_cases_that_are_his_to_see(self):
        self.assertTrue(self._explain(user=self.accountant).html)
        self.assertTrue(self._explain(user=self.manager).html)
        member = Command.create({"user_id": self.operator.id})
        self.case.team_id = self.env["debt.team"].create(
            {"name": "His", "member_ids": [member]}
        )
        explain = self._explain()
        with self.assertRaises(AccessError):
            explain.with_user(self.colleague).read(["html"])
        with self.assertRaises(AccessError):
            self._explain(user=self.colleague)

    def test_the_form_opens(self):
        with Form(self._explain()) as form:
            form.channel = "sms"
            self.assertIn("o_debt_outlook_bar", form.html)
