from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.tests import tagged
from odoo.tools.safe_eval import safe_eval

from ..models.call.debt_queue import PLAN_WHILE_WAITING
from .common import TUESDAY, DebtCommon


@tagged("post_install", "-at_install")
class TestQueue(DebtCommon):
    """Who comes next: one claim an operator, callbacks first, and no wait."""

    def setUp(self):
        super().setUp()
        self.mine = self.cases.with_user(self.operator)
        self.theirs = self.cases.with_user(self.colleague)

    def _due(self, number):
        """So many cases that are due, one debtor each."""
        debtors, invoices = self.env["res.partner"], self.env["account.move"]
        for index in range(number):
            debtor = self._new_debtor(f"Queued {index}", f"+32 470 12 36 {index:02}")
            invoices |= self._invoice(100, 10, debtor, post=False)
            debtors |= debtor
        invoices.action_post()
        self.cases.refresh(debtors.ids)
        cases = self.cases.search([("partner_id", "in", debtors.ids)], order="id")
        cases._plan()
        return cases

    def _next(self, queue):
        """The case of the call that comes next."""
        return self.env["debt.call"].browse(queue.claim_next() or []).case_id

    def _claims_of(self, user):
        domain = [("user_id", "=", user.id), ("state", "!=", "done")]
        return self.env["debt.call"].search(domain)

    # --- one claim at a time --------------------------------------------------------
    def test_an_operator_holds_one_claim(self):
        self._due(6)
        calls = {self.mine.claim_next() for _click in range(6)}
        self.assertEqual(len(calls), 1)
        self.assertEqual(self._claims_of(self.operator).ids, list(calls))

    def test_his_claim_is_renewed_when_he_asks_for_it_again(self):
        self._due(1)
        call = self._claims_of(self.operator).browse(self.mine.claim_next())
        with self._at(minutes=10):
            self.assertEqual(self.mine.claim_next(), call.id)
        self.assertEqual(call.claim_until, TUESDAY + timedelta(minutes=25))

    def test_whoever_opens_another_case_gives_his_claim_back(self):
        first, second = self._due(2)
        self.assertEqual(self._next(self.mine), first)
        second.with_user(self.operator)._claim_for_user()
        self.assertEqual(self._claims_of(self.operator).case_id, second)
        self.assertEqual(self._next(self.theirs), first)

    def test_a_call_that_comes_in_interrupts_a_claim(self):
        first, second = self._due(2)
        self.assertEqual(self._next(self.mine), first)
        incoming = second.with_user(self.operator)._open_inbound()
        self.assertEqual(self._next(self.mine), second, "he is speaking with him")
        incoming.finish("other", party="third_party", note="Asked for our address.")
        self.assertEqual(self._next(self.mine), first, "his claim has waited")

    def test_a_call_without_an_outcome_is_finished_first(self):
        first, _second = self._due(2)
        call = self._call(first)
        call.dial(first.phone_ids)
        self.assertEqual(self.mine.claim_next(), call.id)

    def test_a_claim_in_a_company_left_meanwhile_is_given_back(self):
        company = self.env["res.company"].create({"name": "Sister"})
        self.operator.company_ids |= company
        self._due(1)
        self.mine.claim_next()
        queue = self.mine.with_context(allowed_company_ids=company.ids)
        self.assertFalse(queue.claim_next())
        self.assertFalse(self._claims_of(self.operator))

    # --- callbacks ------------------------------------------------------------------
    def _asks_to_be_called(self, case, **after):
        case.callback_at = TUESDAY + timedelta(**after)
        case._plan()

    def test_a_callback_is_offered_whatever_pauses_the_case(self):
        on_hold, promised = self._due(2)
        on_hold._set_state("on_hold", hold_until=TUESDAY.date() + timedelta(days=5))
        call = self._call(promised)
        call.dial(promised.phone_ids)
        friday = TUESDAY.date() + timedelta(days=3)
        call.finish("promise", promise_amount=100, promise_date=friday)
        self.assertEqual(promised.state, "promised")
        for case in on_hold, promised:
            self._asks_to_be_called(case, days=1, hours=3)
        with self._at(days=1, hours=2):
            self.assertFalse(self._next(self.mine), "not before the hour he named")
        with self._at(days=1, hours=3, minutes=5):
            offered = self._next(self.mine) | self._next(self.theirs)
            self.assertEqual(offered, on_hold | promised)

    def test_a_callback_comes_before_raised_priority(self):
        raised, asked = self._due(2)
        raised.priority = "2"
        self._asks_to_be_called(asked, hours=1)
        self.assertEqual(self._next(self.mine), raised)
        with self._at(hours=1, minutes=5):
            self.assertEqual(self._next(self.theirs), asked)

    def test_a_legal_stop_has_the_last_word(self):
        (case,) = self._due(1)
        case._set_state("legal")
        self._asks_to_be_called(case, hours=1)
        with self._at(hours=1, minutes=5):
            self.assertFalse(self.mine.claim_next())

    # --- skipped --------------------------------------------------------------------
    def test_who_was_skipped_does_not_come_back_at_once(self):
        first, second = self._due(2)
        first.with_user(self.operator)._skip("Wants to see the contract first")
        self.assertEqual(self._next(self.mine), second)
        self.assertFalse(self._next(self.theirs), "the only one left was skipped")
        self.assertIn("Skipped: Wants to see", first.message_ids[0].body)

    def test_who_was_skipped_comes_last_for_the_rest_of_the_day(self):
        first, second = self._due(2)
        first.priority = "1"
        first.with_user(self.operator)._skip("No time for a long talk")
        with self._at(hours=2):
            self.assertEqual(self._next(self.mine), second)
            self.assertEqual(self._next(self.theirs), first)

    # --- the list of the day ----------------------------------------------------------
    def _listed(self, user=None, **limits):
        """A user's day as its lists show it, and as the activity view does."""
        action = self.env.ref("debt_collection.debt_case_action_my_day")
        user = user or self.operator
        context = safe_eval(action.context)
        domain = safe_eval(action.domain, {"uid": user.id})
        activities = self.env["mail.activity"]
        activities._debt_sync(self.cases.search([("closed_at", "=", False)]))
        cases = self.cases.with_user(user).with_context(**context)
        activities = activities.with_user(user).with_context(**context)
        told = activities.get_activity_data("debt.case", domain, **limits)
        listed = cases.web_search_read(domain, {"id": {}}, **limits)["records"]
        self.assertEqual(told["activity_res_ids"], [one["id"] for one in listed])
        return self.cases.browse(told["activity_res_ids"])

    def _called(self):
        """All in the order in which the operator gets them, until nobody is left."""
        called = self.cases
        while call := self.mine.claim_next():
            call = self.env["debt.call"].with_user(self.operator).browse(call)
            called += call.case_id
            call.dial(call.case_id.sudo().phone_ids[:1])
            call.finish("no_answer")
        return called

    def test_my_day_is_in_the_order_of_next_call(self):
        cases = self._due(7)
        cases.user_id = self.operator
        skipped, raised, first, asked, asked_before, held, later = cases
        for days, case in enumerate((asked, first)):
            case.sudo().next_contact_at -= timedelta(days=days)
        raised.priority = "1"
        with self._at(minutes=-30):
            skipped.with_user(self.operator)._skip("I know him")
        self._asks_to_be_called(asked, minutes=20)
        self._asks_to_be_called(asked_before, minutes=10)
        held._set_state("on_hold", hold_until=TUESDAY.date() + timedelta(days=5))
        self._asks_to_be_called(held, minutes=30)
        # Raised, and yet nobody to call before Wednesday.
        later.priority = "2"
        self._asks_to_be_called(later, days=1, hours=1)
        with self._at(minutes=45):
            right = [asked_before, asked, held, raised, first, skipped]
            self.assertEqual(list(self._listed()), [*right, later])
            self.assertEqual(list(self._called()), right)

    def test_my_day_begins_with_whom_he_has_on_the_line(self):
        first, second = cases = self._due(2)
        cases.user_id = self.operator
        first.priority = "2"
        self._call(second)
        self.assertEqual(list(self._listed()), [second, first])

    def test_a_page_of_my_day_goes_on_where_the_last_one_ended(self):
        cases = self._due(5)
        cases.user_id = self.operator
        for days, case in enumerate(cases):
            case.sudo().next_contact_at -= timedelta(days=days)
        right = list(reversed(cases))
        self.assertEqual(list(self._listed(limit=2)), right[:2])
        self.assertEqual(list(self._listed(limit=2, offset=2)), right[2:4])

    def test_what_a_button_searches_is_not_sorted_like_the_screen(self):
        cases = self._due(3)
        mine = self.mine.with_context(debt_queue_order=True)
        domain = [("id", "in", cases.ids)]
        plain = self.mine.search(domain)
        with patch.object(type(self.env["debt.queue"]), "_places_sql") as sorting:
            self.assertEqual(mine.search(domain).ids, plain.ids)
        sorting.assert_not_called()
        groups = mine.web_read_group(domain, ["state"], auto_unfold=True)["groups"]
        right = mine.web_search_read(domain, {"id": {}})["records"]
        self.assertEqual(groups[0]["__records"], right)

    def test_a_list_that_is_sorted_by_hand_stays_so(self):
        cases = self._due(3)
        mine = self.mine.with_context(debt_queue_order=True)
        listed = mine.web_search_read(
            [("id", "in", cases.ids)], {"id": {}}, order="id desc"
        )["records"]
        self.assertEqual([one["id"] for one in listed], cases[::-1].ids)

    # --- a bad morning ----------------------------------------------------------------
    def _queries_with_refused(self, cases):
        """Queries of a claim when these stand in front and are refused."""
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE res_partner SET debt_do_not_call = TRUE WHERE id = ANY(%s)",
            [cases.partner_id.ids],
        )
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        self.assertTrue(self.mine.claim_next())
        spent = self.env.cr.sql_log_count - before
        self._claims_of(self.operator)._release()
        return spent

    def test_many_refused_cost_hardly_more_queries_than_some(self):
        cases = self._due(40)
        some = self._queries_with_refused(cases[:15])
        many = self._queries_with_refused(cases[15:39])
        self.assertLess(many, some + 20)
        for case in cases[:39]:
            self.assertLessEqual(case.contact_until, TUESDAY, "no longer in the queue")
            self.assertTrue(case.plan_dirty, "the scheduled action plans it")
        refused = self.env["debt.contact.decision"].search(
            [("case_id", "in", cases.ids), ("reason", "=", "do_not_call")]
        )
        self.assertEqual(refused.case_id, cases[:39])

    def test_a_backlog_is_left_to_the_scheduled_action(self):
        due, *backlog = self._due(PLAN_WHILE_WAITING + 11)
        backlog = self.cases.concat(*backlog).sudo()
        backlog.write({"next_contact_at": False, "plan_dirty": True})
        self.assertEqual(self._next(self.mine), due)
        self.assertTrue(all(backlog.mapped("plan_dirty")), "nobody waits for plans")
        triggers = self.env["ir.cron.trigger"].search(
            [
                ("cron_id", "=", self.ref("debt_collection.ir_cron_debt_plan")),
                ("call_at", "<=", fields.Datetime.now()),
            ]
        )
        triggers.unlink()
        self.assertTrue(self._next(self.theirs), "some are planned when nobody is due")
        self.assertEqual(len(backlog.filtered("plan_dirty")), 10)
        self.assertTrue(triggers.search([("call_at", "<=", fields.Datetime.now())]))
