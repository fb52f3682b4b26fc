from datetime import timedelta
from unittest.mock import patch

from odoo import fields

from .common import TUESDAY, DebtCommon


class TelephonyCommon(DebtCommon):
    """A debtor, and an exchange that can do everything and reports what happens."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._invoice(1000, 10)
        cls.link = cls.env.ref("debt_collection.provider_tel")
        cls.told = []
        cls.startClassPatcher(cls._method("features", lambda self: cls.features))
        cls.features = frozenset(("dial", "hangup", "hold", "transfer", "outcome"))
        cls.exchange = cls.env["debt.telephony.provider"].create({"name": "Exchange"})
        for user in (cls.operator, cls.colleague):
            user.debt_provider_id = cls.exchange

    @classmethod
    def _method(cls, action, method):
        """A patch that gives the providers a method, as a glue addon does."""
        model = cls.env.registry["debt.telephony.provider"]
        plain = ("features", "live", "asks_permission")
        name = f"_{action}" if action in plain else f"_do_{action}"
        return patch.object(model, name, method)

    def _teach(self, action, method):
        self.startPatcher(self._method(action, method))

    def _teach_commands(self):
        """Commands are written down in ``told``."""

        def method(action):
            return lambda _self, call, *args: self.told.append((action, call.id, *args))

        for action in ("hangup", "hold", "resume", "transfer"):
            self._teach(action, method(action))

    def _can(self, *features):
        """The exchange can no more than that."""
        self._teach("features", lambda _self: frozenset(features))

    def setUp(self):
        super().setUp()
        self.case = self._case()
        self.phone = self.case.phone_ids
        self.told.clear()

    def _dialled(self, user=None):
        """A call the operator has just dialled."""
        call = self._call(self.case, user)
        call._place(phone=self.phone)
        return call

    def _robot(self, mode="predictive", case=None):
        """A call a dialler has just dialled for whoever will be free."""
        case = case or self.case
        call = case.sudo()._open_call(
            fields.Datetime.now(), mode=mode, provider_id=self.exchange.id
        )
        call.dial(phone=case.phone_ids[:1])
        return call

    def _events(self, call, *steps, start=1):
        """What the exchange sends: kinds, or (kind, values), a second apart."""
        now = fields.Datetime.now()
        steps = [step if isinstance(step, tuple) else (step, {}) for step in steps]
        return [
            {
                "call_id": call.id,
                "seq": number,
                "kind": kind,
                "at": f"{(now + timedelta(seconds=number)).isoformat()}Z",
                "values": values,
            }
            for number, (kind, values) in enumerate(steps, start)
        ]

    def _report(self, call, *steps, start=1):
        return self._send(self._events(call, *steps, start=start))

    def _send(self, events):
        """Deliver events as an exchange does: as nobody in particular."""
        public = self.env.ref("base.public_user")
        calls = self.env["debt.call"].with_user(public)
        return calls._telephony_events(self.exchange.with_user(public).sudo(), events)

    def _second(self, number):
        return TUESDAY + timedelta(seconds=number)


def ended(line, **values):
    return "ended", {"line": line, **values}
