from unittest.mock import patch

from odoo.tests import tagged

from ..models.contact.debt_phone_zones import PARAMETER
from ..tools import phones
from .common import DebtCommon

KALININGRAD = "+7 4012 12-34-56"


@tagged("post_install", "-at_install")
class TestPhoneZones(DebtCommon):
    """A corrected table reaches every number, not only those typed anew."""

    def setUp(self):
        super().setUp()
        self.debtor.phone = KALININGRAD
        self._invoice(1000, 10)
        self.case = self._case()
        self.phone = self.debtor.debt_phone_ids.filtered(lambda p: p.region == "RU")
        self.parameters = self.env["ir.config_parameter"]

    def _follow(self, edition):
        with patch.object(phones, "edition", lambda: edition):
            self.env["debt.phone"]._follow_tables()

    def test_the_tables_of_the_installation_are_known(self):
        self.assertEqual(self.parameters.get_param(PARAMETER), phones.edition())

    def test_a_correction_reaches_the_numbers_and_the_plans(self):
        self.assertEqual(self.phone.zones, "Europe/Kaliningrad")
        self.phone.sudo().zones = "Europe/Moscow"
        self.case.sudo().plan_dirty = False
        self._follow("corrected")
        self.assertEqual(self.phone.zones, "Europe/Kaliningrad")
        self.assertTrue(self.case.plan_dirty)
        self.assertEqual(self.parameters.get_param(PARAMETER), "corrected")

    def test_archived_numbers_are_read_too(self):
        self.phone.sudo().write({"active": False, "zones": "Europe/Moscow"})
        self._follow("corrected")
        self.assertEqual(self.phone.zones, "Europe/Kaliningrad")

    def test_what_is_right_already_is_not_written(self):
        self.case.sudo().plan_dirty = False
        self._follow("corrected")
        self.assertFalse(self.case.plan_dirty)

    def test_the_day_costs_one_look(self):
        self._follow("corrected")
        self.env.flush_all()
        self.parameters.get_param(PARAMETER)
        with self.assertQueryCount(0):
            self._follow("corrected")

    def test_the_daily_job_asks(self):
        self.phone.sudo().zones = "Europe/Moscow"
        self.parameters.set_param(PARAMETER, "former")
        self.cases.sudo()._cron_daily()
        self.assertEqual(self.phone.zones, "Europe/Kaliningrad")
