from freezegun import freeze_time

from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.debt_collection.tests.common import TUESDAY
from odoo.addons.debt_collection.tests.test_ui import TourCase


@tagged("post_install", "-at_install")
class TestSoftphoneTours(TourCase):
    """The call window and the softphone in one browser, its exchange in test mode."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.operator = cls._user("tour_operator", "group_debt_operator")
        pbx = cls.env["voip.pbx"].create({"name": "Tour Exchange", "mode": "test"})
        cls.operator.write(
            {
                "debt_provider_id": cls.env.ref(
                    "debt_collection_voip_oca.provider_voip_oca"
                ).id,
                "voip_pbx_id": pbx.id,
            }
        )
        cls.debtor = cls._debtor("Tour Caller", 100, 20)
        cls.case = cls._cases(cls.debtor, cls.operator)

    def _tour(self, name, path="/odoo"):
        self.start_tour(path, name, login="tour_operator")
        self.env.invalidate_all()
        return self.case.call_ids, self.env["voip.call"].search([])

    def test_call_from_the_window(self):
        path = f"/odoo/action-debt_collection.debt_case_action/{self.case.id}"
        call, voip = self._tour("debt_softphone_tour", path)
        self.assertEqual(voip.debt_call_id, call)
        self.assertEqual((call.line, call.confirmed_by), ("answered", "telephony"))
        self.assertEqual(call.hung_up_by, "operator")
        kinds = call.event_ids.sorted("sequence").mapped("kind")
        self.assertEqual(kinds, ["dialing", "answered", "held", "resumed", "ended"])
        seconds = (voip.end_date - voip.start_date).total_seconds()
        self.assertEqual(call.duration, seconds)

    def test_call_from_the_dial_pad(self):
        call, voip = self._tour("debt_softphone_pad_tour")
        self.assertEqual((call.outcome_code, call.line), ("promise", "answered"))
        self.assertEqual(voip.debt_call_id, call)

    def test_the_dial_pad_at_night(self):
        self.startPatcher(freeze_time(TUESDAY.replace(hour=22), tick=True))
        with mute_logger("odoo.http"):
            calls, voip = self._tour("debt_softphone_refused_tour")
        self.assertFalse(calls)
        self.assertFalse(voip)

    def test_it_rings(self):
        call, voip = self._tour("debt_softphone_ring_tour")
        self.assertEqual((call.direction, call.line), ("inbound", "answered"))
        self.assertEqual(sorted(voip.mapped("state")), ["missed", "terminated"])
        self.assertEqual(voip.debt_call_id, call)
