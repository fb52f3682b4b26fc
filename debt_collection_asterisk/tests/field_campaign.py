"""A campaign as it is in the field: `./dev test --campaign`, ten minutes.

Two hundred telephones of every kind in the field's proportions, five operators who talk
and write down what was said, and Odoo itself. Nothing may be lost, nobody may stand in
silence, and every outcome must be right. `DEBT_FIELD_PART=4` runs a quarter of it.
"""

import os
import random
import sys
import threading
import time
from collections import Counter

import pytest

from lab import network
from lab.ears import Witness
from lab.ports import PATIENCE, until

#: What two hundred telephones of the field do.
FIELD = {
    network.TALKS: 50,
    network.MACHINE: 30,
    network.BUSY: 10,
    network.RINGS: 80,
    network.UNKNOWN: 10,
    network.FORWARDS: 6,
    network.CONGESTED: 4,
    network.FLEETING: 10,
}
FIELD = {
    suffix: max(1, count // int(os.environ.get("DEBT_FIELD_PART", 1)))
    for suffix, count in FIELD.items()
}
#: The line of each, whether it rang, and the outcome in Odoo; a talk's is saved by its
#: operator. Of who answered and hung up at once no line proves how it was.
ENDS = {
    network.TALKS: ("answered", True, "refused"),
    network.MACHINE: ("machine", True, "voicemail"),
    network.BUSY: ("busy", True, "busy"),
    network.RINGS: ("no_answer", True, "no_answer"),
    network.UNKNOWN: ("invalid", False, "invalid_number"),
    network.FORWARDS: ("failed", False, False),
    network.CONGESTED: ("congestion", False, False),
    network.FLEETING: ("answered", True, False),
}
OPERATORS, CAP = 5, 0.03
#: Seconds from the answer until the greeting of `human.al` is over.
GREETING = 0.8
STATIONS = "debt.dialler.operator"


class Worker(threading.Thread):
    """An operator at his station: he takes who is put through and writes it down."""

    def __init__(self, whole, user, campaign_id):
        super().__init__(daemon=True)
        self._whole, self._user = whole, user
        self._over = threading.Event()
        self.calls, self.error = [], None
        self._station = user.call(STATIONS, "action_open")["res_id"]
        user.call(STATIONS, "write", [self._station], {"campaign_id": campaign_id})
        user.call(STATIONS, "action_ready", [self._station])

    def run(self):
        """Work until told otherwise."""
        chance = random.Random(self._user.id)
        try:
            while not self._over.is_set():
                if call_id := self._to_write_down():
                    time.sleep(chance.uniform(5, 15))
                    call = self._user.bridged(call_id)
                    self._user.save(
                        call, outcome="refused", party="right_party", note="No."
                    )
                    self.calls.append(call_id)
                time.sleep(0.3)
        except Exception as error:
            self.error = error

    def _to_write_down(self):
        found = "SELECT call_id FROM debt_dialler_operator"
        return self._whole.office.value(
            found + " WHERE id = %s AND state = 'wrapup'", self._station
        )

    def leave(self):
        """Go home."""
        self._over.set()
        self.join(60)
        self._user.call(STATIONS, "action_leave", [self._station])


@pytest.fixture
def witness(whole):
    found = Witness(whole.pbx)
    yield found
    found.close()


def start_campaign(whole):
    """Predictive, with detection, recorded."""
    manager, campaigns = whole.staff.manager, "debt.dialler.campaign"
    campaign_id = manager.new(
        campaigns,
        name="Field",
        mode="predictive",
        provider_id=whole.staff.provider_id,
        debtor_kind="company",
        ring_seconds=15,
        abandon_cap=CAP,
        detect_machine=True,
        abandon_message_id=whole.staff.prompt("abandon", 1),
    )
    manager.call(campaigns, "action_start", [campaign_id])
    return campaign_id


def wait_for_all(whole, debtors, seconds):
    """Until each of them was called, and Odoo knows how it ended."""
    ids = [debtor.id for debtor in debtors]
    found = "SELECT count(*) FROM debt_call WHERE partner_id = ANY(%s)"
    left = "SELECT array_agg(state || ' ' || coalesce(brake, '')) FROM"
    left += " debt_dialler_campaign"

    def done():
        count = whole.office.value(found + " AND state = 'done'", ids)
        return count >= len(ids) and not whole.open_leases()

    until(
        done,
        seconds / PATIENCE,
        lambda: (
            f"all are called: {whole.office.value(found, ids)},"
            f" {whole.office.value(left)}"
        ),
    )


def calls_with(whole, debtors):
    """Their calls, by debtor; one each."""
    ids = [debtor.id for debtor in debtors]
    fields = ("partner_id", "line", "rang", "outcome_code", "recording_ids", "state")
    found = whole.staff.manager.find("debt.call", [("partner_id", "in", ids)], *fields)
    assert sorted(call["partner_id"][0] for call in found) == sorted(ids)
    return {call["partner_id"][0]: call for call in found}


def silence(witness, call_id):
    """Seconds that a person waited after his greeting for a voice, or None."""
    channel = f"debt-{call_id}-debtor"
    up = witness.first(channel, "ChannelStateChange", state="Up")
    up = up or witness.first(channel, "StasisStart")
    heard = [
        at
        for at in (
            witness.first(channel, "ChannelEnteredBridge"),
            witness.first(channel, "PlaybackStarted"),
        )
        if at
    ]
    return min(heard) - up - GREETING if up and heard else None


def test_a_campaign_of_the_field(whole, witness):
    suffixes = [suffix for suffix, count in FIELD.items() for _n in range(count)]
    random.Random(1).shuffle(suffixes)
    debtors = []
    for first in range(0, len(suffixes), 25):
        some = suffixes[first : first + 25]
        debtors += whole.staff.debtors(*some, is_company=True, days_late=120)
    campaign_id = start_campaign(whole)
    users = whole.staff.hire_operators(OPERATORS)
    workers = [Worker(whole, user, campaign_id) for user in users]
    whole.start()
    begin = time.monotonic()
    for worker in workers:
        worker.start()
    wait_for_all(whole, debtors, 1500)
    lasted = time.monotonic() - begin
    for worker in workers:
        worker.leave()
        assert worker.error is None, worker.error
    whole.staff.manager.call("debt.dialler.campaign", "action_pause", [campaign_id])

    calls = calls_with(whole, debtors)
    kinds = dict(zip((debtor.id for debtor in debtors), suffixes, strict=True))
    stories = {id_: whole.story(call["id"]) for id_, call in calls.items()}
    abandoned = {id_ for id_, story in stories.items() if "abandoned" in story}
    bridged = {id_ for id_, story in stories.items() if "bridged" in story}
    waited = [
        silence(witness, calls[id_]["id"])
        for id_ in bridged | abandoned
        if kinds[id_] == network.TALKS
    ]
    figures = {
        "seconds": round(lasted),
        "dialled": len(calls),
        "talks": len(bridged),
        "abandoned": len(abandoned),
        "longest silence": round(max(waited), 2),
    }
    lines = Counter((kinds[id_], call["line"]) for id_, call in calls.items())
    sys.stdout.write(f"{figures}\n{dict(lines)}\n")

    ends = {
        (kinds[id_], (call["line"], call["rang"], call["outcome_code"]))
        for id_, call in calls.items()
        if id_ not in abandoned
    }
    assert ends == set(ENDS.items())
    rang = whole.network.all_that_rang()
    assert all(rang[debtor.number.lstrip("+")] == 1 for debtor in debtors)
    saved = sorted(call_id for worker in workers for call_id in worker.calls)
    assert saved == sorted(calls[id_]["id"] for id_ in bridged)
    until(
        lambda: (
            sum(bool(c["recording_ids"]) for c in calls_with(whole, debtors).values())
            >= sum("recorded" in story for story in stories.values())
        ),
        60,
        "all recordings come",
    )
    talks = {id_ for id_ in bridged if kinds[id_] == network.TALKS}
    assert all("recorded" in stories[id_] for id_ in talks)
    people = sum(kinds[id_] == network.TALKS for id_ in bridged | abandoned)
    assert people == FIELD[network.TALKS]
    assert len(abandoned) <= max(1, CAP * people), figures
    assert max(waited) <= 2, figures
    until(lambda: not whole.pbx.channels(), 10, "all lines are free")
