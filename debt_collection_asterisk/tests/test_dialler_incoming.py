import base64
from datetime import timedelta

from odoo import SUPERUSER_ID, Command, fields
from odoo.tests import tagged

from .common import DiallerCommon, sound


@tagged("post_install", "-at_install")
class TestIncoming(DiallerCommon):
    """A debtor rings us at the exchange: he is recognised, put through or called."""

    def setUp(self):
        super().setUp()
        self._invoice(1000, 10)
        self.case = self._case()
        self.case.user_id = self.operator
        self.provider.incoming_extension = "190"
        prompt = self.env.ref("debt_collection_asterisk.prompt_incoming_en")
        russian = self.env.ref("debt_collection_asterisk.prompt_incoming_ru")
        (prompt | russian).audio = base64.b64encode(sound())
        self.provider.incoming_prompt_id = prompt
        self.prompt, self.russian = prompt, russian
        # As the door of the process does.
        self.incoming = self.env["debt.dialler.incoming"].with_user(SUPERUSER_ID)

    def _tell(self, kind="asked", number="+32470123456", uuid="1", **more):
        told = {"uuid": uuid, "kind": kind, "number": number, **more}
        return self.incoming._hear(self.provider, told)

    def _phones(self, **told):
        return [one["endpoint"] for one in self._tell(**told)["phones"]]

    def _sent(self, kind):
        self.env.cr.precommit.run()
        rows = self.env["bus.bus"].sudo().search([])
        return [row.message for row in rows if f'"{kind}"' in row.message]

    # --- for whom it is -----------------------------------------------------------
    def test_his_operator_then_the_team_if_they_are_there(self):
        self.assertFalse(self._phones(uuid="1"), "nobody is there")
        team = self.env["debt.team"].create(
            {
                "name": "Team",
                "company_id": self.company.id,
                "member_ids": [
                    Command.create({"user_id": user.id})
                    for user in (self.operator, self.colleague)
                ],
            }
        )
        self.case.write({"team_id": team.id, "user_id": self.operator.id})
        campaign = self._campaign()
        self._ready(campaign, self.colleague)
        self.assertEqual(self._phones(uuid="2"), ["PJSIP/101"])
        self._ready(campaign)
        self.assertEqual(self._phones(uuid="3"), ["PJSIP/100", "PJSIP/101"])

    def test_he_is_recognised_in_any_form(self):
        for number in ("+32470123456", "0470123456", "0032470123456", "32470123456"):
            with self.subTest(number=number):
                self._tell(number=number, uuid=number)
                found = self.incoming.search([("uuid", "=", number)])
                self.assertEqual(found.case_ids, self.case)

    def test_strangers_and_withheld_numbers_reach_the_extension(self):
        for number in ("", "anonymous", "+3225559999", "12"):
            self.assertEqual(
                self._phones(number=number, uuid=f"x{number}"), ["PJSIP/190"]
            )
        self.case._close_by_hand()
        self.assertEqual(self._phones(uuid="closed"), ["PJSIP/190"])

    def test_he_hears_when_we_are_there_in_his_language(self):
        self.env["res.lang"]._activate_lang("ru_RU")
        answer = self._tell(uuid="1")
        self.assertEqual(answer["prompt"]["id"], self.prompt.id)
        self.assertEqual(answer["menu"], {"2": "callback"})
        self.debtor.lang = "ru_RU"
        self.assertEqual(self._tell(uuid="2")["prompt"]["id"], self.russian.id)
        self.assertEqual(self._tell(number="", uuid="3")["menu"], {})

    # --- somebody answers ---------------------------------------------------------
    def test_the_window_opens_and_the_call_is_on_record(self):
        station = self._ready(self._campaign())
        self._tell()
        for _twice in range(2):
            self._tell("answered", user_id=self.operator.id)
        [call] = self.case.call_ids
        self.assertEqual((call.direction, call.state), ("inbound", "talking"))
        self.assertEqual(call.user_id, self.operator)
        self.assertEqual((station.state, station.call_id), ("talking", call))
        self.assertEqual(len(self._sent("debt_dialler/bridged")), 1)
        self._tell("ended")
        self.assertEqual((call.state, station.state), ("wrapup", "wrapup"))
        later = fields.Datetime.now() + timedelta(days=1)
        call.with_user(self.operator).finish(
            "callback", party="right_party", callback_at=later
        )
        self.assertEqual(station.state, "ready")

    def _record(self):
        prompt = self.env.ref("debt_collection_asterisk.prompt_announcement_en")
        prompt.audio = base64.b64encode(sound())
        self.provider.write({"record_calls": True, "announcement_id": prompt.id})

    def test_he_is_told_and_recorded_as_others_are(self):
        self._record()
        self._ready(self._campaign())
        self.assertFalse(self._tell().get("record"))
        for _twice in range(2):
            record = self._tell("answered", user_id=self.operator.id)["record"]
            [call] = self.case.call_ids
            self.assertEqual(record["call_id"], call.id)
            self.assertEqual(
                record["announcement"]["id"], self.provider.announcement_id.id
            )
        self.assertFalse(call.announced_at)
        self._tell("announced")
        self.assertTrue(call.announced_at)
        found = self.incoming._call_of(self.provider, call.id)
        self.assertEqual(found, call)
        self.assertFalse(self.incoming._call_of(self.provider, call.id + 1))
        call._attach_recording("debt-in-1-1", sound(), 2)
        self.assertEqual(len(call.recording_ids), 1)

    def test_who_does_not_want_it_is_not_recorded(self):
        self._record()
        self.env["debt.consent"].create(
            {
                "partner_id": self.debtor.id,
                "channel": "recording",
                "state": "withdrawn",
                "how": "call",
            }
        )
        self._ready(self._campaign())
        self._tell()
        self.assertFalse(self._tell("answered", user_id=self.operator.id)["record"])

    def test_two_debtors_have_one_number(self):
        """Which of them it is the operator finds out: the search opens, no window."""
        other = self._new_debtor("Debtor Two", "+32 470 12 34 56")
        self._invoice(500, 20, other)
        self._case(other).user_id = self.colleague
        campaign = self._campaign()
        for user in (self.operator, self.colleague):
            self._ready(campaign, user)
        self.assertCountEqual(self._phones(), ["PJSIP/100", "PJSIP/101"])
        self._tell("answered", user_id=self.colleague.id)
        self.assertFalse(self.case.call_ids)
        self.assertEqual(len(self._sent("debt_dialler/incoming")), 1)

    # --- nobody does --------------------------------------------------------------
    def test_a_missed_call_becomes_a_callback(self):
        self._tell()
        self._tell("missed")
        self.assertEqual(self.incoming.search([]).state, "missed")
        allowed = self.case.check_contact("call", None, self.case.callback_at)
        self.assertTrue(allowed["allowed"])
        self.assertIn("nobody answered", self.case.message_ids[0].body)
        at = self.case.callback_at
        with self._at(minutes=30):
            self._tell("missed", choice="callback")
        self.assertEqual(self.case.callback_at, at, "told twice it is the same call")

    def test_at_night_he_is_called_in_the_morning(self):
        with self._at(hours=12):
            self._tell()
            self._tell("missed", choice="callback")
            self.assertTrue(self.incoming.search([]).callback)
            self.assertGreater(
                self.case.callback_at, fields.Datetime.now() + timedelta(hours=6)
            )

    def test_of_a_call_that_a_crash_swallowed_he_is_called_back(self):
        self._tell()
        with self._at(hours=2):
            self.incoming._gc_lost()
        self.assertEqual(self.incoming.search([]).state, "missed")
        self.assertTrue(self.case.callback_at)
