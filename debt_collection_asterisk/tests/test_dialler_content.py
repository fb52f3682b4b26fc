from unittest.mock import patch

from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from .common import CampaignCase, sound

SPEAK = "odoo.addons.debt_collection_asterisk.models.debt_dialler_prompt.subprocess"


@tagged("post_install", "-at_install")
class TestPromptContent(CampaignCase):
    """What is played to debtors says what it must, or is not played."""

    def _paused(self):
        campaign = self._voice()
        campaign.action_pause()
        return campaign

    def _problem(self, campaign):
        with self.assertRaises(UserError) as caught:
            campaign.action_start()
        return str(caught.exception)

    def test_shipped_prompts_name_the_company(self):
        heard = [("kind", "in", ("message", "abandon", "incoming"))]
        prompts = self.env["debt.dialler.prompt"].search(heard)
        self.assertEqual(len(prompts), 30, "three of them in ten languages")
        for prompt in prompts:
            self.assertEqual(prompt._lacks(self.company), [], prompt.name)
            self.assertIn("says what it must", prompt.verdict)
            self.assertFalse(prompt.is_refused)

    def test_a_campaign_does_not_begin_without_the_creditors_name(self):
        campaign = self._paused()
        campaign.message_id.text = "This is an automated message. Refuse with 9."
        self.assertIn("does not say who writes", self._problem(campaign))
        self.assertIn("does not say who writes", campaign.message_id.verdict)
        self.assertTrue(campaign.message_id.is_refused)
        campaign.message_id.text = "Automated message of {company}. Refuse with 9."
        campaign.action_start()

    def test_nor_without_the_way_to_refuse(self):
        campaign = self._paused()
        campaign.message_id.text = "This is an automated message of {company}."
        self.assertIn("how to refuse", self._problem(campaign))
        campaign.message_id.text += " Press 9 to refuse."
        campaign.menu_stop = False
        self.assertIn("switch on the key 9", self._problem(campaign))

    def test_nor_does_the_message_when_nobody_is_free(self):
        campaign = self._paused()
        campaign.abandon_message_id.text = "Sorry, nobody is free."
        self.assertIn("does not say who writes", self._problem(campaign))

    def test_a_translation_is_heard_too(self):
        campaign = self._paused()
        russian = self.env.ref("debt_collection_asterisk.prompt_message_ru")
        russian.text = "Это автоматическое сообщение. Нажмите 9."
        campaign.action_start()
        campaign.action_pause()
        russian.write({"audio": self._wav()})
        self.assertIn(russian.name, self._problem(campaign))

    def test_a_telephone_number_where_a_law_wants_it(self):
        campaign = self._paused()
        text = "Automated message of {company}. Press 9 to refuse."
        campaign.message_id.text = text
        campaign.action_start()
        campaign.action_pause()
        debtor = self._new_debtor("Anna", "+74951234567", "base.ru", is_company=False)
        self._invoice(100, 10, debtor)
        self.cases.refresh()
        self.assertIn("no telephone number", self._problem(campaign))
        campaign.message_id.text = text + " {phone}"
        campaign.abandon_message_id.text = "{company}, {phone}: nobody is free."
        campaign.action_start()

    def test_who_rings_and_reaches_nobody_hears_whom_he_rang(self):
        prompt = self.env.ref("debt_collection_asterisk.prompt_incoming_en")
        self.provider.incoming_prompt_id = prompt
        self.provider.incoming_prompt_id = False
        prompt.text = "Nobody is here."
        with self.assertRaisesRegex(ValidationError, "who writes"):
            self.provider.incoming_prompt_id = prompt

    def test_what_the_machine_said_counts_not_what_is_written_now(self):
        """A text changed after it was spoken is not what debtors hear."""
        prompt = self.env.ref("debt_collection_asterisk.prompt_message_en")
        prompt.text = "Automated message. Press 9."
        with (
            patch(f"{SPEAK}.run") as run,
            patch.object(type(prompt), "_can_speak", lambda self: True),
            patch("shutil.which", lambda name: name),
        ):
            run.return_value.stdout = sound()
            prompt.action_speak()
            prompt.text = "Automated message of {company}. Press 9."
            self.assertEqual(prompt._lacks(self.company)[0].code, "no_creditor")
            prompt.action_speak()
        said = run.call_args.kwargs["input"].decode()
        self.assertIn(self.company.name, said)
        self.assertEqual(prompt._lacks(self.company), [])

    def test_nobody_hears_what_his_law_does_not_permit(self):
        """The law may want a language that the prompt is not in."""
        campaign = self._voice()
        policy = self.company.debt_contact_policy_id
        policy.languages = "uk"
        cases = self.cases.search([("company_id", "=", self.company.id)])
        cases.partner_id.lang = False
        self.assertFalse(self._want(campaign, 1))
        refusals = self.env["debt.contact.decision"].search([("kind", "=", "refusal")])
        self.assertIn("content", refusals.mapped("reason"))
        policy.languages = "en"
        cases.sudo().voice_message_at = False
        cases._plan()
        self.assertTrue(self._want(campaign, 1))

    def _wav(self):
        return self._prompt("message").audio
