import base64
import tempfile
import time
from pathlib import Path
from unittest.mock import patch

from psycopg2.errors import CheckViolation

from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.debt_collection.tests.common import TUESDAY

from ..dialler.journal import Journal
from .common import DiallerCommon, sound

ISOLATED = "odoo.addons.debt_collection.models.card.isolated"


class ReportedCase(DiallerCommon):
    """Calls of a campaign, and what the process tells of them."""

    def setUp(self):
        super().setUp()
        for number in range(2):
            debtor = self._new_debtor(f"Called {number}", f"+32 470 12 50 {number:02}")
            self._invoice(100, 10, debtor)
        self.cases.refresh()
        self.cases.search([("company_id", "=", self.company.id)])._plan()
        self.campaign = self._campaign("progressive")
        self._ready(self.campaign)
        self._ready(self.campaign, self.colleague)

    def _leased(self, count=1):
        jobs = self.process.sync(want={self.campaign.id: count})["jobs"]
        self.assertEqual(len(jobs), count)
        return self.env["debt.call"].browse([job["call_id"] for job in jobs])

    def _dialled(self, count=1):
        calls = self._leased(count)
        for call in calls:
            self.assertTrue(self.process.dial(call.id)["allowed"])
        return calls

    def _lease(self, call):
        return self.env["debt.dialler.lease"].search([("call_id", "=", call.id)])

    def _lose(self, call):
        """The process is away for longer than a call can last."""
        with self._at(minutes=63):
            self.env["debt.dialler.lease"].sudo()._cron_tidy()
        self.assertEqual((call.state, call.line), ("done", "unknown"))


@tagged("post_install", "-at_install")
class TestReported(ReportedCase):
    """Whatever the process tells, and whenever, has its effect."""

    def _journal(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        journal = Journal(Path(folder.name) / "journal")
        self.addCleanup(journal.close)
        return journal

    def test_what_the_journal_tells_concludes_the_call(self):
        """The process's own journal numbers the events."""
        call = self._dialled()
        journal, now = self._journal(), time.time()
        journal.accept(self.process.jobs[call.id])
        journal.mark(call.id, "asking")
        journal.record(call.id, "dialing", {}, now, "dialling")
        values = {"line": "busy", "by": "debtor"}
        journal.record(call.id, "ended", values, now, "ended")
        self.process.sync(journal.outbox())
        self.assertEqual((call.state, call.outcome_code), ("done", "busy"))
        self.assertEqual(self._lease(call).state, "closed")

    @mute_logger("odoo.addons.debt_collection.models.telephony.debt_call_line")
    def test_a_call_of_which_something_stays_unknown_is_concluded_too(self):
        """Odoo refused an event, the process forgot it: nothing more will come."""
        call = self._dialled()
        dialing, strange, ended = (
            self.process.event(call.id, "dialing"),
            self.process.event(call.id, "whistled"),
            self.process.event(call.id, "ended", line="busy"),
        )
        answer = self.process.sync([dialing, strange, ended])
        self.assertEqual(answer["refused"], [[call.id, 2, "unknown_kind"]])
        self.assertEqual(call.state, "wrapup", "an operator may have been on the line")
        with self._at(seconds=31):
            self.process.sync()
            self.assertEqual(call.state, "wrapup", "the process has more to tell")
            self.process.sync(live=[])
        self.assertEqual((call.state, call.outcome_code), ("done", "busy"))
        self.assertEqual(self._lease(call).state, "closed")

    def test_the_line_of_a_call_given_up_is_learnt_late(self):
        call = self._dialled()
        self._lose(call)
        with self._at(minutes=64):
            self.process.tell(call.id, "dialing", ("ended", {"line": "busy"}))
        self.assertEqual((call.line, call.outcome_code), ("busy", "busy"))

    def test_a_key_of_a_call_given_up_is_heard_late(self):
        """Who pressed 9 is not called again, however late Odoo learns of it."""
        call = self._dialled()
        self._lose(call)
        with self._at(minutes=64):
            self.process.tell(
                call.id,
                "dialing",
                "answered",
                ("menu", {"choice": "stop"}),
                ("ended", {"line": "answered"}),
            )
        self.assertEqual(call.outcome_code, "do_not_call")
        self.assertTrue(call.partner_id.debt_do_not_call)

    def test_a_late_word_changes_nothing_that_was_logged(self):
        call = self._dialled()
        self._lose(call)
        call.sudo().finish("refused", party="right_party")
        with self._at(minutes=64):
            self.process.tell(call.id, "dialing", ("ended", {"line": "busy"}))
        self.assertEqual((call.line, call.outcome_code), ("busy", "refused"))

    def test_a_lease_given_again_runs_out_all_the_same(self):
        """The process will not have it, and never says why."""
        call = self._leased()
        until = self._lease(call).lease_until
        for seconds in range(10, 60, 10):
            with self._at(seconds=seconds):
                self.assertTrue(self.process.sync(live=[])["jobs"])
        self.assertEqual(self._lease(call).lease_until, until)
        with self._at(seconds=61):
            self.assertFalse(self.process.sync(live=[])["jobs"])
        self.assertFalse(call.exists())

    def test_the_job_tells_the_day_of_the_company(self):
        """It is still Monday in Honolulu, whatever the exchange's clock shows."""
        self.company.partner_id.tz = "Pacific/Honolulu"
        call = self._leased()
        self.assertEqual(self.process.jobs[call.id]["today"], "2026-03-09")


@tagged("post_install", "-at_install")
class TestOneFails(ReportedCase):
    """One bad record holds up nobody else."""

    def _fail(self, model, method, bad):
        """Let a method raise for one record."""
        original = getattr(type(self.env[model]), method)

        def failing(records, *args, **kwargs):
            if bad in records:
                raise ValueError("bad record")
            return original(records, *args, **kwargs)

        self.startPatcher(patch.object(type(self.env[model]), method, failing))

    def test_an_outcome_that_fails(self):
        bad, good = self._dialled(2)
        self._fail("debt.call", "finish", bad)
        events = [
            self.process.event(call.id, kind, line="busy")
            for call in (bad, good)
            for kind in ("dialing", "ended")
        ]
        with self.assertLogs(ISOLATED, "ERROR") as logged:
            answer = self.process.sync(events)
        self.assertIn(f"debt.call({bad.id},)", logged.output[0])
        self.assertEqual(len(answer["accepted"]), 4)
        self.assertEqual((good.state, good.outcome_code), ("done", "busy"))
        self.assertEqual(bad.state, "dialing")
        with self._at(seconds=31), self.assertLogs(ISOLATED, "ERROR"):
            self.process.sync(live=[])
            self.process.sync(live=[])
        self.assertEqual(self._lease(bad).state, "closed")

    def test_a_job_that_fails(self):
        bad, good = self._leased(2)
        self._fail("debt.dialler.lease", "_prepare_job", self._lease(bad))
        with self.assertLogs(ISOLATED, "ERROR"):
            [job] = self.process.sync(live=[])["jobs"]
        self.assertEqual(job["call_id"], good.id)

    def test_a_claim_that_cannot_be_given_back(self):
        bad, good = self._leased(2)
        self._fail("debt.call", "_release", bad)
        with self._at(seconds=61), self.assertLogs(ISOLATED, "ERROR"):
            self.process.sync()
        self.assertTrue(bad.exists())
        self.assertFalse(good.exists())

    def test_an_exchange_that_fails(self):
        """The others are tidied, and old numbers of all are forgotten."""
        call = self._leased()
        self.provider.copy({"name": "A Bad Exchange"})
        bad = self.provider.search([("name", "=", "A Bad Exchange")])
        nonces = self.env["debt.dialler.nonce"].sudo()
        nonces._use(bad, "0" * 32)
        leases = self.env["debt.dialler.lease"].sudo()
        original = type(leases)._resolve

        def failing(records, provider):
            if provider == bad:
                raise ValueError("bad exchange")
            return original(records, provider)

        self.startPatcher(patch.object(type(leases), "_resolve", failing))
        with self._at(minutes=20), self.assertLogs(ISOLATED, "ERROR"):
            leases._cron_tidy()
        self.assertFalse(call.exists())
        self.assertFalse(nonces.search([("provider_id", "=", bad.id)]))


@tagged("post_install", "-at_install")
class TestRecorded(ReportedCase):
    def test_the_sound_may_come_before_the_word_that_it_was_announced(self):
        call = self._dialled()
        recording = call._attach_recording("one", sound(), 1)
        self.assertFalse(recording.announced_at)
        self.process.tell(
            call.id,
            "dialing",
            "answered",
            ("bridged", {"user_id": self.operator.id}),
            "announced",
        )
        self.assertEqual(recording.announced_at, TUESDAY)

    def test_a_recording_is_not_longer_than_odoo_takes(self):
        prompt = self.env.ref("debt_collection_asterisk.prompt_announcement_en")
        prompt.audio = base64.b64encode(sound())
        self.provider.write({"max_seconds": 4 * 3600, "announcement_id": prompt.id})
        self.provider.flush_recordset()
        with (
            self.assertRaises(CheckViolation),
            mute_logger("odoo.sql_db"),
            self.env.cr.savepoint(),
        ):
            self.provider.record_calls = True
            self.provider.flush_recordset()
