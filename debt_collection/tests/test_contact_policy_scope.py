from datetime import date, datetime, timedelta

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .common import TUESDAY, DebtCommon


@tagged("post_install", "-at_install")
class TestPolicyScope(DebtCommon):
    """What a limit counts does not begin anew with the record of a case."""

    def setUp(self):
        super().setUp()
        self.policy = self.env["debt.contact.policy"].create(
            {
                "name": "A week's rest after a conversation",
                "window_ids": [Command.create({"hour_from": 8, "hour_to": 21})],
                "limit_ids": [
                    Command.create(
                        {
                            "maximum": 1,
                            "count": "conversation",
                            "period": "week",
                            "rolling": True,
                            "scope": "case",
                        }
                    )
                ],
            }
        )
        self.debtor.debt_contact_policy_id = self.policy
        self.invoice = self._invoice(1000, 10)
        self.former = self._case()

    def _speak(self):
        call = self._call(self.former)
        call.dial(phone=self.debtor.debt_phone_ids)
        call.finish("refused")

    def _old_call(self, at, case=None):
        """A call that went past the gate."""
        return (
            self.env["debt.call"]
            .sudo()
            .create(
                {
                    "case_id": (case or self.former).id,
                    "partner_id": self.debtor.id,
                    "company_id": self.company.id,
                    "user_id": self.operator.id,
                    "number": "+32470123456",
                    "state": "done",
                    "started_at": at,
                    "party": "none",
                }
            )
        )

    def _owing_again(self):
        """The invoice is paid and another falls due: the case closes, another opens."""
        self.company.debt_reopen_days = 0
        with self._at(hours=20):
            self._pay(self.invoice)
            self.cases.refresh(self.debtor.ids)
        self._invoice(1000, 10)
        case = self._case()
        self.assertNotEqual(case, self.former)
        return case

    def test_another_case_does_not_end_the_rest(self):
        self._speak()
        with self._at(days=1):
            case = self._owing_again()
            answer = case.check_contact("call")
            self.assertEqual(answer["reason"], "limit")
            again = TUESDAY + timedelta(days=7)
            self.assertEqual(answer["next_at"], again)
            self.assertGreaterEqual(case.next_contact_at, again)
            explain = self.env["debt.contact.explain"].create({"case_id": case.id})
            self.assertIn("1 of 1", explain.html)

    def test_the_audit_counts_across_cases_as_well(self):
        self._speak()
        with self._at(days=1):
            case = self._owing_again()
            self._old_call(TUESDAY + timedelta(days=1), case)
        period = {"date_from": date(2026, 3, 1), "date_to": date(2026, 3, 31)}
        audit = self.env["debt.contact.audit"].with_user(self.manager).create(period)
        [exception] = audit._run()
        self.assertEqual((exception.reason, exception.case_id), ("limit", case))

    def test_another_companys_case_is_another_case(self):
        self._speak()
        other = self.setup_other_company(name="Sister")["company"]
        other.partner_id.tz = "Europe/Brussels"
        journal = self.env["account.journal"].search(
            [("type", "=", "sale"), ("company_id", "=", other.id)], limit=1
        )
        self._invoice(500, 10, journal_id=journal.id)
        self.cases.refresh(self.debtor.ids)
        case = self.cases.search(
            [("partner_id", "=", self.debtor.id), ("company_id", "=", other.id)]
        )
        self.assertEqual(case.check_contact("call")["reason"], "ok")
        self.assertEqual(self.former.check_contact("call")["reason"], "limit")

    def test_no_limit_counts_further_back_than_is_read(self):
        limit = self.policy.limit_ids
        limit.write({"length": 4, "period": "month"})
        for too_long in (
            {"length": 12, "period": "month"},
            {"length": 18, "period": "week"},
            {"length": 121, "period": "day"},
        ):
            with self.assertRaises(ValidationError):
                limit.write(too_long)

    def test_what_is_read_reaches_back_to_the_longest_limit(self):
        limit = {"length": 4, "period": "month", "rolling": False, "count": "attempt"}
        self.policy.limit_ids.write(limit)
        # The first of the four calendar months, in the debtor's time.
        with freeze_time(datetime(2025, 12, 1, 8)):
            self._old_call(datetime(2025, 12, 1, 8))
        with freeze_time(datetime(2026, 3, 31, 15)):
            self.assertEqual(self.former.check_contact("call")["reason"], "limit")
        with freeze_time(datetime(2026, 4, 1, 15)):
            self.assertEqual(self.former.check_contact("call")["reason"], "ok")
