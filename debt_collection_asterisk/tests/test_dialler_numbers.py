from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.tests import tagged

from ..models.debt_caller_number import FEWEST
from .common import CampaignCase


@tagged("post_install", "-at_install")
class TestNumbers(CampaignCase):
    """Numbers as the carrier wants them dialled, and numbers that debtors see."""

    def _caller(self, number, **values):
        return self.env["debt.caller.number"].create(
            {
                "number": number,
                "company_id": self.company.id,
                "is_own": True,
                **values,
            }
        )

    def _job(self):
        [call] = self._want(self._voice(), 1)
        return self.process.jobs[call.id]

    def test_a_national_number_for_a_carrier_who_wants_it(self):
        self.provider.write({"number_form": "national", "number_prefix": "9"})
        job = self._job()
        self.assertEqual(job["number"][:4], "+324")
        self.assertEqual(job["dial"], f"90{job['number'][3:]}")
        self.assertIn("→  90", self.provider.number_preview)
        self.assertIn("→  90049", self.provider.number_preview)

    def test_as_shipped_a_number_is_dialled_as_it_is(self):
        job = self._job()
        self.assertEqual(job["dial"], job["number"])

    def test_the_name_is_shown_with_the_number(self):
        self._caller("+3225551234", label="Acme Collections")
        job = self._job()
        answer = self.process.dial(job["call_id"])
        self.assertEqual(answer["caller_number"], "+3225551234")
        self.assertEqual(answer["caller_label"], "Acme Collections")

    def _answered(self, caller, count, seconds, **values):
        """Calls with this number that were answered and lasted so long."""
        at = fields.Datetime.now() - timedelta(hours=3)
        debtor = self.cases.search([("company_id", "=", self.company.id)])[:1]
        self.env["debt.call"].sudo().create(
            [
                {
                    "case_id": debtor.id,
                    "partner_id": debtor.partner_id.id,
                    "company_id": self.company.id,
                    "state": "done",
                    "number": "+32470125000",
                    "caller_number_id": caller.id,
                    "started_at": at + timedelta(seconds=number),
                    "answered_at": at + timedelta(seconds=number),
                    "ended_at": at + timedelta(seconds=number + seconds),
                    "hung_up_by": "debtor",
                    **values,
                }
                for number in range(count)
            ]
        )
        caller.invalidate_recordset()

    def test_a_number_that_is_wearing_out_rests(self):
        """Another one is shown before networks mark it."""
        worn, fresh = self._caller("+3225551234"), self._caller("+3225551235")
        self._answered(worn, FEWEST, seconds=1)
        self._answered(fresh, FEWEST, seconds=60)
        self.assertTrue(worn.rests)
        self.assertFalse(fresh.rests)
        numbers, callee = self.env["debt.caller.number"], "+32470125000"
        for _time in range(3):
            self.assertEqual(numbers._take(self.env["debt.phone"], callee), fresh)
        campaign = self._voice()
        rows = self.env["debt.dialler.campaign"].with_user(self.manager).board_data()
        [row] = [one for one in rows["campaigns"] if one["id"] == campaign.id]
        resting = [one["number"] for one in row["callers"] if one["rests"]]
        self.assertEqual(resting, ["+3225551234"])
        worn.most_short = 1.0
        self.assertFalse(worn.rests)

    def test_who_wants_no_more_calls_is_a_complaint_about_the_number(self):
        """One each, whatever he was called for; of the last seven days."""
        shown, other = self._caller("+3225551234"), self._caller("+3225551235")
        outcome = self.env.ref("debt_collection.outcome_do_not_call")
        self._answered(shown, 2, seconds=60, outcome_id=outcome.id)
        self._answered(shown, 1, seconds=60)
        self._answered(other, 1, seconds=60)
        self.assertEqual((shown.complaints, other.complaints), (1, 0))
        campaign = self._voice()
        rows = self.env["debt.dialler.campaign"].with_user(self.manager).board_data()
        [row] = [one for one in rows["campaigns"] if one["id"] == campaign.id]
        told = {one["number"]: one["complaints"] for one in row["callers"]}
        self.assertEqual((told["+3225551234"], told["+3225551235"]), (1, 0))
        with freeze_time(fields.Datetime.now() + timedelta(days=8)):
            shown.invalidate_recordset()
            self.assertEqual(shown.complaints, 0)

    def test_a_few_calls_say_nothing_of_a_number(self):
        number = self._caller("+3225551234")
        self._answered(number, FEWEST - 1, seconds=1)
        self.assertFalse(number.rests)
