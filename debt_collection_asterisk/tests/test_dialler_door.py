import base64
import json
import time
from types import SimpleNamespace
from unittest.mock import patch

from odoo import fields
from odoo.tests import Form, HttpCase, tagged
from odoo.tools import mute_logger

from odoo.addons.debt_collection.tests.common import TUESDAY

from ..controllers import dialler as door
from ..dialler import odoo as client
from ..tools import signature
from .common import DiallerCommon, signed, sound


@tagged("post_install", "-at_install")
class TestDoor(DiallerCommon, HttpCase):
    """Only who knows the secret comes in, and with each request once."""

    def _path(self, verb, key=None):
        return f"/debt_collection/dialler/{key or self.provider.dialler_key}/{verb}"

    def _post(self, verb, content, headers=None, key=None, **options):
        raw = isinstance(content, bytes)
        body = content if raw else json.dumps(content).encode()
        path = self._path(verb, key)
        headers = headers or signed(self.provider, path, body, **options)
        return self.url_open(path, data=body, headers=headers, method="POST")

    def _sync(self, **more):
        sent = {"instance": self.process.instance, "pbx_up": True, **more}
        return self._post("sync", sent)

    def _refused(self, answer, code, status=401):
        self.assertEqual((answer.status_code, answer.json()), (status, {"error": code}))

    def test_heartbeat(self):
        answer = self._sync()
        self.assertEqual(answer.status_code, 200)
        expected = fields.Datetime.now().isoformat() + "Z"
        self.assertEqual(answer.json()["time"], expected)
        self.assertEqual(self.provider.dialler_state, "up")
        self.assertNotIn("session_id", answer.cookies)

    def test_unknown_key(self):
        self._refused(self._post("sync", {}, key="nobody"), "unknown_key")

    def test_provider_without_secret_has_no_door(self):
        headers = signed(self.provider, self._path("sync"), b"{}")
        self.provider.dialler_secret = False
        self._refused(self._post("sync", b"{}", headers), "unknown_key")

    def test_wrong_secret(self):
        self._refused(self._post("sync", {}, secret="11" * 32), "bad_signature")

    def test_rotated_secret_is_void_at_once(self):
        old = self.provider.dialler_secret
        action = self.provider.action_rotate_secret()
        dialog = self.env[action["res_model"]].with_context(**action["context"])
        shown = Form(dialog)
        self.assertEqual(
            (shown.key, shown.secret),
            (self.provider.dialler_key, self.provider.dialler_secret),
        )
        self.assertNotIn("res_id", action)
        self._refused(self._post("sync", {}, secret=old), "bad_signature")

    def test_secrets_are_in_no_export_and_in_no_table_of_the_dialog(self):
        for model, name in (
            ("debt.telephony.provider", "dialler_secret"),
            ("debt.dialler.secret", "secret"),
            ("debt.dialler.lease", "token"),
        ):
            found = self.env[model].fields_get([name], ["exportable"])
            self.assertFalse(found[name]["exportable"], model)
        self.assertFalse(self.env["debt.dialler.secret"]._fields["secret"].store)

    def test_archived_exchange_still_hears_how_its_calls_ended(self):
        self.provider.active = False
        answer = self._post("sync", {"instance": self.process.instance})
        self.assertEqual(answer.status_code, 200)

    def test_changed_body_or_path(self):
        headers = signed(self.provider, self._path("sync"), b"{}")
        self._refused(self._post("sync", b'{"x": 1}', headers), "bad_signature")
        self._refused(self._post("dial", b"{}", headers), "bad_signature")

    @mute_logger("odoo.http")
    def test_query_and_name_of_a_recording_are_signed(self):
        """Whoever stands between can neither add a word nor rename a recording."""
        headers = signed(self.provider, self._path("sync"), b"{}")
        self._refused(self._post("sync?db=other", b"{}", headers), "bad_signature")
        headers = signed(self.provider, self._path("sync?a=1"), b"{}")
        code = self._post("sync?a=1", b"{}", headers).json().get("error")
        self.assertNotEqual(code, "bad_signature")
        path = self._path("recording/1")
        headers = signed(self.provider, path, b"", recording="{}")
        told = headers | {signature.RECORDING: json.dumps({"name": "x", "seconds": 1})}
        self._refused(self._post("recording/1", b"", told), "bad_signature")

    def test_body_of_a_stranger_is_not_read(self):
        """Sixty-four megabytes are not taken in from who does not know the secret."""
        path = self._path("recording/1")
        headers = signed(self.provider, path, b"x", secret="11" * 32)
        with patch.object(signature, "digest") as read:
            self._refused(self._post("recording/1", b"x", headers), "bad_signature")
        read.assert_not_called()

    def test_clock_off_by_more_than_five_minutes(self):
        for seconds in (-301, 301):
            now = time.time() + seconds
            self._refused(self._post("sync", {}, now=now), "stale")
        content = {"instance": self.process.instance}
        answer = self._post("sync", content, now=time.time() - 299)
        self.assertEqual(answer.status_code, 200)

    def test_replayed_request(self):
        body = json.dumps({"instance": self.process.instance}).encode()
        headers = signed(self.provider, self._path("sync"), body)
        self.assertEqual(self._post("sync", body, headers).status_code, 200)
        self._refused(self._post("sync", body, headers), "replayed")

    def test_nonces_are_forgotten_when_they_are_stale_anyway(self):
        self._sync()
        nonces = self.env["debt.dialler.nonce"]
        with self._at(minutes=9):
            nonces._purge()
            self.assertTrue(nonces.search_count([]))
        with self._at(minutes=11):
            nonces._purge()
            self.assertFalse(nonces.search_count([]))

    def test_nonsense_is_refused_in_words(self):
        self._refused(self._post("sync", b"[]"), "malformed", 400)
        self._refused(self._post("sync", b"{"), "malformed", 400)
        nothing = {"instance": self.process.instance}
        self._refused(self._post("dial", nothing), "malformed", 400)

    @mute_logger("odoo.http", "werkzeug")
    def test_too_much_is_refused(self):
        answer = self._post("dial", b"x" * 2000)
        self.assertEqual(answer.status_code, 413)

    def test_newer_process_takes_over(self):
        newer = type(self.process)(self.provider)
        self.assertTrue(newer.sync())
        self._refused(self._sync(), "replaced", 409)
        content = {"instance": self.process.instance, "call_id": 1, "lease": "x"}
        self._refused(self._post("dial", content), "replaced", 409)

    def test_nothing_private_is_logged(self):
        with patch.object(door, "_logger") as logger:
            self._post("sync", {"secret": "+32470123456"}, secret="11" * 32)
        [said] = logger.info.mock_calls
        self.assertEqual(said.args[1:], ("bad_signature",))

    def test_call_from_click_to_end(self):
        """The process's way over the wire: job, permission, events, recording."""
        self._invoice(1000, 10)
        call = self._clicked()
        [job] = self._sync().json()["jobs"]
        self.assertEqual(job["number"], "+32470123456")
        self.assertEqual(
            job["operator"], {"user_id": self.operator.id, "endpoint": "PJSIP/100"}
        )
        asked = {
            "instance": self.process.instance,
            "call_id": call.id,
            "lease": job["lease"],
        }
        self.assertTrue(self._post("dial", asked).json()["allowed"])
        self.assertEqual(call.state, "dialing")
        at = TUESDAY.isoformat() + "Z"
        kinds = ["operator_answered", "dialing", "ringing", "answered"]
        events = [
            {"call_id": call.id, "seq": seq, "kind": kind, "at": at}
            for seq, kind in enumerate(kinds, 1)
        ]
        answer = self._sync(events=events, live=[call.id]).json()
        self.assertEqual(len(answer["accepted"]), 4)
        self.assertEqual(call.state, "talking")
        path = self._path(f"recording/{call.id}")
        facts = json.dumps({"name": "one", "seconds": 1})
        for _twice in range(2):
            headers = signed(self.provider, path, sound(), recording=facts)
            answer = self._post(f"recording/{call.id}", sound(), headers)
            self.assertEqual(answer.json(), {"ok": True})
        self.assertEqual(len(call.recording_ids), 1)

    def test_recording_of_a_call_of_another_exchange(self):
        other = self.provider.copy({"name": "Other"})
        call = self._call(self._case_of_debt())
        call.sudo().provider_id = other
        path = self._path(f"recording/{call.id}")
        facts = json.dumps({"name": "one", "seconds": 1})
        headers = signed(self.provider, path, b"", recording=facts)
        answer = self._post(f"recording/{call.id}", b"", headers)
        self._refused(answer, "unknown_call", 404)

    def _case_of_debt(self):
        self._invoice(1000, 10)
        return self._case()

    def test_prompt(self):
        prompt = self.env.ref("debt_collection_asterisk.prompt_message_en")
        self._refused(self._post(f"prompt/{prompt.id}", b""), "unknown_prompt", 404)
        prompt.audio = base64.b64encode(sound(seconds=2))
        answer = self._post(f"prompt/{prompt.id}", b"")
        self.assertEqual(answer.headers["Content-Type"], "audio/wav")
        self.assertEqual(answer.content, sound(seconds=2))


@tagged("post_install", "-at_install")
class TestBothEnds(DiallerCommon, HttpCase):
    """The process's own client speaks with Odoo: both ends of the protocol agree."""

    def setUp(self):
        super().setUp()
        config = SimpleNamespace(
            url=self.base_url(),
            key=self.provider.dialler_key,
            secret=self.provider.dialler_secret,
            database="",
            timeout=30,
        )
        self.client = client.Odoo(config, "f" * 32)
        # The test's own requests: they may see what is not committed.
        self.startPatcher(patch.object(client.Odoo, "_session", self.opener))

    def _sync(self, *events, live=()):
        sent = {"instance": "f" * 32, "version": 1, "pbx_up": True, "live": list(live)}
        return self.client.sync(sent | {"want": {}, "events": list(events)})

    def test_click_to_call(self):
        self._invoice(1000, 10)
        self._sync()
        self._sync()
        call = self._clicked()
        [job] = self._sync()["jobs"]
        self.assertTrue(self.client.dial(call.id, job["lease"])["allowed"])
        at = TUESDAY.isoformat() + "Z"
        kinds = ["operator_answered", "dialing", "ringing", "answered", "ended"]
        events = [
            {
                "call_id": call.id,
                "lease": job["lease"],
                "seq": seq,
                "kind": kind,
                "at": at,
                "values": {"line": "answered", "by": "debtor"},
            }
            for seq, kind in enumerate(kinds, 1)
        ]
        answer = self._sync(*events, live=[call.id])
        self.assertEqual(len(answer["accepted"]), 5)
        self.assertEqual((call.state, call.line), ("wrapup", "answered"))
        kept = self.client.recording(call.id, "one", 1, sound())
        self.assertEqual(kept, {"ok": True})
        prompt = self.env.ref("debt_collection_asterisk.prompt_message_en")
        prompt.audio = base64.b64encode(sound())
        self.assertEqual(self.client.prompt(prompt.id), sound())

    def test_process_that_was_replaced_stops(self):
        self._sync()
        newer = type(self.process)(self.provider)
        newer.sync()
        with self.assertRaises(client.Replaced):
            self._sync()
