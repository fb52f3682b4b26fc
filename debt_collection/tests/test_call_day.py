from datetime import timedelta

from odoo import fields
from odoo.tests import HttpCase, new_test_user, tagged

from .test_call_window import WizardCommon


@tagged("post_install", "-at_install")
class TestDay(WizardCommon):
    """What an operator is told as his day goes on."""

    def setUp(self):
        super().setUp()
        self.told = []
        users = type(self.env["res.users"])
        self.patch(
            users,
            "_bus_send",
            lambda user, kind, message, **kw: self.told.append((user, message)),
        )

    def test_his_day_counts_what_he_did(self):
        queue = self.env["debt.queue"].with_user(self.operator)
        self.assertIn("Calls today: 0", queue.my_day()["done"])
        call = self._call()
        call.dial(call.case_id.sudo().phone_ids[:1])
        call.finish("promise", promise_amount=100, promise_date=fields.Date.today())
        done = queue.my_day()["done"]
        for part in ("Calls today: 1", "Right party: 1", "Promises: 1", "100.00"):
            self.assertIn(part, done)
        with self._at(days=1):
            self.assertIn("Calls today: 0", queue.my_day()["done"])
        theirs = queue.with_user(self.colleague).my_day()["done"]
        self.assertIn("Calls today: 0", theirs)

    def test_a_callback_that_falls_due_is_told_once_to_whose_it_is(self):
        case = self._case()
        case.write({"user_id": self.operator.id, "callback_at": fields.Datetime.now()})
        queue = self.env["debt.queue"]
        with self._at(minutes=-1):
            queue._cron_tell_callbacks()
        self.assertFalse(self.told)
        with self._at(minutes=4):
            queue._cron_tell_callbacks()
        with self._at(minutes=9):
            queue._cron_tell_callbacks()
        [(user, message)] = self.told
        self.assertEqual(user, self.operator)
        self.assertIn("Debtor One", message["message"])
        # Asked for again, it is told again.
        case.callback_at += timedelta(hours=2)
        with self._at(hours=2, minutes=1):
            queue._cron_tell_callbacks()
        self.assertEqual(len(self.told), 2)

    def test_nobody_is_told_of_a_callback_of_yesterday_or_a_closed_case(self):
        case = self._case()
        case.write({"user_id": self.operator.id, "callback_at": fields.Datetime.now()})
        with self._at(days=1):
            self.env["debt.queue"]._cron_tell_callbacks()
        case._close("manual")
        with self._at(minutes=4):
            self.env["debt.queue"]._cron_tell_callbacks()
        self.assertFalse(self.told)

    def test_line_trouble_reaches_a_manager_and_is_not_lost(self):
        wizard = self._open()
        wizard.note = "No dial tone"
        action = wizard.action_trouble()
        self.assertEqual(action["params"]["type"], "success")
        self.assertIn("No dial tone", self.told[0][1]["message"])
        summaries = self._case().activity_ids.mapped("summary")
        self.assertIn("Trouble with the line", summaries)


@tagged("post_install", "-at_install")
class TestHome(HttpCase, WizardCommon):
    """Where a user lands after the login."""

    def _home(self, user):
        user.password = user.login + "_long_enough"
        self.authenticate(user.login, user.password)
        return self.make_jsonrpc_request("/web/session/get_session_info", {})[
            "home_action_id"
        ]

    def test_an_operator_lands_on_his_day_unless_he_chose_otherwise(self):
        day = self.env.ref("debt_collection.debt_case_action_my_day")
        self.assertEqual(self._home(self.operator), day.id)
        self.operator.action_id = self.env.ref("debt_collection.debt_case_action").id
        self.assertNotEqual(self._home(self.operator), day.id)
        self.assertFalse(self._home(self.manager))

    def test_an_accountant_lands_on_what_is_overdue(self):
        overdue = self.env.ref("debt_collection.account_move_action_overdue")
        accountant = new_test_user(
            self.env,
            "lands_here",
            groups="debt_collection.group_debt_accountant",
            company_id=self.company.id,
        )
        self.assertEqual(self._home(accountant), overdue.id)
        accountant.group_ids += self.env.ref("debt_collection.group_debt_operator")
        self.assertFalse(self._home(accountant), "with two roles he chooses himself")
