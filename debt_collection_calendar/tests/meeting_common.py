from datetime import datetime, timedelta

from odoo.addons.debt_collection.tests.common import DebtCommon

#: Thursday, 15:00 in Brussels: two days after the tests' Tuesday.
THURSDAY = datetime(2026, 3, 12, 14, 0)
HOUR = timedelta(hours=1)


class MeetingCommon(DebtCommon):
    """A debtor whom the operator has on the telephone, and may meet."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.debtor.email = "one@example.com"
        cls.invoice = cls._invoice(1000, 20)
        cls.meetings = cls.env["debt.meeting"]

    def setUp(self):
        super().setUp()
        self.case = self._case()
        self.case.user_id = self.operator

    def _dialog(self, user=None, **values):
        """The dialog as it opens on the case."""
        dialogs = self.env["debt.meeting.dialog"].with_user(user or self.operator)
        return dialogs.with_context(default_case_id=self.case.id).create(values)

    def _agree(self, start=THURSDAY, user=None, **values):
        """Agree on a meeting, as the dialog does."""
        values = {"how": "in_person", "minutes": 60, "tell": False, **values}
        self._dialog(user, start=start, **values).action_apply()
        return self.case.meeting_ids.sorted("id")[-1:]

    def _move(self, meeting, start, user=None, **values):
        dialogs = self.env["debt.meeting.dialog"].with_user(user or self.operator)
        context = meeting.with_user(user or self.operator).action_move()["context"]
        dialogs = dialogs.with_context(**context)
        dialogs.create({"start": start, "tell": False, **values}).action_apply()

    def _end(self, meeting, state, note="We agreed on a plan.", user=None):
        meeting = meeting.with_user(user or self.operator)
        ask = {
            "held": meeting.action_held,
            "missed": meeting.action_missed,
            "cancelled": meeting.action_cancel,
        }
        dialogs = self.env["debt.meeting.dialog"].with_user(user or self.operator)
        dialogs = dialogs.with_context(**ask[state]()["context"])
        dialogs.create({"note": note}).action_apply()

    def _reason(self, case=None):
        return (case or self.case).check_contact("call")["reason"]

    def _next_day(self):
        """What the planner makes of the case by now."""
        self.case._plan()
        return self.case.next_contact_at and self.case.next_contact_at.date()

    def _said(self):
        return "\n".join(self.case.message_ids.mapped("body"))

    def _queued(self):
        messages = self.case.debtor_message_ids.filtered(
            lambda one: one.kind == "meeting" and one.state == "queued"
        ).sorted("send_after")
        return [(one.channel, str(one.send_after)) for one in messages]
