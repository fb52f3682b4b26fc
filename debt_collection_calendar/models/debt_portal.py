from dataclasses import replace
from datetime import timedelta
from itertools import product
from math import ceil

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.debt_collection.tools import page_form
from odoo.addons.debt_collection.tools.clock import instant, local
from odoo.addons.debt_collection.tools.contact import check
from odoo.addons.debt_collection.tools.page_form import Refused

from .debt_meeting import HOW

#: A debtor chooses among so many times of so many days, tomorrow's being the first.
DAYS, TIMES = 14, 12
DONE = ("ask", "confirm", "move", "cancel")


class DebtPortalAct(models.Model):
    _inherit = "debt.portal.act"

    kind = fields.Selection(
        selection_add=[("meeting", "About a Meeting")], ondelete={"meeting": "cascade"}
    )


class DebtPortal(models.AbstractModel):
    """A debtor asks for a meeting on his page, confirms it, or puts it off."""

    _inherit = "debt.portal"

    @api.model
    def _shown(self, debtor, company):
        shown = super()._shown(debtor, company)
        case = shown["case"]
        offered = company.debt_meetings_on and case and not case.closed_at
        return shown | {
            "meeting_times": self._meeting_times(case) if offered else [],
            "meeting_ways": [way for way, _name in HOW],
        }

    @api.model
    def _meeting(self, case):
        """The one that is to come."""
        return case._coming_meetings().sorted("start")[:1] if case else None

    @api.model
    def _meets(self, case):
        """Who meets the debtor."""
        return case.user_id if case.user_id.active else case._accountant()

    # --- when -------------------------------------------------------------------------
    @api.model
    def _meeting_times(self, case):
        """When the debtor may choose to be met.

        :return: list of pairs: naive UTC as text, and words in his time
        """
        facts = case._contact_facts()[case]
        if not facts.policy or not facts.zone:
            return []
        is_free = self._is_free(case, facts)
        times = [start for start in self._hours(case) if is_free(start)]
        return [
            (at.isoformat(), self._in_his_time(case, facts.zone, at))
            for at in times[:TIMES]
        ]

    @api.model
    def _hours(self, case):
        """The full hours of the next days that the manager allows, naive UTC."""
        company, zone = case.company_id, case.company_id._debt_zone()
        today = local(zone, fields.Datetime.now()).date()
        first = ceil(company.debt_meeting_from)
        last = company.debt_meeting_to - company.debt_meeting_minutes / 60
        hours = [hour for hour in range(first, 24) if hour <= last]
        return [
            instant(zone, today + timedelta(days=day), hour * 60)
            for day, hour in product(range(1, DAYS + 1), hours)
        ]

    @api.model
    def _is_free(self, case, facts):
        """Whether it is lawful, worked, and free in the calendar at an instant.

        :return: a function of naive UTC
        """
        user, company = self._meets(case), case.company_id
        working = user._debt_working(company)
        lasts = timedelta(minutes=company.debt_meeting_minutes)
        busy = self._busy(user)
        asked = case._question("call", facts)
        asked = replace(
            asked,
            policy=replace(facts.policy, limits=()),
            callback=None,
            pause=None,
        )

        def is_free(start):
            stop = start + lasts
            ends = (start, stop - timedelta(minutes=1))
            taken = any(begin < stop and end > start for begin, end in busy)
            return not taken and all(
                not working.refusal(at) and check(asked, at).allowed for at in ends
            )

        return is_free

    @api.model
    def _busy(self, user):
        """When somebody has other events in the next weeks, pairs of naive UTC."""
        now = fields.Datetime.now()
        domain = [
            ("partner_ids", "in", user.partner_id.ids),
            ("show_as", "=", "busy"),
            ("stop", ">", now),
            ("start", "<", now + timedelta(days=DAYS + 2)),
        ]
        events = user.env["calendar.event"].search(domain)
        return [(event.start, event.stop) for event in events]

    # --- what he does -----------------------------------------------------------------
    @api.model
    def _act(self, case, kind, form, files):
        if kind != "meeting":
            return super()._act(case, kind, form, files)
        try:
            return self._act_on_meeting(case.with_context(debt_by_debtor=True), form)
        except UserError as error:
            raise Refused("meeting") from error

    @api.model
    def _act_on_meeting(self, case, form):
        """:raises Refused: there is none, or not at that time"""
        done = page_form.read_choice(form.get("do"), DONE)
        meeting = self._meeting(case)
        if bool(meeting) == (done == "ask"):
            raise Refused("meeting")
        match done:
            case "confirm":
                meeting._confirm()
            case "cancel":
                meeting._end("cancelled", case.env._("By the debtor."), tell=False)
            case _:
                self._choose(case, meeting, done, form)

    @api.model
    def _choose(self, case, meeting, done, form):
        start = page_form.read_instant(form.get("at"))
        offered = {at for at, _text in self._meeting_times(case)}
        if not case.company_id.debt_meetings_on or start.isoformat() not in offered:
            raise Refused("meeting")
        if done == "move":
            meeting._move(start, start + (meeting.stop - meeting.start), by="debtor")
            return
        how = page_form.read_choice(form.get("how"), dict(HOW))
        minutes = case.company_id.debt_meeting_minutes
        case.env["debt.meeting"]._agree(
            case,
            {
                "start": start,
                "stop": start + timedelta(minutes=minutes),
                "how": how,
                "place": case.env["debt.meeting"]._default_place(case, how),
                "user_id": self._meets(case).id,
                "agreed_by": "debtor",
            },
            tell=False,
        )
