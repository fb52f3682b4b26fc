from datetime import datetime, timedelta

from freezegun import freeze_time

from odoo.tests import tagged

from odoo.addons.debt_collection.tests.accessible import assert_accessible
from odoo.addons.debt_collection.tests.common import TUESDAY
from odoo.addons.debt_collection.tests.test_portal_page import PortalCommon

#: Wednesday, 10:00 in Brussels.
WEDNESDAY = datetime(2026, 3, 11, 9)


@tagged("post_install", "-at_install")
class TestMeetingPortal(PortalCommon):
    """A debtor asks for a meeting on his page, confirms it, moves it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.write({"debt_meetings_on": True, "debt_meeting_from": 10.0})

    def setUp(self):
        super().setUp()
        self.case.user_id = self.operator

    def _offered(self):
        options = self._page().xpath("//select[@id='meeting_at']/option/@value")
        return [datetime.fromisoformat(one) for one in options]

    def _ask(self, at=WEDNESDAY, **values):
        return self._fill("meeting", {"at": at.isoformat(), "how": "video", **values})

    def test_he_chooses_among_times_that_are_lawful_worked_and_free(self):
        self.env["calendar.event"].create(
            {
                "name": "Elsewhere",
                "start": WEDNESDAY + timedelta(hours=1),
                "stop": WEDNESDAY + timedelta(hours=2),
                "partner_ids": self.operator.partner_id.ids,
            }
        )
        offered = self._offered()
        self.assertEqual(offered[0], WEDNESDAY)
        self.assertNotIn(WEDNESDAY + timedelta(hours=1), offered)
        self.assertFalse([at for at in offered if at.weekday() > 4])

    def test_he_asks_confirms_moves_and_cancels(self):
        answer = self._ask()
        self.assertIn("it is noted", answer.text)
        self.assertIn("Wednesday 11 March 10:00", answer.text)
        meeting = self.case.meeting_ids
        self.assertEqual(
            (meeting.start, meeting.agreed_by, meeting.user_id, meeting.how),
            (WEDNESDAY, "debtor", self.operator, "video"),
        )
        self.assertEqual(self.case.check_contact("call")["reason"], "meeting")
        said = self.case.message_ids.filtered(lambda m: m.author_id == self.debtor)
        self.assertIn("Meeting agreed", said[:1].body)
        self._fill("meeting", {"do": "confirm"})
        self.assertEqual(meeting.state, "confirmed")
        thursday = WEDNESDAY + timedelta(days=1)
        self._fill("meeting", {"do": "move", "at": thursday.isoformat()})
        self.assertEqual(
            (meeting.start, meeting.state, meeting.move_ids.moved_by),
            (thursday, "planned", "debtor"),
        )
        answer = self._fill("meeting", {"do": "cancel"})
        self.assertIn("does not take place", answer.text)
        self.assertEqual(meeting.state, "cancelled")
        acts = self.env["debt.portal.act"].search([("kind", "=", "meeting")])
        self.assertEqual(len(acts), 4)

    def test_what_was_not_offered_is_not_taken(self):
        for at in (WEDNESDAY - timedelta(hours=4), WEDNESDAY - timedelta(days=7)):
            self.assertEqual(self._ask(at).status_code, 422)
        self.assertEqual(self._ask(how="abroad").status_code, 422)
        self.assertFalse(self.case.meeting_ids)

    def test_it_is_off_until_the_manager_says_so(self):
        self.company.debt_meetings_on = False
        self.assertFalse(self._offered())
        key = self._page().xpath("//input[@name='key']/@value")[0]
        csrf = self._page().xpath("//input[@name='csrf_token']/@value")[0]
        sent = {
            "csrf_token": csrf,
            "key": key,
            "do": "ask",
            "how": "video",
            "at": WEDNESDAY.isoformat(),
        }
        answer = self.url_open(f"{self.path}/meeting", data=sent)
        self.assertEqual(answer.status_code, 422)
        self.assertFalse(self.case.meeting_ids)

    def test_the_page_is_for_everybody(self):
        self._ask()
        with freeze_time(TUESDAY, tick=True):
            assert_accessible(self, self.path)
