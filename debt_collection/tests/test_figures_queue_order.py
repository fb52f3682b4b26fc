from dataclasses import replace
from datetime import timedelta
from unittest.mock import patch

from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import SQL

from ..tools.queue_score import Sight, learn
from .common import TUESDAY, DebtCommon


@tagged("post_install", "-at_install")
class TestQueueOrder(DebtCommon):
    """Who is due is called in the order in which a call adds most."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.orders = cls.env["debt.queue.order"]
        cls.company.write({"debt_queue_order": "gain", "debt_queue_random": 0})
        cls.old = cls._debtor_of(900, 500, 1)
        cls.fresh = cls._debtor_of(800, 10, 2)
        cls.small = cls._debtor_of(50, 10, 3)
        cls.cases.refresh()
        cls.all = cls.old | cls.fresh | cls.small

    @classmethod
    def _debtor_of(cls, amount, late, number):
        debtor = cls._new_debtor(f"D{number}", f"+32 470 00 50 {number:02}")
        cls._invoice(amount, late, debtor)
        return debtor

    def _rank(self):
        cases = self.cases.search([("partner_id", "in", self.all.ids)])
        cases._plan()
        with self.enter_registry_test_mode():
            cron = self.env.ref("debt_collection.ir_cron_debt_queue_order")
            cron.method_direct_trigger()
        self.env.invalidate_all()
        return cases

    def _opened_long_ago(self, cases):
        self.env.cr.execute(
            SQL(
                "UPDATE debt_case SET create_date = %s WHERE id = ANY(%s)",
                TUESDAY - timedelta(days=60),
                cases.ids,
            )
        )
        cases.invalidate_recordset(["create_date"])

    def _claimed(self):
        """The debtors in the order in which an operator gets them."""
        found = []
        for _n in self.all:
            call = self.env["debt.call"].browse(
                self.cases.with_user(self.operator).claim_next()
            )
            found.append(call.partner_id)
            call.with_user(self.operator).dial(phone=call.partner_id.debt_phone_ids)
            call.with_user(self.operator).finish("no_answer")
        return found

    def test_what_adds_most_comes_first(self):
        self._rank()
        self.assertEqual(self._claimed(), [self.fresh, self.old, self.small])

    def test_raised_priority_comes_before_it(self):
        cases = self._rank()
        small = cases.filtered(lambda case: case.partner_id == self.small)
        small.sudo().priority = "2"
        self.assertEqual(self._claimed()[0], self.small)

    def test_as_shipped_the_longest_due_comes_first(self):
        self.company.debt_queue_order = "due"
        cases = self._rank()
        self.assertFalse(any(cases.mapped("queue_rate")))
        last = cases.filtered(lambda case: case.partner_id == self.small)
        last.sudo().next_contact_at = TUESDAY - timedelta(days=1)
        self.assertEqual(self._claimed()[0], self.small)

    def test_what_is_seen_of_a_debtor(self):
        case = self._case(self.fresh)
        promises = self.env["debt.promise"]
        for days in (10, 20):
            due = (TUESDAY - timedelta(days=days)).date()
            promises += promises.create(
                {
                    "case_id": case.id,
                    "amount": 10,
                    "made_on": due - timedelta(days=3),
                    "date": due,
                }
            )
        for hours in (1, 2):
            with self._at(days=-4, hours=hours):
                call = self._call(case)
                call.dial(phone=call.partner_id.debt_phone_ids)
                if hours == 1:
                    call.finish("no_answer")
                else:
                    call.finish("refused", note="x", party="right_party")
        self._opened_long_ago(case)
        moves = self.env["account.move"].search([("partner_id", "=", self.fresh.id)])
        with self._at(days=-1):
            self._pay(moves, 300)
        # A payment decides promises: what became of them is said last.
        promises[0].sudo().state, promises[1].sudo().state = "kept", "broken"
        [(seen, hour, later)] = self.orders._sights(case.sudo()).values()
        self.assertEqual(hour, 10, "in Brussels")
        left = (case.contact_until - TUESDAY).total_seconds() // 3600
        self.assertEqual(list(later), list(range(11, 11 + int(left))))
        self.assertEqual((seen.amount, seen.days_late), (500, 10))
        self.assertEqual((seen.made, seen.kept), (2, 1))
        self.assertEqual((seen.attempts, seen.answered), (2, 1))
        self.assertEqual((seen.paid, seen.paid_on_time, seen.usual), (1, 1, 300))
        self.assertTrue(seen.part_paid)
        self.assertEqual(seen.hours, {11: (1, 0), 12: (1, 1)})
        self.assertIsInstance(seen, Sight)

    def test_learned_from_talks_and_from_weeks_without(self):
        cases = self._rank()
        self._opened_long_ago(cases)
        for case, days in zip(cases, (30, 20, 3), strict=True):
            self.env["debt.call"].sudo().create(
                {
                    "case_id": case.id,
                    "partner_id": case.partner_id.id,
                    "company_id": self.company.id,
                    "user_id": self.operator.id,
                    "direction": "outbound",
                    "state": "done",
                    "number": "+32470002001",
                    "party": "right_party",
                    "connected": True,
                    "started_at": TUESDAY - timedelta(days=days),
                }
            )
        learned = self.orders._learn(self.company)
        self.assertEqual(learned.talks, 2, "the week of the third is not over")
        self.assertGreater(learned.waits, 10)
        self.orders._learn_daily(self.company)
        before = self.orders._learned(self.company)
        with patch.object(type(self.orders), "_learn") as again:
            self.orders._learn_daily(self.company)
        again.assert_not_called()
        self.assertEqual(self.orders._learned(self.company), before, "once a day")

    def test_a_call_that_never_rang_says_nothing_of_its_hour(self):
        case = self._case(self.fresh).sudo()
        calls = self.env["debt.call"].sudo()
        for unreached in (False, True, True):
            calls += calls.create(
                {
                    "case_id": case.id,
                    "partner_id": case.partner_id.id,
                    "company_id": self.company.id,
                    "user_id": self.operator.id,
                    "direction": "outbound",
                    "state": "done",
                    "number": "+32470002001",
                    "connected": not unreached,
                    "unreached": unreached,
                    "local_hour": 11,
                    "started_at": TUESDAY - timedelta(days=2),
                }
            )
        [(seen, _hour, _later)] = self.orders._sights(case).values()
        self.assertEqual(set(calls.mapped("local_hour")), {11})
        self.assertEqual((seen.attempts, seen.answered), (1, 1))
        self.assertEqual(seen.hours, {11: (1, 1)})
        learned = self.orders._learn(self.company)
        usual = (1 + 20 * 0.25) / 21
        self.assertAlmostEqual(learned.usual, usual)
        self.assertAlmostEqual(learned.hours[11], (1 + 20 * usual) / 21)

    def test_how_long_calls_take_is_measured(self):
        cases = self._rank()
        for case, minutes, connected in zip(
            cases, (9, 3, 600), (True, False, True), strict=True
        ):
            self.env["debt.call"].sudo().create(
                {
                    "case_id": case.id,
                    "partner_id": case.partner_id.id,
                    "company_id": self.company.id,
                    "user_id": self.operator.id,
                    "direction": "outbound",
                    "mode": "manual",
                    "state": "done",
                    "number": "+32470002001",
                    "connected": connected,
                    "started_at": TUESDAY,
                    "ended_at": TUESDAY + timedelta(minutes=1),
                    "finished_at": TUESDAY + timedelta(minutes=minutes),
                }
            )
        with self._at(days=1):
            spent = self.orders._spent(self.company)
            self.assertEqual(spent, ((9 + 60, 2), (3, 1)), "a window left open is cut")
            self.orders._learn_daily(self.company)
            kept = self.orders._learned(self.company)
        # Beside 20 calls of 4 and of 0.75 minutes that were assumed.
        self.assertEqual(kept.minutes, ((69 + 80) / 22, (3 + 15) / 21))

    def test_hours_at_which_calls_are_made_are_kept(self):
        dials = {9: (2000, 140), 18: (3, 3)}
        with patch.object(
            type(self.orders), "_learn", lambda _orders, _company: learn([], [], dials)
        ):
            self.orders._learn_daily(self.company)
        self.env.invalidate_all()
        kept = self.orders._learned(self.company)
        self.assertEqual(kept, learn([], [], dials))
        self.assertEqual(kept.worked, {9})

    def test_who_is_easier_to_reach_later_today_comes_later(self):
        cases = self._rank()
        fresh = cases.filtered(lambda case: case.partner_id == self.fresh)
        self.assertEqual(self.orders._sights(fresh.sudo())[fresh][1], 10)
        hours = {10: (40, 4), 11: (40, 36)}
        sight, hour, later = self.orders._sights(fresh.sudo())[fresh]
        self.assertIn(11, later)
        known = replace(sight, hours=hours)
        before = self.orders._rates(self.company, {fresh: (sight, hour, later)})[fresh]
        after = self.orders._rates(self.company, {fresh: (known, hour, later)})[fresh]
        then = self.orders._rates(self.company, {fresh: (known, 11, ())})[fresh]
        self.assertGreater(after, 0)
        self.assertLess(after, before)
        self.assertLess(before, then)

    def test_a_share_stands_anywhere_and_the_same_all_day(self):
        self.company.debt_queue_random = 0.5
        cases = self._rank()
        random = cases.mapped("queue_random")
        rates = cases.mapped("queue_rate")
        self._rank()
        self.assertEqual(cases.mapped("queue_random"), random)
        self.assertEqual(cases.mapped("queue_rate"), rates)

    def test_the_operator_reads_why(self):
        case = self._case(self.fresh)
        screens = self.env["debt.queue.why"].with_user(self.operator)
        text = screens.create({"case_id": case.id}).html
        self.assertIn("is expected to add", text)
        self.assertIn("800.00", text)
        team = self.env["debt.team"].create({"name": "Others"})
        case.sudo().write({"team_id": team.id, "user_id": self.colleague.id})
        with self.assertRaises(AccessError):
            screens.create({"case_id": case.id}).html  # noqa: B018
