from datetime import date, timedelta

from odoo import Command, fields
from odoo.tests import tagged

from .common import DebtCommon


@tagged("post_install", "-at_install")
class TestCurrent(DebtCommon):
    """A7: who forgets is told before the due date, where the company wants so."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.stage = cls.env.ref("debt_collection.stage_current")
        cls.by_email = cls.env.ref("debt_collection.ladder_current_email")
        cls.by_call = cls.env.ref("debt_collection.ladder_current_call")
        cls.company.email = "us@example.com"
        cls.debtor.write(
            {
                "email": "one@example.com",
                "debt_profile_id": cls.env.ref("debt_collection.profile_forgetful").id,
            }
        )

    def setUp(self):
        super().setUp()
        self.company.debt_current_ladder_id = self.by_email

    def _night(self):
        """The new day is worked, then what it planned, as the scheduled actions do."""
        self.cases._cron_refresh(self.company)
        for name in ("plan", "ladder_message", "message"):
            with self.enter_registry_test_mode():
                cron = self.env.ref(f"debt_collection.ir_cron_debt_{name}")
                cron.method_direct_trigger()
        self.env.invalidate_all()
        return self._open()

    def _open(self, debtor=None):
        return self.cases.search(
            [
                ("partner_id", "=", (debtor or self.debtor).id),
                ("closed_at", "=", False),
            ]
        )

    def test_who_has_not_chosen_it_pays_nothing_for_it(self):
        self.company.debt_current_ladder_id = False
        self._invoice(1000, -3)
        self.assertFalse(self._night())
        entities = self.ledger._entities(self.company)
        self.assertEqual(len(list(self.ledger._refresh_statements(entities))), 1)

    def test_told_before_the_due_date_and_pays(self):
        move = self._invoice(1000, -3)
        case = self._night()
        self.assertEqual((case.stage_id, case.state), (self.stage, "active"))
        self.assertEqual((case.amount_overdue, case.days_past_due), (0, 0))
        self.assertEqual(case.oldest_due_date, date(2026, 3, 13))
        [message] = case.debtor_message_ids
        self.assertEqual((message.state, message.channel), ("sent", "email"))
        for said in (move.name, "1,000", "03/13/2026", "Nothing is late"):
            self.assertIn(said, message.body)
        with self._at(days=1):
            self.assertEqual(self._night().debtor_message_ids, message, "once")
        self._pay(move)
        self.env["account.move"].flush_model()
        self.assertFalse(self._open())
        self.assertEqual((case.state, case.close_reason), ("closed", "paid"))
        self.assertFalse(case.untold, "without noise")

    def test_told_and_does_not_pay(self):
        """The same case goes on as an overdue one, by the ladder of its stage."""
        self._invoice(1000, -3)
        case = self._night()
        with self._at(days=3, hours=1):
            self.assertEqual(self._night().stage_id, self.stage, "due today")
        with self._at(days=4):
            self.assertEqual(self._night(), case)
            self.assertEqual(case.stage_id.days_from, 1)
            self.assertEqual(case.amount_overdue, 1000)
            self.assertEqual(case.ladder_id, case.stage_id.ladder_id)
            self.assertEqual(case.ladder_started_on, fields.Date.today())
            self.assertEqual(case.next_contact_at.date(), date(2026, 3, 16), "Monday")
            self.assertFalse(case.never_overdue)

    def test_nobody_is_called_before(self):
        self._invoice(1000, -3)
        case = self._night()
        self.assertFalse(case.next_contact_at)
        self.assertIn("Nothing is overdue yet", case.next_contact_reason)
        self.assertFalse(self.cases.with_user(self.operator).claim_next())
        for channel in ("call", "robot_call", "voice_message", "letter", "visit"):
            answer = case.check_contact(channel)
            self.assertEqual(answer["reason"], "nothing_owed", channel)
        self.assertTrue(case.check_contact("email")["allowed"])

    def test_no_demand_is_posted_before(self):
        self._invoice(1000, -3)
        case = self._night()
        prints = self.env["debt.letter.print"].with_context(
            active_model="debt.case", active_ids=case.ids
        )
        [line] = prints.create({}).line_ids
        self.assertFalse(line.level_id)
        line.level_id = self.env["debt.letter.level"].search([], limit=1)
        self.assertFalse(line.permitted)

    def test_a_courtesy_call_where_the_company_calls(self):
        self.company.debt_current_ladder_id = self.by_call
        self._invoice(1000, -3)
        case = self._night()
        call_id = self.cases.with_user(self.operator).claim_next()
        call = self.env["debt.call"].browse(call_id)
        self.assertEqual(call.case_id, case)
        self.assertIn(self.stage, call.script_id.stage_ids)
        call.with_user(self.operator).finish("no_answer")
        self.assertEqual(case.state, "active")
        with self._at(days=4):
            self.assertEqual(self._night().amount_overdue, 1000)

    def test_who_asks_to_be_called_is_called(self):
        self._invoice(1000, -3)
        case = self._night()
        case.sudo().callback_at = fields.Datetime.now()
        self.assertTrue(case.check_contact("call")["allowed"])

    def test_only_whom_it_is_meant_for(self):
        other = self._new_debtor("Punctual", "+32 470 00 20 01", email="p@example.com")
        self._invoice(500, -3, other)
        far = self._new_debtor("Far", "+32 470 00 20 02", email="f@example.com")
        far.debt_profile_id = self.debtor.debt_profile_id
        self._invoice(500, -9, far)
        self._night()
        self.assertFalse(self._open(other))
        self.assertFalse(self._open(far), "not within five days")
        self.company.debt_current_profile_ids = [Command.clear()]
        self._night()
        self.assertTrue(self._open(other), "all, where none is chosen")

    def test_the_profile_of_the_last_case_counts(self):
        self.debtor.debt_profile_id = False
        late = self._invoice(100, 10)
        self._case().sudo().profile_id = self.env.ref(
            "debt_collection.profile_forgetful"
        )
        self._pay(late)
        with self._at(days=60):
            self._invoice(1000, -3)
            self.assertEqual(self._night().stage_id, self.stage)

    def test_what_is_covered_or_put_off_is_not_announced(self):
        self._invoice(1000, -3)
        excluded = self._new_debtor("Excluded", email="e@example.com")
        excluded.debt_profile_id = self.debtor.debt_profile_id
        self._invoice(700, -3, excluded).with_user(self.accountant)._debt_exclude(
            fields.Date.today() + timedelta(days=30), "Merger"
        )
        credit = self.env["account.payment"].create(
            {"partner_id": self.debtor.id, "amount": 1000, "payment_type": "inbound"}
        )
        credit.action_post()
        self._night()
        self.assertFalse(self._open())
        self.assertFalse(self._open(excluded))

    def test_the_next_invoice_is_announced_anew(self):
        """The same case, when it was closed lately, and a message of its own."""
        first = self._invoice(1000, -3)
        case = self._night()
        self._pay(first)
        with self._at(days=20):
            self._invoice(600, -3)
            self.assertEqual(self._night(), case)
            self.assertEqual(len(case.debtor_message_ids), 2)
            self.assertIn("600", case.debtor_message_ids[0].body)

    def test_a_second_one_is_announced_when_the_first_is_paid(self):
        first = self._invoice(1000, -3)
        self._invoice(600, -7)
        case = self._night()
        self.assertNotIn("600", case.debtor_message_ids.body)
        with self._at(days=2):
            self._pay(first)
            self.assertEqual(self._night(), case)
            self.assertEqual(case.oldest_due_date, date(2026, 3, 17))
            self.assertEqual(len(case.debtor_message_ids), 2)

    def test_grace_days_keep_the_case(self):
        self.company.debt_grace_days = 5
        self._invoice(1000, -3)
        case = self._night()
        with self._at(days=6):
            self.assertEqual(self._night(), case)
            self.assertEqual(case.amount_overdue, 0)
            self.assertEqual(len(case.debtor_message_ids), 1)
        with self._at(days=10):
            self.assertEqual(self._night(), case)
            self.assertEqual(case.amount_overdue, 1000)

    def test_an_unpaid_promise_keeps_the_case(self):
        self._invoice(1000, -3)
        case = self._night()
        self.env["debt.case.entry"].create(
            {
                "case_id": case.id,
                "kind": "promise",
                "promise_amount": 1000,
                "promise_date": fields.Date.today() + timedelta(days=10),
            }
        ).action_record()
        self.assertEqual(case.state, "promised")
        with self._at(days=5):
            self.assertEqual(self._night(), case)
            self.assertEqual((case.state, case.amount_overdue), ("promised", 1000))

    def test_switched_off_such_cases_are_closed(self):
        self._invoice(1000, -3)
        case = self._night()
        overdue = self._new_debtor("Late", "+32 470 00 20 03")
        self._invoice(100, 20, overdue)
        self._night()
        self.company.debt_current_ladder_id = False
        self.assertEqual((case.state, case.close_reason), ("closed", "withdrawn"))
        self.assertTrue(self._open(overdue))

    def test_it_is_not_in_collection(self):
        """Figures count what is overdue, and what was told in time is no success."""
        report = self.env["debt.case.report"]
        move = self._invoice(1000, -3)
        case = self._night()
        self.assertFalse(report.search([("case_id", "=", case.id)]))
        self._pay(move)
        self.assertFalse(report.search([("case_id", "=", case.id)]))

    def test_a_message_that_waits_says_nothing_of_what_is_overdue_by_now(self):
        with self._at(hours=12):  # ten in the evening: it waits for the morning
            self._invoice(1000, -1)
            case = self._night()
            self.assertEqual(case.debtor_message_ids.state, "queued")
        with self._at(days=2):
            self._night()
            self.assertEqual(case.debtor_message_ids.sorted("id")[0].state, "cancelled")
