from ast import literal_eval
from collections import defaultdict
from datetime import timedelta
from random import Random

from lxml import etree

from odoo import Command, fields
from odoo.tests import tagged

from .common import DebtCommon

RATES = (
    "answer_rate",
    "right_party_rate",
    "promise_rate",
    "kept_rate",
    "kept_rate_amount",
)
OUTCOMES = {
    # by outcome: somebody answered, the right party spoke
    "no_answer": (False, False),
    "busy": (False, False),
    "third_party": (True, False),
    "refused": (True, True),
    "promise": (True, True),
}


@tagged("post_install", "-at_install")
class TestCallFigures(DebtCommon):
    """What calls bring, as rates of sums."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.report = cls.env["debt.call.report"]

    def _finish(self, outcome, user=None, partner=None, **values):
        call = self._call(self._case(partner), user)
        call.dial(phone=call.partner_id.debt_phone_ids)
        party = "right_party" if OUTCOMES[outcome][1] else None
        if outcome == "third_party":
            party = "third_party"
        call.finish(outcome, note="x", **({"party": party} if party else {}), **values)
        return call

    def _rates(self, domain=(), groupby=(), user=None):
        return self.report.with_user(user or self.manager).formatted_read_group(
            list(domain), list(groupby), [f"{name}:avg" for name in RATES]
        )

    def test_rates_are_of_sums_and_not_of_rates(self):
        """An oracle counts by hand what a hundred calls of two operators brought."""
        random = Random(7)
        truth = defaultdict(lambda: [[0, 0] for _rate in RATES])
        debtors = [
            self._new_debtor(f"D{number}", f"+32 470 00 10 {number:02}")
            for number in range(20)
        ]
        for debtor in debtors:
            self._invoice(100 * random.randint(1, 9), 20, debtor)
        for debtor in debtors:
            user = random.choice((self.operator, self.operator, self.colleague))
            outcome = random.choice(list(OUTCOMES))
            self._count(truth[user], outcome, debtor, user, random)
        self.env.flush_all()
        self.env["debt.promise"].search([])._evaluate()
        with self._at(days=10):
            self.env["debt.promise"].search([])._evaluate()
            self._compare(truth)

    def _count(self, sums, outcome, debtor, user, random):
        """Make one call, and count what it brings."""
        values, answered = {}, OUTCOMES[outcome][0]
        party = OUTCOMES[outcome][1]
        if outcome == "promise":
            amount = random.choice((40, 70))
            day = fields.Date.today() + timedelta(days=random.choice((1, 3, 30)))
            values = {"promise_amount": amount, "promise_date": day}
        call = self._finish(outcome, user, debtor, **values)
        counted = [(answered, 1), (party, 1), (outcome == "promise", party)]
        due = outcome == "promise" and (day - fields.Date.today()).days < 10
        paid = random.choice((0, 40)) if due else 0
        if paid:
            moves = self.env["account.move"].search([("partner_id", "=", debtor.id)])
            self._pay(moves, paid)
        kept = due and paid >= amount
        counted.append((kept, due))
        counted.append((paid if due else 0, amount if due else 0))
        for pair, (part, whole) in zip(sums, counted, strict=True):
            pair[0] += part
            pair[1] += whole
        return call

    def _compare(self, truth):
        rows = self._rates(groupby=["user_id"])
        self.assertEqual(len(rows), 2)
        whole = [[0, 0] for _rate in RATES]
        for row in rows:
            sums = truth[self.env["res.users"].browse(row["user_id"][0])]
            self._compare_row(row, sums)
            for total, (part, among) in zip(whole, sums, strict=True):
                total[0] += part
                total[1] += among
        (row,) = self._rates()
        self._compare_row(row, whole)

    def _compare_row(self, row, sums):
        for name, (part, among) in zip(RATES, sums, strict=True):
            found = row[f"{name}:avg"]
            if among:
                self.assertAlmostEqual(found, part / among, 6, name)
            else:
                self.assertFalse(found, name)

    def test_a_rate_of_one_call_in_a_list(self):
        self._invoice(100, 20)
        self._finish("refused")
        line = self.report.search([])
        self.assertEqual((line.answer_rate, line.right_party_rate), (1, 1))
        self.assertEqual(line.promise_rate, 0)

    def test_what_the_debt_was_then(self):
        invoice = self._invoice(700, 20)
        self._finish("no_answer")
        self._pay(invoice, 650)
        with self._at(days=100):
            self.cases.refresh()
            line = self.report.search([])
            self.assertEqual((line.age_band, line.amount_band), ("1", "3"))
            self.assertEqual(line.stage_id.name, "Overdue", "it is Collectible now")

    def test_the_weekday_is_the_debtors(self):
        """Tuesday evening in New York is Wednesday in Greenwich."""
        call = self._an_undated_call()
        for started_at, hour, weekday in (
            ("2026-03-11 01:00:00", 20, "2"),  # New York
            ("2026-03-09 23:30:00", 8, "2"),  # Tokyo
            ("2026-03-10 21:00:00", 9, "3"),  # Auckland, in winter 12 hours ahead
            ("2026-03-10 09:00:00", 10, "2"),  # Brussels
        ):
            call.write({"started_at": started_at, "local_hour": hour})
            line = self.report.search([])
            line.invalidate_recordset()
            self.assertEqual(line.weekday, weekday, started_at)

    def _an_undated_call(self):
        self._invoice(100, 20)
        return self._finish("no_answer").sudo()

    def test_wrap_up_ends_with_the_outcome(self):
        self._invoice(100, 20)
        call = self._call()
        call.dial(phone=call.partner_id.debt_phone_ids)
        call.sudo().write(
            {
                "answered_at": fields.Datetime.now(),
                "ended_at": fields.Datetime.now() + timedelta(seconds=90),
            }
        )
        with self._at(seconds=120):
            call.finish("refused", party="right_party", note="No")
        line = self.report.search([])
        self.assertEqual((line.duration, line.wrapup), (90, 30))
        (row,) = self.report.formatted_read_group(
            [], [], ["talk_average:avg", "wrapup_average:avg"]
        )
        self.assertEqual((row["talk_average:avg"], row["wrapup_average:avg"]), (90, 30))

    def test_money_after_a_call(self):
        invoice = self._invoice(100, 20)
        self._finish("refused")
        self._pay(invoice, 60)
        self.assertEqual(self.report.search([]).collected, 60)

    def test_those_who_left_can_be_left_out(self):
        self._invoice(100, 20)
        self._finish("no_answer")
        present = [("user_id.debt_present", "=", True)]
        absent = [("user_id.debt_present", "=", False)]
        report = self.report.with_user(self.manager)
        self.assertTrue(report.search(present))
        team = self.env["debt.team"].create(
            {
                "name": "Team",
                "member_ids": [Command.create({"user_id": self.operator.id})],
            }
        )
        self.assertTrue(report.search(present))
        team.member_ids.active = False
        self.assertFalse(report.search(present))
        self.assertTrue(report.search(absent))
        self.assertFalse(self.operator.debt_present)
        self.assertTrue(self.colleague.debt_present)

    def test_a_day_replaces_the_month(self):
        """M2: *Today* beside a default month was joined to it by OR."""
        for name in ("debt.call.report", "debt.collection.report"):
            arch = etree.fromstring(self.env[name].get_view(view_type="search")["arch"])
            (dates,) = arch.xpath("//filter[@date]")
            self.assertEqual(
                [node.get("name") for node in dates],
                ["today", "yesterday", "last_7_days"],
            )

    def test_days_are_the_readers(self):
        self._invoice(100, 20)
        self._finish("no_answer")
        arch = etree.fromstring(self.report.get_view(view_type="search")["arch"])
        today, yesterday, week = (
            literal_eval(node.get("domain"))
            for node in arch.xpath("//filter[@date]/filter")
        )
        report = self.report.with_user(self.manager)
        self.assertTrue(report.search(today))
        self.assertFalse(report.search(yesterday))
        with self._at(days=1):
            self.assertFalse(report.search(today))
            self.assertTrue(report.search(yesterday))
        with self._at(days=6):
            self.assertTrue(report.search(week))
        with self._at(days=7):
            self.assertFalse(report.search(week))
