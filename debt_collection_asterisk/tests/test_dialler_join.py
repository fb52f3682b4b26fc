from odoo import fields
from odoo.tests import tagged

from odoo.addons.debt_collection.tests.common import TUESDAY

from .common import CampaignCase


@tagged("post_install", "-at_install")
class TestJoin(CampaignCase):
    """Voice messages and operators work the same debtors, one after the other."""

    def _said(self, *events, campaign=None):
        """A voice message goes out; what the exchange tells of it."""
        campaign = campaign or self._voice()
        [call] = self._want(campaign, 1)
        self.process.dial(call.id)
        self.process.tell(call.id, "dialing", *events)
        campaign.action_pause()
        case = call.case_id
        (self.cases.search([("company_id", "=", self.company.id)]) - case)._close(
            "manual"
        )
        case._plan()
        return call

    def _offered(self, case):
        """Whether an operator gets the debtor as soon as a call is planned again."""
        if not case.next_contact_at:
            return False
        delta = case.next_contact_at - TUESDAY
        with self._at(seconds=delta.total_seconds()):
            return bool(self.cases.with_user(self.operator).claim_next())

    def test_who_did_not_answer_is_called_by_an_operator(self):
        """It was an attempt, and no more: that of the morning."""
        call = self._said(("ended", {"line": "no_answer"}))
        case = call.case_id
        self.assertEqual((case.state, call.party), ("active", "none"))
        self.assertEqual(case.next_contact_at.date(), fields.Date.today())
        self.assertGreater(case.next_contact_at, fields.Datetime.now())
        self.assertTrue(self._offered(case))

    def test_who_listened_and_did_nothing_is_called_by_an_operator(self):
        call = self._said(
            "answered",
            ("message_played", {"seconds": 9, "complete": True}),
            ("ended", {"line": "answered", "by": "debtor"}),
        )
        self.assertEqual(call.case_id.state, "active")
        self.assertTrue(self._offered(call.case_id))

    def test_who_promised_by_key_is_not_called(self):
        self._speaking()
        offer = self.env.ref("debt_collection_asterisk.prompt_promise_en")
        call = self._said(
            "answered",
            ("menu", {"choice": "promise", "date": "2026-03-17"}),
            ("ended", {"line": "answered", "by": "us"}),
            campaign=self._voice(menu_promise=True, promise_prompt_id=offer.id),
        )
        case = call.case_id
        self.assertEqual(case.state, "promised")
        self.assertGreater(str(case.next_contact_at), "2026-03-18", "grace and all")

    def test_who_wants_no_calls_gets_none(self):
        call = self._said(
            "answered",
            ("menu", {"choice": "stop"}),
            ("ended", {"line": "answered", "by": "us"}),
        )
        self.assertFalse(self._offered(call.case_id))
