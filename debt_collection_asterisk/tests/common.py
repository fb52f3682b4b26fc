import base64
import io
import json
import shutil
import tempfile
import time
import uuid
import wave
from datetime import timedelta
from pathlib import Path
from unittest.mock import patch

from odoo import SUPERUSER_ID, fields
from odoo.tests import new_test_user

from odoo.addons.debt_collection.tests.common import TUESDAY, DebtCommon

from ..tools import signature


def sound(rate=8000, width=2, channels=1, seconds=1):
    """A recording of silence, as bytes."""
    file = io.BytesIO()
    with wave.open(file, "wb") as recording:
        recording.setnchannels(channels)
        recording.setsampwidth(width)
        recording.setframerate(rate)
        recording.writeframes(bytes(rate * width * channels * seconds))
    return file.getvalue()


def signed(provider, target, body, now=None, nonce=None, secret=None, recording=""):
    """Headers of a request of the dialler process."""
    sent = {
        signature.TIMESTAMP: str(int(time.time() if now is None else now)),
        signature.NONCE: nonce or uuid.uuid4().hex,
        signature.DIGEST: signature.digest(body),
    }
    if recording:
        sent[signature.RECORDING] = recording
    secret = secret or provider.sudo().dialler_secret
    sent[signature.SIGNATURE] = signature.sign(secret, "POST", target, sent)
    return sent | {"Content-Type": "application/json"}


class Process:
    """A dialler process as Odoo sees it, without wire."""

    def __init__(self, provider, pbx_up=True):
        self.provider = provider.with_user(SUPERUSER_ID)
        self.instance = uuid.uuid4().hex
        self.pbx_up = pbx_up
        self.jobs = {}
        self.sequences = {}

    def sync(self, events=(), want=None, live=None, **more):
        """One heartbeat; the jobs it brings are remembered."""
        answer = self.provider._dialler_sync(
            json.loads(
                json.dumps(
                    {
                        "instance": self.instance,
                        "pbx_up": self.pbx_up,
                        "live": list(self.jobs) if live is None else live,
                        "want": want or {},
                        "events": list(events),
                        **more,
                    }
                )
            )
        )
        if answer:
            self.jobs |= {job["call_id"]: job for job in answer["jobs"]}
        return answer

    def event(self, call_id, kind, **values):
        """The next event of a call."""
        first = self.jobs.get(call_id, {}).get("first_seq", 1)
        sequence = self.sequences.get(call_id, first - 1) + 1
        self.sequences[call_id] = sequence
        return {
            "call_id": call_id,
            "seq": sequence,
            "kind": kind,
            "at": fields.Datetime.now().isoformat() + "Z",
            "values": values,
        }

    def tell(self, call_id, *kinds):
        """Report some events: their kinds, or pairs of kind and values."""
        events = [
            self.event(call_id, kind)
            if isinstance(kind, str)
            else self.event(call_id, kind[0], **kind[1])
            for kind in kinds
        ]
        return self.sync(events)

    def dial(self, call_id, token=None):
        """Ask for permission to ring the debtor."""
        leases = self.provider.env["debt.dialler.lease"]
        instance = self.provider.env["debt.dialler.instance"]._current(self.provider)
        return leases._permit(instance, call_id, token or self.jobs[call_id]["lease"])


class DiallerCommon(DebtCommon):
    """An exchange whose process is connected, and operators with telephones."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.provider = cls.env["debt.telephony.provider"].create(
            {
                "name": "Exchange",
                "kind": "asterisk",
                "company_id": cls.company.id,
                "dialler_secret": "00" * 32,
            }
        )
        cls.company.debt_provider_id = cls.provider
        for number, user in enumerate((cls.operator, cls.colleague)):
            user.debt_extension = str(100 + number)

    def setUp(self):
        super().setUp()
        self.process = Process(self.provider)
        self.process.sync()
        self.process.sync()

    def _campaign(self, mode="progressive", **values):
        campaign = self.env["debt.dialler.campaign"].create(
            {
                "name": "Campaign",
                "company_id": self.company.id,
                "provider_id": self.provider.id,
                "mode": mode,
                **values,
            }
        )
        campaign.action_start()
        return campaign

    def _ready(self, campaign, user=None):
        """The station of an operator who waits for the campaign's calls."""
        user = user or self.operator
        stations = self.env["debt.dialler.operator"].with_user(user)
        station = stations._of_user(self.company).with_env(stations.env)
        station.campaign_id = campaign
        station.action_ready()
        return station

    def _clicked(self, case=None):
        """A call the operator has clicked."""
        call = self._call(case)
        call._place(phone=call.case_id.phone_ids[:1])
        return call.sudo()

    def _talk(self, call, user=None):
        """The debtor is dialled and put through to an operator."""
        self.assertTrue(self.process.dial(call.id)["allowed"])
        user = user or self.operator
        self.process.tell(
            call.id,
            "dialing",
            "ringing",
            "answered",
            "human",
            ("bridged", {"user_id": user.id}),
        )


class IncomingCase(DiallerCommon):
    """A debtor with an operator, who rings us at the exchange."""

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

    def _record(self):
        prompt = self.env.ref("debt_collection_asterisk.prompt_announcement_en")
        prompt.audio = base64.b64encode(sound())
        self.provider.write({"record_calls": True, "announcement_id": prompt.id})

    def _talking(self):
        """Put through to his operator: the call, and the window that he sees."""
        self._ready(self._campaign())
        self._tell()
        self._tell("answered", user_id=self.operator.id)
        [call] = self.case.call_ids
        windows = self.env["debt.call.wizard"].with_user(self.operator)
        action = windows.action_bridged(call.id)
        return call, windows.browse(action["res_id"])

    def _refuse(self):
        self.env["debt.consent"].create(
            {
                "partner_id": self.debtor.id,
                "channel": "recording",
                "state": "withdrawn",
                "how": "call",
            }
        )


class CampaignCase(DiallerCommon):
    """Five debtors who are due, and what campaigns play to them."""

    def setUp(self):
        super().setUp()
        for number in range(5):
            debtor = self._new_debtor(f"Called {number}", f"+32 470 12 50 {number:02}")
            self._invoice(100, 10, debtor)
        self.cases.refresh()
        self.cases.search([("company_id", "=", self.company.id)])._plan()

    def _prompt(self, name):
        prompt = self.env.ref(f"debt_collection_asterisk.prompt_{name}_en")
        prompt.audio = base64.b64encode(sound())
        return prompt

    def _want(self, campaign, count):
        jobs = self.process.sync(want={campaign.id: count})["jobs"]
        return self.env["debt.call"].browse([job["call_id"] for job in jobs])

    def _voice(self, **values):
        heard = {
            "message_id": self._prompt("message").id,
            "abandon_message_id": self._prompt("abandon").id,
        }
        return self._campaign("voice_message", **heard | values)

    def _users(self, count):
        return [
            new_test_user(
                self.env,
                f"dialler_{number}",
                groups="base.group_user,debt_collection.group_debt_operator",
                company_id=self.company.id,
                debt_extension=str(200 + number),
            )
            for number in range(count)
        ]

    def _speaking(self):
        """The server speaks: any program will do that writes a WAV."""
        wave = base64.b64encode(sound(rate=22050)).decode()
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        program = Path(folder.name) / "speaker.sh"
        program.write_text(f"#!/bin/sh\ncat >/dev/null\necho {wave} | base64 -d\n")
        program.chmod(0o755)
        self._patch_which(str(program))

    def _patch_which(self, found):
        self.startPatcher(patch.object(shutil, "which", return_value=found))

    def _abandon(self, campaign, count, answered, minutes=10):
        """So many of those who answered some minutes ago found nobody."""
        at = TUESDAY - timedelta(minutes=minutes)
        case = self.cases.search([("company_id", "=", self.company.id)], limit=1)
        for number in range(answered):
            self.env["debt.call"].sudo().create(
                {
                    "case_id": case.id,
                    "partner_id": case.partner_id.id,
                    "company_id": self.company.id,
                    "campaign_id": campaign.id,
                    "mode": "predictive",
                    "state": "done",
                    "started_at": at,
                    "answered_at": at,
                    "abandoned": number < count,
                }
            )
