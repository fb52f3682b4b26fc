from odoo import Command
from odoo.tests import Form, tagged

from .common import DebtCommon


@tagged("post_install", "-at_install")
class TestTeam(DebtCommon):
    """Who works which cases when teams come and operators go."""

    def setUp(self):
        super().setUp()
        self.env["debt.team"].search([]).active = False
        self.both = self.operator | self.colleague

    def _team(self, users, **values):
        members = [Command.create({"user_id": user.id}) for user in users]
        return self.env["debt.team"].create(
            {"name": "Team", "member_ids": members, **values}
        )

    def _due(self, number, days_late=10):
        cases = self.cases
        for index in range(number):
            phone = f"+32 470 {days_late % 100:02} 37 {index:02}"
            debtor = self._new_debtor(f"Debtor {days_late}/{index}", phone)
            self._invoice(100, days_late, debtor)
            cases |= self._case(debtor)
        return cases

    def _member(self, team, user):
        return team.every_member_ids.filtered(lambda member: member.user_id == user)

    def _activities(self, case):
        return self.env["mail.activity"]._debt_calls(case)

    # --- a team that comes later ------------------------------------------------------
    def test_a_team_made_later_takes_its_open_cases_at_once(self):
        cases = self._due(4)
        self.assertFalse(cases.user_id)
        team = self._team(self.both)
        self.assertEqual(cases.team_id, team)
        owned = [len(cases.filtered(lambda c, u=u: c.user_id == u)) for u in self.both]
        self.assertEqual(owned, [2, 2])
        for case in cases:
            self.assertEqual(self._activities(case).user_id, case.user_id)

    def test_it_takes_only_what_it_is_for(self):
        late, recent = self._due(1, days_late=120), self._due(1)
        team = self._team(self.operator, stage_ids=[Command.set(late.stage_id.ids)])
        self.assertEqual(late.team_id, team)
        self.assertFalse(recent.team_id)
        team.stage_ids |= recent.stage_id
        self.assertEqual(recent.user_id, self.operator)

    def test_a_first_member_takes_what_nobody_works(self):
        cases, team = self._due(2), self._team([])
        self.assertFalse(cases.user_id)
        self.env["debt.team.member"].create(
            {"team_id": team.id, "user_id": self.colleague.id}
        )
        self.assertEqual(cases.user_id, self.colleague)

    def test_what_a_colleague_works_stays_his(self):
        case = self._due(1)
        case.user_id = self.colleague
        self._team(self.operator)
        self.assertEqual(case.user_id, self.colleague)

    # --- members who leave and come back ----------------------------------------------
    def test_the_cases_of_a_member_switched_off_move_on(self):
        cases, team = self._due(4), self._team(self.both)
        self._member(team, self.operator).active = False
        self.assertEqual(cases.user_id, self.colleague)
        for case in cases:
            self.assertEqual(self._activities(case).user_id, self.colleague)

    def test_a_member_switched_off_stays_visible_and_can_come_back(self):
        team = self._team(self.both)
        with Form(team) as form, form.every_member_ids.edit(0) as line:
            line.active = False
        self.assertEqual(team.member_ids.user_id, self.colleague)
        with Form(team) as form:
            self.assertEqual(len(form.every_member_ids), 2, "his row is still there")
            with form.every_member_ids.edit(0) as line:
                line.active = True
        self.assertEqual(team.member_ids.user_id, self.both)

    def test_adding_a_former_member_again_brings_him_back(self):
        team = self._team(self.both)
        former = self._member(team, self.operator)
        former.active = False
        with Form(team) as form, form.every_member_ids.new() as line:
            line.user_id = self.operator
        self.assertTrue(former.active)
        self.assertEqual(self._member(team, self.operator), former)

    def test_a_member_who_is_removed_holds_no_cases(self):
        case, team = self._due(1), self._team(self.operator)
        self.assertEqual(case.user_id, self.operator)
        self._member(team, self.operator).unlink()
        self.assertFalse(case.user_id)
        self.assertFalse(self._activities(case))

    def test_cases_of_a_team_without_members_are_everybodys(self):
        case, team = self._due(1), self._team(self.operator)
        self._member(team, self.operator).active = False
        self.assertFalse(case.team_id)
        self.assertTrue(self.cases.with_user(self.colleague).claim_next())

    # --- reports ----------------------------------------------------------------------
    def test_whoever_left_is_marked_in_reports(self):
        team = self._team(self.both)
        self._member(team, self.operator).active = False
        self.manager.active = False
        users = self.operator | self.colleague | self.manager
        marked = users.with_context(debt_mark_left=True)
        left = [user.display_name.endswith("(left)") for user in marked]
        self.assertEqual(left, [True, False, True])
        self.assertNotIn("left", self.operator.display_name)
        for report in ("call", "case", "review"):
            action = self.env.ref(f"debt_collection.debt_{report}_report_action")
            self.assertIn("debt_mark_left", action.context)

    def test_a_former_members_calls_stay_in_the_report(self):
        case, team = self._due(1), self._team(self.both)
        call = self._call(case)
        call.dial(case.phone_ids)
        call.finish("no_answer")
        self._member(team, self.operator).active = False
        self.env.flush_all()
        groups = self.env["debt.call.report"].formatted_read_group(
            [("case_id", "=", case.id)], ["user_id"], ["__count"]
        )
        self.assertEqual([group["__count"] for group in groups], [1])
        self.assertEqual(groups[0]["user_id"][0], self.operator.id)

    # --- an empty day -----------------------------------------------------------------
    def test_an_empty_day_counts_what_nobody_owns(self):
        """“No calls are due” is not true while calls wait for any operator."""
        cases = self._due(3)
        queue = self.env["debt.queue"].with_user(self.operator)
        self.assertEqual(queue._count_without_operator(), 3)
        cases[0].user_id = self.colleague
        self.assertEqual(queue._count_without_operator(), 2)
        cases[1]._set_state("on_hold")
        self.assertEqual(queue._count_without_operator(), 1)
