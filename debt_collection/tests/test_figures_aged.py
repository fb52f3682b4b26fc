from collections import defaultdict
from contextlib import closing
from datetime import timedelta
from itertools import zip_longest
from unittest.mock import patch

from freezegun import freeze_time
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from . import ledger_oracle as oracle
from .common import TUESDAY, DebtCommon
from .ledger_history import LedgerHistories
from .ledger_steps import AMOUNT, DAYS, FOREIGN, SHARE

BANDS = ("not_due", "days_1_30", "days_31_60", "days_61_90", "over_90")
#: What is never undone: of that the books of a past day can be told for good.
STEP = st.one_of(
    st.tuples(st.just("invoice"), AMOUNT, DAYS, st.integers(1, 3), FOREIGN),
    st.tuples(st.just("refund"), AMOUNT, DAYS, st.just(1), FOREIGN),
    st.tuples(st.just("opening"), AMOUNT, DAYS, st.booleans(), FOREIGN),
    st.tuples(st.just("credit"), AMOUNT, FOREIGN),
    st.tuples(st.just("pay"), SHARE),
    st.tuples(st.just("write_off"), SHARE),
    st.tuples(st.just("match")),
)
HISTORY = st.tuples(st.integers(0, 2), st.lists(STEP, min_size=2, max_size=4))
SIDE_BY_SIDE = 20


def band(days):
    """The band of an item by its days past due."""
    if days <= 0:
        return "not_due"
    return BANDS[1 + min(3, (days - 1) // 30)]


def dated(step, number):
    """The step, not booked on a day whose books have been told already, nor later."""
    name, *rest = step
    if name in ("invoice", "refund", "opening"):
        rest[1] = 0 if number else abs(rest[1])
    return name, *rest


@tagged("post_install", "-at_install")
class TestAged(DebtCommon):
    """Receivables by age: what the ledger leaves, by debtor and as of any day."""

    def _row(self, user=None, **context):
        rows = self.env["debt.aged.report"].with_user(user or self.accountant)
        rows = rows.with_context(**context)
        return rows.search([("partner_id", "=", self.debtor.id)])

    def _bands(self, row):
        return [row[name] for name in (*BANDS, "credit", "total")]

    def test_items_stand_in_the_band_of_their_age(self):
        for days in (-5, 0, 1, 30, 31, 60, 61, 90, 91, 400):
            self._invoice(1000 + days, days)
        row = self._row()
        self.assertEqual(self._bands(row), [1995, 2031, 2091, 2151, 2491, 0, 10759])
        self.assertEqual(row.oldest_due_date, fields.Date.today() - timedelta(days=400))

    def test_credits_are_laid_against_what_is_oldest(self):
        self._invoice(100, 100)
        self._invoice(50, 5)
        self._invoice(130, 1, move_type="out_refund", invoice_date_due=False)
        self.assertEqual(self._bands(self._row()), [0, 20, 0, 0, 0, 0, 20])
        self._invoice(30, 1, move_type="out_refund", invoice_date_due=False)
        self.assertEqual(self._bands(self._row()), [0, 0, 0, 0, 0, -10, -10])

    def test_operator_and_stage_come_from_the_case(self):
        self._invoice(100, 100)
        case = self._case()
        case.user_id = self.operator
        row = self._row()
        self.assertEqual(
            (row.case_id, row.user_id, row.stage_id),
            (case, self.operator, case.stage_id),
        )

    def test_as_of_a_day_before_the_payment(self):
        invoice = self._invoice(100, 40)
        with self._at(days=3):
            self._pay(invoice, 60)
        with self._at(days=10):
            self.assertEqual(self._row().total, 40)
            before = self._row(debt_as_of="2026-03-12")
            self.assertEqual(self._bands(before), [0, 0, 100, 0, 0, 0, 100])
            long_ago = self._row(debt_as_of="2026-02-01")
            self.assertEqual(self._bands(long_ago), [0, 100, 0, 0, 0, 0, 100])
            self.assertFalse(self._row(debt_as_of="2025-12-31"), "not written yet")
            # Asked for another day in between, today is still today.
            self.assertEqual(self._row().total, 40)

    def test_no_client_turns_back_the_clock_of_a_case(self):
        """A day in the context is a report's; totals and gate know today only."""
        invoice = self._invoice(100, 40)
        case = self._case()
        past = {"debt_as_of": "2020-01-01", "debt_ledger_day": "2020-01-01"}
        case.with_context(**past).refresh(self.debtor.ids)
        self.assertEqual((case.amount_overdue, case.state), (100, "active"))
        self._pay(invoice)
        past = dict.fromkeys(past, "2026-03-09")
        gate = case.with_context(**past).check_contact("call")
        self.assertFalse(gate["allowed"])

    def test_as_of_a_day_before_a_payment_without_an_entry(self):
        self._without_entries()
        invoice = self._invoice(100, 40)
        with self._at(days=3):
            self._pay(invoice)
        with self._at(days=10):
            self.assertFalse(self._row())
            self.assertEqual(self._row(debt_as_of="2026-03-12").total, 100)
            self.assertFalse(self._row(debt_as_of="2026-03-13"))

    def _without_entries(self):
        """Bank statements are matched: a payment has no entry before the bank tells."""
        self.env["account.payment.method.line"].search([]).payment_account_id = False
        moves = type(self.env["account.move"])
        self.startPatcher(
            patch.object(moves, "_get_invoice_in_payment_state", lambda _: "in_payment")
        )

    def test_each_currency_is_a_row(self):
        swiss = self.setup_other_currency("CHF", rates=[("2020-01-01", 2.0)])
        self._invoice(100, 10)
        self._invoice(100, 10, currency_id=swiss.id)
        rows = {row.currency_id.name: row for row in self._row()}
        self.assertEqual(rows["CHF"].total, 50)
        self.assertEqual(rows["CHF"].total_currency, 100)
        self.assertEqual(rows[self.company.currency_id.name].total, 100)

    def test_the_day_is_asked_for(self):
        form = Form(self.env["debt.aged.ask"].with_user(self.accountant))
        self.assertEqual(form.date, fields.Date.today())
        form.date = "2026-02-01"
        action = form.save().action_show()
        self.assertEqual(action["context"], {"debt_as_of": "2026-02-01"})

    def test_a_row_leads_to_the_items(self):
        invoice = self._invoice(100, 10)
        action = self._row().action_open_items()
        lines = self.env["account.move.line"].search(action["domain"])
        self.assertEqual(lines, invoice._debt_lines())

    def test_operators_do_not_see_it(self):
        with self.assertRaises(AccessError):
            self._row(self.operator)


@tagged("post_install", "-at_install")
class TestAgedProperties(LedgerHistories):
    """As of every day of random histories, to the cent, by an oracle that counts by
    hand on that day and is asked again later."""

    def test_equal_to_the_ledger_as_of_any_day(self):
        @settings(
            max_examples=3,
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

        with patch.object(type(self.cases), "_plan", lambda cases: None):
            play()

    def _play(self, histories):
        told = {}
        rounds = zip_longest(*(steps for _place, steps in histories))
        for number, steps in enumerate(rounds):
            day = TUESDAY + timedelta(days=17 * number)
            with freeze_time(day):
                self.play_round(
                    [
                        (debtor, self._company(place, number), dated(step, number))
                        for debtor, (place, _steps), step in zip(
                            self.debtors[:SIDE_BY_SIDE], histories, steps, strict=True
                        )
                        if step
                    ]
                )
                told[day.date()] = self._by_hand()
                self.assertEqual(self._report(), told[day.date()])
        with freeze_time(TUESDAY + timedelta(days=200)):
            for day, sums in told.items():
                self.assertEqual(self._report(day), sums, day)

    def _company(self, place, number):
        return self.places[place][number % len(self.places[place])]

    def _by_hand(self):
        """Sums by debtor, company and band, by the oracle."""
        sums = defaultdict(float)
        lines = self.env["account.move.line"]
        for (debtor, company), owed in oracle.owed(
            self.debtors, self.companies
        ).items():
            for (id_, _is_half), (_part, left, _own) in owed.items.items():
                line = lines.browse(id_)
                late = company._debt_today() - (line.date_maturity or line.date)
                name = "credit" if left < 0 else band(late.days)
                sums[debtor.id, company.id, name] += left
        return self._rounded(sums)

    def _report(self, day=None):
        rows = self.env["debt.aged.report"].with_context(
            allowed_company_ids=self.companies.ids, debt_as_of=day
        )
        sums = defaultdict(float)
        for row in rows.search([("partner_id", "in", self.debtors.ids)]):
            for name in (*BANDS, "credit"):
                sums[row.partner_id.id, row.company_id.id, name] += row[name]
        return self._rounded(sums)

    @staticmethod
    def _rounded(sums):
        return {key: round(value, 2) for key, value in sums.items() if round(value, 2)}


@tagged("post_install", "-at_install")
class TestAgedPrinted(DebtCommon):
    """The PDF says what the ledger says, to the cent, as of the day that is asked."""

    def _values(self, day=None, user=None):
        reports = self.env["report.debt_collection.aged"]
        values = reports.with_user(user or self.accountant)._get_report_values(
            None, {"as_of": day} if day else None
        )
        return {one["company"]: one for one in values["docs"]}

    def test_its_totals_are_the_ledgers(self):
        for amount, days in ((1000.01, 100), (33.33, 45), (0.66, 5), (12.5, -9)):
            self._invoice(amount, days)
            self._invoice(amount / 2, days, self._new_debtor(f"Debtor {days}"))
        self._invoice(700, 1, move_type="out_refund", invoice_date_due=False)
        told = self._values()[self.company]
        rows = self.ledger._rows(self.ledger._entities(self.company))
        currency = self.company.currency_id
        left = sum(row["left"] for row in rows)
        self.assertFalse(currency.compare_amounts(told["totals"]["total"], left))
        for name in (*BANDS, "credit"):
            of_rows = sum(row[name] for row in told["rows"])
            self.assertFalse(currency.compare_amounts(told["totals"][name], of_rows))
        self.assertAlmostEqual(sum(told["shares"].values()), 100)

    def test_as_of_an_earlier_day(self):
        invoice = self._invoice(100, 40)
        self._pay(invoice)
        self.assertNotIn(self.company, self._values())
        told = self._values("2026-03-09")[self.company]
        self.assertEqual(told["totals"]["days_31_60"], 100)

    def test_on_paper(self):
        self._invoice(1234.5, 40)
        reports = self.env["ir.actions.report"].with_user(self.accountant)
        body, _kind = reports._render_qweb_html(
            "debt_collection.aged", None, data={"as_of": "2026-03-10"}
        )
        for words in (self.debtor.name, "1,234.50", "03/10/2026", "100.0"):
            self.assertIn(words, body.decode().replace("\N{NO-BREAK SPACE}", " "))

    def test_a_day_that_is_none(self):
        with self.assertRaises(UserError):
            self._values("the day before yesterday")

    def test_accountants_only(self):
        with self.assertRaises(AccessError):
            self._values(user=self.operator)
