from datetime import timedelta

from lxml import html

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import Form, tagged

from .common import TUESDAY, DebtCommon


@tagged("post_install", "-at_install")
class TestWhatIf(DebtCommon):
    """What would a change of the rules do, before anybody is called by it?"""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policy = cls.env["debt.contact.policy"].create(
            {
                "name": "Our Law",
                "company_id": cls.company.id,
                "window_ids": [Command.create({"hour_from": 9, "hour_to": 18})],
                "limit_ids": [Command.create({"maximum": 3, "period": "day"})],
            }
        )
        cls.ladder = cls.env["debt.ladder"].create(
            {
                "name": "Three a Day",
                "step_ids": [Command.create({"last_day": 4, "attempts": 3})],
            }
        )
        cls.env["debt.stage"].search([]).ladder_id = cls.ladder
        cls.team = cls.env["debt.team"].create(
            {
                "name": "Team",
                "member_ids": [
                    Command.create({"user_id": cls.operator.id, "capacity": 100}),
                    Command.create({"user_id": cls.colleague.id, "capacity": 50}),
                ],
            }
        )
        cls.debtors = cls.env["res.partner"]
        for number in range(4):
            debtor = cls._new_debtor(f"Debtor {number}", f"+32 470 12 34 6{number}")
            debtor.debt_contact_policy_id = cls.policy
            cls._invoice(100, 10, debtor)
            cls.debtors |= debtor

    def setUp(self):
        super().setUp()
        self.cases.refresh(self.debtors.ids)
        self.mine = self.cases.search([("partner_id", "in", self.debtors.ids)])
        self.mine.team_id = self.team
        self.mine._plan()
        self.limit = self.policy.limit_ids

    def _ask(self, record, changes, user=None):
        user = user or self.manager
        action = record.with_user(user).action_what_if(changes)
        return self.env["debt.what.if"].with_user(user).browse(action["res_id"])

    def _one_a_day(self):
        return {"limit_ids": [Command.update(self.limit.id, {"maximum": 1})]}

    def _text(self, what_if):
        return " ".join(html.fromstring(what_if.html).text_content().split())

    def _numbers(self, what_if, kind="calls"):
        kinds = {one["kind"]: one for one in what_if._prepare_values()["kinds"]}
        return kinds[kind]["totals"], kinds[kind]["moves"]

    def test_the_law_is_tightened_from_three_to_one_a_day(self):
        """36 calls become 12; two thirds fall away, and Thursday is not too much."""
        what_if = self._ask(self.policy, self._one_a_day())
        totals, moves = self._numbers(what_if)
        # Tuesday to Friday, four debtors.
        self.assertEqual(totals, [48, 16])
        self.assertEqual((moves.kept, moves.moved, moves.gone), (16, 0, 32))
        values = what_if._prepare_values()
        self.assertEqual(
            [(day["label"], day["before"], day["after"]) for day in values["days"][:5]],
            [
                ("Tue 10 Mar", 12, 4),
                ("Wed 11 Mar", 12, 4),
                ("Thu 12 Mar", 12, 4),
                ("Fri 13 Mar", 12, 4),
                ("Sat 14 Mar", 0, 0),
            ],
        )

    def test_cases_to_practise_with_are_no_work_to_come(self):
        """M8: 72 calls every Sunday and at Christmas, of three practice debtors."""
        practice = self.ladder.copy({"name": "Practice", "practice": True})
        self.mine[0].ladder_id = practice
        self.mine[1].write({"ladder_id": False, "callback_at": TUESDAY})
        found = self.cases.search(self.env["debt.what.if"]._get_forecast_domain())
        self.assertEqual(found & self.mine, self.mine[1:])

    def test_shorter_hours_move_calls_and_fill_the_days(self):
        """No calls from Tuesday to Thursday: all of it falls on Friday."""
        window = self.policy.window_ids
        days = dict.fromkeys(("tuesday", "wednesday", "thursday"), False)
        change = {"window_ids": [Command.update(window.id, days)]}
        what_if = self._ask(self.policy, change)
        what_if.hours_per_day = 0.5
        what_if.minutes_per_call = 4
        # One and a half operators: 0.75 hours; twelve calls take 0.8.
        values = what_if._prepare_values()
        self.assertEqual(values["capacity"], 0.75)
        over = [day["label"] for day in values["days"] if day["now_over"]]
        self.assertEqual(over, ["Fri 13 Mar"])
        self.assertEqual(self._numbers(what_if)[1].gone, 36)
        self.assertIn("Fri 13 Mar 12 12 – 0.8 0 0 Over Capacity", self._text(what_if))
        what_if.hours_per_day = 6
        self.assertNotIn("Over Capacity", self._text(what_if).split("Day Calls")[1])

    def test_calls_that_move_to_another_hour(self):
        window = self.policy.window_ids
        change = {"window_ids": [Command.update(window.id, {"hour_from": 10.5})]}
        _totals, moves = self._numbers(self._ask(self.policy, change))
        self.assertGreater(moves.other_hour, 0)
        self.assertEqual(moves.gone + moves.other_day, 0)

    def test_a_policy_that_leaves_no_hour_names_the_cases(self):
        window = self.policy.window_ids
        change = {"window_ids": [Command.delete(window.id)]}
        what_if = self._ask(self.policy, change)
        values = what_if._prepare_values()
        self.assertEqual(values["stuck"], [0, 4])
        self.assertEqual(self._numbers(what_if)[0][1], 0)
        self.assertIn("Debtor 3", self._text(what_if))

    def test_a_new_line_and_a_removed_one(self):
        limit = {"maximum": 1, "period": "week", "length": 1}
        change = {"limit_ids": [Command.delete(self.limit.id), [0, "virtual_1", limit]]}
        totals, _moves = self._numbers(self._ask(self.policy, change))
        self.assertEqual(totals, [48, 4])

    def test_a_new_policy_for_a_country(self):
        """Not saved at all yet: it would hold beside the others."""
        belgium = self.env.ref("base.be").ids
        self.env["debt.contact.policy"].search(
            [("country_ids", "in", belgium)]
        ).active = False
        self.debtors.debt_contact_policy_id = False
        self.company.debt_contact_policy_id = self.policy
        days = dict.fromkeys(("tuesday", "wednesday", "thursday", "friday"), False)
        window = {"hour_from": 9, "hour_to": 18, "monday": True, **days}
        change = {
            "name": "New Act",
            "active": True,
            "applies_to": "any",
            "debt_kind": "any",
            "country_ids": [Command.set(belgium)],
            "window_ids": [[0, "virtual_1", window]],
        }
        totals, moves = self._numbers(
            self._ask(self.env["debt.contact.policy"], change)
        )
        # On Mondays only, and the ladder is over on Friday.
        self.assertEqual(totals, [48, 0])
        self.assertEqual(moves.gone, 48)
        change["applies_to"] = "person"
        totals, moves = self._numbers(
            self._ask(self.env["debt.contact.policy"], change)
        )
        self.assertEqual(totals, [48, 48])

    def test_archiving_a_law_of_the_country(self):
        self.policy.country_ids = self.env.ref("base.be")
        self.debtors.debt_contact_policy_id = False
        belgian = self.env["debt.contact.policy"].search(
            [("country_ids", "in", self.policy.country_ids.ids)]
        )
        (belgian - self.policy).active = False
        company = self.company.debt_contact_policy_id
        company.window_ids.write({"hour_from": 9, "hour_to": 10})
        company.limit_ids.unlink()
        before, after = self._numbers(self._ask(self.policy, {"active": False}))[0]
        self.assertEqual(before, 48)
        self.assertLess(after, 48)

    def test_a_ladder_with_fewer_attempts(self):
        step = self.ladder.step_ids
        change = {"step_ids": [Command.update(step.id, {"attempts": 1})]}
        totals, moves = self._numbers(self._ask(self.ladder, change))
        self.assertEqual(totals, [48, 16])
        self.assertEqual(moves.gone, 32)
        longer = {"step_ids": [Command.update(step.id, {"last_day": 7})]}
        totals, moves = self._numbers(self._ask(self.ladder, longer))
        self.assertEqual((totals, moves.added), ([48, 60], 12))

    # --- messages ---------------------------------------------------------------------
    def _write_too(self, **values):
        """The ladder also sends an e-mail each day, to all but the last debtor."""
        for number, debtor in enumerate(self.debtors[:3]):
            debtor.email = f"debtor{number}@example.com"
        step = {"channel": "email", "last_day": 4, "sms_template_id": False, **values}
        self.ladder.step_ids = [Command.create(step)]
        return self.ladder.step_ids.filtered(lambda step: step.channel == "email")

    def test_a_message_step_is_removed_or_added(self):
        step = self._write_too()
        change = {"step_ids": [Command.delete(step.id)]}
        what_if = self._ask(self.ladder, change)
        totals, moves = self._numbers(what_if, "messages")
        self.assertEqual((totals, moves.gone), ([12, 0], 12))
        self.assertEqual(self._numbers(what_if)[0], [48, 48])
        self.assertIn("Messages in 30 days 12 → 0", self._text(what_if))
        self.assertIn("Wed 11 Mar 12 12 – 0.8 3 0", self._text(what_if))
        # Monday and Tuesday; the debtor without an address gets an SMS instead.
        new = {"channel": "email", "first_day": 7, "last_day": 8}
        change = {"step_ids": [[0, "virtual_1", new]]}
        totals, moves = self._numbers(self._ask(self.ladder, change), "messages")
        self.assertEqual((totals, moves.kept, moves.added), ([12, 20], 12, 8))

    def test_narrower_hours_of_messages_move_them(self):
        self._write_too()
        hours = {"channels": "written", "hour_from": 14, "hour_to": 15}
        change = {"window_ids": [[0, "virtual_1", hours]]}
        what_if = self._ask(self.policy, change)
        totals, moves = self._numbers(what_if, "messages")
        self.assertEqual((totals, moves.other_hour), ([12, 12], 12))
        self.assertNotIn("Nothing changes", self._text(what_if))

    def test_a_consent_that_is_asked_for_stops_messages(self):
        self._write_too()
        change = {"consent_ids": [[0, "virtual_1", {"channels": "written"}]]}
        what_if = self._ask(self.policy, change)
        self.assertEqual(self._numbers(what_if, "messages")[0], [12, 0])
        self.assertEqual(self._numbers(what_if)[0], [48, 48])

    def test_messages_use_limits_up_that_calls_share(self):
        self._write_too()
        limit = {"channels": "any", "maximum": 3, "period": "day"}
        change = {"limit_ids": [[0, "virtual_1", limit]]}
        what_if = self._ask(self.policy, change)
        # Three debtors get a message a day, and one call less for it.
        self.assertEqual(self._numbers(what_if)[0], [48, 36])
        self.assertEqual(self._numbers(what_if, "messages")[0], [12, 12])

    def test_who_has_been_written_to_today_is_not_foreseen_again(self):
        self._write_too()
        before = self._numbers(self._ask(self.policy, {}), "messages")[0]
        self.mine._plan()
        self.mine._make_ladder_messages()
        after = self._numbers(self._ask(self.policy, {}), "messages")[0]
        self.assertEqual((before, after), ([12, 12], [9, 9]))

    def test_nothing_changes_for_others(self):
        other = self.env["debt.ladder"].create(
            {"name": "Unused", "step_ids": [Command.create({})]}
        )
        step = other.step_ids
        change = {"step_ids": [Command.update(step.id, {"attempts": 9})]}
        what_if = self._ask(other, change)
        self.assertIn("Nothing changes", self._text(what_if))

    def test_nothing_is_written(self):
        """Neither the rule nor the plans, nor what others read from the cache."""
        self.env.flush_all()
        planned = self.mine.mapped("next_contact_at")
        pure = self.policy._law().policy
        self._ask(self.policy, {"name": "Other", **self._one_a_day()})
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(self.policy.name, "Our Law")
        self.assertEqual(self.limit.maximum, 3)
        self.assertEqual(self.policy._law().policy, pure)
        self.assertEqual(self.mine[0]._contact_facts()[self.mine[0]].policy, pure)
        self.assertEqual(self.mine.mapped("next_contact_at"), planned)
        self.assertFalse(any(self.mine.mapped("plan_dirty")))

    def test_of_very_many_cases_a_sample_is_played_and_scaled_up(self):
        self.patch(self.env.registry["debt.what.if"], "_sample_size", lambda self: 2)
        what_if = self._ask(self.policy, self._one_a_day())
        self.assertEqual(self._numbers(what_if)[0], [48, 16])
        self.assertIn("A sample of 2 of 4 cases", self._text(what_if))

    def test_queries_do_not_grow_with_the_cases(self):
        self._ask(self.policy, self._one_a_day())
        few, many = self._queries(1), self._queries(4)
        self.assertLessEqual(many, few + 2)

    def _queries(self, count):
        self.patch(
            self.env.registry["debt.what.if"], "_sample_size", lambda self: count
        )
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        self._ask(self.policy, self._one_a_day())
        return self.env.cr.sql_log_count - before

    def test_a_team_alone(self):
        self.mine[:1].team_id = False
        what_if = self._ask(self.policy, self._one_a_day())
        self.assertEqual(self._numbers(what_if)[0], [48, 16])
        what_if.team_id = self.team
        self.assertEqual(self._numbers(what_if)[0], [36, 12])

    def test_how_long_a_call_takes_is_measured(self):
        self.assertEqual(self._ask(self.policy, {}).minutes_per_call, 4)
        started = TUESDAY - timedelta(days=7)
        case = self.mine[0]
        self.env["debt.call"].sudo().create(
            [
                {
                    "case_id": case.id,
                    "partner_id": case.partner_id.id,
                    "company_id": case.company_id.id,
                    "state": "done",
                    "started_at": started + timedelta(hours=number),
                    "ended_at": started + timedelta(hours=number, minutes=6),
                }
                for number in range(20)
            ]
        )
        what_if = self._ask(self.policy, {})
        self.assertEqual(what_if.minutes_per_call, 6)
        what_if.team_id = self.env["debt.team"].create({"name": "Another"})
        self.assertEqual(what_if.minutes_per_call, 4)

    def test_the_forecast_without_a_change(self):
        action = self.env["debt.what.if"].with_user(self.manager).action_forecast()
        what_if = self.env["debt.what.if"].browse(action["res_id"])
        self.assertIn("Calls in 30 days 48", self._text(what_if))
        self.assertNotIn("No longer made", self._text(what_if))

    def test_the_form_opens(self):
        what_if = self._ask(self.policy, self._one_a_day())
        with Form(what_if.with_user(self.manager)) as form:
            form.hours_per_day = 2
            self.assertIn("Capacity: 3.0 h", " ".join(form.html.split()))

    def test_only_managers_ask(self):
        for user in (self.operator, self.accountant):
            for record in (self.policy, self.ladder):
                with self.assertRaises(AccessError):
                    record.with_user(user).action_what_if({})
            with self.assertRaises(AccessError):
                self.env["debt.what.if"].with_user(user).action_forecast()

    def test_a_manager_sees_the_cases_of_his_companies_only(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.manager.write({"company_ids": other.ids, "company_id": other.id})
        self.policy.company_id = other
        what_if = self._ask(self.policy, {})
        self.assertEqual(what_if.outcome["population"], 0)
