from odoo import fields, models, tools
from odoo.fields import Domain

from ...tools.clock import DAY, instant, known
from ...tools.contact import HORIZON_DAYS
from ...tools.hours import hours
from ...tools.ladder import local_date
from ...tools.policy import Window

NOON = 12 * 60


class ResUsers(models.Model):
    """When an operator calls: the planner gives him nothing at other hours."""

    _inherit = "res.users"

    debt_block_ids = fields.One2many(
        "debt.call.block",
        "user_id",
        string="Calling Hours",
        groups="debt_collection.group_debt_operator",
        help="The hours at which this operator calls, in his own time. None: the "
        "company's calling day.",
    )

    def write(self, vals):
        """In another time zone the operator calls at other instants."""
        moved = self.filtered(lambda user: user.tz != vals.get("tz", user.tz))
        result = super().write(vals)
        if moved:
            # Superuser: only the mark to be planned is set on his cases.
            cases = self.env["debt.case"].sudo()
            owned = [("user_id", "in", moved.ids), ("closed_at", "=", False)]
            cases.search(owned)._set_dirty()
        return result

    def _debt_zone_in(self, company):
        """Name of the zone in which the user works for a company, or nobody."""
        return next(iter(known([self.tz])), None) or company._debt_zone()

    def _debt_working(self, company):
        """The hours at which the user calls, those of the company for nobody.

        :return: `tools.hours.Hours`
        """
        zone = self._debt_zone_in(company)
        today = local_date(zone, fields.Datetime.now())
        return self._debt_working_in(zone, company.id, today)

    @tools.ormcache("self.id", "zone", "company_id", "today")
    def _debt_working_in(self, zone, company_id, today):
        # Superuser: the same for everybody, whoever asks first.
        user = self.sudo()
        windows = user._debt_windows()
        if not windows:
            company = self.env["res.company"].sudo().browse(company_id)
            week = frozenset(range(7))
            windows = [_window(week, company.debt_calls_from, company.debt_calls_to)]
        return hours(tuple(windows), "call", (zone,), user._debt_days_off(zone, today))

    def _debt_windows(self):
        """His own calling hours, else those of his working calendar, if he has one.

        :return: list of `tools.policy.Window`
        """
        if blocks := self.debt_block_ids:
            return [block._to_pure() for block in blocks]
        # Odoo's working calendars are an addon that not everybody has.
        if "resource.calendar" not in self.env:
            return []
        hours_of_day = self.resource_calendar_id.attendance_ids.filtered(
            lambda one: (
                not (
                    one.display_type or one.duration_based or one.day_period == "lunch"
                )
            )
        )
        return [
            _window(frozenset((int(one.dayofweek),)), one.hour_from, one.hour_to)
            for one in hours_of_day
        ]

    def _debt_days_off(self, zone, today):
        """Local dates, from today on, at whose noon he is on leave.

        What is entered today counts from tomorrow's planning on.
        """
        if not self or "resource.calendar.leaves" not in self.env:
            return frozenset()
        leaves = self.env["resource.calendar.leaves"].search(
            [
                *self._get_debt_leave_domain(),
                ("time_type", "=", "leave"),
                ("date_to", ">=", instant(zone, today)),
            ]
        )
        days = (today + n * DAY for n in range(HORIZON_DAYS))
        return frozenset(
            day
            for day in days
            if any(
                leave.date_from <= instant(zone, day, NOON) < leave.date_to
                for leave in leaves
            )
        )

    def _get_debt_leave_domain(self):
        """His own leave, and the public holidays of his working calendar."""
        # As Odoo has it, those without a calendar are the whole company's.
        holidays = Domain("resource_id", "=", False)
        holidays &= Domain("calendar_id", "in", [False, self.resource_calendar_id.id])
        holidays &= Domain(
            "company_id", "in", [False, *self.resource_ids.company_id.ids]
        )
        return Domain("resource_id.user_id", "=", self.id) | holidays


def _window(days, start, end):
    return Window(days, round(60 * start), round(60 * end))
