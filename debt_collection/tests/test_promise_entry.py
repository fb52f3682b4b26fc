from datetime import date

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, tagged

from .common import DebtCommon


@tagged("post_install", "-at_install")
class TestEntry(DebtCommon):
    """What a debtor lets us know by mail, by letter or in person, without a call."""

    def setUp(self):
        super().setUp()
        self.invoice = self._invoice(1000, 20)
        self.other = self._invoice(500, 10)
        self.case = self._case()
        self.calls = self.case.call_ids

    def _form(self, kind, user=None):
        entries = self.env["debt.case.entry"].with_user(user or self.accountant)
        form = Form(entries.with_context(default_case_id=self.case.id))
        form.kind = kind
        return form

    def _tick(self, form, move):
        for number, name in enumerate(form.item_ids._records):
            if name["name"] == move.name:
                with form.item_ids.edit(number) as item:
                    item.selected = True

    def _said(self):
        return self.case.message_ids[0].body

    def test_a_promise_by_email_counts_as_one_made_in_a_call(self):
        form = self._form("promise")
        self.assertEqual(form.promise_amount, 1500)
        form.promise_amount = 1000
        form.promise_date = date(2026, 3, 20)
        form.promise_method = "bank_transfer"
        form.received_on = date(2026, 3, 8)
        self._tick(form, self.invoice)
        form.save().action_record()
        promise = self.case.promise_ids
        self.assertEqual(promise.line_ids, self.invoice._debt_lines())
        self.assertEqual(
            (promise.amount, promise.made_on, promise.user_id, promise.state),
            (1000, date(2026, 3, 8), self.accountant, "open"),
        )
        self.assertEqual(self.case.state, "active", "the other item is not promised")
        self.assertFalse(self.case.call_ids, "nobody called")
        self.assertIn("By E-mail", self._said())
        self.assertIn("1,000.00", self._said())
        self._pay(self.invoice)
        self.assertEqual(promise.state, "kept")

    def test_a_plan_by_letter(self):
        form = self._form("promise")
        form.channel = "letter"
        form.promise_date = date(2026, 3, 31)
        form.promise_parts = 3
        form.save().action_record()
        self.assertEqual(
            self.case.promise_ids.sorted("date").mapped("date"),
            [date(2026, 3, 31), date(2026, 4, 30), date(2026, 5, 31)],
        )
        self.assertEqual(sum(self.case.promise_ids.mapped("amount")), 1500)
        self.assertEqual(len(self.case.promise_ids.plan_id), 1)
        self.assertEqual(self.case.state, "promised")

    def test_what_a_call_refuses_is_refused_here(self):
        for day, amount in ((date(2026, 3, 9), 100), (date(2026, 3, 20), 0)):
            form = self._form("promise")
            form.promise_amount, form.promise_date = amount, day
            with self.assertRaises(ValidationError), self.cr.savepoint():
                form.save().action_record()
        late = self._form("note")
        late.note, late.received_on = "Tomorrow", date(2026, 3, 11)
        with self.assertRaises(ValidationError):
            late.save().action_record()

    def test_says_it_is_paid(self):
        """The accountant looks for it, by date, amount and reference (O17)."""
        form = self._form("paid", self.operator)
        form.paid_on = date(2026, 3, 6)
        form.paid_amount = 1000
        form.paid_reference = "RF18 5390"
        form.save().action_record()
        self.assertEqual(self.case.state, "on_hold")
        self.assertEqual(self.case.hold_until, date(2026, 3, 13))
        todo = self.case.activity_ids.filtered(
            lambda one: one.user_id == self.accountant
        )
        for said in (todo.note, self._said()):
            for part in ("1,000.00", "03/06/2026", "RF18 5390"):
                self.assertIn(part, said)

    def test_a_payment_is_told_with_date_and_amount(self):
        for day, amount in ((date(2026, 3, 20), 100), (date(2026, 3, 6), -1)):
            form = self._form("paid")
            form.paid_on, form.paid_amount = day, amount
            with self.assertRaises(ValidationError), self.cr.savepoint():
                form.save().action_record()

    def test_a_dispute_about_a_part(self):
        form = self._form("dispute", self.operator)
        form.note = "Half of it was broken"
        form.dispute_code = "defective"
        self._tick(form, self.invoice)
        form.dispute_amount = 250
        form.save().action_record()
        dispute = self.case.dispute_ids
        self.assertEqual(dispute.move_ids, self.invoice)
        self.assertEqual((dispute.amount, dispute.reason_code), (250, "defective"))
        self.assertEqual(dispute.user_id, self.accountant)
        self.assertEqual(self.case.amount_disputed, 250)

    def test_a_note(self):
        form = self._form("note")
        form.channel = "in_person"
        form.note = "Moves to Ghent in May <b>"
        form.save().action_record()
        self.assertIn("Moves to Ghent in May &lt;b&gt;", self._said())
        self.assertEqual(self.case.state, "active")

    def test_a_closed_case_takes_notes_only(self):
        self._pay(self.invoice + self.other)
        self.assertEqual(self.case.state, "closed")
        form = self._form("promise")
        form.promise_amount, form.promise_date = 5, date(2026, 3, 20)
        with self.assertRaises(ValidationError), self.cr.savepoint():
            form.save().action_record()
        form = self._form("note")
        form.note = "Thanks us"
        form.save().action_record()
        self.assertIn("Thanks us", self._said())

    def test_another_teams_case_takes_nothing(self):
        team = self.env["debt.team"].create({"name": "Others"})
        self.case.write({"team_id": team.id, "user_id": self.colleague.id})
        with self.assertRaises(AccessError):
            self._form("note", self.operator)
        entry = self.env["debt.case.entry"].create(
            {"case_id": self.case.id, "kind": "note", "note": "Mine?"}
        )
        with self.assertRaises(AccessError):
            entry.with_user(self.operator).action_record()

    def test_roles_may_mend_contacts_and_export(self):
        """A1: accountant and manager, by what their role implies."""
        for user in (self.accountant, self.manager):
            self.assertTrue(user.has_group("base.group_partner_manager"))
            self.assertTrue(user.has_group("base.group_allow_export"))
            self.debtor.with_user(user).phone = "+32 470 99 88 77"
        self.assertFalse(self.operator.has_group("base.group_allow_export"))
