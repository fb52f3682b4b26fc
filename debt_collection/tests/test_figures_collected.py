from collections import defaultdict
from contextlib import closing
from datetime import timedelta
from itertools import zip_longest
from unittest.mock import patch

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from odoo import Command, fields
from odoo.exceptions import AccessError
from odoo.tests import tagged

from . import ledger_oracle as oracle
from .common import DebtCommon
from .ledger_history import LedgerHistories
from .ledger_steps import HISTORY

SIDE_BY_SIDE = 50
BANK = ("bank", "cash", "credit")


@tagged("post_install", "-at_install")
class TestMoneyCollected(DebtCommon):
    """What was collected, by whom, and what came before it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rows = cls.env["debt.collection.report"]

    def _rows(self, user=None, partner=None):
        rows = self.rows.with_user(user or self.manager)
        return rows.search([("partner_id", "=", (partner or self.debtor).id)])

    def _talk(self, outcome="refused", **values):
        call = self._call()
        call.dial(phone=call.partner_id.debt_phone_ids)
        call.finish(outcome, party="right_party", **{"note": "No", **values})
        return call

    def _paid(self, moves, days, amount=None):
        """Paid so many days after the test's Tuesday, and entered on that day."""
        with self._at(days=days):
            payment = self._pay(moves, amount)
            entered = fields.Datetime.now()
            payment.move_id.line_ids.create_date = entered
            self.env.flush_all()
            self.cases.search([], limit=1)
        return payment

    def test_money_after_a_talk_without_a_promise_is_the_operators(self):
        """M1: it counted nowhere."""
        invoice = self._invoice(500, 20)
        call = self._talk()
        self._paid(invoice, 3)
        (row,) = self._rows()
        self.assertEqual(row.amount, 500)
        self.assertEqual(row.day, fields.Date.today() + timedelta(days=3))
        self.assertEqual((row.followed, row.channel), ("2talk", "call"))
        self.assertEqual((row.call_id, row.mode), (call, call.mode))
        self.assertEqual(row.user_id, self.operator)
        self.assertEqual(row.age, 23)
        self.assertEqual(row.stage_id.name, "Overdue")
        self.assertEqual(row.days_looked_back, 7)
        self.assertEqual(row.script_id, call.script_id)

    def test_a_contact_too_long_ago_brought_nothing(self):
        invoice = self._invoice(500, 20)
        self._talk()
        self._paid(invoice, 8)
        self.assertEqual(self._rows().followed, "5none")
        self.company.debt_collected_days = 8
        self.env["debt.collection.report"]._cron_renew()
        self.assertEqual(self._rows().followed, "2talk")
        self.assertEqual(self._rows().days_looked_back, 8)

    def test_what_nobody_answered_is_no_contact(self):
        invoice = self._invoice(500, 20)
        call = self._call()
        call.dial(phone=call.partner_id.debt_phone_ids)
        call.finish("no_answer")
        self._paid(invoice, 1)
        self.assertEqual(self._rows().followed, "5none")

    def test_the_promise_that_was_kept(self):
        invoice = self._invoice(500, 20)
        day = fields.Date.today() + timedelta(days=10)
        self._talk("promise", promise_amount=500, promise_date=day)
        self._paid(invoice, 9)
        (row,) = self._rows()
        self.assertEqual(row.followed, "1promise")
        self.assertEqual(row.promise_id, row.case_id.promise_ids)
        self.assertTrue(row.promise_kept)
        self.assertFalse(row.call_id, "nine days ago is too long for a contact")

    def test_part_payments_are_rows_of_their_own(self):
        invoice = self._invoice(500, 20)
        self._case()
        self._paid(invoice, 1, 200)
        self._paid(invoice, 2, 300)
        self.assertEqual(sorted(self._rows().mapped("amount")), [200, 300])

    def test_a_payment_undone_vanishes(self):
        invoice = self._invoice(500, 20)
        self._case()
        self._paid(invoice, 1)
        self.assertTrue(self._rows())
        invoice.line_ids.remove_move_reconcile()
        # The payment lies on the account, and the ledger lays it against the debt.
        self.assertFalse(self._rows().sudo().partial_id)
        self.assertEqual(sum(self._rows().mapped("amount")), 500)
        payment = self.env["account.payment"].search(
            [("partner_id", "=", self.debtor.id)]
        )
        payment.action_draft()
        self.assertFalse(self._rows())

    def test_credits_and_money_in_time_are_not_collected(self):
        self._case()
        credited = self._invoice(70, 20)
        credited._reverse_moves([{"invoice_date": fields.Date.today()}], cancel=True)
        self._paid(self._invoice(80, -5), 1)
        self.assertFalse(self._rows())

    def test_what_was_excluded_is_not_collected(self):
        invoice, other = self._invoice(500, 20), self._invoice(40, 20)
        self._case()
        until = fields.Date.today() + timedelta(days=30)
        invoice.with_user(self.accountant)._debt_exclude(until, "Goods come back")
        self._paid(invoice, 1)
        self._paid(other, 1)
        self.assertEqual(self._rows().mapped("amount"), [40])

    def test_what_was_too_old_is_not_collected(self):
        """By its age when it was paid: it may have grown older since."""
        old, other = self._invoice(500, 100), self._invoice(40, 55)
        self._case()
        self.company.debt_max_age_days = 60
        self._paid(old, 1)
        self._paid(other, 1)
        self.assertEqual(self._rows().mapped("amount"), [40])
        with self._at(days=20):
            self.rows.with_user(self.manager).action_renew()
            self.assertEqual(self._rows().mapped("amount"), [40])

    def test_a_payment_that_nobody_matched_counts_for_what_was_due(self):
        self._invoice(500, 20)
        self._case()
        with self._at(days=1):
            payment = self.env["account.payment"].create(
                {
                    "payment_type": "inbound",
                    "partner_type": "customer",
                    "partner_id": self.debtor.id,
                    "amount": 800,
                }
            )
            payment.action_post()
            self.cases.search([], limit=1)
        (row,) = self._rows()
        self.assertEqual(row.amount, 500, "the rest is on account")

    def test_foreign_money_in_both_currencies(self):
        swiss = self.setup_other_currency("CHF", rates=[("2020-01-01", 2)])
        invoice = self._invoice(500, 20, currency_id=swiss.id)
        self._case()
        self._paid(invoice, 1)
        (row,) = self._rows()
        self.assertEqual((row.amount, row.amount_document), (250, 500))
        self.assertEqual(row.document_currency_id, swiss)

    def test_documents_are_rounded_as_their_currency_is(self):
        dinar = self.setup_other_currency(
            "KWD", rates=[("2020-01-01", 0.5)], rounding=0.001
        )
        self._invoice(100.125, 20, currency_id=dinar.id)
        self._case()
        with self._at(days=1):
            self.env["account.payment"].create(
                {
                    "payment_type": "inbound",
                    "partner_type": "customer",
                    "partner_id": self.debtor.id,
                    "amount": 50.125,
                    "currency_id": dinar.id,
                }
            ).action_post()
            self.cases.search([], limit=1)
        self.assertEqual(self._rows().amount_document, 50.125)

    def test_payments_of_days_before_are_left_as_they_are(self):
        first, second = self._invoice(500, 20), self._invoice(40, 20)
        self._case()
        self._paid(first, 1)
        self._paid(second, 5)
        self.assertEqual(sum(self._rows().mapped("amount")), 540)
        self.rows._renew(self.company, fields.Date.today() + timedelta(days=3))
        self.assertEqual(sum(self._rows().mapped("amount")), 540)

    def test_working_it_out_anew_changes_nothing(self):
        invoice = self._invoice(500, 20)
        self._talk()
        self._paid(invoice, 1)
        before = self._rows().read()
        self._rows().case_id.user_id = self.colleague
        self.rows.with_user(self.manager).action_renew()
        self.assertEqual(self._rows().read(), before)
        self.rows._cron_renew()
        self.assertEqual(self._rows().read(), before)
        with self.assertRaises(AccessError):
            self.rows.with_user(self.operator).action_renew()

    def test_who_reads_it(self):
        invoice = self._invoice(500, 20)
        case = self._case()
        self._paid(invoice, 1)
        self.assertTrue(self._rows(self.accountant))
        self.assertTrue(self._rows(self.operator), "no team: everybody's")
        case.team_id = self.env["debt.team"].create(
            {
                "name": "Others",
                "member_ids": [Command.create({"user_id": self.colleague.id})],
            }
        )
        case.user_id = self.colleague
        rows = self.rows.search([]).sudo()
        rows.write({"team_id": case.team_id.id, "user_id": self.colleague.id})
        rows.flush_recordset()
        self.assertFalse(self._rows(self.operator))
        self.assertTrue(self._rows(self.colleague))
        with self.assertRaises(AccessError):
            self._rows(self.colleague).read(["line_id"])
        for user in (self.manager, self.accountant, self.operator):
            for operation in ("write", "create", "unlink"):
                self.assertFalse(self.rows.with_user(user).has_access(operation))


@tagged("post_install", "-at_install")
class TestMoneyCollectedProperties(LedgerHistories):
    """Over any history the sums are the ledger's, added up by hand."""

    def test_sums_equal_the_ledgers(self):
        @settings(
            max_examples=2,
            deadline=None,
            derandomize=True,
            database=None,
            phases=(Phase.generate,),
            suppress_health_check=list(HealthCheck),
        )
        @given(st.lists(HISTORY, min_size=SIDE_BY_SIDE, max_size=SIDE_BY_SIDE))
        def play(histories):
            with closing(self.env.cr.savepoint()):
                self._play(histories)

        self.collected = 0
        with patch.object(type(self.cases), "_plan", lambda cases: None):
            play()
        self.assertGreater(self.collected, 20, "the histories have payments")

    def _play(self, histories):
        rounds = zip_longest(*([first, *rest] for _company, first, rest in histories))
        for number, steps in enumerate(rounds):
            self.play_round(
                [
                    (debtor, self._place(history[0], number), step)
                    for debtor, history, step in zip(
                        self.debtors, histories, steps, strict=True
                    )
                    if step
                ]
            )
            self.cases.search([], limit=1)
            self._check()

    def _place(self, choice, number):
        places = self.places[choice]
        return places[number % len(places)]

    def _check(self):
        rows = self.env["debt.collection.report"].search([])
        found = defaultdict(float)
        for row in rows.filtered("partial_id"):
            found[row.partial_id] += row.amount
        matched = self._matched()
        self.assertEqual(set(found), set(matched))
        for partial, amount in found.items():
            self.assertEqual(round(amount, 2), round(partial.amount, 2))
        self.collected += len(found)
        self._check_unmatched(rows.filtered(lambda row: not row.partial_id))

    def _matched(self):
        """Payments on collected items, one after the other."""
        partials = self.env["account.partial.reconcile"].search([])
        return {one for one in partials if self._counts(one)}

    def _counts(self, partial):
        item, credit = partial.debit_move_id, partial.credit_move_id
        return (
            item.partner_id.commercial_partner_id in self.debtors
            and self._is_money(credit)
            and self._is_collected(item, credit.date)
        )

    @staticmethod
    def _is_money(line):
        banked = any(
            other.account_id.account_type == "asset_cash" and other.balance > 0
            for other in line.move_id.line_ids
        )
        kind = line.journal_id.type
        return kind in BANK or kind == "general" and banked

    def _is_collected(self, item, day):
        move, root = item.move_id, item.company_id.root_id
        until = move.debt_excluded_until
        return (
            item.account_id.account_type == "asset_receivable"
            and not item.account_id.non_trade
            and item.journal_id.type not in BANK
            and (item.date_maturity or item.date) < day
            and not item.no_followup
            and not (move.debt_status == "excluded" and (not until or until >= day))
            and any(
                case.company_id == root
                and root._debt_day_of(case.create_date) <= day
                and (not case.closed_at or root._debt_day_of(case.closed_at) >= day)
                for case in self.cases.search(
                    [("partner_id", "=", item.partner_id.commercial_partner_id.id)]
                )
            )
        )

    def _check_unmatched(self, rows):
        """What credits that nobody matched leave of the items, by the oracle."""
        found = defaultdict(float)
        for row in rows:
            found[row.line_id.id] += row.amount
        covered = {
            item["line_id"]: item["covered_by"]
            for item in self.ledger.items(self.debtors.ids)
        }
        lines = self.env["account.move.line"]
        for owed in oracle.owed(self.debtors, self.companies).values():
            halves = {id_ for id_, is_half in owed.items if is_half}
            for (id_, is_half), (part, left, _own) in owed.items.items():
                if is_half:
                    continue
                line = lines.browse(id_)
                left += owed.items.get((id_, True), (part, 0, 0))[1]
                credits = lines.browse(covered[id_])
                due = line.date_maturity or line.date
                plain = (
                    part in ("collected", "disputed")
                    and id_ not in halves
                    and credits
                    and not line.move_id.matched_payment_ids
                    and all(map(self._is_money, credits))
                    and all(credit.date > due for credit in credits)
                    and len(set(credits.mapped("date"))) == 1
                )
                taken = line.amount_residual - left
                if plain and self._is_collected(line, credits[0].date):
                    unnamed = self._unnamed(line)
                    if not unnamed and owed.items:
                        self.assertAlmostEqual(found[id_], taken, delta=0.02)
                        self.collected += 1
                elif line.balance > 0:
                    self.assertLessEqual(found[id_], taken + 0.02)

    def _unnamed(self, line):
        """Payments without an entry, which `covered_by` does not name."""
        return self.env["account.payment"].search_count(
            [
                ("move_id", "=", False),
                ("state", "=", "in_process"),
                ("partner_id", "child_of", line.partner_id.commercial_partner_id.id),
            ]
        )
