import contextlib
import threading
from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time
from psycopg2.errors import SerializationFailure

from odoo import SUPERUSER_ID, Command, api, fields
from odoo.exceptions import UserError
from odoo.modules.registry import Registry
from odoo.service.model import retrying
from odoo.tests import BaseCase, get_db_name, tagged
from odoo.tools import SQL, mute_logger

from ..models.card.lock_rows import claim_rows, lock_found
from .common import TUESDAY

ROUNDS = 500
DEBTORS = 12


@tagged("post_install", "-at_install")
class TestRace(BaseCase):
    """Two operators on two real connections, at the same moment.

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
        cls.company_id, cls.former_phone = company.id, company.phone
        company.phone = "+32 2 555 12 12"  # what is written names a number
        group = env.ref("debt_collection.group_debt_operator")
        cls.user_ids = (
            env["res.users"]
            .with_context(no_reset_password=True)
            .create(
                [
                    {
                        "name": f"Racer {number}",
                        "login": f"debt_racer_{number}",
                        "company_id": company.id,
                        "company_ids": [Command.set(company.ids)],
                        "group_ids": [Command.link(group.id)],
                    }
                    for number in range(2)
                ]
            )
            .ids
        )
        partners = env["res.partner"].create(
            [
                {
                    "name": f"Raced Debtor {number}",
                    "is_company": True,
                    "phone": f"+32 470 12 40 {number:02}",
                    "country_id": env.ref("base.be").id,
                    "debt_contact_policy_id": env.ref(
                        "debt_collection.policy_business"
                    ).id,
                }
                for number in range(DEBTORS)
            ]
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
        env["debt.case"].refresh(partners.ids)
        cases = env["debt.case"].search([("partner_id", "in", partners.ids)])
        cases.ladder_id = env.ref("debt_collection.ladder_default")
        cases._plan()

    @classmethod
    def _remove(cls):
        """Take back what was committed, whatever rules protect it from people."""
        with cls.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            env["res.company"].browse(cls.company_id).phone = cls.former_phone
            cases = env["debt.case"].search([("partner_id", "in", cls.partner_ids)])
            cases.activity_ids.unlink()
            cases.message_ids.unlink()
            for table, column, ids in (
                ("debt_call", "partner_id", cls.partner_ids),
                ("debt_case", "partner_id", cls.partner_ids),
                ("account_move_line", "move_id", cls.move_ids),
                ("account_move", "id", cls.move_ids),
            ):
                cr.execute(
                    SQL(
                        "DELETE FROM %s WHERE %s = ANY(%s)",
                        SQL.identifier(table),
                        SQL.identifier(column),
                        ids,
                    )
                )
            env["res.partner"].browse(cls.partner_ids).unlink()
            users = env["res.users"].browse(cls.user_ids)
            people = users.partner_id
            users.unlink()
            people.unlink()

    def _claim(self, user_id, start):
        """Claim once on a connection of its own, when everybody is ready."""
        with self.registry.cursor() as cr:
            env = api.Environment(cr, user_id, {})
            # The snapshot is taken before the start, as late as two requests can be.
            cr.execute("SELECT 1")
            start.wait()
            call = env["debt.call"].browse(env["debt.case"].claim_next() or [])
            return call.partner_id.id

    def test_a_job_looks_again_where_somebody_wrote_meanwhile(self):
        theirs = [("partner_id", "in", self.partner_ids)]
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {"ir_cron_progress_id": 1})
            cr.execute("SELECT 1")  # from here on it sees what there was
            with self.registry.cursor() as other:
                other.execute(
                    "UPDATE debt_case SET priority = priority"
                    " WHERE partner_id = ANY(%s)",
                    [self.partner_ids],
                )

            def begin_anew(_cron):
                cr.rollback()
                return 60

            jobs = type(env["ir.cron"])
            with patch.object(jobs, "_commit_progress", begin_anew):
                found = lock_found(lambda: env["debt.case"].search(theirs))
            self.assertEqual(len(found), DEBTORS)

    def test_who_comes_second_looks_again(self):
        theirs = [("partner_id", "in", self.partner_ids)]
        with self.registry.cursor() as cr:
            cases = api.Environment(cr, SUPERUSER_ID, {})["debt.case"].search(theirs)
            with self.registry.cursor() as other:
                claim_rows(cases.with_env(cases.env(cr=other)))
            with mute_logger("odoo.sql_db"), self.assertRaises(SerializationFailure):
                claim_rows(cases)
            cr.rollback()

    def _release(self):
        with self.registry.cursor() as cr:
            for table in ("debt_call", "debt_message"):
                cr.execute(
                    SQL(
                        "DELETE FROM %s WHERE partner_id = ANY(%s)",
                        SQL.identifier(table),
                        self.partner_ids,
                    )
                )

    def _run(self, user_id, rounds, claimed, start, finish):
        """Claim round by round; whatever goes wrong lets nobody wait for ever."""
        try:
            for _round in range(rounds):
                claimed.append(self._claim(user_id, start))
                finish.wait()
                finish.wait()
        finally:
            if len(claimed) < rounds:
                start.abort()
                finish.abort()

    def _race(self, rounds):
        """Partners claimed by both racers, round by round."""
        claimed = [[], []]
        start, finish = threading.Barrier(2), threading.Barrier(3)
        threads = [
            threading.Thread(target=self._run, args=(user, rounds, got, start, finish))
            for user, got in zip(self.user_ids, claimed, strict=True)
        ]
        for thread in threads:
            thread.dbname = get_db_name()
            thread.start()
        with contextlib.suppress(threading.BrokenBarrierError):
            for _round in range(rounds):
                finish.wait()
                self._release()
                finish.wait()
        for thread in threads:
            thread.join()
        return claimed

    def test_two_connections_never_share_a_debtor(self):
        first, second = self._race(ROUNDS)
        self.assertEqual(len(first), ROUNDS)
        self.assertEqual(len(second), ROUNDS)
        shared = [a for a, b in zip(first, second, strict=True) if a and a == b]
        self.assertFalse(shared)
        self.assertTrue(all(first) and all(second), "there were debtors for both")

    def _at_once(self, *works):
        """Do each on a thread of its own; none logs that it lost and tries again."""
        threads = [threading.Thread(target=work, args=args) for work, *args in works]
        with mute_logger("odoo.sql_db"):
            for thread in threads:
                thread.dbname = get_db_name()
                thread.start()
            for thread in threads:
                thread.join()

    def _claim_again(self, start, answers):
        """Claim for the first racer, retried as requests are."""
        with self.registry.cursor() as cr:
            env = api.Environment(cr, self.user_ids[0], {})
            cr.execute("SELECT 1")
            start.wait()
            answers.append(retrying(env["debt.case"].claim_next, env))

    def test_one_operator_in_two_windows_holds_one_claim(self):
        """Two clicks on “Next Call” at the same moment are one debtor."""
        self.addCleanup(self._release)
        for _round in range(20):
            start, answers = threading.Barrier(2), []
            window = (self._claim_again, start, answers)
            self._at_once(window, window)
            self.assertEqual(len(answers), 2)
            self.assertEqual(len(set(answers)), 1)
            self.assertTrue(answers[0])
            self._release()

    # --- one operator, two debtors ----------------------------------------------------
    def _opened(self, number, user_id):
        """A call that an operator has opened with one of the debtors, undialled."""
        with self.registry.cursor() as cr:
            env = api.Environment(cr, user_id, {})
            theirs = [("partner_id", "=", self.partner_ids[number])]
            case = env["debt.case"].search(theirs)
            return case._open_call(fields.Datetime.now(), mode="manual").id

    def _dial(self, user_id, call_id, start, answers):
        """Dial from a window of its own, retried as requests are."""
        with self.registry.cursor() as cr:
            env = api.Environment(cr, user_id, {})
            cr.execute("SELECT 1")
            call = env["debt.call"].browse(call_id)
            start.wait()
            try:
                retrying(lambda: call.dial(phone=call.case_id.phone_ids[:1]), env)
                answers.append("dialled")
            except UserError as refused:
                answers.append(str(refused))

    def test_one_operator_in_two_tabs_dials_one_debtor(self):
        """Neither tab sees the other's call; the second hears whom he speaks to."""
        self.addCleanup(self._release)
        user_id = self.user_ids[0]
        for _round in range(10):
            calls = [self._opened(number, user_id) for number in range(2)]
            start, answers = threading.Barrier(2), []
            self._at_once(
                *((self._dial, user_id, call, start, answers) for call in calls)
            )
            refused = [answer for answer in answers if answer != "dialled"]
            self.assertEqual(len(answers), 2)
            self.assertEqual(len(refused), 1)
            self.assertIn("You are on the line with Raced Debtor", refused[0])
            self._release()

    def _called_meanwhile(self, user_id):
        """The debtor whom a colleague claimed, called and missed, start to end."""
        with self.registry.cursor() as cr:
            env = api.Environment(cr, user_id, {})
            call = env["debt.call"].browse(env["debt.case"].claim_next())
            call.dial(phone=call.case_id.phone_ids[:1])
            call.finish("no_answer")
            return call.partner_id.id

    def test_whom_a_colleague_has_just_called_is_not_called_again(self):
        """His call is over, and a transaction that began before it does not see it."""
        self.addCleanup(self._release)
        with self.registry.cursor() as cr:
            env = api.Environment(cr, self.user_ids[0], {})
            cr.execute("SELECT 1")
            called = self._called_meanwhile(self.user_ids[1])
            call = env["debt.call"].browse(env["debt.case"].claim_next())
            self.assertTrue(call.partner_id)
            self.assertNotEqual(call.partner_id.id, called)

    # --- one debtor, two contacts ---------------------------------------------------
    def _contact(self, user_id, case_id, make, start, answers):
        """Make a contact on a connection of its own, retried as requests are."""
        with self.registry.cursor() as cr:
            env = api.Environment(cr, user_id, {})
            # The snapshot is taken before the start, as late as two requests can be.
            cr.execute("SELECT 1")
            start.wait()
            case = env["debt.case"].browse(case_id)
            try:
                answers.append(retrying(lambda: make(case), env))
            except UserError as error:
                answers.append(str(error))

    def _contacts_at_once(self, case_id, first, second):
        """What two operators are told who contact one debtor at the same moment."""
        start, answers = threading.Barrier(2), []
        self._at_once(
            *(
                (self._contact, user, case_id, make, start, answers)
                for user, make in zip(self.user_ids, (first, second), strict=True)
            )
        )
        self.assertEqual(len(answers), 2)
        return answers

    def _case_with_one_left(self, policy):
        """A case whose debtor may be contacted once more today."""
        self.addCleanup(self._release)
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            case = env["debt.case"].search(
                [("partner_id", "in", self.partner_ids)], limit=1
            )
            policy = env.ref(f"debt_collection.{policy}")
            case.partner_id.write(
                {"debt_contact_policy_id": policy.id, "email": "raced@example.com"}
            )
            message = case._send_message("callback_request", "email")
            self.assertEqual(message.state, "sent", message.failure)
            return case.id

    def _contacts(self, case_id):
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            sent = [("case_id", "=", case_id), ("sent_at", "!=", False)]
            dialled = [("case_id", "=", case_id), ("started_at", "!=", False)]
            messages = env["debt.message"].search(sent)
            mails = env["mail.mail"].search([("debt_message_ids", "in", messages.ids)])
            calls = env["debt.call"].search(dialled)
            return len(messages) + len(calls), len(mails)

    def test_two_messages_at_once_are_one_where_one_is_allowed(self):
        case_id = self._case_with_one_left("policy_business")

        def send(case):
            return case._send_message("callback_request", "email").state

        def post(case):
            case.message_post(
                body="Please call us.",
                subtype_xmlid="mail.mt_comment",
                partner_ids=case.partner_id.ids,
            )
            return "sent"

        answers = self._contacts_at_once(case_id, send, post)
        self.assertEqual(self._contacts(case_id), (2, 2), answers)
        self.assertEqual(answers.count("sent"), 1, answers)

    def test_a_call_and_a_message_at_once_where_both_are_counted(self):
        case_id = self._case_with_one_left("policy_ua")

        def send(case):
            return case._send_message("callback_request", "email").state

        def dial(case):
            call = case._claim_for_user()
            call.dial(phone=case.phone_ids[:1])
            return call.state

        answers = self._contacts_at_once(case_id, dial, send)
        self.assertEqual(self._contacts(case_id)[0], 2, answers)

    # --- telephony ----------------------------------------------------------------
    def _dialled(self):
        """A robot's call that is on record as dialled, and its provider."""
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            case = env["debt.case"].search(
                [("partner_id", "in", self.partner_ids)], limit=1
            )
            provider = env.ref("debt_collection.provider_tel")
            now = fields.Datetime.now()
            call = case._open_call(now, mode="robot", provider_id=provider.id)
            call.dial(phone=case.phone_ids[:1])
            return call.id, provider.id

    def _deliver(self, call_id, provider_id, start, answers):
        """Deliver a whole call on a connection of its own, retried as requests are."""
        at = fields.Datetime.now().isoformat()
        kinds = ("dialing", "ringing", "ended")
        events = [
            {
                "call_id": call_id,
                "seq": number,
                "kind": kind,
                "at": at,
                "values": {"line": "busy"} if kind == "ended" else {},
            }
            for number, kind in enumerate(kinds, 1)
        ]
        with self.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            provider = env["debt.telephony.provider"].browse(provider_id)
            # The snapshot is taken before the start, as late as two requests can be.
            cr.execute("SELECT 1")
            start.wait()
            calls = env["debt.call"]
            answers.append(
                retrying(lambda: calls._telephony_events(provider, events), env)
            )

    def test_the_same_events_on_two_connections_are_one_call(self):
        call_id, provider_id = self._dialled()
        self.addCleanup(self._release)
        start, answers = threading.Barrier(2), []
        delivery = (self._deliver, call_id, provider_id, start, answers)
        self._at_once(delivery, delivery)
        accepted = [[call_id, number] for number in (1, 2, 3)]
        self.assertEqual(answers, [{"accepted": accepted, "refused": []}] * 2)
        with self.registry.cursor() as cr:
            call = api.Environment(cr, SUPERUSER_ID, {})["debt.call"].browse(call_id)
            self.assertEqual(len(call.event_ids), 3)
            self.assertEqual((call.state, call.outcome_code), ("done", "busy"))
            bodies = call.case_id.message_ids.mapped("body")
            told = [body for body in bodies if "The dialler called" in body]
            self.assertEqual(len(told), 1, "logged once")
