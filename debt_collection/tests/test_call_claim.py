from datetime import timedelta
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError, ConcurrencyError, UserError
from odoo.tests import tagged

from .common import TUESDAY, DebtCommon


@tagged("post_install", "-at_install")
class TestClaim(DebtCommon):
    """Who gets which debtor, and that nobody gets one twice."""

    def setUp(self):
        super().setUp()
        self.mine = self.cases.with_user(self.operator)
        self.theirs = self.cases.with_user(self.colleague)

    def _claimed(self, call_id):
        return self.env["debt.call"].browse(call_id)

    def test_nobody_is_on_the_line_with_two_debtors(self):
        """Whichever door he comes by: the window of another case, or RPC."""
        first, case = self._two_calls()
        second = self._call(case)
        with self.assertRaisesRegex(UserError, "on the line with Debtor One"):
            second.dial()
        first.finish("no_answer")
        second.dial(number="+32 470 99 88 77")
        self.assertEqual(second.state, "dialing")

    def _two_calls(self):
        """One on the line with the first debtor, one opened with another."""
        self._invoice(1000, 10)
        other = self._new_debtor("Debtor Two", "+32 470 99 88 77")
        self._invoice(50, 10, other)
        first = self._call(self._case())
        first.dial(phone=first.case_id.phone_ids[:1])
        return first, self._case(other)

    def test_the_database_itself_keeps_to_one_line(self):
        first, case = self._two_calls()
        second = self._call(case)
        with (
            patch.object(type(second), "_check_line_free", lambda call: None),
            self.assertRaises(ConcurrencyError),
        ):
            second.dial(phone=case.phone_ids[:1])
        self.assertEqual((first.state, second.state), ("dialing", "draft"))

    def test_a_call_left_behind_keeps_nobody_from_the_next(self):
        first, case = self._two_calls()
        with self._at(hours=3):
            second = self._call(case)
            second.dial(phone=case.phone_ids[:1])
            self.assertEqual((first.state, second.state), ("done", "dialing"))

    def test_whoever_rings_may_interrupt(self):
        first, case = self._two_calls()
        second = case.with_user(self.operator)._open_inbound()
        self.env.flush_all()
        self.assertEqual((first.state, second.state), ("dialing", "talking"))
        self.assertFalse(second.is_claim)

    def test_a_draft_that_its_debtor_answers_by_ringing_is_no_claim(self):
        first, case = self._two_calls()
        draft = self._call(case)
        self.assertEqual(case.with_user(self.operator)._open_inbound(), draft)
        self.env.flush_all()
        self.assertEqual((draft.state, draft.is_claim), ("talking", False))
        self.assertEqual(first.state, "dialing")

    def test_due_debtor_is_handed_out_once(self):
        self._invoice(1000, 10)
        self.cases.refresh()
        call = self._claimed(self.mine.claim_next())
        self.assertEqual(call.partner_id, self.debtor)
        self.assertEqual(call.user_id, self.operator)
        self.assertEqual(call.state, "draft")
        self.assertFalse(self.theirs.claim_next())
        self.assertEqual(self.mine.claim_next(), call.id, "he has the debtor already")

    def test_raised_priority_comes_first(self):
        other = self._new_debtor("Debtor Two", "+32 470 12 34 57")
        self._invoice(1000, 10)
        self._invoice(5, 2, other)
        self._case(other).priority = "1"
        self._case()
        self.assertEqual(self._claimed(self.mine.claim_next()).partner_id, other)
        call = self._claimed(self.theirs.claim_next())
        self.assertEqual(call.partner_id, self.debtor)

    def test_own_cases_before_nobodys(self):
        other = self._new_debtor("Debtor Two", "+32 470 12 34 57")
        self._invoice(1000, 100)
        self._invoice(5, 2, other)
        self._case()
        self._case(other).user_id = self.operator
        self.assertEqual(self._claimed(self.mine.claim_next()).partner_id, other)

    def test_colleagues_case_is_not_taken(self):
        self._invoice(1000, 10)
        self._case().user_id = self.colleague
        self.assertFalse(self.mine.claim_next())
        self.assertTrue(self.theirs.claim_next())

    def test_nobody_is_called_at_night(self):
        self._invoice(1000, 10)
        self._case()
        with self._at(hours=10):
            self.assertFalse(self.mine.claim_next())

    def test_window_that_passed_is_planned_anew(self):
        """A backlog of yesterday afternoon is called this morning, not at night."""
        self._invoice(1000, 10)
        case = self._case()
        with self._at(days=1):
            self.cases._cron_refresh()
            self.assertTrue(self.mine.claim_next())
            self.assertGreater(case.contact_until, TUESDAY + timedelta(days=1))

    def test_paid_between_planning_and_claim(self):
        invoice = self._invoice(1000, 10)
        self._case()
        self._pay(invoice)
        self.assertFalse(self.mine.claim_next())

    def test_one_debtor_in_two_companies_is_on_one_line(self):
        """Rule 5 is about the debtor, not about his case."""
        company = self.env["res.company"].create(
            {"name": "Sister", "country_id": self.env.ref("base.be").id}
        )
        (self.operator | self.colleague).company_ids |= company
        self._invoice(1000, 10)
        case = self._case()
        sister = case.sudo().copy({"company_id": company.id, "user_id": False})
        sister.write(
            {
                "next_contact_at": case.next_contact_at,
                "contact_until": case.contact_until,
                "plan_dirty": False,
            }
        )
        both = (self.company + company).ids
        self.assertTrue(self.mine.with_context(allowed_company_ids=both).claim_next())
        theirs = self.theirs.with_context(allowed_company_ids=both)
        self.assertFalse(theirs.claim_next())
        with self.assertRaises(UserError):
            theirs.browse(sister.id)._claim_for_user()

    def test_abandoned_claim_comes_back(self):
        self._invoice(1000, 10)
        self._case()
        self.assertTrue(self.mine.claim_next())
        with self._at(minutes=14):
            self.assertFalse(self.theirs.claim_next())
        with self._at(minutes=16):
            call = self._claimed(self.theirs.claim_next())
            self.assertEqual(call.partner_id, self.debtor)

    def test_abandoned_dialled_call_stays_on_record(self):
        self._invoice(1000, 10)
        case = self._case()
        call = self._claimed(self.mine.claim_next()).with_user(self.operator)
        call.dial(case.phone_ids)
        with self._at(hours=3):
            self.env["debt.call"]._cron_release_stale()
            self.assertEqual(call.state, "done")
            self.assertFalse(call.outcome_id)
            call.finish("no_answer", note="My browser had crashed")
            self.assertEqual(call.outcome_id.code, "no_answer")
            self.assertEqual(call.started_at, TUESDAY)

    def test_open_window_is_found_again(self):
        self._invoice(1000, 10)
        case = self._case()
        first = case.with_user(self.operator)._claim_for_user()
        self.assertEqual(case.with_user(self.operator)._claim_for_user(), first)
        with self.assertRaises(UserError):
            case.with_user(self.colleague)._claim_for_user()

    def test_only_operators_claim(self):
        with self.assertRaises(AccessError):
            self.cases.with_user(self.accountant).claim_next()

    def test_archived_operator_holds_no_cases(self):
        """Rule 12: the case goes to a colleague, the history stays his."""
        self._invoice(1000, 10)
        case = self._case()
        case.user_id = self.operator
        self._call(case).finish("no_answer")
        self.operator.active = False
        self.assertFalse(case.user_id)
        self.assertEqual(case.call_ids.user_id, self.operator)

    def test_teams_balance_by_capacity(self):
        members = [(self.operator, 100), (self.colleague, 50)]
        team = self.env["debt.team"].create(
            {
                "name": "Team",
                "member_ids": [
                    Command.create({"user_id": user.id, "capacity": capacity})
                    for user, capacity in members
                ],
            }
        )
        for number in range(6):
            debtor = self._new_debtor(f"Debtor {number}", f"+32 470 12 35 {number:02}")
            self._invoice(100, 10, debtor)
        self.cases.refresh()
        cases = self.cases.search([("team_id", "=", team.id)])
        self.assertEqual(len(cases), 6)
        owners = cases.mapped("user_id.id")
        self.assertEqual(set(owners), {self.operator.id, self.colleague.id})
        mine = cases.filtered(lambda case: case.user_id == self.operator)
        self.assertEqual(len(mine), 4)
