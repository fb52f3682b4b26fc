import base64
from datetime import datetime, timedelta
from unittest.mock import patch

from psycopg2.errors import CheckViolation

from odoo import fields
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.debt_collection.tests.common import TUESDAY

from ..models import debt_case
from .common import CampaignCase, sound


@tagged("post_install", "-at_install")
class TestCampaign(CampaignCase):
    """A campaign dials for those who wait, from the queue of all."""

    def test_progressive_dials_for_each_who_waits(self):
        campaign = self._campaign()
        self.assertFalse(self._want(campaign, 5), "nobody waits")
        self._ready(campaign)
        self.assertEqual(len(self._want(campaign, 5)), 1)
        self.assertFalse(self._want(campaign, 5))
        self._ready(campaign, self.colleague)
        [call] = self._want(campaign, 5)
        self.assertEqual((call.mode, call.state), ("progressive", "draft"))
        self.assertEqual(call.user_id, self.env.ref("base.user_root"))

    def test_only_the_cases_of_its_segment(self):
        """M6: a campaign from a selection of cases."""
        cases = self.cases.search([("company_id", "=", self.company.id)])
        chosen = cases[:2]
        segments = self.env["debt.segment"].with_user(self.manager)
        made = segments._action_from_cases(chosen.with_user(self.manager))
        campaign = self._voice(segment_id=made["res_id"])
        now = fields.Datetime.now()
        due = self.cases.search(campaign._due_domain(now, now))
        self.assertEqual(due, chosen & due)
        self.assertEqual(self._want(campaign, 5).case_id, chosen)

    def test_days_and_hours(self):
        """M6: on a Tuesday at 10:00 in Brussels."""
        campaign = self._voice(hour_from=9.5, hour_to=10.0)
        self.assertFalse(self._want(campaign, 5), "it ended at ten")
        self.assertFalse(campaign._prepare_sync()["running"])
        campaign.hour_to = 10.5
        campaign.tuesday = False
        self.assertFalse(self._want(campaign, 5))
        campaign.tuesday = True
        self.assertTrue(campaign._prepare_sync()["running"])
        self.assertEqual(len(self._want(campaign, 5)), 5)
        with (
            self.assertRaises(CheckViolation),
            mute_logger("odoo.sql_db"),
            self.env.cr.savepoint(),
        ):
            campaign.hour_from = 11
            campaign.flush_recordset()

    def test_operators_do_not_get_whom_a_campaign_has(self):
        campaign = self._voice()
        self.assertEqual(len(self._want(campaign, 5)), 5)
        self.assertFalse(self.cases.with_user(self.colleague).claim_next())

    def test_who_is_refused_at_the_last_moment_holds_up_nobody(self):
        """The queue is behind the truth: it is put on record, the next one is taken."""
        campaign = self._campaign()
        for user in (self.operator, self.colleague):
            self._ready(campaign, user)
        cases = self.cases.search([("company_id", "=", self.company.id)])
        first = cases.sorted(lambda case: (case.next_contact_at, case.id))[:1]
        first.partner_id.debt_do_not_call = True
        first.sudo().write(
            {
                "next_contact_at": TUESDAY,
                "contact_until": TUESDAY + timedelta(hours=1),
                "priority": "2",
                "plan_dirty": False,
            }
        )
        calls = self._want(campaign, 2)
        self.assertEqual(len(calls), 2)
        self.assertNotIn(first, calls.case_id)
        [refusal] = self.env["debt.contact.decision"].search(
            [("case_id", "=", first.id), ("kind", "=", "refusal")]
        )
        self.assertEqual((refusal.occasion, refusal.reason), ("claim", "do_not_call"))

    def test_who_may_get_no_voice_message_holds_up_nobody(self):
        """The queue is of calls: whom the law shields from messages is passed over in
        it for a day, whatever their number, and stands on record once."""
        self.startPatcher(patch.object(debt_case, "TRIES", 2))
        company = [("company_id", "=", self.company.id)]
        cases = self.cases.search(company, order="priority DESC, next_contact_at, id")
        shielded, free = cases[:-1], cases[-1:]
        self.env["debt.consent"].create(
            [
                {
                    "partner_id": debtor.id,
                    "channel": "voice_message",
                    "state": "withdrawn",
                    "how": "call",
                }
                for debtor in shielded.partner_id
            ]
        )
        shielded.sudo().write(
            {
                "next_contact_at": TUESDAY,
                "contact_until": TUESDAY + timedelta(hours=1),
                "priority": "2",
                "plan_dirty": False,
            }
        )
        campaign = self._voice()
        brought = [self._want(campaign, 1).case_id for _second in range(3)]
        self.assertEqual(brought[-1], free)
        refusals = self.env["debt.contact.decision"].search(
            [("case_id", "in", cases.ids), ("kind", "=", "refusal")]
        )
        self.assertEqual(refusals.case_id, shielded)
        self.assertEqual(
            set(refusals.mapped(lambda one: (one.channel, one.reason))),
            {("voice_message", "opted_out")},
        )

    def test_refused_on_dialling_stands_on_record(self):
        campaign = self._campaign()
        self._ready(campaign)
        [call] = self._want(campaign, 1)
        case = call.case_id
        case.partner_id.debt_do_not_call = True
        answer = self.process.dial(call.id)
        self.assertEqual(answer, {"allowed": False, "reason": "do_not_call"})
        [refusal] = self.env["debt.contact.decision"].search(
            [("case_id", "=", case.id), ("kind", "=", "refusal")]
        )
        self.assertEqual((refusal.occasion, refusal.reason), ("dial", "do_not_call"))

    def test_lines_are_not_exceeded(self):
        campaign = self._voice()
        campaign.max_lines = 2
        self.assertEqual(len(self._want(campaign, 5)), 2)
        self.assertFalse(self._want(campaign, 5))

    def test_only_its_cases(self):
        debtor = self.env["res.partner"].search([("name", "=", "Called 3")])
        person = self._new_debtor("A Person", "+32 470 12 51 00", is_company=False)
        self._invoice(100, 10, person)
        self._case(person)
        campaign = self._voice()
        campaign.debtor_kind = "person"
        self.assertEqual(self._want(campaign, 5).partner_id, person)
        campaign.debtor_kind = False
        team = self.env["debt.team"].create({"name": "Team"})
        self._case(debtor).team_id = team
        campaign.team_id = team
        self.assertEqual(self._want(campaign, 5).partner_id, debtor)
        campaign.stage_ids = self.env.ref("debt_collection.stage_collectible")
        campaign.team_id = False
        self.assertFalse(self._want(campaign, 5))

    def test_nobody_is_dialled_at_night(self):
        campaign = self._voice()
        with self._at(hours=11):
            self.process.sync()
            self.assertFalse(self._want(campaign, 5))

    def test_job_says_until_when_it_is_lawful(self):
        self._voice()
        campaign = self.env["debt.dialler.campaign"].search([])
        job = self.process.sync(want={campaign.id: 1})["jobs"][0]
        until = datetime.fromisoformat(job["until"].rstrip("Z"))
        self.assertEqual(until.date(), TUESDAY.date())
        self.assertEqual(job["message"]["lang"], "en")
        self.assertEqual(job["menu"], {"1": "callback", "2": "callback", "9": "stop"})

    def test_paused_campaign_dials_nobody(self):
        campaign = self._voice()
        call = self._want(campaign, 1)
        campaign.action_pause()
        answer = self.process.dial(call.id)
        self.assertEqual(answer, {"allowed": False, "reason": "paused"})
        self.assertFalse(call.exists())
        self.assertFalse(self._want(campaign, 1))
        [told] = self.process.sync()["campaigns"]
        self.assertFalse(told["running"])

    def test_no_second_voice_message_within_a_week(self):
        campaign = self._voice()
        for call in self._want(campaign, 5):
            self.process.dial(call.id)
            self.process.tell(
                call.id, "dialing", "answered", ("ended", {"line": "answered"})
            )
        self.cases.search([("company_id", "=", self.company.id)])._plan()
        with self._at(days=2):
            self.process.sync()
            self.cases.search([("company_id", "=", self.company.id)])._plan()
            self.assertFalse(self._want(campaign, 5))

    def test_campaign_needs_what_is_heard(self):
        with self.assertRaises(UserError) as refused:
            self._campaign("voice_message")
        self.assertIn("voice message", str(refused.exception))
        with self.assertRaises(UserError):
            self._campaign("predictive")

    def test_limits_of_the_law(self):
        for values in ({"abandon_cap": 0.04}, {"ring_seconds": 14}):
            with (
                mute_logger("odoo.sql_db"),
                self.assertRaises(CheckViolation),
                self.env.cr.savepoint(),
            ):
                self._campaign(**values)


@tagged("post_install", "-at_install")
class TestPredictive(CampaignCase):
    """More are dialled than wait, and hardly anybody is abandoned."""

    def _predictive(self, **values):
        message = self._prompt("abandon")
        return self._campaign("predictive", abandon_message_id=message.id, **values)

    def test_too_few_operators(self):
        """Below five nothing is predicted, and the screen says why."""
        campaign = self._predictive()
        self._ready(campaign)
        [told] = self.process.sync()["campaigns"]
        self.assertEqual(told["mode"], "progressive")
        self.assertIn("5 operators", campaign.mode_hint)
        self.assertEqual(len(self._want(campaign, 5)), 1)

    def test_five_operators(self):
        campaign = self._predictive()
        for user in self._users(5):
            self._ready(campaign, user)
        [told] = self.process.sync()["campaigns"]
        self.assertEqual(told["mode"], "predictive")
        self.assertFalse(campaign.mode_hint)
        self.assertEqual(len(self._want(campaign, 5)), 5)

    def test_small_team_cannot_choose_it(self):
        team = self.env["debt.team"].create({"name": "Team"})
        with self.assertRaises(ValidationError) as refused:
            self._predictive(team_id=team.id)
        self.assertIn("needs 5 operators", str(refused.exception))

    def test_one_abandoned_call_pauses_nothing(self):
        campaign = self._predictive()
        self._abandon(campaign, 1, 3)
        self.process.sync()
        self.assertEqual(campaign.state, "running")

    def test_campaign_pauses_over_its_cap(self):
        campaign = self._predictive()
        self._abandon(campaign, 2, 60)
        self.process.sync()
        self.assertEqual(campaign.state, "paused")
        self.assertIn("found no operator", campaign.message_ids[0].body)
        said = len(campaign.message_ids)
        self.process.sync()
        self.assertEqual(len(campaign.message_ids), said, "once")
        with self.assertRaises(UserError):
            campaign.action_start()
        with self._at(minutes=25):
            campaign.action_start()
        self.assertEqual(campaign.state, "running")

    def test_the_cap_is_the_days(self):
        """Two of sixty in half an hour are within it after a good morning."""
        campaign = self._predictive()
        self._abandon(campaign, 0, 20, minutes=60)
        self._abandon(campaign, 2, 60)
        self.process.sync()
        self.assertEqual(campaign.state, "running")

    def test_voice_messages_pause_over_the_cap(self):
        """Who pressed the key for an operator and found none was abandoned too."""
        campaign = self._voice()
        self._abandon(campaign, 2, 60)
        self.process.sync()
        self.assertEqual(campaign.state, "paused")

    def test_within_the_cap(self):
        campaign = self._predictive()
        self._abandon(campaign, 2, 67)
        self.process.sync()
        self.assertEqual(campaign.state, "running")

    def test_abandoned_debtor_is_left_alone_for_three_days(self):
        campaign = self._predictive()
        self._ready(campaign)
        [call] = self._want(campaign, 1)
        debtor = call.partner_id
        self.process.dial(call.id)
        self.process.tell(
            call.id,
            "dialing",
            "answered",
            "human",
            "abandoned",
            ("ended", {"line": "answered", "by": "us"}),
        )
        self.assertTrue(call.abandoned)
        self.assertEqual(call.state, "done")
        claims = self.cases.with_context(allowed_company_ids=self.company.ids)
        for days, found in ((2, False), (3.1, True)):
            with self._at(days=days):
                self.cases.search([("company_id", "=", self.company.id)])._plan()
                calls = claims._claim_for_campaign(campaign, 20)
                self.assertEqual(debtor in calls.partner_id, found)
                calls._release()

    def test_whom_one_campaign_abandoned_no_other_dials(self):
        """It is the debtor who is left alone: whichever campaign dials."""
        self._abandon(self._predictive(), 1, 1)
        [debtor] = self.env["debt.call"].search([("abandoned", "=", True)]).partner_id
        claims = self.cases.with_context(allowed_company_ids=self.company.ids)
        others = [self._voice(), self._campaign("progressive"), self._predictive()]
        for campaign in others:
            for hours, found in ((50, False), (74, True)):
                with self._at(hours=hours):
                    self.cases.search([("company_id", "=", self.company.id)])._plan()
                    calls = claims._claim_for_campaign(campaign, 20)
                    self.assertTrue(calls)
                    self.assertEqual(debtor in calls.partner_id, found, campaign.mode)
                    calls._release()


@tagged("post_install", "-at_install")
class TestPrompt(CampaignCase):
    """Recordings are brought to what a telephone line takes, or refused in words."""

    def _upload(self, data):
        prompt = self.env.ref("debt_collection_asterisk.prompt_message_en")
        prompt.audio = base64.b64encode(data)
        return prompt

    def test_good_recording(self):
        prompt = self._upload(sound(seconds=3))
        self.assertEqual((prompt.seconds, len(prompt.audio_sha1)), (3, 40))
        self.assertEqual(prompt._content(), sound(seconds=3))

    def test_recording_of_a_studio_is_converted(self):
        prompt = self._upload(sound(rate=44100, channels=2, seconds=2))
        self.assertEqual(prompt._content(), sound(seconds=2))

    def test_no_recording(self):
        for data, word in ((b"ID3 mp3", "no WAV"), (sound(width=1), "16 bit")):
            with self.assertRaises(ValidationError) as refused:
                self._upload(data)
            self.assertIn(word, str(refused.exception))

    def test_server_that_cannot_speak(self):
        prompt = self.env.ref("debt_collection_asterisk.prompt_message_en")
        self._patch_which(None)
        with self.assertRaises(UserError) as refused:
            prompt.action_speak()
        self.assertIn("espeak-ng", str(refused.exception))

    def test_server_that_speaks(self):
        self._speaking()
        prompt = self.env.ref("debt_collection_asterisk.prompt_message_en")
        prompt.action_speak()
        self.assertEqual(prompt._content(), sound())
