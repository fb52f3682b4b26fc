import threading
from datetime import timedelta

from odoo import SUPERUSER_ID, Command, api, fields
from odoo.modules.registry import Registry
from odoo.tests import BaseCase, get_db_name, tagged
from odoo.tools import SQL

DEBTORS = 30


@tagged("post_install", "-at_install")
class TestRefreshRace(BaseCase):
    """Two refreshes on two real connections, at the same moment.

    A test transaction would hide what is tested here, so the data are committed and
    taken away again by SQL.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.registry = Registry(get_db_name())
        with cls.registry.cursor() as cr:
            cls._create(api.Environment(cr, SUPERUSER_ID, {}))
        cls.addClassCleanup(cls._remove)

    @classmethod
    def _create(cls, env):
        partners = env["res.partner"].create(
            [{"name": f"Racing Debtor {number}"} for number in range(DEBTORS)]
        )
        cls.partner_ids = partners.ids
        due = fields.Date.today() - timedelta(days=10)
        moves = env["account.move"].create(
            [
                {
                    "move_type": "out_invoice",
                    "partner_id": partner.id,
                    "invoice_date": due,
                    "invoice_date_due": due,
                    "invoice_payment_term_id": False,
                    "invoice_line_ids": [
                        Command.create({"name": "Service", "price_unit": 100})
                    ],
                }
                for partner in partners
            ]
        )
        moves.action_post()
        cls.move_ids = moves.ids

    @classmethod
    def _remove(cls):
        """Take back what was committed, whatever protects it from people."""
        with cls.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            cls._remove_cases(env)
            for table, column in (
                ("account_move_line", "move_id"),
                ("account_move", "id"),
            ):
                cls._delete(cr, table, column, cls.move_ids)
            env["res.partner"].browse(cls.partner_ids).unlink()

    @classmethod
    def _remove_cases(cls, env):
        cases = env["debt.case"].search([("partner_id", "in", cls.partner_ids)])
        cases.activity_ids.unlink()
        cases.message_ids.unlink()
        cls._delete(env.cr, "debt_case", "partner_id", cls.partner_ids)

    @staticmethod
    def _delete(cr, table, column, ids):
        names = SQL.identifier(table), SQL.identifier(column)
        cr.execute(SQL("DELETE FROM %s WHERE %s = ANY(%s)", *names, ids))

    def setUp(self):
        super().setUp()
        with self.registry.cursor() as cr:
            self._remove_cases(api.Environment(cr, SUPERUSER_ID, {}))

    def _race(self, *works):
        """Run the works at the same time, each on a snapshot taken before all."""
        start = threading.Barrier(len(works))
        failures = []

        def run(work):
            try:
                with self.registry.cursor() as cr:
                    env = api.Environment(cr, SUPERUSER_ID, {})
                    env["res.company"].search([]).mapped("name")
                    start.wait(timeout=60)
                    work(env)
            except Exception as error:  # told by the main thread
                failures.append(error)

        threads = [threading.Thread(target=run, args=(work,)) for work in works]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=120)
        self.assertFalse(failures)

    def _cases(self):
        """(debtor, amount) of the open cases that are committed."""
        with self.registry.cursor() as cr:
            cases = api.Environment(cr, SUPERUSER_ID, {})["debt.case"].search(
                [("partner_id", "in", self.partner_ids), ("closed_at", "=", False)]
            )
            return sorted((case.partner_id.id, case.amount_overdue) for case in cases)

    def test_two_first_fills(self):
        for _round in range(3):
            self._race(*[lambda env: env["debt.case"].refresh()] * 2)
            self.assertEqual([debtor for debtor, _ in self._cases()], self.partner_ids)
            self.setUp()

    def test_refreshes_in_opposite_order(self):
        """Each has one half first and then needs the other: nobody deadlocks."""
        half = DEBTORS // 2
        halves = self.partner_ids[:half], self.partner_ids[half:]

        def work(first, second):
            def refresh(env):
                env["debt.case"].refresh(first)
                env["debt.case"].refresh(second)

            return refresh

        self._race(work(*halves), work(*halves[::-1]))
        self._race(lambda env: env["debt.case"].refresh())
        self.assertEqual([debtor for debtor, _ in self._cases()], self.partner_ids)

    def test_payment_and_refresh(self):
        """The payment goes through; the case is right after the next refresh."""
        with self.registry.cursor() as cr:
            api.Environment(cr, SUPERUSER_ID, {})["debt.case"].refresh()
        move_id = self.move_ids[0]

        def exclude(env):
            env["account.move"].browse(move_id).debt_status = "excluded"

        def hold(env):
            case = env["debt.case"].search([("partner_id", "=", self.partner_ids[0])])
            case.priority = "2"
            env.cr.flush()

        self._race(exclude, hold)
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            env["debt.case"].refresh()
            self.assertEqual(
                env["account.move"].browse(move_id).debt_status, "excluded"
            )
        self.assertEqual([debtor for debtor, _ in self._cases()], self.partner_ids[1:])
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            env["account.move"].browse(move_id).debt_status = "none"
