import os
from contextlib import closing
from datetime import datetime, timedelta
from unittest.mock import patch

from freezegun import freeze_time
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from odoo import fields
from odoo.tests import tagged

from .common import TUESDAY
from .refresh_common import RefreshCommon
from .undo_oracle import GRACE, Debtor, Invoice, Payment, Promise

#: Histories that are played side by side, one debtor each, and how often.
SIDE_BY_SIDE = 20
#: 100 histories; the nightly run plays more.
TIMES = int(os.environ.get("DEBT_HISTORIES", "200")) // 2 // SIDE_BY_SIDE
AMOUNT = st.integers(1, 20).map(lambda tens: 20 * tens)
CHOICE = st.integers(0, 9)
STEP = st.one_of(
    st.tuples(st.just("invoice"), AMOUNT, st.integers(1, 60)),
    st.tuples(st.just("pay"), CHOICE, st.sampled_from((1, 1, 2))),
    st.tuples(st.just("pay"), CHOICE, st.sampled_from((1, 1, 2))),
    st.tuples(st.just("bounce"), CHOICE),
    st.tuples(st.just("bounce"), CHOICE),
    st.tuples(st.just("draft"), CHOICE),
    st.tuples(st.just("post"), CHOICE),
    st.tuples(st.just("reverse"), CHOICE),
    st.tuples(st.just("promise"), AMOUNT, st.integers(0, 20)),
)
ROUND = st.tuples(
    st.integers(1, 40),
    st.lists(STEP, min_size=SIDE_BY_SIDE, max_size=SIDE_BY_SIDE),
)


@tagged("post_install", "-at_install")
class TestUndoProperties(RefreshCommon):
    """Rules 7 and 17 over any history of money that comes and goes."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # What is written bears the time of the test's clock.
        cls.startClassPatcher(
            patch.object(type(cls.cr), "now", lambda _cr: datetime.now())
        )
        cls.env = cls.env(context={**cls.env.context, "tracking_disable": True})
        cls.cases = cls.env["debt.case"]
        cls.debtors = [
            cls._new_debtor(f"Debtor {number}") for number in range(SIDE_BY_SIDE)
        ]

    def test_cases_and_promises_say_what_stands(self):
        @settings(
            max_examples=TIMES,
            deadline=None,
            derandomize=True,
            database=None,
            phases=(Phase.generate,),
            suppress_health_check=list(HealthCheck),
        )
        @given(st.lists(ROUND, min_size=4, max_size=8))
        def play(rounds):
            with closing(self.env.cr.savepoint()):
                self._play(rounds)
            self.env.cr.precommit.clear()
            self.env.invalidate_all(flush=False)

        self.played = 0
        # Planning is tested elsewhere and would take most of the time.
        with patch.object(type(self.cases), "_plan", lambda cases: None):
            play()
        self.assertGreaterEqual(self.played, TIMES * SIDE_BY_SIDE)

    def _play(self, rounds):
        self.played += SIDE_BY_SIDE
        self.truth = {debtor: Debtor() for debtor in self.debtors}
        self.story = {debtor: [] for debtor in self.debtors}
        self.numbers = {debtor: {} for debtor in self.debtors}
        now = TUESDAY
        first = (0, [("invoice", 100, 10)] * SIDE_BY_SIDE)
        for days, steps in (first, *rounds):
            now += timedelta(days=days)
            with freeze_time(now):
                for debtor, (name, *arguments) in zip(self.debtors, steps, strict=True):
                    did = getattr(self, f"_play_{name}")(debtor, *arguments)
                    self.story[debtor].append((now.date(), name, arguments, did))
                    self.truth[debtor].follow(now.date(), did)
                self.env.cr.flush()
                self.env["debt.promise"].search([("state", "=", "open")])._evaluate()
                self._check()

    # --- the steps ----------------------------------------------------------------
    def _choose(self, debtor, choice, condition):
        """One of the debtor's invoices, of the oracle's and the ledger's."""
        found = [i for i in self.truth[debtor].invoices.values() if condition(i)]
        return found[choice % len(found)] if found else None

    def _play_invoice(self, debtor, amount, days_late):
        move = self._invoice(amount, days_late, partner=debtor)
        today = fields.Date.today()
        self.truth[debtor].invoices[move.id] = Invoice(
            move.id, amount, today - timedelta(days=days_late), today
        )

    def _play_pay(self, debtor, choice, part):
        invoice = self._choose(debtor, choice, lambda one: one.left() > 0)
        if not invoice:
            return None
        amount = invoice.left() if part == 1 else max(1, invoice.left() // part)
        payment = self._pay(self.env["account.move"].browse(invoice.number), amount)
        today = fields.Date.today()
        invoice.payments.append(Payment(payment.id, invoice.number, amount, today))
        return "paid"

    def _play_bounce(self, debtor, choice):
        invoice = self._choose(debtor, choice, lambda one: one.payments)
        if not invoice:
            return
        payment = invoice.payments.pop()
        payment = self.env["account.payment"].browse(payment.number)
        payment.action_draft()
        payment.action_cancel()
        return

    def _play_draft(self, debtor, choice):
        invoice = self._choose(
            debtor, choice, lambda one: one.state == "posted" and not one.payments
        )
        if invoice:
            self.env["account.move"].browse(invoice.number).button_draft()
            invoice.state = "draft"
        return "withdrawn"

    def _play_post(self, debtor, choice):
        invoice = self._choose(debtor, choice, lambda one: one.state == "draft")
        if invoice:
            self.env["account.move"].browse(invoice.number).action_post()
            invoice.state = "posted"

    def _play_reverse(self, debtor, choice):
        invoice = self._choose(
            debtor, choice, lambda one: one.state == "posted" and not one.payments
        )
        if invoice:
            move = self.env["account.move"].browse(invoice.number)
            move._reverse_moves([{"invoice_date": fields.Date.today()}], cancel=True)
            invoice.state = "reversed"
        return "credited"

    def _play_promise(self, debtor, amount, days):
        case = self.truth[debtor].open_case()
        if not case or any(p.state == "open" for p in case.promises):
            return
        today = fields.Date.today()
        until = today + timedelta(days=days)
        promise = self.env["debt.promise"].create(
            {
                "case_id": self._cases_of(debtor)[case.number].id,
                "amount": amount,
                "date": until,
            }
        )
        case.promises.append(Promise(promise.id, amount, today, until + GRACE))

    # --- what there is ------------------------------------------------------------
    def _cases_of(self, debtor):
        return self.cases.search([("partner_id", "=", debtor.id)], order="id")

    def _check(self):
        for debtor, truth in self.truth.items():
            cases = self._cases_of(debtor)
            found = [self._told(case) for case in cases]
            expected = [
                (
                    case.closed_on,
                    case.reason or False,
                    0 if case.closed_on else truth.owed(fields.Date.today()),
                    sorted((p.number, p.state, p.paid) for p in case.promises),
                )
                for case in truth.cases
            ]
            self.assertEqual(found, expected, self.story[debtor])

    def _told(self, case):
        promises = case.promise_ids
        return (
            case.closed_at and case.closed_at.date() or None,
            case.close_reason,
            case.amount_overdue,
            sorted((p.id, p.state, p.amount_paid) for p in promises),
        )
