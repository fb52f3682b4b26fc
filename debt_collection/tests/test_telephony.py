from lxml import html

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .common import DebtCommon
from .telephony_common import TelephonyCommon, ended


@tagged("post_install", "-at_install")
class TestProviderChoice(DebtCommon):
    """Which telephone an operator dials with."""

    def setUp(self):
        super().setUp()
        self.link = self.env.ref("debt_collection.provider_tel")
        self.providers = self.env["debt.telephony.provider"]
        self.exchange = self.providers.create({"name": "Exchange"})

    def _chosen(self, user=None):
        return self.providers.with_user(user or self.operator)._for_user()

    def test_the_users_then_the_companys_then_the_phone_link(self):
        self.assertEqual(self._chosen(), self.link)
        self.company.debt_provider_id = self.exchange
        self.assertEqual(self._chosen(), self.exchange)
        own = self.providers.create({"name": "Softphone"})
        self.operator.debt_provider_id = own
        self.assertEqual(self._chosen(), own)
        self.assertEqual(self._chosen(self.colleague), self.exchange)
        own.active = False
        self.assertEqual(self._chosen(), self.exchange)

    def test_a_provider_of_another_company_does_not_dial_for_this_one(self):
        sister = self.env["res.company"].create({"name": "Sister"})
        self.operator.debt_provider_id = self.exchange
        self.exchange.company_id = sister
        self.assertEqual(self._chosen(), self.link)
        with self.assertRaises(AccessError):
            self.exchange.with_user(self.operator).read(["name"])

    def test_without_any_it_is_said_what_to_do(self):
        self.providers.search([]).active = False
        with self.assertRaisesRegex(UserError, "set up a telephony provider"):
            self._chosen()

    def test_operators_choose_for_themselves_in_their_preferences(self):
        user = self.operator.with_user(self.operator)
        view = "base.view_users_form_simple_modif"
        with Form(user, view=view) as form:
            form.debt_provider_id = self.exchange
        self.assertEqual(self._chosen(), self.exchange)

    def test_only_managers_set_providers_up(self):
        for user in (self.operator, self.accountant):
            exchange = self.exchange.with_user(user)
            self.assertEqual(exchange.name, "Exchange")
            with self.assertRaises(AccessError):
                exchange.name = "Mine"
            with self.assertRaises(AccessError):
                exchange.create({"name": "Mine"})
        self.exchange.with_user(self.manager).name = "Office"
        self.assertEqual(self.exchange.name, "Office")

    def test_the_form_says_what_it_can_and_cannot(self):
        rows = html.fromstring(self.link.features_html).findall(".//tr")
        able = {
            cells[0].strip(): cells[1].strip()
            for cells in ([cell.text_content() for cell in row] for row in rows)
        }
        self.assertEqual(able.pop("dial"), "can")
        self.assertEqual(set(able.values()), {"cannot"})
        self.assertIn("confirm whether and when somebody answered", able)
        self.assertFalse(self.link.can_status)

    def test_what_it_cannot_do_is_said(self):
        self._invoice(1000, 10)
        call = self._call()
        call._place(phone=call.case_id.phone_ids)
        self.assertEqual(call.provider_id, self.link)
        refusals = {
            "hang up": lambda: self.link._hangup(call),
            "put on hold": lambda: self.link._resume(call),
            "transfer a call": lambda: self.link._transfer(call, "100"),
            "record a call": lambda: self.link._record(call),
            "play a recorded text": lambda: self.link._play(call, "hello"),
            "tell whether it works": self.link._status,
        }
        for words, ask in refusals.items():
            with self.assertRaisesRegex(UserError, f"“Phone Link” cannot {words}"):
                ask()


@tagged("post_install", "-at_install")
class TestDialling(TelephonyCommon):
    """From the button to the line, and what can be done with it."""

    def _window(self, call):
        wizards = self.env["debt.call.wizard"].with_user(call.user_id)
        return wizards.browse(wizards._action_open(call)["res_id"])

    def test_the_call_is_on_record_before_anything_dials(self):
        states = []

        def dial(provider, call, phone):
            states.append((call.state, call.number, phone))
            return provider._prepare_dial_action(call)

        self._teach("dial", dial)
        call = self._call(self.case)
        action = call._place(phone=self.phone)
        self.assertEqual(states, [("dialing", "+32470123456", self.phone)])
        self.assertEqual(action["tag"], "debt_collection.dial")
        self.assertEqual(
            action["params"],
            {
                "kind": "tel",
                "provider_id": self.exchange.id,
                "call_id": call.id,
                "number": "+32470123456",
                "extension": False,
                "partner_id": self.debtor.id,
            },
        )
        self.assertEqual(call.confirmed_by, "operator", "claimed, not confirmed")

    def test_an_exchange_that_asks_itself_gets_a_claim(self):
        self._teach("asks_permission", lambda self: True)
        self._teach("dial", lambda self, call, phone: None)
        call = self._call(self.case)
        self.assertIsNone(call._place(phone=self.phone))
        self.assertEqual((call.state, call.number), ("draft", "+32470123456"))
        call.sudo().dial(phone=call.phone_id, number=call.number)
        self.assertEqual(call.state, "dialing")
        self.assertEqual(call.started_at, self._second(0))

    def test_an_exchange_that_asks_itself_is_refused_early(self):
        self._teach("asks_permission", lambda self: True)
        call = self._call(self.case)
        with self._at(hours=12), self.assertRaisesRegex(UserError, "hours"):
            call._place(phone=self.phone)
        self.assertEqual(call.state, "draft")

    def test_a_provider_that_cannot_dial_dials_nothing(self):
        self._can("inbound")
        call = self._call(self.case)
        with self.assertRaisesRegex(UserError, "“Exchange” cannot dial"):
            call._place(phone=self.phone)
        self.assertEqual(call.state, "draft")

    def test_nobody_dials_on_anothers_call(self):
        call = self._call(self.case)
        with self.assertRaises(AccessError):
            call.with_user(self.colleague)._place(phone=self.phone)

    def test_the_window_hangs_up_holds_and_transfers(self):
        self._teach_commands()
        call = self._dialled()
        window = self._window(call)
        self.assertEqual(
            window.telephony["features"],
            ["dial", "hangup", "hold", "outcome", "transfer"],
        )
        window.action_telephony("hold")
        window.action_telephony("resume")
        window.action_telephony("transfer", " 100 ")
        window.action_telephony("hangup")
        self.assertEqual(
            self.told,
            [
                ("hold", call.id),
                ("resume", call.id),
                ("transfer", call.id, "100"),
                ("hangup", call.id),
            ],
        )
        with self.assertRaisesRegex(UserError, "extension"):
            window.action_telephony("transfer", " ")
        with self.assertRaises(AccessError):
            window.with_user(self.colleague).action_telephony("hangup")

    def test_a_call_from_a_desk_phone_has_no_line_in_odoo(self):
        window = self._window(self._call(self.case))
        self.assertEqual(window.telephony["features"], [])
        with self.assertRaisesRegex(UserError, "use your telephone"):
            window.action_telephony("hangup")

    def test_a_window_that_is_found_again_has_chosen_what_the_line_says(self):
        call = self._dialled()
        self._window(call)
        self._report(call, "dialing", "ringing", ended("busy"))
        window = self._window(call)
        self.assertEqual(window.outcome_id.code, "busy")
        self.assertEqual(window.party, "none")
        self.assertEqual(window.telephony["state"], "wrapup")
        window.action_save()
        self.assertEqual(call.outcome_code, "busy")

    def test_an_outcome_that_is_chosen_stays(self):
        call = self._dialled()
        window = self._window(call)
        window.outcome_id = self.env.ref("debt_collection.outcome_voicemail")
        self._report(call, "dialing", ended("no_answer"))
        self.assertEqual(self._window(call).outcome_id.code, "voicemail")
