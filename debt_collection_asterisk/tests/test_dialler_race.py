import threading
from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo import SUPERUSER_ID, Command, api, fields
from odoo.modules.registry import Registry
from odoo.service.model import retrying
from odoo.tests import BaseCase, get_db_name, tagged
from odoo.tools import SQL, mute_logger

from odoo.addons.debt_collection.tests.common import TUESDAY

from .common import Process

DEBTORS = 6
ROUNDS = 12


@tagged("post_install", "-at_install")
class TestDiallerRace(BaseCase):
    """Two requests of the process at the same moment, on two real connections.

    A test transaction would hide what is tested here, so the data are committed and
    taken away again by SQL.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.registry = Registry(get_db_name())
        cls.startClassPatcher(freeze_time(TUESDAY))
        with cls.registry.cursor() as cr:
            cls._create(api.Environment(cr, SUPERUSER_ID, {}))
        cls.addClassCleanup(cls._remove)

    @classmethod
    def _create(cls, env):
        company = env["res.company"].browse(1)
        provider = env["debt.telephony.provider"].create(
            {"name": "Raced", "kind": "asterisk", "company_id": company.id}
        )
        text = "An automated message of {company}. Press 9 to refuse."
        prompt = env["debt.dialler.prompt"].create({"name": "Raced", "text": text})
        campaign = env["debt.dialler.campaign"].create(
            {
                "name": "Raced",
                "company_id": company.id,
                "provider_id": provider.id,
                "mode": "voice_message",
                "message_id": prompt.id,
                "message_gap_days": 1,
                "state": "running",
                "max_lines": 100,
            }
        )
        policy = env.ref("debt_collection.policy_business")
        partners = env["res.partner"].create(
            [
                {
                    "name": f"Raced Debtor {number}",
                    "is_company": True,
                    "phone": f"+32 470 12 42 {number:02}",
                    "country_id": env.ref("base.be").id,
                    "debt_contact_policy_id": policy.id,
                }
                for number in range(DEBTORS)
            ]
        )
        due = fields.Date.today() - timedelta(days=10)
        line = {"name": "Service", "price_unit": 100, "tax_ids": [Command.clear()]}
        moves = env["account.move"].create(
            [
                {
                    "move_type": "out_invoice",
                    "partner_id": partner.id,
                    "company_id": company.id,
                    "invoice_date": due,
                    "invoice_date_due": due,
                    "invoice_line_ids": [Command.create(line)],
                }
                for partner in partners
            ]
        )
        moves.action_post()
        env["debt.case"].with_company(company).refresh(partners.ids)
        cases = env["debt.case"].search([("partner_id", "in", partners.ids)])
        cases.ladder_id = env.ref("debt_collection.ladder_default")
        cases._plan()
        cls.ids = {
            "debt_dialler_campaign": campaign.ids,
            "debt_dialler_prompt": prompt.ids,
            "debt_telephony_provider": provider.ids,
            "account_move": moves.ids,
        }
        cls.partner_ids = partners.ids
        cls.provider_id, cls.campaign_id = provider.id, campaign.id

    @classmethod
    def _delete(cls, cr, table, column, ids):
        cr.execute(
            SQL(
                "DELETE FROM %s WHERE %s = ANY(%s)",
                SQL.identifier(table),
                SQL.identifier(column),
                ids,
            )
        )

    @classmethod
    def _remove(cls):
        with cls.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            for table in ("debt_call", "debt_case"):
                cls._delete(cr, table, "partner_id", cls.partner_ids)
            cls._delete(cr, "account_move_line", "move_id", cls.ids["account_move"])
            for table in (
                "account_move",
                "debt_dialler_campaign",
                "debt_dialler_prompt",
                "debt_telephony_provider",
            ):
                cls._delete(cr, table, "id", cls.ids[table])
            env["res.partner"].browse(cls.partner_ids).unlink()

    def _request(self, work, start, results):
        """What a worker does: a transaction, tried again on conflict."""
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            # The snapshot is taken before the start, as late as two requests can be.
            cr.execute("SELECT 1")
            first = [True]

            def run():
                if first:
                    first.clear()
                    start.wait(timeout=30)
                return work(env["debt.telephony.provider"].browse(self.provider_id))

            try:
                results.append(retrying(run, env))
            except Exception as error:
                results.append(error)

    def _at_once(self, *works):
        """The results of requests that begin together."""
        start = threading.Barrier(len(works))
        results = []
        threads = [
            threading.Thread(target=self._request, args=(work, start, results))
            for work in works
        ]
        for thread in threads:
            thread.dbname = get_db_name()
            thread.start()
        for thread in threads:
            thread.join()
        for result in results:
            if isinstance(result, Exception):
                raise result
        return results

    def _once(self, work):
        [result] = self._at_once(work)
        return result

    def _reset(self):
        with self.registry.cursor() as cr:
            self._delete(cr, "debt_call", "partner_id", self.partner_ids)
            self._delete(cr, "debt_dialler_instance", "provider_id", [self.provider_id])
            env = api.Environment(cr, SUPERUSER_ID, {})
            env["debt.case"].search([("partner_id", "in", self.partner_ids)])._plan()

    def setUp(self):
        super().setUp()
        # Waiting for the other is part of the game, and so is losing.
        quiet = mute_logger("odoo.sql_db", "odoo.service.model")
        quiet.__enter__()
        self.addCleanup(quiet.__exit__, None, None, None)
        # Whoever lost tries again without waiting.
        self.startPatcher(patch("odoo.service.model.random.uniform", return_value=0))
        self.addCleanup(self._reset)

    def _process(self):
        """A process that has said that it is there."""

        def greet(provider):
            process = Process(provider)
            process.sync()
            return process.instance

        return self._once(greet)

    def _as(self, instance, provider):
        process = Process(provider)
        process.instance = instance
        return process

    def _want(self, instance, count):
        def work(provider):
            answer = self._as(instance, provider).sync(
                want={self.campaign_id: count}, live=[]
            )
            return answer and [job["number"] for job in answer["jobs"]]

        return work

    def test_two_heartbeats_lend_no_debtor_twice(self):
        for _round in range(ROUNDS):
            instance = self._process()
            self._at_once(self._want(instance, 3), self._want(instance, 3))
            with self.registry.cursor() as cr:
                cr.execute(
                    "SELECT count(*), count(DISTINCT partner_id) FROM debt_call"
                    " WHERE partner_id = ANY(%s)",
                    [self.partner_ids],
                )
                calls, debtors = cr.fetchone()
            self.assertEqual(calls, debtors)
            # The second gets what the first was given: it does not know of it yet.
            self.assertEqual(calls, 3)
            self._reset()

    def test_two_processes_never_both_dial(self):
        """Whoever comes last has the exchange; the other is told so."""
        for _round in range(ROUNDS):
            old = self._process()

            def newcomer(provider):
                return Process(provider).sync() and []

            self._at_once(self._want(old, 3), newcomer)
            self.assertIsNone(self._once(self._want(old, 3)))
            self._reset()

    def test_permission_is_given_once(self):
        """Two threads of the process ask for the same call: one call on record."""
        for _round in range(ROUNDS):
            instance = self._process()
            job = self._once(
                lambda provider, who=instance: self._as(who, provider).sync(
                    want={self.campaign_id: 1}
                )["jobs"][0]
            )

            def ask(provider, job=job):
                return Process(provider).dial(job["call_id"], job["lease"])

            answers = self._at_once(ask, ask)
            self.assertEqual([a["allowed"] for a in answers], [True, True])
            self._reset()

    def test_permission_or_expiry_but_not_both(self):
        for _round in range(ROUNDS):
            instance = self._process()
            job = self._once(
                lambda provider, who=instance: self._as(who, provider).sync(
                    want={self.campaign_id: 1}
                )["jobs"][0]
            )

            def ask(provider, job=job):
                return Process(provider).dial(job["call_id"], job["lease"])["allowed"]

            def expire(provider):
                leases = provider.env["debt.dialler.lease"]
                leases.search([("state", "=", "leased")])._give_back("expired")

            allowed = True in self._at_once(ask, expire)
            with self.registry.cursor() as cr:
                cr.execute(
                    "SELECT state FROM debt_call WHERE id = %s", [job["call_id"]]
                )
                states = cr.fetchall()
            self.assertEqual(states, [("dialing",)] if allowed else [])
            self._reset()

    def test_events_sent_twice_at_once(self):
        for _round in range(ROUNDS):
            instance = self._process()
            job = self._once(
                lambda provider, who=instance: self._as(who, provider).sync(
                    want={self.campaign_id: 1}
                )["jobs"][0]
            )
            call_id = job["call_id"]
            self._once(lambda p, job=job: Process(p).dial(job["call_id"], job["lease"]))

            def tell(provider, call_id=call_id, who=instance):
                process = self._as(who, provider)
                ended = ("ended", {"line": "busy"})
                return process.tell(call_id, "dialing", "ringing", ended)["accepted"]

            accepted = self._at_once(tell, tell)
            self.assertEqual(accepted[0], accepted[1])
            with self.registry.cursor() as cr:
                env = api.Environment(cr, SUPERUSER_ID, {})
                call = env["debt.call"].browse(call_id)
                self.assertEqual(len(call.event_ids), 3)
                self.assertEqual(call.outcome_code, "busy")
                notes = call.case_id.message_ids.filtered(
                    lambda note: "The dialler called" in (note.body or "")
                )
                self.assertEqual(len(notes), 1)
                notes.unlink()
            self._reset()

    def test_nonce_is_used_once(self):
        def use(provider):
            return provider.env["debt.dialler.nonce"]._use(provider, "0" * 32)

        self.assertEqual(sorted(self._at_once(use, use)), [False, True])
