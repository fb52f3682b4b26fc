from odoo.tests import tagged

from odoo.addons.debt_collection.tests.test_access_types import (
    NONSENSE,
    NonsenseCommon,
    refused_badly,
)

from .common import DiallerCommon


@tagged("post_install", "-at_install")
class TestDiallerTypes(NonsenseCommon):
    """What a client sends to a method of the dialler's may be of any kind."""

    addons, least = "debt_collection_asterisk", 50

    def test_every_method_answers_nonsense_in_words(self):
        self._check_all_methods()


@tagged("post_install", "-at_install")
class TestDoorTypes(DiallerCommon):
    """What the process sends is believed, and still may be of any kind.

    One heartbeat that fails is sent again for ever, and with it all that others tell.
    """

    def _try(self, what, do, sent):
        for name in sent:
            for value in NONSENSE:
                self.faults |= refused_badly(
                    self.env, f"{what} {name}={value!r:.40}: ", do, sent | {name: value}
                )

    def test_no_nonsense_stops_a_heartbeat(self):
        self.faults = set()
        event = {"call_id": 1, "seq": 1, "kind": "ended", "at": "2026-03-10T09:00:00"}
        event |= {"values": {"line": "busy", "by": "us", "reason": "x"}}
        operator = {"user_id": self.operator.id, "line": "up", "trouble": "busy"}
        problem = {"code": "x", "text": "y", "values": {"a": "b"}}
        sync = self.provider._dialler_sync

        def beat(**sent):
            sync({"instance": "one", "pbx_up": True} | sent)

        whole = {"instance": "one", "pbx_up": True, "live": [1], "want": {"1": 1}}
        whole |= {"events": [event], "operators": [operator], "problems": [problem]}
        whole |= {"stopped": {"line": "busy", "reason": "x"}}
        self._try("sync", beat, whole)
        for name, one in (
            ("events", event),
            ("operators", operator),
            ("problems", problem),
        ):
            self._try(name, lambda n=name, **sent: beat(**{n: [sent]}), one)
        self.assertFalse(self.faults, "\n".join(sorted(self.faults)))

    def test_no_nonsense_stops_a_caller(self):
        self.faults = set()
        told = {"uuid": "u", "number": "+32470123456", "kind": "answered"}
        told |= {"user_id": self.operator.id, "choice": "callback"}
        for kind in ("asked", "answered", "missed", "ended"):
            self._try(
                "incoming",
                lambda **sent: self.env["debt.dialler.incoming"]._hear(
                    self.provider, sent
                ),
                told | {"kind": kind},
            )
        self.assertFalse(self.faults, "\n".join(sorted(self.faults)))
