from odoo.exceptions import AccessError
from odoo.tests import tagged
from odoo.tools import html2plaintext

from .common import DebtCommon


@tagged("post_install", "-at_install")
class TestRestraintTrace(DebtCommon):
    """Nobody lifts what protects a debtor without its being told."""

    def setUp(self):
        super().setUp()
        self.invoice = self._invoice(1000, 10)
        self.case = self._case()
        self.phone = self.debtor.debt_phone_ids

    def _told(self, record):
        """What the history says, the newest first."""
        return [html2plaintext(one.body) for one in record.message_ids]

    # --- where a number rings -----------------------------------------------------
    def test_who_hears_that_it_is_at_work_says_so(self):
        self.phone.with_user(self.operator).action_toggle_work()
        self.assertEqual(self.phone.place, "work")
        self.assertEqual(self._told(self.case)[0], "+32470123456 rings at: Work.")
        author = self.case.message_ids[0].author_id
        self.assertEqual(author, self.operator.partner_id)

    def test_only_an_accountant_takes_it_back(self):
        self.phone.with_user(self.operator).action_toggle_work()
        with self.assertRaises(AccessError):
            self.phone.with_user(self.operator).action_toggle_work()
        self.assertEqual(self.phone.place, "work")
        self.phone.with_user(self.accountant).action_toggle_work()
        self.assertFalse(self.phone.place)
        self.assertIn("rings at: not known", self._told(self.case)[0])

    def test_one_number_of_two_contacts_is_told_of_once(self):
        contact = self._new_debtor(
            "Ann", "0470 12 34 56", is_company=False, parent_id=self.debtor.id
        )
        before = len(self.case.message_ids)
        self.phone.place = "work"
        both = self.debtor.debt_phone_ids
        self.assertEqual(both.contact_id, self.debtor | contact)
        self.assertEqual(both.mapped("place"), ["work", "work"])
        self.assertEqual(len(self.case.message_ids), before + 1)

    # --- the contact ----------------------------------------------------------------
    def test_changes_of_what_protects_the_debtor_are_tracked(self):
        policy = self.env.ref("debt_collection.policy_business")
        tracked = {"tracking_disable": False, "mail_notrack": False}
        debtor = self.debtor.with_context(**tracked)
        for name, value in (
            ("debt_do_not_call", True),
            ("debt_no_work_calls", True),
            ("debt_protection", "hospital"),
            ("debt_protection_until", "2026-05-01"),
            ("debt_representative_id", self.operator.partner_id.id),
            ("debt_tz", "Europe/Brussels"),
            ("debt_kind", "consumer"),
            ("debt_contact_policy_id", policy.id),
        ):
            for new in (value, False):
                debtor[name] = new
                self._flush_tracking()
                values = debtor.message_ids[0].sudo().tracking_value_ids
                self.assertIn(name, values.field_id.mapped("name"))

    def _flush_tracking(self):
        self.env.flush_all()
        self.env.cr.precommit.run()

    # --- legal hold -------------------------------------------------------------------
    def _hold(self):
        mine = self.case.with_user(self.manager)
        mine.write({"legal_hold": True, "legal_hold_reason": "Court, 12/345"})
        return mine

    def test_who_held_is_still_known_when_it_is_released(self):
        mine = self._hold()
        self.assertIn("on legal hold. Court, 12/345", self._told(self.case)[0])
        mine.legal_hold = False
        released, held, *_others = self.case.message_ids
        self.assertIn("released from legal hold", html2plaintext(released.body))
        self.assertEqual((released | held).author_id, self.manager.partner_id)

    def test_a_hold_goes_on_with_the_next_case(self):
        self._hold()
        self.company.debt_reopen_days = 0
        self._pay(self.invoice)
        self.cases.refresh(self.debtor.ids)
        with self._at(days=1):
            self._invoice(1000, 10)
            case = self._case()
        self.assertNotEqual(case, self.case)
        self.assertTrue(case.legal_hold)
        self.assertEqual(case.legal_hold_reason, "Court, 12/345")
        self.assertEqual(case.legal_hold_user_id, self.manager)
