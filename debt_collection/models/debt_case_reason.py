from odoo import api, fields, models
from odoo.tools import format_datetime


class DebtCase(models.Model):
    """The gate's and the planner's codes, put into sentences for people."""

    _inherit = "debt.case"

    @api.depends("next_contact_code", "next_contact_block", "state")
    def _compute_next_contact_reason(self):
        texts = self._reason_texts()
        for case in self:
            parts = [
                texts.get(code)
                for code in (case.next_contact_code, case.next_contact_block)
                if code
            ]
            case.next_contact_reason = " ".join(filter(None, parts)) or False

    def _local_time(self, at=None, facts=None):
        """The debtor's local time in words, e.g. "Tue 14:05 (Asia/Omsk)".

        :param datetime at: naive UTC; now when None
        """
        self.ensure_one()
        facts = facts or self._contact_facts()[self]
        if not facts.zone:
            return self.env._("unknown time zone")
        at = at or fields.Datetime.now()
        text = format_datetime(self.env, at, tz=facts.zone, dt_format="EEE d MMM HH:mm")
        more = len(facts.zones) - 1
        if more:
            return self.env._(
                "%(time)s (%(zone)s, or one of %(more)s other zones)",
                time=text,
                zone=facts.zone,
                more=more,
            )
        return f"{text} ({facts.zone})"

    def _contact_message(self, answer, at, facts):
        """One or two sentences for the operator: why, and from when on."""
        text = self._reason_text(answer.reason)
        if answer.limit:
            text = self._limit_text(answer.limit)
        if answer.allowed or not answer.next_at:
            return text
        return self.env._(
            "%(reason)s Possible from %(time)s.",
            reason=text,
            time=self._local_time(answer.next_at, facts),
        )

    def _limit_text(self, limit):
        counts = dict(
            self.env["debt.contact.policy.limit"]
            ._fields["count"]
            ._description_selection(self.env)
        )
        periods = {
            "day": self.env._("day(s)"),
            "week": self.env._("week(s)"),
            "month": self.env._("month(s)"),
        }
        return self.env._(
            "The limit is used up: %(maximum)s (%(what)s) in %(length)s %(period)s.",
            maximum=limit.maximum,
            what=counts[limit.count],
            length=limit.length,
            period=periods[limit.period],
        )

    def _reason_text(self, code):
        """The sentence for a reason code of the gate or the planner."""
        return self._reason_texts().get(code) or self.env._("He may not be called.")

    def _reason_texts(self):
        _ = self.env._
        return {
            "ok": _("He may be called now."),
            "callback": _("He asked to be called back."),
            "closed": _("The case is closed."),
            "nothing_owed": _("He owes nothing that is overdue."),
            "disputed": _("Everything he owes is disputed."),
            "legal": _("The case is with the legal department."),
            "on_hold": _("The case is on hold."),
            "promised": _("He promised to pay; the day has not passed."),
            "dormant": _("The retry ladder is over; the case is dormant."),
            "do_not_call": _("He refused to be called."),
            "no_policy": _(
                "No contact policy applies: set one for the debtor's country or as "
                "the company's default."
            ),
            "no_number": _("There is no number he could be called on."),
            "bad_number": _("This number is not to be dialled."),
            "busy": _("A colleague is on the line with him."),
            "no_zone": _(
                "His time zone is unknown: enter his country or the zone he names."
            ),
            "no_hours": _("His contact policy has no hours for this way of contact."),
            "hours": _("It is outside the permitted hours where he is."),
            "holiday": _("It is a public holiday where he is."),
            "limit": _("The permitted number of contacts is used up."),
            "before_callback": _("He asked to be called later."),
            "never": _("His contact policy leaves no time for it."),
            "ladder": _("The retry ladder asks for it."),
            "ladder_end": _("The retry ladder is over."),
            "ladder_wait": _("The retry ladder is over; what he promised is awaited."),
            "no_steps": _("The retry ladder has no steps: add some to it."),
            "no_ladder": _("No retry ladder is set for this stage."),
            "retry": _("The line was busy."),
        }
