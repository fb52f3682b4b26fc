from odoo.tests import tagged

from ..dialler.checks import SENTENCES
from ..models.debt_dialler_campaign_brake import BRAKES
from ..models.dialler_problems import texts
from .common import CampaignCase

#: Problems that only the command line of the process can see: Odoo is not reached.
UNTOLD = {"no_pbx", "no_odoo", "unreadable"}


@tagged("post_install", "-at_install")
class TestField(CampaignCase):
    """What the process says of trunks, telephones and machines, and what follows."""

    def test_a_full_trunk_pauses_its_campaigns_and_has_somebody_look(self):
        campaign = self._voice()
        campaign.user_id = self.manager
        for _beat in range(3):
            self.process.sync(stopped="congestion")
        self.assertEqual((campaign.state, campaign.brake), ("paused", "congestion"))
        [task] = campaign.activity_ids
        self.assertEqual(task.user_id, self.manager)
        [row] = self._board_of(campaign)
        self.assertIn("no line free", row["brake"])
        campaign.action_start()
        self.assertEqual((campaign.state, campaign.brake), ("running", False))
        self.assertFalse(campaign.activity_ids)

    def _board_of(self, campaign):
        rows = self.env["debt.dialler.campaign"].with_user(self.manager).board_data()
        return [one for one in rows["campaigns"] if one["id"] == campaign.id]

    def test_each_reason_has_its_words(self):
        words = self.env["debt.dialler.campaign"]._brake_texts()
        self.assertEqual(set(words), {code for code, _label in BRAKES})
        self.process.sync(stopped="because")
        self.assertEqual(set(texts(self.env)), set(SENTENCES) - UNTOLD)

    def test_a_call_that_reached_no_telephone_is_no_attempt(self):
        """Nor is the debtor dialled again by a campaign in the same breath."""
        campaign = self._voice()
        [call] = self._want(campaign, 1)
        case = call.case_id
        self.process.dial(call.id)
        failed = {"line": "congestion", "cause": 34, "rang": False, "by": "pbx"}
        self.process.tell(call.id, "dialing", ("ended", failed))
        self.assertTrue(call.unreached)
        self.assertFalse(case._contact_facts()[case].history)
        again = self._want(campaign, 50)
        self.assertNotIn(case, again.case_id)

    def test_what_is_wrong_stands_on_the_board(self):
        campaign = self._voice()
        problem = {"code": "unregistered", "values": {"phones": "PJSIP/102"}}
        strange = {"code": "new", "text": "Something new.", "values": {}}
        self.process.sync(problems=[problem, strange, "nonsense", {"values": 3}])
        [row] = self._board_of(campaign)
        self.assertEqual(
            row["problems"],
            ["Telephones that are not registered: PJSIP/102.", "Something new."],
        )
        self.assertIn("PJSIP/102", self.provider.dialler_problems)
        self.process.sync()
        self.assertFalse(self.provider.dialler_problems)

    def test_an_operator_sees_why_his_telephone_does_not_ring(self):
        campaign = self._campaign()
        station = self._ready(campaign)
        line = {"user_id": self.operator.id, "line": "down"}
        self.process.sync(operators=[line | {"trouble": "unregistered"}])
        self.assertEqual(station.trouble, "unregistered")
        self.process.sync(operators=[line | {"line": "up", "trouble": None}])
        self.assertEqual((station.trouble, station.line), (False, "up"))

    def test_machines_are_listened_for_as_the_campaign_says(self):
        voice, progressive = self._voice(), self._campaign()
        self._ready(progressive)
        [first] = self._want(voice, 1)
        [second] = self._want(progressive, 1)
        jobs = self.process.jobs
        self.assertTrue(jobs[first.id]["detect_machine"])
        self.assertFalse(jobs[second.id]["detect_machine"])

    def test_who_was_taken_for_a_machine_counts_as_abandoned(self):
        campaign = self._voice()
        [call] = self._want(campaign, 1)
        self.process.dial(call.id)
        told = ["dialing", "ringing", "answered", ("machine", {}), "abandoned"]
        machine = ("ended", {"line": "machine", "by": "us"})
        self.process.tell(call.id, *told, machine)
        self.assertEqual(campaign._abandoned_since(call.started_at), (1, 1))

    def test_a_transfer_that_came_to_nothing_is_told(self):
        commands = self.env["debt.dialler.command"]
        command = commands.new(
            {"command": "transfer", "values": {"to": "PJSIP/101"}, "error": "busy"}
        )
        self.assertEqual(
            command._failed_text("Transfer"), "101 is busy. The debtor is with you."
        )
        command.error = "strange"
        self.assertIn("Transfer", command._failed_text("Transfer"))
