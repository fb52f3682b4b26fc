import os
from datetime import datetime, timedelta
from random import Random

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import TUESDAY, DebtCommon

#: Debtors whose story is played, and calls in each; the nightly run plays more.
STORIES = int(os.environ.get("DEBT_STORIES", "8"))
CALLS = 10
COUNTRIES = ("base.be", "base.us", "base.ru", "base.de", "base.in", False)
NUMBERS = ("+32 470 12 34 56", "+32 470 12 34 57", "+32 2 555 12 12")


@tagged("post_install", "-at_install")
class TestAnnounced(DebtCommon):
    """Rule 14: what the window announces is what is saved."""

    def test_whatever_is_announced_is_saved(self):
        told = set()
        for seed in range(STORIES):
            self.luck = Random(seed)
            now = TUESDAY + timedelta(minutes=self.luck.randrange(24 * 60))
            case = self._random_case(seed)
            for number in range(CALLS):
                with self.subTest(seed=seed, call=number), freeze_time(now):
                    told |= self._call_and_compare(case)
                    self._something_happens(case)
                now += timedelta(minutes=self.luck.choice((7, 25, 200, 1500, 6000)))
        known = set(self.env["debt.call.outcome"].search([]).mapped("code"))
        self.assertEqual(told, known, "every outcome was announced and saved")

    def _random_case(self, seed):
        luck = self.luck
        debtor = self._new_debtor(
            f"Debtor {seed}",
            ", ".join(luck.sample(NUMBERS, luck.randint(1, 3))),
            country=luck.choice(COUNTRIES),
            is_company=luck.random() < 0.5,
            email=luck.choice((False, "one@example.com")),
        )
        if luck.random() < 0.3:
            policies = self.env["debt.contact.policy"].search([])
            debtor.debt_contact_policy_id = luck.choice(policies)
        for _invoice in range(luck.randint(1, 3)):
            self._invoice(luck.randint(5, 900), luck.choice((-20, 1, 40, 200)), debtor)
        self._invoice(luck.randint(5, 900), luck.choice((2, 60, 120)), debtor)
        case = self._case(debtor)
        ladder = case.ladder_id.copy({"company_id": False})
        match luck.randrange(4):
            case 0:
                ladder.step_ids.unlink()
                case.ladder_id = ladder
            case 1:
                case.ladder_id = False
            case 2:
                ladder.exit_state = luck.choice(("dormant", "legal"))
                ladder.step_ids[1:].unlink()
                case.ladder_id = ladder
        case.user_id = luck.choice((False, self.operator, self.colleague))
        case._plan()
        return case

    def _something_happens(self, case):
        """Between two calls: money comes, a number is mended, a hold begins."""
        luck = self.luck
        moves = case._open_items().move_id
        match luck.randrange(9):
            case 0 if len(moves) > 1:
                self._pay(moves[0])
            case 1:
                case.phone_ids.health = "unknown"
            case 2 if case.state == "legal":
                case.sudo().state = "active"
            case 3:
                case.partner_id.debt_do_not_call = False
            case 4:
                case.promise_ids._evaluate()
            case 5:
                self._invoice(
                    luck.randint(5, 900), luck.choice((1, 30)), case.partner_id
                )
            case 6 if case.state != "legal" and not case.closed_at:
                self._put_on_hold(case, luck.randint(0, 9))
        self.cases.refresh(case.partner_id.ids)

    def _call_and_compare(self, case):
        """One call, announced and saved.

        :return: set of the outcome's code; nothing where it was refused both times
        """
        if case.closed_at:
            return set()
        call = case.with_user(self.operator)._claim_for_user()
        phones = case.phone_ids
        allowed = phones and case.check_contact("call", phones[0].number)["allowed"]
        if allowed and self.luck.random() < 0.5:
            call.dial(phones[0])
        outcome = self.luck.choice(self.env["debt.call.outcome"].search([]))
        values = self._random_values(case, outcome)
        before = self._rows(case)
        told = call.preview(outcome.code, **values)
        self.assertEqual(self._rows(case), before, "nothing is changed by telling it")
        if told["missing"]:
            with self.assertRaises(UserError) as refused, self.cr.savepoint():
                call.finish(outcome.code, **values)
            self.assertEqual(told["missing"], str(refused.exception))
            call._release()
            if call.exists():
                call.finish("other", note="Nothing came of it")
            return set()
        call.finish(outcome.code, **values)
        self.env["debt.ledger"]._settle_pending()
        self.env.invalidate_all()
        self.assertEqual(told["effects"], call.sudo()._effects(), outcome.code)
        self._check_words(call, told)
        return {outcome.code}

    def _check_words(self, call, told):
        """The sentences say what the case says now, in its own fields."""
        text, case = " ".join(told["sentences"]), call.case_id
        if case.next_contact_at and not case.closed_at:
            self.assertIn(case._local_time(case.next_contact_at), text)
            calls = self.env["mail.activity"]._debt_calls(case)
            deadlines = [one[1] for one in told["effects"]["activities"]]
            self.assertLessEqual(set(calls.mapped("date_deadline")), set(deadlines))
        else:
            self.assertNotIn("Next call", text)
        if case.state != "on_hold":
            self.assertNotIn("Collection pauses", text)
        self.assertTrue(text)

    def _rows(self, case):
        """Everything of the case that `finish` touches, as the database has it."""
        self.env.flush_all()
        counts = []
        for table in ("mail_activity", "debt_contact_decision", "mail_message"):
            self.cr.execute(f"SELECT count(*) FROM {table}")
            counts += self.cr.fetchone()
        self.cr.execute("SELECT * FROM debt_case WHERE id = %s", [case.id])
        counts += self.cr.fetchall()
        self.cr.execute("SELECT * FROM debt_call WHERE case_id = %s", [case.id])
        return [*counts, *self.cr.fetchall()]

    def _random_values(self, case, outcome):
        luck = self.luck
        values = {"note": "He said so"}
        if luck.random() < 0.3:
            hours = luck.choice((1, 3, 15, 40))
            values["try_again_at"] = fields.Datetime.now() + timedelta(hours=hours)
        if outcome.needs_callback:
            hours = luck.choice((1, 5, 24, 30, 100, -2))
            values["callback_at"] = fields.Datetime.now() + timedelta(hours=hours)
        if outcome.needs_promise:
            values |= self._random_promise(case)
        if outcome.needs_dispute:
            moves = case._open_items().move_id
            values["dispute_move_ids"] = moves[: luck.randint(0, 2)].ids
            values["dispute_reason"] = "Never delivered"
            values["dispute_amount"] = (0, 5, 0, 5000)[len(case.call_ids) % 4]
        return values

    def _random_promise(self, case):
        luck, today = self.luck, self.company._debt_today()
        values = {
            "promise_amount": luck.choice((10, 100, case.amount_overdue, 5000)),
            "promise_date": luck.choice((today, today + timedelta(days=5), False)),
            "confirm_channel": luck.choice((False, "email", "sms")),
        }
        if luck.random() < 0.4:
            later = today + timedelta(days=30)
            values["promise_plan"] = [(20, later), (30, later + timedelta(days=30))]
        if luck.random() < 0.4:
            values["promise_line_ids"] = case._open_items()[:1].ids
        if luck.random() < 0.7:
            parts = [values["promise_amount"], *(20, 30) * ("promise_plan" in values)]
            values["promise_confirmed"] = sum(parts)
        return values

    # --- the numbers of a day of calls ----------------------------------------------
    def _told(self, call, code, **values):
        told = call.preview(code, **values)
        self.assertFalse(told["missing"])
        return told["effects"]["next_contact_at"], " ".join(told["sentences"])

    def test_busy_is_announced_as_it_is_tried_again(self):
        """Twice after twenty minutes; the third time the ladder decides."""
        self._invoice(300, 20)
        case, now = self._case(), TUESDAY
        for _time in range(3):
            with freeze_time(now):
                call = self._call(case)
                at, _text = self._told(call, "busy")
                call.finish("busy")
                self.assertEqual(case.next_contact_at, at)
            now += timedelta(minutes=20)
        self.assertEqual(case.next_contact_code, "ladder")

    def test_the_only_number_is_wrong_and_no_call_is_announced(self):
        self._invoice(300, 20)
        call = self._call()
        call.dial(call.case_id.phone_ids)
        for code in ("wrong_number", "invalid_number"):
            at, text = self._told(call, code)
            self.assertFalse(at)
            self.assertIn("not dialled again", text)
            self.assertIn("no number to call", text)
        call.finish("wrong_number")
        self.assertFalse(call.case_id.next_contact_at)

    def test_a_machine_is_no_busy_line(self):
        self._invoice(300, 20)
        call = self._call()
        call.finish("voicemail")
        self.assertNotIn("busy", call.case_id.next_contact_reason)

    def test_what_stays_without_a_promise_is_counted_from_all_that_is_owed(self):
        named = self._invoice(500.5, 20)
        self._invoice(1252.25, 30)
        call = self._call()
        lines = named.line_ids.filtered(
            lambda line: line.account_type == "asset_receivable"
        )
        _at, text = self._told(
            call,
            "promise",
            promise_amount=400,
            promise_date="2026-03-13",
            promise_line_ids=lines.ids,
        )
        self.assertRegex(text, r"1,352\.75.* stays without a promise")

    def test_only_the_operator_on_the_line_is_told(self):
        self._invoice(300, 20)
        call = self._call()
        with self.assertRaises(AccessError):
            call.with_user(self.colleague).preview("no_answer")
        self.assertEqual(call.state, "draft")

    def test_nothing_leaves_because_it_was_announced(self):
        self.debtor.email = "one@example.com"
        self._invoice(300, 20)
        call = self._call()
        mails = self.env["mail.mail"].search_count([])
        _at, text = self._told(
            call,
            "promise",
            promise_amount=300,
            promise_date=datetime(2026, 3, 13).date(),
            confirm_channel="email",
        )
        self.assertIn("An e-mail goes out to one@example.com.", text)
        self.assertEqual(self.env["mail.mail"].search_count([]), mails)
        self.assertFalse(call.case_id.promise_ids)
