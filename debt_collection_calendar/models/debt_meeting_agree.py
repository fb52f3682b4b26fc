from dataclasses import replace
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from odoo.addons.debt_collection.tools.contact import check

from .debt_meeting import COMING

#: A meeting further away, or a longer one, is a typing error.
FURTHEST, LONGEST = timedelta(days=92), timedelta(hours=8)
#: What syncs events to others' calendars would write to whoever takes part in them.
SYNCED = {"google_id", "microsoft_id"}


class DebtMeeting(models.Model):
    """Agreeing on a meeting, and moving it: in the debtor's lawful hours."""

    _inherit = "debt.meeting"

    @api.model
    def _agree(self, case, values, tell=True):
        """Put a meeting on record and into the calendar; calls pause until it is over.

        :param case: ``debt.case``
        :param dict values: ``start``, ``stop`` (naive UTC), ``how``, ``user_id``, and
            ``place``, ``call_id``, ``agreed_by``
        :param bool tell: the debtor is written to at once
        :return: ``debt.meeting`` (superuser)
        :raises UserError: the debtor cannot be met, or not then
        """
        case.ensure_one()
        case.check_access("write")
        # Superuser: nobody writes meetings by hand; who may is checked above.
        case = case.sudo()
        if case.meeting_ids._coming():
            raise UserError(
                self.env._("There is a meeting to come already: move that one.")
            )
        zone = self._check_time(case, values["how"], values["start"], values["stop"])
        meeting = self.sudo().create({**values, "case_id": case.id, "tz": zone})
        meeting.event_id = meeting._create_event()
        meeting._log(meeting._agreed_text())
        meeting._go_on(tell)
        return meeting

    @api.model
    def _default_place(self, case, how):
        """Where a meeting is, unless somebody says otherwise: at the company's."""
        company = case.company_id.partner_id
        lines = company._display_address(without_company=True).splitlines()
        text = ", ".join(filter(None, map(str.strip, lines)))
        return text if how == "in_person" else False

    @api.model
    def _check_time(self, case, how, start, stop):
        """:return: the name of the time zone in which the debtor reads it

        :raises UserError: the debtor cannot be met, or not then
        """
        now = fields.Datetime.now()
        if not start or not now < start <= now + FURTHEST:
            raise ValidationError(
                self.env._("Enter when you meet: a time to come, within three months.")
            )
        if not stop or not start < stop <= start + LONGEST:
            raise ValidationError(
                self.env._("A meeting ends after it begins, within eight hours.")
            )
        if case.state in ("closed", "legal"):
            raise UserError(case._reason_text(case.state))
        answer, facts = self._ask_gate(case, how, start)
        if answer.allowed:
            return facts.zone or case.company_id._debt_zone()
        text = self.env._(
            "The debtor cannot be met then (%(time)s, local time). %(reason)s",
            time=case._local_time(start, facts),
            reason=case._contact_reason(answer),
        )
        if answer.next_at:
            slot = case._local_time(answer.next_at, facts)
            text += " " + self.env._("The next lawful time is %(time)s.", time=slot)
        raise UserError(text)

    @api.model
    def _ask_gate(self, case, how, start):
        """Whether the law lets him be met then: in person it is a visit, else a call.

        He has agreed to it, as to a call that he asks for.

        :return: `tools.contact.Answer` and `Facts`
        :raises UserError: no meeting with him is lawful at all
        """
        facts = case._contact_facts()[case]
        if reason := case._refused_by_debtor("visit", facts, None, None):
            raise UserError(case._reason_text(reason))
        channel = "visit" if how == "in_person" else "call"
        callback = start if channel == "call" else None
        asked = case._question(channel, facts)
        return check(replace(asked, callback=callback, pause=None), start), facts

    def _create_event(self):
        """The event in the calendar of who meets the debtor; others see “busy”.

        Odoo invites nobody: the debtor is written to through the gate.
        """
        user = self.user_id
        partners = user.partner_id
        events = self.env["calendar.event"]
        if not SYNCED & events._fields.keys():
            partners |= self.partner_id
        context = {
            "lang": user.lang,
            "tz": user.tz,
            "allowed_company_ids": self.company_id.ids,
            "no_mail_to_attendees": True,
            "skip_contact_description": True,
            # It belongs to no document that a screen happens to show.
            "active_model": False,
            "active_id": False,
        }
        words = self.with_context(lang=user.lang).env
        debtor = self.partner_id.display_name
        event = events.with_context(**context).create(
            {
                "name": words._("Meeting with %(debtor)s", debtor=debtor),
                "start": self.start,
                "stop": self.stop,
                "user_id": user.id,
                "partner_ids": partners.ids,
                "location": self.place,
                "privacy": "private",
            }
        )
        if self.how == "video":
            event._set_discuss_videocall_location()
        return event

    def _move(self, start, stop, by="operator", reason=None, tell=True):
        """Another time was agreed: what was planned before stays on record.

        :param datetime start, stop: naive UTC
        :raises UserError: it is over, or the debtor cannot be met then
        """
        self.ensure_one()
        if self.state not in COMING:
            raise UserError(self.env._("This meeting is over: agree on a new one."))
        if start == self.start:
            # Longer or shorter: that is no move.
            self._set_time(start, stop)
            self.case_id._plan()
            return
        zone = self._check_time(self.case_id, self.how, start, stop)
        before = self._in_words()["time"]
        self.env["debt.meeting.move"].create(
            {
                "meeting_id": self.id,
                "from_at": self.start,
                "to_at": start,
                "moved_by": by,
                "user_id": by != "debtor" and self.env.uid,
                "reason": reason,
            }
        )
        anew = {"state": "planned", "confirmed_at": False, "asked": False}
        self._set_time(start, stop, tz=zone, **anew)
        text = self.env._(
            "Meeting moved from %(before)s to %(time)s.",
            before=before,
            time=self._in_words()["time"],
        )
        self._log(" ".join(filter(None, (text, reason))))
        self._go_on(tell)

    def _set_time(self, start, stop, **values):
        """Write it down, here and in the calendar."""
        self.write({"start": start, "stop": stop, **values})
        if (self.event_id.start, self.event_id.stop) != (start, stop):
            self.event_id.write({"start": start, "stop": stop})

    def _go_on(self, tell):
        """What follows from a meeting at its present time."""
        self._queue_confirmations(tell)
        self._set_todo(
            self.start,
            lambda env, values: env._("Confirm the meeting: %(time)s", **values),
        )
        self.case_id._plan()

    # --- who is told ------------------------------------------------------------------
    def _agreed_text(self):
        return self.env._("Meeting agreed: %(time)s, %(how)s.", **self._in_words())

    def _in_words(self):
        """When, in the debtor's time, and how, for people."""
        names = dict(self._fields["how"]._description_selection(self.env))
        return {"time": self.local_time, "how": names[self.how]}

    def _log(self, text):
        """One line in the case's history, in the name of who did it."""
        by_debtor = self.env.context.get("debt_by_debtor")
        author = self.partner_id if by_debtor else self.env.user.partner_id
        self.case_id._message_log(body=text, author_id=author.id)

    def _drop_todo(self):
        """What was done by then stays in the history."""
        self.todo_id.filtered("active").unlink()
        self.todo_id = False

    def _set_todo(self, at, summary):
        """What is to be done about it next, by who meets the debtor.

        :param datetime at: on that day of his, naive UTC
        :param summary: a function of an environment and words that returns a text
        """
        self._drop_todo()
        case = self.case_id
        user = self.user_id if self.user_id.active else case._accountant()
        zone = user._debt_zone_in(self.company_id)
        mine = self.with_context(lang=user.lang)
        self.todo_id = case.with_context(
            mail_activity_quick_update=True
        ).activity_schedule(
            "mail.mail_activity_data_todo",
            summary=summary(mine.env, mine._in_words()),
            user_id=user.id,
            date_deadline=fields.Datetime.context_timestamp(
                self.with_context(tz=zone), at
            ).date(),
        )
