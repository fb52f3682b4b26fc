from odoo.fields import Domain
from odoo.tests import tagged

from .refresh_common import RefreshCommon


@tagged("post_install", "-at_install")
class TestAccountMove(RefreshCommon):
    """Accountants see case, stage and age on their invoices, and filter by them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.moves = cls.env["account.move"]
        cls.old = cls._invoice(1000, 100)
        cls.young = cls._invoice(200, 5)
        cls.other = cls._invoice(300, 7, partner=cls._new_debtor("Debtor Two"))
        cls.not_due = cls._invoice(50, -7, partner=cls._new_debtor("Debtor Three"))
        cls.all = cls.old | cls.young | cls.other | cls.not_due
        cls.overdue = cls.env.ref("debt_collection.stage_overdue")
        cls.collectible = cls.env.ref("debt_collection.stage_collectible")

    def _found(self, *domain):
        return self.moves.search(Domain("id", "in", self.all.ids) & Domain(*domain))

    def test_read(self):
        self.assertEqual(self.old.debt_case_id, self._open_case())
        self.assertEqual(self.young.debt_case_id, self._open_case())
        self.assertEqual(self.young.debt_stage_id, self.collectible)
        self.assertEqual(self.other.debt_stage_id, self.overdue)
        self.assertFalse(self.not_due.debt_case_id)
        self.assertEqual(
            self.all.mapped("debt_days_past_due"),
            [100, 5, 7, 0],
        )

    def test_unposted_and_paid_invoices_have_no_case(self):
        draft = self._invoice(10, 5, post=False)
        self.assertFalse(draft.debt_case_id)
        self._pay(self.young)
        self.assertFalse(self.young.debt_case_id)
        self.assertTrue(self.old.debt_case_id)

    def test_new_record(self):
        move = self.moves.new({"move_type": "out_invoice"})
        self.assertFalse(move.debt_case_id)
        self.assertEqual(move.debt_days_past_due, 0)

    def test_filter(self):
        case = self._open_case()
        for domain, expected in (
            (("debt_case_id", "=", case.id), self.old | self.young),
            (("debt_case_id", "in", case.ids), self.old | self.young),
            (("debt_case_id", "!=", False), self.all - self.not_due),
            (("debt_case_id", "=", False), self.not_due),
            (("debt_case_id.state", "=", "active"), self.all - self.not_due),
            (("debt_stage_id", "=", self.collectible.id), self.old | self.young),
            (("debt_stage_id", "!=", self.collectible.id), self.other | self.not_due),
            (("debt_stage_id.days_from", ">", 50), self.old | self.young),
            (("debt_stage_id", "ilike", self.overdue.name), self.other),
            (("debt_days_past_due", ">=", 7), self.old | self.other),
            (("debt_days_past_due", "=", 5), self.young),
            (("debt_days_past_due", "=", 0), self.not_due),
            (("debt_days_past_due", "in", [5, 7]), self.young | self.other),
        ):
            with self.subTest(domain=domain):
                self.assertEqual(self._found(*domain), expected.sorted())

    def test_group_and_total(self):
        groups = self.moves.formatted_read_group(
            [("id", "in", self.all.ids)],
            ["debt_stage_id"],
            ["amount_residual_signed:sum", "debt_days_past_due:max", "__count"],
        )
        found = {
            group["debt_stage_id"] and group["debt_stage_id"][0]: (
                group["amount_residual_signed:sum"],
                group["debt_days_past_due:max"],
                group["__count"],
            )
            for group in groups
        }
        self.assertEqual(
            found,
            {
                self.collectible.id: (1200, 100, 2),
                self.overdue.id: (300, 7, 1),
                False: (50, 0, 1),
            },
        )
        cases = self.moves._read_group(
            [("id", "in", self.all.ids)],
            ["debt_case_id"],
            ["id:recordset"],
            order="debt_case_id",
        )
        self.assertIn((self._open_case(), self.old | self.young), cases)

    def test_sort(self):
        found = self.moves.search(
            [("id", "in", self.all.ids)], order="debt_days_past_due desc, id"
        )
        self.assertEqual(
            found.mapped("debt_days_past_due"),
            [100, 7, 5, 0],
        )

    def test_accountant_sees_them(self):
        moves = self.all.with_user(self.accountant)
        self.assertEqual(moves[0].debt_stage_id, self.collectible)
        groups = moves._read_group(
            [("id", "in", self.all.ids)], ["debt_stage_id"], ["__count"]
        )
        self.assertEqual(len(groups), 3)
