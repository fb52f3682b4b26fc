import base64
from datetime import timedelta

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.debt_collection.tests.common import TUESDAY

from .common import CampaignCase, sound


@tagged("post_install", "-at_install")
class TestKeys(CampaignCase):
    """What a debtor asks for by the keys of his telephone is done."""

    def _dialled(self):
        [call] = self._want(self._voice(), 1)
        self.process.dial(call.id)
        return call

    def _pressed(self, call=None, **menu):
        call = call or self._dialled()
        self.process.tell(
            call.id,
            "dialing",
            "answered",
            ("message_played", {"seconds": 9, "complete": True}),
            ("digit", {"digit": "2"}),
            ("menu", menu),
            ("ended", {"line": "answered", "by": "debtor"}),
        )
        return call

    def test_call_me_back(self):
        call = self._pressed(choice="callback")
        self.assertEqual(call.outcome_code, "callback")
        self.assertEqual(call.case_id.callback_at, TUESDAY + timedelta(hours=1))

    def test_speak_with_an_operator_who_is_not_there(self):
        """It was the debtor's wish to talk: he is called back, not again today."""
        call = self._dialled()
        self.process.tell(
            call.id,
            "dialing",
            "answered",
            ("menu", {"choice": "operator"}),
            "abandoned",
            ("ended", {"line": "answered", "by": "us"}),
        )
        self.assertTrue(call.abandoned)
        self.assertEqual(call.outcome_code, "callback")
        self.assertEqual(call.case_id.callback_at, TUESDAY + timedelta(days=1))

    def test_an_operator_is_offered_while_one_is_ready(self):
        campaign = self._voice()
        station = self._ready(campaign)
        [job] = self.process.sync(want={campaign.id: 1})["jobs"]
        self.assertEqual(job["menu"]["1"], "operator")
        station.action_pause()
        [job] = self.process.sync(want={campaign.id: 1})["jobs"]
        self.assertEqual(job["menu"]["1"], "callback")

    def test_who_asks_for_an_operator_is_not_dropped_in_silence(self):
        with self.assertRaises(UserError) as refused:
            self._voice(abandon_message_id=False)
        self.assertIn("no operator is free", str(refused.exception))
        self._voice(abandon_message_id=False, menu_operator=False)

    def test_a_machine_says_that_it_is_one(self):
        campaign = self._voice()
        message = campaign.message_id
        said = "Good day, this is {company}. Refuse with 9."
        message.write({"is_machine_voice": True, "text": said})
        with self.assertRaises(UserError) as refused:
            campaign.action_start()
        self.assertIn("spoken by a machine", str(refused.exception))
        message.text = "This is an automated message of {company}. Refuse with 9."
        campaign.action_start()
        message.write({"is_machine_voice": True, "text": said})
        message.audio = base64.b64encode(sound())
        self.assertFalse(message.is_machine_voice, "a person's voice was recorded")
        campaign.action_start()

    def test_promise(self):
        call = self._pressed(choice="promise", date="2026-03-13")
        self.assertEqual(call.outcome_code, "promise")
        promise = call.case_id.promise_ids
        self.assertEqual((promise.amount, str(promise.date)), (100, "2026-03-13"))

    def test_promise_without_a_day_is_no_promise(self):
        call = self._pressed(choice="promise")
        self.assertFalse(call.outcome_id)
        self.assertEqual(call.state, "done")
        self.assertIn("could not be carried out", call.case_id.message_ids[0].body)

    def test_stop(self):
        call = self._pressed(choice="stop")
        self.assertEqual(call.outcome_code, "do_not_call")
        self.assertTrue(call.partner_id.debt_do_not_call)
        answer = call.case_id.check_contact("call")
        self.assertEqual(answer["reason"], "do_not_call")

    def test_stop_stands_in_the_register_of_consents(self):
        """By the keypad, in which call and when; the audit shows it."""
        call = self._pressed(choice="stop")
        consent = self.env["debt.consent"].search([("call_id", "=", call.id)])
        self.assertEqual(
            (consent.channel, consent.state, consent.how),
            ("telephone", "withdrawn", "keypad"),
        )
        self.assertEqual(consent.partner_id, call.partner_id)
        self.assertIn(f"{call.number} at 2026-03-10 10:00:00", consent.note)

    def test_what_nobody_was_put_through_to_is_the_cases_operators(self):
        """And its promise too; but it was the dialler that called."""
        self.cases.search(
            [("company_id", "=", self.company.id)]
        ).user_id = self.operator
        call = self._pressed(choice="promise", date="2026-03-13")
        self.assertEqual(call.user_id, self.operator)
        self.assertEqual(call.case_id.promise_ids.user_id, self.operator)
        said = call.case_id.message_ids.mapped("body")
        self.assertTrue(any("The dialler called" in body for body in said))
        calls = self.env["debt.call"].with_user(self.manager)
        reviewed = calls.search(
            calls._get_to_review_domain(TUESDAY - timedelta(days=1))
        )
        self.assertNotIn(call, reviewed)

    def test_without_an_operator_the_team_sees_it(self):
        team = self.env["debt.team"].create(
            {
                "name": "Morning",
                "member_ids": [Command.create({"user_id": self.operator.id})],
            }
        )
        cases = self.cases.search([("company_id", "=", self.company.id)])
        cases.team_id = team
        call = self._dialled()
        call.case_id.user_id = False
        self._pressed(call, choice="callback")
        self.assertEqual(call.user_id, self.env.ref("base.user_root"))
        for user, seen in (
            (self.operator, True),
            (self.colleague, False),
            (self.manager, True),
        ):
            self.assertEqual(call.with_user(user).has_access("read"), seen, user.login)

    def test_no_answer(self):
        campaign = self._voice()
        [call] = self._want(campaign, 1)
        self.process.dial(call.id)
        self.process.tell(
            call.id, "dialing", "ringing", ("ended", {"line": "no_answer"})
        )
        self.assertEqual(call.outcome_code, "no_answer")
        self.assertEqual(call.confirmed_by, "telephony")

    def test_shipped_texts_reveal_no_debt(self):
        words = ("debt", "pay", "overdue", "invoice", "долг", "оплат", "задолж", "счёт")
        # What is heard after the key for a promise names what is promised.
        heard_first = [("kind", "!=", "promise")]
        for prompt in self.env["debt.dialler.prompt"].search(heard_first):
            for word in words:
                self.assertNotIn(word, prompt.text.lower(), prompt.name)


@tagged("post_install", "-at_install")
class TestOffer(CampaignCase):
    """Key 3: a day is offered in words, and what is promised is what Odoo offered."""

    def setUp(self):
        super().setUp()
        self.offer = self.env.ref("debt_collection_asterisk.prompt_promise_en")

    def _offered(self, **values):
        values = {"menu_promise": True, "promise_prompt_id": self.offer.id} | values
        campaign = self._voice(**values)
        [job] = self.process.sync(want={campaign.id: 1})["jobs"]
        return self.env["debt.call"].browse(job["call_id"]), job

    def _heard(self, job):
        return self.env["debt.dialler.prompt"].browse(job["promise_prompt"]["id"])

    def _press(self, call, date):
        self.process.dial(call.id)
        self.process.tell(
            call.id,
            "dialing",
            "answered",
            ("menu", {"choice": "promise", "date": date}),
            ("ended", {"line": "answered", "by": "us"}),
        )

    def test_the_day_is_said_and_promised(self):
        self._speaking()
        call, job = self._offered(promise_days=3)
        self.assertEqual(job["promise_date"], "2026-03-13")
        heard = self._heard(job)
        self.assertIn("Friday, March 13", heard.text)
        self.assertEqual(heard._content(), sound())
        self.assertEqual(job["promise_prompt"]["sha1"], heard.audio_sha1)
        self._press(call, job["promise_date"])
        promise = call.case_id.promise_ids
        self.assertEqual((promise.amount, str(promise.date)), (100, "2026-03-13"))

    def test_a_day_is_spoken_once(self):
        self._speaking()
        campaign = self._voice(menu_promise=True, promise_prompt_id=self.offer.id)
        jobs = self.process.sync(want={campaign.id: 3})["jobs"]
        self.assertEqual(len({job["promise_prompt"]["id"] for job in jobs}), 1)

    def test_each_hears_it_in_his_own_language(self):
        self._speaking()
        self.env["res.lang"]._activate_lang("ru_RU")
        russian = self.env["res.partner"].search([("name", "=", "Called 0")])
        russian.lang = "ru_RU"
        self.env.ref("debt_collection_asterisk.prompt_message_ru").action_speak()
        campaign = self._voice(
            menu_promise=True, promise_prompt_id=self.offer.id, promise_days=3
        )
        jobs = self.process.sync(want={campaign.id: 5})["jobs"]
        calls = self.env["debt.call"].browse([job["call_id"] for job in jobs])
        langs = {
            call.partner_id == russian: (
                job["message"]["lang"],
                job["promise_prompt"]["lang"],
                "пятница, 13 марта" in self._heard(job).text,
            )
            for call, job in zip(calls, jobs, strict=True)
        }
        self.assertEqual(langs[True], ("ru", "ru", True))
        self.assertEqual(langs[False], ("en", "en", False))

    def test_what_falls_due_meanwhile_is_not_promised(self):
        self._speaking()
        call, job = self._offered()
        self.process.dial(call.id)
        self._invoice(50, 10, call.partner_id)
        self.cases.refresh()
        self.assertEqual(call.case_id.amount_overdue, 150)
        self._press(call, job["promise_date"])
        self.assertEqual(call.case_id.promise_ids.amount, 100, "what was offered")

    def test_recording_without_a_day_lets_the_debtor_name_one(self):
        self.offer.write(
            {"text": "Key in the day.", "audio": base64.b64encode(sound())}
        )
        call, job = self._offered()
        self.assertEqual(self._heard(job), self.offer)
        self.assertFalse(job["promise_date"])
        self._press(call, "2026-03-17")
        self.assertEqual(str(call.case_id.promise_ids.date), "2026-03-17")

    def test_server_that_cannot_speak(self):
        """It is said before the campaign starts; later nothing is offered unsaid."""
        self._patch_which(None)
        with self.assertRaises(UserError) as refused:
            self._offered()
        self.assertIn("espeak-ng", str(refused.exception))
        campaign = self._voice()
        campaign.write({"menu_promise": True, "promise_prompt_id": self.offer.id})
        with self.assertLogs("odoo.addons.debt_collection_asterisk", "WARNING"):
            [job] = self.process.sync(want={campaign.id: 1})["jobs"]
        self.assertEqual((job["promise_prompt"], job["promise_date"]), (None, None))

    def test_what_named_a_past_day_goes(self):
        self._speaking()
        _call, job = self._offered(promise_days=1)
        heard = self._heard(job)
        for days, kept in ((8, True), (9, False)):
            with self._at(days=days):
                self.env["debt.dialler.prompt"]._gc_said()
            self.assertEqual(bool(heard.exists()), kept)
        self.assertTrue(self.offer.exists())
