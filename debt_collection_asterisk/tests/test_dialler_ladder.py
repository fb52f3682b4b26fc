from odoo import fields
from odoo.exceptions import ValidationError
from odoo.tests import Form, tagged

from .common import CampaignCase

#: Nobody picks up; somebody listens and does nothing.
IGNORED = [("ended", {"line": "no_answer"})]
HEARD = [
    "answered",
    ("message_played", {"seconds": 9, "complete": True}),
    ("ended", {"line": "answered", "by": "debtor"}),
]


@tagged("post_install", "-at_install")
class TestVoiceStep(CampaignCase):
    """A voice message is a step of a ladder, and operators take it from there."""

    def setUp(self):
        super().setUp()
        self.ladder = self.env["debt.ladder"].create(
            {
                "name": "Voice first",
                "step_ids": [
                    fields.Command.create(
                        {"channel": "voice_message", "first_day": 1, "last_day": 1}
                    ),
                    fields.Command.create({"first_day": 2, "last_day": 4}),
                ],
            }
        )
        self.called = self.cases.search([("company_id", "=", self.company.id)])
        (self.called - self.called[0])._close("manual")
        self.case = self.called[0]
        self.case.ladder_id = self.ladder
        self.case._plan()

    def _carry_out(self, campaign, *events):
        """The campaign leaves what is due; returns the call, empty if nothing is."""
        call = self._want(campaign, 1)
        if call:
            self.process.dial(call.id)
            self.process.tell(call.id, "dialing", *events)
        return call

    def test_it_is_due_though_no_call_is(self):
        self.assertEqual(self.case.next_contact_at.date().isoformat(), "2026-03-11")
        self.assertLessEqual(self.case.voice_step_at, fields.Datetime.now())
        campaign = self._voice(by_ladder=True)
        now = fields.Datetime.now()
        self.assertEqual(self.cases.search(campaign._due_domain(now, now)), self.case)
        call = self._carry_out(campaign, *HEARD)
        self.assertEqual((call.case_id, call.mode), (self.case, "voice_message"))
        self.assertEqual(call.state, "done")

    def test_who_ignored_it_is_called(self):
        self._carry_out(self._voice(by_ladder=True), *IGNORED)
        with self._at(days=1):
            self.case._plan()
            self.assertEqual(self.case.next_contact_code, "ladder")
        with self._at(days=1, hours=2):
            self.assertTrue(self.cases.with_user(self.operator).claim_next())

    def test_who_chose_a_callback_is_called_when_he_asked(self):
        self._carry_out(
            self._voice(by_ladder=True),
            "answered",
            ("menu", {"choice": "callback"}),
            ("ended", {"line": "answered", "by": "us"}),
        )
        self.assertTrue(self.case.callback_at)
        self.assertEqual(self.case.next_contact_code, "callback")
        self.assertFalse(self.case.voice_step_at)

    def test_once_whatever_became_of_it(self):
        for events in (IGNORED, HEARD):
            with self.subTest(events=events):
                self.case.sudo().call_ids.ladder_key = False
                self.case._plan()
                campaign = self._voice(by_ladder=True)
                self.assertTrue(self._carry_out(campaign, *events))
                self.case._plan()
                self.assertFalse(self.case.voice_step_at)
                self.case.sudo().voice_step_at = fields.Datetime.now()
                self.assertFalse(self._want(campaign, 1), "the plan was behind")
                campaign.action_pause()

    def test_where_nothing_rang_it_has_not_happened(self):
        campaign = self._voice(by_ladder=True)
        call = self._carry_out(campaign, ("ended", {"line": "congestion"}))
        self.assertTrue(call.unreached)
        self.case._plan()
        self.assertTrue(self.case.voice_step_at)
        self.assertFalse(self._want(campaign, 1), "not in the same breath")
        with self._at(hours=3):
            self.process.sync()
            self.case._plan()
            self.assertTrue(self._want(campaign, 1))

    def test_another_campaign_leaves_it_alone(self):
        """Nobody is due for a call on day 1; a campaign of calls takes whoever is."""
        self.assertFalse(self._want(self._voice(), 1))
        self.assertFalse(
            self._want(
                self._voice(by_ladder=True, menu_operator=False, debtor_kind="person"),
                1,
            )
        )

    def test_again_each_week_and_only_to_those_not_reached(self):
        self.ladder.step_ids.filtered(lambda s: s.channel == "call").unlink()
        self.ladder.step_ids.write(
            {"last_day": 14, "every_days": 7, "after_unanswered": 0}
        )
        self.case._plan()
        campaign = self._voice(by_ladder=True)
        self.assertTrue(self._carry_out(campaign, *IGNORED))
        self.assertEqual(self.case.voice_step_at.isoformat(), "2026-03-16T23:00:00")
        self.assertEqual(self.case.state, "active", "the ladder is not over")
        with self._at(days=7):
            self.process.sync()
            self.assertTrue(self._carry_out(campaign, *IGNORED))
            self.assertFalse(self.case.voice_step_at)
        with self._at(days=15):
            self.case._plan()
            self.assertEqual(self.case.state, "dormant")

    def test_after_calls_in_vain(self):
        self.ladder.step_ids.filtered(lambda s: s.channel == "voice_message").write(
            {"last_day": 9, "after_unanswered": 1}
        )
        self.case._plan()
        self.assertFalse(self.case.voice_step_at, "nobody has called yet")
        with self._at(days=1, hours=1):
            self.process.sync()
            call = self._call(self.case)
            call._place(phone=self.case.phone_ids[:1])
            call.finish("no_answer")
            self.case._plan()
            self.assertTrue(self.case.voice_step_at)

    def test_a_dormant_case_has_its_slow_ladder(self):
        self.company.debt_dormant_ladder_id = self.ladder
        self.case.sudo().state = "dormant"
        self.case._plan()
        self.assertTrue(self._carry_out(self._voice(by_ladder=True), *IGNORED))

    def test_what_the_law_refuses_waits_for_its_hour(self):
        campaign = self._voice(by_ladder=True, hour_from=0, hour_to=24)
        with self._at(hours=11):
            self.process.sync()
            self.assertFalse(self._want(campaign, 1), "21:00 in Brussels")
            self.assertGreater(self.case.voice_message_at, fields.Datetime.now())

    def test_a_step_that_nobody_carries_out_says_so(self):
        self.assertIn("No campaign", self.ladder.voice_hint)
        seen = self.ladder.with_user(self.accountant)
        self.assertIn("No campaign", seen.voice_hint, "who looks at no campaigns, too")
        campaign = self._voice(by_ladder=True)
        self.ladder.invalidate_recordset()
        self.assertFalse(self.ladder.voice_hint)
        campaign.mode = "progressive"
        self.assertFalse(campaign.by_ladder, "those ring for operators")

    def test_what_nobody_carried_out_holds_the_case_back_for_its_days_only(self):
        """The last step of a ladder passes, whether or not a campaign took it up."""
        self.assertTrue(self.case.voice_step_at)
        nothing = dict.fromkeys(("next_contact_at", "contact_until", "plan_dirty"))
        self.case.sudo().write(nothing)
        with self._at(days=60):
            to_plan = self.cases._get_to_plan_domain(fields.Datetime.now())
            self.assertIn(self.case, self.cases.search(to_plan))
            self.case._plan()
            self.assertFalse(self.case.voice_step_at)
            self.assertEqual(self.case.state, "dormant")

    def test_it_needs_no_text(self):
        with Form(self.ladder) as form, form.step_ids.new() as step:
            step.channel = "voice_message"
            step.first_day, step.last_day = 5, 6
        self.assertFalse(self.ladder.step_ids[-1].sms_template_id)
        with self.assertRaises(ValidationError):
            self.ladder.step_ids[-1].write({"channel": "sms", "sms_template_id": False})

    def test_explain_shows_when(self):
        explain = self.env["debt.contact.explain"].new(
            {"case_id": self.case.id, "channel": "voice_message"}
        )
        self.assertEqual(explain._message_at(), self.case.voice_step_at)
        explain.channel = "call"
        self.assertFalse(explain._message_at())
