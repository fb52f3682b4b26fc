import os
from collections import Counter, defaultdict
from datetime import UTC, datetime, time, timedelta
from unittest.mock import patch
from zoneinfo import ZoneInfo

from freezegun import freeze_time

from odoo import Command
from odoo.tests import tagged
from odoo.tools import SQL

from . import half_year as half
from .common import DebtCommon

#: In each of the three companies; 1000 for the long form.
DEBTORS = int(os.environ.get("DEBT_DEBTORS", "25"))
DAYS = (half.TODAY - timedelta(days=1), half.TODAY - timedelta(days=47))
COLUMNS = (
    "balance",
    "not_due",
    "overdue",
    "debtors",
    "sales",
    "sales_quarter",
    "opening",
    "rolled",
    "rolled_from",
    "debtors_before",
    "cured",
)
COUNTED = ("debtors", "debtors_before", "cured")
SUMS = (
    "attempts",
    "answered",
    "right_party",
    "promises",
    "promises_kept",
    "promised",
    "promises_due",
    "promises_kept_due",
    "duration",
    "talks",
    "wrapup",
    "wrapups",
)
AMOUNTS = ("amount_promised", "amount_due", "amount_paid_due", "collected")
RATES = {
    "answer_rate": ("answered", "attempts"),
    "right_party_rate": ("right_party_out", "attempts"),
    "promise_rate": ("promised", "right_party"),
    "kept_rate": ("promises_kept_due", "promises_due"),
    "kept_rate_amount": ("amount_paid_due", "amount_due"),
    "talk_average": ("duration", "talks"),
    "wrapup_average": ("wrapup", "wrapups"),
}


def cents(amount):
    return round(amount * 100)


@tagged("post_install", "-at_install")
class TestHalfYear(DebtCommon):
    """Half a year of three companies, each figure worked out again by hand."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(
            freeze_time(datetime.combine(half.TODAY, time(10)), tick=False)
        )
        # What the world says is written as it is: nothing is planned from it.
        cls.startClassPatcher(
            patch.object(type(cls.cases), "_plan", lambda cases: None)
        )
        cls.world = half.imagine(2026, DEBTORS)
        cls._found_companies()
        cls._write_ledger()
        cls._write_cases()
        cls._write_contacts()
        cls.env.invalidate_all()
        cls.report = cls.env["debt.collection.report"]
        cls.report._renew(cls.companies)
        cls.seer = {"allowed_company_ids": cls.companies.ids}
        cls.manager.company_ids = cls.companies

    @classmethod
    def _found_companies(cls):
        own = cls.company.currency_id
        data = [cls.company_data] + [
            cls.setup_other_company(name=name, currency_id=own.id)
            for name in ("Second", "Third")
        ]
        cls.companies = cls.env["res.company"].union(*(one["company"] for one in data))
        cls.banks = [one["default_journal_bank"] for one in data]
        for company, zone in zip(cls.companies, half.ZONES, strict=True):
            company.partner_id.tz = zone
            company.write(
                {
                    "debt_collected_days": half.LOOKED_BACK,
                    "debt_promise_grace_days": half.GRACE,
                }
            )
        cls.foreign = cls.setup_other_currency("CHF", rates=[("2020-01-01", 2)])
        cls.foreign.rate_ids.company_id = False
        cls.env.user.company_ids |= cls.companies
        cls.operators = cls.env["res.users"].union(
            *(
                cls._new_user(f"half_year_{number}", "group_debt_operator")
                for number in half.OPERATORS
            )
        )
        cls.operators.company_ids = cls.companies
        cls.teams = cls.env["debt.team"].create(
            [{"name": one.name, "company_id": one.id} for one in cls.companies]
        )
        cls.scripts = cls.env["debt.script"].search([], limit=len(half.SCRIPTS))
        cls.ladders = cls.env["debt.ladder"].create(
            [{"name": f"Ladder {number}"} for number in half.LADDERS]
        )
        cls.stages = cls.env["debt.stage"].search([], order="days_from")

    # --- writing the world down -------------------------------------------------------
    @classmethod
    def _write_ledger(cls):
        cls.partners = cls.env["res.partner"].create(
            [
                {
                    "name": f"Debtor {one.number}",
                    "is_company": not one.is_person,
                    "country_id": cls.env.ref("base.be").id,
                    "lang": "en_US",
                }
                for one in cls.world
            ]
        )
        cls.debtor_of = dict(zip(cls.partners.ids, cls.world, strict=True))
        for number, company in enumerate(cls.companies):
            own = [one for one in cls.world if one.company == number]
            cls._write_bills(company, own)
            cls._write_payments(company, own, cls.banks[number])

    @classmethod
    def _write_bills(cls, company, debtors):
        bills = [(one, bill) for one in debtors for bill in one.bills]
        moves = cls.env["account.move"].with_company(company)
        moves = moves.create(
            [
                {
                    "move_type": "out_invoice",
                    "partner_id": cls.partners[one.number].id,
                    "invoice_date": bill.day,
                    "date": bill.day,
                    "invoice_date_due": bill.due,
                    "invoice_payment_term_id": False,
                    "currency_id": (
                        cls.foreign if bill.is_foreign else company.currency_id
                    ).id,
                    "invoice_line_ids": [
                        Command.create(
                            {
                                "name": "Service",
                                "price_unit": bill.cents
                                * (2 if bill.is_foreign else 1)
                                / 100,
                                "tax_ids": [Command.clear()],
                            }
                        )
                    ],
                }
                for one, bill in bills
            ]
        )
        moves.action_post()
        cls.line_of = getattr(cls, "line_of", {})
        for (_one, bill), move in zip(bills, moves, strict=True):
            line = move.line_ids.filtered(
                lambda line: line.account_type == "asset_receivable"
            )
            cls.line_of[id(bill)] = line

    @classmethod
    def _write_payments(cls, company, debtors, bank):
        """Money as bank entries, each matched before the next."""
        paid = [
            (one, bill, payment)
            for one in debtors
            for bill in one.bills
            for payment in bill.payments
        ]
        moves = cls.env["account.move"].with_company(company)
        moves = moves.create(
            [
                {
                    "journal_id": bank.id,
                    "date": payment.day,
                    "line_ids": [
                        Command.create(cls._prepare_side(one, bill, payment, *side))
                        for side in (
                            (cls.line_of[id(bill)].account_id, -1),
                            (bank.default_account_id, 1),
                        )
                    ],
                }
                for one, bill, payment in paid
            ]
        )
        moves.action_post()
        entered = defaultdict(list)
        for (_one, bill, payment), move in zip(paid, moves, strict=True):
            credit = move.line_ids.filtered(lambda line: line.balance < 0)
            entered[payment.entered_at] += credit.ids
            if payment.matched:
                (cls.line_of[id(bill)] + credit).reconcile()
        cls.env.flush_all()
        for at, ids in entered.items():
            cls._set("account_move_line", ids, create_date=at)

    @classmethod
    def _prepare_side(cls, one, bill, payment, account, sign):
        amount = sign * payment.cents / 100
        return {
            "account_id": account.id,
            "partner_id": cls.partners[one.number].id,
            "balance": amount,
            "amount_currency": amount * (2 if bill.is_foreign else 1),
            "currency_id": (
                cls.foreign if bill.is_foreign else account.company_ids[:1].currency_id
            ).id
            or cls.company.currency_id.id,
        }

    @classmethod
    def _set(cls, table, ids, **values):
        pairs = SQL(", ").join(
            SQL("%s = %s", SQL.identifier(name), value)
            for name, value in values.items()
        )
        cls.env.cr.execute(
            SQL(
                "UPDATE %s SET %s WHERE id = ANY(%s)", SQL.identifier(table), pairs, ids
            )
        )

    @classmethod
    def _write_cases(cls):
        cases = cls.cases.sudo()
        for company in cls.companies:
            cases.with_company(company).refresh(cls.partners.ids)
        known = {case.partner_id: case for case in cases.search([])}
        cls.case_of = {}
        for one, partner in zip(cls.world, cls.partners, strict=True):
            company = cls.companies[one.company]
            case = known.get(partner) or cases.with_company(company).create(
                {
                    "partner_id": partner.id,
                    "company_id": company.id,
                    "currency_id": company.currency_id.id,
                }
            )
            cls.case_of[one.number] = case
        cls.env.flush_all()
        for one in cls.world:
            cls._set(
                "debt_case",
                cls.case_of[one.number].ids,
                create_date=one.opened_at,
                closed_at=one.closed_at,
                state="closed" if one.closed_at else "active",
                user_id=cls.operators[one.user].id,
                ladder_id=cls.ladders[one.ladder].id,
                team_id=cls.teams[one.company].id,
            )
        cls.env.invalidate_all()

    @classmethod
    def _write_contacts(cls):
        calls = [(one, call) for one in cls.world for call in one.calls]
        rows = (
            cls.env["debt.call"]
            .sudo()
            .create([cls._prepare_call(one, call) for one, call in calls])
        )
        for (one, call), row in zip(calls, rows, strict=True):
            owed, late = one.overdue(call.at.date())
            row.write({"amount_owed": owed / 100, "days_late": late})
        promised = [
            (one, call.promise, row)
            for (one, call), row in zip(calls, rows, strict=True)
            if call.promise
        ]
        promises = (
            cls.env["debt.promise"]
            .sudo()
            .create([cls._prepare_promise(*one) for one in promised])
        )
        cls.env["debt.message"].sudo().create(
            [
                {
                    "case_id": cls.case_of[one.number].id,
                    "channel": message.channel,
                    "kind": "manual",
                    "state": "sent" if message.arrived else "failed",
                    "sent_at": message.at,
                    "user_id": cls.operators[0].id,
                }
                for one in cls.world
                for message in one.messages
            ]
        )
        cls.env.flush_all()
        for (_one, promise, _call), row in zip(promised, promises, strict=True):
            cls._set(
                "debt_promise",
                row.ids,
                state=promise.state,
                amount_paid=promise.paid / 100,
                create_date=promise.created_at,
            )

    @classmethod
    def _prepare_call(cls, one, call):
        case = cls.case_of[one.number]
        ended = call.at + timedelta(seconds=20 + call.talk)
        here = call.at.replace(tzinfo=UTC).astimezone(ZoneInfo(half.ZONES[0]))
        return {
            "case_id": case.id,
            "partner_id": case.partner_id.id,
            "company_id": case.company_id.id,
            "user_id": cls.operators[call.user].id,
            "direction": call.direction,
            "mode": call.mode,
            "state": "done",
            "started_at": call.at,
            "answered_at": ended - timedelta(seconds=call.talk) if call.talk else False,
            "ended_at": ended,
            "finished_at": ended + timedelta(seconds=call.wrapup),
            "connected": call.connected,
            "party": call.party,
            "outcome_id": cls.env.ref(f"debt_collection.outcome_{call.outcome}").id,
            "script_id": cls.scripts[call.script].id,
            "local_hour": here.hour,
        }

    @classmethod
    def _prepare_promise(cls, one, promise, call):
        return {
            "case_id": cls.case_of[one.number].id,
            "call_id": call.id,
            "amount": promise.cents / 100,
            "made_on": promise.made_on,
            "date": promise.day,
            "line_ids": [
                Command.set(cls.line_of[id(promise.bill)].ids if promise.bill else [])
            ],
        }

    # --- comparing --------------------------------------------------------------------
    def _starts(self):
        return self.stages.mapped("days_from")

    def test_money_collected(self):
        """Each payment, and each thing told of it."""
        names = (
            "debtor",
            "company",
            "day",
            "amount",
            "amount_document",
            "age",
            "stage",
            "age_band",
            "amount_band",
            "followed",
            "channel",
            "mode",
            "script",
            "user",
            "ladder",
            "kept",
            "at",
        )
        truth = half.collected(self.world, self._starts())
        self.assertGreater(len(truth), DEBTORS)
        rows = self.report.sudo().with_context(**self.seer)
        rows = rows.search([("company_id", "in", self.companies.ids)])
        found = Counter(self._told(row) for row in rows)
        expected = Counter(tuple(one[name] for name in names) for one in truth)
        self.assertEqual(found - expected, Counter())
        self.assertEqual(expected - found, Counter())

    def _told(self, row):
        index = self.operators.ids.index
        return (
            self.debtor_of[row.partner_id.id].number,
            self.companies.ids.index(row.company_id.id),
            row.day,
            cents(row.amount),
            cents(row.amount_document),
            row.age,
            self.stages.ids.index(row.stage_id.id),
            row.age_band,
            row.amount_band,
            row.followed,
            row.channel,
            row.mode,
            self.scripts.ids.index(row.script_id.id) if row.script_id else False,
            index(row.user_id.id),
            self.ladders.ids.index(row.ladder_id.id),
            row.promise_kept,
            row.contacted_at,
        )

    def test_calls(self):
        """Each sum and rate, by whatever one groups."""
        rows = list(half.call_rows(self.world, self._starts()))
        self.assertGreater(len(rows), DEBTORS)
        report = self.env["debt.call.report"].with_user(self.manager)
        report = report.with_context(**self.seer)
        for column, name, known in self._dimensions():
            truth = defaultdict(lambda: defaultdict(int))
            for row in rows:
                for measure in (*SUMS, *AMOUNTS, "right_party_out"):
                    truth[row[name]][measure] += row[measure]
            groups = report.formatted_read_group(
                [],
                [column],
                [f"{one}:sum" for one in (*SUMS, *AMOUNTS)]
                + [f"{one}:avg" for one in RATES],
            )
            self.assertEqual(len(groups), len(truth), column)
            for group in groups:
                value = group[column]
                value = value[0] if isinstance(value, tuple) else value
                with self.subTest(column=column, value=value):
                    self._compare(group, truth[known(value)])

    def _dimensions(self):
        """Column of the report, name in the world, and what a value is there."""
        outcomes = {
            self.env.ref(f"debt_collection.outcome_{one}").id: one
            for one in half.OUTCOMES
        }
        return (
            ("company_id", "company", self.companies.ids.index),
            ("user_id", "user", self.operators.ids.index),
            ("script_id", "script", self.scripts.ids.index),
            ("ladder_id", "ladder", self.ladders.ids.index),
            ("stage_id", "stage", self.stages.ids.index),
            ("outcome_id", "outcome", outcomes.get),
            ("mode", "mode", str),
            ("direction", "direction", str),
            ("kind", "kind", str),
            ("weekday", "weekday", str),
            ("hour", "hour", int),
            ("age_band", "age_band", str),
            ("amount_band", "amount_band", str),
        )

    def _compare(self, group, truth):
        for name in SUMS:
            self.assertEqual(group[f"{name}:sum"], truth[name], name)
        for name in AMOUNTS:
            self.assertEqual(cents(group[f"{name}:sum"]), truth[name], name)
        for name, (part, among) in RATES.items():
            rate = truth[part] / truth[among] if truth[among] else 0
            self.assertAlmostEqual(group[f"{name}:avg"] or 0, rate, 9, name)

    def test_receivables(self):
        """Each column of two days, by company and age."""
        figures = self.env["debt.figures"].sudo()
        for number, company in enumerate(self.companies):
            figures._record(company, set(DAYS))
            for day in DAYS:
                truth = half.receivables(self.world, number, day)
                rows = figures.search(
                    [("company_id", "=", company.id), ("day", "=", day)]
                )
                self.assertEqual(len(rows), len(half.BANDS) + 1)
                for row in rows:
                    for name in COLUMNS:
                        found = row[name] if name in COUNTED else cents(row[name])
                        key = (name, row.age_band)
                        with self.subTest(company=number, day=day, key=key):
                            self.assertEqual(found, truth[key])

    def test_days_of_teams(self):
        """Attempts, answered, hours and promises of a week."""
        days = self.env["debt.team.day"]
        attempts = 0
        for number, team in enumerate(self.teams):
            for back in range(10, 17):
                day = half.TODAY - timedelta(days=back)
                truth = half.team_day(self.world, number, day)
                found = days._prepare_day(team, day)
                attempts += truth["attempts"]
                for name, value in truth.items():
                    self.assertAlmostEqual(found[name], value, 6, (number, day, name))
        self.assertTrue(attempts)
