from datetime import date, timedelta

from psycopg2 import IntegrityError

from odoo import Command, fields
from odoo.exceptions import AccessError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common import TUESDAY, DebtCommon


@tagged("post_install", "-at_install")
class TestTargets(DebtCommon):
    """M12: the manager is told when a day falls short of what was aimed at."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.days = cls.env["debt.team.day"]
        cls.team = cls.env["debt.team"].create(
            {
                "name": "Team",
                "manager_id": cls.manager.id,
                "target_answered": 0.25,
                "target_kept": 0.3,
                "member_ids": [Command.create({"user_id": cls.operator.id})],
            }
        )
        debtor = cls._new_debtor("D", "+32 470 00 20 01")
        cls._invoice(100, 20, debtor)
        cls.cases.refresh()
        cls.case = cls.cases.search([("partner_id", "=", debtor.id)])
        cls.case.team_id = cls.team
        cls.env.cr.execute(
            "UPDATE debt_team SET create_date = %s WHERE id = %s",
            (TUESDAY - timedelta(days=2), cls.team.id),
        )
        cls.team.invalidate_recordset(["create_date"])

    def _calls(self, count, answered=0, user=None, minutes=3, **values):
        """Calls of a Tuesday, one after the other, two minutes each."""
        self.env["debt.call"].sudo().create(
            [
                {
                    "case_id": self.case.id,
                    "partner_id": self.case.partner_id.id,
                    "company_id": self.company.id,
                    "user_id": (user or self.operator).id,
                    "direction": "outbound",
                    "state": "done",
                    "number": "+32470002001",
                    "started_at": TUESDAY + timedelta(minutes=minutes * number),
                    "ended_at": TUESDAY + timedelta(minutes=minutes * number + 2),
                    "connected": number < answered,
                    **values,
                }
                for number in range(count)
            ]
        )

    def _promises(self, kept, broken, due=date(2026, 3, 5)):
        for number in range(kept + broken):
            promise = self.env["debt.promise"].create(
                {
                    "case_id": self.case.id,
                    "amount": 10,
                    "made_on": due - timedelta(days=3),
                    "date": due,
                }
            )
            promise.sudo().state = "kept" if number < kept else "broken"

    def _judge(self, **delta):
        with self._at(days=1, **delta), self.enter_registry_test_mode():
            cron = self.env.ref("debt_collection.ir_cron_debt_targets")
            cron.method_direct_trigger()
        return self.days.search([("team_id", "=", self.team.id)])

    def _told(self, user=None):
        return self.env["mail.activity"].search(
            [
                ("res_model", "=", "debt.team.day"),
                ("user_id", "=", (user or self.manager).id),
            ]
        )

    def test_a_day_that_falls_short_becomes_an_activity_once(self):
        self._calls(25, answered=5)
        day = self._judge()
        self.assertEqual(
            (day.day, day.attempts, day.answered), (date(2026, 3, 10), 25, 5)
        )
        self.assertTrue(day.is_short)
        self.assertEqual(day.shortfall, "Calls answered: 20% of 25% aimed at")
        activity = self._told()
        self.assertIn("Team fell short on", activity.summary)
        self.assertEqual(activity.date_deadline, date(2026, 3, 11))
        self.assertEqual(self._judge(hours=1), day)
        self.assertEqual(self._told(), activity, "once, however often it is asked")

    def test_a_day_is_not_judged_before_it_is_over(self):
        self._calls(25)
        with self._at(hours=3):
            self.days._cron_judge()
        self.assertFalse(self.days.search([]))
        # Eleven in the evening in Brussels.
        with self._at(hours=13):
            self.days._cron_judge()
        self.assertFalse(self.days.search([]))
        with self._at(hours=14, minutes=5):
            self.days._cron_judge()
        self.assertTrue(self.days.search([]).is_short)

    def test_a_good_day_tells_nobody(self):
        self._calls(20, answered=5)
        day = self._judge()
        self.assertFalse(day.is_short)
        self.assertEqual(day.answered_rate, 0.25)
        self.assertFalse(self._told())

    def test_few_calls_are_no_rate_and_none_are_no_day(self):
        self.assertFalse(self._judge())
        self._calls(19)
        self.assertFalse(self._judge().is_short)

    def test_kept_promises_of_thirty_days(self):
        self._promises(2, 8)
        self._promises(9, 0, due=date(2026, 2, 1))
        self._calls(1)
        day = self._judge()
        self.assertEqual((day.promises_due, day.promises_kept), (10, 2))
        self.assertEqual(day.shortfall, "Promises kept: 20% of 30% aimed at")

    def test_calls_an_hour_at_the_telephone(self):
        self.team.write({"target_calls_hour": 25, "target_answered": 0})
        # Every 3 minutes: 20 an hour.
        self._calls(30)
        day = self._judge()
        self.assertAlmostEqual(day.hours, 1.483, 3)
        self.assertIn("20.2 of 25.0", day.shortfall)

    def test_days_that_were_missed_are_judged_and_no_older_ones(self):
        self._calls(20)
        with self._at(days=7):
            self.days._cron_judge()
        self.assertEqual(self.days.search([]).day, date(2026, 3, 10))
        self.days.search([]).sudo().unlink()
        with self._at(days=8):
            self.days._cron_judge()
        self.assertFalse(self.days.search([]))

    def test_without_a_manager_of_its_own_the_companys_first_is_told(self):
        self.team.manager_id = False
        self._calls(20)
        day = self._judge()
        self.assertEqual(day.activity_ids.user_id, self.days._told(self.team))
        self.assertTrue(day.activity_ids.user_id)

    def test_a_team_without_targets_is_not_judged(self):
        self.team.write({"target_answered": 0, "target_kept": 0})
        self._calls(20)
        self.assertFalse(self._judge())

    def test_a_day_is_judged_once_and_not_written_by_hand(self):
        self._calls(20)
        day = self._judge()
        values = self.days._prepare_day(self.team, day.day)
        self.days._judge(self.team, day.day)
        self.assertEqual(self.days.search([]), day)
        with (
            self.assertRaises(IntegrityError),
            mute_logger("odoo.sql_db"),
            self.env.cr.savepoint(),
        ):
            self.days.sudo().create(values)
        own = self.days.with_user(self.manager)
        with self.assertRaises(AccessError):
            own.create({**values, "day": fields.Date.today()})
        with self.assertRaises(AccessError):
            day.with_user(self.manager).answered = 20
        with self.assertRaises(AccessError):
            day.with_user(self.operator).read(["answered"])

    def test_targets_are_shares(self):
        with (
            self.assertRaises(IntegrityError),
            mute_logger("odoo.sql_db"),
            self.env.cr.savepoint(),
        ):
            self.team.target_kept = 30
            self.team.flush_recordset()

    def test_the_teams_form_shows_its_days(self):
        self._calls(20)
        with self._at(days=1):
            self.days._cron_judge()
            team = self.team.with_user(self.manager)
            with Form(team) as form:
                self.assertEqual(form.short_count, 1)
                form.target_kept = 0.4
            self.assertEqual(team.action_days()["res_model"], "debt.team.day")
