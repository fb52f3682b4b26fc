from datetime import date, datetime
from unittest.mock import patch

from odoo.tests import TransactionCase, tagged
from odoo.tools import SQL, mute_logger

from odoo.addons.debt_collection.models.ledger import plan_once as module
from odoo.addons.debt_collection.models.ledger.plan_once import plan_once

from .common import DebtCommon

VALUES = (
    7,
    -1,
    1 << 32,
    True,
    None,
    2.5,
    "50 % off",
    date(2026, 3, 10),
    datetime(2026, 3, 10, 9),
    [7, 8],
    ["a", "b"],
    [],
)


class PlanOnceCommon:
    def _kept(self):
        """How many statements of ours the connection keeps."""
        query = SQL("SELECT count(*) FROM pg_prepared_statements WHERE name ~ '^debt_'")
        return self.env.execute_query(query)[0][0]

    def _forget(self):
        self.env.cr.execute(SQL("DEALLOCATE ALL"))


@tagged("post_install", "-at_install")
class TestPlanOnce(PlanOnceCommon, TransactionCase):
    """A prepared statement says what the statement itself says."""

    def setUp(self):
        super().setUp()
        self._forget()

    def _both(self, query):
        plain = self.env.execute_query(query)
        return plain, self.env.execute_query(plan_once(self.env.cr, query))

    def test_every_kind_of_value_comes_back_as_itself(self):
        for value in VALUES:
            plain, planned = self._both(SQL("SELECT %s, 5 %% 3", value))
            self.assertEqual(planned, plain, repr(value))
            self.assertEqual(type(planned[0][0]), type(plain[0][0]), repr(value))
        names = SQL("SELECT count(*) FROM res_users WHERE id = ANY(%s)", [])
        self.assertEqual(*self._both(names))

    def test_one_text_is_prepared_once(self):
        for number in range(3):
            query = SQL("SELECT %s + 1", number)
            [[found]] = self.env.execute_query(plan_once(self.env.cr, query))
            self.assertEqual(found, number + 1)
        self.assertEqual(self._kept(), 1)
        plan_once(self.env.cr, SQL("SELECT %s + 1", 1 << 32))
        self.assertEqual(self._kept(), 2, "a number of another size is another type")

    def test_another_connection_behind_the_cursor(self):
        query = SQL("SELECT %s", 1)
        plan_once(self.env.cr, query)
        self._forget()  # as a pooler's other connection, which knows nothing of it
        self.assertEqual(self.env.execute_query(plan_once(self.env.cr, query)), [(1,)])

    def test_what_is_rolled_back_stays_prepared(self):
        query = SQL("SELECT 1 / %s", 0)
        with self.assertRaises(ZeroDivisionError), mute_logger("odoo.sql_db"):
            with self.env.cr.savepoint():
                try:
                    self.env.execute_query(plan_once(self.env.cr, query))
                except Exception as error:
                    raise ZeroDivisionError from error
        self.assertEqual(self._kept(), 1)
        found = self.env.execute_query(plan_once(self.env.cr, SQL("SELECT 1 / %s", 1)))
        self.assertEqual(found, [(1,)])

    def test_no_more_are_kept_than_are_useful(self):
        with patch.object(module, "MOST", 2):
            for number in range(4):
                query = SQL(f"SELECT %s AS n{number}", number)
                found = self.env.execute_query(plan_once(self.env.cr, query))
                self.assertEqual(found, [(number,)])
        self.assertEqual(self._kept(), 2)


@tagged("post_install", "-at_install")
class TestLedgerPlanOnce(PlanOnceCommon, DebtCommon):
    """The ledger of a few debtors is planned once, and read anew each time."""

    def test_one_debtor_after_the_other(self):
        ledger = self.env["debt.ledger"]
        first, second = (
            self._new_debtor(f"Debtor {n}", f"+32 470 12 53 0{n}") for n in (1, 2)
        )
        self._invoice(100, 10, first)
        owed = ledger._totals(first, self.company)
        self.assertEqual(owed["amount_overdue"], 100)
        kept = self._kept()
        self._invoice(70, 10, second)
        self.assertEqual(ledger._totals(second, self.company)["amount_overdue"], 70)
        self._invoice(30, 10, first)
        self.assertEqual(ledger._totals(first, self.company)["amount_overdue"], 130)
        self.assertEqual(self._kept(), kept, "the same statements served them all")

    def test_many_debtors_are_planned_for_as_many(self):
        ledger = self.env["debt.ledger"]
        many = list(range(1, module.FEW + 2))
        self._forget()
        ledger._rows(ledger._entities(self.company), many)
        self.assertEqual(self._kept(), 0)
        ledger._rows(ledger._entities(self.company), many[:-1])
        self.assertEqual(self._kept(), 1)
