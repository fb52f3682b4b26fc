import hashlib
from datetime import date, datetime, timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import HttpCase, new_test_user, tagged

from .common import TUESDAY, DebtCommon

SOUND = b"RIFF" + bytes(range(256)) * 8


class RecordingCase(DebtCommon):
    def _record(self, case=None, user=None, name="one.wav"):
        call = self._call(case or self.case, user)
        call.dial(number=None)
        call.finish("refused", note="Later")
        return call._attach_recording(name, SOUND, 61)

    def _person(self, country, phone, **values):
        debtor = self._new_debtor("Anna", phone, country, is_company=False, **values)
        self._invoice(100, 10, debtor)
        return self._case(debtor)


@tagged("post_install", "-at_install")
class TestRecording(RecordingCase):
    """Calls are recorded where that is lawful, and not kept longer than needed."""

    def setUp(self):
        super().setUp()
        self._invoice(1000, 10)
        self.case = self._case()

    def _cron(self):
        with self.enter_registry_test_mode():
            cron = self.env.ref("debt_collection.ir_cron_debt_recording")
            cron.method_direct_trigger()
        self.env.invalidate_all()

    # --- must it be recorded ------------------------------------------------------
    def test_a_telephone_that_does_not_record_says_which_law_minds(self):
        self.company.debt_recorded_elsewhere = False
        provider = self.env["debt.telephony.provider"].create({"name": "Desk"})
        self.assertFalse(provider.recording_hint, "no law of Belgium asks for it")
        self._person("base.ru", "+7 495 123 45 67")
        provider.invalidate_recordset()
        self.assertIn("Russia, private persons", provider.recording_hint)
        with patch.object(type(provider), "_records", lambda self: True):
            provider.invalidate_recordset()
            self.assertFalse(provider.recording_hint)

    def test_a_call_that_would_not_be_recorded_is_refused_where_the_law_wants_it(self):
        """Both sides: with no recording, and with the company's word that there is."""
        self.company.debt_recorded_elsewhere = False
        case = self._person("base.ru", "+7 495 123 45 67")
        noon = {"at": datetime(2026, 3, 10, 9)}
        refused = case.check_contact("call", **noon)
        self.assertEqual(refused["reason"], "not_recorded")
        self.assertIn("wants this call recorded", refused["message"])
        self.assertEqual(case.check_contact("robot_call", **noon), refused)
        for channel in ("sms", "email", "letter", "voice_message"):
            self.assertTrue(case.check_contact(channel, **noon)["allowed"], channel)
        case._plan()
        self.assertFalse(case.next_contact_at)
        self.assertEqual(case.next_contact_code, "not_recorded")
        call = self._call(case)
        with self.assertRaisesRegex(UserError, "recorded"):
            call.with_user(self.operator).dial(number="+74951234567")

        self.company.with_user(self.manager).sudo().debt_recorded_elsewhere = "PBX"
        self.assertEqual(self.company.debt_recorded_by_id, self.manager)
        self.assertEqual(self.company.debt_recorded_said_at, fields.Datetime.now())
        self.assertTrue(case.plan_dirty, "plans follow what is said of recording")
        mine = case.with_user(self.operator)
        self.assertTrue(mine.check_contact("call", **noon)["allowed"])
        case._plan()
        self.assertTrue(case.next_contact_at)
        call.with_user(self.operator).dial(number="+74951234567")
        self.assertTrue(call.sudo().decision_ids.recorded)

    def test_where_no_law_wants_it_nobody_asks_whether_it_is_recorded(self):
        self.company.debt_recorded_elsewhere = False
        self.assertTrue(self.case.check_contact("call")["allowed"])

    def test_who_refuses_to_be_recorded_is_written_to(self):
        case = self._person("base.ru", "+7 495 123 45 67")
        noon = {"at": datetime(2026, 3, 10, 9)}
        self.assertTrue(case.check_contact("call", **noon)["allowed"])
        case._record_consent("recording", "withdrawn")
        self.assertEqual(case.check_contact("call", **noon)["reason"], "not_recorded")
        self.assertTrue(case.check_contact("sms", **noon)["allowed"])

    def test_whose_word_it_is_that_calls_are_recorded_cannot_be_forged(self):
        self.company.write({"debt_recorded_by_id": self.accountant.id})
        self.assertNotEqual(self.company.debt_recorded_by_id, self.accountant)

    def test_the_telephone_that_calls_counts_not_one_beside_it(self):
        """A case may be planned for a colleague's telephone, which records."""
        self.company.debt_recorded_elsewhere = False
        case = self._person("base.ru", "+7 495 123 45 67")
        providers = self.env["debt.telephony.provider"]
        desk = providers.create({"name": "Desk"})
        records = patch.object(type(providers), "_records", lambda one: one == desk)
        with records:
            self.env.registry.clear_cache()
            case._plan()
            self.assertTrue(case.next_contact_at)
            noon = {"at": datetime(2026, 3, 10, 9)}
            mine = case.with_user(self.operator)
            refused = mine.check_contact("call", **noon)
            self.assertEqual(refused["reason"], "not_recorded")
            self.operator.debt_provider_id = desk
            self.assertTrue(mine.check_contact("call", **noon)["allowed"])

    # --- may it be recorded -------------------------------------------------------
    def test_where_nothing_is_said_it_is_announced(self):
        rule = self.env["debt.recording"]._rule(self.case)
        self.assertTrue(rule["allowed"] and rule["announce"])
        self.assertFalse(rule["consent"])

    def test_in_germany_only_with_consent_before(self):
        case = self._person("base.de", "+49 1512 3456789")
        rule = self.env["debt.recording"]._rule(case)
        self.assertEqual(
            (rule["allowed"], rule["consent"], rule["reason"]),
            (False, True, "no_consent"),
        )
        call = self._call(case)
        with self.assertRaisesRegex(UserError, "only with the debtor's consent"):
            call._attach_recording("one.wav", SOUND, 61)
        consent = self._permit(case, -61)
        recording = call._attach_recording("one.wav", SOUND, 61)
        self.assertEqual(recording.consent_id, consent)

    def _permit(self, case, seconds, state="given"):
        """A word about recording, entered so long after the test's Tuesday."""
        word = case._record_consent("recording", state)
        # The column is the database's clock, which no test can stop.
        self.env.cr.execute(
            "UPDATE debt_consent SET create_date = %s WHERE id = %s",
            (TUESDAY + timedelta(seconds=seconds), word.id),
        )
        return word

    def test_a_consent_at_the_end_makes_no_recording_lawful(self):
        """Recorded for a minute until now; permitted half a minute ago."""
        case = self._person("base.de", "+49 1512 3456789")
        self._permit(case, -30)
        self.assertTrue(self.env["debt.recording"]._rule(case)["allowed"])
        with self.assertRaisesRegex(UserError, "only with the debtor's consent"):
            self._call(case)._attach_recording("one.wav", SOUND, 61)

    def test_who_refuses_in_the_middle_is_not_kept_on_tape(self):
        self._permit(self.case, -3600)
        self._permit(self.case, -30, "withdrawn")
        with self.assertRaisesRegex(UserError, "does not want to be recorded"):
            self._call()._attach_recording("one.wav", SOUND, 61)

    def test_a_recording_that_was_not_announced_is_an_exception_of_the_audit(self):
        told = self._record()
        with self._at(days=1):
            secret = self._record()
        told.call_id.announced_at = TUESDAY
        self.assertEqual(told.announced_at, TUESDAY)
        unannounced = self.env["debt.recording"].search([("announced_at", "=", False)])
        self.assertIn(secret, unannounced)
        audit = self.env["debt.contact.audit"].with_user(self.manager)
        month = {"date_from": date(2026, 3, 1), "date_to": date(2026, 3, 31)}
        found = (
            audit.create(month)._run().filtered(lambda one: one.reason == "unannounced")
        )
        self.assertEqual(found.call_id, secret.call_id)
        self.assertIn("nothing shows that it was said", found.text)

    def test_who_does_not_want_it_is_not_recorded(self):
        self.case._record_consent("recording", "withdrawn")
        rule = self.env["debt.recording"]._rule(self.case)
        self.assertEqual((rule["allowed"], rule["reason"]), (False, "opted_out"))

    # --- what is stored -------------------------------------------------------------
    def test_a_recording_is_stored_once_with_its_checksum(self):
        recording = self._record()
        call = recording.call_id
        self.assertEqual(call._attach_recording("one.wav", b"other", 2), recording)
        self.assertNotEqual(call._attach_recording("two.wav", SOUND, 2), recording)
        self.assertEqual(recording.sha256, hashlib.sha256(SOUND).hexdigest())
        self.assertEqual((recording.seconds, recording.size), (61, len(SOUND)))
        attachment = self.env["ir.attachment"].search(
            [("res_model", "=", "debt.recording"), ("res_id", "=", recording.id)]
            + [("res_field", "=", "content")]
        )
        self.assertEqual(attachment.raw, SOUND)

    # --- how long it is kept --------------------------------------------------------
    def test_it_is_deleted_on_the_day_and_leaves_a_trace(self):
        self.company.debt_recording_days = 30
        recording = self._record()
        self.assertEqual(recording.keep_until, date(2026, 4, 9))
        with freeze_time(datetime(2026, 4, 9, 23, 0)):
            self._cron()
            self.assertTrue(recording.content)
        with freeze_time(datetime(2026, 4, 10, 1, 0)):
            self._cron()
        self.assertFalse(recording.content)
        self.assertEqual(recording.deleted_at, datetime(2026, 4, 10, 1, 0))
        self.assertEqual(recording.sha256, hashlib.sha256(SOUND).hexdigest())
        self.assertIn("Deleted", recording.player_html)
        left = self.env["ir.attachment"].search(
            [("res_model", "=", "debt.recording"), ("res_field", "=", "content")]
        )
        self.assertNotIn(recording.id, left.mapped("res_id"))

    def test_russia_wants_it_for_three_years(self):
        case = self._person("base.ru", "+7 916 123-45-67", debt_tz="Europe/Moscow")
        recording = self._record(case)
        self.assertEqual(recording.keep_until, date(2029, 3, 10))

    def test_legal_hold_of_a_recording(self):
        recording = self._record()
        mine = recording.with_user(self.manager)
        with self.assertRaises(ValidationError):
            mine.legal_hold = True
        mine.write({"legal_hold": True, "legal_hold_reason": "Court, 12/345"})
        self.assertEqual(recording.legal_hold_user_id, self.manager)
        self.assertEqual(recording.legal_hold_at, TUESDAY)
        with self._at(days=500):
            self._cron()
            self.assertTrue(recording.content)
            mine.legal_hold = False
            self._cron()
            self.assertFalse(recording.content)

    def test_legal_hold_of_a_case_keeps_all_of_it(self):
        recording = self._record()
        hold = {"legal_hold": True, "legal_hold_reason": "Complaint"}
        for user in (self.operator, self.accountant):
            with self.assertRaises(AccessError):
                self.case.with_user(user).write(hold)
        self.case.with_user(self.manager).write(hold)
        self.assertTrue(recording.held)
        with self._at(days=500):
            self._cron()
        self.assertTrue(recording.content)

    def test_a_hold_outlives_the_merge_of_two_debtors(self):
        other = self._new_debtor("Double", "+32 470 12 34 57")
        self._invoice(10, 10, other)
        double = self._case(other)
        recording = self._record(double)
        double.write({"legal_hold": True, "legal_hold_reason": "Court"})
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((self.debtor | other).ids, self.debtor)
        self.env.invalidate_all()
        self.assertTrue(recording.held)

    # --- who may hear it --------------------------------------------------------------
    def test_operators_hear_their_own_calls_only(self):
        recording = self._record()
        stranger = new_test_user(
            self.env, "debt_plain", groups="base.group_user", company_id=self.company.id
        )
        for user, reads in (
            (self.operator, True),
            (self.colleague, False),
            (self.accountant, False),
            (self.manager, True),
            (stranger, False),
        ):
            mine = recording.with_user(user)
            self.assertEqual(mine.has_access("read"), reads, user.login)
            self.assertFalse(mine.has_access("unlink"))
            self.assertFalse(mine.has_access("create"))
        with self.assertRaises(AccessError):
            recording.with_user(self.operator).write({"legal_hold": True})
        with self.assertRaises(AccessError):
            recording.with_user(self.manager).write({"keep_until": date(2026, 3, 11)})

    def test_other_companies_hear_nothing(self):
        recording = self._record()
        recording.company_id = self.env["res.company"].create({"name": "Sister"})
        for user in (self.operator, self.manager):
            self.assertFalse(recording.with_user(user).has_access("read"))

    def test_the_audio_is_read_by_the_player_alone(self):
        recording = self._record().with_user(self.operator)
        with self.assertRaises(AccessError):
            recording.read(["content"])
        self.assertIn(f"/debt/recording/{recording.id}", recording.player_html)
        attachment = self.env["ir.attachment"].search(
            [("res_model", "=", "debt.recording"), ("res_field", "=", "content")]
            + [("res_id", "=", recording.id)]
        )
        for user in (self.operator, self.manager):
            self.assertFalse(attachment.with_user(user).has_access("read"))


@tagged("post_install", "-at_install")
class TestRecordingPlayer(RecordingCase, HttpCase):
    """Every listening is on record."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(freeze_time(TUESDAY, tick=True))
        cls._invoice(1000, 10)

    def _hear(self, recording, user):
        self.authenticate(user.login, user.login)
        return self.url_open(f"/debt/recording/{recording.id}")

    def test_the_operator_listens_and_that_is_noted_once(self):
        self.case = self._case()
        recording = self._record()
        for _piece in range(2):
            played = self._hear(recording, self.operator)
            self.assertEqual(played.content, SOUND)
            self.assertIn("audio", played.headers["Content-Type"])
        self.assertEqual(self._hear(recording, self.colleague).status_code, 404)
        self.assertEqual(self._hear(recording, self.manager).status_code, 200)
        self.env.invalidate_all()
        listeners = recording.listening_ids.mapped("user_id")
        self.assertEqual(listeners, self.operator | self.manager)
        self.assertEqual(len(recording.listening_ids), 2)
        log = recording.listening_ids
        self.assertFalse(log.with_user(self.operator).has_access("read"))
        self.assertTrue(log.with_user(self.manager).has_access("read"))
        self.assertFalse(log.with_user(self.manager).has_access("write"))

    def test_what_is_deleted_cannot_be_heard(self):
        self.case = self._case()
        recording = self._record()
        recording._delete()
        self.assertEqual(self._hear(recording, self.operator).status_code, 404)
