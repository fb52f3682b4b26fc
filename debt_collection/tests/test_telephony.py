from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import DebtCommon


class TelephonyCommon(DebtCommon):
    def setUp(self):
        super().setUp()
        self._invoice(1000, 10)
        self.case = self._case()
        self.phone = self.case.phone_ids
        self.provider = self.env.ref("debt_collection.provider_tel")


@tagged("post_install", "-at_install")
class TestProvider(TelephonyCommon):
    """What dials, and what it can do."""

    def test_the_phone_link_is_there_from_the_start(self):
        providers = self.env["debt.telephony.provider"].with_user(self.operator)
        self.assertEqual(providers._for_user(), self.provider)
        action = self._call(self.case)._place(phone=self.phone)
        self.assertEqual(action["tag"], "debt_collection.dial")
        self.assertEqual(action["params"]["number"], "+32470123456")

    def test_what_it_cannot_do_is_said(self):
        call = self._call(self.case)
        call._place(phone=self.phone)
        with self.assertRaisesRegex(UserError, "Phone Link.*cannot hang up"):
            self.provider._hangup(call)
