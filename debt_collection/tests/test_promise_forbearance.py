from datetime import date

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import DebtCommon


@tagged("post_install", "-at_install")
class TestForbearance(DebtCommon):
    """Where the law wants something easier first, nobody is handed over before it."""

    def setUp(self):
        super().setUp()
        self.debtor.is_company = False
        self.eu = self.env.ref("debt_collection.policy_eu")
        self._invoice(1000, 10)
        self.case = self._case().with_user(self.accountant)

    def _offer(self, user=None, **values):
        offers = self.env["debt.forbearance"].with_user(user or self.operator)
        case = {"case_id": self.case.id, "note": "Six instalments of 170"}
        return offers.create(case | values)

    def _hand_over(self):
        dialog = self.env["debt.case.handover"].with_user(self.accountant)
        dialog.create({"case_ids": self.case.ids, "kind": "own"}).action_hand_over()

    def test_nobody_is_handed_over_before_an_offer(self):
        self.assertIn(self.eu, self.case.sudo()._contact_policy())
        refused = self.assertRaisesRegex(UserError, "wants forbearance offered")
        # Odoo rolls back what a test expects to fail only for assertRaises.
        with refused, self.env.cr.savepoint():
            self._hand_over()
        self.assertEqual(self.case.state, "active")
        self._offer()
        self._hand_over()
        self.assertEqual(self.case.state, "legal")

    def test_a_plan_is_an_offer(self):
        call = self._call(self.case.sudo())
        call.finish(
            "promise",
            promise_amount=500,
            promise_date=date(2026, 3, 20),
            promise_plan=[(500, date(2026, 4, 20))],
        )
        self._hand_over()
        self.assertEqual(self.case.state, "legal")

    def test_germany_is_a_state_of_the_union_as_well(self):
        """It has a policy of its own, and the directive holds there too."""
        self.debtor.country_id = self.env.ref("base.de")
        with self.assertRaisesRegex(UserError, "wants forbearance offered"):
            self._hand_over()

    def test_other_laws_do_not_ask_for_it(self):
        self.debtor.is_company = True
        self._hand_over()
        self.assertEqual(self.case.state, "legal")

    def test_the_clock_hands_nobody_over_either(self):
        case = self.case.sudo()
        case.ladder_id = case.ladder_id.copy({"exit_state": "legal"})
        last = max(case.ladder_id.step_ids.mapped("last_day"))
        with self._at(days=last + 1):
            case._plan()
            self.assertEqual(case.state, "dormant")
            todo = case.activity_ids.filtered(
                lambda activity: activity.user_id == self.accountant
            )
            self.assertIn("forbearance", todo.summary)

    def test_an_offer_stays_as_it_was_made(self):
        offer = self._offer()
        self.assertEqual(offer.offered_on, date(2026, 3, 10))
        with self.assertRaises(AccessError):
            offer.note = "Nothing"
        with self.assertRaises(AccessError):
            offer.answer = "accepted"
        with self.assertRaises(AccessError):
            offer.unlink()
        with self.assertRaises(AccessError):
            self._offer(answer="accepted")
        with self.assertRaises(UserError):
            self._offer(offered_on=date(2026, 3, 11))
        offer.action_accept()
        self.assertEqual(offer.answer, "accepted")
        offer.action_decline()
        self.assertEqual(offer.answer, "accepted")
        body = self.case.message_ids[0].body
        self.assertIn("Six instalments of 170", body)

    def test_a_version_says_so(self):
        [version] = self.eu._versions().values()
        self.assertIn("Forbearance is offered", version.text)
