from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .access_common import ForeignRecords, is_ours

#: What a slip of the keys makes of a day or time.
ABSURD = ("0001-01-01", "2226-03-10", "9999-12-31 23:59:59", "2026-13-45", 20260310)


#: What Odoo makes, and nobody by hand: it fails without what it needs.
MADE_BY_ODOO = {"payment.transaction"}


@tagged("post_install", "-at_install")
class TestAccessTimes(ForeignRecords):
    """Every door that takes a day or a time says of an absurd one that it is one."""

    def _times(self):
        """The models with days and times of ours that a client could send."""
        for name, model in sorted(self.env.registry.items()):
            if model._abstract:
                continue
            times = [
                field.name
                for field in model._fields.values()
                if field.type in ("date", "datetime") and is_ours(field)
                if not (field.compute and field.readonly)
            ]
            if times:
                yield self.env[name], times

    def _refused(self, call, what):
        """Whether it is answered with a sentence; an absurd time is never taken."""
        with self.assertRaises(UserError, msg=what) as refused, self.env.cr.savepoint():
            call()
            self.env.flush_all()
        error = refused.exception
        return None if isinstance(error, AccessError) else str(error)

    def test_whoever_writes_makes_or_types_one_hears_of_it(self):
        tried = 0
        for model, names in self._times():
            own = (self.own.get(model._name) or model).with_user(self.manager)
            for name in names:
                for value in ABSURD:
                    what = f"{model._name}.{name} = {value!r}"
                    sent = {name: value}
                    doors = [lambda o=own, s=sent: o.onchange(s, [], {})]
                    if model._name not in MADE_BY_ODOO:
                        doors.append(lambda o=own, s=sent: o.browse().create(s))
                    if own:
                        doors.append(lambda o=own, s=sent: o.write(s))
                    for door in doors:
                        text = self._refused(door, what)
                        # What nobody writes by hand is refused whatever it is.
                        self.assertIn(str(value), text or str(value), what)
                        tried += bool(text)
        self.assertGreater(tried, 200)

    def test_a_time_inside_a_command_is_looked_at_as_well(self):
        lines = [Command.create({"date": "9999-12-31", "amount": 1})]
        window = self.env["debt.call.wizard"].with_user(self.operator)
        call = self.own["debt.call"]
        values = {"call_id": call.id, "instalment_ids": lines}
        self.assertIn("9999", self._refused(lambda: window.create(values), ""))

    def test_what_is_only_a_slip_for_a_dialog_is_one_for_it_alone(self):
        """A law may be of the last century, a payment may not."""
        entries = self.env["debt.case.entry"].with_user(self.operator)
        for name in ("paid_on", "received_on", "promise_date"):
            sent = {name: "2006-03-10"}
            self._refused(lambda s=sent: entries.onchange(s, [], {}), name)
        policy = self.own["debt.contact.policy"].with_user(self.manager)
        try:
            policy.onchange({"source_date": "1977-09-20"}, [], {"source_date": {}})
        except AccessError:
            self.fail("an old law is a law")

    def test_the_ledgers_own_days_come_back_with_the_form(self):
        items = self.env["debt.case.entry.item"].with_user(self.operator)
        shown = items.onchange({"date_due": "2010-03-10"}, [], {"date_due": {}})
        self.assertNotIn("warning", shown)
