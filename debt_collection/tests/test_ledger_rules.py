from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .refresh_common import NOTHING, RefreshCommon


@tagged("post_install", "-at_install")
class TestRefreshRules(RefreshCommon):
    """What a company sets, who may ask, and the daily job."""

    # --- the company's rules ---------------------------------------------------------
    def test_grace_days_and_minimum(self):
        self.company.write({"debt_grace_days": 10, "debt_min_amount": 100})
        self._invoice(99.99, 10)
        self.assertFalse(self._open_case())
        with self._at(days=1):
            self.cases.refresh()
            self.assertFalse(self._open_case(), "old enough, but too little")
            self._invoice(0.01, 1)
            self._assert_case(100)
            self._entry(-1)
            self.assertFalse(self._open_case())
            closed = self.cases.search([("partner_id", "=", self.debtor.id)])
            self.assertEqual(closed.close_reason, "below_minimum")

    def test_changed_rules_are_applied_soon(self):
        cron = self.env.ref("debt_collection.ir_cron_debt_refresh")
        triggers = self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id)])
        self.company.debt_min_amount = 100
        self.assertGreater(triggers.search([("cron_id", "=", cron.id)]), triggers)

    def test_flag_by_hand_overrides_grace_and_minimum(self):
        self.company.write({"debt_grace_days": 30, "debt_min_amount": 5000})
        invoice = self._invoice(1000, 2)
        self.assertFalse(self._open_case())
        invoice.debt_status = "flagged"
        self._assert_case(1000)

    def test_company_that_flags_by_hand(self):
        self.company.debt_auto_flag = False
        invoice = self._invoice(1000, 20)
        self._invoice(500, 20)
        self._entry(30, 20)
        self.assertFalse(self._open_case())
        invoice.debt_status = "flagged"
        self._assert_case(1030)
        self._entry(-1030)
        self.assertFalse(self._open_case())

    # --- the rights of those who ask -------------------------------------------------
    def test_operator_refreshes_without_accounting_rights(self):
        self._invoice(1000, 10)
        self.env.flush_all()
        self.env.cr.precommit.clear()
        counts = self.cases.with_user(self.operator).refresh(self.debtor.ids)
        self.assertEqual(counts, NOTHING | {"opened": 1})
        totals = self.ledger.with_user(self.operator)._totals(self.debtor, self.company)
        self.assertEqual(totals["amount_overdue"], 1000)

    def test_portal_user_cannot_refresh(self):
        portal = new_test_user(self.env, "debt_portal", groups="base.group_portal")
        with self.assertRaises(AccessError):
            self.cases.with_user(portal).refresh()

    # --- the daily job ---------------------------------------------------------------
    def test_daily_job_refreshes_every_company(self):
        other = self.setup_other_company()["company"]
        other.partner_id.tz = "Pacific/Pago_Pago"
        self._invoice(1000, 10)
        journal = self.env["account.journal"].search(
            [("type", "=", "sale"), ("company_id", "=", other.id)], limit=1
        )
        late = self._invoice(70, 5, journal_id=journal.id)
        self._invoice(900, 1, journal_id=journal.id)
        self.env.flush_all()
        self.env.cr.precommit.clear()
        self.cases._cron_refresh()
        self._assert_case(1000)
        # There it is still the day on which the other invoice is due.
        case = self._open_case(company=other)
        self.assertEqual(case.amount_overdue, 70)
        self.assertEqual(case.oldest_due_date, late.invoice_date_due)
        self.assertEqual(case.days_past_due, 4)

    def test_many_cases_are_left_to_the_planner(self):
        debtors = [self._new_debtor(f"Many {number}") for number in range(51)]
        for debtor in debtors:
            self._invoice(10, 3, partner=debtor)
        self.assertEqual(self.cases.refresh(), NOTHING | {"opened": 51})
        cases = self.cases.search([("partner_id", "in", [d.id for d in debtors])])
        self.assertTrue(all(cases.mapped("plan_dirty")))
