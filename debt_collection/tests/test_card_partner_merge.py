from datetime import date

from odoo import Command, fields
from odoo.tests import tagged
from odoo.tools import SQL

from .refresh_common import NOTHING, RefreshCommon

#: What is unique by contact, and so keeps two of them from becoming one. Whoever adds
#: an index merges its rows, tells the story here, and names it.
UNIQUE_BY_CONTACT = {
    "debt_call_debtor_once",
    "debt_case_open_once",
    "debt_phone_number_once",
    "debt_contact_lock_partner_once",
    # Odoo's wizard drops the row of the contact who goes.
    "debt_experiment_debtor_debtor_once",
}


@tagged("post_install", "-at_install")
class TestPartnerMerge(RefreshCommon):
    """Two debtors turn out to be one."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.double = cls._new_debtor("Debtor 1", "+32 470 12 34 56")
        cls.invoice = cls._invoice(1000, 10)
        cls.other_invoice = cls._invoice(500, 100, partner=cls.double)
        cls.env.cr.flush()

    def setUp(self):
        super().setUp()
        self.kept = self._open_case()
        self.gone = self._open_case(self.double)

    def _merge(self, *sources, into=None):
        into = into or self.debtor
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge([partner.id for partner in (*sources, into)], into)
        self.env.cr.flush()

    def test_two_open_cases_become_one(self):
        self._merge(self.double)
        self.assertEqual(self.gone.state, "closed")
        self.assertEqual(self.gone.close_reason, "merged")
        self.assertEqual(self.gone.partner_id, self.debtor)
        self._assert_case(1500, "stage_collectible")
        self.assertEqual(self._open_case(), self.kept)
        self.assertEqual(self.cases.refresh(), NOTHING)

    def test_what_happened_goes_with_the_debtor(self):
        call = self._call(self.gone)
        call.dial(self.gone.phone_ids)
        call.finish("promise", promise_amount=500, promise_date=date(2026, 3, 20))
        dispute = self.env["debt.dispute"].create(
            {
                "case_id": self.gone.id,
                "move_ids": [Command.set(self.other_invoice.ids)],
                "reason": "Never delivered",
                "user_id": self.env.user.id,
                "deadline": date(2026, 3, 20),
            }
        )
        promise = self.gone.promise_ids
        self._merge(self.double)
        self.assertEqual(call.case_id, self.kept)
        self.assertEqual(call.partner_id, self.debtor)
        self.assertEqual(promise.case_id, self.kept)
        self.assertEqual(promise.partner_id, self.debtor)
        self.assertEqual(dispute.case_id, self.kept)
        self.assertEqual(dispute.partner_id, self.debtor)
        self.assertEqual(self.kept.state, "promised")
        self._assert_case(1000, amount_disputed=500)

    def test_claims_are_taken_back(self):
        claims = self._call(self.gone) | self._call(self.kept, self.colleague)
        self._merge(self.double)
        self.assertFalse(claims.exists())

    def test_a_number_both_had_keeps_the_refusal(self):
        self.gone.phone_ids.health = "do_not_call"
        self.assertEqual(len(self.kept.phone_ids), 1)
        self._merge(self.double)
        self.assertEqual(self.kept.phone_ids.mapped("health"), ["do_not_call"])

    def test_all_numbers_of_both_stay_numbers_to_call(self):
        self.double.phone = "+32 470 12 34 99, 0470 12 34 98"
        mine = self.debtor.phone
        self._merge(self.double)
        self.kept._plan()
        self.env["debt.phone"]._sync(self.debtor)
        self.assertEqual(
            set(self.kept.phone_ids.mapped("number")),
            {"+32470123456", "+32470123499", "+32470123498"},
        )
        self.assertEqual(self.debtor.phone, f"{mine}, +32 470 12 34 99, 0470 12 34 98")

    def test_numbers_that_were_never_listed_go_along(self):
        """Who owed nothing had no list of numbers, and two that nobody else has."""
        plain = self._new_debtor("Debtor one", "+32 470 12 34 77; 0470 12 34 78")
        numbers = self.env["debt.phone"]
        self.assertFalse(numbers.search([("partner_id", "=", plain.id)]))
        mine = self.debtor.phone
        self._merge(plain)
        numbers._sync(self.debtor)
        self.assertEqual(
            set(self.kept.phone_ids.mapped("number")),
            {"+32470123456", "+32470123477", "+32470123478"},
        )
        self.assertEqual(self.debtor.phone, f"{mine}, +32 470 12 34 77, 0470 12 34 78")

    def test_a_debtor_merged_into_who_was_none_keeps_the_numbers_of_both(self):
        plain = self._new_debtor("Debtor one", "+32 470 12 34 77")
        self._merge(self.debtor, into=plain)
        self.env["debt.phone"]._sync(plain)
        self.assertEqual(
            set(plain.debt_phone_ids.mapped("number")),
            {"+32470123456", "+32470123477"},
        )
        self.assertEqual(self._open_case(plain), self.kept)

    def test_contacts_who_owe_nothing_are_merged_as_odoo_does(self):
        one, two = (self._new_debtor("Nobody", f"+32 470 12 34 7{n}") for n in "12")
        self._merge(one, into=two)
        self.assertEqual(two.phone, "+32 470 12 34 72")
        self.assertFalse(two.debt_phone_ids)

    def test_case_of_a_debtor_who_had_none(self):
        third = self._new_debtor("Debtor Three")
        self._merge(self.double, into=third)
        self.assertEqual(self.gone.state, "active")
        self.assertEqual(self._assert_case(500, "stage_collectible", third), self.gone)

    def test_debtor_becomes_a_contact_of_another(self):
        contact = self.env["res.partner"].create(
            {"name": "Bookkeeper", "parent_id": self.debtor.id}
        )
        person = self._new_debtor("Book Keeper", is_company=False)
        self._invoice(70, 10, partner=person)
        case = self._open_case(person)
        self._merge(person, into=contact)
        self.assertEqual(case.close_reason, "merged")
        self._assert_case(1070)

    def test_closed_cases_go_along(self):
        self._pay(self.other_invoice)
        self.env.cr.flush()
        self.assertEqual(self.gone.close_reason, "paid")
        self._merge(self.double)
        self.assertEqual(self.gone.partner_id, self.debtor)
        self.assertEqual(self.gone.close_reason, "paid")
        self._assert_case(1000)

    def test_hold_outlives_the_merge(self):
        self._put_on_hold(self.gone)
        self._merge(self.double)
        self.assertEqual(self.kept.state, "on_hold")
        self.assertEqual(self.kept.hold_until, fields.Date.to_date("2026-03-17"))

    def test_hold_outlives_the_merge_behind_another_state(self):
        self._put_on_hold(self.gone)
        (self.gone | self.kept).sudo().write({"state": "promised"})
        self._merge(self.double)
        self.assertEqual(self.kept.hold_until, fields.Date.to_date("2026-03-17"))

    def test_two_debtors_who_were_both_called_become_one(self):
        for case in (self.kept, self.gone):
            self._call(case).finish("no_answer")
        self._merge(self.double)
        locks = self.env["debt.contact.lock"]
        lock = locks.search([("partner_id", "=", self.debtor.id)])
        self.assertEqual(lock.contacts, 2)
        self.assertEqual(len(self.kept.call_ids), 2)

    def test_whatever_is_unique_by_contact_is_merged(self):
        found = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT index.indexrelid::regclass::text
                  FROM pg_index index
                  JOIN pg_constraint key ON key.conrelid = index.indrelid
                   AND key.contype = 'f' AND key.confrelid = 'res_partner'::regclass
                   AND key.conkey[1] = ANY (index.indkey)
                 WHERE index.indisunique
                   AND index.indrelid::regclass::text LIKE 'debt%%'
                """
            )
        )
        self.assertEqual({name for [name] in found}, UNIQUE_BY_CONTACT)
