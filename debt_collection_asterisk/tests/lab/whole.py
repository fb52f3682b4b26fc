"""All of it at once: Odoo, the dialler, the PBX, the network, and people at work."""

import base64
import datetime
import itertools
import sys
from typing import NamedTuple

from . import sound
from .office import User
from .ports import until
from .process import Process

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
#: What is owed by each debtor.
AMOUNT = 1000.0
WINDOW = "debt.call.wizard"
CALLER = "+3225551234"
NUMBERS = itertools.count(10000)


class Debtor(NamedTuple):
    """A debtor, his number and his case."""

    id: int
    number: str
    case_id: int


class Call(NamedTuple):
    """A call, and the window in which its operator has it."""

    id: int
    window_id: int


class Operator(User):
    """An operator at work in the call window."""

    def open(self, debtor):
        """Open the window of a debtor."""
        return self._opened(self.call("debt.case", "action_call", [debtor.case_id]))

    def bridged(self, call_id):
        """The window that opens when a campaign puts a call through."""
        return self._opened(self.call(WINDOW, "action_bridged", call_id))

    def _opened(self, action):
        [window] = self.find(WINDOW, [("id", "=", action["res_id"])], "call_id")
        return Call(window["call_id"][0], window["id"])

    def click(self, call):
        """Click on the number."""
        lines = f"{WINDOW}.phone"
        [line] = self.find(lines, [("wizard_id", "=", call.window_id)], "id")
        self.call(lines, "action_dial", [line["id"]])

    def dial(self, debtor):
        """Open the window and click on the number."""
        call = self.open(debtor)
        self.click(call)
        return call

    def hang_up(self, call):
        """Hang up, in the window."""
        self.call(WINDOW, "action_telephony", [call.window_id], "hangup")

    def save(self, call, outcome, **values):
        """Save how it ended."""
        values["outcome_id"] = self.ref(f"debt_collection.outcome_{outcome}")
        self.call(WINDOW, "write", [call.window_id], values)
        self.call(WINDOW, "action_save", [call.window_id])


class Staff:
    """Whoever works in the office, with their telephones, and what they set up.

    The real clock runs here: the manager's policy allows calls at any hour of any day,
    so that the tests say the same whenever they run.
    """

    def __init__(self, office):
        self.office = office
        self.admin = User(office, "admin", "admin")
        self.manager = self._hire("debt_manager", "manager")
        self.operator = self._hire("debt_operator", "operator", "100")
        self.colleague = self._hire("debt_colleague", "operator", "101")
        self._make_policy()
        self._call_at_once()
        self._connect_exchange()

    def hire_operators(self, count):
        """As many more operators, five at most, each with his telephone."""
        return [
            self._hire(f"debt_operator{n}", "operator", str(110 + n))
            for n in range(1, count + 1)
        ]

    def _hire(self, login, role, extension=False):
        groups = ("base.group_user", f"debt_collection.group_debt_{role}")
        self.admin.call(
            "res.users",
            "create",
            {
                "name": login,
                "login": login,
                "password": login,
                "group_ids": [[6, 0, list(map(self.admin.ref, groups))]],
                "debt_extension": extension,
            },
            context={"no_reset_password": True},
        )
        return Operator(self.office, login, login)

    def _call_at_once(self):
        """Fresh debts are called from the first day, not after letters only."""
        stage = self.admin.ref("debt_collection.stage_overdue")
        ladder = self.admin.ref("debt_collection.ladder_default")
        self.manager.call("debt.stage", "write", [stage], {"ladder_id": ladder})
        # By whatever clock: the company's calling day is the whole day.
        day = {"debt_calls_from": 0, "debt_calls_to": 24, "debt_evening_from": 0}
        self.admin.call("res.company", "write", [1], day)

    def _make_policy(self):
        always = dict.fromkeys((*DAYS, "holiday"), True)
        hours = always | {"channels": "any", "hour_from": 0, "hour_to": 24}
        self._policy = self.manager.new(
            "debt.contact.policy",
            name="At any hour",
            recording="announce",
            window_ids=[[0, 0, hours]],
        )

    def prompt(self, kind, seconds):
        """The id of a recorded text: a tone of so many seconds."""
        data = sound.wav(sound.tone(600, seconds))
        audio = base64.b64encode(data).decode()
        text = "An automated message of {company}. Refuse with 9."
        return self.manager.new(
            "debt.dialler.prompt", name=kind, kind=kind, text=text, audio=audio
        )

    def _connect_exchange(self):
        self.manager.new("debt.caller.number", number=CALLER, is_own=True)
        provider = self.admin.new(
            "debt.telephony.provider",
            name="Exchange",
            kind="asterisk",
            company_id=1,
            record_calls=True,
            announcement_id=self.prompt("announcement", 0.5),
        )
        self.admin.call("res.company", "write", [1], {"debt_provider_id": provider})
        action = self.admin.call(
            "debt.telephony.provider", "action_rotate_secret", [provider]
        )
        shown = action["context"]
        self.provider_id = provider
        self.office.key = shown["default_key"]
        self.office.secret = shown["default_secret"]

    # --- debtors ------------------------------------------------------------------
    def debtors(self, *suffixes, **more):
        """Debtors who owe since a while, with telephones that end on these digits."""
        numbers = [f"+3247{next(NUMBERS)}{suffix}" for suffix in suffixes]
        return self.debtors_with(*numbers, **more)

    def debtors_with(self, *numbers, days_late=10, is_company=False):
        """Debtors with these numbers."""
        country = self.admin.ref("base.be")
        ids = self.admin.call(
            "res.partner",
            "create",
            [
                {
                    "name": f"Debtor {number}",
                    "phone": number,
                    "is_company": is_company,
                    "country_id": country,
                    "debt_contact_policy_id": self._policy,
                }
                for number in numbers
            ],
        )
        self._invoice(ids, days_late)
        cases = self.manager.find(
            "debt.case", [("partner_id", "in", ids)], "partner_id"
        )
        case_of = {case["partner_id"][0]: case["id"] for case in cases}
        return [
            Debtor(id_, number, case_of[id_])
            for id_, number in zip(ids, numbers, strict=True)
        ]

    def _invoice(self, partner_ids, days_late):
        due = datetime.date.today() - datetime.timedelta(days=days_late)
        line = {"name": "Service", "price_unit": AMOUNT, "tax_ids": [[5, 0, 0]]}
        moves = [
            {
                "move_type": "out_invoice",
                "partner_id": partner_id,
                "invoice_date": due.isoformat(),
                "invoice_date_due": due.isoformat(),
                "invoice_line_ids": [[0, 0, line]],
            }
            for partner_id in partner_ids
        ]
        ids = self.admin.call("account.move", "create", moves)
        self.admin.call("account.move", "action_post", ids)


class Whole:
    """One test's dialler between the office and the network."""

    def __init__(self, staff, pbx, network, folder):
        self.staff, self.office = staff, staff.office
        self.pbx, self.network = pbx, network
        self.dialler = Process(folder / "dialler", pbx, self.office)

    def start(self):
        """Start the dialler and wait until Odoo knows that it works."""
        last = self._newest_run()
        self.dialler.start()
        until(lambda: self._newest_run(" AND pbx_up") > last, 30, "it is at work")
        return self

    def _newest_run(self, more=""):
        found = "SELECT max(id) FROM debt_dialler_instance WHERE provider_id = %s"
        return self.office.value(found + more, self.staff.provider_id) or 0

    def close(self):
        """Leave the table clean; whatever complained did so for a reason."""
        self.dialler.kill()
        self.pbx.clear()
        log = self.dialler.log
        text = log.read_text() if log.exists() else ""
        # Shown where a test fails.
        sys.stdout.write(text)
        assert "ERROR" not in text, text
        assert not (said := self.office.complaints()), said

    # --- what is on record --------------------------------------------------------
    def state(self, call_id):
        """The state of a call."""
        return self.office.value("SELECT state FROM debt_call WHERE id = %s", call_id)

    def wait(self, call_id, *states, seconds=30):
        """Wait until a call is in one of these states."""
        until(
            lambda: self.state(call_id) in states,
            seconds,
            lambda: f"{states}, not {self.state(call_id)}: {self.story(call_id)}",
        )

    def story(self, call_id):
        """The kinds of a call's events, in their order; none is missing."""
        found = self.office.rows(
            "SELECT sequence, kind FROM debt_call_event WHERE call_id = %s"
            " ORDER BY sequence",
            call_id,
        )
        return [kind for _sequence, kind in found]

    def heard(self, call_id, kind, seconds=30):
        """Wait until Odoo heard of this event."""
        until(
            lambda: kind in self.story(call_id),
            seconds,
            lambda: f"{kind}, not only {self.story(call_id)}",
        )

    def seconds_received(self, call):
        """How long the debtor has been heard, by the PBX's own clock."""
        path = f"channels/debt-{call.id}-debtor/rtp_statistics"
        answer = self.pbx.ari("GET", path)
        return answer.json().get("rxcount", 0) / 50 if answer.ok else 0

    def recordings(self, call):
        """Ids of the recordings that hang on a call."""
        found = "SELECT id FROM debt_recording WHERE call_id = %s"
        return [id_ for (id_,) in self.office.rows(found, call.id)]

    def lease_of(self, call):
        """The state of the lease of a call."""
        found = "SELECT state FROM debt_dialler_lease WHERE call_id = %s"
        return self.office.value(found, call.id)

    def open_leases(self):
        """How many calls are lent to the dialler."""
        found = "SELECT count(*) FROM debt_dialler_lease WHERE state != 'closed'"
        return self.office.value(found)
