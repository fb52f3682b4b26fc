from pathlib import Path
from tempfile import TemporaryDirectory

from odoo.tests import tagged

from odoo.addons.debt_collection.tests.test_ui import TourCase

from devkit import asterisk

from .exchange import browser
from .exchange.pbx import Exchange
from .exchange.phone import FRAMES_PER_SECOND, Manner, Phone

LOGIN = "tour_operator"
#: What the two say, in hertz.
DEBTOR, OPERATOR = 440, 1000


@tagged("post_install", "-at_install")
class TestSoftphoneExchange(TourCase):
    """The call window and the softphone at a real exchange, with a voice on both sides.

    The operator's browser registers at Asterisk by WebSocket and speaks DTLS-SRTP; the
    debtor's telephone is behind it. Each says a tone of its own, and must hear the
    other's.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        folder = Path(cls.enterClassContext(TemporaryDirectory()))
        cls.startClassPatcher(browser.with_microphone(folder, OPERATOR))
        cls.phone = Phone(DEBTOR, listens_for=OPERATOR)
        cls.addClassCleanup(cls.phone.stop)
        exchange = Exchange(asterisk.ensure(), folder / "pbx", cls.phone.port, LOGIN)
        cls.addClassCleanup(exchange.kill)
        exchange.start()
        cls.operator = cls._user(LOGIN, "group_debt_operator")
        cls._set_up_softphone(exchange)
        cls.debtor = cls._debtor("Tour Caller", 100, 20)
        cls.case = cls._cases(cls.debtor, cls.operator)

    @classmethod
    def _set_up_softphone(cls, exchange):
        """As `docs/softphone.md` says."""
        provider = cls.env.ref("debt_collection_voip_oca.provider_voip_oca")
        cls.operator.write(
            {
                "debt_provider_id": provider.id,
                "voip_pbx_id": cls.env["voip.pbx"]
                .create(
                    {
                        "name": "Asterisk",
                        "domain": "127.0.0.1",
                        "ws_server": exchange.websocket,
                        "mode": "prod",
                    }
                )
                .id,
                "voip_username": LOGIN,
                "voip_password": exchange.password,
            }
        )

    def _calls(self, tour, **manner):
        """The operator calls from the window of the case; the call on record."""
        self.phone.manner = Manner(**manner)
        path = f"/odoo/action-debt_collection.debt_case_action/{self.case.id}"
        self.start_tour(path, tour, login=LOGIN)
        self.env.invalidate_all()
        (call,) = self.case.call_ids
        self.assertEqual(self.phone.talk.number, "32470123456")
        self.assertEqual(self.env["voip.call"].search([]).debt_call_id, call)
        self.assertEqual(call.confirmed_by, "telephony")
        return call

    def _kinds(self, call):
        return call.event_ids.sorted("sequence").mapped("kind")

    def test_a_conversation_that_the_debtor_ends(self):
        call = self._calls("debt_exchange_talk_tour", patience=1)
        talk = self.phone.talk
        self.assertEqual(talk.ended_by, "debtor")
        self.assertGreater(talk.seconds_of(OPERATOR), 0.5)
        self.assertFalse(talk.seconds_of(DEBTOR), "no echo")
        self.assertEqual(self._kinds(call), ["dialing", "ringing", "answered", "ended"])
        self.assertEqual((call.line, call.hung_up_by), ("answered", "debtor"))
        voip = self.env["voip.call"].search([])
        self.assertEqual(call.answered_at, voip.start_date)
        self.assertEqual(call.ended_at, voip.end_date)
        self.assertEqual(
            call.duration, (call.ended_at - call.answered_at).total_seconds()
        )
        self.assertGreaterEqual(call.duration, 1)
        # What follows is the promise, and nobody calls until it is due.
        self.assertEqual((call.state, call.outcome_code), ("done", "promise"))
        self.assertEqual(self.case.state, "promised")

    def test_a_conversation_that_the_operator_ends(self):
        call = self._calls("debt_exchange_hold_tour")
        talk = self.phone.talk
        self.assertEqual(talk.ended_by, "operator")
        heard = talk.frames_of(OPERATOR)
        self.assertGreater(sum(heard), FRAMES_PER_SECOND / 2)
        self.assertIn(True, heard[-FRAMES_PER_SECOND:], "after the hold too")
        self.assertEqual(
            self._kinds(call),
            ["dialing", "ringing", "answered", "held", "resumed", "ended"],
        )
        self.assertEqual((call.line, call.hung_up_by), ("answered", "operator"))
        self.assertEqual((call.state, call.outcome_code), ("done", "promise"))

    def test_a_debtor_who_does_not_answer(self):
        call = self._calls("debt_exchange_ring_tour", rings=None)
        self.assertEqual(self.phone.talk.ended_by, "operator")
        self.assertEqual(self._kinds(call), ["dialing", "ringing", "ended"])
        self.assertEqual((call.line, call.rang), ("cancelled", True))
        self.assertEqual((call.state, call.outcome_code), ("done", "no_answer"))
        self.assertFalse(call.disagreement)
        self.assertGreater(self.case.next_contact_at, call.ended_at)

    def test_a_busy_debtor(self):
        call = self._calls("debt_exchange_busy_tour", refuses="486 Busy Here")
        self.assertEqual((call.line, call.outcome_code), ("busy", "busy"))
        self.assertEqual(self.env["voip.call"].search([]).debt_status, 486)
        self.assertGreater(self.case.next_contact_at, call.ended_at)
