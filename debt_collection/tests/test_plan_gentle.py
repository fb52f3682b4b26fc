from datetime import date, timedelta

from odoo import fields
from odoo.tests import Form, tagged

from .common import TUESDAY, DebtCommon


@tagged("post_install", "-at_install")
class TestGentleStart(DebtCommon):
    """M5: a customer one day late gets a message, not four calls."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.gentle = cls.env.ref("debt_collection.ladder_mild")
        cls.stage = cls.env.ref("debt_collection.stage_overdue")
        cls.stage.ladder_id = cls.gentle
        cls.debtor.email = "one@example.com"
        cls.company.email = "us@example.com"

    def _cron(self):
        for name in ("plan", "ladder_message", "message"):
            with self.enter_registry_test_mode():
                cron = self.env.ref(f"debt_collection.ir_cron_debt_{name}")
                cron.method_direct_trigger()
        self.env.invalidate_all()

    def test_a_day_late_is_written_to_and_not_called(self):
        move = self._invoice(1000, 1)
        case = self._case()
        self.assertEqual(case.ladder_id, self.gentle)
        self.assertGreaterEqual(case.next_contact_at.date(), date(2026, 3, 14))
        self._cron()
        [message] = case.debtor_message_ids
        self.assertEqual((message.state, message.channel), ("sent", "email"))
        self.assertIn("1,000", message.body)
        self.assertIn(move.name, message.body)
        self._cron()
        self.assertEqual(case.debtor_message_ids, message, "once")
        self.assertFalse(self.cases.with_user(self.operator).claim_next())
        with self._at(days=6):
            case.sudo()._set_dirty()
            case._plan()
            self.assertEqual(
                case.next_contact_at.date(), (TUESDAY + timedelta(days=6)).date()
            )

    def test_who_pays_after_the_message_is_not_called(self):
        move = self._invoice(1000, 1)
        case = self._case()
        self._cron()
        self._pay(move)
        self.assertEqual(case.state, "closed")

    def test_a_debtor_without_an_address_is_called_from_the_fifth_day_on(self):
        self.debtor.write({"email": False, "phone": "+32 2 555 33 44"})
        self._invoice(1000, 1)
        case = self._case()
        self._cron()
        self.assertFalse(case.debtor_message_ids)
        self.assertTrue(case.next_contact_at)

    def test_the_checklist_chooses_the_ladder_of_fresh_debts(self):
        self._invoice(1000, 1)
        case = self._case()
        started = fields.Date.today() - timedelta(days=3)
        case.sudo().ladder_started_on = started
        other = self._new_debtor("Other", "+32 470 00 20 01")
        self._invoice(500, 2, other)
        own = self.env["debt.ladder"].create({"name": "Own"})
        by_hand = self._case(other)
        by_hand.sudo().ladder_id = own
        start = Form(self.env["debt.start"].with_user(self.manager))
        self.assertEqual(start.ladder_id, self.gentle)
        persistent = self.env.ref("debt_collection.ladder_default")
        start.ladder_id = persistent
        start.save().action_apply()
        self.assertEqual(self.stage.ladder_id, persistent)
        self.assertEqual(
            (case.ladder_id, case.ladder_started_on), (persistent, started)
        )
        self.assertEqual(by_hand.ladder_id, own, "somebody chose it")


@tagged("post_install", "-at_install")
class TestStageEffect(DebtCommon):
    """M7: a new stage says what it does."""

    def test_a_new_stage_says_which_debts_it_is_for(self):
        self._invoice(1000, 40)
        case = self._case()
        form = Form(self.env["debt.stage"].with_user(self.manager))
        form.name, form.days_from = "Late", 31
        self.assertIn("31 to 90", form.effect)
        self.assertEqual(form.waiting_count, 1)
        stage = form.save()
        self.assertEqual(case.stage_id.days_from, 1)
        stage.with_user(self.manager).action_sort_cases()
        self.assertEqual(case.stage_id, stage)
        self.assertEqual(stage.waiting_count, 0)

    def test_the_last_stage_has_no_end(self):
        stage = self.env.ref("debt_collection.stage_collectible")
        self.assertIn("from 91", stage.effect)

    def test_nobody_groups_by_what_the_program_keeps_for_itself(self):
        """M11: no "Plan Dirty" in Custom Group."""
        found = self.cases.fields_get(["plan_dirty", "stage_id"], ["groupable"])
        self.assertFalse(found["plan_dirty"]["groupable"])
        self.assertTrue(found["stage_id"]["groupable"])
