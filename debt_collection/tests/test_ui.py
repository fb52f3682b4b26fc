from datetime import timedelta

from freezegun import freeze_time

from odoo import Command, fields
from odoo.tests import HttpCase, new_test_user, tagged

# The module, not its classes: they would be collected and run here too.
from odoo.addons.web.tests import test_js

from .common import TUESDAY

ALL_DAYS = dict.fromkeys(
    (
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
        "holiday",
    ),
    True,
)


class TourCase(HttpCase):
    """Data for a browser, on a Tuesday morning; the clock goes on from there."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Waiting for a page needs a clock that goes.
        cls.startClassPatcher(freeze_time(TUESDAY, tick=True))
        cls.policy = cls.env["debt.contact.policy"].create(
            {
                "name": "Tour Policy",
                "sequence": 0,
                "window_ids": [
                    Command.create(ALL_DAYS | {"hour_from": 8, "hour_to": 20})
                ],
            }
        )
        company = cls.env["res.company"].create(
            {"name": "Tour Company", "country_id": cls.env.ref("base.us").id}
        )
        cls.policy.company_id = company  # a shared law is not a manager's to change
        company.partner_id.tz = "UTC"  # its day is the browser's
        cls.env["account.chart.template"].with_company(company).try_loading(
            "generic_coa", company, install_demo=False
        )
        cls.company = company
        # Fresh debts are called too, not written to only.
        cls.env.ref("debt_collection.stage_overdue").ladder_id = cls.env.ref(
            "debt_collection.ladder_default"
        )
        company.debt_contact_policy_id = cls.policy

    @classmethod
    def _user(cls, login, group):
        return new_test_user(
            cls.env,
            login,
            name=login,
            groups=f"base.group_user,debt_collection.{group}",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
            lang="en_US",
            tz="UTC",
        )

    @classmethod
    def _debtor(cls, name, amount, days_late):
        debtor = cls.env["res.partner"].create(
            {
                "name": name,
                "is_company": True,
                "phone": "+32 470 12 34 56",
                "country_id": cls.env.ref("base.be").id,
                "debt_contact_policy_id": cls.policy.id,
                "lang": "en_US",
            }
        )
        cls._invoice(debtor, amount, days_late)
        return debtor

    @classmethod
    def _invoice(cls, debtor, amount, days_late):
        due = fields.Date.today() - timedelta(days=days_late)
        line = {"name": "Service", "price_unit": amount, "tax_ids": [Command.clear()]}
        move = (
            cls.env["account.move"]
            .with_company(cls.company)
            .create(
                {
                    "move_type": "out_invoice",
                    "company_id": cls.company.id,
                    "partner_id": debtor.id,
                    "invoice_date": due,
                    "invoice_date_due": due,
                    "invoice_payment_term_id": False,
                    "invoice_line_ids": [Command.create(line)],
                }
            )
        )
        move.action_post()
        return move

    @classmethod
    def _cases(cls, debtors, user=None):
        cases = cls.env["debt.case"].with_company(cls.company)
        cases = cases.with_context(allowed_company_ids=cls.company.ids)
        cases.refresh(debtors.ids)
        found = cases.search([("partner_id", "in", debtors.ids)])
        if user:
            found.user_id = user
        found._plan()
        return found


@tagged("post_install", "-at_install")
class TestTours(TourCase):
    def test_accountants_first_day(self):
        self.company.debt_auto_flag = False
        self._user("tour_accountant", "group_debt_accountant")
        debtor = self._debtor("Tour Debtor", 321, 15)
        self.start_tour("/odoo", "debt_accountant_tour", login="tour_accountant")
        self.assertEqual(debtor.debt_case_ids.amount_overdue, 321)

    def test_operators_day(self):
        operator = self._user("tour_operator", "group_debt_operator")
        # One attempt a day: whom he did not reach is not on his list again today.
        step = Command.create({"first_day": 1, "last_day": 7, "attempts": 1})
        ladder = self.env["debt.ladder"].create(
            {"name": "Tour Ladder", "step_ids": [step]}
        )
        self.env["debt.stage"].search([]).ladder_id = ladder
        debtors = self._debtor("Tour One", 100, 15) | self._debtor("Tour Two", 200, 15)
        cases = self._cases(debtors, operator)
        objection = self.env["debt.objection"].create(
            {"name": "Tour objection", "code": "tour", "handling": "Tour handling"}
        )
        self.start_tour("/odoo", "debt_operator_tour", login="tour_operator")
        calls = self.env["debt.call"].search([("case_id", "in", cases.ids)])
        codes = calls.mapped("outcome_code")
        self.assertEqual(sorted(codes), ["no_answer", "promise"])
        promise = cases.promise_ids
        self.assertEqual(promise.amount, promise.case_id.amount_overdue)
        self.assertEqual(calls.objection_ids, objection)

    def test_an_operator_needs_few_keys(self):
        """Three keys where nobody answers, ten for a promise, from window to window."""
        operator = self._user("tour_operator", "group_debt_operator")
        debtors = [self._debtor(f"Tour {n}", 100, 15) for n in ("One", "Two", "Three")]
        for days, debtor in enumerate(reversed(debtors)):
            case = self._cases(debtor, operator)
            case.next_contact_at -= timedelta(hours=days)
        action = self.env.ref("debt_collection.debt_call_wizard_action_next")
        self.start_tour(
            f"/odoo/action-{action.id}", "debt_keys_tour", login="tour_operator"
        )
        calls = self.env["debt.call"].search([("user_id", "=", operator.id)])
        codes = sorted(calls.mapped("outcome_code"))
        self.assertEqual(codes, ["busy", "no_answer", "promise"])

    def test_numbers_of_invoices_are_whole_on_every_screen(self):
        """O5: beside the sum, the status and the column to tick."""
        action = self.env.ref("debt_collection.debt_call_wizard_action_next")
        for width in (390, 1024, 1366, 1920):
            login = f"tour_operator_{width}"
            debtor = self._debtor(f"Tour {width}", 1752.75, 15)
            self._invoice(debtor, 500.5, 120)
            self._cases(debtor, self._user(login, "group_debt_operator"))
            self.browser_size = f"{width}x900"
            with self.subTest(width=width):
                self.start_tour(
                    f"/odoo/action-{action.id}", "debt_columns_tour", login=login
                )

    def test_managers_rules(self):
        operator = self._user("tour_operator", "group_debt_operator")
        self._user("tour_manager", "group_debt_manager")
        ladder = self.env["debt.ladder"].create({"name": "Tour Ladder", "sequence": 0})
        self.policy.window_ids.saturday = False
        case = self._cases(self._debtor("Tour Debtor", 100, 15), operator)
        for _attempt in range(2):
            call = case.with_user(operator)._claim_for_user()
            call.finish("no_answer")
        self.start_tour("/odoo", "debt_manager_tour", login="tour_manager")
        self.assertEqual(ladder.step_ids.attempts, 2)
        self.assertTrue(self.policy.window_ids.saturday)


@tagged("post_install", "-at_install")
class TestUnits(test_js.HOOTCommon):
    """Unit tests of the JavaScript, in the browser."""

    _test_params = [("+", "@debt_collection")]

    def test_units(self):
        self.browser_js(
            f"/web/tests?headless&loglevel=2&preset=desktop&timeout=15000"
            f"{self.hoot_filters}",
            "",
            "",
            login="admin",
            timeout=600,
            success_signal="[HOOT] Test suite succeeded",
            error_checker=test_js.unit_test_error_checker,
        )
