from datetime import datetime, timedelta

from freezegun import freeze_time
from psycopg2 import IntegrityError

from odoo.exceptions import UserError
from odoo.tests import Form, tagged
from odoo.tools import SQL, mute_logger

from odoo.addons.debt_collection.models.figures.debt_collection_write import RENEWED

from .common import TUESDAY
from .test_ending_handover import TODAY, HandoverCommon


@tagged("post_install", "-at_install")
class TestReturn(HandoverCommon):
    """What a case was before somebody else had it, it is again afterwards."""

    def _paid_and_returned(self):
        """Handed over, paid in full, closed by the ledger, and given back."""
        handover = self._hand_over()
        self._pay(self.invoice)
        self.cases.refresh(self.debtor.ids)
        self.assertEqual((self.case.state, handover.state), ("closed", "open"))
        self._return(handover, "paid")
        return handover

    def _stopped(self):
        self._call(self.case).finish("bankrupt", note="Filed on Monday")
        self.assertEqual(self.case.state, "legal")

    # --- who paid, and owes again -----------------------------------------------------
    def test_who_owes_again_soon_after_a_success_is_collected_from(self):
        self._paid_and_returned()
        with self._at(days=5):
            self._invoice(70, 3)
            self.assertEqual(self._case(), self.case, "the same case, opened again")
            self.assertEqual(self.case.state, "active")
            self.assertTrue(self.case.next_contact_at)

    def test_who_owes_again_late_after_a_success_is_collected_from(self):
        self._paid_and_returned()
        with self._at(days=self.company.debt_reopen_days + 30):
            self._invoice(70, 3)
            fresh = self._case()
            self.assertNotEqual(fresh, self.case)
            self.assertEqual(fresh.state, "active")
            self.assertTrue(fresh.next_contact_at)

    def test_while_another_has_it_a_closed_case_stays_theirs(self):
        """Two debtors became one, and both had been handed over."""
        handover = self._hand_over()
        other = self._new_debtor("Debtor Two", "+32 470 22 22 22")
        self._invoice(300, 40, other)
        second = self._hand_over(self._case(other))
        second.sudo().case_id = self.case
        self._pay(self.invoice)
        self.cases.refresh(self.debtor.ids)
        self._return(handover, "paid")
        self.assertEqual(self.case.closed_state, "legal")
        self._return(second, "paid")
        self.assertEqual(self.case.closed_state, "active")

    # --- what was there before --------------------------------------------------------
    def test_a_legal_stop_outlasts_the_return(self):
        self._stopped()
        handover = self._hand_over()
        self.assertEqual(handover.state_then, "legal")
        self._return(handover)
        self.assertEqual(self.case.state, "legal")
        self.assertFalse(self.case.check_contact("call")["allowed"])
        self.assertIn("still is", self.case.message_ids[0].body)
        self.case.with_user(self.accountant).action_resume()
        self.assertEqual(self.case.state, "active")

    def test_a_legal_stop_outlasts_payment_and_return(self):
        self._stopped()
        self._paid_and_returned()
        with self._at(days=5):
            self._invoice(70, 3)
            self.assertEqual(self._case().state, "legal")

    def test_a_stop_learned_meanwhile_outlasts_the_return(self):
        handover = self._hand_over()
        inbound = self.env["debt.call.inbound"].with_user(self.operator)
        action = inbound.action_take(self.case.id, self.debtor.phone)
        window = self.env[action["res_model"]].with_user(self.operator)
        call = window.browse(action["res_id"]).call_id
        call.finish("bankrupt", note="He rang: filed on Monday")
        self._return(handover)
        self.assertEqual(self.case.state, "legal")
        self.assertFalse(self.case.next_contact_at)

    def test_who_is_insolvent_is_not_called_after_the_return(self):
        handover = self._hand_over()
        self._return(handover, "insolvent")
        self.assertEqual(self.case.state, "legal")
        self.assertFalse(self.case.next_contact_at)

    def test_a_hold_with_a_day_lasts_until_then(self):
        self._put_on_hold(self.case, 10)
        handover = self._hand_over()
        self.assertEqual(
            (handover.state_then, handover.hold_until_then),
            ("on_hold", TODAY + timedelta(days=10)),
        )
        self._return(handover, "recalled")
        self.assertEqual(
            (self.case.state, self.case.hold_until),
            ("on_hold", TODAY + timedelta(days=10)),
        )

    def test_a_hold_that_is_over_meanwhile_is_over(self):
        self._put_on_hold(self.case, 10)
        handover = self._hand_over()
        with self._at(days=20):
            self.case._plan()
            self._return(handover, "recalled")
            self.assertEqual((self.case.state, self.case.hold_until), ("active", False))

    def test_a_hold_without_a_day_lasts(self):
        self.case._set_state("on_hold", hold_until=False)
        handover = self._hand_over()
        self._return(handover, "recalled")
        self.assertEqual((self.case.state, self.case.hold_until), ("on_hold", False))

    def test_a_legal_stop_of_one_of_two_debtors_who_are_one(self):
        self._stopped()
        other = self._new_debtor("Debtor Two", "+32 470 22 22 22")
        self._invoice(300, 40, other)
        theirs = self._case(other)
        handover = self._hand_over(theirs)
        self.assertEqual(handover.state_then, "active")
        theirs.sudo()._before_merge(self.case)
        self.assertEqual(handover.state_then, "legal")

    # --- entered ----------------------------------------------------------------------
    def test_a_case_is_checked_however_it_is_named(self):
        handovers = self.env["debt.handover"].with_user(self.accountant)
        values = {"kind": "agency", "agent_id": self.agency.id}
        named = handovers.with_context(default_case_id=self.case.id)
        with self.assertRaisesRegex(UserError, "already"), self.env.cr.savepoint():
            handovers.create([values | {"case_id": self.case.id}] * 2)
        named.create(values)
        self.assertEqual(self.case.state, "legal")
        with self.assertRaisesRegex(UserError, "already"), self.env.cr.savepoint():
            named.create(values)
        self._pay(self.invoice)
        self.cases.refresh(self.debtor.ids)
        with self.assertRaisesRegex(UserError, "closed"), self.env.cr.savepoint():
            named.create(values)

    def test_sum_and_items_are_those_of_one_moment(self):
        """A payment is known before the case has been brought up to date."""
        self._pay(self.invoice, 400)
        self.env["debt.case"].flush_model()
        self.env.cr.execute(
            SQL(
                "UPDATE debt_case SET amount_overdue = 1000 WHERE id = %s", self.case.id
            )
        )
        self.case.invalidate_recordset()
        handover = self._hand_over()
        self.assertEqual(handover.owed, 600)
        self.assertEqual(handover.line_ids, self.invoice._debt_lines())

    def test_nothing_is_handed_over_before_there_was_a_debt(self):
        first = self.invoice.invoice_date
        with self.assertRaisesRegex(UserError, "before"), self.env.cr.savepoint():
            self._hand_over(handed_on=first - timedelta(days=1))
        self.assertEqual(self._hand_over(handed_on=first).handed_on, first)

    def test_the_day_is_that_of_the_cases_company(self):
        self.company.partner_id.tz = "Pacific/Auckland"
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        elsewhere.partner_id.tz = "Pacific/Honolulu"
        self.env.user.company_ids |= elsewhere
        env = self.env(context={"allowed_company_ids": [elsewhere.id, self.company.id]})
        with freeze_time(datetime(2026, 3, 10, 21, 0)):
            self.assertEqual(elsewhere._debt_today(), TODAY)
            tomorrow = TODAY + timedelta(days=1)
            dialog = env["debt.case.handover"].create({"case_ids": self.case.ids})
            self.assertEqual(dialog.handed_on, tomorrow)
            handover = env["debt.handover"].create(
                {"case_id": self.case.id, "agent_id": self.agency.id}
            )
            self.assertEqual(handover.handed_on, tomorrow)

    def test_who_has_a_case_is_not_deleted(self):
        self._hand_over()
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(IntegrityError),
            self.env.cr.savepoint(),
        ):
            self.agency.unlink()
            self.env.flush_all()
        self.assertTrue(self.agency.exists())

    def test_an_operator_reads_it(self):
        handover = self._hand_over()
        handover.action_package()
        mine = handover.with_user(self.operator)
        view = self.env.ref("debt_collection.debt_handover_view_form")
        with Form(mine, view) as form:
            self.assertEqual(form.owed, 1000)
            self.assertNotIn("export_ids", form._view["fields"])
        theirs = Form(handover.with_user(self.accountant), view)
        self.assertIn("export_ids", theirs._view["fields"])

    # --- figures ----------------------------------------------------------------------
    def test_what_was_paid_long_before_it_was_entered_counts(self):
        invoice = self._invoice(500, 400)
        self.case = self._case()
        self.env["debt.case"].flush_model()
        self.env.cr.execute(
            SQL(
                "UPDATE debt_case SET create_date = %s WHERE id = %s",
                TUESDAY - timedelta(days=390),
                self.case.id,
            )
        )
        long_ago = TODAY - RENEWED - timedelta(days=60)
        self._pay(invoice, 200, payment_date=long_ago)
        rows = self.env["debt.collection.report"]
        rows._renew(self.company)
        self.company.debt_collected_changed = False
        handover = self._hand_over(handed_on=long_ago - timedelta(days=10))
        rows._cron_renew()
        handover.invalidate_recordset()
        self.assertEqual(handover.collected, 200)
