from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .test_call_window import WizardCommon


@tagged("post_install", "-at_install")
class TestLearn(WizardCommon):
    """Numbers and people of whom an operator hears, and numbers that were wrong."""

    def _numbers(self, contact):
        return self.env["debt.phone"].search([("contact_id", "=", contact.id)])

    def test_a_number_heard_on_the_line_is_dialled_and_kept(self):
        wizard = self._open()
        with self.assertRaises(UserError):
            wizard.action_dial_other()
        wizard.other_number = "0470 99 99 99"
        action = wizard.action_dial_other()
        self.assertEqual(action["tag"], "debt_collection.dial")
        self.assertEqual(wizard.call_id.number, "+32470999999")
        phone = wizard.call_id.phone_id
        self.assertEqual(phone.contact_id, self.debtor)
        self.assertIn(self.operator.name, phone.learned_from)
        self.assertIn(phone, wizard.phone_ids.phone_id)

    def test_what_is_no_number_is_neither_kept_nor_dialled(self):
        wizard = self._open()
        for nonsense in ("soon", "12", "0470 99 99 99, 0470 99 99 98"):
            wizard.other_number = nonsense
            with self.assertRaises(UserError), self.cr.savepoint():
                wizard.action_dial_other()
        self.assertEqual(wizard.call_state, "draft")
        self.assertEqual(self.debtor.phone, "+32 470 12 34 56")

    def test_at_a_forbidden_hour_a_new_number_is_not_dialled_either(self):
        wizard = self._open()
        wizard.other_number = "0470 99 99 99"
        with self._at(hours=12), self.assertRaises(UserError):
            wizard.action_dial_other()

    def test_a_person_is_written_down_by_an_operator_without_rights_on_contacts(self):
        self.assertFalse(
            self.env["res.partner"].with_user(self.operator).has_access("create")
        )
        wizard = self._open()
        form = self.env["debt.call.person"].with_user(self.operator)
        form = form.browse(wizard.action_learn()["res_id"])
        form.write(
            {
                "name": "Eva Claes",
                "role": "CFO",
                "number": "+32 2 555 01 02 ext. 12",
                "email": "Eva@Example.com",
                "has_hour": True,
                "preferred_hour": 16.5,
                "preferred_channel": "email",
                "decision_maker": True,
                "learned_from": "the secretary",
            }
        )
        form.action_save()
        eva = self.debtor.child_ids
        self.assertEqual((eva.name, eva.function), ("Eva Claes", "CFO"))
        self.assertEqual(eva.email, "eva@example.com")
        self.assertTrue(eva.debt_decision_maker)
        # Calls are planned by the wishes of who decides.
        self.assertEqual(self.debtor.debt_preferred_hour, 16.5)
        phone = self._numbers(eva)
        self.assertEqual((phone.number, phone.extension), ("+3225550102", "12"))
        self.assertIn("the secretary", phone.learned_from)
        line = wizard.phone_ids.filtered(lambda one: one.phone_id == phone)
        self.assertEqual(line.owner, "Eva Claes, CFO, decides about payment")
        # Heard of again, she is the same person.
        wizard.call_id.learn(name="eva claes", number="+32 470 11 22 33")
        self.assertEqual(len(self.debtor.child_ids), 1)
        self.assertEqual(len(self._numbers(eva)), 2)

    def test_whoever_is_known_by_the_role_alone_is_called_by_it(self):
        wizard = self._open()
        form = self.env["debt.call.person"].with_user(self.operator)
        form = form.browse(wizard.action_learn()["res_id"])
        form.write({"role": "Bookkeeper", "number": "+32 2 555 01 03"})
        form.action_save()
        somebody = self.debtor.child_ids
        self.assertEqual((somebody.name, somebody.function), ("Bookkeeper",) * 2)
        self.assertFalse(self.debtor.function)
        self.assertEqual(self._numbers(somebody).number, "+3225550103")

    def test_another_debtors_contact_is_nobodys_to_write(self):
        other = self._new_debtor("Other", "+32 470 00 00 01")
        call = self._call()
        for values in (
            {"contact_id": other.id, "number": "+32 470 99 99 99"},
            {"name": "Eva", "email": "no address"},
            {"name": "Eva", "preferred_hour": 25.0},
            {"name": "Eva", "preferred_channel": "pigeon"},
            {"name": ["Eva"]},
            {"vat": "BE0477472701"},
            {"learned_from": "nobody"},
        ):
            with self.subTest(values), self.assertRaises(UserError):
                call.learn(**values)
        with self.assertRaises(AccessError):
            call.with_user(self.colleague).learn(name="Eva")

    def test_invoices_do_not_go_elsewhere_because_somebody_said_so(self):
        self.debtor.email = "invoices@example.com"
        call = self._call()
        with self.assertRaises(UserError):
            call.learn(email="other@example.com")
        call.learn(email="other@example.com", name="Eva")
        self.assertEqual(self.debtor.email, "invoices@example.com")

    def test_a_number_is_corrected_from_the_window(self):
        wizard = self._open()
        form = self.env["debt.phone.mend"].with_user(self.operator)
        form = form.browse(wizard.phone_ids.action_mend()["res_id"])
        self.assertEqual(form.number, "+32 470 12 34 56")
        with self.assertRaises(UserError):
            form.action_save()
        form.number = "+32 470 12 34 57"
        form.action_save()
        self.assertEqual(self.debtor.phone, "+32 470 12 34 57")
        self.assertEqual(wizard.phone_ids.number, "+32470123457")

    def test_a_wrong_extension_is_no_wrong_switchboard(self):
        self.debtor.phone = "+32 2 555 01 02 ext. 11, +32 2 555 01 02 ext. 12"
        wizard = self._open()
        first, second = wizard.phone_ids.phone_id.with_env(self.env)
        first.with_user(self.operator).mark("wrong")
        self.assertEqual((first.health, second.health), ("wrong", "unknown"))
        first.with_user(self.operator).mark("dead")
        self.assertEqual((first.health, second.health), ("dead", "dead"))
        first.with_user(self.operator).mark("good")
        self.assertEqual(first.confirmed_on, fields.Date.today())
        first.health = "do_not_call"
        with self.assertRaises(UserError):
            first.with_user(self.operator).mark("good")

    def test_a_number_that_begins_like_another_is_left_alone(self):
        self.debtor.phone = "+49 171 1234567, +49 171 123456"
        self._case()
        phone = self.debtor.debt_phone_ids.filtered(
            lambda one: one.raw == "+49 171 123456"
        )
        phone.with_user(self.operator).mend("+49 171 1234568")
        self.assertEqual(self.debtor.phone, "+49 171 1234567, +49 171 1234568")

    def test_a_talk_that_took_place_is_not_logged_as_unanswered(self):
        call = self._call()
        call.dial(number=None)
        now = fields.Datetime.now()
        call.sudo().write(
            {"confirmed_by": "telephony", "answered_at": now, "state": "wrapup"}
        )
        with self.assertRaisesRegex(UserError, "Somebody answered"):
            call._try_next()
        self.assertFalse(call.outcome_id)

    def test_values_of_the_wrong_kind_are_said_to_be_so(self):
        call = self._call()
        for values in ({"number": 5}, {"name": 7}, {"preferred_hour": "9"}):
            with self.assertRaisesRegex(UserError, "cannot be used"):
                call.learn(**values)
        call.dial(number=None)
        for values in ({"paid_reference": 5}, {"paid_amount": "much"}, {"paid_on": 3}):
            with self.assertRaisesRegex(UserError, "cannot be used"):
                call.finish("claims_paid", note="Paid", **values)

    def test_nobody_marks_numbers_of_a_debtor_whose_case_he_does_not_see(self):
        phone = self._open().phone_ids.phone_id
        team = self.env["debt.team"].create({"name": "Others"})
        team.member_ids = [Command.create({"user_id": self.manager.id})]
        self._case().write({"team_id": team.id, "user_id": self.manager.id})
        for user in (self.colleague,):
            with self.assertRaises(AccessError):
                phone.with_user(user).mark("dead")
            with self.assertRaises(AccessError):
                phone.with_user(user).mend("+32 470 12 34 57")

    def test_unanswered_the_next_number_is_dialled_from_the_same_window(self):
        self.debtor.phone = "+32 470 12 34 56, +32 470 12 34 57"
        wizard = self._open()
        first, second = wizard.phone_ids
        first.action_dial()
        self.assertEqual(wizard.phone_ids.mapped("is_dialled"), [True, False])
        action = second.action_dial()
        self.assertEqual(action["tag"], "debt_collection.replace")
        self.assertEqual(action["params"]["then"]["params"]["number"], "+32470123457")
        self.assertEqual(wizard.call_id.outcome_code, "no_answer")
        calls = self.env["debt.call"].search([("partner_id", "=", self.debtor.id)])
        self.assertEqual(len(calls), 2)
        self.assertEqual(sum(calls.mapped("state").count(s) for s in ["dialing"]), 1)

    def test_numbers_are_tried_in_turn(self):
        self.debtor.phone = "+32 470 12 34 56, +32 470 12 34 57, +32 470 12 34 58"
        case, offered = self._case(), []
        for hours in (0, 25, 50, 75):
            with self._at(hours=hours):
                wizard = self._open(case)
                offered.append(wizard.phone_ids[0].number[-1])
                wizard.phone_ids[0].action_dial()
                wizard.call_id.finish("no_answer")
        self.assertEqual(offered, ["6", "7", "8", "6"])

    def test_who_was_reached_confirms_the_number(self):
        wizard = self._open()
        phone = wizard.phone_ids.phone_id
        wizard.phone_ids.action_dial()
        wizard.call_id.finish("other", party="right_party", note="Yes")
        self.assertEqual(phone.confirmed_on, fields.Date.today())
        self.assertFalse(phone._is_stale(fields.Date.today()))
        with self._at(days=200):
            self.assertTrue(phone._is_stale(fields.Date.today()))

    def test_the_number_of_who_has_left_is_not_offered(self):
        wizard = self._open()
        wizard.call_id.learn(name="Eva", number="+32 470 99 99 99")
        self.debtor.child_ids.active = False
        wizard._renew_numbers(self.debtor)
        self.assertEqual(wizard.phone_ids.mapped("number"), ["+32470123456"])
