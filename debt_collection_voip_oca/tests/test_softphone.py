from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from odoo.addons.debt_collection.tests.common import TUESDAY

from .common import SoftphoneCommon


@tagged("post_install", "-at_install")
class TestSoftphone(SoftphoneCommon):
    """A call from the window, by the word of the softphone."""

    def test_a_conversation_is_confirmed_with_its_length(self):
        call, voip = self._dialled()
        self.assertEqual((call.state, call.confirmed_by), ("dialing", "telephony"))
        self.assertEqual(
            (voip.partner_id, voip.phone_number), (self.debtor, call.number)
        )
        with self._at(seconds=12):
            voip.accept_call()
        self.assertEqual(call.state, "talking")
        with self._at(seconds=102):
            voip.debt_note_end(0, True)
            voip.terminate_call()
        self.assertEqual((call.state, call.line), ("wrapup", "answered"))
        self.assertEqual((call.duration, call.hung_up_by), (90, "debtor"))

    def test_an_unanswered_hang_up_is_no_conversation(self):
        """The softphone says “terminated” of it too."""
        call, voip = self._dialled()
        with self._at(seconds=30):
            voip.terminate_call()
        self.assertEqual((call.line, call.hung_up_by), ("cancelled", "operator"))
        self.assertFalse(call.answered_at)
        self.assertEqual(call.duration, 0)
        call.finish("promise", promise_amount=1000, promise_date="2026-03-16")
        self.assertTrue(call.disagreement)

    def test_that_it_rang_is_on_record_and_suggests_the_outcome(self):
        call, voip = self._dialled()
        with self._at(seconds=3):
            voip.debt_ringing()
            voip.debt_ringing()
        self.assertEqual((call.state, call.rang), ("ringing", True))
        with self._at(seconds=30):
            voip.terminate_call()
            voip.debt_ringing()
        kinds = call.event_ids.sorted("sequence").mapped("kind")
        self.assertEqual(kinds, ["dialing", "ringing", "ended"])
        self.assertEqual(call.line, "cancelled")
        self.assertEqual(call.suggested_outcome_id.code, "no_answer")

    def test_why_the_exchange_refused_suggests_the_outcome(self):
        call, voip = self._dialled()
        voip.debt_note_end(486)
        voip.reject_call()
        self.assertEqual((call.line, call.state), ("busy", "wrapup"))
        self.assertEqual(call.suggested_outcome_id.code, "busy")

    def test_how_it_ended_is_final(self):
        call, voip = self._dialled()
        voip.accept_call()
        voip.terminate_call()
        with self._at(minutes=5):
            voip.debt_note_end(486)
            self.assertEqual(voip.reject_call()["state"], "terminated")
            voip.terminate_call()
            voip.accept_call()
        self.assertEqual((call.line, call.ended_at), ("answered", TUESDAY))
        self.assertEqual(voip.end_date, TUESDAY)

    def test_hold_is_shown(self):
        call, voip = self._dialled()
        voip.accept_call()
        voip.debt_held(True)
        self.assertTrue(call.on_hold)
        voip.debt_held(False)
        self.assertFalse(call.on_hold)

    def test_the_windows_buttons_reach_the_browser(self):
        call, _voip = self._dialled()
        window = self.env["debt.call.wizard"].with_user(self.operator)._for_call(call)
        action = window.action_telephony("transfer", "200")
        self.assertEqual(action["tag"], "debt_collection_voip_oca.command")
        self.assertEqual(
            action["params"],
            {"call_id": call.id, "command": "transfer", "to": "200"},
        )
        for command in ("hangup", "hold", "resume"):
            action = window.action_telephony(command)
            self.assertEqual(action["params"]["command"], command)

    def test_a_closed_tab_is_ended_when_it_was_seen_last(self):
        call, voip = self._dialled()
        voip.accept_call()
        with self._at(minutes=3):
            self.assertTrue(voip.debt_alive())
        with self._at(minutes=7):
            self.assertTrue(voip._debt_on_the_line())
            voip.sudo()._cron_debt_reconcile()
            self.assertEqual(call.state, "talking")
        with self._at(minutes=9):
            voip.sudo()._cron_debt_reconcile()
            self.assertFalse(voip.debt_alive())
        self.assertEqual((call.state, call.line), ("wrapup", "answered"))
        self.assertEqual((call.duration, call.hung_up_by), (180, False))
        self.assertEqual(voip.state, "terminated")

    def test_a_lost_call_that_cannot_be_ended_holds_up_no_other(self):
        _call, bad = self._dialled()
        good = bad.sudo().copy({"debt_call_id": False, "state": "ongoing"})
        other = self._new_debtor("Debtor Two", "+32 470 65 43 21")
        self._invoice(100, 10, other)
        good.debt_call_id = self._call(self._case(other))
        original = type(bad)._debt_report_state

        def failing(voip):
            if voip == bad:
                raise ValueError("bad record")
            return original(voip)

        self.startPatcher(patch.object(type(bad), "_debt_report_state", failing))
        logger = "odoo.addons.debt_collection.models.card.isolated"
        with self._at(minutes=9), self.assertLogs(logger, "ERROR"):
            bad.sudo()._cron_debt_reconcile()
        self.assertEqual((bad.state, good.state), ("calling", "terminated"))

    def test_whether_a_lost_call_was_answered_nobody_knows(self):
        call, voip = self._dialled()
        with self._at(minutes=9):
            voip.sudo()._cron_debt_reconcile()
        self.assertEqual((call.state, call.line), ("wrapup", "unknown"))
        self.assertFalse(call.suggested_outcome_id)

    def test_a_long_call_is_not_taken_back(self):
        call, voip = self._dialled()
        voip.accept_call()
        for minute in range(0, 180, 4):
            with self._at(minutes=minute):
                voip.debt_alive()
        with self._at(minutes=178):
            self.env["debt.call"]._release_stale()
        self.assertEqual(call.state, "talking")

    def test_one_call_at_a_time(self):
        self._dialled()
        other = self._new_debtor("Debtor Two", "+32 470 65 43 21")
        self._invoice(100, 10, other)
        call = self._call(self._case(other))
        with self.assertRaises(UserError) as refused:
            call._place(phone=call.case_id.phone_ids)
        self.assertIn("You are on the line", str(refused.exception))
        self.assertEqual(call.state, "draft")

    def test_what_the_browser_could_not_dial_is_to_be_logged(self):
        call = self._call(self.case)
        call._place(phone=self.phone)
        self._softphone().debt_not_dialled(call.id)
        self.assertEqual((call.state, call.line), ("wrapup", "failed"))
        self.assertFalse(call.suggested_outcome_id)

    def test_without_a_password_nothing_is_played_through(self):
        self.operator.voip_password = False
        call = self._call(self.case)
        with self.assertRaisesRegex(UserError, "password"):
            call._place(phone=self.phone)
        self.operator.voip_pbx_id = False
        status = self.provider.with_user(self.operator)._status()
        self.assertEqual(status["state"], "down")
        self.operator.write({"voip_pbx_id": self.pbx.id, "voip_password": "secret"})
        status = self.provider.with_user(self.operator)._status()
        self.assertIn("Office", status["message"])
        self.pbx.mode = "test"
        status = self.provider.with_user(self.operator)._status()
        self.assertIn("test mode", status["message"])

    def test_the_exchange_gets_the_prefix_it_wants(self):
        self.provider.international_prefix = "00"
        call = self._call(self.case)
        params = call._place(phone=self.phone)["params"]
        self.assertEqual(params["number"], "0032470123456")
        self.assertEqual(call.number, "+32470123456")

    # --- who may do what ------------------------------------------------------------
    def test_a_password_is_read_by_its_user_and_by_administrators(self):
        mine = self.operator.with_user(self.operator)
        self.assertEqual(mine.read(["voip_password"])[0]["voip_password"], "secret")
        self.assertEqual(mine._voip_get_info()["pbx_password"], "secret")
        mine.write({"voip_password": "new"})
        for user in (self.colleague, self.manager):
            with self.assertRaises(AccessError):
                self.operator.with_user(user).read(["voip_password"])
            with self.assertRaises(AccessError):
                mine.with_user(user).search([("voip_password", "=like", "n%")])
        administrator = new_test_user(
            self.env, "debt_administrator", groups="base.group_erp_manager"
        )
        theirs = self.operator.with_user(administrator)
        self.assertEqual(theirs.voip_password, "new")
        theirs.voip_password = "newer"

    def test_the_preferences_show_the_password_field(self):
        preferences = self.env.ref("base.view_users_form_simple_modif")
        users = self.env["res.users"].with_user(self.operator)
        self.assertIn("voip_password", users.get_view(preferences.id)["arch"])

    def test_a_debtors_call_is_nobodys_to_edit(self):
        _call, voip = self._dialled()
        with self.assertRaises(AccessError):
            voip.start_date = TUESDAY
        with self.assertRaises(AccessError):
            voip.unlink()
        with self.assertRaises(AccessError):
            voip.debt_call_id = False
        free = self._softphone().create({"phone_number": "100"})
        free.activity_name = "Anything"
        with self.assertRaises(AccessError):
            free.debt_call_id = voip.debt_call_id
        free.unlink()

    def test_only_ones_own_calls_are_seen_and_reported(self):
        call, voip = self._dialled()
        theirs = voip.with_user(self.colleague)
        self.assertFalse(theirs.search([("id", "=", voip.id)]))
        for report in (theirs.terminate_call, theirs.accept_call):
            with self.assertRaises(AccessError):
                report()
        with self.assertRaises(AccessError):
            self._softphone(self.colleague).create_call(
                {"phone_number": "1", "debt_call_id": call.id}
            )
        self.assertEqual(voip.with_user(self.manager).phone_number, call.number)
        with self.assertRaises(AccessError):
            voip.with_user(self.manager).unlink()

    def test_only_the_softphone_links(self):
        call = self._call(self.case)
        call._place(phone=self.phone)
        with self.assertRaises(AccessError):
            self._softphone().create({"phone_number": "1", "debt_call_id": call.id})

    def test_another_companys_call_is_not_seen(self):
        _call, voip = self._dialled()
        other = self.env["res.company"].create({"name": "Other"})
        self.manager.company_ids |= other
        elsewhere = voip.with_user(self.manager)
        elsewhere = elsewhere.with_context(allowed_company_ids=other.ids)
        self.assertFalse(elsewhere.search([("id", "=", voip.id)]))

    def test_a_call_is_dialled_once(self):
        call, voip = self._dialled()
        voip.terminate_call()
        with self.assertRaisesRegex(UserError, "over"):
            self._softphone().create_call(
                {"phone_number": "1", "debt_call_id": call.id}
            )

    def test_a_note_to_oneself_is_no_call(self):
        activities = self.env["mail.activity"].with_user(self.operator)
        activity = activities.create(
            {
                "summary": "Buy a headset",
                "user_id": self.operator.id,
                "activity_type_id": self.env.ref("mail.mail_activity_data_call").id,
                "date_deadline": TUESDAY.date(),
            }
        )
        self.assertFalse(activity.main_partner_id)
        found = activities.get_call_activities("", 0, 20)
        ids = [row["id"] for row in found.get("mail.activity", [])]
        self.assertNotIn(activity.id, ids)
        self.assertTrue(activity.activity_format())
