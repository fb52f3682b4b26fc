from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

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
