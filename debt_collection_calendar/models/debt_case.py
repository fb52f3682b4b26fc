from dataclasses import replace

from odoo import api, fields, models
from odoo.fields import Domain

from odoo.addons.debt_collection.tools.clock import instant, local
from odoo.addons.debt_collection.tools.contact import Pause


class DebtCase(models.Model):
    """Calls and the ladder pause until a meeting is over, as for a promise."""

    _inherit = "debt.case"

    meeting_ids = fields.One2many(
        "debt.meeting", "case_id", string="Meetings", readonly=True
    )
    meeting_count = fields.Integer(compute="_compute_meeting_count")

    @api.depends("meeting_ids")
    def _compute_meeting_count(self):
        counts = self._count_by_case("debt.meeting")
        for case in self:
            case.meeting_count = counts.get(case, 0)

    def action_meetings(self):
        """The debtor's meetings."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "debt_collection_calendar.debt_meeting_action"
        )
        return action | {"domain": [("case_id", "=", self.id)], "context": {}}

    @api.model
    def _cron_daily(self):
        super()._cron_daily()
        self.env["debt.meeting"]._cron_ask()

    def _on_closed(self):
        super()._on_closed()
        for meeting in self.meeting_ids._coming():
            meeting._end("cancelled", self.env._("The case was closed."))

    # --- the pause --------------------------------------------------------------------
    def _coming_meetings(self):
        # Superuser: whoever may read a case may know that a meeting is planned.
        return self.sudo().meeting_ids._coming()

    def _pause(self):
        """Whichever lasts longer."""
        other, coming = super()._pause(), self._coming_meetings()
        met = Pause("meeting", max(coming.mapped("stop"))) if coming else None
        return max(filter(None, (other, met)), key=lambda one: one.until, default=None)

    def _may_be_paused(self, rows):
        """Those with a meeting to come, too."""
        # Superuser: whoever may read a case may know that a meeting is planned.
        meetings = self.env["debt.meeting"].sudo()
        theirs = [("case_id", "in", self.ids), *meetings._get_coming_domain()]
        met = {case.id for (case,) in meetings._read_group(theirs, ["case_id"])}
        return super()._may_be_paused(rows) | met

    def _contact_answer(self, channel, at, facts, number=None, phone=None, ignored=()):
        """On its day, whoever meets the debtor calls him to confirm it, or for it."""
        if channel == "call" and self._is_meeting_day(at, facts):
            ignored = (*ignored, "meeting")
        return super()._contact_answer(channel, at, facts, number, phone, ignored)

    def _is_meeting_day(self, at, facts):
        if not facts.pause or facts.pause.reason != "meeting":
            return False
        zone = facts.zone or self.company_id._debt_zone()
        starts = self._coming_meetings().mapped("start")
        return any(at >= instant(zone, local(zone, one).date()) for one in starts)

    def _end_pauses(self, now):
        """Days until a meeting do not use up the ladder."""
        super()._end_pauses(now)
        if self.state != "active":
            return
        coming = self._coming_meetings()
        if coming and not self.paused_on:
            self.paused_on = self.company_id._debt_today()
        elif self.paused_on and not coming:
            self.write({"state": "active", "plan_dirty": True})

    def _shift_ladders(self, vals):
        """What pauses for another reason as well has paused since the first of them."""
        shifted = super()._shift_ladders(vals)
        for case, values in shifted.items():
            if values.get("paused_on") and case.paused_on:
                values["paused_on"] = case.paused_on
        return shifted

    @api.model
    def _get_ended_domain(self, now):
        """Those whose meeting is over, too."""
        coming = self.env["debt.meeting"]._get_coming_domain()
        over = Domain("state", "=", "active") & Domain("paused_on", "!=", False)
        over &= Domain("meeting_ids", "not any", coming)
        return super()._get_ended_domain(now) | over

    def _prepare_plan_values(self, planned, message=None):
        waits = planned.at and planned.reason != "callback"
        if waits and self._coming_meetings():
            planned = replace(planned, blocked="meeting")
        return super()._prepare_plan_values(planned, message)

    def _reason_texts(self):
        return super()._reason_texts() | {
            "meeting": self.env._("A meeting is planned; calls wait until it is over.")
        }
