from unittest.mock import patch

from lxml import html

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import Form, tagged

from .common import DebtCommon


@tagged("post_install", "-at_install")
class TestTeamToday(DebtCommon):
    """The manager's look at the day."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.team = cls.env["debt.team"].create(
            {
                "name": "Team",
                "member_ids": [
                    Command.create({"user_id": user.id})
                    for user in (cls.operator, cls.colleague)
                ],
            }
        )
        for number in range(8):
            debtor = cls._new_debtor(f"D{number}", f"+32 470 00 20 {number:02}")
            cls._invoice(100, 20, debtor)
        cls.cases.refresh()

    def _call_some(self, user, number, outcome="no_answer", **values):
        free = self.cases.search([("call_ids", "=", False)], limit=number)
        self.assertEqual(len(free), number)
        for case in free:
            case.sudo().write({"team_id": self.team.id, "user_id": user.id})
            call = case.with_user(user)._claim_for_user()
            call.dial(phone=call.partner_id.debt_phone_ids)
            call.finish(outcome, note="x", **values)
        return free

    def _screen(self, user=None):
        screens = self.env["debt.team.today"].with_user(user or self.manager)
        return screens.browse(screens.action_today()["res_id"])

    def _cells(self, screen):
        """Numbers by operator; the columns are today, yesterday, a week ago."""
        table = html.fromstring(screen.html)
        return {
            cells[0]: cells[1:]
            for cells in (
                ["".join(cell.itertext()).strip() for cell in row.xpath("td")]
                for row in table.xpath("//tbody/tr | //tfoot/tr")
            )
        }

    def test_the_ledger_is_asked_once_for_all_its_days(self):
        reports = type(self.env["debt.collection.report"])
        screen = self._screen()
        screen.invalidate_recordset(["html"])
        with patch.object(reports, "_catch_up_one", autospec=True) as caught_up:
            self.assertTrue(screen.html)
            self.assertEqual(caught_up.call_count, 1)
            # What a client sends is no mark.
            marked = reports._caught_up(self.env["debt.collection.report"])
            context = {"debt_caught_up": str(marked.env.context["debt_caught_up"])}
            self.env["debt.collection.report"].with_context(**context).search([])
            self.assertEqual(caught_up.call_count, 3)

    def test_today_beside_yesterday_and_the_weekday_before(self):
        self._call_some(self.operator, 3)
        paid = self._call_some(self.colleague, 1, "refused", party="right_party")
        with self._at(days=1, minutes=5):
            self._call_some(self.operator, 1)
            moves = self.env["account.move"].search(
                [("partner_id", "=", paid.partner_id.id)]
            )
            self._pay(moves, 60)
            screen = self._screen()
            self.assertEqual(screen.team_id, self.team)
            cells = self._cells(screen)
        name, other = self.operator.name, self.colleague.name
        self.assertEqual(cells[name][:3], ["1", "3", "0"])
        self.assertEqual(cells[other][:3], ["0", "1", "0"])
        self.assertEqual(cells[other][6:9], ["0", "1", "0"])
        self.assertIn("60.00", cells[other][12])
        self.assertEqual(cells["Median"][:3], ["1", "2", "0"])

    def test_up_to_the_same_time_of_day(self):
        self._call_some(self.operator, 2)
        with self._at(days=7, hours=-1):
            form = Form(self._screen())
            row = self._cells(form.save())[self.operator.name]
            self.assertEqual(row[2], "0", "they were made an hour later in the day")
            form.until_now = False
            row = self._cells(form.save())[self.operator.name]
            self.assertEqual(row[2], "2")

    def test_an_empty_screen_says_what_to_do(self):
        self.team.unlink()
        self.assertIn("add members to the team", self._screen().html)

    def test_managers_only_and_own_companies(self):
        with self.assertRaises(AccessError):
            self._screen(self.operator)
        sister = self.setup_other_company(name="Sister")["company"]
        other = self.env["debt.team"].create({"name": "X", "company_id": sister.id})
        screens = self.env["debt.team.today"].with_user(self.manager)
        with self.assertRaises(AccessError):
            screens.new({"company_id": sister.id}).html  # noqa: B018
        with self.assertRaises(AccessError):
            screens.new({"team_id": other.id}).html  # noqa: B018
