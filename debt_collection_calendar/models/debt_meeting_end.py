from odoo import api, fields, models
from odoo.exceptions import UserError

from .debt_meeting import COMING


class DebtMeeting(models.Model):
    """How a meeting ended: held, missed, or it did not take place."""

    _inherit = "debt.meeting"

    def _end(self, state, note=None, tell=True):
        """Note what became of it; collection goes on.

        :param str state: held, missed, cancelled
        :param bool tell: the debtor is told that it does not take place
        :raises UserError: it is over already, or has not begun
        """
        self.ensure_one()
        if self.state not in COMING:
            raise UserError(self.env._("What became of this meeting is noted already."))
        if state != "cancelled" and self.start > fields.Datetime.now():
            raise UserError(
                self.env._("It has not begun yet: move or cancel it instead.")
            )
        self.write(
            {
                "state": state,
                "note": note,
                "ended_at": fields.Datetime.now(),
                "ended_by_id": self.env.uid,
            }
        )
        self._drop_todo()
        self._log(self._ended_text())
        if state == "held" and self.how == "in_person":
            # He was met: it counts as a contact, whatever the gate says by now.
            self.env["debt.message"]._record_in_person(
                self.case_id, "visit", note, made_at=self.start
            )
        if state == "cancelled":
            if self.event_id.active:
                self.event_id.active = False
            if tell:
                self._call_off()
        self._resume()

    def _ended_text(self):
        values = self._in_words() | {"note": self.note or ""}
        match self.state:
            case "held":
                text = self.env._("Meeting of %(time)s held. %(note)s", **values)
            case "missed":
                text = self.env._(
                    "Meeting of %(time)s missed: the debtor did not come. %(note)s",
                    **values,
                )
            case _:
                text = self.env._("Meeting of %(time)s cancelled. %(note)s", **values)
        return text.strip()

    def _resume(self):
        """Nothing is waited for any more; who did not come is called before others."""
        case = self.case_id
        if case.closed_at:
            return
        if self.state == "missed" and case.priority == "0":
            case.priority = "1"
        case._plan()

    @api.model
    def _cron_ask(self):
        """The day after, who met the debtor is asked whether the meeting was held."""
        now = fields.Datetime.now()
        over = [("state", "in", COMING), ("asked", "=", False), ("stop", "<", now)]
        for meeting in self.search(over):
            company = meeting.company_id
            if company._debt_day_of(meeting.stop) < company._debt_today():
                meeting.asked = True
                meeting._set_todo(
                    now,
                    lambda env, values: env._(
                        "Was the meeting held? %(time)s: note it under Meetings",
                        **values,
                    ),
                )
