from odoo.tests import Form, tagged

from odoo.addons.debt_collection.tests.test_ui import TourCase

# The module, not its classes: they would be collected and run here too.
from odoo.addons.web.tests import test_js

from .common import Process

ACTION = "/odoo/action-debt_collection_asterisk"


@tagged("post_install", "-at_install")
class TestScreens(TourCase):
    """The operator's station and the supervisor's board, in a browser."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.operator = cls._user("tour_operator", "group_debt_operator")
        cls.manager = cls._user("tour_manager", "group_debt_manager")
        cls.operator.debt_extension = "100"
        cls.provider = cls.env["debt.telephony.provider"].create(
            {"name": "Exchange", "kind": "asterisk", "company_id": cls.company.id}
        )

    def _campaign(self):
        campaign = self.env["debt.dialler.campaign"].create(
            {
                "name": "Tour Campaign",
                "company_id": self.company.id,
                "provider_id": self.provider.id,
            }
        )
        campaign.action_start()
        return campaign

    def test_station(self):
        campaign = self._campaign()
        self.start_tour(
            f"{ACTION}.debt_dialler_operator_action_mine",
            "debt_station_tour",
            login="tour_operator",
        )
        station = self.env["debt.dialler.operator"]._of_user(
            self.company, self.operator
        )
        self.assertEqual((station.state, station.campaign_id), ("ready", campaign))
        self.assertEqual(
            station.log_ids.sorted("id").mapped("state"), ["ready", "pause", "ready"]
        )

    def test_board(self):
        campaign = self._campaign()
        debtor = self._debtor("Tour Debtor", 100, 20)
        self._cases(debtor, self.operator)
        stations = self.env["debt.dialler.operator"].with_user(self.operator)
        station = stations._of_user(self.company).with_env(stations.env)
        station.campaign_id = campaign
        station.action_ready()
        process = Process(self.provider)
        process.sync()
        [job] = process.sync(want={campaign.id: 1})["jobs"]
        process.dial(job["call_id"])
        bridged = ("bridged", {"user_id": self.operator.id})
        process.tell(job["call_id"], "dialing", "answered", bridged)
        self.start_tour(
            f"{ACTION}.debt_dialler_board_action",
            "debt_board_tour",
            login="tour_manager",
        )
        self.assertEqual(campaign.state, "running")

    def test_empty_board_says_what_to_do(self):
        self.start_tour(
            f"{ACTION}.debt_dialler_board_action",
            "debt_board_empty_tour",
            login="tour_manager",
        )

    def test_forms(self):
        """Screens a manager fills in."""
        env = self.env(user=self.manager)
        with Form(env["debt.dialler.campaign"]) as form:
            form.name = "By Form"
            form.provider_id = self.provider.with_env(env)
            form.mode = "predictive"
            message = env.ref("debt_collection_asterisk.prompt_abandon_en")
            form.abandon_message_id = message
        self.assertIn("5 operators", form.record.mode_hint)
        with Form(env["debt.dialler.prompt"]) as form:
            form.name = "By Form"
            form.text = "Good day."
        with Form(self.provider.with_env(env)) as form:
            form.ring_seconds = 30


@tagged("post_install", "-at_install")
class TestUnits(test_js.HOOTCommon):
    """Unit tests of the JavaScript, in the browser."""

    _test_params = [("+", "@debt_collection_asterisk")]

    def test_units(self):
        self.browser_js(
            f"/web/tests?headless&loglevel=2&preset=desktop&timeout=15000"
            f"{self.hoot_filters}",
            "",
            "",
            login="admin",
            timeout=120,
            success_signal="[HOOT] Test suite succeeded",
            error_checker=test_js.unit_test_error_checker,
        )
