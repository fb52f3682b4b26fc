from unittest.mock import patch

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import new_test_user, tagged

from odoo.addons.debt_collection.tests.test_ui import ALL_DAYS

from .common import SoftphoneCommon

SPELLINGS = ("+32470123456", "0032470123456", "0470/12.34.56", "+32 (0)470 12 34 56")


@tagged("post_install", "-at_install")
class TestDialPad(SoftphoneCommon):
    """A debtor's number typed into the softphone goes the way of the call window."""

    def _typed(self, number="0470 12 34 56", user=None):
        return self._softphone(user).debt_place(number)

    def test_it_is_on_record_and_its_window_opens(self):
        for spelling in SPELLINGS:
            with self.subTest(spelling), self.env.cr.savepoint() as savepoint:
                answer = self._typed(spelling)
                call = self.case.call_ids
                self.assertEqual(answer["verdict"], "placed")
                self.assertEqual(answer["dial"]["call_id"], call.id)
                self.assertEqual((call.state, call.phone_id), ("dialing", self.phone))
                self.assertEqual(answer["window"]["res_model"], "debt.call.wizard")
                savepoint.rollback()
                self.env.invalidate_all()

    def test_at_night_it_is_refused(self):
        with self._at(hours=11), self.assertRaises(UserError):
            self._typed()
        self.assertFalse(self.case.call_ids)

    def test_the_open_window_is_dialled_from(self):
        call = self._call(self.case)
        self.assertEqual(self._typed()["dial"]["call_id"], call.id)

    def test_a_call_that_is_not_logged_comes_first(self):
        _call, voip = self._dialled()
        voip.terminate_call()
        with self.assertRaisesRegex(UserError, "Log how"):
            self._typed()

    def test_other_numbers_and_other_users_are_free(self):
        self.assertEqual(self._typed("02 555 12 12"), {"verdict": "free"})
        clerk = new_test_user(self.env, "clerk", groups="base.group_user")
        self.assertEqual(self._typed(user=clerk), {"verdict": "free"})

    def test_whose_number_it_is_must_be_plain(self):
        twin = self._new_debtor("Twin", "+32 470 12 34 56")
        self._invoice(100, 10, twin)
        self._case(twin)
        with self.assertRaisesRegex(UserError, "Several cases"):
            self._typed()

    def test_another_teams_debtor_is_theirs(self):
        self.case.team_id = self.env["debt.team"].create({"name": "Key Accounts"})
        self.case.user_id = False
        with self.assertRaisesRegex(UserError, "Another team"):
            self._typed()

    def test_dialling_again_is_one_more_call(self):
        """Also where the first was a phone link: each ring is an attempt of its own."""
        self.operator.debt_provider_id = self.env.ref("debt_collection.provider_tel")
        self._call(self.case)._place(phone=self.phone)
        with self.assertRaisesRegex(UserError, "Log how"):
            self._typed()

    def test_a_number_is_read_as_in_its_country(self):
        russian = self._new_debtor("Moscow", "8 (916) 123-45-67", "base.ru")
        self._invoice(100, 5, russian)
        case = self._case(russian)
        found = self.env["debt.call.inbound"].with_user(self.operator)
        (caller,) = found._search_exact("8 (916) 123-45-67")
        self.assertEqual(caller["case_id"], case.id)


@tagged("post_install", "-at_install")
class TestTransfer(SoftphoneCommon):
    """A number that whoever is on the line is handed on to is dialled too."""

    def setUp(self):
        super().setUp()
        self.other = self._new_debtor("Debtor Two", "+32 470 65 43 21")
        self._invoice(100, 10, self.other)
        self._case(self.other)

    def _may(self, number, user=None):
        return self._softphone(user).debt_may_transfer(number)

    def test_colleagues_and_strangers_are_free(self):
        self._dialled()
        for number in ("200", "02 555 12 12", False):
            self.assertTrue(self._may(number))
        clerk = new_test_user(self.env, "clerk", groups="base.group_user")
        self.assertTrue(self._may("0470 65 43 21", clerk))

    def test_at_night_the_gate_says_no(self):
        with self._at(hours=11), self.assertRaisesRegex(UserError, "permitted hours"):
            self._may("0470 65 43 21")

    def test_no_debtor_is_put_through_to_another(self):
        self._dialled()
        with self.assertRaisesRegex(UserError, "Debtor Two, who is called from"):
            self._may("0470 65 43 21")

    def test_another_number_of_the_debtor_is_asked_at_the_gate(self):
        person = {"is_company": False, "parent_id": self.debtor.id}
        contact = self._new_debtor("Book Keeper", "+32 470 11 11 11", **person)
        self.debtor.debt_contact_policy_id = self.env["debt.contact.policy"].create(
            {
                "name": "No Limits",
                "window_ids": [
                    Command.create(ALL_DAYS | {"hour_from": 8, "hour_to": 20})
                ],
            }
        )
        self._case()
        _call, voip = self._dialled()
        voip.accept_call()
        self.assertTrue(self._may("0470 11 11 11"))
        phones = self.env["debt.phone"].search([("partner_id", "=", self.debtor.id)])
        phones.filtered(lambda p: p.contact_id == contact).health = "do_not_call"
        with self.assertRaises(UserError):
            self._may("0470 11 11 11")


@tagged("post_install", "-at_install")
class TestRinging(SoftphoneCommon):
    """The debtor rings the operator's softphone."""

    def _take(self, number="0470 12 34 56"):
        inbound = self.env["debt.call.inbound"].with_user(self.operator)
        inbound.action_take(self.case.id, number)
        return self.case.call_ids

    def test_the_debtor_is_known_in_any_spelling(self):
        for spelling in SPELLINGS:
            voip = self._rings(spelling)
            self.assertEqual(voip.partner_id, self.debtor, spelling)
            action = self._softphone().debt_incoming(spelling)
            self.assertEqual(action["res_model"], "debt.call.inbound")
            self.assertEqual(action["context"], {"default_query": spelling})

    def test_nobody_in_collection_is_no_business_of_ours(self):
        self._new_debtor("Paid Always", "+32 2 555 12 12")
        self.assertFalse(self._softphone().debt_incoming("02 555 12 12"))
        clerk = new_test_user(self.env, "clerk", groups="base.group_user")
        self.assertFalse(self._softphone(clerk).debt_incoming("+32470123456"))
        voip = self._rings("+32 470 12 34 56", clerk)
        self.assertEqual(voip.partner_id, self.debtor)

    def test_answered_then_taken(self):
        voip = self._rings("+32470123456")
        with self._at(seconds=5):
            voip.accept_call()
        with self._at(seconds=9):
            call = self._take()
        self.assertEqual(voip.debt_call_id, call)
        self.assertEqual(call.provider_id, self.provider)
        with self._at(seconds=65):
            voip.terminate_call()
        self.assertEqual((call.state, call.line), ("wrapup", "answered"))
        self.assertEqual((call.duration, call.confirmed_by), (60, "telephony"))

    def test_taken_then_answered(self):
        """Taking it in Odoo tells the softphone to pick up."""
        voip = self._rings("+32470123456")
        with patch.object(self.env.registry["res.users"], "_bus_send") as told:
            call = self._take()
        told.assert_any_call("debt_voip/accept", {"id": voip.id})
        with self._at(seconds=5):
            voip.accept_call()
        with self._at(seconds=35):
            voip.debt_note_end(0, True)
            voip.terminate_call()
        self.assertEqual((call.duration, call.hung_up_by), (30, "debtor"))

    def test_who_did_not_wait_is_wrapped_up(self):
        voip = self._rings("+32470123456")
        call = self._take()
        voip.reject_call()
        self.assertEqual((call.state, call.line), ("wrapup", "cancelled"))
        self.assertEqual(call.hung_up_by, "debtor")
        self.assertFalse(call.suggested_outcome_id)

    def test_only_this_callers_call_is_linked(self):
        stranger = self._rings("+32 2 555 12 12")
        theirs = self._rings(user=self.colleague)
        call = self._take()
        self.assertFalse(stranger.debt_call_id)
        self.assertFalse(theirs.debt_call_id)
        self.assertFalse(call.provider_id)
