from datetime import timedelta

from odoo.exceptions import AccessError
from odoo.tests import Form, new_test_user, tagged

from odoo.addons.debt_collection.tests.common import TUESDAY, DebtCommon

TODAY = TUESDAY.date()


@tagged("post_install", "-at_install")
class TestSaleWarning(DebtCommon):
    """Who sells is told before he promises what will not be delivered."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seller = new_test_user(
            cls.env,
            "debt_seller",
            groups="base.group_user,sales_team.group_sale_salesman_all_leads",
            company_id=cls.company.id,
        )

    def setUp(self):
        super().setUp()
        self.invoice = self._invoice(1000, 40)
        self.case = self._case()

    def _order(self):
        orders = self.env["sale.order"].with_user(self.seller)
        return orders.create({"partner_id": self.debtor.id})

    def test_suspended_until_it_is_paid(self):
        order = self._order()
        self.assertFalse(order.debt_warning)
        self.env["debt.suspension"].with_user(self.accountant).create(
            {"case_id": self.case.id, "from_on": TODAY + timedelta(days=3)}
        )
        with self._at(days=3):
            order.invalidate_recordset()
            self.assertIn("suspended since 03/13/2026", order.debt_warning)
            self._pay(self.invoice)
            order.invalidate_recordset()
            self.assertFalse(order.debt_warning)

    def test_the_form_says_so(self):
        self.env["debt.suspension"].with_user(self.accountant).create(
            {"case_id": self.case.id}
        )
        with Form(self.env["sale.order"].with_user(self.seller)) as form:
            form.partner_id = self.debtor
            self.assertIn("suspended since", form.debt_warning)

    def test_customers_do_not_read_it(self):
        self.env["debt.suspension"].with_user(self.accountant).create(
            {"case_id": self.case.id}
        )
        order = self._order()
        customer = new_test_user(self.env, "debt_customer", groups="base.group_portal")
        customer.partner_id.parent_id = self.debtor
        order.message_subscribe(customer.partner_id.ids)
        theirs = order.with_user(customer)
        self.assertTrue(theirs.read(["name"]), "his own order")
        with self.assertRaises(AccessError):
            theirs.read(["debt_warning"])
        self.assertNotIn("debt_warning", theirs.fields_get())

    def test_another_customer_and_a_cancelled_order(self):
        self.env["debt.suspension"].with_user(self.accountant).create(
            {"case_id": self.case.id}
        )
        other = self._new_debtor("Somebody Else")
        orders = self.env["sale.order"].with_user(self.seller)
        self.assertFalse(orders.create({"partner_id": other.id}).debt_warning)
        order = self._order()
        self.assertTrue(order.debt_warning)
        order.state = "cancel"
        self.assertFalse(order.debt_warning)
