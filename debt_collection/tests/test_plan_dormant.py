from ast import literal_eval
from datetime import timedelta
from itertools import pairwise

from odoo import fields
from odoo.tests import tagged

from .common import DebtCommon


@tagged("post_install", "-at_install")
class TestDormant(DebtCommon):
    """Who was given up is written to now and then, and comes back by himself."""

    def setUp(self):
        super().setUp()
        self.debtor.email = "one@debtor.example"
        self.company.email = "debts@company.example"
        self.invoice = self._invoice(1000, 20)
        self.case = self._case()
        self.case.sudo().ladder_started_on = fields.Date.today() - timedelta(days=40)
        self.case._plan()
        self.assertEqual(self.case.state, "dormant")

    def test_a_slow_ladder_writes_once_a_month(self):
        slow = self.env.ref("debt_collection.ladder_dormant")
        self.assertEqual(self.case.ladder_id, slow)
        self.assertEqual(self.case.ladder_started_on, fields.Date.today())
        self.assertFalse(self.case.next_contact_at)
        self.assertTrue(self.case.next_message_at)
        sent = []
        for day in range(100):
            with self._at(days=day, hours=2):
                due = self.case.next_message_at
                if due and due <= fields.Datetime.now():
                    self.case._make_ladder_messages()
                    sent.append(day)
        self.assertEqual(len(sent), 3)
        gaps = [later - earlier for earlier, later in pairwise(sent)]
        self.assertTrue(all(27 <= gap <= 33 for gap in gaps), sent)
        self.assertEqual(set(self.case.debtor_message_ids.mapped("channel")), {"email"})

    def test_left_alone_where_the_company_wants_so(self):
        self.company.debt_dormant_ladder_id = False
        self.case.action_resume()
        self.case.sudo().ladder_started_on = fields.Date.today() - timedelta(days=40)
        self.case._plan()
        self.assertEqual(self.case.state, "dormant")
        self.assertFalse(self.case.next_message_at)

    def _assert_awake(self):
        self.case._plan()
        self.assertEqual(self.case.state, "active")
        self.assertEqual(self.case.ladder_id, self.case.stage_id.ladder_id)
        self.assertEqual(self.case.ladder_started_on, self.company._debt_today())
        self.assertTrue(self.case.next_contact_at)

    def test_resume_calls_again(self):
        """A8: it did nothing, the ladder being over."""
        self.case.with_user(self.operator).action_resume()
        self._assert_awake()

    def test_a_new_overdue_item_wakes(self):
        self._invoice(300, 3)
        self.cases._cron_refresh()
        self._assert_awake()
        self.assertIn("has changed", "".join(self.case.message_ids.mapped("body")))

    def test_a_part_payment_wakes(self):
        self._pay(self.invoice, 100)
        self.case.invalidate_recordset()
        self.env.cr.precommit.run()
        self._assert_awake()

    def test_a_quiet_night_wakes_nobody(self):
        self.cases._cron_refresh()
        self.assertEqual(self.case.state, "dormant")

    def test_a_reply_wakes(self):
        self.case.message_update({"body": "I am back", "from": "one@debtor.example"})
        self._assert_awake()

    def test_strangers_and_machines_wake_nobody(self):
        for sender, automatic in (
            ("news@example.org", False),
            ("one@debtor.example", True),
        ):
            case = self.case.with_context(debt_mail_is_automatic=automatic)
            case.message_update({"body": "Away until Monday", "from": sender})
            self.assertEqual(self.case.state, "dormant", sender)

    def test_an_sms_wakes_unless_it_refuses(self):
        refusals = self.env["debt.refusal"].with_user(self.manager)
        refusals.receive_sms("+32 470 12 34 56", "STOP")
        self.assertEqual(self.case.state, "dormant")
        refusals.receive_sms("+32 470 12 34 56", "I can pay next week")
        self._assert_awake()

    def test_what_is_entered_wakes(self):
        entry = self.env["debt.case.entry"].create(
            {"case_id": self.case.id, "kind": "note", "note": "He rang the bell."}
        )
        entry.action_record()
        self._assert_awake()

    def test_a_promise_that_breaks_leads_back_to_calls(self):
        entry = self.env["debt.case.entry"].create(
            {
                "case_id": self.case.id,
                "kind": "promise",
                "promise_amount": 100,
                "promise_date": fields.Date.today(),
            }
        )
        entry.action_record()
        self.assertEqual(self.case.state, "promised")
        with self._at(days=5):
            self.cases._cron_refresh()
            self.case._plan()
            self.assertEqual(self.case.state, "active")
            self.assertTrue(self.case.next_contact_at)

    def test_paid_while_dormant_and_owing_again(self):
        self._pay(self.invoice)
        self.assertEqual(self.case.state, "closed")
        with self._at(days=5):
            self._invoice(80, 1)
            self.cases._cron_refresh()
            self._assert_awake()

    def test_the_list_has_its_menu(self):
        action = self.env.ref("debt_collection.debt_menu_dormant").action
        self.assertIn(self.case, self.cases.search(literal_eval(action.domain)))
