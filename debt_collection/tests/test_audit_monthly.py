from datetime import date, datetime, timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo.tests import tagged

from ..models.audit.debt_contact_exception import DebtContactException
from .common import DebtCommon

NIGHT = datetime(2026, 2, 10, 22, 0)
FIRST_OF_MARCH = datetime(2026, 3, 1, 3, 0)


@tagged("post_install", "-at_install")
class TestContactAuditMonthly(DebtCommon):
    """Each month is audited by itself; managers hear when a contact broke a rule."""

    def setUp(self):
        super().setUp()
        self._invoice(1000, 60)
        self.case = self._case()
        self.company.debt_audited_until = False

    def _call_made(self, at, case=None):
        case = case or self.case
        self.env["debt.call"].sudo().create(
            {
                "case_id": case.id,
                "partner_id": case.partner_id.id,
                "company_id": self.company.id,
                "user_id": self.operator.id,
                "number": "+32470123456",
                "state": "done",
                "started_at": at,
                "party": "none",
            }
        )

    def _night(self, at=FIRST_OF_MARCH):
        """The scheduled action, on this company alone."""
        cron = self.env.ref("debt_collection.ir_cron_debt_audit")
        with freeze_time(at), self.enter_registry_test_mode():
            cron.method_direct_trigger()

    def _told(self, user=None):
        domain = [
            ("res_model", "=", "debt.case"),
            ("res_id", "=", self.case.id),
            ("user_id", "=", (user or self.manager).id),
            ("summary", "like", "Contact Audit"),
        ]
        return self.env["mail.activity"].search(domain)

    def test_a_lawful_month_is_not_spoken_of(self):
        self._call_made(datetime(2026, 2, 10, 9, 0))
        self._night()
        self.assertEqual(self.company.debt_audited_until, date(2026, 2, 28))
        self.assertFalse(self._told())

    def test_managers_hear_of_exceptions(self):
        self._call_made(NIGHT)
        self._call_made(NIGHT + timedelta(days=1))
        self._night()
        activity = self._told()
        self.assertIn("2026-02-01 to 2026-02-28: 2 contacts", activity.summary)
        self.assertIn("2026-02-10 23:00 (Europe/Brussels)", activity.note)
        self.assertIn("Debtor One", activity.note)
        self.assertIn("outside the permitted hours", activity.note)
        for user in (self.operator, self.accountant):
            self.assertFalse(self._told(user))

    def test_no_debtor_is_named_on_the_card_of_another(self):
        other = self._new_debtor("Debtor Two", "+32 470 65 43 21")
        self._invoice(500, 60, other)
        self._call_made(NIGHT)
        self._call_made(NIGHT + timedelta(days=1), self._case(other))
        self._night()
        activity = self._told()
        self.assertIn("2 contacts", activity.summary)
        self.assertIn("Debtor One", activity.note)
        self.assertNotIn("Debtor Two", activity.note)

    def test_managers_of_other_companies_hear_nothing(self):
        sister = self.env["res.company"].create({"name": "Sister"})
        self.manager.write({"company_id": sister.id, "company_ids": sister.ids})
        self._call_made(NIGHT)
        self._night()
        self.assertFalse(self._told())

    def test_each_month_is_audited_once(self):
        self._call_made(NIGHT)
        for day in (1, 2, 20):
            self._night(datetime(2026, 3, day, 3))
        self.assertEqual(len(self._told()), 1)
        self._night(datetime(2026, 4, 1, 3))
        self.assertEqual(self.company.debt_audited_until, date(2026, 3, 31))
        self.assertEqual(len(self._told()), 1)

    def test_the_month_ends_where_the_company_is(self):
        self.company.partner_id.tz = "America/Los_Angeles"
        self._night()
        self.assertEqual(self.company.debt_audited_until, date(2026, 1, 31))
        self._night(datetime(2026, 3, 2, 3))
        self.assertEqual(self.company.debt_audited_until, date(2026, 2, 28))

    def test_an_audit_that_fails_is_made_the_next_day(self):
        def fail(*_arguments):
            raise ValueError("broken")

        with (
            patch.object(DebtContactException, "_audit", fail),
            self.assertLogs("odoo.addons.debt_collection", "ERROR"),
        ):
            self._night()
        self.assertFalse(self.company.debt_audited_until)
        self._call_made(NIGHT)
        self._night(datetime(2026, 3, 2, 3))
        self.assertTrue(self._told())
