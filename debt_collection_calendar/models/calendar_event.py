from odoo import fields, models

from odoo.addons.debt_collection.models.card.groups import READERS

from .debt_meeting import COMING


class CalendarEvent(models.Model):
    """A meeting with a debtor that is moved or removed in the calendar."""

    _inherit = "calendar.event"

    debt_meeting_ids = fields.One2many(
        "debt.meeting",
        "event_id",
        string="Meetings with Debtors",
        readonly=True,
        groups=READERS,
    )

    def write(self, vals):
        names = set(vals)
        result = super().write(vals)
        if names & {"active", *self._get_time_fields()}:
            self._debt_coming()._follow_event()
        return result

    def unlink(self):
        meetings = self._debt_coming()
        result = super().unlink()
        meetings._removed()
        return result

    def _debt_coming(self):
        # Superuser: whoever may change an event need not see the debtor's case.
        meetings = self.sudo().with_context(active_test=False).debt_meeting_ids
        return meetings.filtered(lambda one: one.state in COMING)

    def _mail_get_partners(self, introspect_fields=False):
        """The calendar reminds no debtor: the gate's messages do."""
        partners = super()._mail_get_partners(introspect_fields=introspect_fields)
        # Superuser: whether it is a meeting with a debtor, and with whom.
        for event in self.sudo().filtered("debt_meeting_ids"):
            partners[event.id] -= event.debt_meeting_ids.partner_id
        return partners


class CalendarAttendee(models.Model):
    _inherit = "calendar.attendee"

    def _should_notify_attendee(self, notify_author=False):
        """Debtors are written to through the gate alone."""
        # Superuser: whether it is a meeting with a debtor, and with whom.
        debtors = self.sudo().event_id.debt_meeting_ids.partner_id
        if self.partner_id in debtors:
            return False
        return super()._should_notify_attendee(notify_author=notify_author)


class DebtMeeting(models.Model):
    """What becomes of a meeting when its event is changed."""

    _inherit = "debt.meeting"

    def _follow_event(self):
        """The event was moved or removed, and not by what we do ourselves.

        :raises UserError: the debtor cannot be met then
        """
        for meeting in self:
            event = meeting.event_id
            if not event.active:
                meeting._removed()
            elif (event.start, event.stop) != (meeting.start, meeting.stop):
                meeting._move(event.start, event.stop, by="calendar")

    def _removed(self):
        for meeting in self:
            meeting._end("cancelled", self.env._("Removed from the calendar."))
