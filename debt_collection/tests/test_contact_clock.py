from unittest.mock import patch

from odoo.tests import tagged

from ..tools import tz_database
from .common import DebtCommon


@tagged("post_install", "-at_install")
class TestContactClock(DebtCommon):
    """Gate, planner and Odoo read one clock, and the manager is told when not."""

    def _warning(self):
        settings = self.env["res.config.settings"].create({})
        return settings.debt_clock_warning

    def _machine(self, edition):
        return patch.object(tz_database, "machine_version", lambda: edition)

    def test_nothing_is_said_when_all_agree(self):
        with self._machine(tz_database.version()):
            self.assertFalse(self._warning())
        with self._machine(""):
            self.assertFalse(self._warning())

    def test_an_older_machine_is_told(self):
        with self._machine("2024a"):
            self.assertIn("of edition 2024a", self._warning())

    def test_an_older_package_is_told(self):
        with self._machine("2099a"):
            self.assertIn("Update the package", self._warning())

    def test_zones_in_which_odoo_is_behind_are_named(self):
        self.debtor.debt_tz = "America/Vancouver"
        behind = lambda names, other, start: ["America/Vancouver"]  # noqa: E731
        with (
            self._machine(tz_database.version()),
            patch.object(tz_database, "disagreeing", behind),
        ):
            self.assertIn("America/Vancouver. Update", self._warning())

    def test_a_company_with_an_old_zone_name_has_a_day(self):
        """Some systems have no file of that name any more."""
        self.company.partner_id.tz = "Asia/Calcutta"
        self.assertEqual(self.company._debt_zone(), "Asia/Kolkata")
        start = self.company._debt_day_start()
        self.assertEqual((start.hour, start.minute), (18, 30))
        self.company.partner_id.tz = False
        self.assertEqual(self.company._debt_zone(), "Europe/Brussels")
        self.company.country_id = False
        self.assertEqual(self.company._debt_zone(), "UTC")

    def test_a_stated_old_name_counts(self):
        self.debtor.debt_tz = "US/Arizona"
        self._invoice(1000, 10)
        zones = self._case()._resolve_zones(None)
        self.assertEqual((zones.names, zones.source), (("America/Phoenix",), "stated"))
