from datetime import timedelta
from unittest.mock import patch

from psycopg2.errors import SerializationFailure

from odoo.tests import tagged
from odoo.tools import html2plaintext, mute_logger

from .common import TUESDAY, DebtCommon

LOGGER = "odoo.addons.debt_collection.models.plan.debt_case_plan"
TOMORROW = TUESDAY + timedelta(days=1)


@tagged("post_install", "-at_install")
class TestIsolated(DebtCommon):
    """A case with which something is wrong does not cost the others their day."""

    def setUp(self):
        super().setUp()
        self.bad, *self.good = (
            self._owing(f"Debtor {number}", f"+32 470 12 34 {number}")
            for number in range(60, 65)
        )
        self.every = self.bad.union(*self.good)

    def _owing(self, name, phone):
        debtor = self._new_debtor(name, phone, email="one@example.com")
        self._invoice(1000, 10, debtor)
        return self._case(debtor)

    def _broken(self, method, error=ValueError):
        """The method fails for the bad case, as it may in another addon."""
        cases, bad = self.env.registry["debt.case"], self.bad
        original = getattr(cases, method)

        def fail(case, *args, **kwargs):
            if bad in case:
                raise error("Two left shoes")
            return original(case, *args, **kwargs)

        return patch.object(cases, method, fail)

    def _run(self, cron):
        with self.enter_registry_test_mode():
            self.env.ref(f"debt_collection.{cron}").method_direct_trigger()

    def _dirty(self):
        self.every.sudo().write({"plan_dirty": True, "next_contact_at": False})

    def test_the_others_are_planned(self):
        self._dirty()
        with self._broken("_plan_next_contact"), mute_logger(LOGGER):
            self._run("ir_cron_debt_plan")
        for case in self.good:
            self.assertEqual(case.next_contact_at, TUESDAY)
        self.assertFalse(any(self.every.mapped("plan_dirty")))
        self.assertEqual(self.bad.next_contact_at, TOMORROW)
        self.assertIn("tried again tomorrow", self.bad.next_contact_reason)
        note = html2plaintext(self.bad.message_ids[:1].body)
        self.assertIn("Two left shoes", note)

    def test_it_is_nobodys_before_it_is_planned(self):
        self._dirty()
        with self._broken("_plan_next_contact"), mute_logger(LOGGER):
            self._run("ir_cron_debt_plan")
            with self._at(days=1):
                cases = self.cases.with_user(self.operator)
                claimed = self.env["debt.call"].browse(cases.claim_next())
                self.assertNotEqual(claimed.case_id, self.bad)
                self.assertTrue(claimed.case_id in self.every)

    def test_mended_it_is_planned_the_day_after(self):
        self._dirty()
        with self._broken("_plan_next_contact"), mute_logger(LOGGER):
            self._run("ir_cron_debt_plan")
        with self._at(days=1):
            self._run("ir_cron_debt_plan")
            self.assertEqual(self.bad.next_contact_code, "ladder")
            self.assertGreaterEqual(self.bad.next_contact_at, TOMORROW)

    def test_a_busy_database_is_nothing_wrong_with_a_case(self):
        with (
            self._broken("_plan_next_contact", SerializationFailure),
            self.assertRaises(SerializationFailure),
        ):
            self.every._work_isolated(lambda some: some._plan())

    def test_the_ladders_messages_go_on(self):
        self.every.sudo().next_message_at = TUESDAY
        with self._broken("_prepare_ladder_message"), mute_logger(LOGGER):
            self._run("ir_cron_debt_ladder_message")
        for case in self.good:
            # Calls come first: none is due yet, and the plan says so again.
            self.assertNotEqual(case.next_message_at, TUESDAY)
            self.assertEqual(case.next_contact_code, "ladder")
        self.assertFalse(self.bad.next_message_at)
        self.assertEqual(self.bad.next_contact_code, "failed")
