from collections import defaultdict
from datetime import timedelta
from random import Random

from odoo import Command, fields
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import DebtCommon

BANDS = ((366, "6"), (181, "5"), (91, "4"), (61, "3"), (31, "2"), (1, "1"))
PERIOD = timedelta(days=30)


def band(age):
    return next((code for first, code in BANDS if age >= first), "0")


@tagged("post_install", "-at_install")
class TestReceivablesByDay(DebtCommon):
    """What was left at the end of a day, and how it moved."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.figures = cls.env["debt.figures"]
        cls.yesterday = fields.Date.today() - timedelta(days=1)

    def _record(self, *days):
        self.figures._record(self.company, days or {self.yesterday})

    def _row(self, code, day=None):
        return self.figures.search(
            [
                ("company_id", "=", self.company.id),
                ("day", "=", day or self.yesterday),
                ("age_band", "=", code),
            ]
        )

    def _rates(self, *names, domain=()):
        (row,) = self.figures.with_user(self.manager).formatted_read_group(
            [("company_id", "=", self.company.id), *domain],
            [],
            [f"{name}:avg" for name in names],
        )
        return [row[f"{name}:avg"] for name in names]

    def _dated(self, amount, day, due, partner=None):
        return self._invoice(
            amount, 0, partner, invoice_date=day, invoice_date_due=due, date=day
        )

    def test_what_is_left_by_age(self):
        self._invoice(100, 11)
        self._invoice(50, 46)
        self._invoice(7, -20)
        self._record()
        self.assertEqual(self._row("1").balance, 100)
        self.assertEqual(self._row("2").balance, 50)
        self.assertEqual(self._row("0").balance, 0, "invoiced today, not yesterday")
        self.assertEqual((self._row("1").debtors, self._row("2").debtors), (0, 1))

    def test_a_past_day_is_as_it_was(self):
        """What was paid since was still owed then."""
        invoice = self._invoice(100, 20)
        self._pay(invoice, 60)
        self._record(self.yesterday)
        self.assertEqual(self._row("1").balance, 100)
        with self._at(days=1):
            self._record(fields.Date.today() - timedelta(days=1))
        self.assertEqual(self._row("1", self.yesterday).balance, 100)
        self.assertEqual(self._row("1", fields.Date.today()).balance, 40)

    def test_recording_twice_changes_nothing(self):
        self._invoice(100, 20)
        self._case()
        self.figures._cron_record()
        domain = [("company_id", "=", self.company.id)]
        rows = self.figures.search(domain)
        self.assertEqual(len(set(rows.mapped("day"))), 30)
        before = rows.read()
        self.figures._cron_record()
        self.figures.with_user(self.manager).action_record()
        self.assertEqual(self.figures.search(domain).read(), before)
        with self.assertRaises(AccessError):
            self.figures.with_user(self.accountant).action_record()

    def test_roll_and_cure(self):
        """Two of three debtors of the first band pay up, one grows into the second."""
        before = self.yesterday - PERIOD
        debtors = [
            self._new_debtor(f"D{number}", "+32 470 00 00 00") for number in range(3)
        ]
        due = before - timedelta(days=10)
        moves = [self._dated(100, due, due, debtor) for debtor in debtors]
        for move, amount in zip(moves, (100, 100, 25), strict=True):
            day = self.yesterday - timedelta(days=3)
            self._pay(move, amount, payment_date=day)
        self._record()
        self.assertEqual(self._row("1").debtors_before, 3)
        self.assertEqual(self._row("1").cured, 2)
        self.assertEqual((self._row("2").rolled, self._row("2").rolled_from), (75, 300))
        roll, cure = self._rates("roll_rate", "cure_rate")
        self.assertAlmostEqual(roll, 0.25)
        self.assertAlmostEqual(cure, 2 / 3)

    def test_effectiveness_and_days_of_sales(self):
        """Opening 1000, sales 500; of the old 400 are left, the new are not due."""
        before = self.yesterday - PERIOD
        old = self._dated(1000, before - timedelta(days=5), before)
        self._dated(500, before + timedelta(days=9), self.yesterday + timedelta(days=9))
        self._pay(old, 600, payment_date=self.yesterday - timedelta(days=2))
        self._record()
        cei, dso, best, late = self._rates("cei", "dso", "dso_best", "days_delinquent")
        self.assertAlmostEqual(cei, (1000 + 500 - 900) / (1000 + 500 - 500))
        self.assertAlmostEqual(dso, 900 / 1500 * 90)
        self.assertAlmostEqual(best, 500 / 1500 * 90)
        self.assertAlmostEqual(late, dso - best)

    def test_several_days_are_averaged(self):
        self._invoice(100, 20)
        days = {self.yesterday - timedelta(days=n) for n in range(3)}
        self._record(*days)
        (row,) = self.figures.formatted_read_group(
            [("company_id", "=", self.company.id)], [], ["balance:sum"]
        )
        self.assertEqual(row["balance:sum"], 100)

    def test_states_and_numbers_are_of_the_night(self):
        mute = self._new_debtor("Mute")
        self._invoice(100, 20)
        self._invoice(40, 20, mute)
        self._case()._set_state("dormant")
        self._case(mute)
        self._record()
        row = self._row("1")
        self.assertEqual((row.open_cases, row.callable_cases), (2, 1))
        self.assertEqual(row.amount_dormant, 100)
        self.assertEqual(self._rates("callable_share"), [0.5])
        self._case()._set_state("active")
        self._record()
        self.assertEqual(self._row("1").amount_dormant, 100, "told once")
        with self._at(days=1):
            self._record(self.yesterday)
        self.assertEqual(self._row("1").amount_dormant, 100, "as it was that night")

    def test_who_reads_it(self):
        self._invoice(100, 20)
        self._record()
        self.assertTrue(self.figures.with_user(self.accountant).search([]))
        with self.assertRaises(AccessError):
            self.figures.with_user(self.operator).search([])
        sister = self.setup_other_company(name="Sister")["company"]
        self.figures._record(sister, {self.yesterday})
        seen = self.figures.with_user(self.manager).search([])
        self.assertEqual(seen.company_id, self.company)

    # --- by hand ------------------------------------------------------------------
    def test_an_oracle_counts_the_same(self):
        random = Random(11)
        debtors = [self._new_debtor(f"D{number}") for number in range(6)]
        moves = []
        for _number in range(40):
            day = self.yesterday - timedelta(days=random.randint(1, 220))
            due = day + timedelta(days=random.choice((0, 14, 30)))
            amount = random.randint(100, 90_000) / 100
            moves.append(self._dated(amount, day, due, random.choice(debtors)))
        for move in moves:
            if random.random() < 0.6:
                until = (self.yesterday - move.date).days
                day = move.date + timedelta(days=random.randint(0, until))
                share = random.choice((0.3, 0.5, 1))
                amount = round(move.amount_residual * share, 2)
                self._pay(move, amount, payment_date=day)
        for debtor in debtors[:3]:
            self._credit(debtor, random)
        for back in (0, 17, 64):
            self._check_day(self.yesterday - timedelta(days=back))

    def _credit(self, debtor, random):
        """Money that nobody has matched."""
        day = self.yesterday - timedelta(days=random.randint(1, 100))
        receivable = debtor.property_account_receivable_id
        bank = self.company_data["default_journal_bank"]
        sides = ((receivable, -1), (bank.default_account_id, 1))
        amount = random.randint(100, 50_000) / 100
        self.env["account.move"].create(
            {
                "journal_id": bank.id,
                "date": day,
                "line_ids": [
                    Command.create(
                        {
                            "account_id": account.id,
                            "partner_id": debtor.id,
                            "balance": sign * amount,
                        }
                    )
                    for account, sign in sides
                ],
            }
        ).action_post()

    def _check_day(self, day):
        self._record(day)
        now, before = self._left(day, day), self._left(day - PERIOD, day - PERIOD)
        counted = self._count_by_band(now, before, day)
        for code in ("0", *(code for _first, code in BANDS)):
            row = self._row(code, day)
            for name in ("balance", "opening", "rolled", "rolled_from"):
                self.assertAlmostEqual(row[name], counted[name, code], 2, (day, code))
            if code != "0":
                for name in ("debtors", "cured"):
                    self.assertEqual(row[name], counted[name, code], (day, code))

    def _count_by_band(self, now, before, day):
        """What each column should be, by its name and the band."""
        counted = defaultdict(float)
        for line, left in now.items():
            counted["balance", band((day - line.date_maturity).days)] += left
        for line, left in before.items():
            old = band((day - PERIOD - line.date_maturity).days)
            new = band((day - line.date_maturity).days)
            counted["opening", old] += left
            if old < new:
                counted["rolled_from", new] += left
                counted["rolled", new] += now.get(line, 0)
        worst = self._worst(now, day)
        for code in worst.values():
            counted["debtors", code] += 1
        for debtor, code in self._worst(before, day - PERIOD).items():
            counted["cured", code] += worst.get(debtor, "0") == "0"
        return counted

    @staticmethod
    def _worst(left, day):
        found = {}
        for line in left:
            debtor, code = line.partner_id, band((day - line.date_maturity).days)
            found[debtor] = max(code, found.get(debtor, "0"))
        return found

    def _left(self, day, booked):
        """What is left of each line, credits laid against the oldest first."""
        lines = self.env["account.move.line"].search(
            [
                ("company_id", "=", self.company.id),
                ("account_type", "=", "asset_receivable"),
                ("parent_state", "=", "posted"),
                ("date", "<=", booked),
            ]
        )
        left, credit = {}, defaultdict(float)
        for line in lines.sorted(lambda one: (one.date_maturity or one.date, one.id)):
            amount = line.balance
            for one in line.matched_credit_ids:
                amount -= one.amount if one.max_date <= day else 0
            for one in line.matched_debit_ids:
                amount += one.amount if one.max_date <= day else 0
            if amount > 0.001:
                left[line] = amount
            else:
                credit[line.partner_id] -= amount
        for line in list(left):
            taken = min(left[line], credit[line.partner_id])
            left[line] -= taken
            credit[line.partner_id] -= taken
            if left[line] < 0.001:
                del left[line]
        return left


@tagged("post_install", "-at_install")
class TestDigest(DebtCommon):
    """Collection in Odoo's periodic e-mail."""

    def test_figures_of_the_day(self):
        invoice = self._invoice(500, 20)
        call = self._call()
        call.dial(phone=call.partner_id.debt_phone_ids)
        day = fields.Date.today() + timedelta(days=3)
        call.finish(
            "promise",
            party="right_party",
            promise_amount=200,
            promise_date=day,
        )
        self._pay(invoice, 60)
        digest = self.env["digest.digest"].create({"name": "Digest"})
        now = fields.Datetime.now()
        digest = digest.with_user(self.manager).with_context(
            # The morning after, as the digest is sent.
            start_datetime=now - timedelta(hours=1),
            end_datetime=now + timedelta(hours=23),
        )
        self.assertEqual(digest.kpi_debt_collected_value, 60)
        self.assertEqual(digest.kpi_debt_calls_value, 1)
        self.assertEqual(digest.kpi_debt_right_party_value, 1)
        self.assertEqual(digest.kpi_debt_promises_value, 200)
        with self.assertRaises(AccessError):
            digest.with_user(self.accountant).kpi_debt_calls_value  # noqa: B018

    def test_each_figure_leads_to_its_screen(self):
        digest = self.env["digest.digest"].create({"name": "Digest"})
        actions = digest._compute_kpis_actions(self.company, self.manager)
        for name in ("collected", "calls", "right_party", "promises"):
            action, _, _menu = actions[f"kpi_debt_{name}"].partition("?")
            self.assertTrue(self.env.ref(action))
